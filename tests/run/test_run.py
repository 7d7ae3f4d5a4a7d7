# SPDX-License-Identifier: MIT
"""./run as a user calls it: the demo and what it leaves, wrong calls, and how
much `./run test` does and tells.

Inside tests/private-lttng, with AWAIT_BUILD; the demo has a build directory of
its own, so it is tested from one build alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

TOP = Path(__file__).resolve().parent.parent.parent
OURS = Path(os.environ["AWAIT_BUILD"]) == TOP / "build/gcc"


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(TOP / "run"), *args],
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


def number(text: str, label: str) -> int:
    """The number of a line "label  number  remark", indented or not."""
    found = re.search(rf"^ *{label} +(\d+) ", text, re.M)
    assert found, f"no {label} in\n{text}"
    return int(found.group(1))


@unittest.skipUnless(OURS, "the demo is tested from build/gcc, this is another build")
class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.done = run("demo")
        assert cls.done.returncode == 0, cls.done.stdout + cls.done.stderr
        demo = TOP / "build/demo"
        cls.trace = demo / "trace"
        cls.hdrscan = (demo / "hdrscan.txt").read_text()
        cls.report = (demo / "report.txt").read_text()
        cls.gdb = (demo / "gdb.txt").read_text()

    def test_says_where_things_are(self) -> None:
        for name in ("trace", "report.txt", "gdb.txt"):
            self.assertIn(f"build/demo/{name}", self.done.stdout)
        self.assertIn(self.report.splitlines()[0][:60], self.done.stdout)

    def test_builds_only_what_it_shows(self) -> None:
        """So that no warning, and no test, is the end of it."""
        told = subprocess.run(
            ["meson", "introspect", "--buildoptions", TOP / "build/shown"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        options = {one["name"]: one["value"] for one in json.loads(told.stdout)}
        self.assertIs(options["werror"], False)
        built = {path.name for path in (TOP / "build/shown").rglob("*.o")}
        self.assertIn("tracer.c.o", built)
        self.assertNotIn("synthetic.c.o", built)

    def test_trace_is_ctf(self) -> None:
        done = subprocess.run(
            ["babeltrace2", str(self.trace)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" await:create_stack: ", done.stdout)
        self.assertNotIn("discarded", done.stderr)

    def test_report_agrees_with_hdrscan(self) -> None:
        """What the program counted and what was traced are the same."""
        totals = re.match(
            r"Awaits: (\d+) created, (\d+) runs, (\d+) failed, (\d+) cached hits, "
            r"(\d+) never waited, 0 still running",
            self.report,
        )
        assert totals, self.report
        created, runs, failed, hits, never = map(int, totals.groups())
        said = self.hdrscan
        self.assertEqual(
            created,
            number(said, "found") + number(said, "strays") + number(said, "missing"),
        )
        self.assertEqual(runs, number(said, "files") + number(said, "failed"))
        self.assertEqual(failed, number(said, "failed"))
        self.assertEqual(hits, number(said, "cached") + number(said, "weighed"))
        self.assertEqual(never, number(said, "never waited"))
        self.assertGreater(created, 1000)
        self.assertGreater(hits, 1000)

    def test_gdb_shows_the_same_live_and_on_the_core(self) -> None:
        live, core = self.gdb.split("The same process, from its core file:")
        for text in (live, core):
            self.assertRegex(text, r"\d+ awaits: \d+ pending, \d+ running")
            self.assertRegex(text, r"runs #\d+ scan_header, in it #\d+ scan_header")
            self.assertRegex(text, r"= Await<scan> #\d+ running scan_header\(\"/")
            self.assertRegex(text, r"resolved +scan +scan_header\(\.\.\.\) = {files = ")
            for trouble in ("Traceback", "Python", "Error in sourced"):
                self.assertNotIn(trouble, text)
        rows = [re.findall(r"^#\d+ +\w+ +scan .*:\d+", t, re.M) for t in (live, core)]
        self.assertGreater(len(rows[0]), 4)
        self.assertEqual(rows[0], rows[1])


class Calls(unittest.TestCase):
    def test_wrong(self) -> None:
        for args in ((), ("tset",), ("bench", "now"), ("on",), ("on", "sid")):
            done = run(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertIn("usage: ./run", done.stderr)

    def test_suite_that_is_not_there(self) -> None:
        """What an earlier run left is no answer. Meson ran no test, and said so."""
        with tempfile.TemporaryDirectory() as tmp:
            top = Path(tmp)
            log = top / "build/gcc/meson-logs/testlog.junit.xml"
            log.parent.mkdir(parents=True)
            log.write_text(JUNIT % "")
            (top / "build/gcc/build.ninja").touch()
            (top / "packages.txt").touch()
            (top / "tests").mkdir()
            shutil.copy(TOP / "tests/count.py", top / "tests")
            shutil.copy(TOP / "run", top)
            for tool in ("meson", "ninja"):
                (top / tool).write_text("#!/bin/sh\n")
                (top / tool).chmod(0o755)
            done = subprocess.run(
                [str(top / "run"), "test", "nosuch"],
                env=os.environ | {"PATH": f"{tmp}:{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                timeout=60,
            )
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("build/gcc: no test ran", done.stdout)

    def test_help(self) -> None:
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for command in "demo test long bench lint on matrix clean".split():
            self.assertRegex(done.stdout, rf"(?m)^  {command} +[\w\[]")

    def test_names_what_is_missing_where_it_cannot_install(self) -> None:
        with tempfile.TemporaryDirectory() as tools:
            for tool in "bash cat dirname readlink tr gcc pkg-config meson".split():
                found = shutil.which(tool)
                assert found, tool
                os.symlink(os.path.realpath(found), f"{tools}/{tool}")
            said = {}
            for command in "bench", "demo":
                done = run(command, PATH=tools)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                said[command] = done.stderr
        for stderr in said.values():
            self.assertRegex(
                stderr, r"\Arun: missing, by their names in Debian: .*\bgdb\b.*\n\Z"
            )
            self.assertNotIn("meson", stderr)
        # Of packages.txt the demo needs the first parts alone.
        self.assertIn(" clang ", said["bench"])
        self.assertNotIn(" clang ", said["demo"])


class Needed(unittest.TestCase):
    """What `./run test` builds with clang and sanitizers."""

    def test_is_what_some_suites_need(self) -> None:
        build = os.environ["AWAIT_BUILD"]
        done = subprocess.run(
            [sys.executable, TOP / "tests/needed.py", build, "stress"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        files = {Path(line).name for line in done.stdout.split()}
        self.assertLessEqual({"awaitctl", "libawait.a", "stress"}, files)
        self.assertFalse({"unit-life", "bench-tracing"} & files)


JUNIT = """<testsuites>
<testsuite name="p.p:gdb / gdb-log" time="80.4"><testcase name="a"/></testsuite>
<testsuite name="p.p:gdb+slow / gdb-info" time="2.0"><testcase name="b"/></testsuite>
<testsuite name="p.p:size / size" time="3"><testcase name="c">%s</testcase></testsuite>
</testsuites>"""


class Count(unittest.TestCase):
    """What `./run test` ends with."""

    def count(self, inside: str = "", text: str = JUNIT) -> tuple[int, list[str]]:
        with tempfile.TemporaryDirectory() as tmp:
            log = Path(tmp, "build/gcc/meson-logs/testlog.junit.xml")
            log.parent.mkdir(parents=True)
            log.write_text(text % inside)
            done = subprocess.run(
                [sys.executable, TOP / "tests/count.py", log.relative_to(tmp)],
                cwd=tmp,
                capture_output=True,
                text=True,
                timeout=60,
            )
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def test_seconds_by_suite(self) -> None:
        status, lines = self.count()
        self.assertEqual(status, 0)
        self.assertIn("# gcc gdb 82 s: gdb-log 80 s, gdb-info 2 s", lines)
        self.assertIn("# gcc size 3 s: size 3 s", lines)
        self.assertEqual(lines[-1], "3 passed, 0 failed")

    def test_failed_says_what_it_said(self) -> None:
        case = """<failure/></testcase><testcase name="2 - d"><failure/></testcase>
<system-out>not ok c
# not this
ok 1 - b
# nor this
not ok 2 - d
# 7 is not 6
# memory.c:166
ok 3 - e
# nor this</system-out><testcase name="e">"""
        status, lines = self.count(case)
        self.assertEqual(status, 1)
        at = lines.index("failed: build/gcc  : 2 - d: ") + 1
        self.assertEqual(lines[at:][:2], ["# 7 is not 6", "# memory.c:166"])
        self.assertNotIn("# nor this", lines)

    def test_build_without_a_log(self) -> None:
        done = subprocess.run(
            [sys.executable, TOP / "tests/count.py", "build/no/meson-logs/x.xml"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertEqual(done.stdout.splitlines()[0], "build/no: no test ran")

    def test_names_of_later_mesons(self) -> None:
        status, lines = self.count(text=JUNIT.replace("p.p:gdb / ", "p.gdb - p:"))
        self.assertIn("# gcc gdb 82 s: gdb-log 80 s, gdb-info 2 s", lines)

    def test_failures_and_skips(self) -> None:
        status, lines = self.count("<failure message='5 is not 4'/>")
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed"))
        self.assertIn("5 is not 4", lines[0])
        why = "<system-out>no disk</system-out>"
        status, lines = self.count(f"<skipped/>{why}")
        self.assertEqual((status, lines[-1]), (0, "2 passed, 0 failed, 1 skipped"))
        self.assertIn("no disk", lines[0])


class Sample(unittest.TestCase):
    """The short form of long tests."""

    def spread(self, **env: str) -> subprocess.CompletedProcess[str]:
        code = "import sample; print(*sample.spread(range(0, 100, 10), 4, 'tens'))"
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=TOP / "tests",
            env=os.environ | env,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_short(self) -> None:
        said = self.spread(AWAIT_TESTS="short").stdout
        told = "# 4 of 10 tens; ./run long does all\n"
        self.assertEqual(said, f"{told}0 30 60 90\n")

    def test_long(self) -> None:
        said = self.spread(AWAIT_TESTS="long").stdout
        self.assertEqual(said, "0 10 20 30 40 50 60 70 80 90\n")

    def test_wrong(self) -> None:
        done = self.spread(AWAIT_TESTS="all")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "AWAIT_TESTS is short or long, not all\n")


if __name__ == "__main__":
    tap.main()
