# SPDX-License-Identifier: MIT
"""`await break`: which events stop the program, and what a stop shows. See
events.c for what happens."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from breaktest import ONCE, START, once, told  # noqa: E402
from gdbtest import BREAKPOINTS, EVENTS, EVENTS_OPTIMIZED, gdb, knows_no  # noqa: E402
from sample import share, spread  # noqa: E402


class Events(unittest.TestCase):
    maxDiff = None

    def test_each(self) -> None:
        some = spread([*ONCE], 3, "events in an optimized program")
        for program, events in ((EVENTS, [*ONCE]), (EVENTS_OPTIMIZED, some)):
            for event in events:
                output = once(f"await break {event}", program=program)
                self.assertEqual(told(output), ONCE[event], event)
                self.assertIn("\nend 0\n", output)

    def test_of_a_function(self) -> None:
        for event, lines in ONCE.items():
            output = once(f"await break {event} twice")
            wanted = [line for line in lines if " twice: " in line]
            self.assertEqual(told(output), wanted, event)

    def test_names(self) -> None:
        """They are compared in the process: see trap_may_name()."""
        name = "long" + 20 * "_name"
        near = ("twic", "twicf", "swice", "twice2", f"{name[:-1]}f", name[:-1])
        filters = [f"await break create {each}" for each in (*near, "twice", name)]
        output = gdb(
            *START, *filters, *["continue"] * 3, program=EVENTS, arguments=("names",)
        )
        self.assertEqual(
            told(output),
            ["#1 twice: created: twice(1)", f"#2 {name}: created: {name}(2)"],
        )
        self.assertIn("\nend 0\n", output)
        # Alone, lest another one hides that it stops.
        output = gdb(
            *START, *filters[: len(near)], "continue", program=EVENTS,
            arguments=("names",),
        )  # fmt: skip
        self.assertEqual(told(output), [])

    def test_of_an_await(self) -> None:
        each = share(1, 2, "awaits for each event")
        for event, lines in ONCE.items():
            wanted = {
                number: [line for line in lines if line.startswith(number + " ")]
                for number in ("#2.1", "#4")
            }
            # First the one that it happens to, if there is one.
            for number in sorted(wanted, key=lambda n: not wanted[n])[:each]:
                output = once(f"await break {event} {number}")
                self.assertEqual(told(output), wanted[number], f"{event} {number}")
        self.assertEqual(told(once("await break run other #2")), [])
        self.assertEqual(told(once("await break run twice #2")), [ONCE["run"][2]])

    def test_if(self) -> None:
        output = once("await break destroy twice if $_await->value == 42")
        self.assertEqual(told(output), ["#3 twice: destroyed, was resolved"
                                        " twice(...) = 42"])  # fmt: skip
        output = once("await break wait if $_await_error == -110")
        self.assertEqual(told(output), ONCE["wait"][:1])
        output = once("await break create if($_thread == 2)")
        self.assertEqual(told(output), [])
        output = once("await break create if nosuchthing > 1")
        self.assertEqual(told(output), [])
        self.assertTrue(knows_no("nosuchthing", output), output)

    def test_every_event_at_once(self) -> None:
        commands = [f"await break {event}" for event in ONCE]
        output = once(*commands)
        everything = [line for lines in ONCE.values() for line in lines]
        self.assertEqual(sorted(told(output)), sorted(everything))

    def test_two_want_the_same(self) -> None:
        output = once("await break hit", "await break hit twice", "await break hit")
        self.assertEqual(told(output), ONCE["hit"])
        self.assertRegex(output, r"\b2, await_trap")
        output = gdb(
            *START, "await break hit", "await break hit twice", "continue",
            BREAKPOINTS, program=EVENTS, arguments=("once",),
        )  # fmt: skip
        hits = re.findall(r"(?m)^breakpoint (\d): (\d) hits", output)
        self.assertEqual(hits, [("2", "1"), ("3", "1")])


class Stop(unittest.TestCase):
    def test_frame_is_the_users(self) -> None:
        output = gdb(
            *START, "await break hit", "continue", "print $_await", "frame",
            "info locals", "up", program=EVENTS, arguments=("once",),
        )  # fmt: skip
        self.assertIn("\n$1 = Await<int> #3 resolved twice(...) = 42\n", output)
        frames = re.findall(r"(?m)^#\d+ +0x\w+ in (\w+) .*events\.c:(\d+)$", output)
        self.assertEqual([name for name, _ in frames], ["once", "once", "main"])
        self.assertIn("\ngood = Await<int> #3 resolved", output.replace("        ", ""))
        source = Path(__file__).with_name("events.c").read_text().splitlines()
        self.assertIn("await_wait(good, &value) != 0;", source[int(frames[0][1]) - 1])

    def test_listed(self) -> None:
        output = gdb(
            *START,
            "await break hit twice #12",
            "await break fail if $_thread == 1",
            "info breakpoints",
            BREAKPOINTS,
            program=EVENTS,
            arguments=("once",),
        )
        self.assertIn("\nawait break 2: hit twice #12\nawait break 3: fail\n", output)
        self.assertRegex(output, r"\n2 +breakpoint .* await_trap at .*trap\.c:\d+\n")
        self.assertIn('2: 0 hits, if $_await_break("hit twice #12")\n', output)
        condition = '3: 0 hits, if $_await_break("fail") && ($_thread == 1)\n'
        self.assertIn(condition, output)

    def test_condition(self) -> None:
        output = once("await break create", "condition 2 $_await->value == 42")
        self.assertEqual(told(output), [])
        output = once(
            "await break create",
            "condition 2 $_thread == 1",
            BREAKPOINTS,
            "condition 2",
            BREAKPOINTS,
        )
        self.assertEqual(told(output), ONCE["create"])
        first = ' hits, if $_await_break("create") && ($_thread == 1)\n'
        self.assertIn(first, output)
        self.assertIn(' hits, if $_await_break("create")\n', output)

    def test_ignore(self) -> None:
        output = once("await break create", "ignore 2 4", "continue", BREAKPOINTS)
        self.assertEqual(told(output), ONCE["create"][4:])
        self.assertIn("\nbreakpoint 2: 5 hits,", output)

    def test_commands(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script"
            script.write_text(
                "await break run twice\ncommands\nsilent\n"
                'printf "<%d>\\n", $_await->head.refs\ncontinue\nend\n'
            )
            output = once(f"source {script}", continues=1)
        self.assertEqual(output.count("<1>\n"), 2)
        self.assertEqual(told(output), [])
        self.assertIn("\nend 0\n", output)

    def test_commands_come_after_what_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script"
            script.write_text(
                "await break run twice\ncommands\n"
                'printf "<%d>\\n", $_await->head.refs\ncontinue\nend\n'
            )
            output = once(f"source {script}", continues=1)
        lines = re.findall(r"(?m)^(?:<1>|#[\d.]+ twice: runs)", output)
        self.assertEqual(
            lines, ["#3 twice: runs", "<1>", "#2 twice: runs", "<1>"], output
        )

    def test_saved(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            saved = Path(scratch) / "saved"
            gdb(*START, "await break hit twice", f"save breakpoints {saved}",
                program=EVENTS, arguments=("once",))  # fmt: skip
            self.assertEqual(told(once(f"source {saved}")), ONCE["hit"])


if __name__ == "__main__":
    tap.main()
