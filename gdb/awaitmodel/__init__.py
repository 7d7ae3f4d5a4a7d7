# SPDX-License-Identifier: MIT
"""Decodes libawait's awaits from the memory of a process. Knows no debugger.

awaitgdb and awaitlldb are its users: each passes in an object that reads memory,
see memory.py, and shows what is found. Layers, each knowing only those below it:

    recorder_log, await_text, event_filters    what all debuggers print and set
    command_options                            what the user types
    query, wait_graph                          questions about all awaits
    world                                      all awaits of one libawait
    columns, value_text, recorder_ring         slots, values, recorded events
    layout, debug_block                        what lies where in memory
    structs, memory, ids, states, error_text, text_table, printable

ids, states and error_text are the only places that spell ids (#14.1), states, and
errors (-ENOENT (No such file or directory), 2 attempts); printable, the only one that
escapes the text of others.
"""
