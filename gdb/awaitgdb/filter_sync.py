# SPDX-License-Identifier: MIT
"""Keeps the filters in the process equal to the enabled `await break`s.

Filters may be written only while all threads are stopped. So sync() runs after
every command that changes breakpoints and again at every stop. A process that loads
libawait later calls await_trap() as soon as it has, and apply() runs then. If there
are several libawaits, all have the same filters, and every breakpoint has a location
in each of them.
"""

from __future__ import annotations

import re

import gdb  # type: ignore

from awaitgdb import library_frames, memory
from awaitgdb.threads import any_runs
from awaitmodel import event_filters
from awaitmodel.event_filters import Spec
from awaitmodel.memory import AwaitError
from awaitmodel.world import World

# Patterns are compiled when they are first used, as that would take longer than to
# load the module.
_OURS = r'\$_await_break\("([^"\\]*)"\)'

# The filters that are in a process, by numbers of the inferior and the process.
_applied: dict[tuple[int, int], list[Spec]] = {}
# Processes in which a thread may have overwritten a WATCH bit since.
_watch_again: set[tuple[int, int]] = set()


def spec_of(breakpoint: gdb.Breakpoint) -> Spec | None:
    """What a breakpoint of `await break` stops at; None for other breakpoints."""
    found = re.match(_OURS, breakpoint.condition or "")
    try:
        return event_filters.parse(found[1].split()) if found else None
    except ValueError:
        return None


def _wanted() -> list[Spec]:
    specs = {spec_of(each) for each in gdb.breakpoints() if each.enabled}
    return sorted((spec for spec in specs if spec), key=str)


def sync() -> bool:
    """Writes the filters if they have changed; False if a thread runs, which has to
    stop first."""
    inferior = gdb.selected_inferior()
    process = (inferior.num, inferior.pid)
    specs = _wanted()
    if inferior.pid == 0:
        return True
    if _applied.get(process) == specs and process not in _watch_again:
        return True
    if any_runs():
        return False
    _apply(process, specs)
    return True


def _apply(process: tuple[int, int], specs: list[Spec]) -> None:
    try:
        worlds = memory.worlds()
    except AwaitError:
        return  # no libawait yet: it calls await_trap() once it is loaded
    _applied.pop(process, None)  # in case an exception ends this half-way
    _watch_again.discard(process)
    for world in worlds:
        try:
            armed = event_filters.is_armed(world.layout)
        except AwaitError:
            continue  # the command has said why
        if armed or specs:
            _arm(process, world, specs)
    _applied[process] = specs


def _arm(process: tuple[int, int], world: World, specs: list[Spec]) -> None:
    event_filters.arm(world.layout, specs, memory.InferiorMemory())
    event_filters.watch(world.layout, world.slabs(), specs, memory.InferiorMemory())
    for warning in world.warnings:
        print(f"warning: {warning}")
    if event_filters.watched(world.layout, specs):
        _watch_again_later(process)


def _watch_again_later(process: tuple[int, int]) -> None:
    """A thread inside libawait may have loaded a state word before WATCH was set and
    be about to store it without. The WATCH bits are then set once more: when that
    thread returns from libawait, if it is the only one, and at the next stop, as
    nothing may be written while other threads run."""
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
    """Sets the WATCH bits when the only thread returns from libawait."""

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
                    event_filters.watch(
                        world.layout, world.slabs(), _wanted(), memory.InferiorMemory()
                    )
        except (AwaitError, gdb.error):
            pass
        return False


def apply() -> None:
    """Writes the filters from the condition of a breakpoint, while gdb is about to
    continue the process."""
    inferior = gdb.selected_inferior()
    _apply((inferior.num, inferior.pid), _wanted())


def disarm() -> None:
    """Removes all filters: gdb is about to detach or to exit."""
    inferior = gdb.selected_inferior()
    process = (inferior.num, inferior.pid)
    if _applied.get(process) and not any_runs():
        _apply(process, [])
