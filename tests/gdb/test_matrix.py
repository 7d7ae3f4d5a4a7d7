# SPDX-License-Identifier: MIT
"""Every command in every cell of the matrix (cells.py), held against golden.md:
its sessions with app.c are what all cells have to say, but where one says
otherwise there. The short form is the row and the columns that golden.md is
written from, so every build and every way."""

from __future__ import annotations

import difflib
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cells  # noqa: E402
import tap  # noqa: E402
import transcript  # noqa: E402
from sample import is_long, share  # noqa: E402

GOLDEN = Path(__file__).resolve().parent / "golden.md"


def sessions(build: str) -> list[transcript.Session]:
    scene = "stripped" if build == "stripped" else "app"
    document = GOLDEN.read_text().splitlines()
    return [x for x in transcript.sessions(document) if x.scene == scene]


def now(program: cells.Program, way: str, all: list[transcript.Session]) -> list[str]:
    """All sessions as they are in a cell, one behind the other."""
    commands = [each for session in all for each in session.commands()]
    lines = []
    for command, answer in zip(commands, cells.ask(program, way, commands)):
        lines += [f"(gdb) {command}", *(answer.split("\n") if answer else [])]
    return lines


class Cell(unittest.TestCase):
    """A class for each build, a test for each way."""

    build = ""

    @classmethod
    def setUpClass(cls) -> None:
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.program = cells.build(cls.build, Path(scratch.name).resolve())

    def check(self, way: str) -> None:
        golden = sessions(self.build)
        told = [x for each in golden for x in each.told(self.build, way)]
        self.assertGreater(len(told), 60)
        found = now(self.program, way, golden)
        old, new = ([*map(transcript.loosely, lines)] for lines in (told, found))
        if old != new:
            diff = difflib.unified_diff(old, new, "told", "now", n=2, lineterm="")
            self.fail("\n".join(diff))


def cell(way: str) -> Callable[[Any], None]:
    return lambda self: self.check(way)


def ways(build: str) -> list[str]:
    """Those that golden.md is written from."""
    return [*cells.WAYS] if build in ("O2", "stripped") else ["live"]


SHORT = {build: ways(build) for build in cells.BUILDS}
LONG = {build: [*cells.WAYS] for build in cells.BUILDS}

# The class alone has no tests.
for _build, _ways in (LONG if is_long() else SHORT).items():
    _tests = {f"test_{way}": cell(way) for way in _ways}
    _name = _build.capitalize().replace("-", "_")
    globals()[_name] = type(_name, (Cell,), {"build": _build, **_tests})


def write() -> None:
    """Takes over how the cells differ: builds by how they are live, ways by how
    they are with -O2 or, where nothing has a name, stripped."""
    document = GOLDEN.read_text().splitlines()
    found = [x for x in transcript.sessions(document) if x.scene in ("app", "stripped")]
    for build in cells.BUILDS:
        with tempfile.TemporaryDirectory() as scratch:
            program = cells.build(build, Path(scratch).resolve())
            scene = "app" if program.named else "stripped"
            mine = [x for x in found if x.scene == scene]
            for way in ways(build):
                lines = now(program, way, mine)
                for session in mine:
                    size = end_of(lines, len(session.commands()))
                    part, lines = lines[:size], lines[size:]
                    if build == "stripped" and way == "live":
                        session.lines = part
                    else:
                        session.vary(build if way == "live" else way, part)
    for session in reversed(found):
        block = slice(session.begin, session.end)
        document[block] = [f"    {line}".rstrip() for line in session.lines]
    GOLDEN.write_text("\n".join(document) + "\n")


def end_of(lines: list[str], commands: int) -> int:
    """Where the answers to the first commands end."""
    for index, line in enumerate(lines):
        commands -= line.startswith("(gdb) ")
        if commands < 0:
            return index
    return len(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        share(*(sum(map(len, form.values())) for form in (SHORT, LONG)), "cells")
        tap.main()
