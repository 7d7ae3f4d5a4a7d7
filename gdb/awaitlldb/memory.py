# SPDX-License-Identifier: MIT
"""lldb as the back-end of awaitmodel.layout: reads a process, live or from a
core file, and finds each copy of libawait in it by its section .await_debug.

What was read is kept until the process has moved on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import lldb  # type: ignore

from awaitmodel.layout import Layout
from awaitmodel.structs import Head, LayoutError
from awaitmodel.world import World


@dataclass
class Copy:
    """One libawait."""

    module: str
    world: World


_stop: tuple[int, int] | None = None
_copies: list[Copy] = []
_wrong: LayoutError | None = None


def copies(target: lldb.SBTarget) -> list[Copy]:
    """All there are; LayoutError if there is none, or none can be read."""
    global _stop, _copies, _wrong
    process = target.GetProcess()
    if not process.IsValid() or process.GetState() in (
        lldb.eStateExited,
        lldb.eStateDetached,
    ):
        raise LayoutError("no process: run the program or open a core file")
    if process.GetState() != lldb.eStateStopped:
        raise LayoutError("the process runs: interrupt it first")
    stop = (process.GetUniqueID(), process.GetStopID())
    if stop != _stop:
        _wrong = None
        _copies = list(_find(target, process))
        _stop = stop
    if not _copies:
        raise _wrong or LayoutError("this process does not use libawait")
    return _copies


def _find(target: lldb.SBTarget, process: lldb.SBProcess) -> list[Copy]:
    global _wrong

    def read(address: int, size: int) -> bytes:
        error = lldb.SBError()
        # More than fits is lldb's to refuse, not swig's.
        if size > 0 and 0 <= address < 1 << 64:
            data = process.ReadMemory(address, size, error)
            if error.Success() and data is not None and len(data) == size:
                return bytes(data)
            data = _from_file(target, address, size)
            if data:
                return data.ljust(size, b"\0")
        raise LayoutError(f"cannot read memory at {address:#x}")

    found = []
    for module, address in _blocks(target, ".await_debug"):
        try:
            found.append(Copy(module, World(Layout(read, address))))
        except LayoutError as error:
            _wrong = error
    return found


def _blocks(target: lldb.SBTarget, name: str) -> Iterator[tuple[str, int]]:
    """The modules with such a section, and where it lies."""
    for module in target.module_iter():
        section = module.FindSection(name)
        address = section.GetLoadAddress(target) if section.IsValid() else 0
        if address not in (0, lldb.LLDB_INVALID_ADDRESS):
            yield module.GetFileSpec().GetFilename(), address


def recorders(target: lldb.SBTarget) -> list[tuple[str, int, Copy]]:
    """Those of libawait-test: the module, the block, and whom it records: the
    libawait in the same module, or that which libawait-test is linked with."""
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


def _from_file(target: lldb.SBTarget, address: int, size: int) -> bytes:
    """Core files lack what can be had from the program's files: constants. As
    much of it as its section has; what pads the page is never asked for."""
    place = lldb.SBAddress(address, target)
    section = place.GetSection()
    if not section.IsValid() or section.GetPermissions() & lldb.ePermissionsWritable:
        return b""
    error = lldb.SBError()
    size = min(size, section.GetByteSize() - place.GetOffset())
    data = target.ReadMemory(place, size, error)
    return bytes(data) if error.Success() and data else b""


def find(target: lldb.SBTarget, address: int) -> tuple[World, Head]:
    """The await at an address, and whose it is; LayoutError if it is none."""
    all = copies(target)
    world = next((x.world for x in all if x.world.holds(address)), all[0].world)
    return world, world.layout.find(address)


def thread_number(target: lldb.SBTarget, tid: int) -> int | None:
    """lldb's number of the kernel's thread."""
    thread = target.GetProcess().GetThreadByID(tid)
    return int(thread.GetIndexID()) if thread.IsValid() else None


def thread_tid(target: lldb.SBTarget, number: int) -> int:
    """The opposite; LayoutError if there is no such thread."""
    thread = target.GetProcess().GetThreadByIndexID(number)
    if not thread.IsValid():
        raise LayoutError(f"no thread {number}: see `thread list`")
    return int(thread.GetThreadID())


def thread_name(target: lldb.SBTarget, tid: int) -> str:
    number = thread_number(target, tid)
    return f"thread {number}" if number else f"LWP {tid}, unknown to lldb,"


def place(target: lldb.SBTarget, address: int) -> str:
    """Where in the code, as gdb's scripts say it."""
    found = target.ResolveLoadAddress(address).GetSymbolContext(
        lldb.eSymbolContextEverything
    )
    inlined = found.GetBlock().GetContainingInlinedBlock()
    function = (
        inlined.GetInlinedName()
        or found.GetFunction().GetName()
        or found.GetSymbol().GetName()
    )
    line = found.GetLineEntry()
    if line.IsValid() and line.GetLine():
        where = f"{line.GetFileSpec().GetFilename()}:{line.GetLine()}"
        return f"{where} in {function}()" if function else where
    return f"{function}()" if function else f"{address:#x}"
