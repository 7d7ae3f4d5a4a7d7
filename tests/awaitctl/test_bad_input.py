# SPDX-License-Identifier: MIT
"""awaitctl given what it can't use: one line that says what and what to do,
the right exit status, and nothing left behind."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import unittest

import harness
from harness import APP, AWAITCTL, SYNTHETIC, daemons, run

import public
import tap
from public import NOBODY


class Bad(harness.Case):
    def check(
        self,
        out: subprocess.CompletedProcess[str],
        status: int,
        *parts: str,
    ) -> None:
        """Ended like that, with one line that has all the parts."""
        self.assertEqual(out.returncode, status, out.stderr)
        self.assertEqual(out.stdout, "")
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, out.stderr)

    def nothing_left(self) -> None:
        self.assertEqual(daemons(), self.before)
        self.assertFalse(self.trace.exists())


class Usage(Bad):
    def test_wrong(self) -> None:
        wrong: tuple[tuple[list[str], str], ...] = (
            ([], "record, report, export, diff, recover, ps, top, gdb or doctor?"),
            (["play"], "unknown command play"),
            (["record"], "which program?"),
            (["record", "--"], "which program?"),
            (["record", "-x", "true"], "unknown option -x"),
            (["record", "--bogus", "true"], "unknown option --bogus"),
            (["record", "-o"], "missing after -o"),
            (["record", "-o", "", "true"], "DIR is empty"),
            (["record", "--stacks=all", "true"], "not all;"),
            (["record", "--stacks=create,", "true"], "not create,;"),
            (["record", "--stacks=", "true"], "not ;"),
            (["record", "--stacks=none,hit", "true"], "not none,hit;"),
            (["record", "--depth", "0", "true"], "--depth takes 1 to"),
            (["record", "--depth", "-1", "true"], "not -1;"),
            (["record", "--depth", "3x", "true"], "not 3x;"),
            (["record", "--depth"], "missing after --depth"),
            (["record", "--depth", "3", "--stacks=none", "true"], "are none"),
            (["record", "--filter", "", "true"], "filter is empty"),
            (["record", "--buffers", "", "true"], "SIZE is"),
            (["record", "--buffers", "5000", "true"], "SIZE is"),
            (["record", "--buffers", "2k", "true"], "SIZE is"),
            (["record", "--buffers", "2G", "true"], "SIZE is"),
            (["record", "--buffers", "18446744073709551615G", "true"], "SIZE is"),
            (["record", "--buffers", "99999999999999999999", "true"], "SIZE is"),
            (["record", "--buffers", "1T", "true"], "SIZE is"),
            (["record", "--buffers", "1Mx", "true"], "COUNT is"),
            (["record", "--buffers", "1Mx1", "true"], "COUNT is"),
            (["record", "--buffers", "1Mx3", "true"], "COUNT is"),
            (["record", "--buffers", "1Mx4k", "true"], "COUNT is"),
            (["record", "--buffers", "1Mx8192", "true"], "COUNT is"),
            (["record", "--blocking", "--snapshot", "true"], "leave out"),
            (["record", "--blocking=1", "true"], "unknown option"),
            (["report"], "give one directory"),
            (["report", "a", "b"], "give one directory"),
            (["report", "-n", "x", "a"], "not a number: x"),
            (["report", "-n", "-1", "a"], "not a number: -1"),
            (["report", "-n", "99999999999", "a"], "not a number: 9"),
        )
        for args, part in wrong:
            with self.subTest(args=args):
                out = run(AWAITCTL, *args, cwd=self.dir)
                self.check(out, 2, part, "awaitctl --help")
        self.assertEqual(list(self.dir.iterdir()), [])

    def test_help(self) -> None:
        for args in ["--help"], ["-h"], ["record", "--help"], ["report", "-h"]:
            out = run(AWAITCTL, *args)
            self.assertEqual((out.returncode, out.stderr), (0, ""))
            self.assertIn("awaitctl record [OPTION]...", out.stdout)
            self.assertIn("awaitctl report [OPTION]... DIR", out.stdout)

    def test_version(self) -> None:
        out = run(AWAITCTL, "--version")
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertRegex(out.stdout, r"\Aawaitctl \d+\.\d+\.\d+\n")

    def test_options_of_the_program(self) -> None:
        """Belong to the program, with or without --."""
        program = ["sh", "-c", "echo $0", "-o"]
        for given in program, ["--", *program]:
            self.trace = self.dir / f"trace{len(given)}"
            out = run(AWAITCTL, "record", "-o", self.trace, *given)
            self.assertEqual((out.returncode, out.stdout), (0, "-o\n"))


class Reports(Bad):
    def report_fails(self, *parts: str) -> None:
        self.check(run(AWAITCTL, "report", self.trace), 1, *parts)

    def test_missing(self) -> None:
        self.report_fails(f"cannot read {self.trace}", "No such file", "give")

    def test_file(self) -> None:
        self.trace.write_text("hello\n")
        self.report_fails("Not a directory", "give the directory")

    def test_empty(self) -> None:
        self.trace.mkdir()
        self.report_fails("holds no trace", "give the directory")

    def test_not_a_trace(self) -> None:
        self.trace.mkdir()
        for content in (b"", b"hello, world\n", bytes(range(256)) * 64):
            (self.trace / "metadata").write_bytes(content)
            self.report_fails("cannot open the trace", "is it complete")

    def test_without_our_events(self) -> None:
        """Only the tracer's own, which say what is mapped where."""
        out = self.recorded(SYNTHETIC)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.report_fails("no events of awaits", "use libawait")

    def test_program_without_lttng(self) -> None:
        """Or which cannot start for want of libawait.so: nothing is left, and
        nothing is said to be there."""
        for options in [], ["--snapshot"], ["--live"]:
            for status in 0, 127:
                program = ("sh", "-c", f"exit {status}")
                out = self.recorded_with(*options, program=program)
                self.assertEqual(out.returncode, status, out.stderr)
                last = out.stderr.splitlines()[-1]
                said = f"awaitctl: nothing was recorded: sh, .* status {status},"
                self.assertRegex(last, said)
                self.nothing_left()
                self.report_fails(str(self.trace))

    def test_program_without_lttng_into_empty(self) -> None:
        self.trace.mkdir()
        self.check(self.recorded("true"), 0, "nothing was recorded: true")
        self.assertEqual(list(self.trace.iterdir()), [])

    @unittest.skipUnless(os.getuid() == 0, "only root can become another user")
    def test_unreadable(self) -> None:
        inside = self.trace / "ust"
        inside.mkdir(parents=True)
        self.dir.chmod(0o755)
        program, _ = public.copy(self.dir, AWAITCTL)
        for closed in self.trace, inside:
            closed.chmod(0o700)
            out = run(program, "report", self.trace, user=NOBODY, cwd="/")
            self.check(out, 1, f"cannot read {closed}: Permission denied")
            closed.chmod(0o755)

    def test_full_disk(self) -> None:
        self.recorded(APP, "exit", 0)
        with open("/dev/full", "w", encoding="ascii") as full:
            out = run(AWAITCTL, "report", self.trace, stdout=full)
        self.assertEqual(out.returncode, 1)
        self.assertEqual(
            out.stderr,
            "awaitctl: cannot write the report: No space left on device\n",
        )


class Programs(Bad):
    def file(self, content: str, mode: int) -> pathlib.Path:
        path = self.dir / "program"
        path.write_text(content)
        path.chmod(mode)
        return path

    def test_not_found(self) -> None:
        self.check(self.recorded("no-such-program"), 1, "PATH has no such")
        self.check(self.recorded("./no-such"), 1, "No such file")
        self.nothing_left()

    def test_not_executable(self) -> None:
        path = self.file("#!/bin/sh\n", 0o644)
        self.check(self.recorded(path), 1, str(path), "chmod +x")
        self.nothing_left()

    def test_directory(self) -> None:
        self.check(self.recorded(self.dir), 1, "Is a directory")
        self.nothing_left()

    def test_found_in_path(self) -> None:
        """What may not be executed is passed over, as execvp does."""
        shut, open_ = self.dir / "shut", self.dir / "open"
        for directory, mode in (shut, 0o644), (open_, 0o755):
            directory.mkdir()
            (directory / "program").write_text("#!/bin/sh\nexit 5\n")
            (directory / "program").chmod(mode)
        for path, status in (f"{shut}", 1), (f"{shut}:{open_}", 5):
            environment = {**os.environ}
            environment["PATH"] += f":{path}"
            out = self.recorded("program", env=environment)
            self.assertEqual(out.returncode, status, out.stderr)

    def test_exec_fails(self) -> None:
        """Only found out when all is set up: all is taken down again."""
        path = self.file("#!/no/such/interpreter\n", 0o755)
        self.check(self.recorded(path), 1, f"cannot start {path}")
        self.nothing_left()
        pid = self.start_daemon()
        self.check(self.recorded(path), 1, f"cannot start {path}")
        self.assertFalse(self.trace.exists())
        self.assertIn(pid, daemons())
        self.assertEqual(harness.sessions(), [])
        self.before |= harness.processes("lttng-consumerd")

    def test_exec_fails_into_empty(self) -> None:
        """The user's own directory stays, and stays empty."""
        path = self.file("#!/no/such/interpreter\n", 0o755)
        self.trace.mkdir()
        self.check(self.recorded(path), 1, f"cannot start {path}")
        self.assertEqual(list(self.trace.iterdir()), [])


class Outputs(Bad):
    def test_not_empty(self) -> None:
        self.trace.mkdir()
        (self.trace / "mine").write_text("mine\n")
        self.check(self.recorded(APP, "exit", 0), 1, "is not empty", "-o")
        self.assertEqual((self.trace / "mine").read_text(), "mine\n")

    def test_file(self) -> None:
        self.trace.write_text("mine\n")
        self.check(self.recorded(APP, "exit", 0), 1, "Not a directory")
        self.assertEqual(self.trace.read_text(), "mine\n")

    def test_no_parent(self) -> None:
        self.trace = self.dir / "a" / "b"
        self.check(self.recorded(APP, "exit", 0), 1, "No such file")
        self.nothing_left()

    @unittest.skipUnless(os.getuid() == 0, "only root can become another user")
    def test_unwritable(self) -> None:
        self.dir.chmod(0o755)
        self.program, _ = public.copy(self.dir, AWAITCTL)
        out = self.recorded("true", user=NOBODY, cwd="/")
        self.check(out, 1, "Permission denied", "-o")
        self.nothing_left()
        self.trace.mkdir()
        out = self.recorded("true", user=NOBODY, cwd="/")
        self.check(out, 1, "another user's", "of your own")
        self.assertEqual(list(self.trace.iterdir()), [])


class Daemons(Bad):
    """No session daemon, and none to be had."""

    def with_path(self, daemon: str | None) -> None:
        """Makes a PATH that has that script for a daemon, or none."""
        where = self.dir / "bin"
        where.mkdir()
        for name in "true", "sh", "sleep":
            (where / name).symlink_to(str(shutil.which(name)))
        if daemon:
            (where / "lttng-sessiond").write_text(f"#!/bin/sh\n{daemon}\n")
            (where / "lttng-sessiond").chmod(0o755)
        self.environment = {**os.environ, "PATH": str(where)}

    def test_not_installed(self) -> None:
        self.with_path(None)
        out = self.recorded("true", env=self.environment)
        self.check(out, 1, "is not installed", "package lttng-tools")
        self.nothing_left()

    def test_may_not_be_started(self) -> None:
        self.with_path("exit 0")
        (self.dir / "bin" / "lttng-sessiond").chmod(0o644)
        out = self.recorded("true", env=self.environment)
        self.check(out, 1, "Permission denied", "group tracing")
        self.nothing_left()

    def test_fails(self) -> None:
        self.with_path("echo hello; echo Error: no luck >&2; echo x; exit 1")
        out = self.recorded("true", env=self.environment)
        self.check(out, 1, "lttng-sessiond does not start: Error: no luck;")
        self.nothing_left()

    def test_fails_silently(self) -> None:
        self.with_path("exit 1")
        out = self.recorded("true", env=self.environment)
        self.check(out, 1, "does not start: it gives no reason;")
        self.nothing_left()

    def test_never_answers(self) -> None:
        self.with_path("exec sleep 1000")
        sleeps = harness.processes("sleep")
        out = self.recorded("true", env=self.environment)
        self.check(out, 1, "does not answer within 10 s")
        self.assertEqual(harness.processes("sleep"), sleeps)
        self.nothing_left()

    @unittest.skipUnless(os.getuid() == 0, "only root can mount")
    def test_no_room_for_buffers(self) -> None:
        small = (
            "mount -t tmpfs -o size={} tmpfs /dev/shm || exit 99; "
            'exec "$0" record -o "$1" "$2" exit 0'
        )
        command = ["unshare", "--mount", "sh", "-c"]
        arguments = [AWAITCTL, self.trace, APP]
        out = run(*command, small.format("1m"), *arguments)
        self.check(out, 1, "are free in /dev/shm", "make it larger")
        self.nothing_left()
        size = 10 * os.sysconf("SC_NPROCESSORS_CONF")
        out = run(*command, small.format(f"{size}m"), *arguments)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(self.report().totals["created"], 29)

    @unittest.skipUnless(os.getuid() == 0, "only root can become another user")
    def test_home_is_unwritable(self) -> None:
        """The real daemon, which has no place for its sockets."""
        self.dir.chmod(0o777)
        self.program, environment = public.copy(self.dir, AWAITCTL)
        environment |= {"HOME": "/proc", "LTTNG_HOME": "/proc"}
        out = self.recorded("true", env=environment, user=NOBODY, group=NOBODY, cwd="/")
        self.check(out, 1, "lttng-sessiond does not start: ", "Unable to create /proc")
        self.nothing_left()

    @unittest.skipUnless(os.getuid() == 0, "only root can become another user")
    def test_other_users_have_their_own(self) -> None:
        """Not being root is no obstacle where there is a home."""
        self.dir.chmod(0o777)
        home = self.dir / "home"
        home.mkdir()
        os.chown(home, NOBODY, NOBODY)
        names = "LIBAWAIT", "LIBAWAIT_TRACER", "LIBAWAIT_LTTNG"
        libraries = [os.environ[name] for name in names]
        self.program, _ = public.copy(self.dir, AWAITCTL)
        app, environment = public.copy(self.dir, APP, *libraries)
        environment["LTTNG_HOME"] = str(home)
        out = self.recorded(
            app,
            "exit",
            6,
            env=environment,
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            cwd="/",
        )
        self.assertEqual(out.returncode, 6, out.stderr)
        self.assertEqual(self.report().totals["created"], 29)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
