# SPDX-License-Identifier: MIT
"""Awaits as text, with values and arguments as gdb prints them by their types.

    fetch("/etc/hosts", 0)                       pending
    fetch("/etc/hosts", 0) on thread 2           running
    fetch(...) = {lines = 7}                     resolved: its arguments are gone
    fetch("/nope", 0): -ENOENT (No such file or directory), 2 attempts
    nowait = 33

Everything is read from memory. A part that is damaged is replaced by <what is wrong>.
"""

from __future__ import annotations

import re
from typing import Any

import gdb  # type: ignore

from awaitgdb import dwarf, memory
from awaitgdb.threads import thread_name
from awaitmodel import await_text
from awaitmodel.memory import AwaitError
from awaitmodel.printable import printable
from awaitmodel.states import RUNNING, state_text
from awaitmodel.structs import Arg, Func, Head, Thread
from awaitmodel.text_table import table
from awaitmodel.value_text import DONE

# Awaits in awaits: in an argument they are shown in brief, in a value in full. Their
# depth is limited, as a value may lead back to itself.
_MAX_NESTING = 3
_nesting = 0


def state_value(head: Head) -> gdb.Value:
    """As enum await_state, or as a number if that type is unknown."""
    try:
        return gdb.Value(head.state).cast(gdb.lookup_type("enum await_state"))
    except gdb.error:
        return gdb.Value(head.state)


def args_at(head: Head, func: Func) -> int | None:
    """The address of its arguments, or None if they no longer exist."""
    return await_text.args_at(memory.world(), head, func)


def brief() -> bool:
    """Whether an await that is printed now is to be short."""
    return _nesting >= _MAX_NESTING or _summary()


def _summary() -> bool:
    """Whether gdb is printing the arguments of a frame."""
    return bool(gdb.print_options()["summary"])  # type: ignore


def flat(text: str) -> str:
    """Joins the lines of a value. gdb has an option for that, but it ignores the
    option while it prints another value."""
    text = re.sub(r"\{\n *", "{", text)
    text = re.sub(r"\n *\}", "}", text)
    return re.sub(r" *\n *", " ", text)


def show(value: gdb.Value, one_line: bool = True, inner: int = 1) -> str:
    """The value as gdb prints it. inner: how much it adds to the depth of awaits."""
    global _nesting
    options: dict[str, Any] = {}
    _nesting += inner
    try:
        if _is_string(value):
            options["address"] = False
        shown = _printable(str(value.format_string(**options)))
        return flat(shown) if one_line else shown
    except gdb.error as error:
        return f"<{printable(str(error))}>"
    finally:
        _nesting -= inner


def _printable(text: str) -> str:
    """gdb escapes by octal numbers, and lets through what turns a text around."""
    numbers = re.compile(r"\\(?:([0-7]{3})|.)", re.DOTALL)
    text = numbers.sub(lambda x: f"\\x{int(x[1], 8):02x}" if x[1] else x[0], text)
    return printable(text, lines=True)


def _is_string(value: gdb.Value) -> bool:
    kind = value.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_PTR:
        return False
    target = kind.target().strip_typedefs()
    # Of a null pointer gdb prints only the address.
    return target.code == gdb.TYPE_CODE_INT and target.sizeof == 1 and int(value) != 0


def value(head: Head, func: Func, one_line: bool = True) -> str:
    typed = dwarf.value_of(head, func)
    if typed is not None and func.type.kind != DONE:
        return show(typed, one_line)
    address = head.address + func.value_offset
    kind = func.type
    return _scalar(kind.kind, kind.size, address, kind.spelling)


def argument(args: int, func: Func, arg: Arg) -> str:
    """An argument; awaits in it are shown in brief."""
    typed = dwarf.argument(args, func, arg)
    if typed is not None:
        return show(typed, inner=_MAX_NESTING)
    return _scalar(arg.kind, arg.size, args + arg.offset, arg.spelling)


def _scalar(kind: int, size: int, address: int, spelling: str) -> str:
    return await_text.value(memory.world(), kind, size, address, spelling)


def line(head: Head, brief: bool = False) -> str:
    """#5 resolved fetch(...) = {lines = 7}; brief: #5 fetch."""
    try:
        if brief:
            return await_text.brief(memory.world(), head)
        func = memory.world().layout.site(head.site).func
        what = f"{call(head, func)}{outcome(head, func)}"
    except (AwaitError, gdb.error) as error:
        what = f"<{printable(str(error))}>"
    return f"{named_id(head)} {state_text(head.state)} {flat(what)}"


def named_id(head: Head) -> str:
    """#5, or #5 "config" if the program has named it."""
    return await_text.named_id(memory.world(), head.id)


def name(address: int) -> str:
    """#5 fetch, or what is wrong with the await at that address."""
    return await_text.name(memory.world(), address)


def waits_for(thread: Thread) -> str:
    """What it sleeps for: #5 fetch, or any of several; "" if it does not."""
    return await_text.waits_for([name(address) for address in thread.waits()])


def created(head: Head) -> str:
    """main.c:31 in main(), or main.c:9, static started"""
    world = memory.world()
    try:
        site = world.layout.site(head.site)
        if site.held_at and world.layout.is_static(head, site):
            return await_text.created(world, head, site)
    except AwaitError as error:
        return f"<{error}>"
    return await_text.place_of(site)


def call(head: Head, func: Func) -> str:
    return await_text.call(
        func, args_at(head, func), lambda args, arg: argument(args, func, arg)
    )


def outcome(head: Head, func: Func, one_line: bool = True) -> str:
    """What is printed after the call."""
    if head.state == RUNNING:
        tried = f", attempt {head.attempts}" if head.attempts > 1 else ""
        return f" on {running_on(head)}{await_text.asked_to_stop(head)}{tried}"
    return await_text.outcome(head, func, lambda: value(head, func, one_line))


def running_on(head: Head) -> str:
    """The name of the thread that runs the await."""
    tid = runner(head)
    return thread_name(tid) if tid else f"an unknown thread ({head.owner})"


def runner(head: Head) -> int | None:
    """The thread id of the thread that runs the await, or None if it is unknown."""
    for thread in memory.world().threads():
        if thread.index == head.owner:
            return thread.tid
    return None


def print_table(rows: list[list[str]], right: int = 0) -> None:
    for line in table(rows, right):
        print(line)


def print_json(document: dict[str, object]) -> None:
    import json  # only here, as it takes a sixth of the time of loading all scripts

    print(json.dumps(document))
