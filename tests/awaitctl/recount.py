# SPDX-License-Identifier: MIT
"""A report's figures, computed again from what babeltrace2 prints.

    figures = recount(run("babeltrace2", "--clock-seconds", trace).stdout)
    figures["function", "fetch"].runs

Written from docs/tracing.md, not from awaitctl's code: it keeps every event and every
duration, and looks a percentile up in the sorted list.
"""

from __future__ import annotations

import collections
import dataclasses
import re
import typing

LINE = re.compile(r"\[(\d+)\.(\d{9})\] .*? await:(\w+): \{[^}]*\}, \{(.*?)\}, \{(.*)\}")
FIELD = re.compile(
    r'(\w+) = (?:\( "\w+" : container = (-?\d+) \)|"((?:[^"\\]|\\.)*)"|(-?\w+))'
)
PENDING, RUNNING, RESOLVED, FAILED = 1, 2, 3, 4
PROMISE = 2
START = 1  # a run that was started, not waited for
CANCELLED, CHILD = -125, -10


@dataclasses.dataclass
class Event:
    time: int  # ns
    name: str
    pid: int
    tid: int
    fields: dict[str, typing.Any]


@dataclasses.dataclass
class Figures:
    created: int = 0
    runs: int = 0
    failed: int = 0
    running: int = 0
    cut_short: int = 0
    hits: int = 0
    waits: int = 0
    never_waited: int = 0
    failed_unseen: int = 0
    promises_dropped: int = 0
    cycles: int = 0
    asleep: int = 0
    most_runs: int = 0
    run_time: list[int] = dataclasses.field(default_factory=list)
    blocked_time: list[int] = dataclasses.field(default_factory=list)
    slack: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Await:
    keys: list[tuple[str, typing.Any]]  # of function and site, as far as known
    created: int | None = None
    dumped: bool = False
    waited: bool = False
    running: int = 0
    ran: int = 0
    before: int = 0  # the attempt that a state dump told of
    inherited: bool = False
    hits: int = 0
    waits: int = 0
    file: bool = False
    runs: int = 0
    cycles: int = 0
    failed: bool = False
    promise: bool = False


def events_of(text: str) -> typing.Iterator[Event]:
    for line in text.splitlines():
        match = LINE.search(line)
        if not match:
            continue
        fields: dict[str, typing.Any] = {}
        for part in match[4], match[5]:
            for name, label, string, number in FIELD.findall(part):
                if label or number:
                    fields[name] = int(label or number, 0)
                else:
                    fields[name] = string
        time = int(match[1]) * 10**9 + int(match[2])
        yield Event(time, match[3], fields["vpid"], fields["vtid"], fields)


class Recount:
    """Of one trace. Processes are told apart by number and by what they execute."""

    def __init__(self) -> None:
        self.figures: dict[tuple[str, typing.Any], Figures] = collections.defaultdict(
            Figures
        )
        self.instance: dict[int, int] = collections.defaultdict(int)
        self.began: dict[int, int] = {}
        self.ended: set[tuple[int, int]] = set()
        self.awaits: dict[tuple[int, int, int], Await] = {}
        self.asleep: dict[
            tuple[int, int, int], dict[int, tuple[int, bool]]
        ] = collections.defaultdict(dict)

    def add(self, aw: Await, event: Event | None, name: str, value: int = 1) -> None:
        """To its function and site, and to the thread of an event."""
        keys = list(aw.keys)
        if event:
            keys.append(("thread", (event.pid, event.tid)))
        for key in keys:
            figure = getattr(self.figures[key], name)
            if isinstance(figure, list):
                figure.append(value)
            else:
                setattr(self.figures[key], name, figure + value)

    def learn(self, aw: Await, event: Event) -> None:
        """Who named its function first stays right; a place may come later."""
        function = event.fields["function"]
        if not aw.keys:
            aw.keys = [("function", function), ("site", (function, None, 0))]
        if event.fields.get("file") and not aw.file:
            place = event.fields["file"], event.fields["line"]
            aw.keys[1] = ("site", (aw.keys[0][1], *place))
            aw.file = True

    def wait(self, aw: Await, event: Event, counted: bool = True) -> None:
        if counted:
            aw.waits += 1
            self.figures["thread", (event.pid, event.tid)].waits += 1
        if not aw.waited and aw.created is not None:
            self.add(aw, event, "slack", event.time - aw.created)
        aw.waited = True

    def settle(self, process: tuple[int, int], aw: Await, gone: bool) -> None:
        if aw.inherited and not aw.keys:
            return
        if not aw.keys:
            aw.keys = [("function", "(unknown)"), ("site", ("(unknown)", None, 0))]
        self.add(aw, None, "hits", aw.hits)
        self.add(aw, None, "cycles", aw.cycles)
        self.add(aw, None, "failed_unseen", int(aw.failed and not aw.waited))
        self.add(aw, None, "promises_dropped", int(gone and aw.promise))
        for key in aw.keys:
            figures = self.figures[key]
            figures.most_runs = max(figures.most_runs, aw.runs)
        self.add(aw, None, "waits", aw.waits)
        if not aw.waited and (aw.created is not None or not aw.dumped):
            self.add(aw, None, "never_waited")
        if aw.running and not gone:
            ended = process in self.ended
            self.add(aw, None, "cut_short" if ended else "running")

    def take(self, event: Event) -> None:
        fields, pid = event.fields, event.pid
        if event.name == "statedump_process":
            if self.began.get(pid, fields["began"]) != fields["began"]:
                self.ended.add((pid, self.instance[pid]))
                self.instance[pid] += 1
            self.began[pid] = fields["began"]
        process = pid, self.instance[pid]
        if event.name == "process_end":
            self.ended.add(process)
        thread = (*process, event.tid)
        if event.name not in ("block_begin", "block_end"):
            self.asleep[thread].clear()
        handler = getattr(self, f"on_{event.name}", None)
        if not handler:
            return
        key = (*process, fields["id"])
        if event.name == "destroy":
            aw = self.awaits.pop(key, None)
            if aw:
                aw.failed = aw.failed or fields["state"] == FAILED
                aw.promise = aw.promise and fields["state"] == PENDING
                self.settle(process, aw, gone=True)
            return
        if event.name == "create" and key in self.awaits:
            assert self.awaits[key].created is None, "ids are used once in these"
        aw = self.awaits.setdefault(key, Await([]))
        handler(aw, event, thread)

    def on_create(self, aw: Await, event: Event, _: object) -> None:
        self.learn(aw, event)
        aw.created = event.time
        aw.promise = event.fields["origin"] == PROMISE
        self.add(aw, event, "created")

    def on_exec_begin(self, aw: Await, event: Event, _: object) -> None:
        self.learn(aw, event)
        aw.inherited = False
        if not (aw.running and aw.before == event.fields["attempt"]):
            self.add(aw, event, "runs")
            aw.runs += 1
        aw.running, aw.ran, aw.before = 1, 1, 0
        if event.fields["source"] != START:
            self.wait(aw, event)

    def on_exec_end(self, aw: Await, event: Event, _: object) -> None:
        if aw.inherited:
            aw.inherited = False
            return
        if not aw.keys:
            aw.keys = [("function", "(unknown)"), ("site", ("(unknown)", None, 0))]
        if not aw.running:
            self.add(aw, event, "runs")
            aw.runs += 1
            aw.waited = True
        aw.running, aw.ran = 0, 1
        aw.failed = event.fields["outcome"] != RESOLVED
        self.add(aw, event, "failed", int(aw.failed))
        self.add(aw, event, "run_time", event.fields["latency_ns"])

    def on_hit(self, aw: Await, event: Event, _: object) -> None:
        aw.hits += 1
        self.figures["thread", (event.pid, event.tid)].hits += 1
        self.wait(aw, event)

    def on_resolve(self, aw: Await, event: Event, _: object) -> None:
        aw.promise, aw.failed = False, event.fields["outcome"] != RESOLVED

    def on_cancel(self, aw: Await, _: Event, __: object) -> None:
        aw.promise = False

    def on_cycle(self, aw: Await, event: Event, _: object) -> None:
        aw.cycles += 1
        self.figures["thread", (event.pid, event.tid)].cycles += 1

    def on_block_begin(
        self, aw: Await, event: Event, thread: tuple[int, int, int]
    ) -> None:
        self.wait(aw, event, counted=False)
        self.asleep[thread].setdefault(event.fields["id"], (event.time, False))

    def on_block_end(
        self, aw: Await, event: Event, thread: tuple[int, int, int]
    ) -> None:
        began, before = self.asleep[thread].pop(event.fields["id"], (0, True))
        if not before and aw.keys:
            self.add(aw, event, "blocked_time", event.time - began)

    def on_wait_end(self, aw: Await, event: Event, _: object) -> None:
        state, error = event.fields["state"], event.fields["error"]
        # That wait is counted by the run that it made.
        self.wait(aw, event, counted=(state, error) != (RESOLVED, CANCELLED))

    def on_statedump_live(self, aw: Await, event: Event, _: object) -> None:
        self.learn(aw, event)
        aw.dumped = True
        if event.fields["state"] != RUNNING or aw.ran or aw.inherited:
            return
        self.add(aw, None, "runs")
        aw.running = aw.ran = aw.runs = 1
        aw.waited = True
        aw.before = event.fields["attempt"]

    def on_statedump_wait(
        self, aw: Await, event: Event, thread: tuple[int, int, int]
    ) -> None:
        aw.waited = True
        self.asleep[(*thread[:2], event.fields["thread"])].setdefault(
            event.fields["id"], (event.time, True)
        )

    def on_statedump_inherited(self, aw: Await, event: Event, _: object) -> None:
        aw.inherited = aw.waited = True

    def on_destroy(self) -> None:
        """See take()."""


def recount(text: str) -> dict[tuple[str, typing.Any], Figures]:
    count = Recount()
    for event in events_of(text):
        count.take(event)
    for (pid, instance, _), aw in count.awaits.items():
        count.settle((pid, instance), aw, gone=False)
    for (pid, instance, _), waits in count.asleep.items():
        for id in waits if (pid, instance) not in count.ended else ():
            count.add(count.awaits[pid, instance, id], None, "asleep")
    return count.figures


def percentile(durations: list[int], percent: int) -> int:
    """The least that so many of a hundred do not exceed."""
    return sorted(durations)[-(-len(durations) * percent // 100) - 1]
