# SPDX-License-Identifier: MIT
"""`awaits`: lists the awaits of the process, as `info awaits` does in gdb.

`awaits log` is in command_log.py.
"""

from __future__ import annotations

import argparse
import re
import shlex
from typing import Any, NoReturn

import lldb  # type: ignore

from awaitlldb import command_log, memory, text
from awaitmodel import await_text
from awaitmodel.command_options import LIMIT, parse_glob
from awaitmodel.memory import AwaitError
from awaitmodel.printable import printable
from awaitmodel.query import Filter, select
from awaitmodel.states import parse_states, state_text
from awaitmodel.structs import Head, Thread
from awaitmodel.text_table import table
from awaitmodel.world import World


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}: see `awaits --help`")


def _states(names: str) -> frozenset[int]:
    try:
        return parse_states(names)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(number: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", number):
        raise argparse.ArgumentTypeError(f"not a number: {number}")
    return int(number)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("awaits", add_help=False, allow_abbrev=False)
    # With one dash, too, as in gdb.
    parser.add_argument("--state", "-state", type=_states)
    parser.add_argument("--function", "-function", type=parse_glob)
    parser.add_argument("--type", "-type")
    parser.add_argument("--limit", "-limit", type=_count, default=LIMIT)
    parser.add_argument("--help", "-h", action="store_true")
    return parser


_HELP = """List the awaits of this process.
awaits [--state S[,S]...] [--function GLOB] [--type NAME] [--limit N]
awaits log [#ID] [FUNCTION] [-thread N] [-n COUNT] [-json]

  --state S         pending, running, resolved, failed, cancelled
  --function GLOB   whose function's name matches, such as fetch_*
  --type NAME       of AWAIT_TYPE(NAME, ...)
  --limit N         show at most N (20; 0 shows all)

log shows the last events of awaits, if libawait-test records them.
Nothing runs in the process: it works on core files, too."""


def register(debugger: Any) -> None:
    debugger.HandleCommand(
        "command script add -f awaitlldb.command_awaits.awaits"
        " -h 'List the awaits of this process.' awaits"
    )


def awaits(
    debugger: Any, arguments: str, result: lldb.SBCommandReturnObject, _names: Any
) -> None:
    try:
        given = shlex.split(arguments)
        target = debugger.GetSelectedTarget()
        if given[:1] == ["log"]:
            lines = list(command_log.lines(target, given[1:]))
        else:
            options = _parser().parse_args(given)
            lines = _HELP.splitlines() if options.help else _list(target, options)
        result.AppendMessage("\n".join(map(printable, lines)))
    except (AwaitError, ValueError) as error:
        result.SetError(printable(str(error)))
    except Exception as error:
        kind = type(error).__name__
        result.SetError(printable(f"libawait's scripts failed: {kind}: {error}"))


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
    lines = [await_text.summary(world.counts())]
    found = select(world, wanted, limit or None)
    heads, total = found.heads, found.total
    waiting: dict[int, int] = {}
    for thread in world.threads():
        for address in thread.waits():
            waiting[address] = waiting.get(address, 0) + 1
    if heads:
        lines += table(
            [await_text.HEADER, *(_row(target, world, head, waiting) for head in heads)]
        )
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


def _row(
    target: lldb.SBTarget, world: World, head: Head, waiting: dict[int, int]
) -> list[str]:
    runner = text.running_on(target, world, head) + await_text.asked_to_stop(head)
    sleepers = waiting.get(head.address, 0)
    here = (t for t in world.threads() if t.blocked_on == head.address)
    only = sum(not thread.any for thread in here)
    threads = await_text.threads_cell(runner, sleepers)
    start = [await_text.named_id(world, head.id), state_text(head.state)]
    try:
        site = world.layout.site(head.site)
    except AwaitError as error:
        return [*start, "?", f"<{error}>", "?", threads]
    what = text.call(world, head, site.func) + text.outcome(world, head, site.func)
    alone = await_text.only_waiters(head, site.func, only)
    what += f", {alone}" if alone else ""
    what = await_text.await_cell(" ".join(what.split()))
    created = await_text.created(world, head, site)
    return [*start, site.func.type.name, what, created, threads]


def _thread(target: lldb.SBTarget, world: World, thread: Thread) -> str:
    runs = [await_text.name(world, run.awaited) for run in world.runs(thread)]
    names = [await_text.name(world, address) for address in thread.waits()]
    waits_for, runner = await_text.waits_for(names), ""
    if len(names) == 1:
        try:
            head = world.layout.find(thread.blocked_on)
            runner = text.running_on(target, world, head)
        except AwaitError:
            pass  # the name says that it is damaged
    name = memory.thread_name(target, thread.tid)
    return await_text.thread_line(name, runs, waits_for, runner)
