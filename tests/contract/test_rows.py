# SPDX-License-Identifier: MIT
"""Every row of the contract names a test that exists.

The contract is the tables of docs/semantics.md. The name of a row is its first
column in lower case, with one underscore for what is neither a letter nor a digit.
"""

from __future__ import annotations

import re
import sys
import unittest
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

TESTS = Path(__file__).resolve().parent.parent
TABLE = TESTS.parent / "docs/semantics.md"

SOURCES = ("*.c", "*.cc", "*.py")
DEFINED = re.compile(
    r"\b(?:TEST|cmocka_unit_test\w*)\((\w+)"  # C and C++, under the function's name
    r'|\bTEST_NAMED\("(\w+)"'  # C, under another
    r"|^    def test_(\w+)\(",  # Python
    re.M,
)


def rows(text: str) -> list[str]:
    """The names of all rows of all tables."""
    names = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 4 or cells[1] in ("test", "row", "") or cells[1][0] == "-":
            continue
        names.append(re.sub("[^a-z0-9]+", "_", cells[1].lower()).strip("_"))
    return names


def tests() -> set[str]:
    found = set()
    for path in chain.from_iterable(TESTS.rglob(each) for each in SOURCES):
        for names in DEFINED.findall(path.read_text()):
            found.update(name for name in names if name)
    return found


class Rows(unittest.TestCase):
    """Gets a method per row, below."""

    def test_table(self) -> None:
        names = rows(TABLE.read_text())
        self.assertGreater(len(names), 50)
        self.assertEqual(len(names), len(set(names)))


def add(name: str) -> None:
    def row(self: Rows) -> None:
        self.assertIn(name, TESTS_THERE)

    setattr(Rows, f"test_{name}", row)


TESTS_THERE = tests()
for each in rows(TABLE.read_text()):
    add(each)

if __name__ == "__main__":
    tap.main()
