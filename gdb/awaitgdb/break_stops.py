# SPDX-License-Identifier: MIT
"""What an `await break` has stopped for, told to the user.

    #4 fetch: failed: -ENOENT (No such file or directory), 1 attempt (created ...)
    #4  0x0000555555555a31 in main () at main.c:40
    40              rc = await_wait(aw, &page);

$_await is that await from then on, and the frame that called libawait is
selected.
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import dwarf, library_frames, memory, text
from awaitmodel import event_filters
from awaitmodel.event_filters import Trapped
from awaitmodel.structs import Func, Head, LayoutError
from awaitmodel.world import print_id


def current() -> tuple[Trapped, Head, Func] | None:
    """Why the selected thread is in await_trap(), if it is."""
    thread = gdb.selected_thread()
    if thread is None:
        return None
    found = []
    wrong: LayoutError | None = None
    for copy in memory.copies():
        try:
            layout = copy.world().layout
            event = event_filters.trapped(layout, thread.ptid[1] or thread.ptid[0])
            if event is not None:
                head = layout.find(event.address)
                found.append((event, head, layout.site(head.site).func))
        except LayoutError as error:
            wrong = error
    if wrong and not found:
        raise wrong
    # In two at once: a signal's handler has interrupted the outer one.
    return min(found, key=lambda each: each[0].at) if found else None


def set_variable(head: Head, func: Func) -> None:
    kind = dwarf.handle_type(func) or gdb.lookup_type("void")
    handle = gdb.Value(head.address).cast(kind.pointer())
    gdb.set_convenience_variable("_await", handle)


def _describe(event: Trapped, head: Head, func: Func) -> str:
    error = event.error if event.type in event_filters.OUTCOMES else head.error
    after = head._replace(state=event.state, error=error)
    call, outcome = text.call(after, func), text.outcome(after, func)
    said = {
        event_filters.CREATE: f"created{outcome or ': ' + call}",
        event_filters.EXEC_BEGIN: f"runs {call}{outcome}",
        event_filters.EXEC_END: f"{text.state(after)}{outcome}",
        event_filters.RESOLVE: f"{text.state(after)}{outcome}",
        event_filters.HIT: f"hit{outcome}",
        event_filters.CANCEL: f"cancelled: {text.call(head, func)}",
        event_filters.DESTROY: f"destroyed, was {text.state(after)} {call}{outcome}",
    }
    site = memory.world().layout.site(head.site)
    created = f"created {site.file.rsplit('/', 1)[-1]}:{site.line}"
    what = said.get(event.type, f"event {event.type}")
    return f"{print_id(head.id)} {func.name}: {what} ({created})"


def tell(breakpoints: list[gdb.Breakpoint]) -> None:
    now = current()
    if now is None:
        return
    event, head, func = now
    set_variable(head, func)
    frame = library_frames.user_frame(event.call)
    if frame is not None:
        frame.select()
    silent = [(each.commands or "").startswith("silent") for each in breakpoints]
    if not all(silent):
        with memory.of(head.address):
            print(_describe(event, head, func))
        gdb.execute("frame")
