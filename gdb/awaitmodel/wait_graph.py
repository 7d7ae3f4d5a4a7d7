# SPDX-License-Identifier: MIT
"""Which threads and awaits wait for which. Knows no output format.

A thread is in the functions of any number of awaits, each of them run by a wait
inside the one before, and may sleep for one more await, which another thread
runs. So from a thread there is only one way on, and what it waits for is a chain
without branches. The chain ends at a thread that does something else, at an await
that no thread runs, or where it began: a deadlock. Of a thread that sleeps for any of
several awaits the chain follows the first, and it is in no deadlock.

    >>> graph = Graph(world)
    >>> [(step.thread.tid, step.awaited) for step in graph.chain(thread)]
    [(4712, 0x7ffff7500100), (4711, 0x7ffff7500140)]
    >>> graph.cycles()
    [[Thread(index=1, ...), Thread(index=2, ...)]]

libawait refuses a wait that would close a cycle, so there is a cycle only while
libawait is checking for one, or if memory is damaged. A deadlock by a lock of the
program is a chain that ends in that lock.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from awaitmodel.memory import AwaitError
from awaitmodel.states import RUNNING
from awaitmodel.structs import Head, Run, Thread
from awaitmodel.world import World


class Step(NamedTuple):
    """A thread waits for an await, by the call at `wait`. It runs that await itself,
    in `run`, or sleeps until another thread has run it: run is None."""

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
        except AwaitError as error:
            self.world.warn(f"the await at {address:#x} {error}")
            return None

    def runner(self, address: int) -> Thread | None:
        """The thread that runs the await at address, or None if it is unknown or the
        await does not run."""
        head = self.head(address)
        if head is None or head.state != RUNNING:
            return None
        return self._by_index.get(head.owner)

    def waiters(self, address: int) -> list[Thread]:
        """The threads that sleep until the await at address ends."""
        return [thread for thread in self.threads if address in thread.waits()]

    def only(self, address: int) -> int:
        """How many of them sleep for that await alone."""
        return sum(not thread.any for thread in self.waiters(address))

    def steps(self, thread: Thread, inside: int | None = None) -> list[Step]:
        """What one thread waits for, outermost first. inside: only what it waits for
        in the run of the await at that address."""
        runs = self.runs(thread)
        if inside is not None:
            # The innermost one: in damaged memory there may be several.
            inner = list(itertools.takewhile(lambda r: r.awaited != inside, runs[::-1]))
            runs = inner[::-1] if len(inner) < len(runs) else []
        steps = [Step(thread, run.awaited, run.wait, run) for run in runs]
        if thread.blocked_on:
            wait = thread.blocked_addr
            steps.append(Step(thread, thread.blocked_on, wait, None))
        return steps

    def chain(self, thread: Thread) -> Iterator[Step]:
        """All that the thread waits for, directly or not. In a deadlock the await of
        the last step has been there before."""
        yield from self._follow(self.steps(thread))

    def chain_of(self, address: int) -> Iterator[Step]:
        """The same for an await that runs, beginning with its own thread."""
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

    def cycles(self) -> list[list[Thread]]:
        """The threads of each deadlock; each waits for the next one."""
        found: list[list[Thread]] = []
        done: set[int] = set()
        for first in self.threads:
            way: list[Thread] = []
            thread: Thread | None = first
            while thread and thread.index not in done:
                done.add(thread.index)
                way.append(thread)
                alone = thread.blocked_on and not thread.any
                thread = self.runner(thread.blocked_on) if alone else None
            if thread in way:
                begin = way.index(thread)
                found.append(way[begin:])
        return found

    def roots(self) -> list[Thread]:
        """The threads that run or wait for awaits, those first that no other thread
        waits for: their chains contain all others, but for deadlocks."""
        busy = [t for t in self.threads if t.blocked_on or self.runs(t)]
        needed: set[int] = set()
        for thread in busy:
            runners = (self.runner(address) for address in thread.waits())
            needed.update(runner.index for runner in runners if runner)
        return sorted(busy, key=lambda t: (t.index in needed, t.index))
