# SPDX-License-Identifier: MIT
"""Wherever libawait lies in a process, how often, and whatever the process does
just then: before main, after exit, in a signal handler. See late.c, app.c."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import APP, LATE, LATE_OWN, LATE_PLUGIN, STUB, gdb  # noqa: E402

LATER = ("set breakpoint pending on", "break twice", "run")
UNKNOWN = 'Undefined info command: "awaits'


def answers(output: str) -> list[str]:
    return output.split("==\n")[1:]


def marked(*commands: str) -> tuple[str, ...]:
    return tuple(part for each in commands for part in ("echo ==\\n", each))


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


class Twice(unittest.TestCase):
    """libawait.so by one plugin, and a copy that the other one holds."""

    LISTS = re.compile(
        r"libawait in libawait\.so\.0:\n"
        r"1 await: 1 pending\n"
        r"Id .*\n"
        r"#2 +pending +int +twice\(-8\) .*\n"
        r"\n"
        r"libawait in late-own\.so:\n"
        r"2 awaits: 1 pending, 1 running\n"
        r"Id .*\n"
        r"#1 +running +int +twice\(8\) .*\n"
        r"#2 +pending +int +twice\(-8\) .*\n"
        r"\n"
        r"Thread 1 runs #1 twice\n"
    )
    IN_USE = ("frame function use",)

    def ask(self, *commands: str) -> list[str]:
        plugins = (str(LATE_PLUGIN), str(LATE_OWN))
        way = (*LATER, "continue")
        return answers(gdb(*way, *commands, program=LATE, arguments=plugins))

    def test_lists(self) -> None:
        plain, grouped, tree = self.ask(
            *marked("info awaits", "info awaits -group state", "await tree")
        )
        self.assertRegex(plain, self.LISTS)
        self.assertEqual(grouped.count("libawait in "), 2)
        self.assertRegex(
            tree,
            r"libawait in libawait\.so\.0:\n"
            r"No thread runs an await or waits for one\.\n"
            r"\n"
            r"libawait in late-own\.so:\n"
            r"Thread 1, LWP \d+\n"
            r"`- #1 twice, waited for at late-plugin\.c:\d+ in use\(\)\n",
        )

    def test_core(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            core = Path(scratch) / "core"
            self.ask(f"generate-core-file {core}")
            output = gdb("info awaits", program=LATE, core=core)
        self.assertRegex(output, self.LISTS)

    def test_handles(self) -> None:
        found = self.ask(
            *self.IN_USE,
            *marked(
                "print *aw",
                "print left",
                "await why aw",
                "await bt left",
                "await args left",
                "print $await_value(aw)",
                "print $await_args(left).n",
                "print $await(1)",
            ),
        )
        self.assertIn("= Await<int> #1 running twice(8) on thread 1\n", found[0])
        self.assertIn("= Await<int> #2 pending twice(-8)\n", found[1])
        self.assertIn("#1 twice runs on thread 1, since the wait at late-p", found[2])
        self.assertIn("#2 pending twice(-8)\ncreated      late-plugin.c", found[3])
        self.assertEqual(found[4], "int n = -8\n")
        self.assertEqual(found[5], "#1 twice is running: it has no value\n")
        self.assertRegex(found[6], r"^\$\d+ = -8\n")
        self.assertIn("= Await<int> #1 running twice(8)", found[7])

    def test_one_id_of_two(self) -> None:
        (told,) = self.ask(*marked("await why #2"))
        handles = re.findall(r"\(struct await \*\) 0x[0-9a-f]+", told)
        self.assertRegex(
            told,
            r"^#2 is one in each libawait: .* of libawait\.so\.0 or .* of late-own\.so",
        )
        found = self.ask(*marked(*(f"await why {each}" for each in handles)))
        self.assertEqual(len(found), 2)
        for why in found:
            self.assertIn("#2 twice is pending: nobody has waited for it", why)

    def test_mark(self) -> None:
        mark, new = self.ask(*marked("await mark", "info awaits -new"))
        self.assertRegex(mark, r"(?s)libawait\.so\.0:\n1 await is .*:\n2 awaits are ")
        self.assertEqual(new.count("None of them matches."), 2)

    def test_json(self) -> None:
        (line,) = self.ask(*marked("info awaits -json"))
        told = json.loads(line.splitlines()[0])
        self.assertEqual(told["counts"], {"pending": 1})
        warning = "the awaits of libawait in late-own.so are not here"
        self.assertEqual(told["warnings"], [warning])

    def test_one_is_damaged(self) -> None:
        (told,) = self.ask(
            *self.IN_USE,
            *("set var $magic = (long *)&await_debug", "set var *$magic = 5"),
            *marked("info awaits"),
        )
        self.assertIn("\n1 await: 1 pending\n", told)
        self.assertIn("late-own.so:\nthe debug block of libawait at 0x", told)


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
