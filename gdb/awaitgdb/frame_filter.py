# SPDX-License-Identifier: MIT
"""The frame filter `libawait`: backtraces that name awaits.

    (gdb) bt -hide
    #0  fetch (out=0x7ffe..., path=0x5555... "/etc/hosts") at main.c:20
    #1  [Await #12 fetch, created main.c:31] ()
    #5  main () at main.c:40

Frame #1 is fetch_await_run(), which AWAITABLE defines: libawait has called it, and it
has called fetch(). libawait's own frames (#2 to #4) are elided: `bt` shows them
indented below the frame that they have called, `bt -hide` leaves them out, and `bt
-no-filters` shows everything as it is. If the thread has stopped in libawait itself,
the frames there stay. If it sleeps until another thread has run an await, its
innermost frame is a system call, which is called `[waits for Await #12 ...]`.

Only addresses tell which await a frame belongs to, so this works without debug
information and in recursion. libawait keeps a struct run for each run, in one of its
frames on the stack of the thread; the frame that this one has called runs the await.
If there are several libawaits, a thread may be in runs of all of them.
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
from awaitgdb.threads import selected_tid
from awaitmodel import await_text, event_filters
from awaitmodel.await_text import line_of
from awaitmodel.memory import AwaitError
from awaitmodel.states import FREE
from awaitmodel.structs import Thread


class Run(NamedTuple):
    """A run that the thread is in: an address in libawait's frame for it, the name for
    that frame, and for a libawait.a the function of the await and the call that
    waits."""

    frame: int
    name: str
    function: int = 0
    wait: int = 0


class Stack:
    """What libawait knows about the stack of a thread: the runs, innermost first, and
    the name for the frame that sleeps. calls: addresses of calls in the program from
    which a libawait.a sleeps or has stopped."""

    def __init__(self, runs: list[Run], waits: str | None, calls: list[int]) -> None:
        self.runs = runs
        self.waits = waits
        self.calls = calls


def _is_trap(frame: gdb.Frame) -> bool:
    """Whether an `await break` may have stopped the thread there. The frame is shown
    like one of the program."""
    return frame.name() == "await_trap"


def _sleeps(frame: gdb.Frame) -> bool:
    """Whether the frame is a system call, provided that libawait has called it: no
    sink and no function of an await is in the C library."""
    name = gdb.solib_name(int(frame.pc()))
    return frame.level() == 0 and name is not None and "/libc.so" in name


class Elided(FrameDecorator):
    """A frame that libawait has called, with libawait's frames elided."""

    def __init__(self, base: Any, hidden: list[Any]) -> None:
        super().__init__(base)
        self.hidden = hidden

    def elided(self) -> Iterator[Any]:
        return iter(self.hidden)


class Named(Elided):
    """A frame that runs an await or waits for it, shown by the name of the await."""

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
    """The object that gdb calls; users can `disable frame-filter global libawait`."""

    def __init__(self) -> None:
        self.name = "libawait"
        self.priority = 100
        self.enabled = True
        gdb.frame_filters[self.name] = self  # type: ignore[attr-defined]

    def filter(self, frames: Iterable[Any]) -> Iterator[Any]:
        try:
            stack = _stack()
        except (AwaitError, gdb.error):
            return iter(frames)  # without a sound libawait nothing is changed
        return _decorate(iter(frames), stack)


def _stack() -> Stack:
    """The stack of the selected thread; AwaitError if no libawait is sound."""
    tid = selected_tid()
    stacks = []
    for copy in memory.copies():
        try:
            with memory.within(copy):
                stacks.append(_stack_of(copy, tid))
        except AwaitError as error:
            wrong = error
    if not stacks:
        raise wrong
    return Stack(
        runs=sorted(
            itertools.chain(*(each.runs for each in stacks)),
            key=lambda run: run.frame,
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
            stack.runs.append(Run(run.frame, name, function, run.wait))
        event = event_filters.event_of_thread(layout, tid)
        calls = [entry.blocked_addr, event.call if event else 0]
        return Stack(
            stack.runs[::-1],
            f"[waits for {_waits_for(entry)}]" if entry.blocked_on else None,
            [call for call in calls if call and not shared],
        )
    return stack


def _waits_for(entry: Thread) -> str:
    return await_text.waits_for([_name(address) for address in entry.waits()])


def _function(address: int) -> int:
    """The function that libawait calls to run the await at address. Never 0, which
    would stand for the libawait.so."""
    layout = memory.world().layout
    try:
        return layout.site(layout.find(address).site).func.run or 1
    except AwaitError:
        return 1


def _name(address: int) -> str:
    layout = memory.world().layout
    try:
        head = layout.find(address)
        if head.state == FREE:
            return "an await that has ended"
        site = layout.site(head.site)
    except AwaitError:
        return f"a damaged await at {address:#x}"
    what = await_text.brief(memory.world(), head)
    return f"Await {what}, created {line_of(site)}"


def _decorate(frames: Iterator[Any], stack: Stack) -> Iterator[Any]:
    """Replaces frames. Each frame of the program is kept back until it is known whether
    libawait has called it."""
    left = list(stack.runs)
    ours: set[int] = set()  # levels of frames in a libawait.a
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
            yield decorated  # the thread has stopped in libawait
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
    """The levels of the frames in a libawait.a, if this is the innermost of them or
    the one in which the thread sleeps or has stopped."""
    levels: set[int] = set()
    if stack.calls and (_sleeps(frame) or (frame.level() == 0 and _is_trap(frame))):
        for call in stack.calls:
            levels |= {each.level() for each in callees(frame.older(), call)}
    for run in left:
        if run.function and holds(frame, run.frame):
            inner = callees(frame, run.wait) or [frame]
            levels |= {each.level() for each in inner}
    return levels


def _is_called(frame: gdb.Frame, run: Run) -> bool:
    """Whether libawait has called the frame to run that await. In a libawait.a it may
    also be a function of libawait that ends the run."""
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
    """Removes and returns the run that has that frame."""
    try:
        older = frame.older()
        end = stack_pointer(older) if older else None
    except gdb.error:
        return None
    while left and end is not None and left[0].frame < end:
        run = left.pop(0)
        if run.frame >= stack_pointer(frame):
            return run
    return None


def register() -> None:
    Filter()
