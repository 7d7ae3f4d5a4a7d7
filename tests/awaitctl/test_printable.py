# SPDX-License-Identifier: MIT
"""Names, arguments and values that would control a terminal: what named.c has is
shown, and nothing of it is obeyed. tests/gdb/test_printable.py has debuggers."""

from __future__ import annotations

import json
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402
import tap  # noqa: E402
from harness import AWAITCTL, run  # noqa: E402
from terminal import Terminal  # noqa: E402

PROGRAM = os.environ["AWAITCTL_NAMED"]
# Controls but for the ends of lines; directions and other ends of lines.
CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e"
    "\u2066-\u2069\udc80-\udcff]"
)
# As they are shown, but for their ends, which may be cut off.
EVIL = r"\x1b[31m\xc2\x9bm\xe2\x80\xae"


class Printable(harness.Case):
    maxDiff = None

    def setUp(self) -> None:
        super().setUp()
        self.dump = self.dir / "dump"

    def shows(self, text: str, *names: str) -> None:
        """All of it may be printed, in lines that are the tool's."""
        self.assertEqual(CONTROL.findall(text), [], text)
        for name in names:
            self.assertIn(name + EVIL, text)

    def output(self, *args: object) -> str:
        out = run(*args, errors="surrogateescape")
        self.assertEqual(out.returncode, 0, out.stderr)
        return out.stdout

    def test_process(self) -> None:
        app = self.running(PROGRAM, self.dump)
        app.expect("ready\n")
        self.shows(self.dump.read_text(), "function", "type", "file", '("text')
        line = harness.until(
            lambda: (x := self.output(AWAITCTL, "ps", app.pid)).count("runs") and x,
            "the thread has its name",
        )
        self.shows(line, "function", "type", "file", "(t")
        for options in ((), ("--by", "site"), ("--by", "type"), ("--by", "function")):
            for command in (("ps",), ("top", "--count", 1)):
                text = self.output(AWAITCTL, *command, *options, app.pid)
                self.shows(text, "file" if "site" in options else "type")
        listed = json.loads(self.output(AWAITCTL, "ps", "--json", app.pid))["list"]
        self.assertIn("function\x1b[31m", listed[0]["function"])

    def test_terminal(self) -> None:
        app = self.running(PROGRAM, self.dump)
        app.expect("ready\n")
        with Terminal(self.dir, AWAITCTL, "top", app.pid, columns=200) as terminal:
            terminal.until("q quit")
            terminal.until(lambda: "runs #1" in terminal.text())
            self.shows(terminal.text(), "function", "type", "file", "(p", "(t")
            # Also what curses would have swallowed; its own sequences left out.
            self.shows(re.sub(r"\x1b\[\??[0-9;]*[A-Za-z]|\r", "", terminal.seen))

    def test_trace(self) -> None:
        recording = self.record(PROGRAM, self.dump)
        recording.expect("ready\n")
        assert recording.process.stdin
        recording.process.stdin.close()
        self.assertEqual(recording.end(), 0, recording.stderr())
        text = self.output(AWAITCTL, "report", self.trace)
        self.shows(text, "function", "type", "file")

    def test_command_lines(self) -> None:
        """What it is given by others' hands: a script's file names."""
        evil = os.fsdecode(b"x\x1b[31m\xc2\x9bm\xe2\x80\xae\n\xff")
        for command in (
            [evil],
            ["report", evil],
            ["report", "--" + evil],
            ["recover", evil],
            ["ps", evil],
            ["top", evil],
            ["record", "-o", self.trace, "--", evil],
            ["record", "--filter", evil, "-o", self.trace, "--", "/bin/true"],
        ):
            out = run(AWAITCTL, *command, errors="surrogateescape")
            self.assertNotEqual(out.returncode, 0)
            self.shows(out.stdout + out.stderr)
            self.assertEqual(out.stderr.count("\n"), 1, out.stderr)
            self.assertIn("x" + EVIL, out.stderr)


if __name__ == "__main__":
    tap.main()
