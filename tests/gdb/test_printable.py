# SPDX-License-Identifier: MIT
"""Names, arguments and values that would control a terminal: gdb's and lldb's
commands show what tests/awaitctl/named.c has, and nothing of it is obeyed."""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import BUILD, CHECKPOINT, gdb  # noqa: E402
from test_lldb import RUN, lldb  # noqa: E402

PROGRAM = BUILD / "tests/awaitctl/awaitctl-named"
# Controls but for the ends of lines; directions and other ends of lines.
CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]"
)
EVIL = r"\x1b[31m\xc2\x9bm\xe2\x80\xae"


class Printable(unittest.TestCase):
    def shows(self, text: str, *names: str) -> None:
        """All of it may be printed."""
        self.assertEqual(CONTROL.findall(text), [], text)
        for name in names:
            self.assertIn(name + EVIL, text)

    def test_gdb(self) -> None:
        setup = ("set args /dev/null", "set print frame-arguments none", *CHECKPOINT)
        for command, *names in (
            ("info awaits", "function", "type", "file"),
            ("info awaits -group type", "type"),
            ("info awaits -group site", "file"),
            ("info awaits -sort function", "function"),
            ("await tree", "function"),
            ("await why 1", "function"),
            ("await bt 1", "function", "file"),
            ("await args 1", "char", "arg", '"text'),
            ("p aw", "type", "function", '"text'),
            ("p *aw", "type", "function", '"text'),
            ("p site", "file", "place"),
            ("bt", "function", "file"),
        ):
            # gdb itself shows the thread's name.
            before = ("thread 2",) if command == "bt" else ()
            out = gdb(*setup, *before, "echo BEGIN\\n", command, program=PROGRAM)
            text = out.partition("BEGIN\n")[2]
            self.shows(text, *names)

    def test_gdb_knows_the_type(self) -> None:
        """gdb itself would print what turns a text around as it is."""
        setup = ("set args /dev/null", *CHECKPOINT, "echo BEGIN\\n")
        for command in ("info awaits", "p fetched", "await args 2", "await bt 2"):
            text = gdb(*setup, command, program=PROGRAM).partition("BEGIN\n")[2]
            self.shows(text)
            self.assertIn(r'"text\x1b[31m\xc2\x9bm\xe2\x80\xae\n\t\xff"', text)

    def test_lldb(self) -> None:
        commands = ("settings set target.run-args /dev/null", *RUN)
        text = lldb(
            *commands, "script print('BEG' + 'IN')", "awaits", program=PROGRAM
        ).partition("BEGIN\n")[2]
        self.shows(text, "function", "type", "file")
        text = lldb(
            *commands, "script print('BEG' + 'IN')", "p fetched", program=PROGRAM
        ).partition("BEGIN\n")[2]
        self.shows(text, 'fetch("text')


if __name__ == "__main__":
    tap.main()
