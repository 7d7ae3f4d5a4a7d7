# SPDX-License-Identifier: MIT
"""awaitctl report: figures from events that are known to the nanosecond, and
traces that are not whole."""

from __future__ import annotations

import os
import re
import shutil
import unittest

import harness
from harness import APP, AWAITCTL, SYNTHETIC, run

import tap


class Figures(harness.Case):
    def emit(self, *lines: str) -> harness.Report:
        out = self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        return self.report()

    def test_names_that_a_terminal_must_not_see(self) -> None:
        text = "create 1 evil\x1b[2J\udcff\xe9\u20ac\udce2 7\n"
        out = self.recorded(SYNTHETIC, input=text, errors="surrogateescape")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn("evil\\x1b[2J\\xff\xe9\u20ac\\xe2", self.report().functions)

    def test_times(self) -> None:
        durations = {
            1: (999, "999 ns"),
            2: (1000, "1.00 us"),
            3: (9994, "9.99 us"),
            4: (9996, "10.0 us"),
            5: (99940, "99.9 us"),
            6: (99960, "100 us"),
            7: (999400, "999 us"),
            8: (999600, "1.00 ms"),
            9: (1234567890, "1.23 s"),
            10: (12345 * 10**9, "12345 s"),
        }
        lines = []
        for i, (ns, _) in durations.items():
            lines += [f"create {i} f{i} 1", f"begin {i} f{i} 1"]
            lines += [f"end {i} 0 {ns}"]
        report = self.emit(*lines)
        for i, (_, text) in durations.items():
            self.assertEqual(report.times[f"f{i}"], (text, text))
        # Slowest first, and the table by total time.
        order = [f"f{i}" for i in reversed(durations)]
        self.assertEqual([r["function"] for r in report.slowest], order)
        self.assertEqual(list(report.functions), order)

    def test_total_and_max(self) -> None:
        report = self.emit(
            "create 1 f 10",
            "create 2 f 10",
            "begin 1 f 1",
            "end 1 -2 5000",
            "begin 1 f 2",
            "end 1 0 70000",
            "begin 2 f 1",
            "end 2 7 6000",
        )
        self.assertEqual(report.functions, {"f": (2, 3, 2, 0, 0)})
        self.assertEqual(report.times["f"], ("81.0 us", "70.0 us"))
        # A first wait is the first run, whatever a retry took.
        self.assertEqual(
            report.slowest,
            [
                {
                    "time": "6.00 us",
                    "id": "#2",
                    "function": "f",
                    "result": "failed: 7, 1 attempt",
                    "wait": "0x10",
                    "create": "thing.c:10",
                },
                {
                    "time": "5.00 us",
                    "id": "#1",
                    "function": "f",
                    "result": "failed: -ENOENT (No such file or directory), 1 attempt",
                    "wait": "0x10",
                    "create": "thing.c:10",
                },
            ],
        )

    def test_never_waited(self) -> None:
        report = self.emit(
            *(f"create {i} f 1" for i in range(1, 6)),
            "hit 1",
            "begin 2 f 1",
            "end 2 0 1",
            "begin 3 f 1",
            "destroy 4",
        )
        self.assertEqual(report.functions, {"f": (5, 2, 0, 1, 2)})
        self.assertEqual(report.totals["still running"], 1)
        self.assertEqual(report.totals["never waited"], 2)

    def test_waits_without_a_value(self) -> None:
        """Whoever waited has waited; a start is no wait."""
        pending, running, failed, cancelled = 1, 2, 4, 5
        report = self.emit(
            *(f"create {i} f 1" for i in range(1, 9)),
            f"waited 1 -110 {pending}",
            f"waited 2 -35 {running}",
            f"waited 2 -110 {running}",
            # Errors of functions, also where they look like another's.
            f"waited 3 -110 {failed}",
            f"waited 3 -125 {failed}",
            f"waited 4 -125 {cancelled}",
            f"waited 4 -10 {failed}",
            "waited 5 0",
            "block 6",
            "start 7 f 1",
            "end 7 0 1",
            "begin 9 g 1",
            "end 9 0 1",
            "waited 9 0",
        )
        self.assertEqual(report.functions["f"], (8, 1, 0, 0, 2))
        self.assertEqual(report.ends, {"f": (2, 2, 2, 1)})

    def test_no_waits_without_a_value(self) -> None:
        report = self.emit("create 1 f 1", "waited 1 0", "waited 1 0")
        self.assertEqual(report.functions, {"f": (1, 0, 0, 0, 0)})
        self.assertEqual(report.ends, {})
        self.assertNotIn("without a value", report.text)

    def test_unseen_creation(self) -> None:
        report = self.emit(
            "begin 1 known 1",
            "end 1 0 1000",
            "hit 1",
            "hit 2",
            "end 3 0 500",
            "begin 4 retry 2",
            "end 4 0 7000",
        )
        self.assertEqual(
            report.functions,
            {
                "known": (0, 1, 0, 1, 0),
                "retry": (0, 1, 0, 0, 0),
                "(unknown)": (0, 1, 0, 1, 0),
            },
        )
        self.assertEqual(report.times["(unknown)"], ("500 ns", "500 ns"))
        # Where and when the others' first runs began nobody knows.
        self.assertEqual([r["id"] for r in report.slowest], ["#1"])
        self.assertEqual(report.slowest[0]["create"], "(not recorded)")

    def test_lost_end(self) -> None:
        report = self.emit("begin 1 f 1", "begin 1 f 2", "end 1 0 9000")
        self.assertEqual(report.functions, {"f": (0, 2, 0, 0, 0)})
        self.assertEqual(report.slowest, [])

    def test_dumped_as_it_begins(self) -> None:
        """It runs before it says so, and a state dump may come in between: that
        is one run. What is dumped and what begins may be two, too."""
        report = self.emit(
            "create 1 f 1",
            "running 1 f 1",
            "begin 1 f 1",
            "end 1 0 2000",
            "create 2 f 1",
            "running 2 f 1",
            "begin 2 f 2",
            "end 2 0 1000",
        )
        self.assertEqual(report.functions, {"f": (2, 3, 0, 0, 0)})
        self.assertEqual([r["id"] for r in report.slowest], ["#1"])
        self.assertIn(" 0 still running ", report.text)

    def test_ids(self) -> None:
        second = (2 << 32) + 9
        report = self.emit(
            "create 9 f 1",
            "begin 9 f 1",
            "end 9 0 2000",
            "destroy 9",
            f"create {second} f 2",
            f"begin {second} f 1",
            f"end {second} 0 1000",
        )
        self.assertEqual(
            [(r["id"], r["create"]) for r in report.slowest],
            [("#9", "thing.c:1"), ("#9.2", "thing.c:2")],
        )

    def test_same_id_twice(self) -> None:
        """As when a process executes another program."""
        report = self.emit("create 1 f 1", "hit 1", "create 1 f 1")
        self.assertEqual(report.functions, {"f": (2, 0, 0, 1, 1)})

    def test_many(self) -> None:
        """Tables grow, and nothing is lost on the way."""
        lines = []
        for i in range(1, 5001):
            lines += [f"create {i} f{i % 100} {i}", f"begin {i} f{i % 100} 1"]
            lines += [f"end {i} 0 {i}", "repeat 3", f"hit {i}"]
        report = self.emit(*lines)
        self.assertEqual(
            report.functions,
            {f"f{i}": (50, 50, 0, 150, 0) for i in range(100)},
        )
        self.assertEqual(len(report.slowest), 1000)
        self.assertEqual(report.slowest[0]["create"], "thing.c:5000")
        self.assertEqual(report.slowest[-1]["create"], "thing.c:4001")

    def test_how_many_slowest(self) -> None:
        lines = []
        for i in range(1, 13):
            lines += [f"begin {i} f 1", f"end {i} 0 {i}"]
        self.emit(*lines)
        for options, count in ((), 10), (("-n", "3"), 3), (("-n", "0"), 0):
            out = run(AWAITCTL, "report", *options, self.trace)
            self.assertEqual(out.returncode, 0)
            report = harness.Report.parse(out.stdout)
            self.assertEqual(len(report.slowest), count)


class Files(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.app = self.dir / "app"
        shutil.copy(APP, self.app)
        # A sanitizer's dlopen() does not ask libawait.so where its tracer lies.
        files = os.environ["LIBAWAIT"], os.environ["LIBAWAIT_TRACER"]
        self.environment = {
            **os.environ,
            "LD_LIBRARY_PATH": ":".join(map(os.path.dirname, files)),
        }

    def waits(self) -> str:
        return self.report().slow("outer")[0]["wait"]

    def test_without_debug_information(self) -> None:
        strip = run("strip", "-g", self.app)
        self.assertEqual(strip.returncode, 0, strip.stderr)
        out = self.recorded(self.app, "exit", 0, env=self.environment)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertRegex(self.waits(), r"^app\+0x[0-9a-f]+$")

    def test_rebuilt_program(self) -> None:
        out = self.recorded(self.app, "exit", 0, env=self.environment)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertRegex(self.waits(), r"app\.c:\d+$")
        shutil.copy(SYNTHETIC, self.app)
        self.assertRegex(self.waits(), r"^app\+0x[0-9a-f]+$")

    def test_removed_program(self) -> None:
        self.recorded(self.app, "exit", 0, env=self.environment)
        self.app.unlink()
        self.assertRegex(self.waits(), r"^app\+0x[0-9a-f]+$")

    def test_damaged(self) -> None:
        out = self.recorded(*harness.ON_ONE, APP, "burst", 20000, input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        whole = self.report()
        self.assertEqual(whole.functions, {"square": (20000, 20000, 0, 0, 0)})
        harness.damage(self.trace)
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(
            out.stderr, r"\Aawaitctl: cannot read all of the trace in .*\n\Z"
        )
        self.assertTrue(
            out.stdout.startswith("*** TRACE DAMAGED, read up to where"),
            out.stdout,
        )
        # By its type, too: the damage may begin inside that very field, and
        # make a row of its own for the same function.
        row = re.search(r"^square +int +(\d+) ", out.stdout, re.M)
        assert row, out.stdout
        self.assertLess(0, int(row[1]))
        self.assertLess(int(row[1]), 20000)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
