# SPDX-License-Identifier: MIT
"""The events of a recorder, selected and in words. Knows no debugger.

    >>> log = Log(process, address_of_await_recorder, asked)
    >>> log.lines()
    ['31 events, recording', 'Time/us  Thread  Event ...', ...]

A debugger gives a Process: the awaits of the libawait that is recorded, what it
calls threads, and where in the code an address is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

from awaitmodel import await_text, value_text
from awaitmodel.command_options import AskedLog
from awaitmodel.recorder_ring import (
    CREATED,
    EMPTY,
    ENDING,
    RECORDING,
    Event,
    Ring,
    Wanted,
)
from awaitmodel.structs import LayoutError, Site
from awaitmodel.world import World, print_id

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


class Process(NamedTuple):
    """thread: the debugger's number of the kernel's thread, or None; tid: the
    opposite, or a LayoutError."""

    world: World
    tid: Callable[[int], int]
    thread: Callable[[int], int | None]
    place: Callable[[int], str]


class Log:
    """The events that were asked for, oldest first."""

    def __init__(self, process: Process, recorder: int, asked: AskedLog) -> None:
        self.process = process
        self.asked = asked
        self.warnings: list[str] = []
        self.more = False
        self.ring = Ring(process.world.layout.read, recorder)
        if self.ring.state == EMPTY:
            raise LayoutError(_NOTHING)
        if self.ring.state == ENDING:
            raise LayoutError(_ENDING)
        found = list(
            itertools.islice(self._matching(), asked.limit and asked.limit + 1)
        )
        if asked.limit and len(found) > asked.limit:
            found.pop()
            self.more = True
        self.events = found[::-1]

    def _selective(self) -> bool:
        return bool(
            self.asked.thread is not None
            or self.asked.function
            or self.asked.id is not None
        )

    def _matching(self) -> Iterator[Event]:
        asked = self.asked
        tid = self.process.tid(asked.thread) if asked.thread is not None else None
        site = self._is_of_function if asked.function else None
        try:
            yield from self.ring.newest(Wanted(asked.id, tid, site))
        except LayoutError as error:
            self.warnings.append(str(error))

    def _is_of_function(self, address: int) -> bool:
        site = self._site(address)
        return bool(
            site and self.asked.function and self.asked.function.match(site.func.name)
        )

    def _site(self, address: int) -> Site | None:
        """None: damaged, or of a library that was unloaded."""
        try:
            return self.process.world.layout.site(address)
        except LayoutError:
            return None

    # As text.

    def lines(self) -> Iterator[str]:
        ring = self.ring
        how = "recording" if ring.state == RECORDING else "the recording has ended"
        yield f"{_count(ring.next)}, {how}"
        if self.events:
            header = ["Time/us", "Thread", "Event", "Await", "In", "Where"]
            yield from await_text.table([header, *map(self._row, self.events)], right=1)
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
        # Of a thread that has ended, the kernel's number.
        number = self.process.thread(event.tid)
        return [
            f"{event.ns / 1000:.3f}",
            str(number) if number else f"LWP {event.tid}",
            event.word(),
            f"{print_id(event.id)} {self._what(event)}",
            print_id(event.parent) if event.parent else "",
            self._where(event),
        ]

    def _what(self, event: Event) -> str:
        site = self._site(event.site)
        what = site.func.name if site else "?"
        if event.error:
            what += f": {value_text.error(event.error)}"
        if event.attempt > 1:
            what += f", attempt {event.attempt}"
        return what

    def _where(self, event: Event) -> str:
        site = self._site(event.site) if event.type == CREATED else None
        if site:
            return f"{await_text.base(site.file)}:{site.line} in {site.function}()"
        return self.process.place(event.addr) if event.addr else ""

    # As JSON: docs/gdb.md describes it.

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
            "event": event.word(),
            "id": print_id(event.id),
            "number": event.id,
            "inside": print_id(event.parent) if event.parent else None,
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
