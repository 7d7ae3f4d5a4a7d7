# SPDX-License-Identifier: MIT
"""The await that a user means: #12, #12.3, 12, or an expression for a handle.

    >>> typed("#12")
    Head(address=140737352368192, id=12, ...)
    >>> typed("header->await")
    Head(address=140737352368256, id=14, ...)

What is not there, has ended, or is no await is one line of LayoutError.
"""

from __future__ import annotations

import re

import gdb  # type: ignore

from awaitgdb import memory
from awaitmodel.structs import FREE, Func, Head, LayoutError
from awaitmodel.world import parse_id, print_id

_ID = re.compile(r"\s*#?\d+(\.\d+)?\s*$")


def typed(text: str) -> Head:
    """What stands behind a command."""
    if not text.strip():
        raise ValueError("which await? Give its id, such as #12, or an expression")
    if text.lstrip().startswith("#") or _ID.match(text):
        return _by_id(parse_id(text))
    return meant(gdb.parse_and_eval(text))


def meant(value: gdb.Value) -> Head:
    """A value that a convenience function was given."""
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_REF:
        return meant(value.referenced_value())
    if kind.code == gdb.TYPE_CODE_INT:
        return _by_id(int(value))
    if _is_text(kind):
        return typed(value.string())
    if kind.code == gdb.TYPE_CODE_PTR:
        return _at(int(value))
    if kind.code == gdb.TYPE_CODE_STRUCT and value.address is not None:
        return _at(int(value.address))
    raise ValueError(f"no await is meant by a value of type {value.type}")


def func(head: Head) -> Func:
    return memory.world().layout.site(head.site).func


def _is_text(kind: gdb.Type) -> bool:
    if kind.code not in (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_PTR):
        return False
    char = kind.target().strip_typedefs().unqualified()
    return char.sizeof == 1 and char.code == gdb.TYPE_CODE_INT


def _by_id(number: int) -> Head:
    """LayoutError if there is none, or several: each libawait has its own."""
    found = {}
    for copy in memory.copies():
        try:
            found[copy.name] = copy.world().by_id(number)
        except LayoutError as error:
            wrong = error
    if not found:
        raise wrong
    if len(found) > 1:
        handles = " or ".join(
            f"(struct await *) {head.address:#x} of {name}"
            for name, head in found.items()
        )
        raise LayoutError(f"{print_id(number)} is one in each libawait: {handles}?")
    return next(iter(found.values()))


def _at(address: int) -> Head:
    if not address:
        raise LayoutError("this handle is NULL")
    try:
        with memory.of(address):
            head = memory.world().layout.find(address)
    except LayoutError as error:
        raise LayoutError(f"{address:#x} {error}") from None
    if head.state == FREE:
        raise LayoutError(f"{address:#x} dangling: this await has ended")
    return head
