# SPDX-License-Identifier: MIT
"""libawait in gdb. Loaded by itself with libawait.so (auto-load); by hand:

    (gdb) source /usr/share/gdb/auto-load/.../libawait.so.0.1.0-gdb.py
    (gdb) p aw
    $1 = Await<page> #5 resolved fetch(...) = {lines = 7}
    (gdb) info awaits
    (gdb) p $await("#5")->value

Layers, each knowing only those below it:

    convenience_functions, command_*, printers, frame_filter   what gdb calls
    break_stops, filter_sync, await_json, completion           what these need
    lookup, text, backtrace, library_frames                    awaits and frames
    memory, threads, symbolize, dwarf, error_line              gdb's own knowledge
    awaitmodel                                                 decodes memory

Nothing here ever runs code in the process; only `await break` writes to it, see
awaitmodel.event_filters.
"""

from __future__ import annotations

import gdb  # type: ignore
import gdb.printing  # type: ignore

from awaitgdb import (
    command_args,
    command_break,
    command_bt,
    command_info,
    command_log,
    command_mark,
    command_prefix,
    command_tree,
    command_why,
    convenience_functions,
    frame_filter,
    memory,
    printers,
)

__all__ = ["memory", "register"]

command_info.InfoAwaits()
command_prefix.register()
command_mark.AwaitMark()
command_tree.AwaitTree()
command_why.AwaitWhy()
command_args.AwaitArgs()
command_bt.AwaitBt()
command_log.AwaitLog()
convenience_functions.register()
command_break.register()
frame_filter.register()


def register(objfile: gdb.Objfile | None) -> None:
    """Adds the printers to a library just loaded; to all when given None."""
    gdb.printing.register_pretty_printer(objfile, printers.Printers(), replace=True)
