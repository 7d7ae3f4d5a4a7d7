# SPDX-License-Identifier: MIT
"""`await args`: the arguments of an await, each with its type."""

from __future__ import annotations

from awaitgdb import dwarf, lookup, text
from awaitgdb.command_one_await import OneAwait
from awaitmodel.memory import AwaitError
from awaitmodel.states import state_text
from awaitmodel.structs import Head


class AwaitArgs(OneAwait):
    """Show the arguments of an await, each with its type.
    Usage: await args #ID | EXPRESSION

    A resolved await has them only with LIBAWAIT_DEBUG=args. To use one in an
    expression: $await_args().

    Example:
      (gdb) await args #4
      const char *path = 0x4006f4 "/nope"
      int depth = 0"""

    word = "args"

    def show(self, head: Head) -> None:
        func = lookup.func(head)
        where = args_of(head)
        for arg in func.args:
            typed = dwarf.argument(where, func, arg)
            if typed is not None:
                value = text.show(typed)
            else:
                value = text.argument(where, func, arg)
            space = "" if arg.spelling.endswith("*") else " "
            print(f"{arg.spelling}{space}{arg.name} = {value}")
        if not func.args:
            print(f"{func.name} takes no arguments.")


def args_of(head: Head) -> int:
    """The address of the arguments; AwaitError if they no longer exist."""
    func = lookup.func(head)
    where = text.args_at(head, func)
    if where is None and func.args:
        name, state = text.line(head, brief=True), state_text(head.state)
        raise AwaitError(
            f"{name} is {state}: its arguments are gone (LIBAWAIT_DEBUG=args keeps"
            " those of resolved ones)"
        )
    return where or head.address
