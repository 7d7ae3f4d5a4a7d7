# SPDX-License-Identifier: MIT
"""The memory of lldb's process, and every libawait in it.

The process may be live or a core file. Each copy of libawait is found by its section
.await_debug. What has been read is kept until the process has run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lldb  # type: ignore

from awaitmodel.await_text import called
from awaitmodel.layout import Layout
from awaitmodel.memory import AwaitError
from awaitmodel.structs import Head
from awaitmodel.world import World


_OF_AWAIT_HPP = re.compile("await(_cxx)?::")
_AWAIT_HPP = re.compile(r"/await/\w+\.hpp$")


@dataclass
class Copy:
    """One libawait, and the name of the file that holds it."""

    module: str
    world: World


# Which stop of which process _copies is about, and why it lacks a copy.
_stop: tuple[int, int] | None = None
_copies: list[Copy] = []
_wrong: AwaitError | None = None


def copies(target: lldb.SBTarget) -> list[Copy]:
    """All sound libawaits of the process; AwaitError if there is none."""
    global _stop, _copies, _wrong
    process = target.GetProcess()
    if not process.IsValid() or process.GetState() in (
        lldb.eStateExited,
        lldb.eStateDetached,
    ):
        raise AwaitError("no process: run the program or open a core file")
    if process.GetState() != lldb.eStateStopped:
        raise AwaitError("the process runs: interrupt it first")
    stop = (process.GetUniqueID(), process.GetStopID())
    if stop != _stop:
        _wrong = None
        _copies = _find(target)
        _stop = stop
    if not _copies:
        raise _wrong or AwaitError("this process does not use libawait")
    return _copies


class ProcessMemory:
    """The memory of the target's process."""

    def __init__(self, target: lldb.SBTarget) -> None:
        self.target = target
        self.process = target.GetProcess()

    def read(self, address: int, size: int) -> bytes:
        error = lldb.SBError()
        # For other numbers the Python binding would raise an exception of its own.
        if size > 0 and 0 <= address < 1 << 64:
            data = self.process.ReadMemory(address, size, error)
            if error.Success() and data is not None and len(data) == size:
                return bytes(data)
            data = self._read_file(address, size)
            if data:
                return data.ljust(size, b"\0")
        raise AwaitError(f"cannot read memory at {address:#x}")

    def _read_file(self, address: int, size: int) -> bytes:
        """Reads constants from the program's files, as core files lack them. At the
        end of a section there may be less than size bytes; nobody uses the padding
        of the page that is missing. Of the section itself: the target would ask the
        process first, and lldb 21 leaves its error beside the file's bytes."""
        place = lldb.SBAddress(address, self.target)
        section = place.GetSection()
        if not section.IsValid():
            return b""
        if section.GetPermissions() & lldb.ePermissionsWritable:
            return b""
        error = lldb.SBError()
        size = min(size, section.GetByteSize() - place.GetOffset())
        data = section.GetSectionData(place.GetOffset(), size)
        found = data.ReadRawData(error, 0, data.GetByteSize())
        return bytes(found) if error.Success() and found else b""


def _find(target: lldb.SBTarget) -> list[Copy]:
    global _wrong
    memory, found = ProcessMemory(target), []
    for module, address in _blocks(target, ".await_debug"):
        try:
            found.append(Copy(module, World(Layout(memory, address))))
        except AwaitError as error:
            _wrong = error
    return found


def _blocks(target: lldb.SBTarget, name: str) -> Iterator[tuple[str, int]]:
    """The names of the modules that have such a section, and its address."""
    for module in target.module_iter():
        section = module.FindSection(name)
        address = section.GetLoadAddress(target) if section.IsValid() else 0
        if address not in (0, lldb.LLDB_INVALID_ADDRESS):
            yield module.GetFileSpec().GetFilename(), address


def recorders(target: lldb.SBTarget) -> list[tuple[str, int, Copy]]:
    """The recorders of libawait-test: module, address of the block, and the libawait
    that it records, which is the one in the same module or else the shared one."""
    all = copies(target)

    def recorded_by(module: str) -> Copy:
        shared = "libawait.so"
        return min(
            all, key=lambda x: (x.module != module, not x.module.startswith(shared))
        )

    return [
        (module, address, recorded_by(module))
        for module, address in _blocks(target, ".await_recorder")
    ]


def find(target: lldb.SBTarget, address: int) -> tuple[World, Head]:
    """The await at an address and the libawait that has it; AwaitError if there is no
    await."""
    all = copies(target)
    world = next((x.world for x in all if x.world.holds(address)), all[0].world)
    return world, world.layout.find(address)


def thread_number(target: lldb.SBTarget, tid: int) -> int | None:
    """lldb's number of the thread with that thread id, or None."""
    thread = target.GetProcess().GetThreadByID(tid)
    return int(thread.GetIndexID()) if thread.IsValid() else None


def thread_tid(target: lldb.SBTarget, number: int) -> int:
    """The thread id of lldb's thread `number`; AwaitError if there is none."""
    thread = target.GetProcess().GetThreadByIndexID(number)
    if not thread.IsValid():
        raise AwaitError(f"no thread {number}: see `thread list`")
    return int(thread.GetThreadID())


def thread_name(target: lldb.SBTarget, tid: int) -> str:
    number = thread_number(target, tid)
    return f"thread {number}" if number else f"LWP {tid}, unknown to lldb,"


def place(target: lldb.SBTarget, address: int) -> str:
    """The place of an address in the source code: file:line in function(). What is
    inlined from <await/await.hpp> is a part of the caller's line."""
    found = target.ResolveLoadAddress(address).GetSymbolContext(
        lldb.eSymbolContextEverything
    )
    inlined, call = found.GetBlock().GetContainingInlinedBlock(), None
    while inlined.IsValid() and _OF_AWAIT_HPP.match(inlined.GetInlinedName() or ""):
        call = inlined
        inlined = inlined.GetParent().GetContainingInlinedBlock()
    function = (
        inlined.GetInlinedName()
        or found.GetFunction().GetName()
        or found.GetSymbol().GetName()
    )
    entry = found.GetLineEntry()
    file, line = entry.GetFileSpec(), entry.GetLine() if entry.IsValid() else 0
    if call:
        file, line = call.GetInlinedCallSiteFile(), call.GetInlinedCallSiteLine()
    elif _AWAIT_HPP.search(str(file)):
        line = 0  # lldb 14 knows no calls in a function that has two parts
    if line:
        where = f"{file.GetFilename()}:{line}"
        return f"{where} in {called(function)}" if function else where
    return called(function) if function else f"{address:#x}"
