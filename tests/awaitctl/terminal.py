# SPDX-License-Identifier: MIT
"""A program on a terminal of its own, and what stands on it.

    with Terminal(directory, "top", 4711) as terminal:
        terminal.until("q quit")
        terminal.send("s")
        print(terminal.lines()[0])

The terminal type is made for the test and knows little, so that little has to
be understood here: clearing, going to a place, letters.
"""

from __future__ import annotations

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import typing

TYPE = "await-test"
SOURCE = rf"""{TYPE}|what test_top.py understands,
    am, cols#80, lines#24, cr=\r, cud1=\n, ind=\n,
    clear=\E[H\E[J, cup=\E[%i%p1%d;%p2%dH, el=\E[K,
    smcup=\E[?1049h, rmcup=\E[?1049l, kcuu1=\EOA, kcud1=\EOB,
    kpp=\E[5~, knp=\E[6~, khome=\EOH, kbs=^?,
"""
SEQUENCE = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])")
UP, DOWN, PAGE_UP, PAGE_DOWN, HOME = (
    "\x1bOA",
    "\x1bOB",
    "\x1b[5~",
    "\x1b[6~",
    "\x1bOH",
)
SECONDS = 60


def _begin() -> None:
    """In the child: the terminal is its own, and no signal is ignored or held, as
    they may be where the tests run in the background."""
    ending = signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for each in ending:
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ending)


class Terminal:
    def __init__(
        self,
        directory: pathlib.Path,
        *command: object,
        rows: int = 24,
        columns: int = 100,
        **environment: str,
    ) -> None:
        source = directory / "terminfo.src"
        source.write_text(SOURCE)
        subprocess.run(
            ["tic", "-x", "-o", str(directory), str(source)], check=True, timeout=60
        )
        self.master, self.slave = pty.openpty()
        self.screen: list[list[str]] = []
        self.at = (0, 0)
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.seen = ""
        self.used = 0
        self.process = subprocess.Popen(
            [str(x) for x in command],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=_begin,
            env=os.environ
            | {"TERM": TYPE, "TERMINFO": str(directory), "LC_ALL": "C.UTF-8"}
            | environment,
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(SECONDS)
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)

    def resize(self, rows: int, columns: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.rows, self.columns = rows, columns
        old = [x[:columns] + [" "] * (columns - len(x)) for x in self.screen[:rows]]
        self.screen = old + [[" "] * columns for _ in range(rows - len(old))]
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def hang_up(self) -> None:
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def clear(self) -> None:
        self.screen = [[" "] * self.columns for _ in range(self.rows)]
        self.at = (0, 0)

    def send(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def read(self, seconds: float) -> bool:
        """Takes in what is written; False if nothing is for that long."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
        except OSError:
            return False
        self._understand()
        return True

    def _understand(self) -> None:
        while self.used < len(self.seen):
            char = self.seen[self.used]
            if char == "\x1b":
                match = SEQUENCE.match(self.seen, self.used)
                if not match:
                    return  # the rest is still to come
                self._sequence(match[1], match[2])
                self.used = match.end()
                continue
            self.used += 1
            row, column = self.at
            if char == "\n":
                self.at = (row + 1, column)
            elif char == "\r":
                self.at = (row, 0)
            elif char >= " ":
                if row < self.rows and column < self.columns:
                    self.screen[row][column] = char
                # Automatic margins.
                last = column + 1 >= self.columns
                self.at = (row + 1, 0) if last else (row, column + 1)

    def _sequence(self, numbers: str, letter: str) -> None:
        row, column = self.at
        if letter == "H":
            where = [int(x) - 1 for x in (numbers or "1;1").split(";")]
            self.at = (where[0], where[1])
        elif letter == "J":
            self.clear()
        elif letter == "K" and row < self.rows:
            self.screen[row][column:] = [" "] * (self.columns - column)
        elif numbers == "?1049" and letter in "hl":
            pass
        else:
            raise AssertionError(f"unknown: {numbers}{letter}")

    def lines(self) -> list[str]:
        return ["".join(x).rstrip() for x in self.screen]

    def text(self) -> str:
        return "\n".join(self.lines())

    def until(self, what: str | typing.Callable[[], typing.Any]) -> None:
        """Until the screen has that text, or is as asked."""
        test = (lambda: what in self.text()) if isinstance(what, str) else what
        end = time.monotonic() + SECONDS
        while not test():
            if time.monotonic() > end:
                raise AssertionError(f"not on the screen: {what}\n{self.text()}")
            self.read(0.1)

    def end(self) -> int:
        """Its exit status, once it has ended and all is read."""
        end = time.monotonic() + SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        while self.read(0.05):
            pass
        return self.process.wait(1)

    def is_restored(self) -> bool:
        """Whether it is as it was: its modes, and the usual screen."""
        return (
            termios.tcgetattr(self.slave) == self.before
            and self.seen.rfind("\x1b[?1049l") > self.seen.rfind("\x1b[?1049h") >= 0
        )
