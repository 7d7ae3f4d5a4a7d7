# SPDX-License-Identifier: MIT
"""The events that `await log` shows, as lines of text and as JSON.

The debugger passes in a Process, which knows what only the debugger does: its
numbers of threads, and where in the source code an address is.

    >>> log = Log(process, address_of_await_recorder, options)
    >>> list(log.lines())
    ['31 events, recording', 'Time/us  Thread  Event ...', ...]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from awaitmodel.await_text import named_id, place_of
from awaitmodel.command_options import LogOptions
from awaitmodel.error_text import error_text
from awaitmodel.ids import id_text
from awaitmodel.memory import AwaitError
from awaitmodel.recorder_ring import (
    CREATED,
    EMPTY,
    ENDING,
    RECORDING,
    Event,
    Ring,
    Wanted,
)
from awaitmodel.structs import Site
from awaitmodel.text_table import table
from awaitmodel.world import World

NONE = (
    "no recorder in this process: link or preload libawait-test and set"
    " LIBAWAIT_RECORD=1000 in its environment, or call await_trace_begin(); or trace"
    " it by awaitctl record"
)
NOT_HERE = "the events of the recorder in {} are not here"
UNRECORDED = "libawait in {} has no recorder: its events are not here"
_NOTHING = (
    "nothing was recorded so far: set LIBAWAIT_RECORD=1000 in the environment of the"
    " program, or let it call await_trace_begin()"
)
_ENDING = (
    "the recording is just being ended: `finish` await_trace_end(), then ask again"
)


class Process:
    """world: of the libawait that is recorded. thread: the debugger's number of a
    thread of the kernel's, or None if it knows no such thread. tid: the opposite;
    AwaitError if there is no such thread. place: file:line in function()."""

    def __init__(
        self,
        world: World,
        tid: Callable[[int], int],
        thread: Callable[[int], int | None],
        place: Callable[[int], str],
    ) -> None:
        self.world = world
        self.tid = tid
        self.thread = thread
        self.place = place


class Log:
    """The events that match the options, the oldest first."""

    def __init__(self, process: Process, recorder: int, options: LogOptions) -> None:
        self.process = process
        self.options = options
        self.warnings: list[str] = []
        self.more = False
        self.ring = Ring(process.world.layout.memory, recorder)
        if self.ring.state == EMPTY:
            raise AwaitError(_NOTHING)
        if self.ring.state == ENDING:
            raise AwaitError(_ENDING)
        limit = options.limit
        # One more than are shown tells whether there are more.
        found = list(itertools.islice(self._matching(), limit and limit + 1))
        if limit and len(found) > limit:
            found.pop()
            self.more = True
        self.events = found[::-1]

    def _selective(self) -> bool:
        options = self.options
        return bool(
            options.thread is not None or options.function or options.id is not None
        )

    def _matching(self) -> Iterator[Event]:
        id, function, thread = self.options[:3]
        tid = self.process.tid(thread) if thread is not None else None
        site = self._is_of_function if function else None
        try:
            yield from self.ring.newest(Wanted(id, tid, site))
        except AwaitError as error:
            self.warnings.append(str(error))

    def _is_of_function(self, address: int) -> bool:
        site, function = self._site(address), self.options.function
        return bool(site and function and function.match(site.func.name))

    def _site(self, address: int) -> Site | None:
        """None if it is damaged or was in a library that has been unloaded."""
        try:
            return self.process.world.layout.site(address)
        except AwaitError:
            return None

    # As text.

    def lines(self) -> Iterator[str]:
        ring = self.ring
        how = "recording" if ring.state == RECORDING else "the recording has ended"
        yield f"{_count(ring.next)}, {how}"
        if self.events:
            header = ["Time/us", "Thread", "Event", "Await", "In", "Where"]
            yield from table([header, *map(self._row, self.events)], right=1)
        elif ring.held and self._selective() and not self.warnings:
            yield "None of them matches."
        yield from self._notes()

    def _notes(self) -> Iterator[str]:
        ring = self.ring
        if self.more:
            yield "There are earlier ones (-n N shows N, -n 0 all)"
        if ring.overwritten:
            yield (
                f"{_count(ring.overwritten, 'earlier ')} lost: the ring keeps the last"
                f" {ring.room}"
            )
        if ring.without_room:
            yield (
                f"{_count(ring.without_room, 'later ')} lost: there is room for"
                f" {ring.room}, see .events and .overwrite in <await/test.h>"
            )
        if ring.incomplete:
            behind = ", or lost to a thread that was a whole round behind"
            yield (
                f"{_count(ring.incomplete)} left out: just being written"
                + behind * ring.overwrites
            )
        for warning in self.warnings:
            yield f"warning: {warning}"

    def _row(self, event: Event) -> list[str]:
        # The debugger has no number for a thread that has ended.
        number = self.process.thread(event.tid)
        return [
            f"{event.ns / 1000:.3f}",
            str(number) if number else f"LWP {event.tid}",
            event.name(),
            f"{self._id(event.id)} {self._what(event)}",
            self._id(event.parent) if event.parent else "",
            self._where(event),
        ]

    def _id(self, id: int) -> str:
        return named_id(self.process.world, id)

    def _what(self, event: Event) -> str:
        site = self._site(event.site)
        what = site.func.name if site else "?"
        if event.error:
            what += f": {error_text(event.error)}"
        if event.attempt > 1:
            what += f", attempt {event.attempt}"
        if event.started:
            what += ", started"
        return what

    def _where(self, event: Event) -> str:
        site = self._site(event.site) if event.type == CREATED else None
        if site:
            return place_of(site)
        return self.process.place(event.addr) if event.addr else ""

    # As JSON: docs/gdb.md describes the members.

    def document(self, warnings: list[str]) -> dict[str, object]:
        ring = self.ring
        return {
            "recording": ring.state == RECORDING,
            "recorded": ring.next,
            "overwritten": ring.overwritten,
            "without_room": ring.without_room,
            "incomplete": ring.incomplete,
            "events": [self._record(event) for event in self.events],
            "warnings": [*self.warnings, *warnings],
        }

    def _record(self, event: Event) -> dict[str, object]:
        site = self._site(event.site)
        return {
            "index": event.number,
            "time_ns": event.ns,
            "event": event.name(),
            "id": id_text(event.id),
            "number": event.id,
            "inside": id_text(event.parent) if event.parent else None,
            "function": site.func.name if site else None,
            "type": site.func.type.name if site else None,
            "file": site.file if site else None,
            "line": site.line if site else None,
            "error": event.error,
            "attempt": event.attempt or None,
            "latency_ns": event.latency_ns,
            "thread": self.process.thread(event.tid),
            "tid": event.tid,
            "address": f"{event.addr:#x}",
            "where": self._where(event),
        }


def _count(count: int, before: str = "") -> str:
    return f"{count} {before}event{'s' * (count != 1)}"
