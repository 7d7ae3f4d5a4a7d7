# SPDX-License-Identifier: MIT
"""A report's figures, computed again from what babeltrace2 prints.

    figures = recount(run("babeltrace2", "--clock-seconds", trace).stdout).figures
    figures["function", "fetch"].runs

With a Choice, as the options of a report make it, of that part only.

Written from docs/tracing.md and docs/report.md, not from awaitctl's code: it keeps
every event and every duration, and looks a percentile up in the sorted list.
"""

from __future__ import annotations

import collections
import dataclasses
import fnmatch
import typing

from trace_text import Event, events_of

PENDING, RUNNING, RESOLVED, FAILED = 1, 2, 3, 4
PROMISE = 2
START = 1  # a run that was started, not waited for
CANCELLED, CHILD = -125, -10


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
class Choice:
    """What of a trace counts."""

    function: str = "*"
    site: str = ""  # the end of FILE:LINE, of whole names
    pid: int | None = None
    tid: int | None = None
    since: int | None = None  # ns, as the events' times
    until: int | None = None

    def has_time(self, time: int) -> bool:
        return (self.since is None or self.since <= time) and (
            self.until is None or time < self.until
        )

    def has_event(self, event: Event) -> bool:
        if self.tid is not None and event.name == "statedump_live":
            return False
        return (
            self.tid in (None, event.tid)
            and self.pid in (None, event.pid)
            and self.has_time(event.time)
        )

    def has_await(self, aw: Await) -> bool:
        function = aw.keys[0][1] if aw.keys else "(unknown)"
        file, line = aw.keys[1][1][1:] if aw.keys else (None, 0)
        place = f"/{file}:{line}" if file else ""
        return fnmatch.fnmatchcase(function, self.function) and (
            not self.site or place.endswith(f"/{self.site}")
        )

    def has_whole(self, pid: int, time: int | None) -> bool:
        """Of what began, or was created, then; None: nobody knows."""
        if self.tid is not None or self.pid not in (None, pid):
            return False
        if time is None:
            return self.since is None and self.until is None
        return self.has_time(time)


@dataclasses.dataclass
class Slow:
    """A first run: how it ended, and whether its end counts."""

    took: int
    failed: bool
    counts: bool


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
    run_began: int = 0
    first: Slow | None = None
    promise: bool = False


class Recount:
    """Of one trace. Processes are told apart by number and by what they execute."""

    def __init__(self, choice: Choice | None = None) -> None:
        self.choice = choice or Choice()
        # When the first and the last event was, and what happened when.
        self.times: list[int] = []
        self.threads: set[tuple[int, int]] = set()  # with their processes
        self.rates: dict[str, list[int]] = {"created": [], "runs": [], "waits": []}
        # By the function of the waiter (None: none) and the one waited for.
        self.blocked_by: dict[
            tuple[str | None, str], list[int]
        ] = collections.defaultdict(list)
        self.slowest: list[tuple[int, str, bool]] = []
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
        if not self.choice.has_await(aw):
            return
        if event and not self.choice.has_event(event):
            return
        keys = list(aw.keys)
        if event and event.name != "statedump_live":
            keys.append(("thread", (event.pid, event.tid)))
        if event and name in self.rates:
            self.rates[name].append(event.time)
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
            self.use(aw, event, "waits")
        if not aw.waited and aw.created is not None:
            self.add(aw, event, "slack", event.time - aw.created)
        aw.waited = True

    def use(self, aw: Await, event: Event, name: str) -> None:
        """Counted for the await, as its function may be named later."""
        if not self.choice.has_event(event):
            return
        setattr(aw, name, getattr(aw, name) + 1)
        if not self.choice.has_await(aw):
            return
        thread = self.figures["thread", (event.pid, event.tid)]
        setattr(thread, name, getattr(thread, name) + 1)
        if name in self.rates:
            self.rates[name].append(event.time)

    def settle(
        self, process: tuple[int, int], aw: Await, dropped: Event | None
    ) -> None:
        if aw.inherited and not aw.keys:
            return
        if not aw.keys:
            aw.keys = [("function", "(unknown)"), ("site", ("(unknown)", None, 0))]
        self.add(aw, None, "hits", aw.hits)
        self.add(aw, None, "cycles", aw.cycles)
        self.add(aw, None, "waits", aw.waits)
        if dropped and aw.promise and self.choice.tid is None:
            if self.choice.has_event(dropped):
                self.add(aw, None, "promises_dropped")
        if self.choice.has_whole(process[0], aw.created):
            self.settle_whole(aw)
        if (
            aw.running
            and not dropped
            and self.choice.has_whole(process[0], aw.run_began)
        ):
            ended = process in self.ended
            self.add(aw, None, "cut_short" if ended else "running")
        first = aw.first
        if first and first.counts and first.took >= 0 and self.choice.has_await(aw):
            self.slowest.append((first.took, aw.keys[0][1], first.failed))

    def settle_whole(self, aw: Await) -> None:
        self.add(aw, None, "failed_unseen", int(aw.failed and not aw.waited))
        if self.choice.has_await(aw):
            for key in aw.keys:
                figures = self.figures[key]
                figures.most_runs = max(figures.most_runs, aw.runs)
        if not aw.waited and (aw.created is not None or not aw.dumped):
            self.add(aw, None, "never_waited")

    def take(self, event: Event) -> None:
        fields, pid = event.fields, event.pid
        self.threads.add((pid, event.tid))
        if not event.name.endswith("_stack"):  # which a report does not read
            self.times.append(event.time)
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
                self.settle(process, aw, event)
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
        if event.fields["attempt"] == 1:
            aw.first = Slow(-1, False, False)
        elif aw.first and aw.first.took < 0:
            aw.first = None
        if not (aw.running and aw.before == event.fields["attempt"]):
            self.add(aw, event, "runs")
            aw.runs += 1
        aw.running, aw.ran, aw.before, aw.run_began = 1, 1, 0, event.time
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
        if aw.first and aw.first.took < 0:
            counts = self.choice.has_event(event)
            aw.first = Slow(event.fields["latency_ns"], aw.failed, counts)
        self.add(aw, event, "failed", int(aw.failed))
        self.add(aw, event, "run_time", event.fields["latency_ns"])

    def on_hit(self, aw: Await, event: Event, _: object) -> None:
        self.use(aw, event, "hits")
        self.wait(aw, event)

    def on_resolve(self, aw: Await, event: Event, _: object) -> None:
        aw.promise, aw.failed = False, event.fields["outcome"] != RESOLVED

    def on_cancel(self, aw: Await, _: Event, __: object) -> None:
        aw.promise = False

    def on_cycle(self, aw: Await, event: Event, _: object) -> None:
        self.use(aw, event, "cycles")

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
            self.block(aw, event, thread, event.time - began)

    def block(
        self, aw: Await, event: Event, thread: tuple[int, int, int], ns: int
    ) -> None:
        id = event.fields.get("waiter")
        waiter = self.awaits.get((*thread[:2], id)) if id else None
        name = waiter.keys[0][1] if waiter and waiter.keys else "(unknown)"
        if self.choice.has_event(event) and self.choice.has_await(aw):
            self.blocked_by[None if id == 0 else name, aw.keys[0][1]].append(ns)

    def on_wait_end(self, aw: Await, event: Event, _: object) -> None:
        state, error = event.fields["state"], event.fields["error"]
        # That wait is counted by the run that it made.
        self.wait(aw, event, counted=(state, error) != (RESOLVED, CANCELLED))

    def on_statedump_live(self, aw: Await, event: Event, _: object) -> None:
        self.learn(aw, event)
        aw.dumped = True
        if event.fields["state"] != RUNNING or aw.ran or aw.inherited:
            return
        self.add(aw, event, "runs")
        aw.running = aw.ran = aw.runs = 1
        aw.run_began = event.time
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


def recount(text: str, choice: Choice | None = None) -> Recount:
    count = Recount(choice)
    for event in events_of(text):
        count.take(event)
    for (pid, instance, _), aw in count.awaits.items():
        count.settle((pid, instance), aw, None)
    for (pid, instance, _), waits in count.asleep.items():
        for id, (began, _) in waits.items():
            if (pid, instance) in count.ended:
                continue
            if count.choice.has_whole(pid, began):
                count.add(count.awaits[pid, instance, id], None, "asleep")
    return count


def percentile(durations: list[int], percent: int) -> int:
    """The least that so many of a hundred do not exceed."""
    return sorted(durations)[-(-len(durations) * percent // 100) - 1]
