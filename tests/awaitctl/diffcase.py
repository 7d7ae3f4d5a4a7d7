# SPDX-License-Identifier: MIT
"""Recordings of two runs for the tests of awaitctl diff, which share them: making one
takes a second, however little is in it."""

from __future__ import annotations

import atexit
import functools
import json
import os
import pathlib
import shlex
import tempfile
import typing

import harness
from harness import AWAITCTL, run

from rediff import key, rediff

DIFFED = os.environ["AWAITCTL_DIFFED"]
LEVEL = 0.05
Any = typing.Any


# A program each, in both recordings: its steps in A and in B.
CASES = {
    "same": (
        "+a +b a b =b +c c +a a ( +b b b )",
        "+a +b a b =a =b =b +c c +a a =a ( +b b b )",
    ),
    "swapped": (
        "+a +a +a +a +b +c +a a a a a b c a",
        "+a +a +a +a +b +c +a a a a a c b a",
    ),
    "missing": ("+a +b +c a b c", "+a +c a c"),
    "alone": ("+a ^a a +b! b +c +c c +a", "+a ^a a +b b +c ^c +c +a a"),
    "failing": ("+a +b! a b", "+a +b a b"),
    "shorter": ("+a +b a", "+a +b a b"),
    "aborted": ("+a +b a abort", "+a +b a b"),
    "aborted-other": ("+a +b b abort", "+a +b a b"),
    "aborted-longer": ("+a +b a b abort", "+a +b a"),
    "aborted-same": ("+a +b a abort", "+a +b a"),
    "threads": (
        "+a a ( +a +b a b ) ( +c c )",
        "+a a ( +a +b b a ) ( +c c ) ( +b +c )",
    ),
    "thread-less": ("+a a ( +a +b b a ) ( +c c )", "+a a ( +a +b b a )"),
    "elsewhere": ("+a +a ( +a a a ) a", "+a ( +a +a a a ) a"),
    "children": (
        "+a a { +b +c b c } { +c c }",
        "+a a { +b +c c b } { +c c } { +b b }",
    ),
    "rows": (
        "+a +b a b ( +a +b a b ) ( +a +c a c )",
        "+a +b b a ( +a +b b a ) ( +a +c c a )",
    ),
    "plain": ("+a +b b a +a a", "+b +a a b +a a"),
    'evil\x1b[31m"': ("+a a", "+b b"),
}


def program_of(directory: pathlib.Path, which: int) -> str:
    """A shell's: all cases, in B the last one first."""
    lines = []
    for name, steps in CASES.items():
        path = directory / name
        if not path.is_symlink():
            path.symlink_to(DIFFED)
        lines.append(shlex.join([str(path), *steps[which].split()]))
    return "\n".join(lines[::-1] if which else lines)


@functools.cache
def shared() -> pathlib.Path:
    """A folder until the end."""
    holder = tempfile.TemporaryDirectory()
    atexit.register(holder.cleanup)
    return pathlib.Path(holder.name)


@functools.cache
def made(which: int) -> pathlib.Path:
    """The recording of all cases, A or B."""
    trace = shared() / "ab"[which]
    program = program_of(shared(), which)
    out = run(AWAITCTL, "record", "-o", trace, "--", "sh", "-c", program)
    assert out.returncode == 0, out.stderr
    return trace


@functools.cache
def printed(trace: pathlib.Path) -> str:
    return run("babeltrace2", "--clock-seconds", trace).stdout


class Case(harness.Case):
    def make(self, name: str, *program: object, **more: Any) -> pathlib.Path:
        """A recording below that name."""
        options = more.pop("options", ())
        path = self.dir / name
        out = run(AWAITCTL, "record", *options, "-o", path, "--", *program, **more)
        self.assertEqual(out.returncode, 0, out.stderr)
        return path

    def make_steps(self, name: str, steps: str, **more: Any) -> pathlib.Path:
        return self.make(name, DIFFED, *steps.split(), **more)

    def diff(self, *args: object, status: int, quiet: bool = True) -> dict[str, Any]:
        out = run(AWAITCTL, "diff", "--json", *args)
        self.assertEqual(out.returncode, status, out.stderr)
        if quiet:
            self.assertEqual(out.stderr, "")
        return json.loads(out.stdout)

    def case(self, name: str, status: int) -> dict[str, Any]:
        return self.diff("--process", name, made(0), made(1), status=status)

    def case_text(self, name: str, *options: object, status: int = 1) -> str:
        return self.text(
            *("--process", name, *options, made(0), made(1)), status=status
        )

    def text(self, *args: object, status: int, quiet: bool = True) -> str:
        out = run(AWAITCTL, "diff", *args)
        self.assertEqual(out.returncode, status, out.stderr)
        if quiet:
            self.assertEqual(out.stderr, "")
        return out.stdout

    def check(self, name: str) -> dict[str, Any]:
        """All of a case is what rediff.py says."""
        expected = rediff(printed(made(0)), printed(made(1)), name)
        found = self.case(name, status=0 if expected["same"] else 1)
        self.assertEqual(found["order"], "same" if expected["same"] else "differs")
        self.assertEqual(found["a"]["doubts"] + found["b"]["doubts"], [])
        names = "same_before", "moved", "only_a", "only_b"
        self.assertEqual(
            {
                tuple(row[x] and row[x]["thread"] for x in "ab"): {
                    name: row[name] for name in names
                }
                for row in found["threads"]
            },
            expected["threads"],
        )
        self.assertEqual(
            {
                (row["what"], self.site(row)): (row["a"]["count"], row["b"]["count"])
                for row in found["in_one_only"]
            },
            expected["alone"],
        )
        self.check_times(found["times"], expected["times"])
        return found

    def site(self, row: dict[str, Any]) -> Any:
        return key((row["function"], row["type"], row["file"], row["line"]))

    def check_times(self, rows: list[dict[str, Any]], expected: dict[Any, Any]) -> None:
        """But for p, since durations of a real program may be ties or not."""
        found = {(row["what"], self.site(row)): row for row in rows}
        self.assertEqual(set(found), set(expected))
        for at, row in found.items():
            times = expected[at]
            for i, name in enumerate("ab"):
                one = row[name]
                self.assertEqual(one["count"], times["counts"][i])
                self.assertEqual(one["total_ns"], times["totals"][i])
                self.assertLessEqual(
                    abs(one["p50_ns"] - times["p50"][i]), times["p50"][i] // 100
                )
        adjusted, least = [], 0.0
        for i, row in enumerate(rows):
            least = max(least, min(row["p"] * (len(rows) - i), 1))
            adjusted.append(least)
            self.assertAlmostEqual(row["p_adjusted"], least, 4)
            self.assertEqual(row["shifted"], row["p_adjusted"] < LEVEL)
        self.assertEqual([row["p"] for row in rows], sorted(row["p"] for row in rows))
