# SPDX-License-Identifier: MIT
"""A recording's report in JSON, whole and in parts, held against recount.py."""

from __future__ import annotations

import json
import typing

import harness
from harness import APP, AWAITCTL, run

from recount import Choice, Figures, Recount, percentile, recount
from recritical import critical

COUNTS = (
    *("created", "runs", "failed", "running", "cut_short"),
    *("hits", "waits", "never_waited", "failed_unseen", "promises_dropped"),
    *("cycles", "asleep", "most_runs"),
)
OF_AWAITS = (
    *("running", "cut_short", "never_waited", "failed_unseen"),
    *("promises_dropped", "asleep", "most_runs"),
)
TIMES = "run_time", "blocked_time", "slack"
OF_WAITS = (
    *("waits", "never_waited", "failed_unseen", "asleep", "most_runs"),
    *("blocked_time", "slack"),
)


class Case(harness.Case):
    def check(
        self, hidden: tuple[str, ...] = (), status: int = 0
    ) -> dict[str, typing.Any]:
        """Of self.trace; of what is hidden by a filter nothing is to be said."""
        text = run("babeltrace2", "--clock-seconds", self.trace).stdout
        report, whole = self.check_with(text, (), Choice(), hidden, status)
        self.check_path(report["critical_path"], text, hidden)
        for options, choice in self.choices(whole):
            with self.subTest(options=options):
                self.check_with(text, options, choice, hidden, status)
        return report

    def check_path(
        self,
        path: dict[str, typing.Any] | None,
        text: str,
        hidden: tuple[str, ...],
    ) -> None:
        if hidden:
            self.assertIsNone(path)
            return
        assert path
        began, ended, parts = critical(text, path["pid"])
        names = "does", "function", "file", "line"
        told = {tuple(x.get(name) for name in names): x["ns"] for x in path["parts"]}
        # What sleeps when the recording ends does so for longer than events tell.
        slept = {x for x in told if x[0] == "sleeps" and x not in parts}
        if not slept:
            self.assertEqual(path["ns"], ended - began)
        some = {x: told[x] for x in told if x not in slept and told[x]}
        self.assertEqual(some, {x: parts[x] for x in parts if parts[x]})
        self.assertEqual(sum(told.values()), path["ns"])

    def choices(
        self, whole: Recount
    ) -> typing.Iterator[tuple[tuple[object, ...], Choice]]:
        """Parts of it, of which some may have nothing in them."""
        first, last = min(whole.times), max(whole.times)
        functions = sorted(key for kind, key in whole.figures if kind == "function")
        sites = [x for kind, x in whole.figures if kind == "site" and x[1]]
        pid, tid = max(whole.threads)
        middle = sorted(whole.times)[len(whole.times) // 2]
        third = (last - first) // 3
        late = f"{third / 10**9:.9f}s"
        third = round(float(late[:-1]) * 10**9)
        yield (
            ("--function", functions[0], "--until", f"{middle - first}ns"),
            Choice(functions[0], until=middle),
        )
        yield (
            ("--tid", tid, "--since", f"{(middle - first) / 1000:.3f}us"),
            Choice(tid=tid, since=middle),
        )
        yield (
            ("--since", late, "--until", f"-{late}", "--pid", pid),
            Choice(pid=pid, since=first + third, until=last - third),
        )
        if sites:
            _, file, line = sorted(sites)[-1]
            site = f"{file.rpartition('/')[2]}:{line}"
            yield ("--site", site), Choice(site=site)

    def check_with(
        self,
        text: str,
        options: tuple[object, ...],
        choice: Choice,
        hidden: tuple[str, ...],
        status: int,
    ) -> tuple[dict[str, typing.Any], Recount]:
        out = run(AWAITCTL, "report", "--json", "-n", 10**6, *options, self.trace)
        count = recount(text, choice)
        figures = count.figures
        expected = {x for x in figures if any(vars(figures[x]).values())}
        if not expected:
            self.assertEqual((out.returncode, out.stdout), (1, ""))
            self.assertIn(": nothing in it passes --", out.stderr)
            return {}, count
        self.assertEqual(out.returncode, status, out.stderr)
        report = json.loads(out.stdout)
        self.assertEqual("only" in report, bool(options))
        if choice.tid is not None:
            hidden = (*hidden, *OF_AWAITS)
        seen = set()
        for kind, rows in (
            ("function", report["functions"]),
            ("site", report["sites"]),
            ("thread", report["threads"]),
        ):
            for row in rows:
                key = kind, self.key_of(kind, row)
                seen.add(key)
                with self.subTest(key=key):
                    self.compare(row, figures[key], kind, hidden)
        self.assertEqual(seen, expected)
        self.compare_whole(report, count, hidden)
        return report, count

    def compare_whole(
        self, report: dict[str, typing.Any], count: Recount, hidden: tuple[str, ...]
    ) -> None:
        when, first = report["when"], min(count.times)
        self.assertEqual(when["first_event_ns"], first)
        self.assertEqual(when["last_event_ns"], max(count.times))
        self.assertEqual(when["duration_ns"], max(count.times) - first)
        rates = when["rates"]
        for name, times in count.rates.items():
            if name in hidden:
                self.assertTrue(rates is None or rates[name] is None)
            elif rates is None:
                self.assertEqual(times, [], name)
            else:
                each = rates["interval_ns"]
                self.assertLessEqual(len(rates[name]), 48)
                self.assertTrue(each == 1 or len(rates[name]) >= 24)
                curve = [0] * len(rates[name])
                for time in times:
                    curve[(time - first - rates["from_ns"]) // each] += 1
                self.assertEqual(rates[name], curve, name)
        if "blocked_time" in hidden:
            self.assertIsNone(report["blocked_by"])
            return
        edges: dict[tuple[str | None, str], tuple[int, int, int]] = {}
        for edge in report["blocked_by"]:
            self.assertEqual(edge["average_ns"], edge["total_ns"] // edge["count"])
            edges[edge["waiter"], edge["function"]] = (
                *(edge["count"], edge["total_ns"], edge["max_ns"]),
            )
        self.assertEqual(len(edges), len(report["blocked_by"]))
        self.assertEqual(
            edges,
            {x: (len(y), sum(y), max(y)) for x, y in count.blocked_by.items()},
        )
        if "run_time" not in hidden:
            slow = [
                (row["took_ns"], row["function"], row["result"] == "failed")
                for row in report["slowest"]
                if row["result"] in ("resolved", "failed")
            ]
            self.assertEqual(sorted(slow), sorted(count.slowest))

    def burst(self, count: int, *options: str) -> None:
        program = APP, "burst", count
        out = self.recorded_with(*options, program=program, input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)

    def key_of(self, kind: str, row: dict[str, typing.Any]) -> typing.Any:
        if kind == "function":
            return row["function"]
        if kind == "site":
            return row["function"], row.get("file"), row.get("line", 0)
        return row["pid"], row["thread"]

    def compare(
        self,
        row: dict[str, typing.Any],
        figures: Figures,
        kind: str,
        hidden: tuple[str, ...],
    ) -> None:
        for name in COUNTS:
            unknown = name in hidden or (name in OF_AWAITS and kind == "thread")
            expected = None if unknown else getattr(figures, name)
            self.assertEqual(row[name], expected, name)
        for name in TIMES:
            durations = getattr(figures, name)
            times = row[name]
            if name in hidden or not durations:
                self.assertIsNone(times, name)
                continue
            self.assertEqual(
                (times["count"], times["total_ns"], times["min_ns"], times["max_ns"]),
                (len(durations), sum(durations), min(durations), max(durations)),
                name,
            )
            self.assertEqual(times["average_ns"], sum(durations) // len(durations))
            for percent in 50, 90, 99:
                exact = percentile(durations, percent)
                off = abs(times[f"p{percent}_ns"] - exact)
                self.assertLessEqual(off, exact // 100, f"{name}, {percent}")
