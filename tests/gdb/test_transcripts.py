# SPDX-License-Identifier: MIT
"""Every command's output, held against golden.md and what users read."""

from __future__ import annotations

import difflib
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
import transcript  # noqa: E402
from gdbtest import gdb  # noqa: E402

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "golden.md"
GUIDE = HERE.parents[1] / "docs/gdb.md"
TESTING = HERE.parents[1] / "docs/testing.md"
ADOPTING = HERE.parents[1] / "docs/adopting.md"


class Transcripts(unittest.TestCase):
    def check(self, path: Path, at_least: int) -> None:
        document = path.read_text().splitlines()
        found = list(transcript.sessions(document))
        self.assertGreaterEqual(len(found), at_least)
        found = [each for each in found if each.scene != transcript.OF_MATRIX]
        possible = [each for each in found if each.scene != "ring" or debuggable()]
        for each in possible:
            with self.subTest(f"{path.name}:{each.begin + 1} {each.scene}"):
                self.assertTrue(each.commands(), "a session without a command")
                now = transcript.run(each.scene, each.commands())
                told = each.told()
                if transcript.differs(told, now):
                    old, new = (map(transcript.steady, x) for x in (told, now))
                    diff = difflib.unified_diff([*old], [*new], "told", "now", n=2)
                    self.fail("\n".join(line.rstrip() for line in diff))
        if possible != found:
            self.skipTest("no deadlock: libawait was built without debug information")

    def test_golden(self) -> None:
        self.check(GOLDEN, 6)

    def test_guide(self) -> None:
        self.check(GUIDE, 3)

    def test_testing(self) -> None:
        self.check(TESTING, 1)

    def test_adopting(self) -> None:
        self.check(ADOPTING, 3)


def debuggable() -> bool:
    return "first_slot" in gdb("start", "ptype struct slab")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        for path in (GOLDEN, GUIDE, TESTING, ADOPTING):
            transcript.rewrite(path)
    else:
        tap.main()
