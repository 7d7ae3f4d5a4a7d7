# SPDX-License-Identifier: MIT
"""`await mark`: remembers the awaits there are, for `info awaits -new`."""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import error_line, memory
from awaitmodel.memory import AwaitError
from awaitmodel.query import Mark

# The last mark of each libawait.
_marks: dict[tuple[int, int, int], Mark] = {}


class AwaitMark(gdb.Command):
    """Remember which awaits there are now.
    Usage: await mark

    Later, `info awaits -new` lists those made since, and `info awaits -old`
    those that were there and still are. An await does not know its age.

    Example:
      (gdb) await mark
      4 awaits are marked
      (gdb) next
      (gdb) info awaits -new"""

    def __init__(self) -> None:
        super().__init__("await mark", gdb.COMMAND_DATA)

    @error_line.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        if argument.strip():
            raise ValueError("await mark takes no arguments")
        memory.each(_mark)


def _mark() -> None:
    world = memory.world()
    mark = _marks[_key()] = Mark(world)
    be = "is" if mark.total == 1 else "are"
    print(f"{mark.total} await{'s' * (mark.total != 1)} {be} marked")
    for warning in world.warnings:
        print(f"warning: {warning}")


def get() -> Mark:
    """The last mark of the current libawait; AwaitError if there is none."""
    mark = _marks.get(_key())
    if mark is None:
        raise AwaitError("nothing is marked: `await mark` marks what there is now")
    return mark


def _key() -> tuple[int, int, int]:
    """The inferior, its process, and the current libawait in it."""
    inferior = gdb.selected_inferior()
    return inferior.num, inferior.pid, memory.world().layout.address


def _forget(_event: object) -> None:
    _marks.clear()


gdb.events.exited.connect(_forget)
