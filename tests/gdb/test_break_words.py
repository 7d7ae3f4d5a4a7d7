# SPDX-License-Identifier: MIT
"""`await break`: words that are wrong or unknown, damaged memory, help and
completion, and the transcripts of docs/gdb.md."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from breaktest import CLEAN, START, skip_without_debug_information  # noqa: E402
from gdbtest import BREAKPOINTS, CHECKPOINT, EVENTS, gdb  # noqa: E402


class Wrong(unittest.TestCase):
    def test_words(self) -> None:
        known = "create, run, fail, hit, wait, resolve, cancel, destroy"
        wrong = {
            "": f"await break needs an event: {known}",
            "end": f"unknown event 'end': it is one of {known}",
            "hit #x": "not an await's id: #x (ids look like #12 or #12.3)",
            "hit #1 #2": "one id is enough: #2",
            "hit twice other": "one function is enough: other",
            "hit a*": "no function's name: a* (ids look like #12)",
            "hit if": "await break: `if` needs an expression",
            f"hit {'f' * 112}": "function names of 112 and more characters",
        }
        commands = [f"await break {words}" for words in wrong]
        output = gdb(*CHECKPOINT, *commands, "echo ==\\n", "info breakpoints")
        for message in wrong.values():
            self.assertIn(f"\n{message}", output)
        self.assertNotIn("await_trap", output.split("==\n")[1])

    def test_unknown_function(self) -> None:
        output = gdb(*CHECKPOINT, "await break hit nosuch", "await break hit fetch")
        note = "No function nosuch of an await is known so far.\n"
        self.assertIn(f"await break 2: hit nosuch\n{note}await break 3: hit", output)
        self.assertEqual(output.count("is known so far"), 1)

    def test_too_many(self) -> None:
        commands = [f"await break hit #{i}" for i in range(1, 18)]
        output = gdb(*CHECKPOINT, *commands, "delete 2", commands[-1], *CLEAN)
        self.assertEqual(output.count("\nawait break "), 17)
        self.assertIn("\nlibawait has room for 16 different `await break`s", output)
        self.assertTrue(output.endswith("\n0x18\n0x18\n8\n16\n"), output)

    def test_core(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            core = Path(scratch) / "core"
            gdb(*CHECKPOINT, f"generate-core-file {core}")
            output = gdb("await break hit", BREAKPOINTS, core=core)
        self.assertIn("\ncannot write memory at 0x", output)
        self.assertTrue(output.endswith("\nbreakpoints: 0\n"), output)

    def test_damaged_or_older(self) -> None:
        cases = {
            "set {long}&await_debug = 5": "the debug block of libawait at 0x",
            "set {short}((char *)&await_debug + 8) = 9": "libawait's debug block has "
            "version 9.5, these",
            "set {int}((char *)&await_debug + 12) = 272": "this libawait has no `await"
            " break`: it is an older one",
            "set {int}&await_thread_count = -1": "await break 2: hit",
            "set await_slabs = 16": "warning: the slab list is damaged",
        }
        for command, message in cases.items():
            output = gdb(
                *CHECKPOINT, command, "await break hit", "echo ==\\n",
                "info breakpoints", "bt 1", "print 6 * 7",
            )  # fmt: skip
            said, after = output.split("==\n")
            self.assertIn(f"\n{message}", said, command)
            self.assertEqual("await_trap" in after, "await break 2" in said, command)
            self.assertIn("= 42\n", after)

    def test_help_and_completion(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "help await break",
            "complete await break ",
            "complete await break re",
            "complete await break hit fe",
            "complete await break hit fetch i",
            "complete await break hit ",
        )
        self.assertIn("Usage: await break EVENT [FUNCTION] [#ID] [if EXPR]\n", output)
        self.assertIn("\nawait break create\nawait break destroy\n", output)
        self.assertIn("\nawait break resolve\nawait break hit fetch\n", output)
        self.assertIn("\nawait break hit fetch if\n", output)
        self.assertRegex(
            output, r"\nawait break hit fetch\n(.+\n)*await break hit if\n"
        )


def plain(text: str) -> list[str]:
    """Without what differs between builds and machines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    text = "\n".join(lines)
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r"at \S*/(\w+\.c)", r"at \1", text)
    text = re.sub(r"(?m)^#\d+  ", "#N  ", text)
    text = re.sub(r"trap\.c:\d+", "trap.c:N", text)
    text = re.sub(r"(?m)^\d+\t+__asm__", "N __asm__", text)
    return [re.sub(r"\s+", " ", line) for line in text.splitlines()]


class Documented(unittest.TestCase):
    """The transcripts of docs/gdb.md."""

    maxDiff = None

    def setUp(self) -> None:
        skip_without_debug_information(self)
        if "GNU C" not in gdb("list main", "info source", program=EVENTS):
            self.skipTest("the transcripts are of a program that gcc compiled")

    def check(self, heading: str, start: tuple[str, ...], *arguments: str) -> None:
        page = Path(__file__).resolve().parents[2] / "docs/gdb.md"
        section = page.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
        block = re.search(r"(?m)^    \(gdb\) .*\n(?:    .*\n)*", section)
        assert block
        lines = [line[4:] for line in block[0].splitlines()]
        commands = [li[6:] for li in lines if li.startswith("(gdb) ")]
        shown = "\n".join(li for li in lines if not li.startswith("(gdb) "))
        output = gdb(
            *start, "echo ==\\n", *commands, program=EVENTS, arguments=arguments
        )
        self.assertEqual(plain(output.split("==\n")[1]), plain(shown))

    def test_stopping(self) -> None:
        self.check("Stopping", START, "once")

    def test_backtraces(self) -> None:
        self.check("Backtraces", ("break bottom", "run"), "depth", "1")


if __name__ == "__main__":
    tap.main()
