# SPDX-License-Identifier: MIT
"""Convenience functions for expressions and conditions: $await() and so on.

Each takes one argument: an id as text or number, a handle, or an await.
"""

from __future__ import annotations

import re

import gdb  # type: ignore

from awaitgdb import command_args, dwarf, error_line, lookup, memory, text
from awaitmodel.memory import AwaitError
from awaitmodel.states import RESOLVED, state_text
from awaitmodel.structs import Func, Head
from awaitmodel import value_text


class _Function(gdb.Function):
    """Looks up the await that is its argument; of() returns the result."""

    word = ""

    def __init__(self) -> None:
        # gdb removes the indentation from the help of commands only.
        type(self).__doc__ = re.sub(r"(?m)^    ", "", type(self).__doc__ or "")
        super().__init__(self.word)

    @error_line.in_one_line
    def invoke(self, *given: gdb.Value) -> gdb.Value:
        if len(given) != 1:
            raise ValueError(f"${self.word}() takes one await, not {len(given)}")
        head = lookup.by_value(given[0])
        with memory.within_owner(head.address):
            return self.of(head)

    def of(self, head: Head) -> gdb.Value:
        raise NotImplementedError


class AwaitHandle(_Function):
    """$await(ID) - The handle of an await, with its type.
    Usage: $await("#12"), $await("#12.3"), the number that traces show, or an
    expression for a handle of any type, as text or as it is

    Example:
      (gdb) p $await("#5")
      $1 = Await<page> #5 resolved fetch(...) = {lines = 7}
      (gdb) p $await("#5")->value.lines
      $2 = 7"""

    word = "await"

    def of(self, head: Head) -> gdb.Value:
        handle = dwarf.handle_type(lookup.func(head))
        kind = handle or gdb.lookup_type("void")
        return gdb.Value(head.address).cast(kind.pointer())


class AwaitValue(_Function):
    """$await_value(ID) - The value of a resolved await, with its type.
    Usage: $await_value("#12"), $await_value(aw)

    Example:
      (gdb) p $await_value("#5").lines
      $1 = 7"""

    word = "await_value"

    def of(self, head: Head) -> gdb.Value:
        func = lookup.func(head)
        if head.state != RESOLVED:
            name = text.line(head, brief=True)
            raise AwaitError(f"{name} is {state_text(head.state)}: it has no value")
        typed = dwarf.value_of(head, func)
        return typed if typed is not None else _by_kind(head, func)


class AwaitState(_Function):
    """$await_state(ID) - The state of an await, of type enum await_state.
    Usage: $await_state("#12"), $await_state(aw)

    Without debug information it is a number.

    Example:
      (gdb) break work if $await_state(aw) == AWAIT_FAILED"""

    word = "await_state"

    def of(self, head: Head) -> gdb.Value:
        return text.state_value(head)


class AwaitArguments(_Function):
    """$await_args(ID) - The arguments of an await, as members of a struct.
    Usage: $await_args("#12"), $await_args(aw)

    A resolved await has them only with LIBAWAIT_DEBUG=args.

    Example:
      (gdb) p $await_args("#4").path
      $1 = 0x4006f4 "/nope" """

    word = "await_args"

    def of(self, head: Head) -> gdb.Value:
        func = lookup.func(head)
        where = command_args.args_of(head)
        args = dwarf.args_of(where, func)
        if args is not None:
            return args
        if not func.args:
            raise AwaitError(f"{func.name} takes no arguments")
        raise AwaitError(
            f"no debug information tells the types of {func.name}'s arguments:"
            " see `await args`"
        )


def _by_kind(head: Head, func: Func) -> gdb.Value:
    """The value without debug information: of a C type of the same kind and size, or
    as an array of bytes."""
    kind, size = func.type.kind, func.type.size
    names = {
        (value_text.FLOAT, 4): "float",
        (value_text.FLOAT, 8): "double",
        (value_text.BOOL, 1): "unsigned char",
    }
    address = head.address + func.value_offset
    char = gdb.lookup_type("unsigned char")
    if (kind, size) in names:
        return dwarf.at(address, gdb.lookup_type(names[kind, size]))
    if kind == value_text.STRING:
        return dwarf.at(address, gdb.lookup_type("char").pointer())
    if kind == value_text.POINTER:
        return dwarf.at(address, gdb.lookup_type("void").pointer())
    if kind in (value_text.SIGNED, value_text.UNSIGNED) and size in (1, 2, 4, 8):
        name = {1: "char", 2: "short", 4: "int", 8: "long"}[size]
        prefix = "unsigned " if kind == value_text.UNSIGNED else ""
        return dwarf.at(address, gdb.lookup_type(prefix + name))
    if not size:
        raise AwaitError(f"the value of {func.name} has no bytes")
    return dwarf.at(address, char.array(size - 1))


def register() -> None:
    for function in (AwaitHandle, AwaitValue, AwaitState, AwaitArguments):
        function()
