# SPDX-License-Identifier: MIT
"""`await log`: the last events, if libawait-test records them in the process."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import gdb  # type: ignore

from awaitgdb import complete, guard, memory, options, places, raw, text
from awaitgdb.memory import Recorder
from awaitgdb.model import print_id
from awaitgdb.options import AskedLog
from awaitgdb.records import LayoutError, Site
from awaitgdb.ring import CREATED, EMPTY, ENDING, RECORDING, Event, Ring, Wanted

_NONE = (
    "no recorder in this process: link or preload libawait-test and set"
    " LIBAWAIT_RECORD=1000 in its environment, or call await_trace_begin(); or trace"
    " it by awaitctl record"
)
_NOTHING = (
    "nothing was recorded so far: set LIBAWAIT_RECORD=1000 in the environment of the"
    " program, or let it call await_trace_begin()"
)
_ENDING = (
    "the recording is just being ended: `finish` await_trace_end(), then ask again"
)


class AwaitLog(gdb.Command):
    """Show the last events of awaits, if the process records them.
    Usage: await log [#ID] [FUNCTION] [-thread N] [-n COUNT] [-json]

    Between await_trace_begin() and await_trace_end() of libawait-test a process
    does; so does any with libawait-test and LIBAWAIT_RECORD=EVENTS in its
    environment. Oldest first; times are microseconds since that began.

      #ID        of that await, which may have ended
      FUNCTION   of awaits whose function's name matches, such as fetch_*
      -thread N  that happened on thread N
      -n COUNT   show at most the last COUNT (20; 0 shows all)
      -json      one JSON document, described in libawait's docs/gdb.md

    Example:
      (gdb) await log fetch -n 3
      31 events, recording
      Time/us  Thread  Event    Await      In  Where
       12.031  1       begins   #2 fetch       main.c:40 in main()
       14.518  1       ran      #2 fetch       main.c:40 in main()
       14.702  2       hit      #2 fetch   #7  main.c:52 in show()"""

    def __init__(self) -> None:
        super().__init__("await log", gdb.COMMAND_DATA)

    @guard.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        asked = options.parse_log(gdb.string_to_argv(argument))
        recorders = _recorders()
        if asked.json:
            with memory.within(recorders[0].copy):
                ring = _ring(recorders[0])
                _print_json(
                    ring,
                    _Log(ring, asked),
                    [*_others(recorders[1:]), *_silent(recorders)],
                )
            return
        for recorder in recorders:
            if len(recorders) > 1:
                print(f"recorder in {recorder.name}:")
            with memory.within(recorder.copy):
                _tell(recorder, asked, alone=len(recorders) == 1)
            if recorder is not recorders[-1]:
                print()
        for line in _silent(recorders):
            print(line)

    @guard.quietly
    def complete(self, typed: str, word: str | None) -> list[str]:
        return complete.log(typed, word)


def _recorders() -> list[Recorder]:
    memory.worlds()  # says so where there is no libawait at all
    found = memory.recorders()
    if not found:
        raise LayoutError(_NONE)
    return found


def _others(recorders: list[Recorder]) -> Iterator[str]:
    for recorder in recorders:
        yield f"the events of the recorder in {recorder.name} are not here"


def _silent(recorders: list[Recorder]) -> Iterator[str]:
    """Which libawaits nobody records."""
    recorded = [recorder.copy.address for recorder in recorders]
    for copy in memory.copies():
        if copy.address not in recorded:
            yield f"libawait in {copy.name} has no recorder: its events are not here"


def _tell(recorder: Recorder, asked: AskedLog, alone: bool) -> None:
    try:
        ring = _ring(recorder)
        _print(ring, _Log(ring, asked))
    except LayoutError as error:
        if alone:
            raise
        print(error)


def _ring(recorder: Recorder) -> Ring:
    ring = Ring(memory.read, recorder.address)
    if ring.state == EMPTY:
        raise LayoutError(_NOTHING)
    if ring.state == ENDING:
        raise LayoutError(_ENDING)
    return ring


class _Log:
    """The events that were asked for, oldest first."""

    def __init__(self, ring: Ring, asked: AskedLog) -> None:
        self.asked = asked
        self.warnings: list[str] = []
        self.more = False
        found = list(
            itertools.islice(self._matching(ring), asked.limit and asked.limit + 1)
        )
        if asked.limit and len(found) > asked.limit:
            found.pop()
            self.more = True
        self.events = found[::-1]

    def selective(self) -> bool:
        return bool(
            self.asked.thread is not None
            or self.asked.function
            or self.asked.id is not None
        )

    def _matching(self, ring: Ring) -> Iterator[Event]:
        asked = self.asked
        tid = memory.thread_tid(asked.thread) if asked.thread is not None else None
        site = self._is_of_function if asked.function else None
        try:
            yield from ring.newest(Wanted(asked.id, tid, site))
        except LayoutError as error:
            self.warnings.append(str(error))

    def _is_of_function(self, address: int) -> bool:
        site = _site(address)
        return bool(
            site and self.asked.function and self.asked.function.match(site.func.name)
        )


def _site(address: int) -> Site | None:
    """None: damaged, or of a library that was unloaded."""
    try:
        return memory.world().layout.site(address)
    except LayoutError:
        return None


# As text.


def _print(ring: Ring, log: _Log) -> None:
    how = "recording" if ring.state == RECORDING else "the recording has ended"
    print(f"{_events(ring.next)}, {how}")
    if log.events:
        header = ["Time/us", "Thread", "Event", "Await", "In", "Where"]
        text.print_table([header, *map(_row, log.events)], right=1)
    elif ring.held and log.selective() and not log.warnings:
        print("None of them matches.")
    for line in _notes(ring, log):
        print(line)


def _events(count: int, before: str = "") -> str:
    return f"{count} {before}event{'s' * (count != 1)}"


def _notes(ring: Ring, log: _Log) -> Iterator[str]:
    if log.more:
        yield "There are earlier ones (-n N shows N, -n 0 all)"
    if ring.overwritten:
        yield (
            f"{_events(ring.overwritten, 'earlier ')} lost: the ring keeps the last"
            f" {ring.room}"
        )
    if ring.without_room:
        yield (
            f"{_events(ring.without_room, 'later ')} lost: there is room for"
            f" {ring.room}, see .events and .overwrite in <await/test.h>"
        )
    if ring.incomplete:
        behind = ", or lost to a thread that was a whole round behind"
        yield (
            f"{_events(ring.incomplete)} left out: just being written"
            + behind * ring.overwrites
        )
    for warning in log.warnings:
        yield f"warning: {warning}"


def _row(event: Event) -> list[str]:
    return [
        f"{event.ns / 1000:.3f}",
        _thread(event.tid),
        event.word(),
        f"{print_id(event.id)} {_what(event)}",
        print_id(event.parent) if event.parent else "",
        _where(event),
    ]


def _thread(tid: int) -> str:
    """Of one that has ended, the kernel's number."""
    number = memory.thread_number(tid)
    return str(number) if number else f"LWP {tid}"


def _what(event: Event) -> str:
    site = _site(event.site)
    what = site.func.name if site else "?"
    if event.error:
        what += f": {raw.error(event.error)}"
    if event.attempt > 1:
        what += f", attempt {event.attempt}"
    return what


def _where(event: Event) -> str:
    site = _site(event.site) if event.type == CREATED else None
    if site:
        return f"{text.base(site.file)}:{site.line} in {site.function}()"
    return places.place(event.addr) if event.addr else ""


# As JSON: docs/gdb.md describes it.


def _print_json(ring: Ring, log: _Log, others: list[str]) -> None:
    document = {
        "recording": ring.state == RECORDING,
        "recorded": ring.next,
        "overwritten": ring.overwritten,
        "without_room": ring.without_room,
        "incomplete": ring.incomplete,
        "events": [_record(event) for event in log.events],
        "warnings": [*log.warnings, *others],
    }
    text.print_json(document)


def _record(event: Event) -> dict[str, object]:
    site = _site(event.site)
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
        "thread": memory.thread_number(event.tid),
        "tid": event.tid,
        "address": f"{event.addr:#x}",
        "where": _where(event),
    }
