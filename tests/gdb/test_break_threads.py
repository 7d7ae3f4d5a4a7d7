# SPDX-License-Identifier: MIT
"""`await break` in programs with many threads."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from breaktest import CLEAN, START  # noqa: E402
from gdbtest import BREAKPOINTS, EVENTS, SELECTED, gdb  # noqa: E402


class Threads(unittest.TestCase):
    def test_added_and_removed(self) -> None:
        # While 8 threads are wherever they are.
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script.py"
            script.write_text(self.BUSY)
            output = gdb(
                *START, f"source {script}", *CLEAN, "continue",
                program=EVENTS, arguments=("threads", "8"),
            )  # fmt: skip
        for event in ("hit", "run", "create", "resolve", "destroy"):
            self.assertEqual(output.count(f"\n{event} 10 0\n"), 1, output)
        self.assertIn("\n0x0\n0x0\n0\n0\n", output)
        self.assertIn("end 0\n", output)  # gdb writes there, too

    BUSY = """
import gdb
def quietly(command):
    return gdb.execute(command, to_string=True)
def number():
    return max(b.number for b in gdb.breakpoints())
def is_trapped():
    return gdb.newest_frame().name() == "await_trap"
quietly("break other if n > 8")
elsewhere = number()
quietly("continue")
for event in ("hit", "run", "create", "resolve", "destroy"):
    seen = wrong = 0
    for turn in range(10):
        quietly(f"await break {event} twice")
        ours = number()
        quietly(f"disable {elsewhere}")
        quietly("continue")
        seen += is_trapped()
        quietly(f"delete {ours}")
        quietly(f"enable {elsewhere}")
        quietly("continue")
        wrong += is_trapped()
    print(event, seen, wrong)
quietly("delete")
"""

    def test_all_are_seen(self) -> None:
        # 8 threads, 500 awaits of twice() each; every hit is counted.
        output = gdb(
            *START, "await break hit twice", "ignore 2 100000", "continue",
            BREAKPOINTS, program=EVENTS, arguments=("threads", "4"),
        )  # fmt: skip
        self.assertIn("end 0\n", output)
        self.assertIn("\nbreakpoint 2: 2000 hits,", output)

    def test_from_when_it_is_set(self) -> None:
        # While four threads are anywhere: each may be in one hit just then.
        output = gdb(
            "break twice if n == 301", "run", "delete", "output begun",
            "echo \\n", "await break hit twice", "ignore 2 100000", "continue",
            BREAKPOINTS, program=EVENTS, arguments=("threads", "4"),
        )  # fmt: skip
        self.assertIn("end 0\n", output)
        before = re.search(r"(?m)^(\d+)$", output)
        seen = re.search(r"breakpoint \d+: (\d+) hits", output)
        assert before and seen
        self.assertGreater(int(before[1]), 0)
        missed = 2000 - int(before[1]) - int(seen[1])
        self.assertTrue(-4 <= missed <= 4, output)

    def test_which_thread(self) -> None:
        output = gdb(
            *START, "await break run other if $_thread == 3", "continue", SELECTED,
            program=EVENTS, arguments=("threads", "4"),
        )  # fmt: skip
        self.assertRegex(output, r"other: runs other\(\d+\) on thread 3 ")
        self.assertIn("\nselected: thread 3\n", output)

    def test_non_stop(self) -> None:
        output = gdb(
            "set non-stop on", "break bottom", "break begin", "run", "delete",
            "continue&", "await break hit twice", "info breakpoints", "interrupt -a",
            program=EVENTS, arguments=("rounds", "idle"),
        )  # fmt: skip
        line = "await break 3: hit twice (from when all threads are stopped; "
        self.assertIn(line, output)


if __name__ == "__main__":
    tap.main()
