# SPDX-License-Identifier: MIT
"""What tests/tap.py prints of tests that do not run: the plan holds, a line for each.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
import tap  # noqa: E402

BEGIN = """
import unittest
import tap

class Without(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("no tool:\\n\\nnot found\\n")

    def test_a(self): pass
    def test_b(self): pass

class WithoutMore(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): self.skipTest("not\\nhere")
"""
END = "tap.main()\n"
MODULE = """
def setUpModule():
    raise unittest.SkipTest("none of it")
"""


def lines_of(text: str) -> list[str]:
    with tempfile.TemporaryDirectory() as tmp:
        script = Path(tmp, "script.py")
        script.write_text(text)
        done = subprocess.run(
            [sys.executable, script],
            env={"PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()


class Skipped(unittest.TestCase):
    def test_class(self) -> None:
        self.assertEqual(
            lines_of(BEGIN + END),
            [
                "1..4",
                "ok 1 - Without.test_a # SKIP no tool: not found",
                "ok 2 - Without.test_b # SKIP no tool: not found",
                "ok 3 - WithoutMore.test_a",
                "ok 4 - WithoutMore.test_b # SKIP not here",
            ],
        )

    def test_module(self) -> None:
        lines = lines_of(BEGIN + MODULE + END)
        self.assertEqual(lines[0], "1..4")
        self.assertEqual(len(lines), 5)
        self.assertEqual(lines[4], "ok 4 - WithoutMore.test_b # SKIP none of it")


if __name__ == "__main__":
    tap.main()
