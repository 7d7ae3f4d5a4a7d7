# SPDX-License-Identifier: MIT
"""Runs hdrscan on trees of headers and reads what it prints.

    class Graph(scan.Case):
        def test_one(self):
            self.tree({"a.h": '#include "b.h"', "b.h": ""})
            result = self.scan("a.h")
            self.assertEqual(result.row("a.h").files, 2)

HDRSCAN in the environment names the program. Each test has a directory of its
own, self.root, which is the include path unless -I is given.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

PROGRAM = os.environ["HDRSCAN"]
LIBRARY = os.environ["LIBAWAIT"]
LIMIT = 120  # seconds: a hang, not slowness

Text = dict[str, str]  # of headers, by name


class Row(NamedTuple):
    files: int
    bytes: int
    depth: int


class Result:
    """What one run printed: rows by path, totals by label, -v's lines."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.status = done.returncode
        self.output = done.stdout
        self.errors = done.stderr.splitlines()
        self.order: list[str] = []
        self.rows: dict[str, Row] = {}
        self.totals: dict[str, int] = {}
        for line in done.stdout.splitlines():
            self._read(line)

    def _read(self, line: str) -> None:
        words = line.split(None, 3)
        if len(words) == 4 and all(word.isdigit() for word in words[:3]):
            self.order.append(words[3])
            self.rows[words[3]] = Row(*map(int, words[:3]))
        elif line[13:24].strip().isdigit():
            self.totals[line[:13].strip()] = int(line[13:24])

    def row(self, name: str) -> Row:
        """The row of the header whose path ends with /name."""
        found = [row for path, row in self.rows.items() if path.endswith("/" + name)]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} rows of {name} in\n{self.output}")
        return found[0]

    def stable(self) -> dict[str, int]:
        """The totals that don't depend on who came first: all, if nothing was
        cut, for then nothing may differ."""
        volatile = (
            ("cycles cut", "cached", "weighed") if self.totals["cycles cut"] else ()
        )
        return {k: v for k, v in self.totals.items() if k not in volatile}


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="hdrscan-")
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name).resolve()

    def tree(self, files: Text) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run_hdrscan(
        self,
        *args: str,
        program: str | None = None,
        env: dict[str, str] | None = None,
        user: int | None = None,
    ) -> Result:
        """Runs it in self.root as it is."""
        done = subprocess.run(
            [program or PROGRAM, *args],
            cwd=self.root,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            user=user,
        )
        for sign in ("Sanitizer", "runtime error:"):
            self.assertNotIn(sign, done.stderr)
        return Result(done)

    def scan(self, *args: str) -> Result:
        """Runs it along self.root, or each -I given; it must succeed."""
        path = [] if "-I" in args else ["-I", str(self.root)]
        result = self.run_hdrscan(*path, *args)
        self.assertEqual(result.status, 0, result.errors)
        return result
