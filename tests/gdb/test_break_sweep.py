# SPDX-License-Identifier: MIT
"""`await break` set, or deleted, wherever a program may be stopped: after each
instruction of an await's life and of sinks that come and go. The short form takes
a sample of an await's life, with every function entered and left in it."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from breaktest import PRELUDE, skip_without_debug_information  # noqa: E402
from gdbtest import EVENTS, EVENTS_STATIC, SECONDS, STUB, gdb  # noqa: E402
from sample import is_long, share  # noqa: E402


class Sweep(unittest.TestCase):
    """From the moment the command returns no event goes unseen, at whatever
    instruction of the await's life the process was stopped."""

    SCRIPT = (
        PRELUDE
        + """
def where():
    return quietly("info symbol $pc").split(" in section")[0]
def is_over():
    return value("at") != 0 or UNTIL and where().startswith(UNTIL)
gdb.execute("break events.c:begin", to_string=True)
gdb.execute("set environment LD_BIND_NOW 1")
gdb.execute("run", to_string=True)
quietly("continue")  # the first round is unlike the others
path = []
while not is_over():
    path.append(where().split(" + ")[0])
    quietly("stepi")
steps = [i for i, function in enumerate(path)
         if i % EVERY == 0 or {*path[i - 1 : i + 2]} != {function}]
quietly("continue")
missed = tried = publishing = 0
for step in steps:
    if step:
        quietly(f"stepi {step}")
    if is_over():
        break
    place = where()
    held = value("await_threads[1].publishing")
    round = value("rounds")
    quietly(f"await break {EVENT}")
    number = max(b.number for b in gdb.breakpoints())
    quietly("continue")
    seen = "await_trap" == gdb.newest_frame().name()
    tried += 1
    if not seen or value("rounds") != round:
        if held:
            publishing += 1
        else:
            missed += 1
            print("missed at", step, place, flush=True)
    quietly(f"delete {number}")
    if value("trap.events") or value("await_armed"):
        print("left armed at", step, place)
    if seen:
        quietly("continue")
print("tried", tried, "of", len(path), "missed", missed, "publishing", publishing)
"""
    )

    def sweep(
        self,
        *arguments: str,
        program: Path = EVENTS,
        event: str = "hit twice",
        until: str = "",
        every: int = 1,
    ) -> tuple[int, int, int]:
        """How many instructions were tried at, and those where the event was
        missed, and where it was because the thread was publishing an await."""
        given = f"EVENT, UNTIL = {event!r}, {until!r}\n"
        given += f"EVERY = {every if is_long() else 10}\n"
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "sweep.py"
            script.write_text(given + self.SCRIPT)
            output = gdb(
                f"source {STUB}", "start", f"source {script}", program=program,
                arguments=("rounds", *arguments), seconds=3 * SECONDS,
            )  # fmt: skip
        found = re.search(
            r"tried (\d+) of (\d+) missed (\d+) publishing (\d+)\n", output
        )
        assert found, output
        tried, path, missed, publishing = map(int, found.groups())
        self.assertNotIn("left armed", output)
        share(tried, path, f"instructions, for {' '.join((event, *arguments))}")
        # Nothing ended the sweep before its time.
        self.assertGreater(path, 30 if until else 100)
        self.assertGreaterEqual(tried, path // (every if is_long() else 10))
        self.assertEqual(missed, 0, output)
        return tried, path, publishing

    def test_one_thread(self) -> None:
        self.assertEqual(self.sweep()[2], 0)

    def test_libawait_in_the_program(self) -> None:
        self.assertEqual(self.sweep(program=EVENTS_STATIC, every=5)[2], 0)

    def test_two_threads(self) -> None:
        self.assertLessEqual(self.sweep("idle")[2], 6)  # see docs/gdb.md

    def test_run(self) -> None:
        # Until the wait begins, whose run is seen.
        for arguments in ((), ("idle",)):
            how = {"event": "run twice", "until": "await_core_wait"}
            self.assertEqual(self.sweep(*arguments, **how)[2], 0)


class Sinks(unittest.TestCase):
    """The same where sinks come and go, which arm and disarm the same words."""

    def setUp(self) -> None:
        skip_without_debug_information(self)

    def test_sink_removed(self) -> None:
        # While it listens, and after each instruction where it is removed.
        for event, steps in (("hit twice", 10), ("run other", 5)):
            with tempfile.TemporaryDirectory() as scratch:
                script = Path(scratch) / "script.py"
                script.write_text(
                    self.REMOVING.replace("EVENT", event).replace("STEPS", str(steps))
                )
                output = gdb(
                    "start", f"source {script}", program=EVENTS, arguments=("sinks",)
                )
            self.assertEqual(re.findall("(?m)^(?:missed|left armed) .*", output), [])
            self.assertIn(f"\nseen {4 * steps}\n", output)

    REMOVING = (
        PRELUDE
        + """
seen = 0
for start in ("events.c:begin", "await_sink_remove", "slab_walk", "unwatch"):
    for step in range(STEPS):
        quietly("tbreak events.c:begin")
        quietly("continue")
        if start != "events.c:begin":
            quietly(f"tbreak {start}")
            quietly("continue")
        if step:
            quietly(f"stepi {step}")
        where = quietly("info symbol $pc").split(" in section")[0]
        round = value("rounds")
        quietly("await break EVENT")
        number = max(b.number for b in gdb.breakpoints())
        quietly("continue")
        if gdb.newest_frame().name() == "await_trap" and value("rounds") == round:
            seen += 1
        else:
            print("missed at", start, step, where)
        quietly(f"delete {number}")
        if value("trap.events") or value("await_armed"):
            print("left armed at", start, step, where)
print("seen", seen)
"""
    )

    def test_while_a_sink_is_added(self) -> None:
        # After each instruction that stores the same words, and before and behind
        # them: what sinks want and what the debugger wants is there at the end.
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script.py"
            script.write_text(self.ARMING)
            output = gdb(
                "start", f"source {script}", program=EVENTS, arguments=("sinks",),
                seconds=3 * SECONDS,
            )  # fmt: skip
        # 0xa is the sink's, 0x104 the debugger's.
        self.assertEqual(
            set(re.findall(r"(?m)^set .*$", output)), {"set 10e 10e 104 104"}
        )
        self.assertEqual(set(re.findall(r"(?m)^unset .*$", output)), {"unset a a 0 0"})
        self.assertIn("\nsteps 20\n", output)

    ARMING = (
        PRELUDE
        + """
def words(what):
    names = ("await_armed", "sink_armed_", "trap.events", "trap.filters[0].events")
    print(what, *(format(value(name), "x") for name in names))
def go_to(place):
    quietly(f"tbreak {place}")
    quietly("continue")
def last():
    return max(b.number for b in gdb.breakpoints())
for step in range(20):
    for after in ("set", "unset"):
        go_to("events.c:begin")
        if after == "unset":
            quietly("await break resolve nosuch")
            number = last()
        go_to("await_sink_add")
        go_to("store_armed")
        if step:
            quietly(f"stepi {step}")
        if after == "set":
            quietly("await break resolve nosuch")
            number = last()
        else:
            quietly(f"delete {number}")
        go_to("events.c:begin")
        words(after)
        if after == "set":
            quietly(f"delete {number}")
print("steps", step + 1)
"""
    )


if __name__ == "__main__":
    tap.main()
