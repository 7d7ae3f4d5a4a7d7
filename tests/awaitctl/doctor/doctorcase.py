# SPDX-License-Identifier: MIT
"""What the tests of awaitctl doctor share: its answer, taken apart, and places
in which something is wrong."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import typing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import harness  # noqa: E402
from harness import AWAITCTL, run  # noqa: E402

import public  # noqa: E402
from public import NOBODY  # noqa: E402

NAMES = [
    "libawait",
    "tracer",
    "pkg-config",
    "session daemon",
    "LTTng's home",
    "group tracing",
    "/dev/shm",
    "LTTng-UST",
    "lttng-tools",
    "32-bit programs",
    "babeltrace2",
    "membarrier",
    "ptrace",
    "gdb",
    "lldb",
]
VERSION = run(AWAITCTL, "--version").stdout.split()[1]
LEVELS = ("ok", "unknown", "warning", "problem")

# These take most of the time, and matter to few tests.
DEBUGGERS = {
    "gdb": 'echo "GNU gdb (GDB) 13.1"',
    "lldb": 'echo "lldb version 14.0.6"',
}


def write_script(file: pathlib.Path, text: str) -> None:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


class Answer:
    """Lines by the name of their check: the level, and the text."""

    def __init__(self, out: subprocess.CompletedProcess[str]) -> None:
        self.text, self.status, self.errors = out.stdout, out.returncode, out.stderr
        self.levels: dict[str, str] = {}
        self.said: dict[str, str] = {}
        for line in self.text.splitlines():
            level, rest = line.split(None, 1)
            # Names have no colon, but /dev/shm and others have spaces.
            name, said = rest.split(": ", 1)
            self.levels[name], self.said[name] = level, said


class Case(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.dir.chmod(0o755)

    def doctor(self, *before: object, **options: typing.Any) -> Answer:
        """What it answers, run as the arguments of a command, if one is given.
        Its form is always right."""
        program = options.pop("program", AWAITCTL)
        if "env" not in options:
            options["env"] = self.in_front()
        answer = Answer(run(*before, program, "doctor", **options))
        self.assertEqual(answer.errors, "", answer.text)
        self.assertEqual(list(answer.levels), NAMES, f"{answer.status} {answer.text}")
        self.assertLessEqual(set(answer.levels.values()), set(LEVELS))
        problem = "problem" in answer.levels.values()
        self.assertEqual(answer.status, 1 if problem else 0, answer.text)
        self.assertTrue(answer.text.replace("\n", "").isprintable(), answer.text)
        return answer

    def finds(self, answer: Answer, name: str, level: str, *parts: str) -> None:
        self.assertEqual(answer.levels[name], level, answer.text)
        for part in parts:
            self.assertIn(part, answer.said[name])

    def needs_namespaces(self) -> None:
        if not harness.has_namespaces():
            self.skipTest("needs root and namespaces, to put something wrong")

    def among_mounts(self, script: str) -> list[str]:
        """A command before one that is to see what a script of mounts makes."""
        self.needs_namespaces()
        return ["unshare", "--mount", "sh", "-ec", f'{script}\nexec "$@"', "sh"]

    def as_nobody(self) -> dict[str, typing.Any]:
        """Options with which doctor() runs as a user that has nothing."""
        if os.getuid() != 0:
            self.skipTest("needs root, to be another user")
        program, environment = public.copy(self.dir, AWAITCTL)
        environment.pop("LTTNG_HOME", None)
        return {
            "program": program,
            "env": environment,
            "user": NOBODY,
            "group": NOBODY,
            "extra_groups": [],
        }

    def in_front(self, *real: str, **scripts: str) -> dict[str, str]:
        """An environment with such commands in front of all others. The debuggers
        that are not named as real tell their version, and no more."""
        place = self.dir / "bin"
        place.mkdir(exist_ok=True)
        told = {name: DEBUGGERS[name] for name in {*DEBUGGERS} - {*real}}
        for name, script in (told | scripts).items():
            write_script(place / name.replace("_", "-"), script)
        return {**os.environ, "PATH": f"{place}:{os.environ['PATH']}"}

    def without(self, *names: str) -> dict[str, str]:
        """An environment in which PATH has all commands but these. Debuggers tell
        their version, and no more."""
        place = self.dir / "but"
        place.mkdir(exist_ok=True)
        for name in {*DEBUGGERS} - {*names}:
            write_script(place / name, DEBUGGERS[name])
        for folder in os.environ["PATH"].split(":"):
            for file in pathlib.Path(folder).glob("*"):
                link = place / file.name
                if file.name not in names and not os.path.lexists(link):
                    link.symlink_to(file)
        return {**os.environ, "PATH": str(place)}
