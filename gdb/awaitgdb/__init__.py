# SPDX-License-Identifier: MIT
"""libawait in gdb. Loaded by itself with libawait.so (auto-load); by hand:

    (gdb) source /usr/share/gdb/auto-load/.../libawait.so.0.1.0-gdb.py
    (gdb) p aw
    $1 = Await<page> #5 resolved fetch(...) = {lines = 7}
    (gdb) info awaits
    (gdb) p $await("#5")->value

Layers, each knowing only those below it:

    command_*, printers, frame_filter,
    convenience_functions, break_stops, filter_sync   what gdb calls
    await_json, completion, lookup, text, backtrace   awaits and code in words
    dwarf, library_frames, memory                     gdb: types, frames, bytes
    awaitmodel                                        decodes, knows no debugger

Nothing here ever runs code in the process that is looked at; only
`await break` writes to it (awaitmodel.event_filters).
"""

from __future__ import annotations

import gdb  # type: ignore
import gdb.printing  # type: ignore

from awaitgdb import (
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
command_bt.register()
command_log.AwaitLog()
convenience_functions.register()
command_break.register()
frame_filter.register()


def register(objfile: gdb.Objfile | None) -> None:
    """Adds the printers to a library just loaded; to all when given None."""
    gdb.printing.register_pretty_printer(objfile, printers.Printers(), replace=True)
