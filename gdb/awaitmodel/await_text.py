# SPDX-License-Identifier: MIT
"""What the scripts for gdb and for lldb call things, and how they lay out lists.
Knows no debugger: who shows arguments and values gives functions for that.

    >>> summary({1: 2, 3: 1})
    '3 awaits: 2 pending, 1 resolved'
    >>> call(head, func, args, lambda arg: "7")
    'count(7)'
"""

from __future__ import annotations

from collections.abc import Callable

from awaitmodel import value_text
from awaitmodel.structs import (
    FAILED,
    FREE,
    LAZY,
    RESOLVED,
    STATES,
    Arg,
    Func,
    Head,
    LayoutError,
)
from awaitmodel.world import World, print_id

HEADER = ["Id", "State", "Type", "Await", "Created", "Thread"]

# Of a list's column that shows the await.
_WIDE = 60


def state(head: Head) -> str:
    if head.state < len(STATES):
        return STATES[head.state]
    return f"damaged state {head.state}"


def state_name(state: int) -> str:
    """In counts."""
    return STATES[state] if state < len(STATES) else f"damaged ({state})"


def summary(counts: dict[int, int]) -> str:
    total = sum(counts.values())
    names = [f"{n} {state_name(state)}" for state, n in counts.items()]
    return f"{total} await{'s' * (total != 1)}{': ' * bool(total)}{', '.join(names)}"


def base(file: str) -> str:
    return file.rsplit("/", 1)[-1]


def args_at(world: World, head: Head, func: Func) -> int | None:
    """Where its arguments lie, if they are still there."""
    try:
        return world.layout.args(head, func)
    except LayoutError:
        return None


def call(func: Func, args: int | None, show: Callable[[int, Arg], str]) -> str:
    """fetch("/etc/hosts", 0), or fetch(...) when they are gone."""
    if func.origin != LAZY:
        return func.name  # nowait, promise
    if args is None:
        return f"{func.name}(...)" if func.args else f"{func.name}()"
    return f"{func.name}({', '.join(show(args, arg) for arg in func.args)})"


def outcome(head: Head, func: Func, value: Callable[[], str]) -> str:
    """What follows the call once it is done."""
    if head.state == RESOLVED:
        return f" = {value()}"
    if head.state == FAILED:
        tried = f", {attempts(head)}" if func.origin == LAZY else ""
        return f": {value_text.error(head.error)}{tried}"
    return ""


def attempts(head: Head) -> str:
    if head.attempts == 255:  # the counter stays there
        return "255 or more attempts"
    return f"{head.attempts} attempt{'s' * (head.attempts != 1)}"


def scalar(world: World, kind: int, size: int, address: int, spelling: str) -> str:
    """By its kind, without debug information."""
    try:
        return value_text.scalar(world.layout, kind, size, address, spelling)
    except LayoutError as error:
        return f"<{error}>"


def name(world: World, address: int) -> str:
    """#5 fetch, or what is wrong with it."""
    try:
        head = world.layout.find(address)
        if head.state == FREE:
            return f"<ended await at {address:#x}>"
        return brief(world, head)
    except LayoutError:
        return f"<damaged await at {address:#x}>"


def brief(world: World, head: Head) -> str:
    return f"{print_id(head.id)} {world.layout.site(head.site).func.name}"


# Lists.


def cut(text: str) -> str:
    return text if len(text) <= _WIDE else text[: _WIDE - 3] + "..."


def threads_of(runner: str, waiting: int) -> str:
    """The column: who runs it ("thread 2", or nothing), how many sleep for it."""
    waits = f"{waiting} wait{'s' * (waiting == 1)}" if waiting else ""
    return ", ".join(filter(None, (runner.removeprefix("thread "), waits)))


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


def table(rows: list[list[str]], right: int = 0) -> list[str]:
    """Lines. right: how many columns, from the left, hold numbers."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if i < right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
