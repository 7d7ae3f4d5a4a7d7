# SPDX-License-Identifier: MIT
"""A process with two copies of libawait: one of a plugin's own beside the shared
one. See late.c."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    LATE,
    LATE_OWN,
    LATE_PLUGIN,
    LATE_RECORDED,
    STUB,
    TEST_LIBRARY,
    answers,
    gdb,
    marked,
)

LATER = ("set breakpoint pending on", "break twice", "run")


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

    def test_completion(self) -> None:
        ids, functions, threads, breaks = self.ask(
            *marked(
                "complete await why #1",
                "complete info awaits -function t",
                "complete info awaits -thread ",
                "complete await break hit tw",
            )
        )
        self.assertEqual(ids, "await why #1\n")  # there is none in libawait.so
        self.assertEqual(functions, "info awaits -function twice\n")
        self.assertEqual(threads, "info awaits -thread 1\n")
        self.assertEqual(breaks, "await break hit twice\n")


class TwiceStopped(unittest.TestCase):
    """`await break` and backtraces, with both."""

    # Until the program ends, from the first run on: the file that is stopped in,
    # and what has happened. The last six are one run inside the other.
    EVENTS = [
        ("late-plugin.so", "#1 twice: hit = 16"),
        ("late-own.so", "#1 twice: runs twice(8) on thread 1"),
        ("late-own.so", "#1 twice: hit = 16"),
        ("late-plugin.so", "#1.1 twice: runs twice(3) on thread 1"),
        ("late-own.so", "#1.1 twice: runs twice(4) on thread 1"),
        ("late-own.so", "#1.1 twice: hit = 8"),
        ("late-plugin.so", "#1.1 twice: hit = 16"),
    ]
    ALIVE = "python if gdb.selected_inferior().pid: "
    WHERE = (
        ALIVE + "print('in', gdb.solib_name(gdb.selected_frame().pc())"
        ".rsplit('/', 1)[-1], gdb.selected_frame().name())"
    )
    ARMED = (
        "python from awaitmodel import event_filters;"
        " print([event_filters.is_armed(each.layout)"
        " for each in awaitgdb.memory.worlds()])"
    )

    def ask(self, *commands: str, own: Path = LATE_OWN) -> str:
        return gdb(*commands, program=LATE, arguments=(str(LATE_PLUGIN), str(own)))

    def events(self, *way: str, own: Path = LATE_OWN) -> list[tuple[str, str]]:
        stops = (self.ALIVE + "gdb.execute('continue')", self.WHERE) * (
            len(self.EVENTS) + 1
        )
        output = self.ask(*way, *stops, own=own)
        self.assertIn("\nnested 32\n", output)
        told = re.findall(r"(?m)^(#.*) \(created late-plugin\.c:\d+\)$", output)
        where = re.findall(r"(?m)^in (\S+) use$", output)
        self.assertEqual(len(told), len(where), output)
        return list(zip(where, told))

    def test_break(self) -> None:
        way = (*LATER, "delete", "await break run", "await break hit twice")
        self.assertEqual(self.events(*way), self.EVENTS)

    def test_break_before_any_is_loaded(self) -> None:
        both = ("await break run twice", "await break hit")
        found = self.events(f"source {STUB}", *both, "run", self.WHERE)
        begin = ("late-plugin.so", "#1 twice: runs twice(8) on thread 1")
        self.assertEqual(found, [begin, *self.EVENTS])

    def test_break_when_both_are_loaded(self) -> None:
        way = (*LATER, "continue", "delete")
        found = self.events(*way, "await break run #1.1", "await break hit")
        self.assertEqual(found, self.EVENTS[2:])

    def test_one_does_not_stop(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            own = Path(scratch) / LATE_OWN.name
            subprocess.run(["strip", "-o", own, LATE_OWN], check=True, timeout=60)
            way = (*LATER, "break nest", "continue", "delete")
            output = self.ask(*way, "await break run", own=own)
            found = self.events(*way, "await break run", "await break hit", own=own)
        self.assertIn(
            "\nlibawait in late-own.so does not stop: it was stripped of await_trap()\n"
            "await break 3: run\n",
            output,
        )
        self.assertEqual(found, [self.EVENTS[3], self.EVENTS[6]])

    def test_one_is_damaged(self) -> None:
        way = (*LATER, "continue", "frame function use")
        damage = ("set var $magic = (long *)&await_debug", "set var *$magic = 5")
        output = self.ask(*way, *damage, "await break hit", "print 6 * 7")
        self.assertIn("libawait in late-own.so does not stop: the debug bl", output)
        self.assertIn("await break 2: hit\n", output)

    def test_nothing_is_left(self) -> None:
        way = (*LATER, "continue", "await break hit", self.ARMED, "delete", self.ARMED)
        found = re.findall(r"(?m)^\[\w+, \w+\]$", self.ask(*way))
        self.assertEqual(found, ["[True, True]", "[False, False]"])

    def test_backtrace(self) -> None:
        nested = ("tbreak nest", "continue", "continue", "continue")
        output = self.ask(*LATER, "continue", *nested, *marked("bt -hide", "bt"))
        hidden, full = answers(output)
        frames = re.findall(r"(?m)^#\d+ +(?:0x\w+ in )?(\[.*\]|\w+) \(", hidden)
        named = "[Await #1.1 twice, created late-plugin.c:25]"
        run = ["twice", named, "use"]
        self.assertEqual(frames, [*run, *run, "main"], hidden)
        numbers = re.findall(r"(?m)^ *#(\d+) ", full)
        self.assertEqual(numbers, [str(n) for n in range(len(numbers))])
        self.assertGreaterEqual(len(numbers), len(frames) + 2)


class TwiceRecorded(unittest.TestCase):
    LOG = r"6 events, recording\n *Time/us .*\n" + "".join(
        rf" *[\d.]+  1 +{event} +twice +late-plugin\.c:\d+ in use\(\)\n"
        for event in (
            *("created +#1", "created +#2", "begins +#1", "ran +#1", "hit +#1"),
            "destroyed +#1",
        )
    )

    def ask(self, second: Path, *preloaded: Path) -> tuple[str, dict[str, list[str]]]:
        told, line = answers(
            gdb(
                *("set startup-with-shell off", "set environment LIBAWAIT_RECORD 10"),
                f"set environment LD_PRELOAD {':'.join(map(str, preloaded))}",
                *("break nest", "run", *marked("await log", "await log -json")),
                program=LATE,
                arguments=(str(LATE_PLUGIN), str(second)),
            )
        )
        return told, json.loads(line.splitlines()[0])

    def test_one_recorder(self) -> None:
        told, document = self.ask(LATE_OWN, TEST_LIBRARY)
        silent = "libawait in late-own.so has no recorder: its events are not here"
        self.assertRegex(told, rf"^{self.LOG}{re.escape(silent)}\n$")
        self.assertEqual(document["warnings"], [silent])

    def test_two_recorders(self) -> None:
        # A plugin with so much per thread must be there from the beginning.
        told, document = self.ask(LATE_RECORDED, TEST_LIBRARY, LATE_RECORDED)
        self.assertRegex(
            told,
            rf"^recorder in libawait-test\.so[.\d]*:\n{self.LOG}\n"
            rf"recorder in late-recorded\.so:\n{self.LOG}$",
        )
        self.assertEqual(
            document["warnings"],
            ["the events of the recorder in late-recorded.so are not here"],
        )


if __name__ == "__main__":
    tap.main()
