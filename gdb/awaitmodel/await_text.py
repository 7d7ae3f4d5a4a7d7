# SPDX-License-Identifier: MIT
"""Awaits as text, as all debuggers print them.

What shows arguments and values differs by debugger, so these are passed in as
functions.

    >>> summary({1: 2, 3: 1})
    '3 awaits: 2 pending, 1 resolved'
    >>> call(func, args, lambda args, arg: "7")
    'count(7)'
    >>> outcome(head, func, lambda: "{lines = 7}")
    ' = {lines = 7}'
"""

from __future__ import annotations

import re
from collections.abc import Callable

from awaitmodel import value_text
from awaitmodel.error_text import failure_text
from awaitmodel.ids import id_text
from awaitmodel.memory import AwaitError
from awaitmodel.states import (
    FAILED,
    FREE,
    LAZY,
    PENDING,
    PROMISE,
    RESOLVED,
    RUNNING,
    state_text,
)
from awaitmodel.structs import Arg, Func, Head, Site
from awaitmodel.text_table import cut
from awaitmodel.world import World

# The columns of a list of awaits.
HEADER = ["Id", "State", "Type", "Await", "Created", "Thread"]
_AWAIT_WIDTH = 60
_ANY_SHOWN = 8


def summary(counts: dict[int, int]) -> str:
    total = sum(counts.values())
    names = [f"{n} {state_text(state)}" for state, n in counts.items()]
    return f"{total} await{'s' * (total != 1)}{': ' * bool(total)}{', '.join(names)}"


def file_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def line_of(site: Site) -> str:
    """main.c:31"""
    return f"{file_name(site.file)}:{site.line}"


def called(function: str) -> str:
    """main(); names of C++ may have their arguments."""
    return function if re.search(r"\)( const)?$", function) else f"{function}()"


def place_of(site: Site) -> str:
    """main.c:31 in main()"""
    return f"{line_of(site)} in {called(site.function)}"


# One await.


def args_at(world: World, head: Head, func: Func) -> int | None:
    """The address of its arguments, or None if they no longer exist."""
    try:
        return world.layout.args(head, func)
    except AwaitError:
        return None


def call(func: Func, args: int | None, show: Callable[[int, Arg], str]) -> str:
    """fetch("/etc/hosts", 0), or fetch(...) if args is None."""
    if func.origin != LAZY:
        return func.name  # nowait, promise
    if args is None:
        return f"{func.name}(...)" if func.args else f"{func.name}()"
    return f"{func.name}({', '.join(show(args, arg) for arg in func.args)})"


def outcome(head: Head, func: Func, value: Callable[[], str]) -> str:
    """What is printed after the call: nothing before the await has ended."""
    if head.state == RESOLVED:
        return f" = {value()}" if func.type.size else ""
    if head.state == FAILED:
        attempts = head.attempts if func.origin == LAZY else None
        return f": {failure_text(head.error, attempts)}"
    return ""


def only_waiters(head: Head, func: Func, waiting: int) -> str:
    """Says it of a pending promise if as many threads wait as there are references.
    Fewer references than waiters say nothing: somebody's is lent."""
    if head.state != PENDING or func.origin != PROMISE:
        return ""
    if not waiting or head.refs != waiting:
        return ""
    references = f"{waiting} reference{'s' * (waiting != 1)}"
    return f"only who waits holds it unless lent ({references})"


def value(world: World, kind: int, size: int, address: int, spelling: str) -> str:
    """By its kind, without debug information."""
    try:
        return value_text.by_kind(world.layout, kind, size, address, spelling)
    except AwaitError as error:
        return f"<{error}>"


def name(world: World, address: int) -> str:
    """#5 fetch, or what is wrong with the await at that address."""
    try:
        head = world.layout.find(address)
        if head.state == FREE:
            return f"<ended await at {address:#x}>"
        return brief(world, head)
    except AwaitError:
        return f"<damaged await at {address:#x}>"


def brief(world: World, head: Head) -> str:
    """#5 fetch; AwaitError if its site is damaged."""
    return f"{named_id(world, head.id)} {world.layout.site(head.site).func.name}"


def named_id(world: World, id: int) -> str:
    """#5, or #5 "config" if the program has named it."""
    given = world.layout.given_name(id)
    quoted = value_text.quote(given, len(given)) if given else ""
    return f"{id_text(id)}{' ' * bool(given)}{quoted}"


def created(world: World, head: Head, site: Site) -> str:
    """main.c:31, or main.c:9, static started, if an AWAIT_STATIC holds it."""
    try:
        static = world.layout.is_static(head, site)
    except AwaitError:
        static = False
    return line_of(site) + (f", static {site.function}" if static else "")


# Lists.


def await_cell(text: str) -> str:
    """The cell of a list that shows the await: one line, not too wide."""
    return cut(text, _AWAIT_WIDTH)


def threads_cell(runner: str, waiting: int) -> str:
    """The cell that shows the thread that runs the await ("thread 2", or "" if none
    does), and how many threads sleep until it ends."""
    waits = f"{waiting} wait{'s' * (waiting == 1)}" if waiting else ""
    return ", ".join(filter(None, (runner.removeprefix("thread "), waits)))


def waits_for(names: list[str]) -> str:
    """#3 count, or any of #3 count, #4 fetch"""
    shown = ", ".join(names[:_ANY_SHOWN]) + ", ..." * (len(names) > _ANY_SHOWN)
    return f"any of {shown}" if len(names) > 1 else shown


def asked_to_stop(head: Head) -> str:
    """What is printed after the thread that runs it."""
    return ", asked to stop" if head.state == RUNNING and head.stop else ""


def thread_line(thread: str, runs: list[str], waits_for: str, runner: str) -> str:
    """Thread 1 runs #2 fetch, waits for #3 count, which thread 2 runs"""
    parts = []
    if runs:
        parts.append("runs " + ", in it ".join(runs))
    if waits_for:
        parts.append(f"waits for {waits_for}")
    if runner:
        parts.append(f"which {runner} runs")
    return f"{thread[0].upper()}{thread[1:]} {', '.join(parts)}" if parts else ""
