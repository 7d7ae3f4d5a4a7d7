# SPDX-License-Identifier: MIT
"""What the tests of `await break` share: what happens in events.c and how each
event is told, and what is armed in the process."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

from gdbtest import EVENTS, gdb

START = ("break main", "run", "delete")
LINE = r"(?m)^#[0-9.]+ \w+: .* \(created [\w-]+\.c:\d+\)$"

# What `once` does, as each event is told.
ONCE = {
    "create": [
        "#1 other: created: other(1)",
        "#2 twice: created: twice(-1)",
        "#3 twice: created: twice(21)",
        "#4 promise: created: promise",
        "#4.1 promise: created: promise",
        "#2.1 twice: created: twice(5)",
    ],
    "run": [
        "#1 other: runs other(1) on thread 1",
        "#3 twice: runs twice(21) on thread 1",
        "#2 twice: runs twice(-1) on thread 1",
    ],
    "resolve": [
        "#1 other: resolved = 1",
        "#3 twice: resolved = 42",
        "#4 promise: resolved = 7",
    ],
    "fail": [
        "#2 twice: failed: -ERANGE (Numerical result out of range), 1 attempt",
        "#4.1 promise: failed: -EPIPE (Broken pipe)",
    ],
    "hit": ["#3 twice: hit = 42"],
    "wait": [
        "#4 promise: waited: -ETIMEDOUT (Connection timed out), pending promise",
        "#4.1 promise: waited: -EPIPE (Broken pipe), failed promise",
    ],
    "cancel": ["#2.1 twice: cancelled: twice(5)"],
    "destroy": [
        "#4 promise: destroyed, was resolved promise = 7",
        "#4.1 promise: destroyed, was failed promise: -EPIPE (Broken pipe)",
        "#2 twice: destroyed, was failed twice(-1): "
        "-ERANGE (Numerical result out of range), 1 attempt",
        "#2.1 twice: destroyed, was cancelled twice(...)",
        "#3 twice: destroyed, was resolved twice(...) = 42",
        "#1 other: destroyed, was resolved other(...) = 1",
    ],
}


def told(output: str) -> list[str]:
    """What has happened, without the place of creation."""
    return [line.rsplit(" (created", 1)[0] for line in re.findall(LINE, output)]


def once(*commands: str, program: Path = EVENTS, continues: int = 30) -> str:
    """All stops of `once`."""
    more = ["continue"] * continues
    arguments = ("once",)
    return gdb(*START, *commands, *more, program=program, arguments=arguments)


PRELUDE = """
import gdb
def value(text):
    return int(gdb.parse_and_eval(text))
def quietly(command):
    return gdb.execute(command, to_string=True)
"""


def skip_without_debug_information(test: unittest.TestCase) -> None:
    if "listened" not in gdb(*START, "ptype struct trap", program=EVENTS):
        test.skipTest("libawait was built without debug information")


CLEAN = (
    "output/x await_armed",
    "echo \\n",
    "output/x sink_armed_",
    "echo \\n",
    "output trap.events",
    "echo \\n",
    "python import gdb",
    "python print([int(gdb.parse_and_eval(f'trap.filters[{i}].events')) != 0"
    " for i in range(17)].index(False))",
)
