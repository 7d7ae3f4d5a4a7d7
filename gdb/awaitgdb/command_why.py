# SPDX-License-Identifier: MIT
"""`await why`: says in sentences why an await has not ended, or how it ended."""

from __future__ import annotations

import errno

from awaitgdb import dwarf, lookup, memory, text
from awaitgdb.command_one_await import OneAwait
from awaitgdb.command_tree import beside, end, only_waiters, origin_of, position
from awaitgdb.symbolize import place
from awaitgdb.threads import thread_name
from awaitmodel import await_text
from awaitmodel.states import (
    CANCELLED,
    FAILED,
    LAZY,
    PENDING,
    PROMISE,
    RESOLVED,
    RUNNING,
    state_text,
)
from awaitmodel.structs import Head
from awaitmodel.wait_graph import Graph


class AwaitWhy(OneAwait):
    """Say why an await is not done, or how it ended.
    Usage: await why #ID | EXPRESSION

    Follows the run to the thread or await that everything waits for.

    Example:
      (gdb) await why #2
      #2 fetch runs on thread 1, since the wait at main.c:50 in main().
      In it, thread 1 runs #3 count, since the wait at main.c:12 in fetch().
      Thread 1 is in count_lines () at main.c:25."""

    word = "why"

    def show(self, head: Head) -> None:
        graph = Graph(memory.world())
        if head.state == RUNNING:
            _print_run(graph, head)
        else:
            print(f"{text.line(head, brief=True)} {_why(graph, head)}")
        waiters = graph.waiters(head.address)
        if head.state == PENDING and waiters:
            names = ", ".join(thread_name(t.tid).rstrip(",") for t in waiters)
            print(f"Waiting for it: {names}.")


def _why(graph: Graph, head: Head) -> str:
    origin = origin_of(head)
    if head.state == RESOLVED:
        return f"is resolved: its value is {text.value(head, lookup.func(head))}."
    if head.state == CANCELLED:
        return "was cancelled: every wait returns -ECANCELED."
    if head.state == FAILED:
        error = text.outcome(head, lookup.func(head))
        return f"failed{error}. {_again(head, origin)}"
    if head.state != PENDING:
        return f"is in no state that there is: {state_text(head.state)}."
    if origin == PROMISE:
        alone = only_waiters(graph, head)
        settles = alone or "await_resolve() or await_reject() will"
        return (
            f"is a promise that nobody has settled: {settles}."
            f" Created {text.created(head)}."
        )
    return (
        "is pending: nobody has waited for it; the first wait will run it."
        f" Created {text.created(head)}."
    )


def _again(head: Head, origin: int) -> str:
    """What the next wait for a failed await does."""
    sticky = dwarf.is_sticky(lookup.func(head)) if origin == LAZY else True
    if sticky:
        return "Every wait returns that."
    if sticky is None or head.error == -errno.ECHILD:  # may come from fork(): final
        return "A wait runs it again, unless it is sticky."
    return "The next wait runs it again."


def _print_run(graph: Graph, head: Head) -> None:
    name = text.line(head, brief=True)
    thread = graph.runner(head.address)
    if thread is None:
        print(f"{name} is running on {text.running_on(head)}.")
        return
    mine = [run for run in graph.runs(thread) if run.awaited == head.address]
    since = f", since the wait at {place(mine[-1].wait)}" if mine else ""
    asked = await_text.asked_to_stop(head)
    print(f"{name} runs on {thread_name(thread.tid)}{since}{asked}.")
    last, seen = None, {head.address}
    for step in graph.chain_of(head.address):
        waiter = thread_name(step.thread.tid)
        what, where = text.name(step.awaited) + beside(step), place(step.wait)
        owner = graph.runner(step.awaited)
        if step.run is not None:
            print(f"In it, {waiter} runs {what}, since the wait at {where}.")
        else:
            on = f", which {thread_name(owner.tid)} runs" if owner else ""
            print(f"There {waiter} waits for {what}{on}, at {where}.")
        if step.awaited in seen:
            print(f"So {text.name(step.awaited)} waits for itself: DEADLOCK.")
            return
        seen.add(step.awaited)
        last = step
    where = end(graph, last) if last else position(thread)
    print(f"{where[0].upper()}{where[1:]}.")
