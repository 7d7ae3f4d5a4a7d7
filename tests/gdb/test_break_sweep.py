# SPDX-License-Identifier: MIT
"""`await break` set, or deleted, wherever a program may be stopped: after each
instruction of an await's life and of sinks that come and go."""

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


class Sweep(unittest.TestCase):
    """From the moment the command returns no hit goes unseen, at whatever
    instruction of the await's life the process was stopped."""

    SCRIPT = (
        PRELUDE
        + """
gdb.execute("break events.c:begin", to_string=True)
gdb.execute("set environment LD_BIND_NOW 1")
gdb.execute("run", to_string=True)
missed = tried = publishing = 0
step = 0
while True:
    if step:
        quietly(f"stepi {step}")
    where = quietly("info symbol $pc").split(" in section")[0]
    if value("at") != 0:
        break
    held = value("await_threads[1].publishing")
    round = value("rounds")
    quietly("await break hit twice")
    number = max(b.number for b in gdb.breakpoints())
    quietly("continue")
    seen = "await_trap" == gdb.newest_frame().name()
    tried += 1
    if not seen or value("rounds") != round:
        if held:
            publishing += 1
        else:
            missed += 1
            print("missed at", step, where, flush=True)
    quietly(f"delete {number}")
    if value("trap.events") or value("await_armed"):
        print("left armed at", step, where)
    if seen:
        quietly("continue")
    step += EVERY
print("tried", tried, "missed", missed, "publishing", publishing)
"""
    )

    def sweep(
        self, *arguments: str, program: Path = EVENTS, every: int = 1
    ) -> tuple[int, int, int]:
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "sweep.py"
            script.write_text(f"EVERY = {every}\n" + self.SCRIPT)
            output = gdb(
                f"source {STUB}", "start", f"source {script}", program=program,
                arguments=("rounds", *arguments), seconds=3 * SECONDS,
            )  # fmt: skip
        found = re.search(r"tried (\d+) missed (\d+) publishing (\d+)\n", output)
        self.assertTrue(found, output)
        self.assertNotIn("left armed", output)
        print("# " + (found[0] if found else "").strip(), flush=True)
        return tuple(map(int, found.groups()))  # type: ignore

    def test_one_thread(self) -> None:
        tried, missed, publishing = self.sweep()
        self.assertGreater(tried, 100)
        self.assertEqual((missed, publishing), (0, 0))

    def test_libawait_in_the_program(self) -> None:
        tried, missed, publishing = self.sweep(program=EVENTS_STATIC, every=5)
        self.assertGreater(tried, 20)
        self.assertEqual((missed, publishing), (0, 0))

    def test_two_threads(self) -> None:
        tried, missed, publishing = self.sweep("idle")
        self.assertGreater(tried, 100)
        self.assertEqual(missed, 0)
        self.assertLessEqual(publishing, 6)  # see docs/gdb.md

    RUN = (
        PRELUDE
        + """
quietly("break events.c:begin")
quietly("set environment LD_BIND_NOW 1")
quietly("run")
seen = missed = 0
for step in range(2000):
    if step:
        quietly(f"stepi {step}")
    where = quietly("info symbol $pc")
    if where.startswith("await_core_wait"):
        break
    round = value("rounds")
    quietly("await break run twice")
    number = max(b.number for b in gdb.breakpoints())
    quietly("continue")
    here = "await_trap" == gdb.newest_frame().name()
    if here and value("rounds") == round:
        seen += 1
    else:
        missed += 1
        print("missed at", step, where, flush=True)
    quietly(f"delete {number}")
    if value("trap.events") or value("await_armed"):
        print("left armed at", step, where)
    if here:
        quietly("continue")
print("seen", seen, "missed", missed)
"""
    )

    def test_run(self) -> None:
        # At every instruction until the wait begins, whose run is seen.
        for arguments in ((), ("idle",)):
            with tempfile.TemporaryDirectory() as scratch:
                script = Path(scratch) / "sweep.py"
                script.write_text(self.RUN)
                output = gdb(
                    "start", f"source {script}", program=EVENTS,
                    arguments=("rounds", *arguments),
                )  # fmt: skip
            found = re.search(r"\nseen (\d+) missed (\d+)\n", output)
            assert found, output
            self.assertGreater(int(found[1]), 30)
            self.assertEqual(int(found[2]), 0, output)
            self.assertNotIn("left armed", output)


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
        # After each instruction of the function that stores the same words:
        # what sinks want and what the debugger wants is there at the end.
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script.py"
            script.write_text(self.ARMING)
            output = gdb("start", f"source {script}")
        self.assertEqual(set(re.findall(r"(?m)^set .*$", output)), {"set 18 18 8 8"})
        self.assertEqual(
            set(re.findall(r"(?m)^unset .*$", output)), {"unset 10 10 0 0"}
        )
        self.assertIn("\nsteps 20\n", output)

    ARMING = """
import gdb
def quietly(command):
    return gdb.execute(command, to_string=True)
def words(what):
    names = ("await_armed", "sink_armed_", "trap.events", "trap.filters[0].events")
    print(what, *(format(int(gdb.parse_and_eval(name)), "x") for name in names))
quietly("break checkpoint")
for step in range(20):
    for after in ("set", "unset"):
        arming = gdb.Breakpoint("arm", internal=True)
        quietly("run")
        arming.delete()
        if after == "unset":
            quietly("await break hit outer")
        if step:
            quietly(f"stepi {step}")
        if after == "set":
            quietly("await break hit outer")
            number = max(b.number for b in gdb.breakpoints())
        else:
            quietly(f"delete {max(b.number for b in gdb.breakpoints())}")
        quietly("continue")
        words(after)
        if after == "set":
            quietly(f"delete {number}")
print("steps", step + 1)
"""


if __name__ == "__main__":
    tap.main()
