# SPDX-License-Identifier: MIT
"""`await bt`: where an await was created, what its run does, and who waits."""

from __future__ import annotations

from awaitgdb import backtrace, memory, text
from awaitgdb.command_one_await import OneAwait
from awaitgdb.command_tree import only_waiters
from awaitgdb.symbolize import place
from awaitgdb.threads import thread_name
from awaitmodel.states import RUNNING
from awaitmodel.structs import Head
from awaitmodel.wait_graph import Graph


class AwaitBt(OneAwait):
    """Show where an await was made, what its run is doing, and who waits.
    Usage: await bt #ID | EXPRESSION

    The frames are those of its run alone, numbered as `backtrace` does on that
    thread; those of libawait, and inside the C library, are left out.

    Example:
      (gdb) await bt #3
      #3 running count(7) on thread 1
      created      main.c:31 in prepare()
      running on   thread 1, since the wait at main.c:12 in fetch()
        #0  count_lines () at main.c:25
        #1  count () at main.c:18
      inside       #2 fetch
      waited by    thread 2, at main.c:40 in work()"""

    word = "bt"

    def show(self, head: Head) -> None:
        graph = Graph(memory.world())
        print(text.line(head))
        print(f"created      {text.created(head)}")
        if head.state == RUNNING:
            _print_run(graph, head)
        for thread in graph.waiters(head.address):
            where = place(thread.blocked_addr)
            runs = graph.runs(thread)
            inside = f", in {text.name(runs[-1].awaited)}" if runs else ""
            name = thread_name(thread.tid).rstrip(",")
            print(f"waited by    {name}, at {where}{inside}")
        alone = only_waiters(graph, head)
        if alone:
            print(f"held         {alone}")


def _print_run(graph: Graph, head: Head) -> None:
    thread = graph.runner(head.address)
    if thread is None:
        print(f"running on   {text.running_on(head)}")
        return
    name = thread_name(thread.tid).rstrip(",")
    runs = graph.runs(thread)
    at = [i for i, run in enumerate(runs) if run.awaited == head.address][-1:]
    if not at:  # the thread has stopped between claiming the await and running it
        print(f"running on   {name}, which is about to begin or end it")
        return
    run, after = runs[at[0]], at[0] + 1
    outside, inside = runs[: after - 1], runs[after:]
    print(f"running on   {name}, since the wait at {place(run.wait)}")
    for frame in backtrace.of_program(backtrace.backtrace(thread.tid, run.frame)):
        print(f"  #{frame.number:<2} {frame}")
    for outer in reversed(outside):
        print(f"inside       {text.name(outer.awaited)}")
    for inner in inside:
        print(f"in it        {text.name(inner.awaited)}")
    if thread.blocked_on:
        print(f"waits for    {text.waits_for(thread)}")
