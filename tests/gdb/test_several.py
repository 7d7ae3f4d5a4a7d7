# SPDX-License-Identifier: MIT
"""A thread that sleeps for any of several awaits, one with a name, a run that was
asked to stop, and a lazy global, as gdb's scripts, lldb's and awaitctl ps show
them."""

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
from gdbtest import BUILD, SEVERAL, gdb  # noqa: E402
from test_lldb import RUN, lldb  # noqa: E402

AT = ("break checkpoint", "run")
THIRD = r'#3 "the \"third\""'
NAME = 'the "third"'
NAMES = f"#1 busy, #2 promise, {THIRD} promise"
STATIC = r"#4 +resolved +int +number\(\.\.\.\) = 7 +several\.c:\d+, static seven\n"


class Several(unittest.TestCase):
    def test_lists(self) -> None:
        said = gdb(*AT, "info awaits", program=SEVERAL)
        self.assertRegex(
            said, r"#1 +running +int +busy\(\) .* 2, asked to stop, 1 waits"
        )
        self.assertRegex(said, r"#2 +pending +int +promise .* 1 waits")
        self.check_named(said)
        self.assertIn(f"Thread 3 waits for any of {NAMES}\n", said)

    def check_named(self, said: str) -> None:
        self.assertRegex(said, re.escape(THIRD) + r" +pending +int +promise .* 1 waits")
        self.assertRegex(said, STATIC)

    def test_core(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            core = Path(folder) / "core"
            gdb(*AT, f"gcore {core}", program=SEVERAL)
            self.check_named(gdb("info awaits", core=core, program=SEVERAL))

    def test_one_await(self) -> None:
        said = gdb(*AT, "await why #1", "await bt #3", "p *ours[0]", program=SEVERAL)
        more = gdb(*AT, "await bt #4", "p ours[2]", program=SEVERAL)
        self.assertRegex(more, r"\ncreated +several\.c:\d+, static seven\n")
        self.assertIn(f" = Await<int> {THIRD} pending promise", more)
        self.assertRegex(said, r"#1 busy runs on thread 2.*, asked to stop\.")
        self.assertRegex(said, r"waited by +thread 3, at several.c:\d+")
        self.assertRegex(said, r"#1 running busy\(\) on thread 2, asked to stop")

    def test_tree(self) -> None:
        said = gdb(*AT, "await tree", program=SEVERAL)
        self.assertIn(
            f"#1 busy on thread 2 (or any of #2 promise, {THIRD} promise)", said
        )
        self.assertNotIn("DEADLOCK", said)

    def test_json(self) -> None:
        said = gdb(*AT, "info awaits -json", program=SEVERAL)
        told = json.loads(said.splitlines()[-1])
        self.assertEqual(
            [each["stop_asked"] for each in told["awaits"]], [True, None, None, None]
        )
        self.assertEqual(
            [each["name"] for each in told["awaits"]], [None, None, NAME, None]
        )
        self.assertEqual(
            [each["static"] for each in told["awaits"]], [False, False, False, True]
        )
        (waiter,) = (each for each in told["threads"] if each["waits_for"])
        self.assertEqual(waiter["waits_for_any"], ["#1", "#2", "#3"])

    def test_lldb(self) -> None:
        said = lldb(*RUN, "awaits", "frame variable ours[0]", program=SEVERAL)
        self.assertRegex(
            said, r"#1 +running +int +busy\(\) .* 2, asked to stop, 1 waits"
        )
        self.assertIn(f"Thread 3 waits for any of {NAMES}\n", said)
        self.check_named(said)

    def ps(self, pid: int, *options: str) -> str:
        return subprocess.run(
            [BUILD / "src/awaitctl/awaitctl", "ps", *options, str(pid)],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            timeout=60,
        ).stdout

    def test_ps(self) -> None:
        with subprocess.Popen(
            [SEVERAL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin and process.stdout
            self.assertEqual(process.stdout.readline(), "ready\n")
            text, document = self.ps(process.pid), json.loads(
                self.ps(process.pid, "--json")
            )
            process.stdin.close()
        self.assertRegex(text, r"#1 +running .* \d+, asked to stop, 1 waits")
        self.assertIn(f" waits for any of {NAMES}\n", text)
        self.check_named(text)
        *others, static = document["list"]
        first, *others = others
        self.assertEqual([each.get("name") for each in others], [None, NAME])
        self.assertTrue(static["static"])
        self.assertTrue(first["stop_asked"])
        self.assertEqual([each["waiters"] for each in others], [1, 1])
        self.assertFalse(any("stop_asked" in each for each in others))
        (waiter,) = (each for each in document["threads"] if "waits_for" in each)
        self.assertEqual(waiter["waits_for_any"], ["#1", "#2", "#3"])


if __name__ == "__main__":
    tap.main()
