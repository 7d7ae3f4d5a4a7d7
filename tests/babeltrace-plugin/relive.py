# SPDX-License-Identifier: MIT
"""The lives that filter.await.lives tells of, computed again from the events that
babeltrace2 prints, and what the filter told.

    relive(run("babeltrace2", "--clock-seconds", trace).stdout, end)
    told(run("babeltrace2", trace, "-c", "filter.await.lives", ...).stdout)

Both are lists of fields by name, None for what is unknown. Written from
docs/babeltrace2.md and docs/tracing.md, not from the plug-in's code.
"""

from __future__ import annotations

import collections
import re
import typing

from recount import CANCELLED, FAILED, RESOLVED, RUNNING, START, Event, events_of

Life = dict[str, typing.Any]
STATES = {1: "pending", 2: "running", 3: "resolved", 4: "failed", 5: "cancelled"}
UNKNOWN = (
    *("name", "function", "type", "file", "line", "created_at", "first_wait_at"),
    *("first_run_at", "first_run_ended_at", "outcome", "error"),
)
NUMBERS = (
    *("id", "pid", "line", "created_at", "first_wait_at", "first_run_at"),
    *("first_run_ended_at", "ended_at", "runs", "hits", "waits", "blocked_ns"),
    "error",
)


def told(details: str) -> list[Life]:
    """From the text of sink.text.details."""
    lives = []
    for block in re.split(r"\n\n", details):
        _, found, fields = block.partition("Event `life`")
        if not found:
            continue
        life: Life = {}
        for name, text in re.findall(r"(?m)^    (\w+): (.*)$", fields):
            value: object = None if text == "None" else text
            if value is not None and name in NUMBERS:
                value = int(text.replace(",", ""))
            life[name] = value
        lives.append(life)
    return lives


def times(details: str) -> list[int]:
    """Of the messages of events, in ns."""
    found = re.findall(r"([\d,]+) ns from origin\][^[]*?Event `life`", details)
    return [int(time.replace(",", "")) for time in found]


def last(details: str) -> int:
    """The time up to which a trace was recorded, of one host: of all streams but
    those that have only stacks."""
    kinds: dict[str, set[str]] = collections.defaultdict(set)
    stream = ""
    for of, event in re.findall(
        r"(?m)^ *(?:Stream class \(ID (\d+)\)|Event class `(\S+)`)", details
    ):
        stream = of or stream
        kinds[stream] |= {event} - {""}
    found = re.findall(
        r"([\d,]+) ns from origin\]\n\{Trace 0, Stream class ID (\d+)", details
    )
    return max(
        int(time.replace(",", ""))
        for time, of in found
        if not all(event.endswith("_stack") for event in kinds[of])
    )


class Await:
    """One that is alive."""

    def __init__(self, event: Event) -> None:
        self.life: Life = dict.fromkeys(UNKNOWN)
        self.life |= {"id": event.fields["id"], "pid": event.pid}
        self.life |= dict.fromkeys(("runs", "hits", "waits", "blocked_ns"), 0)
        self.created = self.waited = self.running = self.inherited = False
        self.attempt = self.dumped_attempt = 0
        self.began: int | None = None  # the run that is under way

    def learn(self, event: Event) -> None:
        fields, life = event.fields, self.life
        if life["function"] is None:
            life |= {"function": fields["function"], "type": fields["type"]}
        if fields.get("file") and life["file"] is None:
            life |= {"file": fields["file"], "line": fields["line"]}

    def wait(self, event: Event, counted: bool = True) -> None:
        self.life["waits"] += counted
        if not self.waited and self.created:
            self.life["first_wait_at"] = event.time
        self.waited = True

    def state(self, state: int, error: int | None = None) -> None:
        self.life["outcome"] = STATES[state]
        self.life["error"] = error if state == FAILED else None

    def forget_state(self) -> None:
        self.life |= {"outcome": None, "error": None}


Process = tuple[int, int]  # its number, and how often it has executed a program
Thread = tuple[int, int, int]


class Relive:
    def __init__(self) -> None:
        self.lives: list[Life] = []
        self.awaits: dict[tuple[int, int, int], Await] = {}
        self.instance: dict[int, int] = collections.defaultdict(int)
        self.began: dict[int, int] = {}
        self.ended: dict[Process, int] = {}
        self.asleep: dict[Thread, dict[int, int | None]] = collections.defaultdict(dict)
        # While a state dump is under way it may tell of what was dropped meanwhile.
        self.dumping: set[Process] = set()
        self.gone: set[tuple[int, int, int]] = set()

    def end(self, key: tuple[int, int, int], how: str, time: int) -> None:
        aw = self.awaits.pop(key)
        if how != "drop" and aw.running:
            aw.state(RUNNING)
        self.lives.append(aw.life | {"ended_by": how, "ended_at": time})

    def slept(self, key: tuple[int, int, int], ns: int | None) -> None:
        """None: nobody knows how long."""
        aw = self.awaits.get(key)
        if not aw:
            return
        if ns is None or aw.life["blocked_ns"] is None:
            aw.life["blocked_ns"] = None
        else:
            aw.life["blocked_ns"] += ns

    def take(self, event: Event) -> None:
        pid = event.pid
        if event.name == "statedump_process":
            began = event.fields["began"]
            if self.began.get(pid, began) != began:
                self.ended[pid, self.instance[pid]] = event.time
                self.instance[pid] += 1
            self.began[pid] = began
        process = pid, self.instance[pid]
        if event.name == "process_end":
            self.ended[process] = event.time
        thread = (*process, event.tid)
        if event.name not in ("block_begin", "block_end"):
            for id in self.asleep.pop(thread, {}):
                self.slept((*process, id), None)
        if event.name == "statedump_begin":
            self.dumping.add(process)
        elif event.name == "statedump_end":
            self.dumping.discard(process)
            self.gone = {key for key in self.gone if key[:2] != process}
        handler = getattr(self, f"on_{event.name}", None)
        if not handler:
            return
        key = (*process, event.fields["id"])
        if key in self.gone and event.name != "create":
            return
        if event.name == "destroy":
            self.drop(key, event)
            return
        aw = self.awaits.setdefault(key, Await(event))
        handler(aw, event, thread)

    def drop(self, key: tuple[int, int, int], event: Event) -> None:
        aw = self.awaits.get(key)
        if not aw:
            return
        aw.state(event.fields["state"], aw.life["error"])
        self.end(key, "drop", event.time)
        if key[:2] in self.dumping:
            self.gone.add(key)

    def on_destroy(self) -> None:
        """See take()."""

    def on_create(self, aw: Await, event: Event, _: Thread) -> None:
        aw.learn(event)
        aw.created = True
        aw.life["created_at"] = event.time

    def on_exec_begin(self, aw: Await, event: Event, _: Thread) -> None:
        aw.learn(event)
        aw.inherited = False
        attempt = event.fields["attempt"]
        if not (aw.running and aw.dumped_attempt == attempt):
            aw.life["runs"] += 1
        aw.running, aw.attempt, aw.began = True, attempt, event.time
        aw.dumped_attempt = 0
        aw.forget_state()
        if attempt == 1:
            aw.life["first_run_at"] = event.time
        if event.fields["source"] != START:
            aw.wait(event)

    def on_exec_end(self, aw: Await, event: Event, _: Thread) -> None:
        if aw.inherited:
            aw.inherited = False
            return
        if not aw.running:
            aw.life["runs"] += 1
            aw.waited = True
        elif aw.attempt == 1:
            began = event.time - event.fields["latency_ns"]
            aw.life["first_run_at"] = began if aw.began is None else aw.began
            aw.life["first_run_ended_at"] = event.time
        aw.running, aw.began = False, None
        aw.state(event.fields["outcome"], event.fields["error"])

    def on_hit(self, aw: Await, event: Event, _: Thread) -> None:
        aw.life["hits"] += 1
        aw.wait(event)

    def on_block_begin(self, aw: Await, event: Event, thread: Thread) -> None:
        aw.wait(event, counted=False)
        self.asleep[thread].setdefault(event.fields["id"], event.time)

    def on_block_end(self, _: Await, event: Event, thread: Thread) -> None:
        id = event.fields["id"]
        if id in self.asleep[thread]:
            began = self.asleep[thread].pop(id)
            self.slept((*thread[:2], id), None if began is None else event.time - began)

    def on_wait_end(self, aw: Await, event: Event, _: Thread) -> None:
        state, error = event.fields["state"], event.fields["error"]
        aw.wait(event, counted=(state, error) != (RESOLVED, CANCELLED))

    def on_resolve(self, aw: Await, event: Event, _: Thread) -> None:
        aw.state(event.fields["outcome"], event.fields["error"])

    def on_cancel(self, aw: Await, _: Event, __: Thread) -> None:
        aw.forget_state()

    def on_cycle(self, aw: Await, _: Event, __: Thread) -> None:
        """It is known of, but no wait."""

    def on_name(self, aw: Await, event: Event, _: Thread) -> None:
        aw.life["name"] = event.fields["name"]

    def on_statedump_live(self, aw: Await, event: Event, thread: Thread) -> None:
        aw.learn(event)
        if event.fields.get("name"):
            self.on_name(aw, event, thread)
        if (
            event.fields["state"] != RUNNING
            or aw.running
            or aw.life["runs"]
            or aw.inherited
        ):
            return
        aw.life["runs"] = 1
        aw.running = aw.waited = True
        aw.attempt = aw.dumped_attempt = event.fields["attempt"]

    def on_statedump_wait(self, aw: Await, event: Event, thread: Thread) -> None:
        aw.waited = True
        sleeper = (*thread[:2], event.fields["thread"])
        self.asleep[sleeper].setdefault(event.fields["id"], None)

    def on_statedump_inherited(self, aw: Await, event: Event, _: Thread) -> None:
        aw.inherited = aw.waited = True

    def finish(self, end: int) -> None:
        for (pid, instance, _), waits in self.asleep.items():
            until = self.ended.get((pid, instance), end)
            for id, began in waits.items():
                self.slept(
                    (pid, instance, id), None if began is None else until - began
                )
        for key in list(self.awaits):
            ended = self.ended.get(key[:2])
            self.end(key, "trace" if ended is None else "process", ended or end)


def relive(text: str, end: int) -> list[Life]:
    """end: up to when the trace was recorded."""
    again = Relive()
    for event in events_of(text):
        again.take(event)
    again.finish(end)
    return again.lives
