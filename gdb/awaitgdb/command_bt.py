# SPDX-License-Identifier: MIT
"""await bt and await args, and what all commands of one await share."""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import backtrace, completion, dwarf, error_line, lookup, memory, text
from awaitmodel.structs import RUNNING, Head, LayoutError
from awaitmodel.wait_graph import Graph


class OneAwait(gdb.Command):
    """What the commands of one await have in common: tell() alone is theirs."""

    word = ""

    def __init__(self) -> None:
        super().__init__(f"await {self.word}", gdb.COMMAND_DATA)

    @error_line.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        memory.world()  # or it says why there is none
        head = lookup.typed(argument)
        with memory.of(head.address):
            self.tell(head)
            for warning in memory.world().warnings:
                print(f"warning: {warning}")

    def tell(self, head: Head) -> None:
        raise NotImplementedError

    @error_line.quietly
    def complete(self, typed: str, word: str | None) -> list[str]:
        return completion.ids(typed, word)


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

    def tell(self, head: Head) -> None:
        graph = Graph(memory.world())
        print(text.line(head))
        print(f"created      {text.created(head)}")
        if head.state == RUNNING:
            _tell_run(graph, head)
        for thread in graph.waiters(head.address):
            where = backtrace.place(thread.blocked_addr)
            runs = graph.runs(thread)
            inside = f", in {text.name(runs[-1].awaited)}" if runs else ""
            name = memory.thread_name(thread.tid).rstrip(",")
            print(f"waited by    {name}, at {where}{inside}")


def _tell_run(graph: Graph, head: Head) -> None:
    thread = graph.runner(head.address)
    if thread is None:
        print(f"running on   {text.running_on(head)}")
        return
    name = memory.thread_name(thread.tid).rstrip(",")
    runs = graph.runs(thread)
    at = [i for i, run in enumerate(runs) if run.awaited == head.address][-1:]
    if not at:  # stopped between the claim and the run
        print(f"running on   {name}, which is about to begin or end it")
        return
    run, after = runs[at[0]], at[0] + 1
    outside, inside = runs[: after - 1], runs[after:]
    print(f"running on   {name}, since the wait at {backtrace.place(run.wait)}")
    for frame in backtrace.of_program(backtrace.backtrace(thread.tid, run.address)):
        print(f"  #{frame.number:<2} {frame}")
    for outer in reversed(outside):
        print(f"inside       {text.name(outer.awaited)}")
    for inner in inside:
        print(f"in it        {text.name(inner.awaited)}")
    if thread.blocked_on:
        print(f"waits for    {text.name(thread.blocked_on)}")


class AwaitArgs(OneAwait):
    """Show the arguments of an await, each with its type.
    Usage: await args #ID | EXPRESSION

    A resolved await has them only with LIBAWAIT_DEBUG=args. To use one in an
    expression: $await_args().

    Example:
      (gdb) await args #4
      const char *path = 0x4006f4 "/nope"
      int depth = 0"""

    word = "args"

    def tell(self, head: Head) -> None:
        func = lookup.func(head)
        where = args_of(head)
        typed = dwarf.args_of(where, func)
        for arg in func.args:
            if typed is not None:
                value = text.show(typed[arg.name])
            else:
                value = text.argument(where, func, arg)
            space = "" if arg.spelling.endswith("*") else " "
            print(f"{arg.spelling}{space}{arg.name} = {value}")
        if not func.args:
            print(f"{func.name} takes no arguments.")


def args_of(head: Head) -> int:
    """Where the arguments lie; LayoutError when they are gone."""
    where = text.args_at(head, lookup.func(head))
    if where is None and lookup.func(head).args:
        raise LayoutError(
            f"{text.line(head, brief=True)} is {text.state(head)}: its arguments are"
            " gone (LIBAWAIT_DEBUG=args keeps those of resolved ones)"
        )
    return where or head.address


def register() -> None:
    for command in (AwaitBt, AwaitArgs):
        command()
