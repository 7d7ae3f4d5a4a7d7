# SPDX-License-Identifier: MIT
"""A thread that sleeps for any of several awaits, and a run that was asked to stop,
as gdb's scripts, lldb's and awaitctl ps show them."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import BUILD, SEVERAL, gdb  # noqa: E402
from test_lldb import RUN, lldb  # noqa: E402

AT = ("break checkpoint", "run")
NAMES = "#1 busy, #2 promise, #3 promise"


class Several(unittest.TestCase):
    def test_lists(self) -> None:
        said = gdb(*AT, "info awaits", program=SEVERAL)
        self.assertRegex(
            said, r"#1 +running +int +busy\(\) .* 2, asked to stop, 1 waits"
        )
        self.assertRegex(said, r"#2 +pending +int +promise .* 1 waits")
        self.assertRegex(said, r"#3 +pending +int +promise .* 1 waits")
        self.assertIn(f"Thread 3 waits for any of {NAMES}\n", said)

    def test_one_await(self) -> None:
        said = gdb(*AT, "await why #1", "await bt #3", "p *ours[0]", program=SEVERAL)
        self.assertRegex(said, r"#1 busy runs on thread 2.*, asked to stop\.")
        self.assertRegex(said, r"waited by +thread 3, at several.c:\d+")
        self.assertRegex(said, r"#1 running busy\(\) on thread 2, asked to stop")

    def test_tree(self) -> None:
        said = gdb(*AT, "await tree", program=SEVERAL)
        self.assertIn("#1 busy on thread 2 (or any of #2 promise, #3 promise)", said)
        self.assertNotIn("DEADLOCK", said)

    def test_json(self) -> None:
        said = gdb(*AT, "info awaits -json", program=SEVERAL)
        told = json.loads(said.splitlines()[-1])
        self.assertEqual(
            [each["stop_asked"] for each in told["awaits"]], [True, None, None]
        )
        (waiter,) = (each for each in told["threads"] if each["waits_for"])
        self.assertEqual(waiter["waits_for_any"], ["#1", "#2", "#3"])

    def test_lldb(self) -> None:
        said = lldb(*RUN, "awaits", "frame variable ours[0]", program=SEVERAL)
        self.assertRegex(
            said, r"#1 +running +int +busy\(\) .* 2, asked to stop, 1 waits"
        )
        self.assertIn(f"Thread 3 waits for any of {NAMES}\n", said)

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
        first, *others = document["list"]
        self.assertTrue(first["stop_asked"])
        self.assertEqual([each["waiters"] for each in others], [1, 1])
        self.assertFalse(any("stop_asked" in each for each in others))
        (waiter,) = (each for each in document["threads"] if "waits_for" in each)
        self.assertEqual(waiter["waits_for_any"], ["#1", "#2", "#3"])


if __name__ == "__main__":
    tap.main()
