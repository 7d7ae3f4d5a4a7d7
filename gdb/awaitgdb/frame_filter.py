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
Where there are several libawaits, a thread may be in runs of all of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import gdb  # type: ignore
from gdb.FrameDecorator import FrameDecorator  # type: ignore

from awaitgdb import memory
from awaitgdb.library_frames import callees, holds, in_library, stack_pointer
from awaitmodel import event_filters
from awaitmodel.structs import FREE, LayoutError
from awaitmodel.world import print_id


class Run(NamedTuple):
    """Of an await that the thread is in the function of: where its record is, how
    its frame is called, and, for a libawait.a, the function and the user's wait."""

    record: int
    name: str
    function: int = 0
    wait: int = 0


class Stack(NamedTuple):
    """What libawait knows of the thread's: the runs, innermost first, and what it
    sleeps for. calls: of a libawait.a that has stopped or sleeps."""

    runs: list[Run]
    waits: str | None
    calls: list[int]


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
            stack = _stack()
        except (LayoutError, gdb.error):
            return iter(frames)  # no libawait, or damaged: as it is
        return _decorate(iter(frames), stack)


def _stack() -> Stack:
    """Of the selected thread; LayoutError if no libawait can tell."""
    thread = gdb.selected_thread()
    tid = (thread.ptid[1] or thread.ptid[0]) if thread else 0
    stacks = []
    for copy in memory.copies():
        try:
            with memory.within(copy):
                stacks.append(_stack_of(copy, tid))
        except LayoutError as error:
            wrong = error
    if not stacks:
        raise wrong
    return Stack(
        runs=sorted(
            itertools.chain(*(each.runs for each in stacks)),
            key=lambda run: run.record,
        ),
        waits=next((each.waits for each in stacks if each.waits), None),
        calls=[call for each in stacks for call in each.calls],
    )


def _stack_of(copy: memory.Copy, tid: int) -> Stack:
    layout = copy.world().layout
    shared = copy.name.startswith(memory.SHARED)
    stack = Stack([], None, [])
    for entry in layout.threads():
        if entry.tid != tid:
            continue
        for run in layout.runs(entry):
            name = f"[{_name(run.awaited)}]"
            function = 0 if shared else _function(run.awaited)
            stack.runs.append(Run(run.address, name, function, run.wait))
        event = event_filters.trapped(layout, tid)
        calls = [entry.blocked_addr, event.call if event else 0]
        return Stack(
            stack.runs[::-1],
            f"[waits for {_name(entry.blocked_on)}]" if entry.blocked_on else None,
            [call for call in calls if call and not shared],
        )
    return stack


def _function(address: int) -> int:
    """That libawait calls to run it; not 0."""
    layout = memory.world().layout
    try:
        return layout.site(layout.find(address).site).func.run or 1
    except LayoutError:
        return 1


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


def _decorate(frames: Iterator[Any], stack: Stack) -> Iterator[Any]:
    """Keeps one frame of the user's back until it is known who called it."""
    left = list(stack.runs)
    ours: set[int] = set()  # levels of a libawait.a's frames
    kept: Any = None
    hidden: list[Any] = []
    name: str | None = None
    for decorated in frames:
        frame = decorated.inferior_frame()
        ours |= _begin(frame, stack, left)
        in_it = in_library(frame) or frame.level() in ours
        if not in_it or (kept is None and _is_trap(frame)):
            if kept is not None:
                yield _put(kept, hidden, name)
            kept, hidden, name = decorated, [], None
        elif kept is None:
            yield decorated  # where the thread stands
        else:
            hidden.append(decorated)
            found = _take(left, frame)
            callee = kept.inferior_frame()
            if _sleeps(callee):
                name = stack.waits
            elif found and not _is_trap(callee) and _is_called(callee, found):
                name = name or found.name
    if kept is not None:
        yield _put(kept, hidden, name)


def _begin(frame: gdb.Frame, stack: Stack, left: list[Run]) -> set[int]:
    """The levels of a libawait.a's frames, if they begin here, or beneath where
    the thread sleeps or is stopped."""
    levels: set[int] = set()
    if stack.calls and (_sleeps(frame) or (frame.level() == 0 and _is_trap(frame))):
        for call in stack.calls:
            levels |= {each.level() for each in callees(frame.older(), call)}
    for run in left:
        if run.function and holds(frame, run.record):
            inner = callees(frame, run.wait) or [frame]
            levels |= {each.level() for each in inner}
    return levels


def _is_called(frame: gdb.Frame, run: Run) -> bool:
    """Whether libawait has called it to run that await. In a libawait.a it may be
    a function of its own that ends the run."""
    if not run.function:
        return True
    return _symbol(int(frame.pc())) == _symbol(run.function)


def _symbol(address: int) -> str:
    text = str(gdb.execute(f"info symbol {address:#x}", to_string=True))
    return re.split(r" \+ \d+| in section |\n", text)[0].split(" matches ")[0]


def _put(kept: Any, hidden: list[Any], name: str | None) -> Any:
    if not hidden:
        return kept
    return Named(kept, hidden, name) if name else Elided(kept, hidden)


def _take(left: list[Run], frame: gdb.Frame) -> Run | None:
    """The run whose record lies in that frame."""
    try:
        older = frame.older()
        end = stack_pointer(older) if older else None
    except gdb.error:
        return None
    while left and end is not None and left[0].record < end:
        run = left.pop(0)
        if run.record >= stack_pointer(frame):
            return run
    return None


def register() -> None:
    Filter()
