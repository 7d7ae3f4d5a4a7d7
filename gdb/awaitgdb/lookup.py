# SPDX-License-Identifier: MIT
"""Finds the await that the user names: #12, #12.3, 12, or an expression.

    >>> by_text("#12")
    Head(address=140737352368192, id=12, ...)
    >>> by_text("header->await")
    Head(address=140737352368256, id=14, ...)

AwaitError if there is no such await, or if it has ended.
"""

from __future__ import annotations

import re

import gdb  # type: ignore

from awaitgdb import memory
from awaitmodel.ids import id_text, parse_id
from awaitmodel.memory import AwaitError
from awaitmodel.states import FREE
from awaitmodel.structs import Func, Head

_ID = r"\s*#?\d+(\.\d+)?\s*$"


def by_text(text: str) -> Head:
    """text is the argument of a command."""
    if not text.strip():
        raise ValueError("which await? Give its id, such as #12, or an expression")
    if text.lstrip().startswith("#") or re.match(_ID, text):
        return _by_id(parse_id(text))
    return by_value(gdb.parse_and_eval(text))


def by_value(value: gdb.Value) -> Head:
    """value is the argument of a convenience function."""
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_REF:
        return by_value(value.referenced_value())
    if kind.code == gdb.TYPE_CODE_INT:
        return _by_id(int(value))
    if _is_text(kind):
        return by_text(value.string())
    if kind.code == gdb.TYPE_CODE_PTR:
        return _at(int(value))
    if (kind.tag or "").startswith("await::promise<"):
        return by_value(value["lazy_"])
    if (kind.tag or "").startswith("await::lazy<"):
        return _at(int(value["aw_"]))
    if kind.code == gdb.TYPE_CODE_STRUCT and value.address is not None:
        return _at(int(value.address))
    raise ValueError(f"a value of type {value.type} is not an await")


def func(head: Head) -> Func:
    return memory.world().layout.site(head.site).func


def _is_text(kind: gdb.Type) -> bool:
    if kind.code not in (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_PTR):
        return False
    char = kind.target().strip_typedefs().unqualified()
    return char.sizeof == 1 and char.code == gdb.TYPE_CODE_INT


def _by_id(number: int) -> Head:
    """AwaitError if there is none, or more than one: each libawait has its own ids."""
    found = {}
    for copy in memory.copies():
        try:
            found[copy.name] = copy.world().by_id(number)
        except AwaitError as error:
            wrong = error
    if not found:
        raise wrong
    if len(found) > 1:
        handles = " or ".join(
            f"(struct await *) {head.address:#x} of {name}"
            for name, head in found.items()
        )
        raise AwaitError(f"{id_text(number)} is one in each libawait: {handles}?")
    return next(iter(found.values()))


def _at(address: int) -> Head:
    if not address:
        raise AwaitError("this handle is NULL")
    try:
        with memory.within_owner(address):
            head = memory.world().layout.find(address)
    except AwaitError as error:
        raise AwaitError(f"{address:#x} {error}") from None
    if head.state == FREE:
        raise AwaitError(f"{address:#x} dangling: this await has ended")
    return head
