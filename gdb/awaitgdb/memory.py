# SPDX-License-Identifier: MIT
"""The memory of the selected inferior, and every libawait in it.

The inferior may be a live process or a core file; no code is run in it. What has
been read is kept until the inferior may have changed, and not at all while one of
its threads runs.

    (gdb) python print(awaitgdb.memory.world().counts())
    {1: 2, 3: 1}

A process may hold several copies of libawait: libawait.so, and a libawait.a in a
plugin. Each copy has awaits and ids of its own. world() is that of the current
copy, which is the first one unless another is selected:

    each(show)                    calls show() with each copy selected in turn
    with within(copy):            selects that copy
    with within_owner(address):   selects the copy that has an await there
    worlds()                      of all copies that are sound
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator

import gdb  # type: ignore

from awaitgdb import threads
from awaitmodel.layout import Layout
from awaitmodel.memory import AwaitError
from awaitmodel.printable import printable
from awaitmodel.world import World

# The shared library's file name begins so; any other file holds a libawait.a.
SHARED = "libawait.so"

_SECTION = r"\s*(0x[0-9a-f]+) - 0x[0-9a-f]+ is \.{}(?: in (.*))?$"


class Copy:
    """One libawait: the name of the file that holds it, and the address of its debug
    block."""

    def __init__(self, name: str, address: int) -> None:
        self.name = name
        self.address = address
        self._world: World | None = None

    def world(self) -> World:
        """AwaitError if the debug block is damaged."""
        if self._world is None:
            try:
                self._world = World(Layout(InferiorMemory(), self.address))
            except AwaitError:
                _found.clear()  # the file may have been loaded elsewhere since
                raise
        return self._world


class Recorder:
    """A recorder of libawait-test: the name of the file that holds it, the address of
    its block, and the libawait whose events it records."""

    def __init__(self, name: str, address: int, copy: Copy) -> None:
        self.name = name
        self.address = address
        self.copy = copy


# By number of inferior, valid until the inferior may have changed.
_copies: dict[int, list[Copy]] = {}
# The copies that within() has selected, the current one last.
_current: list[Copy] = []
# Files that hold a block, by the block's address. The key is the inferior, its
# process, the name of the block, and the files that the process has loaded.
_found: dict[tuple[int, int, str, tuple[str, ...]], dict[int, str]] = {}


class InferiorMemory:
    """The memory of the inferior that is selected when it is read or written."""

    def read(self, address: int, size: int) -> bytes:
        try:
            return bytes(gdb.selected_inferior().read_memory(address, size))
        except (gdb.MemoryError, OverflowError):
            raise AwaitError(f"cannot read memory at {address:#x}") from None
        except gdb.error as error:  # a thread runs, for example
            raise AwaitError(f"cannot read memory at {address:#x}: {error}") from None

    def write(self, address: int, data: bytes) -> None:
        try:
            gdb.selected_inferior().write_memory(address, data)
        except (gdb.MemoryError, gdb.error) as error:
            raise AwaitError(f"cannot write memory at {address:#x}: {error}") from None


def world() -> World:
    """The awaits of the current copy; AwaitError if there is no libawait."""
    return (_current[-1] if _current else copies()[0]).world()


def copies() -> list[Copy]:
    """All libawaits of the selected inferior; AwaitError if there is none."""
    inferior = _inferior()
    if threads.any_runs():
        _copies.pop(inferior.num, None)
    found = _copies.get(inferior.num) or _find()
    if not found:
        raise AwaitError("this process does not use libawait")
    _copies[inferior.num] = found
    return found


def worlds() -> list[World]:
    """Those of all sound copies; AwaitError if there is none."""
    found = []
    for copy in copies():
        try:
            found.append(copy.world())
        except AwaitError as error:
            wrong = error
    if not found:
        raise wrong
    return found


def recorders() -> list[Recorder]:
    """All recorders of libawait-test in the selected inferior."""
    return [
        Recorder(name, at, _recorded_by(name))
        for at, name in _blocks("await_recorder").items()
    ]


def _recorded_by(name: str) -> Copy:
    """The libawait in the same file, or else the shared one, with which libawait-test
    is linked."""

    def distance(copy: Copy) -> tuple[bool, bool]:
        return copy.name != name, not copy.name.startswith(SHARED)

    return min(copies(), key=distance)


def _inferior() -> gdb.Inferior:
    inferior = gdb.selected_inferior()
    if inferior.pid == 0:
        raise AwaitError("no process: run the program or open a core file")
    return inferior


def _find() -> list[Copy]:
    return [Copy(name, at) for at, name in _blocks("await_debug").items()]


def _blocks(name: str) -> dict[int, str]:
    """The names of the files that hold a block, by the block's address. gdb is asked
    only if files have been loaded or unloaded: it runs the `commands` of a breakpoint
    as soon as a script executes a command, so none may be executed while a
    stop is handled."""
    inferior = _inferior()
    files = tuple(str(each.filename) for each in gdb.objfiles())
    key = (inferior.num, int(inferior.pid), name, files)
    blocks = _found.get(key) or _search(name)
    if blocks:
        _found[key] = blocks
    return blocks


def _search(name: str) -> dict[int, str]:
    """Looks for the section first, then for the symbol of the same name."""
    blocks: dict[int, str] = {}  # with gdbserver `info files` lists each one twice
    for line in str(gdb.execute("info files", to_string=True)).splitlines():
        match = re.match(_SECTION.format(name), line)
        if match:
            file = match[2] or str(gdb.current_progspace().filename)  # type: ignore
            blocks.setdefault(int(match[1], 16), printable(file.rsplit("/", 1)[-1]))
    try:
        # For a file without sections. Sections come first, because if several files
        # have the symbol, the selected frame decides which of them the name means.
        named = int(gdb.parse_and_eval(f"&{name}"))
        blocks.setdefault(named, "this process")
    except gdb.error:
        pass
    return blocks


def each(show: Callable[[], None]) -> None:
    """Calls show() for every copy. If there are several, it prints a title before
    each, and an error in one does not end the others."""
    all = copies()
    for copy in all:
        with within(copy):
            if len(all) == 1:
                show()
                return
            print(f"libawait in {copy.name}:")
            try:
                show()
            except AwaitError as error:
                print(printable(str(error)))
        if copy is not all[-1]:
            print()


@contextlib.contextmanager
def within(copy: Copy) -> Iterator[None]:
    """Makes it the current copy."""
    _current.append(copy)
    try:
        yield
    finally:
        _current.pop()


@contextlib.contextmanager
def within_owner(address: int) -> Iterator[None]:
    """Makes the copy that has a slab at that address the current one. If none has,
    the current one stays."""
    all = copies()
    for copy in all if len(all) > 1 else []:
        try:
            if not copy.world().holds(address):
                continue
        except AwaitError:
            continue
        with within(copy):
            yield
            return
    yield


def forget(_event: object = None) -> None:
    """Drops all that has been read, as the process may have changed."""
    _copies.clear()


def _forget_files(_event: object) -> None:
    _copies.clear()
    _found.clear()


for _name in ("stop", "cont", "memory_changed", "inferior_call"):
    getattr(gdb.events, _name).connect(forget)
for _name in ("exited", "new_objfile", "clear_objfiles"):
    getattr(gdb.events, _name).connect(_forget_files)
