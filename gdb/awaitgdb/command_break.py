# SPDX-License-Identifier: MIT
"""`await break`: a breakpoint on await_trap(), and a filter in the process.

libawait calls await_trap() only for events that match a filter, see
awaitmodel.event_filters. The breakpoint is an ordinary one:

    (gdb) await break hit fetch #12 if $_await->value.lines > 3
    (gdb) info breakpoints
    2  breakpoint  keep y  0x00007ffff7fa2c50 in await_trap at ...
            stop only if $_await_break("hit fetch #12") && ($_await->value.lines > 3)

Its condition says all about it. gdb keeps, lists and saves it, and evaluates it
when a thread gets to await_trap(): $_await_break() is true for the breakpoint that
the event matches, and sets $_await for the rest of the condition. Only the texts
are also kept here, to restore $_await_break() when the user gives such a breakpoint
another condition. filter_sync.py keeps the filters equal to the breakpoints.
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
from awaitmodel.memory import AwaitError
from awaitmodel.world import World

# The text in $_await_break() by number of the breakpoint.
_texts: dict[int, str] = {}
# While the command creates a breakpoint, which updates the filters itself.
_creating = False


def _condition(spec: str, expression: str | None) -> str:
    test = f'$_await_break("{spec}")'
    return f"{test} && ({expression})" if expression else test


class AwaitBreakFunction(gdb.Function):
    """$_await_break(TEXT) - Whether this thread has stopped for TEXT.
    The condition of breakpoints that `await break` makes; it sets $_await."""

    def __init__(self) -> None:
        super().__init__("_await_break")

    @in_one_line
    def invoke(self, text: gdb.Value) -> int:
        spec = event_filters.parse(text.string().split())
        stop = break_stops.current()
        if stop is None:
            # libawait has just been loaded, and no await exists yet.
            filter_sync.apply()
            return 0
        event, head, func = stop
        if not spec.matches(event, func.name, head.id):
            return 0
        break_stops.set_variables(event, head, func)
        return 1


# --- events of gdb ---


def _quietly(handler: Callable[[Any], None]) -> Callable[[Any], None]:
    """Prints errors, as gdb would show a traceback for those of an event handler."""

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
        break_stops.show(ours)


@_quietly
def _on_modified(breakpoint: gdb.Breakpoint) -> None:
    spec = filter_sync.spec_of(breakpoint)
    if spec:
        _texts[breakpoint.number] = str(spec)
    elif breakpoint.number in _texts:
        # `condition N EXPR` has replaced all of it.
        text = _texts[breakpoint.number]
        breakpoint.condition = _condition(text, breakpoint.condition)
    else:
        return
    if not _creating:
        filter_sync.sync()


@_quietly
def _on_deleted(breakpoint: gdb.Breakpoint) -> None:
    if _texts.pop(breakpoint.number, None) is not None:
        # gdb.breakpoints() still contains it.
        breakpoint.enabled = False
        filter_sync.sync()


@_quietly
def on_end(_event: object) -> None:
    filter_sync.disarm()


def _hook_detach() -> None:
    """Removes the filters before gdb detaches, for which it has no event. A hook that
    the user has defined stays. Call this from commands only: when `run` loads these
    scripts, defining a command makes gdb not wait for the program."""
    try:
        gdb.execute("show user hook-detach", to_string=True)
    except gdb.error:
        call = (
            "python import awaitgdb.command_break; awaitgdb.command_break.on_end(None)"
        )
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
      wait     a wait ends that neither hit nor ran the function: it slept, or there
               is no value; $_await_error is what it returns
      cancel   it is about to be cancelled
      destroy  its last reference is gone

    of any function and await, or of those with that name and id. They are
    compared in the process: other events do not stop it. EXPR is gdb's own
    condition, in which $_await is the await and $_await_error its error, or 0; it
    stops the process each time.

    Each is one of gdb's breakpoints: `info breakpoints`, `condition`, `ignore`,
    `commands`, `disable` and `delete` do what they do. After a stop the frame
    that called libawait is selected.

    Example:
      (gdb) await break fail fetch
      await break 2: fail fetch
      (gdb) continue
      Breakpoint 2, await_trap () at ...
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
        created = _create(_condition(str(spec), expression))
        try:
            synced = filter_sync.sync()
            if not created.pending and gdb.selected_inferior().pid:
                _check()
        except AwaitError:
            created.delete()
            raise
        line = f"await break {created.number}: {spec}"
        if created.pending:
            line += " (pending: libawait is not loaded)"
        elif not synced:
            line += " (from when all threads are stopped; `interrupt -a` stops them)"
        print(line)
        if spec.function and not _is_known(spec.function):
            print(f"No function {spec.function} of an await is known so far.")

    @error_line.quietly
    def complete(self, line: str, word: str) -> list[str]:
        words = line[: len(line) - len(word)].split()
        if not words:
            return [event for event in event_filters.EVENTS if event.startswith(word)]
        if "if" in words:
            return []
        found = _functions(word) if len(words) == 1 else set()
        return sorted(name for name in {*found, "if"} if name.startswith(word))


def _create(condition: str) -> gdb.Breakpoint:
    global _creating
    _creating = True
    try:
        command = f"break -qualified -function await_trap if {condition}"
        gdb.execute(f"with breakpoint pending on -- {command}", to_string=True)
    finally:
        _creating = False
    return max(gdb.breakpoints(), key=lambda each: each.number)


def _check() -> None:
    """Prints which libawaits cannot stop at events; AwaitError if none can."""
    errors: dict[str, AwaitError] = {}
    all = memory.copies()
    for copy in all:
        try:
            event_filters.is_armed(copy.world().layout)
            _check_symbol(copy.world())
        except AwaitError as error:
            errors[copy.name] = error
    if len(errors) == len(all):
        raise errors[all[0].name]
    for name, why in errors.items():
        print(f"libawait in {name} does not stop: {why}")


def _check_symbol(world: World) -> None:
    """gdb's breakpoint finds await_trap() by its name."""
    address = world.layout.block["trap_function"]
    named = str(gdb.execute(f"info symbol {address:#x}", to_string=True))
    if not named.startswith("await_trap in "):
        raise AwaitError("it was stripped of await_trap()")


def _split(argument: str) -> tuple[list[str], str | None]:
    """The words before `if`, and the expression after it."""
    found = re.search(r"(?:^|\s)if(?:\s+|(?=\())(.*)$|(?:^|\s)if$", argument)
    if not found:
        return argument.split(), None
    expression = (found[1] or "").strip()
    if not expression:
        raise ValueError("await break: `if` needs an expression")
    return argument[: found.start()].split(), expression


def _is_known(function: str) -> bool:
    # Usually the first lookup finds it. Going through all symbols takes a tenth of a
    # second.
    symbol = gdb.lookup_static_symbol(f"{function}_await_func")
    return symbol is not None or function in _functions(function)


def _functions(prefix: str) -> set[str]:
    """The functions of existing awaits, and those whose descriptors have symbols."""
    found: set[str] = set()
    # `complete` would give up after max-completions.
    command = f"info variables -q ^{prefix}[A-Za-z0-9_]*_await_func$"
    lines = str(gdb.execute(command, to_string=True))
    found.update(re.findall(r"(\w+)_await_func;?$", lines, re.MULTILINE))
    try:
        for world in memory.worlds():
            found |= {site.func.name for site in query.sites(world)}
    except (AwaitError, gdb.error):
        pass
    return found
