# SPDX-License-Identifier: MIT
"""`await break`: what it arms in the process, and that it leaves nothing armed
behind."""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from breaktest import CLEAN, START, skip_without_debug_information  # noqa: E402
from gdbtest import CHECKPOINT, EVENTS, gdb  # noqa: E402


class Left(unittest.TestCase):
    """Nothing is left behind, and nothing is lost."""

    def setUp(self) -> None:
        skip_without_debug_information(self)

    def words(self, *commands: str) -> str:
        return gdb(
            *START, *commands, "echo ==\\n", *CLEAN, program=EVENTS, arguments=("once",)
        ).split("==\n")[1]

    def test_armed(self) -> None:
        self.assertEqual(self.words("await break hit"), "0x8\n0x8\n8\n1\n")
        two = ("await break hit", "await break run other")
        self.assertEqual(self.words(*two), "0xa\n0xa\n10\n2\n")

    def test_delete_and_disable(self) -> None:
        two = ("await break hit", "await break run other")
        self.assertEqual(self.words(*two, "delete"), "0x0\n0x0\n0\n0\n")
        self.assertEqual(self.words(*two, "disable"), "0x0\n0x0\n0\n0\n")
        self.assertEqual(self.words(*two, "delete 2"), "0x2\n0x2\n2\n1\n")
        self.assertEqual(self.words(*two, "disable 3"), "0x8\n0x8\n8\n1\n")
        again = ("disable", "enable")
        self.assertEqual(self.words(*two, *again), "0xa\n0xa\n10\n2\n")
        self.assertEqual(
            self.words(*two, "enable once 2", "continue", "continue"),
            "0x2\n0x2\n2\n1\n",
        )
        self.assertEqual(
            self.words(*two, "enable delete 3", "continue"), "0x8\n0x8\n8\n1\n"
        )

    def test_watch_flags(self) -> None:
        flags = (
            "python print([hex(int(gdb.parse_and_eval(f'((struct await *){n})->state'"
            "))) for n in ('aw', 'bad', 'good')])"
        )
        here = ("tbreak await_core_wait", "continue", "up")
        output = gdb(
            *START, *here, flags, "await break hit twice", flags,
            "await break hit #1", flags, "delete 3", flags, "delete", flags,
            program=EVENTS, arguments=("once",),
        )  # fmt: skip
        found = re.findall(r"(?m)^\['0x.*\]$", output)
        self.assertEqual(
            found,
            [
                "['0x1', '0x1', '0x1']",
                "['0x1', '0x9', '0x9']",
                "['0x9', '0x9', '0x9']",
                "['0x9', '0x1', '0x1']",
                "['0x1', '0x1', '0x1']",
            ],
            output,
        )

    def test_sinks_stay_armed(self) -> None:
        # app.c has a sink for BLOCK_BEGIN, which is 0x10.
        commands = ("await break hit", *CLEAN, "delete", *CLEAN)
        output = gdb(*CHECKPOINT, "echo ==\\n", *commands).split("==\n")[1]
        words = "0x18\n0x18\n8\n1\n0x10\n0x10\n0\n0\n"
        self.assertEqual(output, f"await break 2: hit\n{words}")

    def test_sink_added_meanwhile(self) -> None:
        output = gdb(
            "break main", "run", "await break hit inner", "await break create outer",
            "break checkpoint", "continue", "continue", *CLEAN,
        )  # fmt: skip
        self.assertEqual(output.split("\n")[-5:-1], ["0x19", "0x19", "9", "2"])


if __name__ == "__main__":
    tap.main()
