# SPDX-License-Identifier: MIT
"""`await break`: an ordinary breakpoint on await_trap(), and its filter in the
process (event_filters.py), which lets no other event get there.

    (gdb) await break hit fetch #12 if $_await->value.lines > 3
    (gdb) info breakpoints
    2  breakpoint  keep y  0x00007ffff7fa2c50 in await_trap at ../src/libawait/core/trap.c:44
            stop only if $_await_break("hit fetch #12") && ($_await->value.lines > 3)

The condition is all there is to know of one: gdb keeps it, lists it, saves it,
and evaluates it at each stop there, which tells those of one address apart and
sets $_await for the rest of the condition. So nothing is kept here but the
texts, to put them back when the user gives one of these breakpoints another
condition. The filters follow (filter_sync.py).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import gdb  # type: ignore

from awaitgdb import break_stops, error_line, filter_sync, memory
from awaitgdb.error_line import in_one_line
from awaitmodel import event_filters, query
from awaitmodel.structs import LayoutError
from awaitmodel.world import World

# By number: what was asked for.
_texts: dict[int, str] = {}
# While the command makes one: it tells itself what becomes of it.
_making = False


def _condition(words: str, expression: str | None) -> str:
    test = f'$_await_break("{words}")'
    return f"{test} && ({expression})" if expression else test


class AwaitBreakFunction(gdb.Function):
    """$_await_break(TEXT) - Whether this thread has stopped for TEXT.
    The condition of breakpoints that `await break` makes; it sets $_await."""

    def __init__(self) -> None:
        super().__init__("_await_break")

    @in_one_line
    def invoke(self, words: gdb.Value) -> int:
        spec = event_filters.parse(words.string().split())
        now = break_stops.current()
        if now is None:
            # The library is ready, and nobody uses it yet.
            filter_sync.apply()
            return 0
        event, head, func = now
        if not spec.wants(event, func.name, head.id):
            return 0
        break_stops.set_variable(head, func)
        return 1


# --- events of gdb ---


def _quietly(handler: Callable[[Any], None]) -> Callable[[Any], None]:
    """An event's handler has nobody to raise anything to."""

    @functools.wraps(handler)
    def wrapper(event: Any) -> None:
        try:
            handler(event)
        except Exception as error:
            print(f"await break: {error_line.line(error)}")

    return wrapper


@_quietly
def _on_stop(event: Any) -> None:
    filter_sync.sync()
    ours = [
        each for each in getattr(event, "breakpoints", ()) if filter_sync.spec_of(each)
    ]
    if ours:
        break_stops.tell(ours)


@_quietly
def _on_modified(breakpoint: gdb.Breakpoint) -> None:
    spec = filter_sync.spec_of(breakpoint)
    if spec:
        _texts[breakpoint.number] = str(spec)
    elif breakpoint.number in _texts:
        # `condition N EXPR`: what the user adds, not what makes it ours.
        words = _texts[breakpoint.number]
        breakpoint.condition = _condition(words, breakpoint.condition)
    else:
        return
    if not _making:
        filter_sync.sync()


@_quietly
def _on_deleted(breakpoint: gdb.Breakpoint) -> None:
    if _texts.pop(breakpoint.number, None) is not None:
        # It is still among gdb.breakpoints().
        breakpoint.enabled = False
        filter_sync.sync()


@_quietly
def on_end(_event: object) -> None:
    filter_sync.disarm()


def _hook_detach() -> None:
    """gdb has no event before it detaches. A hook of the user's own stays.
    To be called from commands only: in the middle of `run`, as these scripts
    are loaded, it makes gdb not wait for the program."""
    try:
        gdb.execute("show user hook-detach", to_string=True)
    except gdb.error:
        call = "python import awaitgdb.command_break; awaitgdb.command_break.on_end(None)"
        gdb.execute(f"define hook-detach\n{call}\nend", to_string=True)


def register() -> None:
    AwaitBreak()
    AwaitBreakFunction()
    for name, handler in (
        ("stop", _on_stop),
        ("breakpoint_created", _on_modified),
        ("breakpoint_modified", _on_modified),
        ("breakpoint_deleted", _on_deleted),
        ("gdb_exiting", on_end),
    ):
        getattr(gdb.events, name).connect(handler)


# --- the command ---


class AwaitBreak(gdb.Command):
    """Stop when something happens to awaits.
    Usage: await break EVENT [FUNCTION] [#ID] [if EXPR]

      create   an await is made
      run      its function is about to be called
      resolve  it gets its value, or a promise does
      fail     its function has failed, or a promise is rejected
      hit      a wait finds the value that is there
      cancel   it is about to be cancelled
      destroy  its last reference is gone

    of any function and await, or of those with that name and id. They are
    compared in the process: other events do not stop it. EXPR is gdb's own
    condition, in which $_await is the await; it stops the process each time.

    Each is one of gdb's breakpoints: `info breakpoints`, `condition`, `ignore`,
    `commands`, `disable` and `delete` do what they do. After a stop the frame
    that called libawait is selected.

    Example:
      (gdb) await break fail fetch
      await break 2: fail fetch
      (gdb) continue
      Breakpoint 2, await_trap () at ../src/libawait/core/trap.c:44
      #4 fetch: failed: -ENOENT (No such file or directory), 1 attempt (created ...)
      #4  0x0000555555555a31 in main () at main.c:40
      40              rc = await_wait(aw, &page);
      (gdb) print $_await
      $1 = Await<page> #4 running fetch("/nope", 0) on thread 1"""

    def __init__(self) -> None:
        super().__init__("await break", gdb.COMMAND_BREAKPOINTS)

    @in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        words, expression = _split(argument)
        spec = event_filters.parse(words)
        _hook_detach()
        made = _make(_condition(str(spec), expression))
        try:
            stopped = filter_sync.sync()
            if not made.pending and gdb.selected_inferior().pid:
                _check()
        except LayoutError:
            made.delete()
            raise
        line = f"await break {made.number}: {spec}"
        if made.pending:
            line += " (pending: libawait is not loaded)"
        elif not stopped:
            line += " (from when all threads are stopped; `interrupt -a` stops them)"
        print(line)
        if spec.function and not _is_known(spec.function):
            print(f"No function {spec.function} of an await is known so far.")

    def complete(self, line: str, word: str) -> list[str]:
        words = line[: len(line) - len(word)].split()
        if not words:
            return [event for event in event_filters.EVENTS if event.startswith(word)]
        if "if" in words:
            return []
        found = _functions(word) if len(words) == 1 else set()
        return sorted(name for name in {*found, "if"} if name.startswith(word))


def _make(condition: str) -> gdb.Breakpoint:
    global _making
    _making = True
    try:
        command = f"break -qualified -function await_trap if {condition}"
        gdb.execute(f"with breakpoint pending on -- {command}", to_string=True)
    finally:
        _making = False
    return max(gdb.breakpoints(), key=lambda each: each.number)


def _check() -> None:
    """Says which libawaits do not stop; LayoutError if none does."""
    wrong: dict[str, LayoutError] = {}
    all = memory.copies()
    for copy in all:
        try:
            event_filters.is_armed(copy.world().layout)
            _check_symbol(copy.world())
        except LayoutError as error:
            wrong[copy.name] = error
    if len(wrong) == len(all):
        raise wrong[all[0].name]
    for name, why in wrong.items():
        print(f"libawait in {name} does not stop: {why}")


def _check_symbol(world: World) -> None:
    """gdb finds await_trap() by its name."""
    address = world.layout.abi["trap_function"]
    named = str(gdb.execute(f"info symbol {address:#x}", to_string=True))
    if not named.startswith("await_trap in "):
        raise LayoutError("it was stripped of await_trap()")


def _split(argument: str) -> tuple[list[str], str | None]:
    found = re.search(r"(?:^|\s)if(?:\s+|(?=\())(.*)$|(?:^|\s)if$", argument)
    if not found:
        return argument.split(), None
    expression = (found[1] or "").strip()
    if not expression:
        raise ValueError("await break: `if` needs an expression")
    return argument[: found.start()].split(), expression


def _is_known(function: str) -> bool:
    # The first is usual, and at once; all symbols take a tenth of a second.
    symbol = gdb.lookup_static_symbol(f"{function}_await_func")
    return symbol is not None or function in _functions(function)


def _functions(prefix: str) -> set[str]:
    """Those of awaits there are, and those that symbols tell of."""
    found: set[str] = set()
    # Not `complete output`, which gives up after max-completions.
    command = f"info variables -q ^{prefix}[A-Za-z0-9_]*_await_func$"
    lines = str(gdb.execute(command, to_string=True))
    found.update(re.findall(r"(\w+)_await_func;?$", lines, re.MULTILINE))
    try:
        for world in memory.worlds():
            found |= {site.func.name for site in query.sites(world)}
    except (LayoutError, gdb.error):
        pass
    return found
