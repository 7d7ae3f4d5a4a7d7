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

# In the place of tests/systems/on: what each system is like is in its name.
ON = """#!/bin/sh
case $* in
*nowhere*) echo "on: skipped: nowhere: no mirror"; exit 77 ;;
*broken*demo) echo "the demo broke"; exit 1 ;;
esac
"""


class Matrix(unittest.TestCase):
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
