# SPDX-License-Identifier: MIT
"""To look for events in a sub-buffer whose numbers contradict its bytes takes time in
proportion to its size, whatever the bytes are: instructions are counted."""

from __future__ import annotations

import itertools
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import tap  # noqa: E402
from command import command  # noqa: E402
from instructions import instructions  # noqa: E402
from sample import spread  # noqa: E402

PROGRAM = os.environ["CONTRADICTORY"]
SMALL, LARGE = 1 << 13, 1 << 15
OF_BYTE = 2000


class Contradictory(unittest.TestCase):
    def setUp(self) -> None:
        if not shutil.which("valgrind"):
            self.skipTest("there is no valgrind")

    def count(self, kind: int, size: int, uncommitted: int) -> int:
        words = PROGRAM, str(kind), str(size), str(uncommitted)
        return instructions(*words, inside="look")

    def test_proportion(self) -> None:
        kinds = int(command(PROGRAM, "0", str(SMALL), "100").split()[0])
        self.assertLess(0, kinds)
        cases = list(itertools.product(range(kinds), (40, 4), (SMALL, LARGE)))
        for kind, part, size in spread(cases, 6, "sub-buffers"):
            with self.subTest(kind=kind, part=part, size=size):
                count = self.count(kind, size, size // part)
                print(f"# {kind} {part} {size}: {count / size:.0f} a byte")
                self.assertLess(count, OF_BYTE * size)


if __name__ == "__main__":
    tap.main()
