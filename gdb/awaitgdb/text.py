# SPDX-License-Identifier: MIT
"""An await in words: what printers and commands have in common.

    fetch("/etc/hosts", 0)                       pending
    fetch("/etc/hosts", 0) on thread 2           running
    fetch(...) = {lines = 7}                     resolved: arguments are gone
    fetch("/nope", 0): -ENOENT (No such file or directory), 2 attempts
    nowait = 33

Arguments are shown as they stand in the call, without names. Everything is
read from memory; damage is told where it shows.
"""

from __future__ import annotations

import re
from typing import Any

import gdb  # type: ignore

from awaitgdb import dwarf, memory
from awaitmodel import await_text
from awaitmodel.structs import RUNNING, Arg, Func, Head, LayoutError
from awaitmodel.world import print_id

# Words of these, too, that need no debugger.
attempts, base, state = await_text.attempts, await_text.base, await_text.state

# Awaits inside awaits: an argument is shown in brief; a value in full, but it
# may lead back to itself.
_MAX_NESTING = 3
_nesting = 0


def state_value(head: Head) -> gdb.Value:
    """As enum await_state, or as a number when its type is not known."""
    try:
        return gdb.Value(head.state).cast(gdb.lookup_type("enum await_state"))
    except gdb.error:
        return gdb.Value(head.state)


def args_at(head: Head, func: Func) -> int | None:
    """Where its arguments lie, if they are still there."""
    return await_text.args_at(memory.world(), head, func)


def brief() -> bool:
    """Whether an await that is shown now should be short."""
    return _nesting >= _MAX_NESTING or _summary()


def _summary() -> bool:
    """Whether gdb prints a frame's arguments."""
    return bool(gdb.print_options()["summary"])  # type: ignore


def flat(text: str) -> str:
    """In one line what gdb has spread over several. Not by an option: inside
    another value's printing gdb does not heed it."""
    text = re.sub(r"\{\n *", "{", text)
    text = re.sub(r"\n *\}", "}", text)
    return re.sub(r" *\n *", " ", text)


def show(value: gdb.Value, one_line: bool = True, inner: int = 1) -> str:
    global _nesting
    options: dict[str, Any] = {}
    _nesting += inner
    try:
        if _is_string(value):
            options["address"] = False
        shown = str(value.format_string(**options))
        return flat(shown) if one_line else shown
    except gdb.error as error:
        return f"<{error}>"
    finally:
        _nesting -= inner


def _is_string(value: gdb.Value) -> bool:
    kind = value.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_PTR:
        return False
    target = kind.target().strip_typedefs()
    # A null pointer's address is all there is to see.
    return target.code == gdb.TYPE_CODE_INT and target.sizeof == 1 and int(value) != 0


def value(head: Head, func: Func, one_line: bool = True) -> str:
    typed = dwarf.value_of(head, func)
    if typed is not None:
        return show(typed, one_line)
    address = head.address + func.value_offset
    kind = func.type
    return _scalar(kind.kind, kind.size, address, kind.spelling)


def argument(args: int, func: Func, arg: Arg) -> str:
    """One of them, in brief."""
    typed = dwarf.args_of(args, func)
    if typed is not None:
        return show(typed[arg.name], inner=_MAX_NESTING)
    return _scalar(arg.kind, arg.size, args + arg.offset, arg.spelling)


def _scalar(kind: int, size: int, address: int, spelling: str) -> str:
    return await_text.scalar(memory.world(), kind, size, address, spelling)


def line(head: Head, brief: bool = False) -> str:
    """#5 resolved fetch(...) = {lines = 7}; brief: #5 fetch, resolved."""
    try:
        if brief:
            return await_text.brief(memory.world(), head)
        func = memory.world().layout.site(head.site).func
        what = f"{call(head, func)}{outcome(head, func)}"
    except (LayoutError, gdb.error) as error:
        what = f"<{error}>"
    return f"{print_id(head.id)} {state(head)} {flat(what)}"


def name(address: int) -> str:
    """#5 fetch, or what is wrong with it."""
    return await_text.name(memory.world(), address)


def created(head: Head) -> str:
    try:
        site = memory.world().layout.site(head.site)
    except LayoutError as error:
        return f"<{error}>"
    return f"{base(site.file)}:{site.line} in {site.function}()"


def call(head: Head, func: Func) -> str:
    return await_text.call(
        func, args_at(head, func), lambda args, arg: argument(args, func, arg)
    )


def outcome(head: Head, func: Func, one_line: bool = True) -> str:
    """What follows the call."""
    if head.state == RUNNING:
        tried = f", attempt {head.attempts}" if head.attempts > 1 else ""
        return f" on {running_on(head)}{tried}"
    return await_text.outcome(head, func, lambda: value(head, func, one_line))


def running_on(head: Head) -> str:
    """The thread that a running await runs on."""
    tid = runner(head)
    return memory.thread_name(tid) if tid else f"an unknown thread ({head.owner})"


def runner(head: Head) -> int | None:
    """Its kernel thread id."""
    for thread in memory.world().threads():
        if thread.index == head.owner:
            return thread.tid
    return None


def print_table(table: list[list[str]], right: int = 0) -> None:
    for line in await_text.table(table, right):
        print(line)


def print_json(document: dict[str, object]) -> None:
    import json  # a sixth of what all these scripts take to load

    print(json.dumps(document))
