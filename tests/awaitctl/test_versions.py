# SPDX-License-Identifier: MIT
"""Versions: what awaitctl --version prints, and traces of another libawait's
events."""

from __future__ import annotations

import os
import pathlib
import re
import unittest

import harness
from harness import APP, AWAITCTL, run

import tap

TOP = pathlib.Path(__file__).resolve().parents[2]
OTHER = pathlib.Path(os.environ["AWAIT_BUILD"]) / "tests/awaitctl/other-events"


def macro(header: str, name: str) -> str:
    found = re.search(rf"^#define {name} (\d+)$", (TOP / header).read_text(), re.M)
    assert found, name
    return found.group(1)


class Printed(unittest.TestCase):
    def test_all(self) -> None:
        """What the headers say, and the libraries' own files."""
        out = run(AWAITCTL, "--version")
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        parts = [
            macro("include/await/version.h", f"AWAIT_VERSION_{part}")
            for part in ("MAJOR", "MINOR", "PATCH")
        ]
        block, events = (
            [macro(header, f"{name}_{part}") for part in ("MAJOR", "MINOR")]
            for header, name in (
                ("src/abi/debug.h", "AWAIT_DEBUG"),
                ("include/await/trace.h", "AWAIT_TRACE"),
            )
        )
        lines = out.stdout.splitlines()
        self.assertEqual(lines[0], f"awaitctl {'.'.join(parts)}")
        self.assertEqual(
            lines[1],
            f"reads debug blocks {block[0]}.x (its own: {'.'.join(block)}), "
            f"events {events[0]}.x (its own: {'.'.join(events)})",
        )
        for name in ("lttng-ctl", "lttng-ust", "babeltrace2", "libdw", "libelf"):
            version = run("pkg-config", "--modversion", name).stdout.strip()
            self.assertIn(f"{name} {version}", lines[2])
        self.assertRegex(lines[3], r"\Aruns with babeltrace2 \d+\.\d+\.\d+\Z")
        self.assertEqual(len(lines), 4)


class OtherEvents(harness.Case):
    def report_on(self, *arguments: object) -> tuple[int, str, str]:
        out = self.recorded(OTHER, *arguments)
        self.assertEqual(out.returncode, 0, out.stderr)
        out = run(AWAITCTL, "report", self.trace)
        return out.returncode, out.stdout, out.stderr

    def refused(self, arguments: tuple[object, ...], pattern: str) -> None:
        status, stdout, stderr = self.report_on(*arguments)
        self.assertEqual((status, stdout), (1, ""))
        self.assertRegex(stderr, rf"\Aawaitctl: {pattern}\n\Z")

    def test_newer_major(self) -> None:
        self.refused(
            (2, 5),
            r"the events of process \d+ have version 2\.5, this awaitctl "
            r"\(\d+\.\d+\.\d+\) knows 1\.x: use the awaitctl of that libawait",
        )

    def test_older_major(self) -> None:
        self.refused((0, 9), r"the events of process \d+ have version 0\.9, .*")

    def test_damaged(self) -> None:
        """Damage, too, can look like an event of another version: what was read
        before is reported, and no other awaitctl asked for."""
        burst = f"printf '\\n\\n' | '{APP}' burst"
        commands = f"{burst} 100; '{OTHER}' 2 5; {burst} 20000"
        out = self.recorded(*harness.ON_ONE, "sh", "-c", commands)
        self.assertEqual(out.returncode, 0, out.stderr)
        harness.damage(self.trace)
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\Aawaitctl: cannot read all of the trace .*\n\Z")
        self.assertTrue(out.stdout.startswith("*** TRACE DAMAGED"), out.stdout)
        self.assertRegex(out.stdout, r"(?m)^square +int +100 ")

    def test_lacking_field(self) -> None:
        """Is not counted as nothing."""
        self.refused(
            (1, 0, "create"),
            r"the events of process \d+ are of another libawait: await:create has "
            r"no `function`, which this awaitctl \(\d+\.\d+\.\d+\) goes by: use the "
            r"awaitctl of that libawait",
        )

    def test_newer_minor(self) -> None:
        """What is new is no trouble, and what both know is counted."""
        status, stdout, stderr = self.report_on(1, 99)
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn(" 1 cached hits,", stdout)


if __name__ == "__main__":
    tap.main()
