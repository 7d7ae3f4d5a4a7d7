# SPDX-License-Identifier: MIT
"""`await break` in processes that are attached to, start again, load libawait
late, or have no symbols."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from breaktest import CLEAN, ONCE, told  # noqa: E402
from gdbtest import (  # noqa: E402
    EVENTS,
    LATE,
    LATE_PLUGIN,
    LIBRARY,
    STUB,
    gdb,
)


class Begin(unittest.TestCase):
    """Processes that are attached to, start again, or load libawait late."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.input = Path(scratch.name) / "input"
        os.mkfifo(self.input)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """A process that waits for its input."""
        with open(self.input, "r+b", buffering=0) as fifo, subprocess.Popen(
            [EVENTS, "attached"], stdin=fifo, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                self.ask(process)
                yield process
                self.ask(process)
            finally:
                process.kill()

    def ask(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with open(self.input, "w") as fifo:
            fifo.write("a line\n")
        self.assertEqual(process.stdout.readline(), "done\n")

    def attach(self, process: subprocess.Popen[str], *commands: str) -> str:
        return gdb(f"attach {process.pid}", *commands, program=EVENTS)

    def words(self, process: subprocess.Popen[str]) -> str:
        """What a gdb without our scripts finds."""
        off = ("set auto-load python-scripts off", f"attach {process.pid}")
        output = gdb("set auto-load off", *off, "echo ==\\n", *CLEAN, program=EVENTS)
        return output.split("==\n")[1].split("Detaching")[0]

    def test_attached(self) -> None:
        with self.running() as process:
            output = self.attach(
                process, "await break hit twice", f"shell echo > {self.input}",
                "continue", "print $_await", "delete", "detach",
            )  # fmt: skip
            self.assertRegex(output, r"#1\.1 twice: hit = 6")
            self.assertIn("= Await<int> #1.1 resolved twice(...) = 6\n", output)
            assert process.stdout
            self.assertEqual(process.stdout.readline(), "done\n")
            self.assertTrue(self.words(process).startswith("0x0\n0x0\n0\n0\n"))

    def test_quit_disarms(self) -> None:
        with self.running() as process:
            output = self.attach(process, "await break hit", "await break run", *CLEAN)
            self.assertIn("0xa\n0xa\n10\n2\n", output)
            self.assertTrue(self.words(process).startswith("0x0\n0x0\n0\n0\n"))

    def test_detach_disarms(self) -> None:
        with self.running() as process:
            output = self.attach(
                process, "await break hit", "await break run", "detach",
                f"attach {process.pid}", "echo ==\\n", *CLEAN, "detach",
            )  # fmt: skip
            # They are still set, and hold again.
            self.assertIn("==\n0xa\n0xa\n10\n2\n", output)
            self.assertTrue(self.words(process).startswith("0x0\n0x0\n0\n0\n"))
            self.ask(process)

    def test_detach_has_a_hook(self) -> None:
        with self.running() as process, tempfile.TemporaryDirectory() as scratch:
            hook = Path(scratch) / "hook"
            hook.write_text("define hook-detach\necho mine\\n\nend\n")
            output = gdb(
                f"source {hook}", f"attach {process.pid}", "await break hit",
                "detach", program=EVENTS,
            )  # fmt: skip
            self.assertIn("\nmine\n", output)

    def test_next_gdb_disarms(self) -> None:
        # What a gdb that was killed has left.
        with self.running() as process:
            self.attach(process, "await break hit", "define hook-detach\nend", "detach")
            output = self.attach(process, "echo ==\\n", *CLEAN)
            self.assertIn("==\n0x0\n0x0\n0\n0\n", output)

    def test_pending_and_run_again(self) -> None:
        output = gdb(
            f"source {STUB}",
            "await break run twice",
            "info breakpoints",
            "run",
            "print $_await",
            "run",
            "print $_await",
            "continue",
            "continue",
            program=EVENTS,
            arguments=("once",),
        )
        pending = "await break 1: run twice (pending: libawait is not loaded)\n"
        self.assertIn(pending, output)
        self.assertEqual(told(output), [ONCE["run"][1], ONCE["run"][1], ONCE["run"][2]])
        self.assertEqual(output.count(" = Await<int> #3 running twice(21)"), 2)

    def test_loaded_late(self) -> None:
        output = gdb(
            f"source {STUB}", "await break create twice", "run", "print $_await",
            "continue", program=LATE, arguments=(str(LATE_PLUGIN),),
        )  # fmt: skip
        self.assertEqual(told(output), ["#1 twice: created: twice(8)"])
        self.assertIn("$1 = Await<int> #1 pending twice(8)\n", output)
        self.assertIn("\nend 32\n", output)


class Stripped(unittest.TestCase):
    def test_live(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name).resolve()
            for path, target in ((EVENTS, "events"), (LIBRARY, LIBRARY.name)):
                subprocess.run(
                    ["strip", "-o", scratch / target, path], check=True, timeout=60
                )
            (scratch / "libawait.so.0").symlink_to(LIBRARY.name)
            shutil.copy(STUB, scratch)
            output = gdb(
                f"source {STUB}", "await break hit twice", "run", "print $_await",
                "info breakpoints", "bt", "continue",
                program=scratch / "events", arguments=("once",), safe=scratch,
                library_path=scratch,
            )  # fmt: skip
        self.assertEqual(told(output), ONCE["hit"])
        self.assertRegex(output, r"\$1 = \(void \*\) 0x\w+\n")
        self.assertIn("<await_trap", output)
        self.assertIn("end 0\n", output)


if __name__ == "__main__":
    tap.main()
