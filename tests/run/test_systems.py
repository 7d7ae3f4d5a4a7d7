# SPDX-License-Identifier: MIT
"""`./run matrix` with systems that only seem to be: its table, and what it says of
failures and skips. The systems themselves are tried by `./run matrix` and CI.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
sys.path.insert(0, str(TESTS / "systems"))
import emulated  # noqa: E402
import matrix  # noqa: E402
import tap  # noqa: E402

JUNIT = """<testsuites>
<testsuite name="p:gdb / gdb-log" time="80.4">
<testcase name="1 - a" classname="p:gdb / gdb-log"/>
<testcase name="2 - b" classname="p:gdb / gdb-log"><skipped/></testcase>
</testsuite>
<testsuite name="p:unit / life" time="2">
<testcase name="1 - c" classname="p:unit / life">%s</testcase></testsuite>
</testsuites>"""

# Of a machine that is emulated: how a case that is known to fail does, how another
# one does, and how many tests there are.
EMULATED = """<testsuites>
<testsuite name="p:unit / unit-sandbox" time="2">
<testcase name="1 - x" classname="p:unit / unit-sandbox"><failure/></testcase>
<testcase name="2 - y" classname="p:unit / unit-sandbox"/></testsuite>
<testsuite name="p:unit / unit-life" time="3">
<testcase name="1 - z" classname="p:unit / unit-life">%s</testcase></testsuite>
</testsuites>"""

RESULTS = """{"name": "p:unit / unit-sandbox", "result": "ERROR"}
{"name": "p:unit / unit-life", "result": "%s"}
"""

# In the place of tests/systems/on: what each system is like is in its name.
ON = """#!/bin/sh
case $* in
*nowhere*) echo "on: skipped: nowhere: no mirror"; exit 77 ;;
*broken*demo) echo "the demo broke"; exit 1 ;;
esac
"""


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.tmp = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.tmp / "on").write_text(ON)
        os.chmod(self.tmp / "on", 0o755)
        for name, value in (
            ("HERE", self.tmp),
            ("CHECKOUT", self.tmp),
            ("LOGS", self.tmp / "build/systems"),
        ):
            self.enterContext(mock.patch.object(matrix, name, value))

    def run_matrix(self, *systems: str, inside: str = "") -> tuple[int, list[str]]:
        for system in systems:
            log = self.tmp / "build/roots" / system / matrix.CLONE
            log = log / "build/gcc/meson-logs/testlog.junit.xml"
            log.parent.mkdir(parents=True)
            log.write_text(JUNIT % inside)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = matrix.main(list(systems))
        return status, out.getvalue().splitlines()


class Matrix(Case):
    def test_table(self) -> None:
        status, lines = self.run_matrix("one", "two")
        self.assertEqual(status, 0)
        table = [line.split("  ") for line in lines[-6:]]
        words = [[cell.strip() for cell in row if cell.strip()] for row in table]
        self.assertEqual(words[0], ["suite", "one", "two"])
        self.assertEqual([row[0] for row in words[1:4]], ["readme", "demo", "test"])
        self.assertEqual(words[4][1:], ["1 passed, 1 skipped, 80 s"] * 2)
        self.assertEqual(words[5][1:], ["1 passed, 2 s"] * 2)

    def test_failed_test(self) -> None:
        status, lines = self.run_matrix("one", inside="<failure message='no'/>")
        self.assertEqual(status, 1)
        self.assertRegex(lines[-1], r"unit +0 passed, 1 failed, 2 s")

    def test_failed_step(self) -> None:
        status, lines = self.run_matrix("broken")
        self.assertEqual(status, 1)
        self.assertRegex("\n".join(lines), r"(?m)^demo +0 passed, 1 failed")

    def test_skipped_system(self) -> None:
        status, lines = self.run_matrix("nowhere", "one")
        self.assertEqual(status, 0)
        self.assertIn("nowhere: SKIPPED: on: skipped: nowhere: no mirror", lines)
        self.assertNotIn("nowhere", lines[-6])

    def test_no_system_at_all(self) -> None:
        status, lines = self.run_matrix("nowhere")
        self.assertEqual(status, matrix.SKIPPED)


class Emulated(Case):
    def run_emulated(
        self, inside: str = "", result: str = "OK", least: int = 2
    ) -> tuple[int, str]:
        self.enterContext(mock.patch.object(emulated, "SUITES", {"unit": least}))
        log = self.tmp / "build/roots/one" / matrix.CLONE / "build/machine-abc"
        log = log / "meson-logs/testlog.junit.xml"
        log.parent.mkdir(parents=True)
        log.write_text(EMULATED % inside)
        log.with_name("testlog.json").write_text(RESULTS % result)
        status, lines = self.run_matrix("one")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            alone = emulated.main([str(log.parents[1])])
        self.assertEqual(alone, status)
        self.said = out.getvalue()
        return status, next(line for line in lines if line.startswith("abc "))

    def test_known_failure_is_a_skip_that_is_said(self) -> None:
        status, row = self.run_emulated()
        self.assertEqual(status, 0)
        self.assertRegex(row, r"^abc +2 passed, 1 skipped, 5 s$")
        why = f"skipped: abc unit-sandbox: 1 - x: {emulated.NO_SECCOMP}\n"
        self.assertIn(why, self.said)

    def test_another_failure_is_one(self) -> None:
        status, row = self.run_emulated("<failure/>", "FAIL")
        self.assertEqual(status, 1)
        self.assertRegex(row, r"^abc +1 passed, 1 failed, 1 skipped, 5 s$")

    def test_a_program_that_ended_early_has_failed(self) -> None:
        status, row = self.run_emulated(result="TIMEOUT")
        self.assertEqual(status, 1)
        self.assertRegex(row, r"^abc +2 passed, 1 failed, 1 skipped, 5 s$")
        self.assertIn("failed: abc unit-life: all: its program's", self.said)

    def test_what_did_not_run_has_failed(self) -> None:
        status, row = self.run_emulated(least=3)
        self.assertEqual(status, 1)
        self.assertIn("failed: abc unit: all: 2 tests ran, 3 are wanted", self.said)


class Ports(Case):
    def test_are_tried_on_one_system(self) -> None:
        self.assertNotIn("ports", "\n".join(self.run_matrix("one")[1]))
        _, lines = self.run_matrix(matrix.PORTS_ON)
        self.assertRegex("\n".join(lines), r"(?m)^ports +1 passed")

    def test_may_be_skipped_alone(self) -> None:
        text = ON.replace("*nowhere*)", "*trixie*ports*)")
        (self.tmp / "on").write_text(text)
        status, lines = self.run_matrix("trixie")
        self.assertEqual(status, 0)
        self.assertRegex("\n".join(lines), r"(?m)^ports +0 passed, 1 skipped")
        self.assertRegex("\n".join(lines), r"(?m)^readme +1 passed")


class On(unittest.TestCase):
    """The calls that need no system."""

    def test_wrong(self) -> None:
        for args in ((), ("sid",), ("etch", "true"), ("--fresh", "etch")):
            done = subprocess.run(
                [TESTS / "systems/on", *args],
                capture_output=True,
                text=True,
                timeout=60,
            )
            self.assertEqual((done.returncode, done.stdout), (2, ""), args)
            self.assertIn("usage: ", done.stderr)


if __name__ == "__main__":
    tap.main()
