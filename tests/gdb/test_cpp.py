# SPDX-License-Identifier: MIT
"""Awaits of C++ in gdb and lldb: their values and arguments with their types. See
lazies.cc for what there is to show."""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import BUILD, CHECKPOINT, gdb  # noqa: E402
from test_lldb import RUN, lldb  # noqa: E402

LAZIES = BUILD / "tests/gdb/lazies"
OPTIMIZED = BUILD / "tests/gdb/lazies-optimized"

# What `print h.NAME` gives.
FORMS = {
    "pending": r'Await<page> #\d+ pending fetch\("/etc/hosts", 3\)',
    "resolved": r"Await<page> #\d+ resolved main::function:\d+\(\.\.\.\) ="
    r' \{lines = 4, path = "/etc/motd"\}',
    "text": r'Await<std::string> #\d+ resolved main::lambda:\d+\(\) = "hello"',
    "thrown": r"Await<int> #\d+ failed main::lambda:\d+\(\):"
    r" -EOWNERDEAD \(Owner died\), 1 attempt",
    "null": r"Await<int> NULL",
    "nothing": r"Await<void> #\d+ resolved main::lambda:\d+\(\)",
    "reference": r"Await<int&> #\d+ resolved main::lambda:\d+\(\) = 0x\w+ <.*target.*>",
    "known": r'Await<std::string> #\d+ resolved nowait = "known"',
    "promise": r"Await<std::unique_ptr<int>> #\d+ pending promise",
    "lambda": r"Await<std::string> #\d+ pending main::lambda:\d+\("
    r'\{(__)?name = "name", (__)?n = 5\}\)',
    "list": r"std::vector of length 2, capacity 2 = \{Await<int> #\d+ pending"
    r" .*\(\{(__)?i = 0\}\), Await<int> #\d+ resolved .*\(\.\.\.\) = 1\}",
}


class Gdb(unittest.TestCase):
    def check_forms(self, program: Path) -> None:
        commands = ["up", *(f"output h.{name}" for name in FORMS)]
        marked = [part for c in commands for part in ("echo \\n==", c)]
        output = gdb(*CHECKPOINT, *marked, "echo \\n", program=program)
        shown = re.findall(r"^==(.*)$", output, re.MULTILINE)[1:]
        self.assertEqual(len(shown), len(FORMS), output)
        for (name, form), line in zip(FORMS.items(), shown):
            self.assertRegex(line, f"^{form}$", name)

    def test_every_form(self) -> None:
        self.check_forms(LAZIES)

    def test_optimized(self) -> None:
        self.check_forms(OPTIMIZED)

    def test_commands(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "up",
            "info awaits --type std::string",
            "await args h.pending",
            "output $await_value(h.resolved).path",
            "echo \\n",
            "output $await(h.text)->value",
            "echo \\n",
            "output $await_state(h.promise)",
            program=LAZIES,
        )
        for line in (
            r'resolved  std::string  nowait = "known" +lazies\.cc:\d+',
            r'_1 = "/etc/hosts"',
            r"^int _2 = 3$",
            r'^"/etc/motd"$',
            r'^"hello"$',
            r"AWAIT_PENDING",
        ):
            self.assertRegex(output, re.compile(line, re.MULTILINE))


class Lldb(unittest.TestCase):
    def test_every_form(self) -> None:
        output = lldb(
            *RUN, "up", "p h.resolved", "p h.null", "p h.text", program=LAZIES
        )
        for text in (
            r"Await<page> #\d+ resolved main::function:\d+\(\.\.\.\)",
            r"value = \{?\n? *\(?lines = 4",
            r"Await<int> NULL",
            r'(value|_M_p) = "hello"',
        ):
            self.assertRegex(re.sub(r"\{\s+", "{", output), text.replace(r"\n?", ""))


if __name__ == "__main__":
    tap.main()
