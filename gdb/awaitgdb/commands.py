# SPDX-License-Identifier: MIT
"""await tree, bt, why and args: one await, or how all depend on each other.

They ask graph.py, and put what it says into words.
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import complete, dwarf, frames, guard, lookup, memory, text
from awaitgdb.graph import Graph, Step
from awaitgdb.model import print_id
from awaitgdb.records import (
    CANCELLED,
    FAILED,
    LAZY,
    PENDING,
    PROMISE,
    RESOLVED,
    RUNNING,
    Head,
    LayoutError,
    Thread,
)


class _Command(gdb.Command):
    """What the commands of one await have in common."""

    word = ""

    def __init__(self) -> None:
        super().__init__(f"await {self.word}", gdb.COMMAND_DATA)

    @guard.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        world = memory.world()
        self.tell(lookup.typed(argument))
        for warning in world.warnings:
            print(f"warning: {warning}")

    def tell(self, head: Head) -> None:
        raise NotImplementedError

    @guard.quietly
    def complete(self, typed: str, word: str | None) -> list[str]:
        return complete.ids(typed, word)


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

    @guard.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        if argument.strip():
            raise ValueError("await tree takes no arguments")
        world = memory.world()
        graph = Graph(world)
        for ring in graph.rings():
            print(_deadlock(ring))
        drawn: set[int] = set()
        roots = graph.roots()
        for thread in roots:
            first = graph.steps(thread)[0]
            # What is in another's way was told there.
            if first.run is None or first.awaited not in drawn:
                _draw(graph, thread, drawn)
        if not roots:
            print("No thread runs an await or waits for one.")
        for warning in world.warnings:
            print(f"warning: {warning}")


def _deadlock(ring: list[Thread]) -> str:
    parts = []
    for thread, after in zip(ring, [*ring[1:], ring[0]]):
        what = text.name(thread.blocked_on)
        owner = memory.thread_name(after.tid)
        parts.append(f"{memory.thread_name(thread.tid)} waits for {what} of {owner}")
    return "DEADLOCK: " + "; ".join(parts)


def _draw(graph: Graph, root: Thread, drawn: set[int]) -> None:
    name = memory.thread_name(root.tid)
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
        if step.wait:
            line += f", waited for at {frames.place(step.wait)}"
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
        print(f"{indent}`- {_end(graph, last)}")


def _end(graph: Graph, last: Step) -> str:
    """What the last await of a chain waits for."""
    if last.run is not None:
        return _position(last.thread)
    runner = graph.runner(last.awaited)
    if runner:
        return _position(runner)
    head = graph.head(last.awaited)
    return _nobody_runs(head) if head else "what is not readable"


def _position(thread: Thread) -> str:
    where = frames.position(thread.tid)
    name = memory.thread_name(thread.tid)
    if where:
        return f"{name} is in {where}"
    return f"{name.rstrip(',')}, whose stack gdb cannot see now"


def _nobody_runs(head: Head) -> str:
    """Why an await that somebody waits for is not on its way."""
    if head.state == RUNNING:
        return text.running_on(head)
    if head.state != PENDING:
        return f"{print_id(head.id)} is {text.state(head)}: the thread is about to see"
    if _origin(head) == PROMISE:
        return "await_resolve() or await_reject(), by any thread"
    return "a thread that runs it: none does now"


def _origin(head: Head) -> int:
    try:
        return lookup.func(head).origin
    except LayoutError:
        return LAZY


class AwaitBt(_Command):
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
            where = frames.place(thread.blocked_addr)
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
    print(f"running on   {name}, since the wait at {frames.place(run.wait)}")
    for frame in frames.of_program(frames.backtrace(thread.tid, run.address)):
        print(f"  #{frame.number:<2} {frame}")
    for outer in reversed(outside):
        print(f"inside       {text.name(outer.awaited)}")
    for inner in inside:
        print(f"in it        {text.name(inner.awaited)}")
    if thread.blocked_on:
        print(f"waits for    {text.name(thread.blocked_on)}")


class AwaitWhy(_Command):
    """Say why an await is not done, or how it ended.
    Usage: await why #ID | EXPRESSION

    Follows the run to the thread or await that everything waits for.

    Example:
      (gdb) await why #2
      #2 fetch runs on thread 1, since the wait at main.c:50 in main().
      In it, thread 1 runs #3 count, since the wait at main.c:12 in fetch().
      Thread 1 is in count_lines () at main.c:25."""

    word = "why"

    def tell(self, head: Head) -> None:
        graph = Graph(memory.world())
        if head.state == RUNNING:
            _why_running(graph, head)
        else:
            print(f"{text.line(head, brief=True)} {_why(head)}")
        waiters = graph.waiters(head.address)
        if head.state == PENDING and waiters:
            names = ", ".join(memory.thread_name(t.tid).rstrip(",") for t in waiters)
            print(f"Waiting for it: {names}.")


def _why(head: Head) -> str:
    origin = _origin(head)
    if head.state == RESOLVED:
        return f"is resolved: its value is {text.value(head, lookup.func(head))}."
    if head.state == CANCELLED:
        return "was cancelled: every wait returns -ECANCELED."
    if head.state == FAILED:
        again = (
            "A wait runs it again, unless it is sticky."
            if origin == LAZY
            else "Every wait returns that."
        )
        error = text.outcome(head, lookup.func(head))
        return f"failed{error}. {again}"
    if head.state != PENDING:
        return f"is in no state that there is: {text.state(head)}."
    if origin == PROMISE:
        return (
            "is a promise that nobody has settled: await_resolve() or"
            f" await_reject() will. Created {text.created(head)}."
        )
    return (
        "is pending: nobody has waited for it; the first wait will run it."
        f" Created {text.created(head)}."
    )


def _why_running(graph: Graph, head: Head) -> None:
    name = text.line(head, brief=True)
    thread = graph.runner(head.address)
    if thread is None:
        print(f"{name} is running on {text.running_on(head)}.")
        return
    mine = [run for run in graph.runs(thread) if run.awaited == head.address]
    since = f", since the wait at {frames.place(mine[-1].wait)}" if mine else ""
    print(f"{name} runs on {memory.thread_name(thread.tid)}{since}.")
    last, seen = None, {head.address}
    for step in graph.chain_of(head.address):
        waiter = memory.thread_name(step.thread.tid)
        what, where = text.name(step.awaited), frames.place(step.wait)
        owner = graph.runner(step.awaited)
        if step.run is not None:
            print(f"In it, {waiter} runs {what}, since the wait at {where}.")
        else:
            on = f", which {memory.thread_name(owner.tid)} runs" if owner else ""
            print(f"There {waiter} waits for {what}{on}, at {where}.")
        if step.awaited in seen:
            print(f"So {text.name(step.awaited)} waits for itself: DEADLOCK.")
            return
        seen.add(step.awaited)
        last = step
    end = _end(graph, last) if last else _position(thread)
    print(f"{end[0].upper()}{end[1:]}.")


class AwaitArgs(_Command):
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
    for command in (AwaitTree, AwaitBt, AwaitWhy, AwaitArgs):
        command()
