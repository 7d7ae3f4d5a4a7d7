# SPDX-License-Identifier: MIT
"""Each figure of each table of a report, computed again by recount.py, of all kinds
of recordings."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import typing

import harness
from harness import APP, AWAITCTL, SYNTHETIC, run

import tap
from figures_case import COUNTS, OF_WAITS, Case

UNSEEN = "1 failed, and no wait has seen the error"
NEVER = "1 of 1 were never waited for"
PROGRAM = os.environ["AWAITCTL_PROCESSES"]


class Kinds(Case):
    def test_whole(self) -> None:
        self.record_with()
        report = self.check()
        self.assertEqual(report["doubts"], [])
        self.assertTrue(report["all"]["slack"]["count"])

    def test_many(self) -> None:
        self.burst(2000)
        self.assertEqual(self.check()["all"]["runs"], 2000)

    def test_waits_that_sleep(self) -> None:
        lines = []
        for i in range(1, 300):
            lines += [f"create {i} f{i % 3} {i % 5}", f"block {i}"]
            lines += [f"unblock {i}", f"waited {i} 0"]
        out = self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.check()

    def test_relayed(self) -> None:
        """Two threads sleep, each for what the next one runs."""
        out = self.recorded(APP, "relay")
        self.assertEqual(out.returncode, 0, out.stderr)
        report = self.check()
        self.assertEqual(report["all"]["blocked_time"]["count"], 2)
        path = report["critical_path"]
        self.assertNotEqual(path["from_thread"], path["to_thread"])
        self.assertGreater(path["cut_ns"], 0)
        runs = [x["function"] for x in path["parts"] if x["does"] == "runs"]
        self.assertCountEqual(runs, ["slow", "relayed"])
        text = run(AWAITCTL, "report", self.trace).stdout
        self.assertIn("It is cut: what led to the first event of thread", text)

    def test_midway(self) -> None:
        """Beginnings and ends are missing, runs are repeated."""
        lines = [
            *("begin 1 known 1", "end 1 0 1000", "hit 1", "hit 2", "end 3 0 500"),
            *("begin 4 retry 2", "end 4 -5 7000", "begin 4 retry 3", "destroy 4"),
            *("create 5 f 1", "running 5 f 1", "begin 5 f 1", "end 5 0 2000"),
            *("create 6 f 1", "destroy 6", "create 7 f 2", "begin 7 f 1"),
            *("start 8 f 1", "end 8 0 900", "hit 8", "waited 9 -110 1"),
        ]
        out = self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.check()

    def test_filter_by_function(self) -> None:
        self.record_with("--filter", 'function == "square"')
        self.check()

    def test_filter_that_hides_waits(self) -> None:
        self.record_with("--filter", "attempt > 1 && parent == 0")
        self.check(hidden=OF_WAITS)

    def test_filter_that_hides_ends(self) -> None:
        self.record_with("--filter", "error == -2")
        report = self.check(
            hidden=(*("failed", "running", "cut_short", "run_time", *OF_WAITS),)
        )
        self.assertEqual(report["filter"], "error == -2")

    def test_processes(self) -> None:
        """Some are forked in a run, some execute another program."""
        out = self.recorded(PROGRAM, "fork", "spawn", "fork-in", "fork-return")
        self.assertEqual(out.returncode, 0, out.stderr)
        report = self.check()
        self.assertGreater(len(report["processes"]), 3)
        for name in COUNTS[:-1]:
            self.assertEqual(
                sum(row[name] for row in report["processes"]), report["all"][name]
            )

    def test_attached(self) -> None:
        app = self.traced("hang")
        awaitctl = self.attach("--attach", app.pid)
        os.kill(awaitctl.pid, signal.SIGTERM)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        report = self.check()
        self.assertEqual(report["all"]["running"], 1)
        self.assertEqual({x["does"] for x in report["unfinished"]}, {"runs", "waits"})

    def test_killed(self) -> None:
        app = self.record(APP, "die", 9)
        self.assertEqual(app.end(), 128 + 9)
        self.check()

    def test_snapshot(self) -> None:
        """The last events, of which the beginning was overwritten."""
        self.burst(500, "--snapshot", "--buffers=4kx2")
        (self.trace,) = self.trace.glob("snapshot*")
        self.check()

    def test_lossy(self) -> None:
        self.record_lossy()
        report = self.check()
        self.assertIn("events-discarded", [x["name"] for x in report["doubts"]])


class Text(Case):
    """The tables have what the JSON has."""

    def test_by(self) -> None:
        self.burst(200)
        for by, head in (
            ("function", r"FUNCTION +TYPE +CREATED +RUNS"),
            ("site", r"CREATED AT +FUNCTION +CREATED +RUNS"),
            ("process", r"PROCESS +CREATED +RUNS"),
            ("thread", r"THREAD +PROCESS +CREATED +RUNS"),
        ):
            with self.subTest(by=by):
                out = run(AWAITCTL, "report", "--by", by, self.trace)
                self.assertEqual((out.returncode, out.stderr), (0, ""))
                self.assertRegex(out.stdout, head)
                self.assertRegex(out.stdout, r"(?s)run time +200 +\d.* slack +200 +\d")
                self.assertNotIn("Slowest", out.stdout)

    def test_what_to_look_at(self) -> None:
        lines = [
            *("create 1 f 1", "create 2 g 2", "begin 2 g 1", "end 2 0 9", "hit 2"),
            *("create 3 h 3", "start 3 h 1", "end 3 -5 9", "destroy 3"),
        ]
        self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        for options, status in ((), 0), (("--check",), 1):
            out = run(AWAITCTL, "report", *options, self.trace)
            self.assertEqual((out.returncode, out.stderr), (status, ""))
            self.assertEqual(
                re.findall(r"(?m)^([a-z]+-[a-z]+)  +(\S+)  +(\w)  +(.*)$", out.stdout),
                [
                    ("failed-unseen", "thing.c:3", "h", UNSEEN),
                    ("never-waited", "thing.c:3", "h", NEVER),
                    ("never-waited", "thing.c:1", "f", NEVER),
                ],
            )
        out = run(AWAITCTL, "report", "--json", self.trace)
        self.assertEqual(
            [
                (x["name"], x["line"], x["text"])
                for x in json.loads(out.stdout)["look_at"]
            ],
            [
                ("failed-unseen", 3, UNSEEN),
                ("never-waited", 3, NEVER),
                ("never-waited", 1, NEVER),
            ],
        )

    def test_nothing_to_look_at(self) -> None:
        lines = ["create 1 f 1", "begin 1 f 1", "end 1 0 9", "hit 1", "destroy 1"]
        self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        out = run(AWAITCTL, "report", "--check", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertNotIn("LOOK AT", out.stdout)

    def test_sorted(self) -> None:
        lines = [
            *("create 1 slow 1", "begin 1 slow 1", "end 1 0 9000"),
            *("create 2 often 1", "create 3 often 1", "create 4 often 1"),
            *("begin 2 often 1", "end 2 -5 40", "hit 2"),
        ]
        self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        for key, first in (
            *(("total", "slow"), ("average", "slow"), ("p99", "slow"), ("max", "slow")),
            *(("created", "often"), ("failed", "often"), ("hits", "often")),
            *(("never-waited", "often"), ("name", "often"), ("waits", "often")),
        ):
            with self.subTest(key=key):
                out = run(AWAITCTL, "report", "--sort", key, self.trace)
                self.assertEqual(
                    next(iter(harness.Report.parse(out.stdout).functions)), first
                )
        out = run(AWAITCTL, "report", "--sort", "luck", self.trace)
        self.assertEqual(
            (out.returncode, out.stderr),
            (2, "awaitctl: report: cannot sort by luck; see awaitctl --help\n"),
        )

    def test_csv(self) -> None:
        """The same as in the JSON, row by row."""
        self.record_with()
        report = json.loads(run(AWAITCTL, "report", "--json", self.trace).stdout)
        for by, rows in (
            *(("function", report["functions"]), ("site", report["sites"])),
            *(("process", report["processes"]), ("thread", report["threads"])),
        ):
            out = run(AWAITCTL, "report", "--csv", "--by", by, self.trace)
            self.assertEqual((out.returncode, out.stderr), (0, ""))
            table = list(csv.DictReader(io.StringIO(out.stdout, newline="")))
            self.assertEqual(len(table), len(rows))
            for line, row in zip(table, rows):
                self.assertEqual(line, {name: self.field(row, name) for name in line})

    def field(self, row: dict[str, typing.Any], name: str) -> str:
        for short, long in (
            ("run", "run_time"),
            ("blocked", "blocked_time"),
            ("slack",) * 2,
        ):
            if name.startswith(f"{short}_"):
                times = row[long] or {"count": 0}
                row, name = times, name.removeprefix(f"{short}_")
        value = row.get(name)
        return "" if value is None else str(value)

    def test_csv_is_text(self) -> None:
        """Neither a formula nor a line of its own, whatever functions are called."""
        for i, (name, shown) in enumerate(
            (("=1+1", "'=1+1"), ('a"b', 'a"b'), ("a,b", "a,b"), ("a\x1bb", "a\\x1bb"))
        ):
            self.trace = self.dir / f"trace{i}"
            self.recorded(SYNTHETIC, input=f"create 1 {name} 1\n")
            out = run(AWAITCTL, "report", "--csv", self.trace)
            (line,) = csv.DictReader(io.StringIO(out.stdout, newline=""))
            self.assertEqual(line["function"], shown)

    def test_refused(self) -> None:
        out = run(AWAITCTL, "report", "--by", "color", self.dir)
        self.assertEqual(
            (out.returncode, out.stdout, out.stderr),
            (
                2,
                "",
                "awaitctl: report: not function, site, process or thread: color; see "
                "awaitctl --help\n",
            ),
        )


if __name__ == "__main__":
    tap.main()
