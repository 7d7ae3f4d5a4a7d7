# SPDX-License-Identifier: MIT
"""What an export has to show, computed from what babeltrace2 prints.

    timeline = Timeline(run("babeltrace2", "--clock-seconds", trace).stdout)
    timeline.slices

Written from docs/tracing.md and docs/export.md, not from awaitctl's code: keeps every
event. Times are those of the trace, in ns. Of what has lost its end it says nothing,
nor of a sleep that has lost its beginning.
"""

from __future__ import annotations

import collections
import dataclasses
import typing

import recount

RESOLVED, FAILED, CANCELLED = 3, 4, 5
STATES = {1: "pending", 2: "running", 3: "resolved", 4: "failed", 5: "cancelled"}
NOBODY, UNKNOWN = "(no await)", "(unknown)"


class Slice(typing.NamedTuple):
    """One that began and ended. shown: where its frame ends, which is later where
    several waits slept together."""

    pid: int
    tid: int
    kind: str  # run, sleep
    id: int
    function: str
    begin: int
    end: int
    shown: int


@dataclasses.dataclass
class Await:
    pid: int
    id: int
    function: str = UNKNOWN
    type: str = ""
    file: str = ""
    line: int = 0
    inherited: bool = False
    created: int | None = None
    creator: int = 0
    waited: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    hits: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    runs: int = 0
    waits: int = 0
    blocked: int = 0
    first: list[int | None] = dataclasses.field(default_factory=lambda: [None, None])
    state: int = 0
    error: int = 0
    settled: tuple[int, int] | None = None
    running: tuple[int, int, int] | None = None  # begin, thread, within
    ended: int | None = None

    @property
    def site(self) -> tuple[str, str]:
        return self.function, f"{self.file}:{self.line}" if self.file else ""


@dataclasses.dataclass
class Sleep:
    id: int
    begin: int
    function: str
    end: int = 0


class Timeline:
    def __init__(self, text: str) -> None:
        self.slices: list[Slice] = []
        self.awaits: list[Await] = []
        # From who settled an await to who slept for it: time and thread of both.
        self.wakings: list[tuple[tuple[int, int], tuple[int, int]]] = []
        # ns of the last function's own, by pid and functions.
        self.chains: collections.Counter[
            tuple[int, tuple[str, ...]]
        ] = collections.Counter()
        # By from and to.
        self.edges: dict[
            typing.Any, collections.Counter[str]
        ] = collections.defaultdict(collections.Counter)
        self.pids: set[int] = set()
        self.alive: dict[tuple[int, int], Await] = {}
        self.asleep: dict[tuple[int, int], list[Sleep]] = collections.defaultdict(list)
        self.stack: dict[
            tuple[int, int], list[list[typing.Any]]
        ] = collections.defaultdict(list)
        self.events = list(recount.events_of(text))
        for event in self.events:
            self.take(event)
        self.awaits += self.alive.values()

    def take(self, event: recount.Event) -> None:
        handler = getattr(self, f"on_{event.name}", None)
        if handler is None:
            return
        self.pids.add(event.pid)
        key = event.pid, event.fields["id"]
        aw = self.alive.get(key)
        if event.name == "create" or aw is None:
            if aw:
                self.awaits.append(aw)
            aw = self.alive[key] = Await(*key)
        handler(aw, event)

    def within(self, aw: Await, id: int) -> tuple[str, str]:
        inside = self.alive.get((aw.pid, id))
        return inside.site if id and inside else (NOBODY, "")

    def wait(self, aw: Await, event: recount.Event, counted: bool, id: int) -> None:
        aw.waited.append((event.time, event.tid))
        if counted:
            aw.waits += 1
            self.edges[self.within(aw, id), aw.site]["waits"] += 1

    def on_create(self, aw: Await, event: recount.Event) -> None:
        fields = event.fields
        aw.function, aw.type = fields["function"], fields["type"]
        aw.file, aw.line = fields["file"], fields["line"]
        aw.created, aw.creator = event.time, event.tid
        self.edges[self.within(aw, fields["parent"]), aw.site]["created"] += 1

    def on_exec_begin(self, aw: Await, event: recount.Event) -> None:
        fields = event.fields
        aw.function, aw.type = fields["function"], fields["type"]
        aw.inherited = False
        aw.runs += 1
        aw.running = event.time, event.tid, fields["parent"]
        if fields["attempt"] == 1:
            aw.first[0] = event.time
        if fields["source"] == 0:
            self.wait(aw, event, True, fields["parent"])
        self.stack[event.pid, event.tid].append([aw.id, aw.function, event.time, 0])

    def on_exec_end(self, aw: Await, event: recount.Event) -> None:
        if aw.inherited:
            return
        aw.state, aw.error = event.fields["outcome"], event.fields["error"]
        aw.settled = event.time, event.tid
        thread = event.pid, event.tid
        # An end says how long it took, if the beginning was lost.
        begin = event.time - event.fields["latency_ns"]
        if aw.running:
            begin = aw.running[0]
        self.slices.append(
            Slice(*thread, "run", aw.id, aw.function, begin, event.time, event.time)
        )
        if not aw.running:
            return
        if aw.runs == 1:
            aw.first[1] = event.time
        aw.running = None
        stack = self.stack[thread]
        if stack and stack[-1][0] == aw.id:
            chain = tuple(x[1] for x in stack)
            nested = stack.pop()[3]
            self.chains[event.pid, chain] += event.time - begin - nested
            if stack:
                stack[-1][3] += event.time - begin

    def on_hit(self, aw: Await, event: recount.Event) -> None:
        aw.hits.append((event.time, event.tid))
        aw.state, aw.error = RESOLVED, 0
        self.wait(aw, event, True, event.fields["waiter"])

    def on_block_begin(self, aw: Await, event: recount.Event) -> None:
        self.wait(aw, event, False, event.fields["waiter"])
        sleep = Sleep(aw.id, event.time, aw.function)
        self.asleep[event.pid, event.tid].append(sleep)

    def on_block_end(self, aw: Await, event: recount.Event) -> None:
        thread = event.pid, event.tid
        asleep = self.asleep[thread]
        for sleep in asleep:
            if sleep.id == aw.id:
                sleep.end = event.time
                aw.blocked += event.time - sleep.begin
                edge = self.within(aw, event.fields["waiter"]), aw.site
                self.edges[edge]["blocked"] += event.time - sleep.begin
                if aw.settled and aw.settled[0] >= sleep.begin:
                    self.wakings.append((aw.settled, (event.time, event.tid)))
        while asleep and asleep[-1].end:
            x = asleep.pop()
            self.slices.append(
                Slice(*thread, "sleep", x.id, x.function, x.begin, x.end, event.time)
            )

    def on_wait_end(self, aw: Await, event: recount.Event) -> None:
        state, error = event.fields["state"], event.fields["error"]
        if state in (RESOLVED, FAILED, CANCELLED) and not aw.state:
            aw.state, aw.error = state, error if state == FAILED else 0
        counted = (state, error) != (RESOLVED, recount.CANCELLED)
        self.wait(aw, event, counted, event.fields["waiter"])

    def on_resolve(self, aw: Await, event: recount.Event) -> None:
        aw.state, aw.error = event.fields["outcome"], event.fields["error"]
        aw.settled = event.time, event.tid

    def on_cancel(self, aw: Await, event: recount.Event) -> None:
        aw.state, aw.error = CANCELLED, 0
        aw.settled = event.time, event.tid

    def on_destroy(self, aw: Await, event: recount.Event) -> None:
        aw.ended = event.time
        if not aw.state:
            aw.state = event.fields["state"]
        self.awaits.append(self.alive.pop((aw.pid, aw.id)))

    def on_statedump_inherited(self, aw: Await, _: recount.Event) -> None:
        aw.inherited = True

    def flows(self) -> list[tuple[tuple[int, int], ...]]:
        """From a creation to the first wait and to all hits: times and threads."""
        return [
            tuple(dict.fromkeys([(x.created, x.creator), x.waited[0], *x.hits]))
            for x in self.awaits
            if x.created is not None and x.waited
        ]


def id_text(id: int) -> str:
    slot, generation = id & 0xFFFFFFFF, id >> 32
    return f"#{slot}.{generation}" if generation else f"#{slot}"
