# SPDX-License-Identifier: MIT
"""awaitctl record --attach: to processes that run, which go on as if nothing
had been."""

from __future__ import annotations

import os
import pathlib
import signal
import sys
import typing
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, until

import public
import tap
from public import NOBODY


class Case(harness.Case):
    def refused(
        self,
        what: object,
        *parts: str,
        options: tuple[object, ...] = (),
        status: int = 1,
    ) -> None:
        out = run(AWAITCTL, "record", *options, "--attach", what, cwd=self.dir)
        self.assertEqual((out.returncode, out.stdout), (status, ""), out.stderr)
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, out.stderr)
        self.assertEqual(list(self.dir.iterdir()), [])

    def refused_alone(self, what: object, *parts: str, **more: typing.Any) -> None:
        self.refused(what, *parts, **more)
        self.assertEqual(daemons(), self.before)


class Processes(Case):
    def test_until_it_ends(self) -> None:
        """It ran before there was a session daemon."""
        app = self.traced("burst", 1000)
        other = self.traced("burst", 10)
        awaitctl = self.attach("--attach", app.pid)
        for each in other, app:
            each.send("\n")
            each.expect("done")
            each.send("\n")
            self.assertEqual((each.end(), each.stderr()), (0, ""))
        self.assertEqual(awaitctl.end(), 0)
        self.assertEqual(
            awaitctl.stderr(),
            f"awaitctl: recording process {app.pid} (awaitctl-app) until it ends, or "
            f"Ctrl-C\nawaitctl: the trace in {self.trace}; next: awaitctl report "
            f"{self.trace}\n",
        )
        report = self.report()
        self.assertEqual(report.functions, {"square": (1000, 1000, 0, 0, 0)})
        self.assertIn("processes: 1)", report.text)
        self.assertTrue(all("app.c:" in x["wait"] for x in report.slowest))

    def test_killed(self) -> None:
        app = self.traced("burst", 1000)
        awaitctl = self.attach("--attach", app.pid)
        app.send("\n")
        app.expect("done")
        app.process.kill()
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertEqual(self.report().totals["created"], 1000)

    def test_interrupted(self) -> None:
        """The process stays, untouched, and may be attached to once more."""
        app = self.traced("interrupts")
        for i in 1, 2:
            self.trace = self.dir / f"trace{i}"
            awaitctl = self.attach("--attach", app.pid)
            os.killpg(awaitctl.pid, signal.SIGINT)
            self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
            self.assertIn("next: awaitctl report", awaitctl.stderr())
        app.send("\n")
        # The number of SIGINTs it got.
        self.assertEqual(app.end(), 0)

    def test_awaits_that_are_alive(self) -> None:
        """The state dump says what they are."""
        app = self.traced("alive")
        awaitctl = self.attach("--attach", app.pid)
        app.send("\n")
        self.assertEqual((app.end(), awaitctl.end()), (0, 0))
        report = self.report()
        self.assertEqual(report.functions, {"square": (0, 1, 0, 1, 0)})
        (slow,) = report.slowest
        line = harness.source_line("create: alive")
        self.assertTrue(slow["create"].endswith(f"app.c:{line}"), slow)
        self.assertEqual(slow["id"], '#1 "two"')

    def test_program_that_hangs(self) -> None:
        """In an await, since before the recording."""
        app = self.traced("stuck")
        awaitctl = self.attach("--attach", app.pid)
        os.kill(awaitctl.pid, signal.SIGTERM)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        (alive,) = (x for x in self.lines() if " await:statedump_live: " in x)
        self.assertRegex(alive, r'state = \( "running" .* function = "stuck"')
        self.assertIn(f"vpid = {app.pid},", alive)
        report = self.report()
        self.assertEqual(report.functions, {"stuck": (0, 1, 0, 0, 0)})
        self.assertEqual(report.totals["still running"], 1)

    def test_who_waits_since_before(self) -> None:
        """What hangs, where, and who waits: none of it is an event any more."""
        app = self.traced("hang")
        task = pathlib.Path(f"/proc/{app.pid}")
        until(
            lambda: (task / "wchan").read_text().startswith("futex"),
            "the first thread waits",
        )
        others = {x.name for x in (task / "task").iterdir()} - {str(app.pid)}
        awaitctl = self.attach("--attach", app.pid)
        os.kill(awaitctl.pid, signal.SIGTERM)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        rows = self.report().unfinished
        runner = rows[0][1]
        self.assertIn(runner, others)
        self.assertEqual(
            [row[1:-1] for row in rows],
            [
                [runner, "runs", "#1", "stuck"],
                [str(app.pid), "waits for", "#1", "stuck"],
            ],
        )
        for row, marker in zip(rows, ("hang", "behind")):
            self.assertRegex(row[0], r"^over [\d.]+ \w+$")
            self.assertRegex(
                row[-1], f"app.c:{harness.source_line(f'wait: {marker}')}$"
            )

    def test_snapshot(self) -> None:
        app = self.traced("burst", 7)
        awaitctl = self.attach("--snapshot", "--attach", app.pid)
        os.kill(awaitctl.pid, signal.SIGUSR1)
        until(lambda: any(self.trace.iterdir()), "a snapshot is made")
        app.send("\n")
        app.expect("done")
        app.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertEqual(len(list(self.trace.iterdir())), 2)
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(harness.Report.parse(out.stdout).totals["created"], 7)

    def test_blocking(self) -> None:
        app = self.traced("burst", 50)
        self.refused_alone(
            app.pid,
            f"process {app.pid} (awaitctl-app) does not allow --blocking: start it "
            "with LTTNG_UST_ALLOW_BLOCKING=1",
            options=("--blocking",),
        )
        app = self.traced("burst", 50, env={"LTTNG_UST_ALLOW_BLOCKING": "1"})
        awaitctl = self.attach("--blocking", "--buffers", "4kx2", "--attach", app.pid)
        app.send("\n")
        app.expect("done")
        app.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertEqual(self.report().totals["created"], 50)

    def test_other_options(self) -> None:
        app = self.traced("burst", 3)
        awaitctl = self.attach(
            *("--live", "--stacks=exec", "--filter", "attempt > 1"),
            *("--attach", app.pid),
        )
        self.assertIn("awaitctl: to follow: babeltrace2 ", awaitctl.stderr())
        app.send("\n")
        app.expect("done")
        app.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        counts = self.counts()
        self.assertEqual(
            (counts["create"], counts["exec_stack"], counts.get("exec_begin")),
            (3, 3, None),
        )

    def test_default_directory(self) -> None:
        app = self.traced("ready")
        awaitctl = self.running(AWAITCTL, "record", "--attach", app.pid, cwd=self.dir)
        until(lambda: "recording" in awaitctl.stderr(), "the recording begins")
        app.send("\n\n")
        self.assertEqual(awaitctl.end(), 0)
        (made,) = self.dir.iterdir()
        self.assertRegex(made.name, r"\Aawait-awaitctl-app-\d{8}-\d{6}\Z")

    def test_dry_run(self) -> None:
        """The commands, when the process ends of itself."""
        app, other = self.traced("burst", 5), self.traced("burst", 3)
        options = ("--stacks=none", "-o", self.trace)
        out = run(AWAITCTL, "record", "--dry-run", *options, "--attach", app.pid)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.start_daemon()
        self.before |= daemons()
        shell = self.running("sh", "-c", out.stdout)
        shell.expect("Tracing started")
        for each in other, app:
            each.send("\n")
            each.expect("done")
            each.send("\n")
            self.assertEqual(each.end(), 0)
        self.assertEqual(shell.end(), 0)
        self.assertEqual(self.report().functions, {"square": (5, 5, 0, 0, 0)})
        self.before |= daemons()


class Refused(Case):
    def test_none(self) -> None:
        with open("/proc/sys/kernel/pid_max", encoding="ascii") as most:
            none = int(most.read())
        self.refused_alone(none, f"cannot attach to process {none}: there is none")
        self.refused_alone(2**31 - 1, "there is none")

    def test_thread(self) -> None:
        threads = self.running(
            *(sys.executable, "-c"),
            "import threading, sys\n"
            "t = threading.Thread(target=sys.stdin.read)\n"
            "t.start()\n"
            "print('thread', t.native_id, '.', flush=True)\n",
        )
        threads.expect("thread ")
        until(lambda: threads.expect(".") is None, "its number is there")
        (thread,) = (
            int(x.name)
            for x in pathlib.Path(f"/proc/{threads.pid}/task").iterdir()
            if int(x.name) != threads.pid
        )
        self.refused_alone(thread, f"cannot attach to {thread}: it is a thread")

    def test_without_tracer(self) -> None:
        for command in ("sleep", 1000), (APP, "ready"):
            process = self.running(*command)
            if command[0] == APP:
                process.expect("ready")
            name = pathlib.Path(str(command[0])).name
            # The name follows a moment after the exec that Popen waits for.
            comm = pathlib.Path(f"/proc/{process.pid}/comm")
            until(lambda: comm.read_text() == f"{name}\n", f"a process {name}")
            self.refused_alone(
                process.pid,
                f"process {process.pid} ({name}) runs without the tracer: start it "
                "with LIBAWAIT_TRACE=1",
            )

    def test_has_ended(self) -> None:
        """A zombie is still a process."""
        process = self.running("true")
        until(
            lambda: os.waitid(
                os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG
            ),
            "it ended",
        )
        self.refused_alone(process.pid, "has ended")

    @unittest.skipUnless(os.getuid() == 0, "only root can become another user")
    def test_of_another_user(self) -> None:
        app = self.traced("ready")
        self.dir.chmod(0o777)
        program, environment = public.copy(self.dir, AWAITCTL)
        out = run(
            *(program, "record", "--attach", app.pid),
            **{"env": environment, "user": NOBODY, "group": NOBODY},
            **{"extra_groups": [], "cwd": self.dir},
        )
        self.assertEqual(out.returncode, 1)
        self.assertEqual(
            out.stderr,
            f"awaitctl: cannot attach to process {app.pid}: it is another user's; ask "
            "that user, or root\n",
        )
        self.assertEqual(daemons(), self.before)

    def test_stopped(self) -> None:
        """It has the tracer, but cannot tell LTTng so."""
        app = self.traced("ready")
        app.process.send_signal(signal.SIGSTOP)
        self.refused_alone(app.pid, "does not know it: is it stopped")
        app.process.send_signal(signal.SIGCONT)

    def test_usage(self) -> None:
        for options, what, part in (
            ((), "", "a process or the name of a session, not ;"),
            ((), "0", "not 0;"),
            ((), "99999999999", "not 99999999999;"),
            (("--depth", "3"), "1", "--depth is read when a program starts"),
            (("-o", "x"), "name", "who made the session"),
            (("--stream", "here"), "name", "who made the session"),
            (("--live",), "name", "who made the session"),
            (("--snapshot",), "name", "who made the session"),
            (("--snapshot", "--live"), "1", "nobody can follow"),
            (("--stream", "here", "-o", "x"), "1", "leave out --output"),
        ):
            with self.subTest(options=options, what=what):
                self.refused_alone(what, part, options=options, status=2)
        out = run(AWAITCTL, "record", "--attach", "1", "true")
        self.assertEqual(out.returncode, 2)
        self.assertIn("--attach is for what runs already", out.stderr)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
