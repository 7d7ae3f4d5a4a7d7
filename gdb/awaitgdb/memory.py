# SPDX-License-Identifier: MIT
"""gdb as the back-end of layout.py: reads the selected inferior, which may be
a live process or a core file, and finds libawait in it.

Nothing here, nor in any module above, runs code in the inferior. What was read
is kept until the inferior may have moved, and not at all while it runs.

    (gdb) python print(awaitgdb.memory.world().counts())
    {1: 2, 3: 1}
"""

from __future__ import annotations

import re

import gdb  # type: ignore

from awaitgdb.layout import Layout
from awaitgdb.records import LayoutError
from awaitgdb.model import World
from awaitgdb.ring import Ring

_worlds: dict[int, World] = {}

_SECTION = r"\s*(0x[0-9a-f]+) - 0x[0-9a-f]+ is \.{}\b"


def read(address: int, size: int) -> bytes:
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except (gdb.MemoryError, OverflowError):
        raise LayoutError(f"cannot read memory at {address:#x}") from None
    except gdb.error as error:  # such as a thread that runs
        raise LayoutError(f"cannot read memory at {address:#x}: {error}") from None


def world() -> World:
    """The awaits of the selected inferior; LayoutError if it has none."""
    inferior = gdb.selected_inferior()
    if inferior.num not in _worlds or any(t.is_running() for t in inferior.threads()):
        block = _find_block("await_debug")
        if block is None:
            raise LayoutError("this process does not use libawait")
        _worlds[inferior.num] = World(Layout(read, block))
    return _worlds[inferior.num]


def ring() -> Ring | None:
    """What libawait-test records in the selected inferior, if that is there."""
    block = _find_block("await_recorder")
    return None if block is None else Ring(read, block)


def _find_block(name: str) -> int | None:
    """A block's address: the symbol and its section have the same name."""
    if gdb.selected_inferior().pid == 0:
        raise LayoutError("no process: run the program or open a core file")
    try:
        # A dynamic symbol, so there in a stripped library too.
        return int(gdb.parse_and_eval(f"&{name}"))
    except gdb.error:
        pass
    for line in str(gdb.execute("info files", to_string=True)).splitlines():
        match = re.match(_SECTION.format(name), line)
        if match:
            return int(match[1], 16)
    return None


def thread(tid: int) -> gdb.InferiorThread | None:
    """gdb's thread that the kernel calls tid."""
    for thread in gdb.selected_inferior().threads():
        if thread.ptid[1] == tid:
            return thread
    return None


def thread_number(tid: int) -> int | None:
    """gdb's number of it."""
    found = thread(tid)
    return int(found.num) if found else None


def thread_tid(number: int) -> int:
    """The opposite; LayoutError if there is no such thread."""
    for thread in gdb.selected_inferior().threads():
        if thread.num == number:
            return int(thread.ptid[1])
    raise LayoutError(f"no thread {number}: see `info threads`")


def thread_name(tid: int) -> str:
    number = thread_number(tid)
    return f"thread {number}" if number else f"LWP {tid}, unknown to gdb,"


def forget(_event: object = None) -> None:
    """Nothing that was read is true any more."""
    _worlds.clear()


for _name in (
    "stop",
    "cont",
    "exited",
    "new_objfile",
    "clear_objfiles",
    "memory_changed",
    "inferior_call",
):
    getattr(gdb.events, _name).connect(forget)
