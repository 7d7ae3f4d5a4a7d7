# SPDX-License-Identifier: MIT
"""The critical path of a process, found again from what babeltrace2 prints.

    text = run("babeltrace2", "--clock-seconds", trace).stdout
    began, ended, parts = critical(text, pid)
    parts["runs", "fetch", "a.c", 12]

Written from docs/report.md: where awaitctl follows paths as they grow, this keeps what
each thread did and when, and goes back from the last event.
"""

from __future__ import annotations

import collections
import dataclasses
import typing

from trace_text import events_of

Part = tuple[str, "str | None", "str | None", "int | None"]
NOWHERE: Part = ("in no run", None, None, None)


@dataclasses.dataclass
class Thread:
    first: int
    last: int
    # The runs that it is in.
    runs: list[int] = dataclasses.field(default_factory=list)
    # (from, to, part), one behind the other.
    did: list[tuple[int, int, Part]] = dataclasses.field(default_factory=list)
    # When it woke, who woke it, and when that was.
    woken: list[tuple[int, "Thread", int]] = dataclasses.field(default_factory=list)
    asleep: dict[int, int] = dataclasses.field(default_factory=dict)
    since: int = 0


class Path:
    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.threads: dict[int, Thread] = {}
        self.sites: dict[int, tuple[str, str | None, int | None]] = {}
        self.settled: dict[int, tuple[Thread, int]] = {}

    def part(self, does: str, id: int) -> Part:
        return (does, *self.sites.get(id, (None, None, None)))

    def until(self, thread: Thread, time: int, part: Part | None = None) -> None:
        runs = thread.runs
        part = part or (self.part("runs", runs[-1]) if runs else NOWHERE)
        thread.did.append((thread.since, time, part))
        thread.since = time

    def leave(self, thread: Thread, id: int) -> None:
        while id and id in thread.runs and thread.runs[-1] != id:
            thread.runs.pop()

    def wake(self, thread: Thread, id: int, time: int) -> None:
        began = thread.asleep.pop(id)
        settler, at = self.settled.get(id, (None, 0))
        if settler and at >= began:
            thread.woken.append((time, settler, at))
            # The rest of its sleep is nobody's fault but its own.
            thread.since = at
            self.until(thread, time)
        else:
            self.until(thread, time, self.part("sleeps", id))

    def learn(self, fields: dict[str, typing.Any]) -> None:
        old = self.sites.get(fields["id"])
        place = fields.get("file") or None
        if not old or (place and not old[1]):
            name = old[0] if old else fields["function"]
            line = fields["line"] if place else None
            self.sites[fields["id"]] = (name, place, line)

    def take(
        self, time: int, name: str, tid: int, fields: dict[str, typing.Any]
    ) -> None:
        if name in ("statedump_process", "process_child", "process_cut_off"):
            return
        if name == "process_end" or name.endswith("_stack"):
            return
        thread = self.threads.setdefault(tid, Thread(time, time, since=time))
        thread.last = time
        if name not in ("block_begin", "block_end"):
            for id in list(thread.asleep):
                self.wake(thread, id, time)
        id = fields.get("id", 0)
        if name in ("create", "exec_begin", "statedump_live"):
            self.learn(fields)
        if name == "exec_begin":
            self.until(thread, time)
            if fields["parent"] in thread.runs:
                self.leave(thread, fields["parent"])
            else:
                thread.runs = [fields["parent"]] if fields["parent"] else []
            thread.runs.append(id)
        elif name == "exec_end":
            self.until(thread, time)
            if id in thread.runs:
                self.leave(thread, id)
                thread.runs.pop()
            self.settled[id] = thread, time
        elif name in ("resolve", "cancel"):
            self.until(thread, time)
            self.settled[id] = thread, time
        elif name == "block_begin" and id not in thread.asleep:
            self.until(thread, time)
            thread.asleep[id] = time
        elif name == "block_end" and id in thread.asleep:
            self.wake(thread, id, time)

    def back(self, thread: Thread, time: int) -> typing.Iterator[tuple[int, int, Part]]:
        """What the thread did up to a time, then what its waker did."""
        while True:
            came = [x for x in thread.woken if x[0] <= time]
            begin = came[-1][2] if came else thread.first
            for since, to, part in thread.did:
                if since >= begin and to <= time and (not came or to >= came[-1][0]):
                    yield since, to, part
            if not came:
                self.first = thread.first
                return
            _, thread, time = came[-1]


def critical(text: str, pid: int) -> tuple[int, int, dict[Part, int]]:
    path = Path(pid)
    for event in events_of(text):
        if event.pid == pid:
            path.take(event.time, event.name, event.tid, event.fields)
    last = max(path.threads.values(), key=lambda x: x.last)
    if not last.asleep:
        path.until(last, last.last)
    parts: dict[Part, int] = collections.defaultdict(int)
    for since, to, part in path.back(last, last.last):
        parts[part] += to - since
    return path.first, last.last, dict(parts)
