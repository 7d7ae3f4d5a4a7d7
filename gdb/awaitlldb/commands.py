# SPDX-License-Identifier: MIT
"""`awaits`: lists the awaits of the process, as `info awaits` does in gdb."""

from __future__ import annotations

import argparse
import fnmatch
import re
import shlex
from typing import Any, NoReturn

import lldb  # type: ignore

from awaitgdb.model import World, print_id
from awaitgdb.query import Filter, select
from awaitgdb.records import FREE, STATES, Head, LayoutError, Thread

from awaitlldb import memory, text

_LIMIT = 20
_WIDE = 60


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}: see `awaits --help`")


def _states(names: str) -> frozenset[int]:
    for name in names.split(","):
        if name not in STATES[1:]:
            known = ", ".join(STATES[1:])
            raise argparse.ArgumentTypeError(
                f"unknown state {name!r}: it is one of {known}"
            )
    return frozenset(STATES.index(name) for name in names.split(","))


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))


def _count(number: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", number):
        raise argparse.ArgumentTypeError(f"not a number: {number}")
    return int(number)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("awaits", add_help=False, allow_abbrev=False)
    # With one dash too, as in gdb.
    parser.add_argument("--state", "-state", type=_states)
    parser.add_argument("--function", "-function", type=_glob)
    parser.add_argument("--type", "-type")
    parser.add_argument("--limit", "-limit", type=_count, default=_LIMIT)
    parser.add_argument("--help", "-h", action="store_true")
    return parser


_HELP = """List the awaits of this process.
awaits [--state S[,S]...] [--function GLOB] [--type NAME] [--limit N]

  --state S         pending, running, resolved, failed, cancelled
  --function GLOB   whose function's name matches, such as fetch_*
  --type NAME       of AWAIT_TYPE(NAME, ...)
  --limit N         show at most N (20; 0 shows all)

Nothing runs in the process: it works on core files, too."""


def register(debugger: Any) -> None:
    debugger.HandleCommand(
        "command script add -f awaitlldb.commands.awaits"
        " -h 'List the awaits of this process.' awaits"
    )


def awaits(
    debugger: Any, arguments: str, result: lldb.SBCommandReturnObject, _names: Any
) -> None:
    try:
        options = _parser().parse_args(shlex.split(arguments))
        if options.help:
            lines = [_HELP]
        else:
            lines = _list(debugger.GetSelectedTarget(), options)
        result.AppendMessage("\n".join(lines))
    except (LayoutError, ValueError) as error:
        result.SetError(str(error))
    except Exception as error:
        kind = type(error).__name__
        result.SetError(f"libawait's scripts failed: {kind}: {error}")


def _list(target: lldb.SBTarget, options: argparse.Namespace) -> list[str]:
    lines = []
    wanted = Filter(options.state, options.function, options.type)
    copies = memory.copies(target)
    for copy in copies:
        if len(copies) > 1:
            lines.append(f"libawait in {copy.module}:")
        lines += _one(target, copy.world, wanted, options.limit)
    return lines


def _one(target: lldb.SBTarget, world: World, wanted: Filter, limit: int) -> list[str]:
    lines = [_summary(world)]
    found = select(world, wanted, limit or None)
    heads, total = found.heads, found.total
    waiting: dict[int, int] = {}
    for thread in world.threads():
        if thread.blocked_on:
            waiting[thread.blocked_on] = waiting.get(thread.blocked_on, 0) + 1
    if heads:
        lines += _table([_row(target, world, head, waiting) for head in heads])
    elif wanted != Filter():
        lines.append("None of them matches.")
    if total > len(heads):
        lines.append(
            f"{total - len(heads)} more (--limit N shows N, --limit 0 all;"
            " --state, --function and --type select)"
        )
    threads = [_thread(target, world, thread) for thread in world.threads()]
    if any(threads):
        lines += ["", *filter(None, threads)]
    return lines + [f"warning: {warning}" for warning in world.warnings]


def _summary(world: World) -> str:
    counts = world.counts()
    total = sum(counts.values())
    names = [
        f"{n} {STATES[state] if state < len(STATES) else f'damaged ({state})'}"
        for state, n in counts.items()
    ]
    return f"{total} await{'s' * (total != 1)}{': ' * bool(total)}{', '.join(names)}"


def _row(
    target: lldb.SBTarget, world: World, head: Head, waiting: dict[int, int]
) -> list[str]:
    parts = [text.running_on(target, world, head).removeprefix("thread ")]
    waits = waiting.get(head.address, 0)
    if waits:
        parts.append(f"{waits} wait{'s' * (waits == 1)}")
    threads = ", ".join(filter(None, parts))
    start = [print_id(head.id), text.state(head)]
    try:
        site = world.layout.site(head.site)
    except LayoutError as error:
        return [*start, "?", f"<{error}>", "?", threads]
    what = text.call(world, head, site.func) + text.outcome(world, head, site.func)
    what = " ".join(what.split())
    if len(what) > _WIDE:
        what = what[: _WIDE - 3] + "..."
    created = f"{site.file.rsplit('/', 1)[-1]}:{site.line}"
    return [*start, site.func.type.name, what, created, threads]


def _table(rows: list[list[str]]) -> list[str]:
    table = [["Id", "State", "Type", "Await", "Created", "Thread"], *rows]
    widths = [max(map(len, column)) for column in zip(*table)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
        for row in table
    ]


def _thread(target: lldb.SBTarget, world: World, thread: Thread) -> str:
    parts = []
    runs = [_name(world, run.awaited) for run in world.runs(thread)]
    if runs:
        parts.append("runs " + ", in it ".join(runs))
    if thread.blocked_on:
        parts.append(f"waits for {_name(world, thread.blocked_on)}")
        try:
            head = world.layout.find(thread.blocked_on)
            owner = text.running_on(target, world, head)
        except LayoutError:
            owner = ""
        if owner:
            parts.append(f"which {owner} runs")
    if not parts:
        return ""
    name = memory.thread_name(target, thread.tid)
    return f"{name[0].upper()}{name[1:]} {', '.join(parts)}"


def _name(world: World, address: int) -> str:
    try:
        head = world.layout.find(address)
        if head.state == FREE:
            return f"<ended await at {address:#x}>"
        return f"{print_id(head.id)} {world.layout.site(head.site).func.name}"
    except LayoutError:
        return f"<damaged await at {address:#x}>"
