# SPDX-License-Identifier: MIT
"""What differs in two traces, computed again from what babeltrace2 prints.

    expected = rediff(text_of_a, text_of_b, "prog")
    expected["same"]

Written from docs/diff.md, not from awaitctl's code: it keeps every event, looks for
the longest common order in a table of all pairs, and deals ranks out in all ways.
For traces that lack nothing, in which a process number is used once.
"""

from __future__ import annotations

import collections
import itertools
import math
import os
import typing

from recount import RESOLVED, START, Event, events_of, percentile

Site = tuple[str, str, str, int]
Any = typing.Any
EXACT = 30  # so many durations together


class Await:
    def __init__(self, pid: int, tid: int, site: Site, nth: int) -> None:
        self.pid, self.tid, self.site, self.nth = pid, tid, site, nth
        self.did = {"made"}
        self.other: Await | None = None


class Run:
    """The processes of that name in a trace."""

    def __init__(self, text: str, name: str) -> None:
        self.pids: set[int] = set()
        self.processes: list[int] = []
        self.threads: dict[int, list[int]] = collections.defaultdict(list)
        self.waits: dict[tuple[int, int], list[Await]] = collections.defaultdict(list)
        self.awaits: list[Await] = []
        self.alive: dict[tuple[int, int], Await] = {}
        self.made: collections.Counter[Any] = collections.Counter()
        self.asleep: dict[Any, int] = {}
        self.times: dict[tuple[str, Site], list[int]] = collections.defaultdict(list)
        events = list(events_of(text))
        for event in events:
            if event.name == "statedump_process" and event.fields["name"] == name:
                self.pids.add(event.pid)
        for event in events:
            if event.pid in self.pids:
                self.take(event)

    def take(self, event: Event) -> None:
        id = event.fields.get("id")
        if id is None or event.name.startswith("statedump"):
            return
        if event.pid not in self.processes:
            self.processes.append(event.pid)
        if event.name == "create":
            self.create(event, id)
        elif event.name == "destroy":
            self.alive.pop((event.pid, id))
        else:
            self.use(self.alive[event.pid, id], event)

    def note_thread(self, event: Event) -> None:
        if event.tid not in self.threads[event.pid]:
            self.threads[event.pid].append(event.tid)

    def create(self, event: Event, id: int) -> None:
        fields = event.fields
        self.note_thread(event)
        site = fields["function"], fields["type"], fields["file"], fields["line"]
        self.made[event.pid, event.tid, site] += 1
        nth = self.made[event.pid, event.tid, site]
        aw = Await(event.pid, event.tid, site, nth)
        self.awaits.append(aw)
        self.alive[event.pid, id] = aw

    def use(self, aw: Await, event: Event) -> None:
        fields = event.fields
        if event.name in ("exec_begin", "exec_end"):
            aw.did.add("run")
        if event.name == "exec_end":
            self.times["run_time", aw.site].append(fields["latency_ns"])
        if event.name in ("exec_end", "resolve") and fields["outcome"] != RESOLVED:
            aw.did.add("failed")
        sleep = event.pid, event.tid, fields["id"]
        if event.name == "block_begin":
            self.asleep[sleep] = event.time
        if event.name == "block_end" and sleep in self.asleep:
            took = event.time - self.asleep.pop(sleep)
            self.times["blocked_time", aw.site].append(took)
        if event.name in ("hit", "block_begin", "wait_end") or (
            event.name == "exec_begin" and fields["source"] != START
        ):
            self.note_thread(event)
            aw.did.add("waited")
            order = self.waits[event.pid, event.tid]
            if aw not in order:
                order.append(aw)


def pair_processes(a: Run, b: Run) -> list[tuple[int | None, int | None]]:
    return list(itertools.zip_longest(a.processes, b.processes))


def pair_threads(
    a: Run, b: Run, pids: tuple[int | None, int | None]
) -> list[tuple[int | None, int | None]]:
    ours = list(a.threads.get(pids[0] or 0, []))
    theirs = list(b.threads.get(pids[1] or 0, []))
    pairs: list[tuple[int | None, int | None]] = []
    if pids[0] in ours and pids[1] in theirs:
        pairs.append(pids)
        ours.remove(pids[0])  # type: ignore[arg-type]
        theirs.remove(pids[1])  # type: ignore[arg-type]
    # A main thread is like no other.
    for tids, pid, alone in ((ours, pids[0], 0), (theirs, pids[1], 1)):
        if pid in tids:
            tids.remove(pid)  # type: ignore[arg-type]
            pairs.append((None, pid) if alone else (pid, None))
    return pairs + list(itertools.zip_longest(ours, theirs))


def key(site: Site) -> tuple[str, str, str, int]:
    return site[0], site[1], os.path.basename(site[2]), site[3]


def pair_awaits(
    a: Run, b: Run, pids: list[Any], tids: dict[tuple[int, int], tuple[int, int]]
) -> None:
    processes = dict(pids)
    for by_thread in True, False:
        queues = collections.defaultdict(list)
        for aw in b.awaits:
            if not aw.other:
                queues[aw.pid, by_thread and aw.tid, key(aw.site)].append(aw)
        for aw in a.awaits:
            pid = processes.get(aw.pid)
            if aw.other or pid is None:
                continue
            tid = tids.get((aw.pid, aw.tid), (0, 0))[1]
            queue = queues[pid, by_thread and tid, key(aw.site)]
            if queue:
                aw.other = queue.pop(0)
                aw.other.other = aw


def longest(a: list[Any], b: list[Any]) -> int:
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for k, y in enumerate(b):
            rows[i + 1][k + 1] = (
                rows[i][k] + 1 if x is y else max(rows[i][k + 1], rows[i + 1][k])
            )
    return rows[-1][-1]


def order(a: list[Await], b: list[Await]) -> dict[str, int]:
    ours = [aw.other for aw in a]
    both = [aw for aw in ours if aw in b]
    same = 0
    while same < min(len(a), len(b)) and ours[same] is b[same]:
        same += 1
    return {
        "same_before": same,
        "moved": len(both) - longest(ours, b),
        "only_a": len(a) - len(both),
        "only_b": len(b) - len(both),
    }


def p_of(a: list[int], b: list[int]) -> float:
    """Of the rank test, two-sided."""
    both = sorted(a + b)
    n = len(both)
    ranks = {x: (2 * both.index(x) + both.count(x) + 1) / 2 for x in set(both)}
    off = abs(sum(ranks[x] for x in b) - len(b) * (n + 1) / 2)
    if n <= EXACT:
        every = [ranks[x] for x in both]
        sums = [sum(x) for x in itertools.combinations(every, len(b))]
        return sum(abs(x - len(b) * (n + 1) / 2) >= off for x in sums) / len(sums)
    ties = sum(both.count(x) ** 3 - both.count(x) for x in set(both))
    variance = len(a) * len(b) / 12 * (n + 1 - ties / (n * (n - 1)))
    if variance <= 0 or off <= 0.5:
        return 1
    return math.erfc((off - 0.5) / math.sqrt(2 * variance))


def greater(a: list[int], b: list[int]) -> float:
    return sum((y > x) + (y == x) / 2 for x in a for y in b) / len(a) / len(b)


def times(a: Run, b: Run) -> dict[Any, dict[str, Any]]:
    """By what and site."""
    rows = {}
    ours = {(what, key(site)): x for (what, site), x in a.times.items()}
    theirs = {(what, key(site)): x for (what, site), x in b.times.items()}
    for at in ours.keys() & theirs.keys():
        x, y = ours[at], theirs[at]
        rows[at] = {
            "counts": (len(x), len(y)),
            "totals": (sum(x), sum(y)),
            "p50": (percentile(x, 50), percentile(y, 50)),
            "p": p_of(x, y),
            "greater": greater(x, y),
        }
    return rows


def alone(a: Run, b: Run) -> dict[Any, tuple[int, int]]:
    counts: dict[Any, list[int]] = collections.defaultdict(lambda: [0, 0])
    for which, run in enumerate((a, b)):
        for aw in run.awaits:
            if not aw.other:
                counts["made", key(aw.site)][which] += 1
                continue
            for what in aw.did - aw.other.did:
                counts[what, key(aw.site)][which] += 1
    return {at: (x, y) for at, (x, y) in counts.items()}


def rediff(text_a: str, text_b: str, name: str) -> dict[str, Any]:
    a, b = Run(text_a, name), Run(text_b, name)
    pids = pair_processes(a, b)
    threads: dict[Any, Any] = {}
    tids = {}
    for pair in pids:
        for ours, theirs in pair_threads(a, b, pair):
            threads[(pair[0], ours) if ours else None, (pair[1], theirs)] = None
            if ours and theirs:
                tids[pair[0], ours] = pair[1], theirs
    pair_awaits(a, b, pids, tids)  # type: ignore[arg-type]
    found = {}
    for ours, theirs in threads:
        x, y = a.waits.get(ours, []), b.waits.get(theirs, [])
        if x or y:
            found[ours and ours[1], theirs[1]] = order(x, y)
    return {
        "threads": found,
        "same": not any(sum(list(x.values())[1:]) for x in found.values()),
        "alone": alone(a, b),
        "times": times(a, b),
    }
