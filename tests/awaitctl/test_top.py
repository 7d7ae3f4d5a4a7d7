# SPDX-License-Identifier: MIT
"""awaitctl top, on a terminal, driven by keys, and without one."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import subprocess
import termios
import typing

from harness import AWAITCTL, LIMIT, Running, run, until
from pscase import APP, LINKED, PLUGIN, Case

import tap
from terminal import DOWN, HOME, PAGE_DOWN, PAGE_UP, UP, Terminal

KEYS = "q quit  s sort"


class Top(Case):
    def top(self, pid: int, *options: object, **more: typing.Any) -> Terminal:
        """awaitctl top, drawn; looks again only when told to."""
        if "-d" not in options:
            options = ("-d", 3600, *options)
        terminal = Terminal(self.dir, AWAITCTL, "top", *options, pid, **more)
        self.addCleanup(terminal.__exit__)
        return terminal


class Screen(Top):
    def setUp(self) -> None:
        super().setUp()
        self.pid = self.start(APP, "states").pid
        until(
            lambda: "which thread" in run(AWAITCTL, "ps", self.pid).stdout,
            "one thread waits for what another one runs",
        )

    def test_parts(self) -> None:
        terminal = self.top(self.pid, rows=30, columns=120)
        terminal.until(KEYS)
        lines = terminal.lines()
        self.assertEqual(
            lines[0], f"process {self.pid} (ps-app)  every 3600 s  sort: state"
        )
        self.assertEqual(
            lines[1],
            "13 awaits: 4 pending, 2 running, 4 resolved, 2 failed, 1 cancelled",
        )
        self.assertRegex(lines[2], r"^Id +State +Type +Await +Created +Thread$")
        self.assertRegex(lines[3], r"^#4104 +running +int +outer\(NULL\)")
        self.assertEqual(lines[16:26], [""] * 10)
        self.assertRegex(lines[26], r"^Thread \d+ \(ps-app\) ")
        self.assertTrue(lines[29].startswith(KEYS), lines[29])

    def test_keys(self) -> None:
        terminal = self.top(self.pid)
        terminal.until(KEYS)
        for keys, title in (
            ("s", "sort: function"),
            ("s", "sort: type"),
            ("r", "sort: type, reversed"),
            ("r", "sort: type"),
            ("b", "by: state"),
            ("b", "by: function"),
            ("s", "sort: site"),
            ("ssss", "sort: state"),
            ("t", "sort: state  state: pending"),
            ("t", "sort: state  state: running"),
            ("tttt", "sort: state"),
            ("finn?r\r", "sort: state  function: inn?r"),
            ("fxyz\x1b", "sort: state  function: inn?r"),
            (" ", "sort: state  function: inn?r  PAUSED"),
            (" ", "sort: state  function: inn?r"),
        ):
            terminal.send(keys)
            terminal.until(lambda: terminal.lines()[0].endswith("s  " + title))
        self.assertEqual(terminal.text().count(" inner("), 3)
        terminal.send("f\x7f\x7f\x7f\x7f\x7f\r-")
        terminal.until("every 1800 s  sort: state")
        terminal.until(lambda: terminal.lines()[0].endswith("sort: state"))
        terminal.send("q")
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.is_restored())

    def test_groups(self) -> None:
        terminal = self.top(self.pid, "--by=function")
        terminal.until(KEYS)
        self.assertEqual(
            terminal.lines()[2].split(),
            "Awaits Pending Running Resolved Failed Cancelled Function Type".split(),
        )
        self.assertEqual(terminal.lines()[3].split(), "3 1 0 1 1 0 fetch page".split())

    def test_scrolls(self) -> None:
        terminal = self.top(self.start(APP, "many", 1000).pid, "--sort=id")

        def first(number: int) -> None:
            terminal.until(lambda: terminal.lines()[3].startswith(f"#{number} "))

        terminal.until(KEYS)
        first(1)
        for key, number in (
            (DOWN, 2),
            (DOWN, 3),
            (UP, 2),
            (PAGE_DOWN, 22),
            (PAGE_DOWN, 42),
            (PAGE_UP, 22),
            (HOME, 1),
            (UP, 1),
            ("r", 1000),
            (PAGE_DOWN * 60, 20),
        ):
            terminal.send(key)
            first(number)

    def test_resize(self) -> None:
        terminal = self.top(self.pid)
        terminal.until(KEYS)
        for rows, columns in ((40, 120), (12, 60), (5, 20), (1, 8), (2, 3), (24, 80)):
            terminal.resize(rows, columns)
            # Such a terminal cannot have a letter in its last corner.
            bottom = KEYS[: columns - 1].rstrip()
            terminal.until(lambda: terminal.lines()[rows - 1].startswith(bottom))
            self.assertTrue(all(len(x) <= columns for x in terminal.lines()))
        terminal.send("q")
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.is_restored())

    def test_suspended(self) -> None:
        """By ^Z, under a shell that continues it after a line."""
        terminal = Terminal(
            self.dir,
            *("sh", "-mc", f"{AWAITCTL} top -d 3600 {self.pid}; read line; fg"),
        )
        self.addCleanup(terminal.__exit__)
        terminal.until(KEYS)
        shell = terminal.process.pid
        children = pathlib.Path(f"/proc/{shell}/task/{shell}/children")
        status = pathlib.Path(f"/proc/{children.read_text().strip()}/stat")
        terminal.send("\x1a")
        until(lambda: ") T " in status.read_text(), "it has stopped")
        while terminal.read(0.1):
            pass
        self.assertTrue(terminal.is_restored())
        terminal.clear()
        terminal.send("\n")
        terminal.until(KEYS)
        self.assertFalse(terminal.is_restored())
        terminal.send("s")
        terminal.until("sort: function")
        terminal.send("q")
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.is_restored())

    def test_redraws(self) -> None:
        terminal = self.top(self.pid)
        terminal.until(KEYS)
        terminal.clear()  # as by what another program wrote
        terminal.send("\x0c")
        terminal.until(KEYS)
        terminal.until("sort: state")


class Ends(Top):
    """However it ends, the terminal is as it was."""

    def setUp(self) -> None:
        super().setUp()
        self.process = self.start(APP, "many", 3)

    def drawn(self, **more: typing.Any) -> Terminal:
        terminal = self.top(self.process.pid, **more)
        terminal.until(KEYS)
        self.assertNotEqual(termios.tcgetattr(terminal.slave), terminal.before)
        self.assertFalse(terminal.is_restored())
        return terminal

    def test_signals(self) -> None:
        for each in (
            signal.SIGINT,
            signal.SIGTERM,
            signal.SIGHUP,
            signal.SIGQUIT,
            signal.SIGSEGV,
            signal.SIGABRT,
            signal.SIGBUS,
        ):
            terminal = self.drawn()
            terminal.process.send_signal(each)
            self.assertEqual(terminal.end(), -each)
            self.assertTrue(terminal.is_restored(), each)

    def test_control_c(self) -> None:
        terminal = self.drawn()
        terminal.send("\x03")
        self.assertEqual(terminal.end(), -signal.SIGINT)
        self.assertTrue(terminal.is_restored())

    def test_hang_up(self) -> None:
        terminal = self.drawn()
        terminal.hang_up()
        self.assertIn(terminal.process.wait(LIMIT), (0, 1, -signal.SIGHUP))

    def test_process_ends(self) -> None:
        terminal = self.drawn()
        self.process.close()
        terminal.send("s")  # to look again
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.is_restored())
        self.assertRegex(
            terminal.seen,
            rf"awaitctl: process {self.process.pid} has ended, or executed another"
            r" program, meanwhile\r\n\Z",
        )

    def test_by_itself(self) -> None:
        """It looks again without keys, and ends after so many looks."""
        terminal = self.top(self.process.pid, "-d", "0.1", "--count", "3")
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.is_restored())

    def test_unknown_terminal(self) -> None:
        terminal = self.top(self.process.pid, TERM="no-such-type")
        self.assertEqual(terminal.end(), 1)
        self.assertEqual(termios.tcgetattr(terminal.slave), terminal.before)
        self.assertRegex(
            terminal.seen,
            r"\Aawaitctl: unknown type of terminal, TERM=no-such-type: [^\n]+\n\Z",
        )

    def test_nothing_to_see(self) -> None:
        """The screen is not touched for an error."""
        terminal = self.top(os.getpid())
        self.assertEqual(terminal.end(), 1)
        self.assertEqual(
            terminal.seen,
            f"awaitctl: process {os.getpid()} does not use libawait\r\n",
        )


class Follows(Top):
    def test_sees_what_changes(self) -> None:
        process = self.start(LINKED, "load", PLUGIN)
        terminal = self.top(process.pid, "-d", "0.2")
        terminal.until("0 awaits")
        process.send("go\n")
        process.expect("ready\n")
        terminal.until("2 copies of libawait")
        terminal.until("1 await: 1 pending")

    def test_deadlock(self) -> None:
        process = self.start(APP, "ring", PLUGIN)
        terminal = self.top(process.pid, "-d", "0.2", rows=30)
        terminal.until("DEADLOCK: thread ")


class Plain(Top):
    """Without a terminal: what ps prints, again and again."""

    def test_pipe(self) -> None:
        process = self.start(APP, "many", 3)
        out = run(AWAITCTL, "top", "-d", "0.1", "--count", 3, "--sort=id", process.pid)
        once = run(AWAITCTL, "ps", process.pid).stdout
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertEqual(out.stdout, "\n".join([once] * 3))

    def test_process_ends(self) -> None:
        process = self.start(APP, "many", 3)
        top = Running(AWAITCTL, "top", "-d", "0.1", process.pid)
        self.addCleanup(top.close)
        top.expect("3 awaits: 3 pending")
        process.close()
        self.assertEqual(top.process.wait(LIMIT), 0)
        self.assertRegex(
            top.stderr(), rf"\Aawaitctl: process {process.pid} has ended[^\n]+\n\Z"
        )

    def test_no_process(self) -> None:
        child = subprocess.Popen(["true"])
        child.wait(LIMIT)
        out = run(AWAITCTL, "top", child.pid)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertTrue(re.fullmatch(r"awaitctl: no process \d+\n", out.stderr))


if __name__ == "__main__":
    tap.main()
