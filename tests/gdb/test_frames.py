# SPDX-License-Identifier: MIT
"""Backtraces: frames that run awaits are named, libawait's own elided; on a
live process, a core, optimized, stripped, in recursion, and damaged."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    APP,
    CHECKPOINT,
    EVENTS,
    EVENTS_OPTIMIZED,
    LIBRARY,
    OPTIMIZED,
    STUB,
    damaged,
    gdb,
    mi,
)

NAMED = r"\[(?:waits for )?Await #[\d.]+ \w+, created \w+\.c:\d+\]"
BOTTOM = ("break bottom", "run")
DEPTH = ("depth", "5")


def frames(output: str) -> list[str]:
    """The functions of a backtrace, without ids; elided ones are indented."""
    lines = re.findall(rf"(?m)^( *)#\d+ +(?:0x\w+ in )?({NAMED}|\w*) \(", output)
    return [indent + re.sub(r"#[\d.]+", "#N", name) for indent, name in lines]


def named(output: str) -> list[str]:
    return re.findall(r"\[(?:waits for )?Await (#[\d.]+ \w+), created", output)


class Live(unittest.TestCase):
    OUTER = "[Await #N outer, created app.c:198]"
    INNER = "[Await #N inner, created app.c:197]"

    def test_hidden(self) -> None:
        for program in (APP, OPTIMIZED):
            output = gdb(*CHECKPOINT, "bt -hide", program=program)
            wanted = ["checkpoint", "inner", self.INNER, "outer", self.OUTER, "main"]
            self.assertEqual(frames(output), wanted, output)

    def test_elided_are_indented(self) -> None:
        output = gdb(*CHECKPOINT, "bt")
        found = frames(output)
        self.assertEqual(found[:3], ["checkpoint", "inner", self.INNER])
        self.assertEqual(found[-1], "main")
        runtime = found[:-1]
        for each in ("checkpoint", "inner", self.INNER, "outer", self.OUTER):
            runtime.remove(each)
        self.assertGreaterEqual(len(runtime), 2)
        self.assertEqual([each for each in runtime if each[:4] != "    "], [])
        self.assertIn("    run_plain", runtime)
        # Nothing is lost, and numbers are gdb's.
        raw = gdb(*CHECKPOINT, "bt -no-filters")
        self.assertEqual(len(found), len(frames(raw)))
        self.assertEqual(
            re.findall(r"(?m)^ *#(\d+) ", output), re.findall(r"(?m)^ *#(\d+) ", raw)
        )

    def test_no_filters(self) -> None:
        disable = "disable frame-filter global libawait"
        output = gdb(*CHECKPOINT, "bt -no-filters", disable, "bt")
        self.assertEqual(frames(output).count("inner_await_run"), 2)
        self.assertEqual(named(output), [])

    def test_thread_that_waits(self) -> None:
        # It is about to sleep when the program stops.
        waits = "[waits for Await #N outer, created app.c:198]"
        asleep = False
        for _ in range(30):
            output = gdb(
                *CHECKPOINT, "thread 2", "echo ==\\n", "bt -no-filters",
                "echo ==\\n", "bt -hide",
            )  # fmt: skip
            raw, found = map(frames, output.split("==\n")[1:])
            asleep = raw[0] == "syscall"
            self.assertEqual(waits in found, asleep, output)
            self.assertIn("wait_for_outer", found)
            if asleep:
                self.assertEqual(found[:2], [waits, "wait_for_outer"])
                break
        self.assertTrue(asleep)

    def test_all_threads(self) -> None:
        output = gdb(*CHECKPOINT, "thread apply all -q bt -hide")
        runs = re.findall(r" \[Await #[\d.]+ (\w+), created", output)
        self.assertEqual(runs, ["inner", "outer"])

    def test_part_of_it(self) -> None:
        output = gdb(*CHECKPOINT, "bt -hide 3", "echo ==\\n", "bt -hide -1")
        first, last = output.split("==\n")
        self.assertEqual(frames(first), ["checkpoint", "inner", self.INNER])
        self.assertEqual(frames(last), ["main"])

    def test_frames_can_be_selected(self) -> None:
        output = gdb(*CHECKPOINT, "frame function outer", "print in", "info frame")
        self.assertRegex(output, r"\$1 = Await<int> #\d+ running inner\(2\)")

    def test_recursion(self) -> None:
        for program in (EVENTS, EVENTS_OPTIMIZED):
            output = gdb(*BOTTOM, "bt -hide", program=program, arguments=DEPTH)
            self.assertEqual(
                named(output), [f"#{n} deeper" for n in (6, 5, 4, 3, 2, 1)], output
            )
            first, *rest = re.findall(r"created events\.c:(\d+)\]", output)[::-1]
            self.assertEqual(len(set(rest)), 1)
            self.assertNotEqual(first, rest[0])

    def test_inside_libawait(self) -> None:
        # Where the thread stands nothing is hidden.
        here = ("break main", "run", "break await_core_cancel", "continue")
        output = gdb(*here, "echo ==\\n", "bt -hide")
        found = frames(output.split("==\n")[1])
        self.assertEqual(found, ["await_core_cancel", "make", "main"])

    def test_inside_the_end_of_a_run(self) -> None:
        # The inner run's record lies in a frame that is not called by another.
        output = gdb(
            *CHECKPOINT, "await break resolve nosuch", "tbreak finish_plain",
            "continue", "echo ==\\n", "bt -hide",
        )  # fmt: skip
        if 'Function "finish_plain" not defined' in output:
            self.skipTest("libawait was built without debug information")
        found = frames(output.split("==\n")[1])
        self.assertIn("finish_plain", found)
        self.assertEqual(found[-3:], ["outer", self.OUTER, "main"])
        self.assertNotIn(self.INNER, found)

    def test_at_an_await_break(self) -> None:
        for event in ("run", "resolve"):
            output = gdb(
                "break main", "run", f"await break {event} inner", "continue",
                "echo ==\\n", "bt -hide", "echo ==\\n", "bt",
            )  # fmt: skip
            hidden, everything = output.split("==\n")[1:]
            wanted = ["await_trap", "outer", self.OUTER, "main"]
            self.assertEqual(frames(hidden), wanted)
            elided = [name for name in frames(everything) if name[:4] == "    "]
            self.assertGreaterEqual(len(elided), 4)

    def test_front_ends(self) -> None:
        with mi() as session:
            session.ask("-enable-frame-filters")
            stack = session.ask("-stack-list-frames")
        functions = re.findall(r'func="([^"]*)"', stack)
        self.assertEqual(functions[0], "checkpoint")
        self.assertRegex(functions[2], NAMED)
        self.assertEqual(functions[-1], "main")


class Elsewhere(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name).resolve()

    def test_core(self) -> None:
        core = self.scratch / "core"
        gdb(*BOTTOM, f"generate-core-file {core}", program=EVENTS, arguments=DEPTH)
        output = gdb("bt -hide", program=EVENTS, core=core)
        self.assertEqual(
            named(output), [f"#{n} deeper" for n in (6, 5, 4, 3, 2, 1)], output
        )

    def test_stripped(self) -> None:
        for path, name in ((APP, "app"), (LIBRARY, LIBRARY.name)):
            subprocess.run(
                ["strip", "-o", self.scratch / name, path], check=True, timeout=60
            )
        (self.scratch / "libawait.so.0").symlink_to(LIBRARY.name)
        shutil.copy(STUB, self.scratch)
        core = self.scratch / "core"
        output = gdb(
            "run", "bt -hide", f"generate-core-file {core}",
            program=self.scratch / "app", arguments=("0", "abort"),
            safe=self.scratch, library_path=self.scratch,
        )  # fmt: skip
        wanted = ["inner", "outer"]
        self.assertEqual([name.split()[1] for name in named(output)], wanted, output)
        self.assertNotIn("await_core_wait", output)
        program = self.scratch / "app"
        output = gdb("bt -hide", program=program, core=core, safe=self.scratch)
        self.assertEqual([name.split()[1] for name in named(output)], wanted, output)

    def test_damaged(self) -> None:
        if "first_slot" not in gdb(*CHECKPOINT, "ptype struct slab"):
            self.skipTest("libawait was built without debug information")
        damage = {
            "set await_threads[1].run = 16": 0,
            "set await_threads[1].run->outer = await_threads[1].run": 0,
            "set await_threads[1].run->outer = 16": 0,
            "set {int}&await_thread_count = -1": 0,
            "set {long}&await_debug = 5": 0,
            "set await_threads[1].run->aw = 16": 1,
            "set handles.inner->head.site = 16": 1,
            "set {int}handles.inner = 0": 1,
            "set await_threads[1].run = await_threads[1].run->outer": 1,
        }
        commands = ("bt -hide", "print 6 * 7")
        found = damaged([(command, commands) for command in damage])
        for (command, names), output in zip(damage.items(), found):
            self.assertEqual(len(named(output)), names, command + output)
            self.assertIn("main (argc", output, command)
            self.assertIn("= 42\n", output, command)
        self.assertIn("[Await #", output)

    def test_without_libawait(self) -> None:
        output = gdb(f"source {STUB}", "start", "bt", program=APP)
        self.assertEqual(frames(output), ["main"])


if __name__ == "__main__":
    tap.main()
