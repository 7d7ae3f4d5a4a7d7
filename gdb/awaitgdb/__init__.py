# SPDX-License-Identifier: MIT
"""libawait in gdb. Loaded by itself with libawait.so (auto-load); by hand:

    (gdb) source /usr/share/gdb/auto-load/.../libawait.so.0.1.0-gdb.py
    (gdb) p aw
    $1 = Await<page> #5 resolved fetch(...) = {lines = 7}
    (gdb) info awaits
    (gdb) p $await("#5")->value

Layers, each knowing only those below it:

    info, tree, why, commands, marks, breaks, log,
    filters, stops, functions, printers, frames   format
    record, complete, lookup, text, places        awaits and code in words
    dwarf, inside, memory                         gdb: types, frames, bytes
    awaitmodel                                    decodes, knows no debugger

Nothing here ever runs code in the process that is looked at; only
`await break` writes to it (awaitmodel.event_filters).
"""

from __future__ import annotations

import gdb  # type: ignore
import gdb.printing  # type: ignore

from awaitgdb import (
    breaks,
    commands,
    frames,
    functions,
    info,
    log,
    marks,
    memory,
    prefix,
    printers,
    tree,
    why,
)

__all__ = ["memory", "register"]

info.InfoAwaits()
prefix.register()
marks.AwaitMark()
tree.AwaitTree()
why.AwaitWhy()
commands.register()
log.AwaitLog()
functions.register()
breaks.register()
frames.register()


def register(objfile: gdb.Objfile | None) -> None:
    """Adds the printers to a library just loaded; to all when given None."""
    gdb.printing.register_pretty_printer(objfile, printers.Printers(), replace=True)
