# SPDX-License-Identifier: MIT
"""Talks to the program of talk.c, which loads traces and runs sessions with
libawait-test, and prints what it finds in them.
"""

from __future__ import annotations

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "awaitctl"))
import harness  # noqa: E402
from harness import Running  # noqa: E402

TALK = os.environ["TESTING_TALK"]


class Answer:
    """What talk answered: the events, or an error."""

    def __init__(self, lines: list[str]) -> None:
        self.error = ""
        self.lost = 0
        self.events: list[dict[str, str]] = []
        for line in lines:
            if line.startswith("error: "):
                self.error = line.partition(": ")[2]
            elif line.startswith("lost="):
                self.lost = int(line.partition("=")[2])
            elif line.startswith("event="):
                self.events.append(dict(w.split("=", 1) for w in line.split(" ")))

    def of(self, name: str) -> list[dict[str, str]]:
        return [e for e in self.events if e["event"] == name]

    def names(self) -> list[str]:
        return [e["event"] for e in self.events]


class Case(harness.Case):
    def talker(self, **env: str) -> Running:
        environment = {**os.environ, **env}
        return self.running(TALK, env=environment)

    def ask(self, talker: Running, line: str) -> Answer:
        talker.send(line + "\n")
        lines: list[str] = []
        while not lines or lines[-1] != ".":
            lines.append(read_line(talker))
        return Answer(lines[:-1])

    def load(self, directory: object, vpid: int = 0) -> Answer:
        """In a process of its own, which has to live."""
        talker = self.talker()
        answer = self.ask(talker, f"load {directory} {vpid}")
        self.finish(talker)
        return answer

    def finish(self, talker: Running) -> None:
        """It exits with 0, and no output, at the end of its input."""
        assert talker.process.stdin
        talker.process.stdin.close()
        self.assertEqual(talker.process.wait(harness.LIMIT), 0, talker.stderr())
        self.assertEqual(talker.stderr(), "")

    def fails(self, answer: Answer, *parts: str) -> None:
        """One line that has all the parts, and nothing else."""
        self.assertEqual(answer.events, [])
        for part in parts:
            self.assertIn(part, answer.error)

    def loaded(self, directory: object, vpid: int = 0) -> Answer:
        answer = self.load(directory, vpid)
        self.assertEqual(answer.error, "")
        return answer


def read_line(talker: Running) -> str:
    """The next line of its stdout."""
    while "\n" not in talker.seen:
        more = os.read(talker.output, 65536).decode()
        if not more:
            raise AssertionError(f"ended: {talker.seen} {talker.stderr()}")
        talker.seen += more
    line, talker.seen = talker.seen.split("\n", 1)
    return line
