# SPDX-License-Identifier: MIT
"""The measuring scripts, --quick: their rows are right and complete, what they
print has the form that docs/performance.md explains, and nothing is left of
them. What they measure is not looked at: this takes seconds.

Inside tests/private-lttng, with AWAIT_BUILD. The peers that are missing here
are said to be.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
import tap  # noqa: E402
from results import FIELDS, faults  # noqa: E402

BUILD = os.environ["AWAIT_BUILD"]
NUMBER = r" +[\d.]+"


def processes() -> set[str]:
    """LTTng's daemons and what the scripts run, by id and name."""
    found = set()
    for comm in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            name = comm.read_text().strip()
        except OSError:
            continue  # it ended
        if name.startswith(("lttng-", "scaling-", "bench-rec", "start")):
            found.add(f"{comm.parent.name} {name}")
    return found


def shared() -> set[str]:
    """Shared memory; where each user's programs wait for LTTng stays."""
    return {x for x in os.listdir("/dev/shm") if not x.startswith("lttng-ust-wait-")}


class Scripts(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.temporary = pathlib.Path(holder.name, "temporary")
        self.temporary.mkdir()
        self.results = pathlib.Path(holder.name, "results")
        self.before = processes(), shared()

    def call(
        self, script: str, *args: str, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(HERE / script), *args],
            env=os.environ | {"TMPDIR": str(self.temporary)} | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def measured(self, script: str) -> tuple[str, list[dict]]:
        """What it prints, and its rows; nothing else is left."""
        done = self.call(script, "--quick", BUILD, str(self.results))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(os.listdir(self.temporary), [])
        self.assertEqual(self.before, (processes(), shared()))
        part = self.results / "parts" / script.replace(".py", ".json")
        rows = json.loads(part.read_text())
        for row in rows:
            self.assertEqual(faults(row), [])
        return done.stdout, [row for row in rows if "missing" not in row]

    def merged(self) -> dict:
        done = self.call("results.py", str(self.results))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return json.loads((self.results / "results.json").read_text())

    def test_start(self) -> None:
        text, rows = self.measured("start.py")
        count = {(row["op"], row["impl"]): row for row in rows}
        for impl in ("no library", "libawait", "libawait.a", "libawait, tracer loaded"):
            line = rf"^  {re.escape(impl)}{NUMBER * 4} +\d+ k +\d+ k$"
            self.assertRegex(text, re.compile(line, re.M))
            for op in ("RSS of a process", "PSS of a process"):
                self.assertGreater(count[op, impl]["bytes"], 0)
        # Instructions and bytes are the same on every run.
        process = {impl: row for (op, impl), row in count.items() if op == "process"}
        order = ("no library", "libawait", "libawait, tracer loaded")
        counts = [process[impl]["instructions"] for impl in order]
        self.assertEqual(counts, sorted(counts))
        self.assertLess(2 * counts[1], counts[2])  # it was loaded
        each = count["a pending await", "libawait"]["bytes"]
        self.assertTrue(32 <= each < 40, each)

    def test_scaling(self) -> None:
        text, rows = self.measured("scaling.py")
        axes = {"alive": {1, 1024}, "threads": {1, 3}, "depth": {1, 100}}
        for axis, values in axes.items():
            mine = [r for r in rows if r["x"]["name"] == axis]
            ops = {row["op"] for row in mine}
            self.assertEqual(len(ops), {"alive": 5, "threads": 3, "depth": 1}[axis])
            for op in ops:
                ours = [r for r in mine if (r["op"], r["impl"]) == (op, "libawait")]
                self.assertEqual({r["x"]["value"] for r in ours}, values, op)
                self.assertRegex(text, re.compile(rf"^{op}, ns", re.M))
        self.assertRegex(text, re.compile(rf"^ +1024{NUMBER * 3}  #+ +", re.M))
        self.assertIn(f"{len(os.sched_getaffinity(0))} cpus: with more threads", text)
        self.assertLessEqual({"libawait", "malloc"}, {row["impl"] for row in rows})
        if not shutil.which("gnuplot"):
            self.assertIn("no pictures: gnuplot is missing", text)
            self.skipTest("no pictures are looked at: install gnuplot-nox")
        self.check_pictures()

    def check_pictures(self) -> None:
        pictures = sorted(self.results.glob("*.svg"))
        self.assertEqual(len(pictures), 9, pictures)
        axis = {"alive": "awaits alive", "threads": "threads;", "depth": "chain"}
        for picture in pictures:
            done = subprocess.run(
                ["xmllint", "--noout", str(picture)], capture_output=True, timeout=60
            )
            self.assertEqual((done.returncode, done.stderr), (0, b""), picture)
            text = picture.read_text()
            words = "libawait", "ns an operation: median, p10 to p90"
            for word in (*words, axis[picture.name.partition("-")[0]]):
                self.assertIn(word, text)

    def test_recording(self) -> None:
        """It ends in an error if an event of a burst is not in the trace."""
        text, rows = self.measured("recording.py")
        for mode, events in ("events", 5), ("stacks: all", 8):
            line = rf"^  {mode}{NUMBER * 3} +{events}{NUMBER * 3} +(all|\d+.\d %)"
            self.assertRegex(text, re.compile(line, re.M))
        self.assertIn("by computation", text)
        size = {r["impl"]: r["bytes"] for r in rows if r["op"].endswith("recorded")}
        # A life's events: ids, contexts and headers, and 3 stacks of 15 frames.
        self.assertGreater(size["events"], 5 * 40)
        self.assertGreater(size["stacks: all"] - size["events"], 3 * 15 * 8)

    def test_reading(self) -> None:
        text, rows = self.measured("reading.py")
        seconds = r"( +\d+\.\d\d s){2} +\d+\.\d\d"
        for trace, events in ("events", 10000), ("ten times as many", 20000):
            line = rf"^  {trace} +{events}{seconds}{seconds}( +\d+\.\d){{2}} MiB$"
            self.assertRegex(text, re.compile(line, re.M))
        impls = {row["impl"] for row in rows}
        self.assertEqual(impls, {"libawait", "babeltrace2 -o dummy"})
        self.assertEqual(len(rows), 10)

    def test_record(self) -> None:
        """With a build to compare with, and without."""
        _, rows = self.measured("record.py")
        self.assertEqual({row["impl"] for row in rows}, {"libawait"})
        (self.results / "before").symlink_to(BUILD)
        text, rows = self.measured("record.py")
        ops = [
            f"record {what}, daemon {how}"
            for what in ("true", "an await")
            for how in ("started", "there")
        ]
        impls = "libawait", "libawait before"
        self.assertEqual(
            [(row["op"], row["impl"]) for row in rows],
            [(op, impl) for op in ops for impl in impls],
        )
        for row in rows:
            line = rf"^  {row['op']} +{row['impl']}{NUMBER * 3}$"
            self.assertRegex(text, re.compile(line, re.M))

    def test_merge(self) -> None:
        self.measured("start.py")
        merged = self.merged()
        for row in merged["rows"]:
            self.assertEqual(faults(row, merged=True), [])
            self.assertEqual(set(row) - {"x"}, set(FIELDS) - {"x"} | {"ratio"})
        ratios = [r["ratio"] for r in merged["rows"] if r["impl"] == "libawait"]
        self.assertEqual(set(ratios), {1.0})

    def test_wrong_calls(self) -> None:
        for script in ("start.py", "scaling.py", "recording.py", "record.py"):
            for args in ((), ("--fast", BUILD, "r"), (BUILD,)):
                done = self.call(script, *args)
                self.assertEqual(done.returncode, 2, (script, args))
                self.assertEqual(
                    done.stderr, f"usage: {script} [--quick] BUILD RESULTS\n"
                )
            done = self.call(script, "/nowhere", "r")
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r"\A/nowhere is no build directory.*\n\Z")

    def test_tools_that_are_missing(self) -> None:
        for script, tool in ("start.py", "valgrind"), ("recording.py", "lttng"):
            done = self.call(script, "--quick", BUILD, str(self.results), PATH="/none")
            self.assertEqual(done.returncode, 1, script)
            name = script.removesuffix(".py")
            self.assertRegex(done.stderr, rf"\A{name}: .*'{tool}[^\n]*\n\Z")


if __name__ == "__main__":
    tap.main()
