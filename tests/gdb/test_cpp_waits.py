# SPDX-License-Identifier: MIT
"""Who waits for what, where awaits are those of C++: places are lines of the program,
not of <await/await.hpp>. See waits.cc."""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import BUILD, CHECKPOINT, gdb  # noqa: E402
from test_lldb import RUN, lldb  # noqa: E402

SOURCE = Path(__file__).with_name("waits.cc").read_text().splitlines()


def at(mark: str) -> str:
    """waits.cc:31, of the line that is marked so."""
    (line,) = (n for n, text in enumerate(SOURCE, 1) if f"/* HERE {mark} */" in text)
    return f"waits.cc:{line}"


class Waits(unittest.TestCase):
    programs = [BUILD / f"tests/gdb/waits-{level}" for level in ("O0", "O2")]

    def check_log(self, said: str) -> None:
        for event, mark in (
            ('created +#1 "text" load', "makes"),
            ('begins +#\\d+ "text" load', "loads"),
            ("begins +#\\d+ main::function:\\d+", "measures"),
            ('blocks +#\\d+ "text" load +#\\d+', "sleeps"),
        ):
            self.assertRegex(said, rf"{event} .* {re.escape(at(mark))} in ")
        self.assertNotIn("await.hpp", said)

    def test_gdb(self) -> None:
        commands = ("await why main", "await why #1", "await tree", "await bt #1")
        for program in self.programs:
            with self.subTest(program=program.name):
                said = gdb(*CHECKPOINT, *commands, program=program)
                why = rf'#1 "text" load runs on thread 2.* {at("loads")} in '
                self.assertRegex(said, why)
                self.assertRegex(said, rf'waited by +thread 1, at {at("sleeps")} in ')
                self.assertRegex(said, rf'#1 "text" load.* at {at("sleeps")} in ')
                self.assertIn(f'created      {at("makes")} in main()', said)
                self.assertNotIn("await.hpp:", said)

    def test_log(self) -> None:
        for program in self.programs:
            with self.subTest(program=program.name):
                self.check_log(gdb(*CHECKPOINT, "await log", program=program))

    def test_lldb(self) -> None:
        plain, optimized = self.programs
        self.check_log(lldb(*RUN, "awaits log", program=plain))
        said = lldb(*RUN, "awaits log", program=optimized)
        self.assertRegex(said, rf'begins +#1 "text" load .* {at("loads")} in ')
        self.assertNotIn("await.hpp", said)


if __name__ == "__main__":
    tap.main()
