# SPDX-License-Identifier: MIT
"""Who waits for whom. Knows no debugger and no output format.

Every thread has at most one way on: outwards in, through the awaits whose
functions it is in, each run by the wait inside the one before, to the await
that it sleeps for; from there to the thread that runs that one. So a chain has
no branches. It ends where a thread does something else, at an await that no
thread runs, or where it began: a deadlock.

    >>> graph = Graph(world)
    >>> [(step.thread.tid, step.awaited) for step in graph.chain(thread)]
    [(4712, 0x7ffff7500100), (4711, 0x7ffff7500140)]
    >>> graph.rings()
    [[Thread(index=1, ...), Thread(index=2, ...)]]

libawait refuses the wait that would close a ring, so a ring is there only
while it looks, or when memory is damaged. A hang through a lock of the program
shows as a chain that ends in that lock.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from awaitmodel.structs import RUNNING, Head, LayoutError, Run, Thread
from awaitmodel.world import World


class Step(NamedTuple):
    """A thread waits for an await, by the call at `wait`. run: that it is in,
    or None where it sleeps until another thread is done with it."""

    thread: Thread
    awaited: int
    wait: int
    run: Run | None


class Graph:
    def __init__(self, world: World) -> None:
        self.world = world
        self.threads = world.threads()
        self._by_index = {thread.index: thread for thread in self.threads}
        self._runs = {thread.index: world.runs(thread) for thread in self.threads}

    def runs(self, thread: Thread) -> list[Run]:
        return self._runs[thread.index]

    def head(self, address: int) -> Head | None:
        try:
            return self.world.layout.find(address)
        except LayoutError as error:
            self.world.warn(f"the await at {address:#x} {error}")
            return None

    def runner(self, address: int) -> Thread | None:
        """The thread that runs it, if any is known to."""
        head = self.head(address)
        if head is None or head.state != RUNNING:
            return None
        return self._by_index.get(head.owner)

    def waiters(self, address: int) -> list[Thread]:
        """The threads that sleep until it is done."""
        return [thread for thread in self.threads if thread.blocked_on == address]

    def steps(self, thread: Thread, inside: int | None = None) -> list[Step]:
        """What one thread waits for; only inside the run of an await if one is
        given, then without that one."""
        runs = self.runs(thread)
        if inside is not None:
            # From behind: in damaged memory it may be there twice.
            inner = list(itertools.takewhile(lambda r: r.awaited != inside, runs[::-1]))
            runs = inner[::-1] if len(inner) < len(runs) else []
        steps = [Step(thread, run.awaited, run.wait, run) for run in runs]
        if thread.blocked_on:
            wait = thread.blocked_addr
            steps.append(Step(thread, thread.blocked_on, wait, None))
        return steps

    def chain(self, thread: Thread) -> Iterator[Step]:
        """All that it waits for in the end. In a deadlock the last step is one
        that was given before."""
        yield from self._follow(self.steps(thread))

    def chain_of(self, address: int) -> Iterator[Step]:
        """The same for an await that runs; the thread that is in it first."""
        thread = self.runner(address)
        if thread is not None:
            yield from self._follow(self.steps(thread, address), address)

    def _follow(self, steps: list[Step], begun: int = 0) -> Iterator[Step]:
        seen = {begun}
        while steps:
            for step in steps:
                yield step
                if step.awaited in seen:
                    return
                seen.add(step.awaited)
            last = steps[-1]
            steps = []
            if last.run is None:
                thread = self.runner(last.awaited)
                steps = self.steps(thread, last.awaited) if thread else []

    def rings(self) -> list[list[Thread]]:
        """The threads of each deadlock, each waiting for the next."""
        found: list[list[Thread]] = []
        done: set[int] = set()
        for first in self.threads:
            way: list[Thread] = []
            thread: Thread | None = first
            while thread and thread.index not in done:
                done.add(thread.index)
                way.append(thread)
                thread = self.runner(thread.blocked_on) if thread.blocked_on else None
            if thread in way:
                begin = way.index(thread)
                found.append(way[begin:])
        return found

    def roots(self) -> list[Thread]:
        """Those that use awaits now, in an order in which all is told once:
        first who nobody waits for."""
        busy = [t for t in self.threads if t.blocked_on or self.runs(t)]
        needed = set()
        for thread in busy:
            runner = self.runner(thread.blocked_on) if thread.blocked_on else None
            if runner:
                needed.add(runner.index)
        return sorted(busy, key=lambda t: (t.index in needed, t.index))
