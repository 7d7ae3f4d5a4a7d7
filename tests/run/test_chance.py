# SPDX-License-Identifier: MIT
"""Tests do the same in each run, unless SEED says otherwise: tests/chance.py, and
that nothing else in a test asks for chance."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
import tap  # noqa: E402

# What numbers without a seed come from: C's, Python's, and those of libawait.
CHANCE = re.compile(
    r"(?<![.\w])(?:arc4random|getrandom|getentropy|s?rand48|s?rand|s?random)\("
    r"|/dev/u?random|SystemRandom|os\.urandom|import secrets|uuid4|Random\(\)"
    r"|\brandom\.(?:choice|choices|sample|shuffle|random|randrange|randint)\("
)
SEEDED = "random.seed(SEED)"
MAY = {"chance.py", "run/test_chance.py"}


def numbers(**env: str) -> subprocess.CompletedProcess[str]:
    code = "import chance; print(chance.Chance().random())"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=TESTS,
        env={k: v for k, v in os.environ.items() if k != "SEED"} | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


class Seeds(unittest.TestCase):
    def test_same_in_each_run(self) -> None:
        first = numbers()
        self.assertRegex(first.stdout, r"\A# SEED=1\n0\.\d+\n\Z")
        self.assertEqual(numbers().stdout, first.stdout)
        self.assertEqual(numbers(SEED="1").stdout, first.stdout)

    def test_another_by_its_number(self) -> None:
        self.assertNotEqual(numbers(SEED="7").stdout[9:], numbers().stdout[9:])

    def test_by_chance_says_how_to_do_it_again(self) -> None:
        said = numbers(SEED="random").stdout
        found = re.match(r"# SEED=(\d+)\n", said)
        assert found, said
        self.assertEqual(numbers(SEED=found.group(1)).stdout, said)

    def test_wrong(self) -> None:
        done = numbers(SEED="x")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "SEED is a number or random, not x\n")

    def test_nothing_else_asks_for_chance(self) -> None:
        sources = [
            path
            for ending in ("c", "h", "cc", "py", "gdb")
            for path in TESTS.rglob(f"*.{ending}")
            if str(path.relative_to(TESTS)) not in MAY
        ]
        self.assertGreater(len(sources), 150)
        for path in sources:
            text = path.read_text()
            found = [] if SEEDED in text else CHANCE.findall(text)
            self.assertEqual(found, [], path)


if __name__ == "__main__":
    tap.main()
