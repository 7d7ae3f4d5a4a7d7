# SPDX-License-Identifier: MIT
"""gdb as the back-end of awaitmodel.layout: reads the selected inferior, which may be
a live process or a core file, and finds libawait in it.

Nothing here, nor in any module above, runs code in the inferior. What was read
is kept until the inferior may have moved, and not at all while it runs.

    (gdb) python print(awaitgdb.memory.world().counts())
    {1: 2, 3: 1}

A process may hold libawait more than once: in libawait.so, and in a plugin that
was linked with libawait.a. Each of these copies has awaits and ids of its own.
One is looked at at a time, the first if nothing else was said:

    each(tell)            every copy in turn, for a command about all awaits
    worlds()              of every copy that can be believed
    with of(address):     the copy that has an await there
    with within(copy):    that one
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import gdb  # type: ignore

from awaitmodel.layout import Layout
from awaitmodel.structs import LayoutError
from awaitmodel.world import World

# How the library's file is called; other files hold a libawait.a.
SHARED = "libawait.so"

_SECTION = r"\s*(0x[0-9a-f]+) - 0x[0-9a-f]+ is \.{}(?: in (.*))?$"


class Copy:
    """One libawait: the file that it lies in, and its debug block."""

    def __init__(self, name: str, address: int) -> None:
        self.name = name
        self.address = address
        self.read: World | None = None

    def world(self) -> World:
        """LayoutError if its block cannot be believed."""
        if self.read is None:
            try:
                self.read = World(Layout(read, self.address))
            except LayoutError:
                _found.clear()  # it may have moved
                raise
        return self.read


class Recorder(NamedTuple):
    """The file that it lies in, its block, and whose events it records."""

    name: str
    address: int
    copy: Copy


# By number of inferior; what was found, while nothing moves.
_copies: dict[int, list[Copy]] = {}
_current: list[Copy] = []
# Where blocks are, by inferior, process, name and the files that it consists of.
_found: dict[tuple[int, int, str, tuple[str, ...]], dict[int, str]] = {}


def read(address: int, size: int) -> bytes:
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except (gdb.MemoryError, OverflowError):
        raise LayoutError(f"cannot read memory at {address:#x}") from None
    except gdb.error as error:  # such as a thread that runs
        raise LayoutError(f"cannot read memory at {address:#x}: {error}") from None


def world() -> World:
    """The awaits of the selected inferior; LayoutError if it has none."""
    return (_current or copies())[-1 if _current else 0].world()


def copies() -> list[Copy]:
    """All libawaits of the selected inferior; LayoutError if there is none."""
    inferior = _inferior()
    if any(thread.is_running() for thread in inferior.threads()):
        _copies.pop(inferior.num, None)
    found = _copies.get(inferior.num) or _find()
    if not found:
        raise LayoutError("this process does not use libawait")
    _copies[inferior.num] = found
    return found


def worlds() -> list[World]:
    """Of all copies that can be believed; LayoutError if none can."""
    found = []
    for copy in copies():
        try:
            found.append(copy.world())
        except LayoutError as error:
            wrong = error
    if not found:
        raise wrong
    return found


def recorders() -> list[Recorder]:
    """Those of libawait-test in the selected inferior."""
    return [
        Recorder(name, at, _recorded_by(name))
        for at, name in _blocks("await_recorder").items()
    ]


def _recorded_by(name: str) -> Copy:
    """The libawait in the same file, or that which libawait-test is linked with."""

    def distance(copy: Copy) -> tuple[bool, bool]:
        return copy.name != name, not copy.name.startswith(SHARED)

    return min(copies(), key=distance)


def _inferior() -> gdb.Inferior:
    inferior = gdb.selected_inferior()
    if inferior.pid == 0:
        raise LayoutError("no process: run the program or open a core file")
    return inferior


def _find() -> list[Copy]:
    return [Copy(name, at) for at, name in _blocks("await_debug").items()]


def _blocks(name: str) -> dict[int, str]:
    """The files that hold a block, by its addresses. Asked again when files came
    or went: gdb runs a stop's `commands` as soon as a script has it do anything,
    so there is nothing to ask in the middle of a stop."""
    inferior = _inferior()
    files = tuple(str(each.filename) for each in gdb.objfiles())
    key = (inferior.num, int(inferior.pid), name, files)
    blocks = _found.get(key) or _search(name)
    if blocks:
        _found[key] = blocks
    return blocks


def _search(name: str) -> dict[int, str]:
    """The symbol and its section have the same name."""
    blocks: dict[int, str] = {}  # behind gdbserver each is listed twice
    for line in str(gdb.execute("info files", to_string=True)).splitlines():
        match = re.match(_SECTION.format(name), line)
        if match:
            file = match[2] or str(gdb.current_progspace().filename)  # type: ignore
            blocks.setdefault(int(match[1], 16), file.rsplit("/", 1)[-1])
    try:
        # Of a library without sections. Not before them: where there are several,
        # which of them the name means depends on the selected frame.
        named = int(gdb.parse_and_eval(f"&{name}"))
        blocks.setdefault(named, "this process")
    except gdb.error:
        pass
    return blocks


def each(tell: Callable[[], None]) -> None:
    """Tells of every copy. Where there are several, what is wrong with one does
    not keep the others from being told."""
    all = copies()
    for copy in all:
        with within(copy):
            if len(all) == 1:
                tell()
                return
            print(f"libawait in {copy.name}:")
            try:
                tell()
            except LayoutError as error:
                print(error)
        if copy is not all[-1]:
            print()


@contextlib.contextmanager
def within(copy: Copy) -> Iterator[None]:
    _current.append(copy)
    try:
        yield
    finally:
        _current.pop()


@contextlib.contextmanager
def of(address: int) -> Iterator[None]:
    """Looks at the copy that has a slab there; if none has, at the one that is
    looked at anyway."""
    all = copies()
    for copy in all if len(all) > 1 else []:
        try:
            if not copy.world().holds(address):
                continue
        except LayoutError:
            continue
        with within(copy):
            yield
            return
    yield


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
    _copies.clear()


def _forget_files(_event: object) -> None:
    _copies.clear()
    _found.clear()


for _name in ("stop", "cont", "memory_changed", "inferior_call"):
    getattr(gdb.events, _name).connect(forget)
for _name in ("exited", "new_objfile", "clear_objfiles"):
    getattr(gdb.events, _name).connect(_forget_files)
