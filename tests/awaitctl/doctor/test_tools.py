# SPDX-License-Identifier: MIT
"""awaitctl doctor and the commands of others: absent, of a version that is too
old or too new, endless, or with an answer that no terminal should see."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import time
import unittest

import doctorcase
import harness
from harness import AWAITCTL, run

import tap

TOP = pathlib.Path(__file__).resolve().parents[3]


class Absent(doctorcase.Case):
    def test_one_by_one(self) -> None:
        for command, name, level, remedy in (
            ("lttng-sessiond", "lttng-tools", "problem", "install the package"),
            ("gdb", "gdb", "warning", "install the package gdb"),
            ("lldb", "lldb", "warning", "install the package lldb"),
            ("pkg-config", "pkg-config", "warning", "install the package"),
            ("babeltrace2", "babeltrace2", "ok", "the package babeltrace2 has it"),
        ):
            with self.subTest(command=command):
                answer = self.doctor(env=self.without(command))
                self.finds(answer, name, level, command, remedy)
                (self.dir / "but").rename(self.dir / f"but-{command}")

    def test_all(self) -> None:
        place = self.dir / "lib"
        place.mkdir()
        for built in (os.environ["LIBAWAIT"], os.environ["LIBAWAIT_LTTNG"]):
            name = pathlib.Path(built).name
            shutil.copy(built, place / name.removesuffix(".1.0"))
        answer = self.doctor(
            env={**os.environ, "PATH": "/nonexistent", "LD_LIBRARY_PATH": str(place)}
        )
        for name in ("tracer", "LTTng-UST"):
            self.finds(answer, name, "unknown")


class Versions(doctorcase.Case):
    def test_too_old(self) -> None:
        environment = self.in_front(
            lttng_sessiond="echo 2.12.9",
            babeltrace2='echo "Babeltrace 1.5.8"',
            gdb='echo "GNU gdb (Elsewhere 3.0) 12.1"',
            lldb='echo "lldb version 13.0.1"',
        )
        answer = self.doctor(env=environment)
        for name, said in (
            ("lttng-tools", "is 2.12.9, too old: install 2.13 or later"),
            ("babeltrace2", "the command is 1.5.8, too old: install 2.0"),
            ("gdb", "is 12.1.0, too old: install 13.1 or later"),
            ("lldb", "is 13.0.1, too old: install 14.0 or later"),
        ):
            self.finds(answer, name, "problem", said)

    def test_newer_than_tried(self) -> None:
        environment = self.in_front(lttng_sessiond="echo 3.0.0")
        answer = self.doctor(env=environment)
        self.finds(answer, "lttng-tools", "warning", "newer than 2.16, the newest")

    def test_no_version(self) -> None:
        for text in ("", "two point one", "7", "." * 100, "99999999999999999999.1"):
            environment = self.in_front(lttng_sessiond=f"echo '{text}'")
            answer = self.doctor(env=environment)
            self.finds(answer, "lttng-tools", "unknown", "no version")

    def test_terminal(self) -> None:
        """doctor() sees that all of it is printable."""
        evil = r"printf '\033[2J\033]0;x\007 %b \377\n'"
        environment = self.in_front(lttng_sessiond=evil, babeltrace2=evil, gdb=evil)
        answer = self.doctor(env=environment)
        self.finds(answer, "lttng-tools", "unknown", r"\x1b[2J\x1b]0;x\a")


class Endless(doctorcase.Case):
    def left(self) -> set[int]:
        return harness.processes("sleep")

    def test_limits(self) -> None:
        """Is told of, and nothing of it is left: not what it started, either."""
        before = self.left()
        forever = "sleep 3600 & sleep 3600"
        environment = self.in_front(lttng_sessiond=forever)
        answer = self.doctor(env=environment)
        self.finds(answer, "lttng-tools", "unknown", "does not end within 20 s")
        self.assertEqual(self.left() - before, set())

    def test_endless_output(self) -> None:
        # A lot at a time, but not all that a processor can do.
        endless = "while yes 2.13.1 | head -c 10000000; do sleep 1; done"
        answer = self.doctor(env=self.in_front(lttng_sessiond=endless))
        self.finds(answer, "lttng-tools", "unknown", "does not end within 20 s")

    def test_output_that_outlives_it(self) -> None:
        before = self.left()
        began = time.monotonic()
        environment = self.in_front(lttng_sessiond="echo 2.13.1; sleep 3600 &")
        answer = self.doctor(env=environment)
        self.assertIn("is 2.13.1", answer.said["lttng-tools"])
        self.assertEqual(self.left() - before, set())
        self.assertLess(time.monotonic() - began, 3600)

    def test_ends_with_awaitctl(self) -> None:
        before = self.left()
        environment = self.in_front(lttng_sessiond="echo > $0.runs; sleep 3600")
        process = self.running(AWAITCTL, "doctor", env=environment)
        runs = self.dir / "bin/lttng-sessiond.runs"
        harness.until(runs.exists, "the command runs")
        process.process.kill()
        process.end()
        # The shell does; what it has started is its own.
        for pid in self.left() - before:
            os.kill(pid, 9)
        harness.until(
            lambda: not harness.processes("lttng-sessiond") - self.before, "it ended"
        )


class Gdb(doctorcase.Case):
    def test_without_python(self) -> None:
        """As gdb-minimal says it."""
        says = (
            'case "$*" in\n--version) echo "GNU gdb (Debian 13.1-3) 13.1" ;;\n'
            '*) echo "Undefined info command: \\"awaits\\".  Try \\"help info\\"."\n'
            'echo "Scripting in the \\"Python\\" language is not supported in this'
            ' copy of GDB."\necho AWAIT-DOCTOR-END ;;\nesac'
        )
        environment = self.in_front(gdb=says)
        environment["LD_LIBRARY_PATH"] = str(
            pathlib.Path(os.environ["LIBAWAIT"]).parent
        )
        answer = self.doctor(env=environment)
        self.finds(answer, "gdb", "problem", "has no Python", "install a gdb with")


class Started(doctorcase.Case):
    def test_by_one_who_ignores_children(self) -> None:
        """As some daemons do, whose children inherit it."""

        def ignore() -> None:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)

        environment = self.in_front(lttng_sessiond="echo 2.13.1", pkg_config="exit 1")
        answer = self.doctor(env=environment, preexec_fn=ignore)
        self.finds(answer, "lttng-tools", "ok", "2.13.1")
        self.assertNotIn("knows await ,", answer.said["pkg-config"])


class Document(unittest.TestCase):
    def test_compatibility(self) -> None:
        """docs/compatibility.md and the table of versions.c say the same."""
        code = (TOP / "src/awaitctl/doctor/versions.c").read_text()
        number = r"\{ \{ (\d+), (\d+), \d+ \} \}"
        known = re.findall(rf'\{{ "([\w-]+)", {number}, {number} \}}', code)
        self.assertGreaterEqual(len(known), 5)
        page = (TOP / "docs/compatibility.md").read_text()
        for component, *parts in known:
            row = re.search(rf"^\| {component} \| (\S+) \| (\S+) \|", page, re.M)
            assert row, component
            least, newest = (text.split(".")[:2] for text in row.groups())
            self.assertEqual(
                [(x + ["0"])[:2] for x in (least, newest)], [parts[:2], parts[2:]]
            )


class Call(doctorcase.Case):
    def test_wrong(self) -> None:
        out = run(AWAITCTL, "doctor", "now")
        self.assertEqual((out.returncode, out.stdout), (2, ""))
        self.assertRegex(out.stderr, r"\Aawaitctl: doctor: takes no argument: now")

    def test_help(self) -> None:
        out = run(AWAITCTL, "doctor", "--help")
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertIn("doctor  looks at what stops people", out.stdout)

    def test_no_room_for_the_answer(self) -> None:
        with open("/dev/full", "w") as full:
            out = run(AWAITCTL, "doctor", stdout=full)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\Aawaitctl: cannot write: No space[^\n]*\n\Z")


if __name__ == "__main__":
    tap.main()
