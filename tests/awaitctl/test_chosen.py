# SPDX-License-Identifier: MIT
"""Options that make a report of a part of the recording. test_figures.py has their
figures, of all kinds of recordings."""

from __future__ import annotations

import csv
import io
import json
import re
import typing

import harness
from harness import AWAITCTL, SYNTHETIC, run

import tap

LINES = (
    *("create 1 outer 1", "begin 1 outer 1"),
    *("create 2 inner 2", "block 2 1", "unblock 2 1", "waited 2 0 3"),
    *("block 2 1", "unblock 2 1", "block 2", "unblock 2"),
    *("block 2 77", "unblock 2 77", "end 1 0 5000"),
    *("create 3 fails 3", "begin 3 fails 1", "end 3 -5 900", "destroy 3"),
    *("create 4 fails 4", "begin 4 fails 1", "end 4 0 70", "destroy 4"),
    "create 5 idle 5",
)


class Case(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        out = self.recorded(SYNTHETIC, input="\n".join(LINES) + "\n")
        self.assertEqual(out.returncode, 0, out.stderr)

    def text(self, *options: object, status: int = 0) -> str:
        out = run(AWAITCTL, "report", *options, self.trace)
        self.assertEqual((out.returncode, out.stderr), (status, ""))
        return out.stdout

    def json(self, *options: object) -> dict[str, typing.Any]:
        return json.loads(self.text("--json", *options))


class Chosen(Case):
    def test_by_function(self) -> None:
        text = self.text("--function", "[of]*")
        self.assertIn("Only what passes --function [of]*: ", text)
        self.assertEqual(set(harness.Report.parse(text).functions), {"outer", "fails"})
        self.assertIn("(functions: 2, processes: 1)", text)
        report = self.json("--function", "[of]*")
        self.assertEqual(report["only"], {"function": "[of]*"})
        self.assertEqual(report["blocked_by"], [])

    def test_by_site(self) -> None:
        report = self.json("--site", "thing.c:4")
        self.assertEqual(report["only"], {"site": "thing.c:4"})
        self.assertEqual([x["line"] for x in report["sites"]], [4])
        self.assertEqual(report["all"]["created"], 1)
        self.assertEqual([x["id"] for x in report["slowest"]], ["#4"])

    def test_failed(self) -> None:
        """Rows with failed runs, each with all of its own."""
        report = self.json("--failed")
        self.assertEqual(report["only"], {"failed": True})
        self.assertEqual([x["function"] for x in report["functions"]], ["fails"])
        self.assertEqual(report["functions"][0]["runs"], 2)
        self.assertEqual([x["line"] for x in report["sites"]], [3])
        self.assertEqual(report["all"]["created"], 5)
        self.assertEqual([x["id"] for x in report["slowest"]], ["#3"])
        self.assertEqual(len(report["processes"]), 1)
        self.assertIn("Only what passes --failed: ", self.text("--failed"))

    def test_of_a_thread(self) -> None:
        """What belongs to an await is unknown."""
        (thread,) = self.json()["threads"]
        tid = thread["thread"]
        report = self.json("--tid", tid)
        self.assertEqual(report["only"], {"tid": tid})
        for row in (report["all"], *report["functions"], *report["sites"]):
            self.assertIsNone(row["never_waited"])
            self.assertIsNone(row["running"])
        self.assertEqual(report["all"]["created"], 5)
        text = self.text("--tid", tid)
        self.assertIn(" unknown never waited, unknown still running ", text)
        self.assertRegex(text, r"(?m)^outer .* \? +5.00 us +5.00 us$")
        self.assertNotIn("LOOK AT", text)
        out = run(AWAITCTL, "report", "--csv", "--tid", tid, self.trace)
        self.assertEqual(out.returncode, 0)
        self.assertEqual(out.stderr, f"awaitctl: only what passes --tid {tid}\n")
        for line in csv.DictReader(io.StringIO(out.stdout, newline="")):
            self.assertEqual(line["never_waited"], "")
            self.assertNotEqual(line["created"], "")

    def test_times(self) -> None:
        duration = self.json()["when"]["duration_ns"]
        whole = self.json("--since", "0")
        self.assertEqual(whole["only"], {"since_ns": 0})
        self.assertEqual(whole["all"]["created"], 5)
        # What is at that time is behind it.
        report = self.json("--until", "-0s", "--since", f"-{duration}ns")
        self.assertEqual(report["only"], {"since_ns": 0, "until_ns": duration})
        self.assertEqual(report["all"]["created"], 4)
        self.assertEqual(report["all"]["run_time"], whole["all"]["run_time"])
        self.assertIn("--since 0s", self.text("--since", "0s"))

    def test_checks_of_a_part(self) -> None:
        """Nobody has waited for idle."""
        for function, status in (("outer", 0), ("idle", 1)):
            self.text("--check", "--function", function, status=status)

    def test_nothing(self) -> None:
        for options in (
            *(("--function", "none"), ("--site", "hing.c"), ("--site", "thing.c:9")),
            *(("--pid", "1"), ("--tid", "1"), ("--since", "100"), ("--until", "0")),
            *(("--failed", "--function", "outer"), ("--since", "1", "--until", "1")),
        ):
            for form in (), ("--json",), ("--csv",), ("--by", "site"), ("--check",):
                with self.subTest(options=options, form=form):
                    out = run(AWAITCTL, "report", *form, *options, self.trace)
                    self.assertEqual((out.returncode, out.stdout), (1, ""))
                    self.assertEqual(
                        out.stderr,
                        f"awaitctl: {self.trace}: nothing in it passes "
                        f"{' '.join(options)}\n".replace(
                            "--failed --function outer", "--function outer --failed"
                        ),
                    )

    def test_refused(self) -> None:
        no_number = "not the number of a process or thread: "
        no_time = "not a time, as 1.5s, 200ms, 12us, or a number of seconds: "
        for option, value, what in (
            *(("--pid", "0", no_number), ("--pid", "x", no_number)),
            *(("--tid", "-1", no_number), ("--since", "soon", no_time)),
            *(("--until", "1.s", no_time), ("--until", "", no_time)),
        ):
            with self.subTest(option=option, value=value):
                out = run(AWAITCTL, "report", option, value, self.trace)
                self.assertEqual(
                    (out.returncode, out.stdout, out.stderr),
                    (
                        2,
                        "",
                        f"awaitctl: report: {what}{value}; see awaitctl --help\n",
                    ),
                )

    def test_page_is_of_everything(self) -> None:
        out = run(AWAITCTL, "report", "--html=page", "--pid", 7, self.trace)
        self.assertEqual((out.returncode, out.stdout), (2, ""))
        self.assertEqual(
            out.stderr,
            "awaitctl: report: --html is of the whole recording, without --pid 7; see "
            "awaitctl --help\n",
        )

    def test_damaged(self) -> None:
        """Read twice for its times, said once."""
        self.trace = self.dir / "long"
        out = self.recorded(*harness.ON_ONE, harness.APP, "burst", 20000, input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        harness.damage(self.trace)
        out = run(AWAITCTL, "report", "--since", "0", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(
            out.stderr, r"\Aawaitctl: cannot read all of the trace in .*\n\Z"
        )
        whole = run(AWAITCTL, "report", self.trace).stdout
        # Of awaits whose creation is not in it nobody knows the time.
        awaits = re.search("(?m)^Awaits: .* cached hits", whole)
        assert awaits
        self.assertIn(awaits[0], out.stdout)


class Hidden(harness.Case):
    def test_failed(self) -> None:
        """How runs ended the recording did not tell."""
        self.record_with("--filter", "error == -2")
        out = run(AWAITCTL, "report", "--failed", self.trace)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertIn(": what failed is unknown, as the filter", out.stderr)


class Whole(Case):
    def test_who_blocked_whom(self) -> None:
        rows = re.findall(
            r"(?m)^(outer|\(no await\)|\(unknown\)) +(inner) +(\d)( +\S+ [nu]s){3}$",
            self.text(),
        )
        self.assertEqual(
            sorted(row[:3] for row in rows),
            [
                ("(no await)", "inner", "1"),
                ("(unknown)", "inner", "1"),
                ("outer", "inner", "2"),
            ],
        )
        edges = self.json()["blocked_by"]
        self.assertEqual(
            {
                x["waiter"]: (x["waiter_type"] if x["waiter"] else None, x["count"])
                for x in edges
            },
            {"outer": ("thing", 2), "(unknown)": ("", 1), None: (None, 1)},
        )
        totals = [x["total_ns"] for x in edges]
        self.assertEqual(totals, sorted(totals, reverse=True))
        text = self.text("-n", 1)
        self.assertIn("\nand 2 more\n", text.partition("Who blocked whom\n")[2])

    def test_no_rows(self) -> None:
        """Then there is no head of a table either."""
        text = self.text("-n", 0)
        for head in "LOOK AT", "more", "Who blocked", "Slowest", "Unfinished":
            self.assertNotIn(head, text)

    def test_when(self) -> None:
        text = self.text()
        self.assertRegex(
            text,
            r"(?m)^From \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d{4} on, for "
            r"\S+ [mnu]?s$",
        )
        for name, most in ("created", "[1-5]"), ("runs", "[1-3]"), ("waits", r"\d"):
            self.assertRegex(
                text, rf"(?m)^{name} *\|[ .:=+*#@-]{{24,48}}\| at most {most}$"
            )

        self.assertRegex(text, r"(?m)^Each sign is \S+ [nu]s, from \S+ [mnu]?s on\.$")

    def test_explained_once(self) -> None:
        for options in (), ("--by", "site"), ("--by", "thread"):
            self.assertEqual(self.text(*options).count("Percentiles are at most"), 1)


if __name__ == "__main__":
    tap.main()
