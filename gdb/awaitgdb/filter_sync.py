# SPDX-License-Identifier: MIT
"""The filters in a process, kept those of the `await break`s that are enabled.

sync() writes only while all threads are stopped, so it runs after commands and
at every stop. A process that is yet to load libawait calls await_trap() when it
has: then apply() does. Where there are several libawaits, all have the same
filters, and a breakpoint has a location in each.
"""

from __future__ import annotations

import re

import gdb  # type: ignore

from awaitgdb import library_frames, memory
from awaitmodel import event_filters
from awaitmodel.event_filters import Spec
from awaitmodel.structs import LayoutError
from awaitmodel.world import World

_OURS = re.compile(r'\$_await_break\("([^"\\]*)"\)')

# By number of inferior and process: the filters that are there.
_applied: dict[tuple[int, int], list[Spec]] = {}
# Processes in which a thread may have overwritten a WATCH.
_watch_again: set[tuple[int, int]] = set()


def spec_of(breakpoint: gdb.Breakpoint) -> Spec | None:
    """What a breakpoint of `await break` stops at."""
    found = _OURS.match(breakpoint.condition or "")
    try:
        return event_filters.parse(found[1].split()) if found else None
    except ValueError:
        return None


def _wanted() -> list[Spec]:
    specs = {spec_of(each) for each in gdb.breakpoints() if each.enabled}
    return sorted((spec for spec in specs if spec), key=str)


def _threads_run() -> bool:
    return any(thread.is_running() for thread in gdb.selected_inferior().threads())


def _write(address: int, data: bytes) -> None:
    try:
        gdb.selected_inferior().write_memory(address, data)
    except (gdb.MemoryError, gdb.error) as error:
        raise LayoutError(f"cannot write memory at {address:#x}: {error}") from None


def sync() -> bool:
    """False if it has to wait until all threads are stopped."""
    inferior = gdb.selected_inferior()
    process = (inferior.num, inferior.pid)
    specs = _wanted()
    if inferior.pid == 0:
        return True
    if _applied.get(process) == specs and process not in _watch_again:
        return True
    if _threads_run():
        return False
    _apply(process, specs)
    return True


def _apply(process: tuple[int, int], specs: list[Spec]) -> None:
    try:
        worlds = memory.worlds()
    except LayoutError:
        return  # no libawait, or not yet: it will tell
    _applied.pop(process, None)  # if this ends half-way
    _watch_again.discard(process)
    for world in worlds:
        try:
            armed = event_filters.is_armed(world.layout)
        except LayoutError:
            continue  # the command says why
        if armed or specs:
            _arm(process, world, specs)
    _applied[process] = specs


def _arm(process: tuple[int, int], world: World, specs: list[Spec]) -> None:
    event_filters.arm(world.layout, specs, _write)
    event_filters.watch(world.layout, world.slabs(), specs, _write)
    for warning in world.warnings:
        print(f"warning: {warning}")
    if event_filters.watched(world.layout, specs):
        _mind_threads(process)


def _mind_threads(process: tuple[int, int]) -> None:
    """A thread inside the library may be about to store a state word that it
    has loaded before, without WATCH. A process's only thread is caught as it
    leaves; where there are more, words are not written behind the backs of the
    others, but at the next stop."""
    threads = gdb.selected_inferior().threads()
    selected = gdb.selected_thread()
    if selected is None:
        return
    frame = gdb.selected_frame()
    try:
        for thread in threads:
            thread.switch()
            if library_frames.may_be(gdb.newest_frame()):
                _watch_again.add(process)
                if len(threads) == 1:
                    _Leaves.begin()
    except (gdb.error, ValueError):
        pass  # no frame to return to
    finally:
        selected.switch()
        frame.select()


class _Leaves(gdb.FinishBreakpoint):
    """Where the function of libawait that a thread is in returns to."""

    last: _Leaves | None = None

    @classmethod
    def begin(cls) -> None:
        if cls.last is not None and cls.last.is_valid():
            cls.last.delete()
        frame: gdb.Frame | None = gdb.newest_frame()
        while frame is not None and frame.type() == gdb.INLINE_FRAME:
            frame = frame.older()
        if frame is not None:
            cls.last = cls(frame, internal=True)

    def stop(self) -> bool:
        try:
            if len(gdb.selected_inferior().threads()) == 1:
                for world in memory.worlds():
                    event_filters.watch(world.layout, world.slabs(), _wanted(), _write)
        except (LayoutError, gdb.error):
            pass
        return False


def apply() -> None:
    """What sync() does, where the process waits to be let go on."""
    inferior = gdb.selected_inferior()
    _apply((inferior.num, inferior.pid), _wanted())


def disarm() -> None:
    """Nobody is there any more to stop for."""
    inferior = gdb.selected_inferior()
    process = (inferior.num, inferior.pid)
    if _applied.get(process) and not _threads_run():
        _apply(process, [])
