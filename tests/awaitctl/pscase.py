# SPDX-License-Identifier: MIT
"""What the tests of awaitctl ps and top share: programs to look at, and ps."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
import typing
import unittest

from harness import AWAITCTL, Running, run

BUILD = pathlib.Path(os.environ["AWAIT_BUILD"])
HERE = BUILD / "tests/awaitctl"
APP = HERE / "ps-app"
CLOSING = HERE / "ps-closing"
LINKED = HERE / "ps-app-static"
FAKE = HERE / "ps-fake"
HOSTILE = HERE / "ps-hostile"
PROMISES = HERE / "ps-promises"
PLUGIN = HERE / "libps-plugin.so"
LIBRARY = BUILD / "src/libawait/libawait.so.0"
Json = dict[str, typing.Any]


def ps(pid: int, *options: object) -> str:
    """What it prints; it has to succeed without a word."""
    out = run(AWAITCTL, "ps", *options, pid)
    if out.returncode != 0 or out.stderr:
        raise AssertionError(f"{options}: {out.returncode}: {out.stderr}")
    return out.stdout


def ps_json(pid: int, *options: object) -> Json:
    found: Json = json.loads(ps(pid, "--json", *options))
    return found


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)

    def start(self, *args: object, **options: typing.Any) -> Running:
        """A program that has said "ready"."""
        process = Running(*args, **options)
        self.addCleanup(process.close)
        process.expect("ready\n")
        return process

    def refused(self, pid: object, *parts: str, status: int = 1) -> None:
        out = run(AWAITCTL, "ps", pid)
        self.one_line(out, status, *parts)

    def one_line(
        self, out: subprocess.CompletedProcess[str], status: int, *parts: str
    ) -> None:
        self.assertEqual((out.returncode, out.stdout), (status, ""), out.stderr)
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, out.stderr)
