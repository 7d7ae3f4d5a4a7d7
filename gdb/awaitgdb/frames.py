# SPDX-License-Identifier: MIT
"""Backtraces that name awaits, by gdb's frame filters:

    (gdb) bt -hide
    #0  fetch (out=0x7ffe..., path=0x5555... "/etc/hosts") at main.c:20
    #1  [Await #12 fetch, created main.c:31] ()
    #5  main () at main.c:40

Frame #1 is fetch_await_run(), which AWAITABLE made: it called fetch(), and
libawait called it. libawait's own frames (#2 to #4) are elided: `bt` shows them
indented below the frame that they called, `bt -hide` not at all, and
`bt -no-filters` shows everything as it is. Where the thread stands in libawait
itself, its frames stay. One that sleeps until another has run an await stands
in the kernel, and in a frame called `[waits for Await #12 ...]`.

Which await a frame belongs to is told by addresses alone, so it holds without
debug information and in recursion. Each run keeps a record on the stack of its
thread, in a frame of libawait; the frame which that one called runs the await.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import gdb  # type: ignore
from gdb.FrameDecorator import FrameDecorator  # type: ignore

from awaitgdb import memory
from awaitgdb.model import print_id
from awaitgdb.records import FREE, LayoutError


def in_library(frame: gdb.Frame) -> bool:
    """Whether it is libawait's."""
    name = gdb.solib_name(int(frame.pc()))
    return name is not None and name.rsplit("/", 1)[-1].startswith("libawait.so")


def _is_trap(frame: gdb.Frame) -> bool:
    """Whether an `await break` may have stopped there: a call like a user's."""
    return frame.name() == "await_trap"


def _sleeps(frame: gdb.Frame) -> bool:
    """Whether, called by libawait, it is a system call: no sink, no function
    of an await is the C library's."""
    name = gdb.solib_name(int(frame.pc()))
    return frame.level() == 0 and name is not None and "/libc.so" in name


class Elided(FrameDecorator):
    """A frame that libawait called."""

    def __init__(self, base: Any, hidden: list[Any]) -> None:
        super().__init__(base)
        self.hidden = hidden

    def elided(self) -> Iterator[Any]:
        return iter(self.hidden)


class Named(Elided):
    """One that runs an await, or waits for it: shown by the await's name."""

    def __init__(self, base: Any, hidden: list[Any], name: str) -> None:
        super().__init__(base, hidden)
        self.name = name

    def function(self) -> str:
        return self.name

    def address(self) -> None:
        return None

    def filename(self) -> None:
        return None

    def line(self) -> None:
        return None

    def frame_args(self) -> None:
        return None

    def frame_locals(self) -> None:
        return None


class Filter:
    """gdb knows it as libawait: `info frame-filter`, `disable frame-filter`."""

    def __init__(self) -> None:
        self.name = "libawait"
        self.priority = 100
        self.enabled = True
        gdb.frame_filters[self.name] = self  # type: ignore[attr-defined]

    def filter(self, frames: Iterable[Any]) -> Iterator[Any]:
        try:
            waits, runs = _names()
        except (LayoutError, gdb.error):
            return iter(frames)  # no libawait, or damaged: as it is
        return _decorate(iter(frames), waits, runs)


def _names() -> tuple[str | None, list[tuple[int, str]]]:
    """Of the selected thread: what it waits for; innermost first, where on the
    stack the record of each run is, and how its frame is called."""
    layout = memory.world().layout
    thread = gdb.selected_thread()
    tid = (thread.ptid[1] or thread.ptid[0]) if thread else None
    for entry in layout.threads():
        if entry.tid == tid:
            on = entry.blocked_on
            runs = layout.runs(entry)[::-1]
            return (
                f"[waits for {_name(on)}]" if on else None,
                [(run.address, f"[{_name(run.awaited)}]") for run in runs],
            )
    return None, []


def _name(address: int) -> str:
    layout = memory.world().layout
    try:
        head = layout.find(address)
        if head.state == FREE:
            return "an await that has ended"
        site = layout.site(head.site)
    except LayoutError:
        return f"a damaged await at {address:#x}"
    where = f"{site.file.rsplit('/', 1)[-1]}:{site.line}"
    return f"Await {print_id(head.id)} {site.func.name}, created {where}"


def _decorate(
    frames: Iterator[Any], waits: str | None, runs: list[tuple[int, str]]
) -> Iterator[Any]:
    """Keeps one frame of the user's back until it is known who called it."""
    left = list(runs)
    kept: Any = None
    hidden: list[Any] = []
    name: str | None = None
    for decorated in frames:
        frame = decorated.inferior_frame()
        if not in_library(frame) or (kept is None and _is_trap(frame)):
            if kept is not None:
                yield _put(kept, hidden, name)
            kept, hidden, name = decorated, [], None
        elif kept is None:
            yield decorated  # where the thread stands
        else:
            hidden.append(decorated)
            found = _take(left, frame)
            if _sleeps(kept.inferior_frame()):
                name = waits
            elif not _is_trap(kept.inferior_frame()):
                name = name or found
    if kept is not None:
        yield _put(kept, hidden, name)


def _put(kept: Any, hidden: list[Any], name: str | None) -> Any:
    if not hidden:
        return kept
    return Named(kept, hidden, name) if name else Elided(kept, hidden)


def _take(left: list[tuple[int, str]], frame: gdb.Frame) -> str | None:
    """The run whose record lies in that frame."""
    try:
        older = frame.older()
        end = _stack_pointer(older) if older else None
    except gdb.error:
        return None
    while left and end is not None and left[0][0] < end:
        record, name = left.pop(0)
        if record >= _stack_pointer(frame):
            return name
    return None


def _stack_pointer(frame: gdb.Frame) -> int:
    return int(frame.read_register("sp")) & 0xFFFFFFFFFFFFFFFF


def register() -> None:
    Filter()
