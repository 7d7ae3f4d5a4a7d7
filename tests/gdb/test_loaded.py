# SPDX-License-Identifier: MIT
"""Wherever libawait lies in a process, and whatever the process does just then:
before main, after exit, in a signal handler. See late.c, app.c."""

from __future__ import annotations

import re
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    APP,
    LATE,
    LATE_PLUGIN,
    STATIC,
    STUB,
    answers,
    gdb,
    marked,
)

LATER = ("set breakpoint pending on", "break twice", "run")
UNKNOWN = 'Undefined info command: "awaits'


class Late(unittest.TestCase):
    def ask(self, *commands: str) -> str:
        return gdb(*commands, program=LATE, arguments=(str(LATE_PLUGIN),))

    def test_not_loaded_yet(self) -> None:
        """The word is gdb's own: its scripts come with the library."""
        output = self.ask("start", "info awaits", *LATER[:2], "continue", "info awaits")
        before, after = output.split("at ../../tests/gdb/late-plugin.c")[:2]
        self.assertIn(UNKNOWN, before)
        self.assertIn("1 await: 1 running\n", after)

    def test_sourced_before(self) -> None:
        output = self.ask(
            *(f"source {STUB}", "info awaits", "start"),
            *(*marked("info awaits", "await tree", "print $await(1)"), "echo ==\\n"),
            *(*LATER[:2], "continue", "info awaits", "await why #1"),
        )
        *before, after = answers(output)
        self.assertIn("no process: run the program", output)
        for told in before:
            self.assertEqual(told, "this process does not use libawait\n")
        self.assertIn("1 await: 1 running\n", after)
        self.assertIn(
            "#1 twice runs on thread 1, since the wait at late-plugin.c:", after
        )


class Static(unittest.TestCase):
    """libawait.a in the program: addresses alone tell which frames are its own."""

    NAMED = re.compile(r"(?m)^#\d+ +(?:0x\w+ in )?(\[.*\]|\w+) \(")
    INNER = "[Await #4103 inner, created app.c:197]"
    OUTER = "[Await #4104 outer, created app.c:198]"

    def ask(self, *commands: str) -> list[str]:
        way = (f"source {STUB}", "break checkpoint", "run")
        return answers(gdb(*way, *commands, program=STATIC))

    def test_backtrace(self) -> None:
        wanted = ["checkpoint", "inner", self.INNER, "outer", self.OUTER, "main"]
        hidden, full = self.ask(*marked("bt -hide", "bt"))
        self.assertEqual(self.NAMED.findall(hidden), wanted)
        self.assertRegex(full, r"(?m)^    #\d+ .* run_plain |^    #\d+ +run_plain ")

    def test_thread_that_waits(self) -> None:
        asleep = False
        for _ in range(30):
            raw, hidden = self.ask(
                "thread 2", *marked("bt -no-filters", "bt -hide")
            )  # fmt: skip
            asleep = bool(re.match(r"#0 +(0x\w+ in )?syscall ", raw))
            if asleep:
                waits = self.OUTER.replace("[", "[waits for ")
                found = self.NAMED.findall(hidden)
                self.assertEqual(found[:2], [waits, "wait_for_outer"])
                break
        self.assertTrue(asleep)

    def test_stop(self) -> None:
        (told,) = self.ask(
            "await break resolve inner", "echo ==\\n", "continue", "bt -hide"
        )
        line = (
            r"#4103 inner: resolved = 2 \(created app\.c:197\)\n#\d+ +0x\w+ in outer \("
        )
        self.assertRegex(told, line)
        wanted = ["outer", "await_trap", "outer", self.OUTER, "main"]
        self.assertEqual(self.NAMED.findall(told), wanted)

    def test_inside_the_end_of_a_run(self) -> None:
        (hidden,) = self.ask(
            "await break resolve nosuch", "tbreak finish_plain", "continue",
            *marked("bt -hide"),
        )  # fmt: skip
        found = self.NAMED.findall(hidden)
        if "outer" not in found:
            self.skipTest("libawait was built without symbols")
        self.assertEqual(found[-3:], ["outer", self.OUTER, "main"])
        self.assertNotIn(self.INNER, found)


class Moments(unittest.TestCase):
    def test_before_main(self) -> None:
        found = answers(
            gdb(
                *("catch load libawait", "run"),
                *marked("info awaits", "await tree", "print handles.pending"),
            )
        )
        self.assertEqual(found[0], "0 awaits\n")
        self.assertEqual(found[1], "No thread runs an await or waits for one.\n")
        self.assertIn("= Await<page> NULL\n", found[2])

    def test_before_it_is_loaded(self) -> None:
        output = gdb("starti", "info awaits", f"source {STUB}", "await tree")
        self.assertIn(UNKNOWN, output)
        self.assertIn("\nthis process does not use libawait\n", output)

    def test_after_exit(self) -> None:
        (found,) = answers(
            gdb(
                *("set breakpoint pending on", "break _exit", "run"),
                *("echo ==\\n", "info awaits -limit 0", "await tree"),
            )
        )
        counts = "18 awaits: 3 pending, 12 resolved, 2 failed, 1 cancelled\n"
        self.assertIn(counts, found)
        self.assertIn("\nNo thread runs an await or waits for one.\n", found)

    def test_in_a_signal_handler(self) -> None:
        found = answers(
            gdb(
                *(*LATER, "queue-signal SIGUSR1", "break on_signal", "continue"),
                *marked("info awaits", "await tree", "await bt #1"),
                program=LATE,
                arguments=(str(LATE_PLUGIN),),
            )
        )
        self.assertIn("1 await: 1 running\n", found[0])
        self.assertIn("`- thread 1 is in on_signal () at late.c:", found[1])
        self.assertRegex(
            found[2],
            r"(?m)^  #0  on_signal \(\) at late\.c:\d+\n"
            r"  #1  <signal handler called>\n"
            r"  #2  twice \(\) at late-plugin\.c:\d+\n"
            r"  #3  twice_await_run \(\) at late-plugin\.c:\d+\n",
        )


class Remote(unittest.TestCase):
    """gdb reads what it debugs through gdbserver, unless it is told otherwise."""

    def setUp(self) -> None:
        if not shutil.which("gdbserver"):
            self.skipTest("there is no gdbserver")

    def ask(self, *before: str) -> str:
        return gdb(
            *before,
            f"target remote | gdbserver --once - {APP}",
            *("break checkpoint", "continue", "info awaits -limit 1", "await tree"),
            "kill",
        )

    def test_local_files(self) -> None:
        output = self.ask("set sysroot /")
        self.assertIn("18 awaits: 3 pending, 2 running", output)

    def test_sourced(self) -> None:
        output = self.ask(f"source {STUB}")
        self.assertIn("18 awaits: 3 pending, 2 running", output)
        self.assertIn("`- thread 1 is in checkpoint () at app.c:", output)


if __name__ == "__main__":
    tap.main()
