# SPDX-License-Identifier: MIT
"""Reads libawait's awaits out of the memory of a process. Knows no debugger.

awaitgdb and awaitlldb are its users: each gives it a function that reads memory,
and shows what it finds. Layers, each knowing only those below it:

    recorder_log, await_text                    text that all debuggers print
    command_options, event_filters              what the user asks for
    query, wait_graph                           questions about all awaits
    world, value_text                           all awaits, single values
    recorder_ring, layout                       what lies where in memory
    structs                                     what was read, as tuples
"""
