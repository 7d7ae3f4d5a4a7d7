# SPDX-License-Identifier: MIT
"""`await tree`: draws the chains of wait_graph.py, and says where each ends."""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import backtrace, error_line, lookup, memory, text
from awaitgdb.symbolize import place
from awaitgdb.threads import thread_name
from awaitmodel import await_text
from awaitmodel.memory import AwaitError
from awaitmodel.states import LAZY, PENDING, PROMISE, RUNNING, state_text
from awaitmodel.structs import Head, Thread
from awaitmodel.wait_graph import Graph, Step


class AwaitTree(gdb.Command):
    """Show who waits for whom, from each thread down to where it stands.
    Usage: await tree

    Each line waits for the one below it. A deadlock is named first, with its
    threads.

    Example:
      (gdb) await tree
      Thread 2, LWP 4712
      `- #2 fetch on thread 1, waited for at main.c:40 in work()
         `- #3 count, waited for at main.c:12 in fetch()
            `- thread 1 is in count_lines () at main.c:25"""

    def __init__(self) -> None:
        super().__init__("await tree", gdb.COMMAND_DATA)

    @error_line.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        if argument.strip():
            raise ValueError("await tree takes no arguments")
        memory.each(_draw_all)


def _draw_all() -> None:
    world = memory.world()
    graph = Graph(world)
    for cycle in graph.cycles():
        print(_deadlock(cycle))
    drawn: set[int] = set()
    roots = graph.roots()
    for thread in roots:
        first = graph.steps(thread)[0]
        # Otherwise it is part of a chain that has been drawn.
        if first.run is None or first.awaited not in drawn:
            _draw(graph, thread, drawn)
    if not roots:
        print("No thread runs an await or waits for one.")
    for warning in world.warnings:
        print(f"warning: {warning}")


def _deadlock(cycle: list[Thread]) -> str:
    parts = []
    for thread, after in zip(cycle, [*cycle[1:], cycle[0]]):
        what = text.name(thread.blocked_on)
        owner = thread_name(after.tid)
        parts.append(f"{thread_name(thread.tid)} waits for {what} of {owner}")
    return "DEADLOCK: " + "; ".join(parts)


def _draw(graph: Graph, root: Thread, drawn: set[int]) -> None:
    name = thread_name(root.tid)
    print(
        f"{name[0].upper()}{name[1:]}".rstrip(",")
        + f", LWP {root.tid}" * (f"LWP {root.tid}" not in name)
    )
    indent = ""
    path: set[int] = set()
    last: Step | None = None
    for step in graph.chain(root):
        line = text.name(step.awaited)
        head = graph.head(step.awaited) if step.run is None else None
        if head and head.state == RUNNING:
            line += f" on {text.running_on(head)}"
        line += beside(step)
        if step.wait:
            line += f", waited for at {place(step.wait)}"
        again = step.awaited in path
        above = step.awaited in drawn and not again
        line += ": DEADLOCK" if again else ": drawn above" if above else ""
        print(f"{indent}`- {line}")
        if again or above:
            return
        path.add(step.awaited)
        drawn.add(step.awaited)
        indent += "   "
        last = step
    if last:
        print(f"{indent}`- {end(graph, last)}")


def beside(step: Step) -> str:
    """Which others beside its await would do as well."""
    several = step.thread.any if step.run is None else ()
    others = [text.name(each) for each in several if each != step.awaited]
    return f" (or {await_text.waits_for(others)})" if others else ""


def end(graph: Graph, last: Step) -> str:
    """Where a chain ends: what its last await waits for."""
    if last.run is not None:
        return position(last.thread)
    runner = graph.runner(last.awaited)
    if runner:
        return position(runner)
    head = graph.head(last.awaited)
    return _nobody_runs(graph, head) if head else "what is not readable"


def position(thread: Thread) -> str:
    """Where in the program the thread is."""
    where = backtrace.position(thread.tid)
    name = thread_name(thread.tid)
    if where:
        return f"{name} is in {where}"
    return f"{name.rstrip(',')}, whose stack gdb cannot see now"


def _nobody_runs(graph: Graph, head: Head) -> str:
    """Why no known thread runs an await that a thread waits for."""
    if head.state == RUNNING:
        return text.running_on(head)
    if head.state != PENDING:
        state = state_text(head.state)
        return f"{text.named_id(head)} is {state}: the thread is about to see"
    if origin_of(head) == PROMISE:
        alone = only_waiters(graph, head)
        return alone or "await_resolve() or await_reject(), by any thread"
    return "a thread that runs it: none does now"


def only_waiters(graph: Graph, head: Head) -> str:
    """Whether only those hold a promise who wait for it; "" if that is unknown."""
    try:
        func = lookup.func(head)
    except AwaitError:
        return ""
    return await_text.only_waiters(head, func, graph.only(head.address))


def origin_of(head: Head) -> int:
    """LAZY, too, if its function is damaged."""
    try:
        return lookup.func(head).origin
    except AwaitError:
        return LAZY
