# SPDX-License-Identifier: MIT
"""The Tab key, pressed at a terminal. `complete`, which other tests use, is not
the same: for a key gdb asks first how the words of a command are told apart, and
what that prints lands in the line that the user types."""

from __future__ import annotations

import os
import pty
import re
import sys
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import APP, BUILD, PLAIN, STUB, at_terminal, check  # noqa: E402

EVENTS = "create run resolve fail hit wait cancel destroy".split()
_CLEAR = "\x15"  # Control-U: the line is never entered


class Terminal:
    """A gdb with a person before it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.told = ""
        self.lines = 0

    def until(self, end: str) -> str:
        """What is shown, up to that text."""
        while end not in self.told:
            try:
                more = os.read(self.descriptor, 4096)
            except OSError:  # how a terminal says that gdb has ended
                more = b""
            if not more:
                raise AssertionError(f"gdb ended before {end!r}:\n{self.told}")
            self.told += more.decode(errors="replace").replace("\r", "")
        found, _, self.told = self.told.partition(end)
        return check(found)

    def type(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def enter(self, command: str) -> str:
        """What a command prints."""
        self.lines += 1
        mark = f"<{self.lines}>"
        # The mark as it is typed is another than the mark that is printed.
        self.type(f"{command}\necho \\074{self.lines}\\076\\n\n")
        found = self.until(f"{mark}\n")
        # Earlier keys would be the terminal's own, which knows Control-U, too.
        self.until("(gdb) ")
        return found

    def tab(self, line: str) -> str:
        """What two Tabs behind a line show: what they add, or what there is."""
        self.type(f"{line}\t\t{_CLEAR}")
        return self.enter("").rpartition("echo")[0]


@contextmanager
def terminal(*commands: str, program: Path) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    with at_terminal(theirs, BUILD, program):
        os.close(theirs)
        try:
            session = Terminal(ours)
            session.until("(gdb) ")
            for each in ("set height 0", "set width 0", *commands):
                session.enter(each)
            yield session
        finally:
            os.close(ours)


class Tab(unittest.TestCase):
    def words(self, shown: str) -> set[str]:
        return set(re.findall(r"[#\w.-]+", shown))

    def test_break(self) -> None:
        with terminal("break checkpoint", "run", program=APP) as session:
            events = session.tab("await break ")
            one = session.tab("await break resol")
            none = session.tab("await break x")
            functions = session.tab("await break fail f")
            condition = session.tab("await break fail fetch ")
            expression = session.tab("await break fail if ")
        self.assertLessEqual({*EVENTS}, self.words(events))
        self.assertIn("await break resolve ", one)
        self.assertFalse({*EVENTS} & self.words(none), none)
        self.assertLessEqual({"fetch", "fill"}, self.words(functions))
        self.assertIn("await break fail fetch if ", condition)
        self.assertNotIn("create", expression)

    def test_others(self) -> None:
        with terminal("break checkpoint", "run", program=APP) as session:
            self.assertIn("await why #1330", session.tab("await why #133"))
            options = session.tab("info awaits -s")
            self.assertLessEqual({"site", "sort", "state"}, self.words(options))
            self.assertIn("-type page ", session.tab("info awaits -type pa"))
            self.assertIn("-thread ", session.tab("await log -thr"))
            commands = self.words(session.tab("await "))
        wanted = {"args", "break", "bt", "log", "mark", "tree", "why"}
        self.assertLessEqual(wanted, commands)

    def test_without_process(self) -> None:
        with terminal(f"source {STUB}", program=PLAIN) as session:
            self.assertIn("await break hit ", session.tab("await break hi"))
            for line in ("await why #", "await log f", "info awaits -type "):
                shown = session.tab(line)
                self.assertFalse({"awaits:", "error"} & self.words(shown), shown)


if __name__ == "__main__":
    tap.main()
