# SPDX-License-Identifier: MIT
"""Programs of 32 bits, and a session daemon that has no consumer for them: that is
said before anything is lost, and what 64-bit programs did is recorded, all of it.

LTTng-UST of 32 bits is needed to see what LTTng does; where there is none, otherwise.c
does the same to awaitctl."""

from __future__ import annotations

import errno
import os
import pathlib
import struct
import subprocess
import unittest.mock

import harness
from harness import APP, run

import tap
import versions

OTHERWISE = os.environ["AWAITCTL_OTHERWISE_LIBRARY"]
PROGRAM = pathlib.Path(__file__).with_name("traced32.c")

ADVICE = (
    "start lttng-sessiond with --consumerd32-path=PATH, of the lttng-consumerd of 32"
    " bits (of Debian's lttng-tools:i386)"
)
NO_CONSUMER = "LTTng's session daemon has no consumer for those"
MISSING = (
    "awaitctl: a 32-bit program is traced with LTTng-UST, and its session daemon has no"
    " consumer for those: nothing of that one is recorded, all of 64-bit ones is; "
    + ADVICE
)


def program32(path: pathlib.Path) -> pathlib.Path:
    """A whole program of i386, of nothing but exit(3)."""
    code = bytes.fromhex("31c0 40 bb03000000 cd80")
    begin = 0x8048000
    head = b"\x7fELF\x01\x01\x01" + bytes(9)
    head += struct.pack("<2H5I6H", 2, 3, 1, begin + 84, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    size = 84 + len(code)
    head += struct.pack("<8I", 1, 0, begin, begin, size, size, 5, 4096)
    path.write_bytes(head + code)
    path.chmod(0o755)
    return path


def runs_32_bits(program: pathlib.Path) -> bool:
    try:
        return run(program).returncode == 3
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        return False


class Case(harness.Case):
    """LTTng is told of no consumer, unless that is wanted."""

    def setUp(self) -> None:
        super().setUp()
        environment = unittest.mock.patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        self.consumer = os.environ.pop("LTTNG_CONSUMERD32_BIN", None)


class Said(Case):
    def said(self, program: object) -> str:
        return (
            f"awaitctl: {program} is a 32-bit program, and {NO_CONSUMER}: its awaits"
            " cannot be recorded, only those of 64-bit programs that it starts; "
            + ADVICE
        )

    def first_line(self, name: object, **options: object) -> str:
        out = self.recorded(name, **options)
        return out.stderr.splitlines()[0]

    def test_program(self) -> None:
        """Also of a script, and of what PATH finds."""
        program = program32(self.dir / "program32")
        self.assertEqual(self.first_line(program), self.said(program))
        path = {**os.environ, "PATH": f"{self.dir}:{os.environ['PATH']}"}
        self.assertEqual(self.first_line("program32", env=path), self.said("program32"))
        script = self.dir / "script"
        script.write_text(f"#! {program} argument\n")
        script.chmod(0o755)
        self.assertEqual(self.first_line(script), self.said(script))

    def test_before_it_runs(self) -> None:
        """What is said of it comes before what it does."""
        program = program32(self.dir / "program32")
        if not runs_32_bits(program):
            self.skipTest("this kernel runs no 32-bit programs")
        out = self.recorded(program)
        self.assertEqual(out.returncode, 3, out.stderr)
        self.assertEqual(len(out.stderr.splitlines()), 2, out.stderr)
        self.assertIn("nothing was recorded", out.stderr)

    def test_others(self) -> None:
        """Of these nothing is said."""
        out = self.recorded(APP, "exit", 0)
        self.assertNotIn("32-bit", out.stderr)


class Otherwise(Case):
    def test_refused_and_reported(self) -> None:
        """A program of 32 bits runs before the recording begins: LTTng refuses to
        start the session as it is, and fails when it takes it down."""
        environment = {
            **os.environ,
            "LD_PRELOAD": OTHERWISE,
            "AWAITCTL_OTHERWISE": "32 bits",
        }
        out = self.recorded(APP, "exit", 0, env=environment)
        self.assertEqual(out.returncode, 0, out.stderr)
        missing, trace = out.stderr.splitlines()
        self.assertEqual(missing, MISSING)
        self.assertIn(f"the trace in {self.trace}", trace)
        self.assertLess(0, self.report().functions["outer"][0])


class Real(Case):
    """With LTTng-UST of 32 bits."""

    def setUp(self) -> None:
        super().setUp()
        self.program32 = self.dir / "traced32"
        words = ["gcc", "-m32", PROGRAM, "-o", self.program32, "-llttng-ust", "-ldl"]
        made = subprocess.run(words, capture_output=True, text=True)
        if made.returncode:
            why = made.stderr.splitlines()[0]
            self.skipTest(f"there is no LTTng-UST of 32 bits to build with: {why}")
        if run(self.program32).returncode:
            self.skipTest("this kernel runs no 32-bit programs")
        self.recorded(APP, "exit", 0)
        self.whole = self.report().functions
        self.trace = self.dir / "other"

    def is_whole(self, *said: str) -> None:
        # With 2.16 nothing fails, and so nobody knows that something is missing.
        if versions.installed("lttng-sessiond") >= (2, 16) and len(said) == 1:
            said = MISSING, *said
        self.assertEqual(said[0], MISSING)
        self.assertIn(f"the trace in {self.trace}", said[1])
        self.assertEqual(len(said), 2, said)
        for name, row in self.report().functions.items():
            self.assertEqual(row[0], self.whole[name][0], name)

    def test_child(self) -> None:
        for order in (
            f"{self.program32} && {APP} exit 0",
            f"{APP} exit 0 && {self.program32}",
        ):
            for options in ["--snapshot"], ["--live"], []:
                with self.subTest(order=order, options=options):
                    self.trace = self.dir / f"{len(list(self.dir.iterdir()))}"
                    out = self.recorded_with(*options, program=("sh", "-c", order))
                    self.assertEqual(out.returncode, 0, out.stderr)
                    lines = out.stderr.splitlines()
                    if "--snapshot" in options and MISSING not in lines:
                        lines.insert(0, MISSING)  # it is no failure then
                    if "--live" in options:
                        lines = [x for x in lines if x == MISSING or "trace in" in x]
                    self.is_whole(*lines)

    def test_runs_already(self) -> None:
        self.start_daemon()
        other = self.running(self.program32, "wait")
        other.expect("ready")
        out = self.recorded(APP, "exit", 0)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.is_whole(*out.stderr.splitlines())
        self.assertEqual(harness.sessions(), [])

    def test_attach(self) -> None:
        """Another process is no business of the recording."""
        self.start_daemon()
        other = self.running(self.program32, "wait")
        other.expect("ready")
        app = self.traced("burst", 10)
        awaitctl = self.attach("--attach", app.pid)
        app.send("\n\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertNotIn("32-bit", awaitctl.stderr())
        self.assertNotIn("cannot", awaitctl.stderr())

    def test_with_a_consumer(self) -> None:
        """Nothing is said, and nothing is wrong."""
        if not self.consumer:
            self.skipTest("LTTNG_CONSUMERD32_BIN names no lttng-consumerd of 32 bits")
        os.environ["LTTNG_CONSUMERD32_BIN"] = self.consumer
        order = f"{self.program32} && {APP} exit 0"
        out = self.recorded("sh", "-c", order)
        (line,) = out.stderr.splitlines()
        self.assertIn(f"the trace in {self.trace}", line)
        self.trace = self.dir / "alone"
        out = self.recorded(self.program32)
        self.assertNotIn("32-bit", out.stderr)


if __name__ == "__main__":
    tap.main()
