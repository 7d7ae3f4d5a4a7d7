# SPDX-License-Identifier: MIT
"""What is printed when an `await break` has stopped the process:

    #4 fetch: failed: -ENOENT (No such file or directory), 1 attempt (created ...)
    #4  0x0000555555555a31 in main () at main.c:40
    40              rc = await_wait(aw, &page);

$_await becomes that await, $_await_error the error of the event, and the frame that
called libawait is selected.
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import dwarf, library_frames, memory, text
from awaitgdb.threads import selected_tid
from awaitmodel import await_text, event_filters
from awaitmodel.error_text import error_text
from awaitmodel.event_filters import Trapped
from awaitmodel.memory import AwaitError
from awaitmodel.states import state_text
from awaitmodel.structs import Func, Head


def current() -> tuple[Trapped, Head, Func] | None:
    """Why the selected thread is in await_trap(); None if it is not there."""
    tid = selected_tid()
    if not tid:
        return None
    found = []
    wrong: AwaitError | None = None
    for copy in memory.copies():
        try:
            layout = copy.world().layout
            event = event_filters.event_of_thread(layout, tid)
            if event is not None:
                head = layout.find(event.address)
                found.append((event, head, layout.site(head.site).func))
        except AwaitError as error:
            wrong = error
    if wrong and not found:
        raise wrong
    # If there are two, a signal handler has interrupted the outer one.
    return min(found, key=lambda each: each[0].at) if found else None


def set_variables(event: Trapped, head: Head, func: Func) -> None:
    """Makes $_await the handle of that await, and $_await_error why it failed, or
    what its wait returns."""
    kind = dwarf.handle_type(func) or gdb.lookup_type("void")
    handle = gdb.Value(head.address).cast(kind.pointer())
    gdb.set_convenience_variable("_await", handle)
    gdb.set_convenience_variable("_await_error", event.error)


def _describe(event: Trapped, head: Head, func: Func) -> str:
    error = event.error if event.type in event_filters.OUTCOMES else head.error
    after = head._replace(state=event.state, error=error)
    state, call = state_text(after.state), text.call(after, func)
    outcome = text.outcome(after, func)
    texts = {
        event_filters.CREATE: f"created{outcome or ': ' + call}",
        event_filters.EXEC_BEGIN: f"runs {call}{outcome}",
        event_filters.EXEC_END: f"{state}{outcome}",
        event_filters.RESOLVE: f"{state}{outcome}",
        event_filters.HIT: f"hit{outcome}",
        event_filters.WAIT_END: (
            f"waited: {error_text(event.error)}, {state} {call}"
            if event.error
            else f"waited{outcome}"
        ),
        event_filters.CANCEL: f"cancelled: {text.call(head, func)}",
        event_filters.DESTROY: f"destroyed, was {state} {call}{outcome}",
    }
    world = memory.world()
    site = world.layout.site(head.site)
    created = f"created {await_text.created(world, head, site)}"
    what = texts.get(event.type, f"event {event.type}")
    return f"{text.named_id(head)} {func.name}: {what} ({created})"


def show(breakpoints: list[gdb.Breakpoint]) -> None:
    """Prints why these breakpoints have stopped the selected thread, unless the
    commands of all of them begin with `silent`."""
    stop = current()
    if stop is None:
        return
    event, head, func = stop
    set_variables(event, head, func)
    frame = library_frames.user_frame(event.call)
    if frame is not None:
        frame.select()
    silent = [(each.commands or "").startswith("silent") for each in breakpoints]
    if not all(silent):
        with memory.within_owner(head.address):
            print(_describe(event, head, func))
        gdb.execute("frame")
