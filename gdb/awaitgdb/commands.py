# SPDX-License-Identifier: MIT
"""`info awaits` and $await(): parse what the user typed, ask the model, print.

An error is one line, a gdb.GdbError; so is a defect of these scripts.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

import gdb  # type: ignore

from awaitgdb import dwarf, memory, text
from awaitgdb.records import FREE, RUNNING, STATES, Head, LayoutError, Thread
from awaitgdb.model import Filter, World, parse_id, print_id

_LIMIT = 20
_WIDE = 60


def in_one_line(invoke: Callable[..., Any]) -> Callable[..., Any]:
    """Makes every exception one line of text."""

    @functools.wraps(invoke)
    def wrapper(*args: Any) -> Any:
        try:
            return invoke(*args)
        except gdb.GdbError:
            raise
        except (LayoutError, gdb.error, ValueError) as error:
            raise gdb.GdbError(str(error)) from None
        except Exception as error:
            kind = type(error).__name__
            raise gdb.GdbError(f"libawait's scripts failed: {kind}: {error}") from None

    return wrapper


class InfoAwaits(gdb.Command):
    """List the awaits of this process.
    Usage: info awaits [-state S[,S]...] [-function REGEX] [-type NAME] [-limit N]

      -state S         pending, running, resolved, failed, cancelled
      -function REGEX  whose function's name matches
      -type NAME       of AWAIT_TYPE(NAME, ...)
      -limit N         show at most N (20; 0 shows all)

    Example:
      (gdb) info awaits -state running,failed
      4 awaits: 1 pending, 2 running, 1 failed
      Id  State    Type  Await                           Created     Thread
      #2  running  page  fetch("/etc/hosts", 1)          main.c:31   1, 1 waits
      #3  running  int   count(7)                        main.c:12   1
      #4  failed   page  fetch("/nope", 0): -ENOENT ...  main.c:33

      Thread 1 runs #2 fetch, in it #3 count
      Thread 2 waits for #2 fetch, which thread 1 runs

    Types and values come from debug information where there is some. Nothing
    runs in the process: it works on core files, too."""

    def __init__(self) -> None:
        super().__init__("info awaits", gdb.COMMAND_STATUS)

    @in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        wanted, limit = parse_options(gdb.string_to_argv(argument))
        world = memory.world()
        _print_summary(world)
        heads, total = world.select(wanted, limit or None)
        waiters = _waiters(world)
        if heads:
            _print_table([_row(world, head, waiters) for head in heads])
        elif wanted != Filter():
            print("None of them matches.")
        if total > len(heads):
            print(
                f"{total - len(heads)} more (-limit N shows N, -limit 0 all;"
                " -state, -function and -type select)"
            )
        _print_threads(world)
        for warning in world.warnings:
            print(f"warning: {warning}")

    def complete(self, _text: str, word: str) -> list[str]:
        # gdb does not count the dash to the word.
        names = ("state", "function", "type", "limit", *STATES[1:])
        return [name for name in names if name.startswith(word.lstrip("-"))]


def parse_options(words: list[str]) -> tuple[Filter, int]:
    """What `info awaits` was asked for; ValueError tells what is wrong."""
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word not in ("-state", "-function", "-type", "-limit"):
            raise ValueError(f"unknown option {word}: see `help info awaits`")
        value = next(rest, None)
        if value is None:
            raise ValueError(f"{word} needs a value: see `help info awaits`")
        given[word] = value
    states = _parse_states(given["-state"]) if "-state" in given else None
    function = _parse_regex(given["-function"]) if "-function" in given else None
    limit = given.get("-limit", str(_LIMIT))
    if not re.fullmatch(r"[0-9]{1,9}", limit):
        raise ValueError(f"-limit needs a number, not {limit}")
    return Filter(states, function, given.get("-type")), int(limit)


def _parse_states(names: str) -> frozenset[int]:
    for name in names.split(","):
        if name not in STATES[1:]:
            known = ", ".join(STATES[1:])
            raise ValueError(f"unknown state {name!r}: it is one of {known}")
    return frozenset(STATES.index(name) for name in names.split(","))


def _parse_regex(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"bad regular expression {pattern!r}: {error}") from None


def _print_summary(world: World) -> None:
    counts = world.counts()
    total = sum(counts.values())
    names = [
        f"{n} {STATES[state] if state < len(STATES) else f'damaged ({state})'}"
        for state, n in counts.items()
    ]
    print(f"{total} await{'s' * (total != 1)}{': ' * bool(total)}{', '.join(names)}")


def _waiters(world: World) -> dict[int, list[Thread]]:
    """Which threads sleep until which await is done."""
    found: dict[int, list[Thread]] = {}
    for thread in world.threads():
        if thread.blocked_on:
            found.setdefault(thread.blocked_on, []).append(thread)
    return found


def _row(world: World, head: Head, waiters: dict[int, list[Thread]]) -> list[str]:
    threads = _threads_of(world, head, len(waiters.get(head.address, ())))
    start = [print_id(head.id), text.state(head)]
    try:
        site = world.layout.site(head.site)
        what = text.call(head, site.func)
        if head.state != RUNNING:  # its thread has a column
            what += text.outcome(head, site.func)
    except (LayoutError, gdb.error) as error:
        return [*start, "?", f"<{error}>", "?", threads]
    what = " ".join(what.split())
    if len(what) > _WIDE:
        what = what[: _WIDE - 3] + "..."
    created = f"{site.file.rsplit('/', 1)[-1]}:{site.line}"
    return [*start, site.func.type.name, what, created, threads]


def _threads_of(world: World, head: Head, waiting: int) -> str:
    parts = []
    if head.state == RUNNING:
        parts.append(text.running_on(head).removeprefix("thread "))
    if waiting:
        parts.append(f"{waiting} wait{'s' * (waiting == 1)}")
    return ", ".join(parts)


def _print_table(rows: list[list[str]]) -> None:
    table = [["Id", "State", "Type", "Await", "Created", "Thread"], *rows]
    widths = [max(map(len, column)) for column in zip(*table)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        print("  ".join(cells).rstrip())


def _print_threads(world: World) -> None:
    lines = []
    for thread in world.threads():
        parts = []
        runs = [_name(world, address) for address in world.runs(thread)]
        if runs:
            parts.append("runs " + ", in it ".join(runs))
        if thread.blocked_on:
            parts.append(f"waits for {_name(world, thread.blocked_on)}")
            owner = _owner(world, thread.blocked_on)
            if owner:
                parts.append(f"which {owner} runs")
        if parts:
            name = memory.thread_name(thread.tid)
            lines.append(f"{name[0].upper()}{name[1:]} {', '.join(parts)}")
    if lines:
        print()
    for line in lines:
        print(line)


def _name(world: World, address: int) -> str:
    try:
        head = world.layout.find(address)
        if head.state == FREE:
            return f"<ended await at {address:#x}>"
        return f"{print_id(head.id)} {world.layout.site(head.site).func.name}"
    except LayoutError:
        return f"<damaged await at {address:#x}>"


def _owner(world: World, address: int) -> str | None:
    try:
        head = world.layout.find(address)
    except LayoutError:
        return None
    return text.running_on(head) if head.state == RUNNING else None


class AwaitFunction(gdb.Function):
    """$await(ID) - The handle of an await, with its type.
    Usage: $await("#12"), $await("#12.3"), or the number that traces show

    Example:
      (gdb) p $await("#5")
      $1 = Await<page> #5 resolved fetch(...) = {lines = 7}
      (gdb) p $await("#5")->value.lines
      $2 = 7"""

    def __init__(self) -> None:
        # gdb unindents the help of commands only.
        type(self).__doc__ = inspect.cleandoc(type(self).__doc__ or "")
        super().__init__("await")

    @in_one_line
    def invoke(self, number: gdb.Value) -> gdb.Value:
        if number.type.strip_typedefs().code == gdb.TYPE_CODE_INT:
            wanted = int(number)
        else:
            wanted = parse_id(number.string())
        world = memory.world()
        head = world.by_id(wanted)
        handle = dwarf.handle_type(world.layout.site(head.site).func)
        kind = handle or gdb.lookup_type("void")
        return gdb.Value(head.address).cast(kind.pointer())
