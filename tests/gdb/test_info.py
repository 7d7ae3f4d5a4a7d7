# SPDX-License-Identifier: MIT
"""`info awaits`: on a live process, a core, without symbols, without libawait.
See app.c for what there is to list."""

from __future__ import annotations

import json
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
    LIBRARY,
    PLAIN,
    STORY,
    STUB,
    gdb,
    knows_no,
    kernel_core,
)

SUMMARY = "18 awaits: 3 pending, 2 running, 10 resolved, 2 failed, 1 cancelled\n"
RUNS = r"Thread 1 runs #(\d+) outer, in it #\d+ inner\n"
WAITS = r"Thread 2 waits for #(\d+) outer, which thread 1 runs\n"


def rows(output: str) -> list[str]:
    states = "pending|running|resolved|failed|cancelled"
    return re.findall(rf"^#[0-9.]+ +(?:{states}) .*$", output, re.MULTILINE)


class Scratch(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name).resolve()

    def check_list(self, output: str) -> None:
        """All of app.c, with its types."""
        self.assertIn(SUMMARY, output)
        self.assertEqual(len(rows(output)), 18, output)
        row = r'^#1 +pending +page +fetch\("/etc/hosts", 0\) +app\.c:\d+$'
        self.assertRegex(output, re.compile(row, re.MULTILINE))
        self.assertIn("fetch(...) = {lines = 7, title = 0x", output)
        self.assertIn(": -ENOENT (No such file", output)
        row = r"running +int +inner\(2\) +app\.c:\d+ +1\n"
        self.assertRegex(output, row)
        row = r"running +int +outer\(.*\) +app\.c:\d+ +1, 1 waits\n"
        self.assertRegex(output, row)
        self.check_threads(output)
        self.assertNotIn("warning: the slab", output)

    def check_threads(self, output: str) -> None:
        runs, waits = re.search(RUNS, output), re.search(WAITS, output)
        self.assertTrue(runs and waits, output)
        self.assertEqual(runs[1], waits[1])  # type: ignore[index]


class Promises(unittest.TestCase):
    """Which of them only those hold who wait."""

    def test_held(self) -> None:
        alone = "only who waits holds it unless lent (1 reference)"
        for story, held in (("forgotten", alone), ("depth", None)):
            way = ("break checkpoint", f"run {story}", "info awaits -json")
            found = json.loads(gdb(*way, program=STORY).splitlines()[-1])
            told = [x["held"] for x in found["awaits"]]
            self.assertEqual((told[0], {*told[1:]} - {None}), (held, set()))


class Live(Scratch):
    def test_list(self) -> None:
        self.check_list(gdb(*CHECKPOINT, "info awaits"))

    def test_follows_the_process(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "info awaits -state failed",
            "break puts",
            "continue",
            "info awaits -limit 0",
        )
        self.assertIn(SUMMARY, output)
        self.assertIn(
            "18 awaits: 3 pending, 12 resolved, 2 failed, 1 cancelled\n", output
        )
        self.assertIn("inner(...) = 2 ", output)
        self.assertEqual(output.count("Thread 1 runs"), 1)

    def test_state(self) -> None:
        output = gdb(*CHECKPOINT, "info awaits -state failed,running")
        self.assertEqual(len(rows(output)), 4, output)
        self.assertNotRegex(output, r"(?m)^#\S+ +(pending|resolved)")
        self.assertIn(SUMMARY, output)

    def test_function(self) -> None:
        output = gdb(*CHECKPOINT, "info awaits -function fe?ch")
        self.assertEqual(len(rows(output)), 4, output)
        self.assertNotIn("inner(", output)

    def test_type(self) -> None:
        for name, count in (("double", 1), ("'struct page'", 6), ("page", 6)):
            output = gdb(*CHECKPOINT, f"info awaits -type {name}")
            self.assertEqual(len(rows(output)), count, output)

    def test_filters_together(self) -> None:
        output = gdb(*CHECKPOINT, "info awaits -type page -state resolved -limit 2")
        self.assertEqual(len(rows(output)), 2, output)
        self.assertIn("\n2 more (-limit N", output)
        output = gdb(*CHECKPOINT, "info awaits -type double -state failed")
        self.assertEqual(rows(output), [])
        self.assertIn("None of them matches.\n", output)

    def test_limit(self) -> None:
        command = ["info awaits", "info awaits -limit 0", "info awaits -limit 1"]
        marked = [part for c in command for part in ("echo ==\\n", c)]
        output = gdb(*CHECKPOINT, *marked, arguments=("30000",))
        default, everything, one = output.split("==\n")[1:]
        self.assertEqual(len(rows(default)), 20)
        self.assertIn("\n29998 more (", default)
        self.assertEqual(len(rows(everything)), 30018)
        self.assertNotIn(" more (", everything)
        self.assertEqual(len(rows(one)), 1)
        self.assertIn("30018 awaits: 30003 pending,", one)

    def test_bad_options(self) -> None:
        wrong = {
            "-nothing": "unknown option -nothing: see `help info awaits`",
            "running": "unknown option running: see `help info awaits`",
            "-state": "-state needs a value: see `help info awaits`",
            "-state asleep": "unknown state 'asleep': it is one of pending,",
            "-state free": "unknown state 'free': it is one of pending,",
            "-function": "-function needs a value: see `help info awaits`",
            "-state failed --state pending": "-state was given twice",
            "-group color": "-group needs one of function, site, state, type,",
            "-sort age": "-sort needs one of id, state, function, type, site,",
            "-group state -sort id": "-group and -sort do not go together",
            "-group state -reverse": "-group and -reverse do not go together",
            "-new -old": "-new and -old do not go together",
            "-new": "nothing is marked: `await mark` marks what there is now",
            "-thread two": "-thread needs a number, not two",
            "-thread 77": "no thread 77: see `info threads`",
            "-site app.c:first": "-site needs FILE or FILE:LINE, not app.c:first",
            "-site :7": "-site needs FILE or FILE:LINE, not :7",
            "-limit many": "-limit needs a number, not many",
            "-limit -1": "-limit needs a number, not -1",
        }
        commands = [f"info awaits {options}" for options in wrong]
        output = gdb(*CHECKPOINT, *commands)
        for message in wrong.values():
            self.assertIn(f"\n{message}", output)
        self.assertNotIn("18 awaits", output)

    def test_help(self) -> None:
        output = gdb(*CHECKPOINT, "help info awaits", "help function await")
        for word in ("-state S", "-function GLOB", "-limit N", "Example:"):
            self.assertIn(word, output)
        self.assertIn('\nUsage: $await("#12"), $await("#12.3"), the number', output)

    def test_completion(self) -> None:
        output = gdb(
            *CHECKPOINT, "complete info awaits -st", "complete info awaits -state ru"
        )
        self.assertIn("info awaits -state\n", output)
        self.assertIn("info awaits -state running\n", output)

    def test_process_ended(self) -> None:
        output = gdb("run", "info awaits", "output handles.pending")
        self.assertIn("\nno process: run the program or open a core file\n", output)
        self.assertIn("Await<page> NULL", output)

    def test_other_threads_run(self) -> None:
        output = gdb("set non-stop on", *CHECKPOINT, "info threads", "info awaits")
        self.assertIn("(running)", output)
        self.check_list(output)


class Core(Scratch):
    def test_of_gdb(self) -> None:
        core = self.scratch / "core"
        gdb(*CHECKPOINT, f"generate-core-file {core}")
        output = gdb("info awaits", "output handles.pending", core=core)
        self.check_list(output)
        self.assertRegex(output, r'Await<page> #1 pending fetch\("/etc/hosts", 0\)$')

    def test_of_kernel(self) -> None:
        core = kernel_core(self.scratch, APP, "0", "abort")
        self.check_list(gdb("info awaits", core=core))


class Stripped(Scratch):
    """Neither program nor library has symbols: kinds are all there is."""

    def strip(self) -> Path:
        for path, name in ((APP, "app"), (LIBRARY, LIBRARY.name)):
            target = self.scratch / name
            subprocess.run(["strip", "-o", target, path], check=True, timeout=60)
        (self.scratch / "libawait.so.0").symlink_to(LIBRARY.name)
        shutil.copy(STUB, self.scratch)
        return self.scratch / "app"

    def check_scalars(self, output: str) -> None:
        self.assertIn(SUMMARY, output)
        self.assertEqual(len(rows(output)), 18, output)
        for text in (
            'fetch("/etc/hosts", 0) ',
            "fetch(...) = <struct page, 16 bytes: 07 00 00 00 ",
            ": -ENOENT (No such file",
            " half(...) = 1.5 ",
            ' greet(...) = "hello" ',
            " nowait = 33 ",
            " inner(2) ",
            "mix(true, 99, 5, 0.5, <struct page, 16 bytes",
        ):
            self.assertIn(text, output)
        self.assertRegex(output, r'fetch\("/no\\"pe\\n", -1\)')
        self.check_threads(output)

    def run_stripped(self, *commands: str) -> str:
        return gdb(
            "run",
            *commands,
            program=self.strip(),
            arguments=("0", "abort"),
            safe=self.scratch,
            library_path=self.scratch,
        )

    def test_live(self) -> None:
        output = self.run_stripped(
            "info awaits", 'print $await("#1")', "info address checkpoint"
        )
        self.check_scalars(output)
        self.assertRegex(output, r"\$1 = \(void \*\) 0x\w+")
        self.assertTrue(knows_no("checkpoint", output), output)

    def test_core(self) -> None:
        core = self.scratch / "core"
        self.run_stripped(f"generate-core-file {core}")
        program = self.scratch / "app"
        output = gdb("info awaits", program=program, core=core, safe=self.scratch)
        self.check_scalars(output)

    def test_block_found_by_section(self) -> None:
        # As in a stripped program that holds libawait itself.
        program = self.strip()
        library = self.scratch / LIBRARY.name
        data = library.read_bytes()
        self.assertEqual(data.count(b"\0await_debug\0"), 1)
        library.write_bytes(data.replace(b"\0await_debug\0", b"\0await_other\0"))
        output = gdb(
            "run",
            "info awaits",
            "print &await_debug",
            program=program,
            arguments=("0", "abort"),
            safe=self.scratch,
            library_path=self.scratch,
        )
        self.assertIn("No symbol table is loaded.", output)
        self.assertIn(SUMMARY, output)


class Without(unittest.TestCase):
    def test_sourced_by_hand(self) -> None:
        output = gdb(
            f"source {STUB}",
            "info awaits",
            'print $await("#1")',
            "start",
            "info awaits",
            program=PLAIN,
        )
        self.assertEqual(output.count("no process: run the program or"), 2)
        self.assertIn("this process does not use libawait\n", output)

    def test_sourced_twice(self) -> None:
        output = gdb(
            f"source {STUB}", *CHECKPOINT, f"source {STUB}", "info awaits -limit 1"
        )
        self.assertIn(SUMMARY, output)


if __name__ == "__main__":
    tap.main()
