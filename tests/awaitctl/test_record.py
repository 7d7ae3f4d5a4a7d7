# SPDX-License-Identifier: MIT
"""awaitctl record: the trace it makes, and what it does to the program, to
signals and to session daemons."""

from __future__ import annotations

import fcntl
import os
import pathlib
import pty
import re
import signal
import termios
import time
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, sessions, source_line, until

import tap

# What `app exit` does, by function: created, runs, failed, hits, never waited.
ALL = {
    "square": (3, 2, 0, 1, 1),
    "flaky": (1, 2, 1, 2, 0),
    "broken": (1, 1, 1, 0, 0),
    "outer": (1, 1, 0, 0, 0),
    "inner": (1, 1, 0, 0, 0),
    "nowait": (2, 0, 0, 1, 1),
    "threaded": (20, 20, 0, 20, 0),
}


def signal_taken(pid: int, number: int) -> bool:
    """Whether no such signal waits for that process any more."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    pending = [
        int(mask, 16) for mask in re.findall(r"(?:SigPnd|ShdPnd):\s*(\w+)", status)
    ]
    return not any(mask >> (number - 1) & 1 for mask in pending)


class Programs(harness.Case):
    def check_all(self) -> None:
        report = self.report()
        self.assertEqual(report.functions, ALL)
        self.assertEqual(
            report.totals,
            {
                "created": 29,
                "runs": 27,
                "failed": 2,
                "cached hits": 24,
                "never waited": 2,
                "still running": 0,
            },
        )
        self.assertTrue(report.text.startswith("Awaits: "), report.text)

    def test_counts_and_status(self) -> None:
        for status in (0, 7):
            self.trace = self.dir / str(status)
            out = self.recorded(APP, "exit", status)
            self.assertEqual(out.returncode, status, out.stderr)
            self.assertEqual(
                out.stderr,
                f"awaitctl: the trace in {self.trace}; next: awaitctl "
                f"report {self.trace}\n",
            )
            self.check_all()

    def test_killed_program(self) -> None:
        out = self.recorded(APP, "die")
        self.assertEqual(out.returncode, 128 + signal.SIGKILL, out.stderr)
        self.check_all()

    def test_source_lines(self) -> None:
        self.recorded(APP, "exit", 0)
        report = self.report()
        for name in ("outer", "inner", "flaky"):
            (row,) = report.slow(name)
            for what in ("wait", "create"):
                path, line = row[what].rsplit(":", 1)
                self.assertEqual(pathlib.Path(path).name, "app.c")
                self.assertEqual(int(line), source_line(f"{what}: {name}"))
        self.assertEqual(
            report.slow("flaky")[0]["result"],
            "failed: -ENOENT (No such file or directory), 1 attempt",
        )
        self.assertEqual(report.slow("outer")[0]["result"], "resolved")

    def test_several_processes(self) -> None:
        self.recorded("sh", "-c", '"$0" exit 0; "$0" exit 0', APP)
        report = self.report()
        twice = {k: tuple(2 * n for n in v) for k, v in ALL.items()}
        self.assertEqual(report.functions, twice)
        self.assertIn("processes: 2)", report.text)
        pids = {row["id"].split(" of ")[1] for row in report.slow("outer")}
        self.assertEqual(len(pids), 2)

    def test_default_directory(self) -> None:
        for _ in range(2):
            out = run(AWAITCTL, "record", APP, "exit", 0, cwd=self.dir)
            self.assertEqual(out.returncode, 0, out.stderr)
        made = list(self.dir.iterdir())
        self.assertEqual(len(made), 2)
        for self.trace in made:
            self.assertRegex(
                self.trace.name,
                r"^await-awaitctl-app-\d{8}-\d{6}(-2)?$",
            )
            self.check_all()

    def test_empty_directory_is_used(self) -> None:
        self.trace.mkdir()
        self.assertEqual(self.recorded(APP, "exit", 0).returncode, 0)
        self.check_all()

    def test_names(self) -> None:
        """Of directories and programs, that LTTng might take for more."""
        self.trace = self.dir / "a b:c%d@e,f=*" / "net:"
        self.trace.parent.mkdir()
        app = self.dir / "an app: 100% *"
        app.symlink_to(APP)
        out = self.recorded(app, "exit", 0)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.check_all()
        link = self.dir / "link"
        link.symlink_to(self.trace)
        self.trace = link
        self.check_all()

    def test_environment(self) -> None:
        environment = dict(os.environ)
        environment.pop("LIBAWAIT_TRACE", None)
        for given, seen in ((None, "1"), ("0", "0"), ("/x.so", "/x.so")):
            self.trace = self.dir / seen.strip("/")
            if given:
                environment["LIBAWAIT_TRACE"] = given
            out = self.recorded("sh", "-c", "echo $LIBAWAIT_TRACE", env=environment)
            self.assertEqual(out.stdout, seen + "\n")

    def test_program_inherits_signals(self) -> None:
        out = self.recorded("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
        plain = run("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
        self.assertEqual(out.stdout, plain.stdout)


class Signals(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        # Ignored stays ignored, also when it is nohup that runs the tests.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)

    def check_stuck(self) -> None:
        """One await was inside its function when the program died."""
        report = self.report()
        self.assertEqual(report.functions, {"stuck": (1, 1, 0, 0, 0)})
        self.assertEqual(report.totals["still running"], 1)
        (row,) = report.slowest
        self.assertEqual(row["result"], "running")
        line = source_line("wait: stuck")
        self.assertTrue(row["wait"].endswith(f"app.c:{line}"), row)

    def test_a_hang_lasts_until_the_recording_ends(self) -> None:
        """Nothing is recorded while it lasts: the last event is its beginning."""
        awaitctl = self.record(APP, "stuck")
        awaitctl.expect("ready")
        time.sleep(1)
        (app,) = self.children(awaitctl.pid, pathlib.Path(APP).name)
        os.kill(app, signal.SIGKILL)
        self.assertEqual(awaitctl.end(), 128 + signal.SIGKILL)
        self.check_stuck()
        (row,) = self.report().slowest
        self.assertRegex(row["time"], r"^[\d.]+ s$")

    def test_only_awaitctl(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.trace = self.dir / str(number)
            awaitctl = self.record(APP, "stuck")
            awaitctl.expect("ready")
            os.kill(awaitctl.pid, number)
            self.assertEqual(awaitctl.end(), 128 + number, awaitctl.stderr())
            self.check_stuck()

    def test_group(self) -> None:
        awaitctl = self.record(APP, "stuck")
        awaitctl.expect("ready")
        os.killpg(awaitctl.pid, signal.SIGINT)
        self.assertEqual(awaitctl.end(), 128 + signal.SIGINT)
        self.check_stuck()

    def test_ignored_stays_ignored(self) -> None:
        awaitctl = self.record(
            APP,
            "interrupts",
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
        )
        awaitctl.expect("ready")
        for _ in range(3):
            os.kill(awaitctl.pid, signal.SIGHUP)
            until(
                lambda: signal_taken(awaitctl.pid, signal.SIGHUP),
                "that signal is gone",
            )
        awaitctl.send("end\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())

    def test_terminal(self) -> None:
        """Ctrl-C typed once reaches the program once, and not a daemon."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        awaitctl = self.record(
            APP,
            "interrupts",
            stdin=theirs,
            stdout=theirs,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        awaitctl.input = awaitctl.output = ours
        awaitctl.expect("ready")
        awaitctl.send("\x03")
        awaitctl.expect("interrupted")
        until(
            lambda: signal_taken(awaitctl.pid, signal.SIGINT),
            "awaitctl has fetched its SIGINT",
        )
        awaitctl.send("end\n")
        self.assertEqual(awaitctl.end(), 1, awaitctl.stderr())
        self.assertEqual(self.report().functions, {"square": (3, 2, 0, 1, 1)})

    def test_second_kills(self) -> None:
        awaitctl = self.record(APP, "interrupts")
        awaitctl.expect("ready")
        os.kill(awaitctl.pid, signal.SIGINT)
        awaitctl.expect("interrupted")
        os.kill(awaitctl.pid, signal.SIGINT)
        self.assertEqual(awaitctl.end(), 128 + signal.SIGKILL)
        self.assertEqual(self.report().functions, {"square": (3, 2, 0, 1, 1)})


class Daemons(harness.Case):
    def test_ours_is_gone(self) -> None:
        awaitctl = self.record(APP, "ready")
        awaitctl.expect("ready")
        during = daemons() - self.before
        awaitctl.send("\n\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertGreaterEqual(len(during), 2)
        self.assertEqual(daemons() & during, set())

    def test_one_before_stays(self) -> None:
        pid = self.start_daemon()
        before = harness.processes("lttng-sessiond")
        awaitctl = self.record(APP, "ready")
        awaitctl.expect("ready")
        (name,) = sessions()
        self.assertRegex(name, r"\Aawait-awaitctl-app-[0-9a-f]{16}\Z")
        self.assertEqual(harness.processes("lttng-sessiond"), before)
        awaitctl.send("\n\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertIn(pid, harness.processes("lttng-sessiond"))
        self.assertEqual(sessions(), [])
        # Its consumer is the daemon's, and ends with it.
        self.before |= harness.processes("lttng-consumerd")

    def test_left_to_others(self) -> None:
        awaitctl = self.record(APP, "ready")
        awaitctl.expect("ready")
        (pid,) = harness.processes("lttng-sessiond") - self.before
        other = run("lttng", "create", "other", "-o", self.dir / "other")
        self.assertEqual(other.returncode, 0, other.stderr)
        awaitctl.send("\n\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertIn(
            f"lttng-sessiond (process {pid}) is left running: other sessions",
            awaitctl.stderr(),
        )
        self.assertEqual(sessions(), ["other"])
        os.kill(pid, signal.SIGTERM)
        until(lambda: not daemons() - self.before, "that daemon is gone")

    def test_interrupt_before_the_program(self) -> None:
        """While the daemon starts: nothing is recorded, nothing is left."""
        fake = self.dir / "lttng-sessiond"
        real = run("sh", "-c", "command -v lttng-sessiond").stdout.strip()
        begun, go = self.dir / "begun", self.dir / "go"
        os.mkfifo(go)
        fake.write_text(
            f'#!/bin/sh\n: >"{begun}"\nread line <"{go}"\n' f'exec {real} "$@"\n'
        )
        fake.chmod(0o755)
        path = f"{self.dir}:{os.environ['PATH']}"
        awaitctl = self.record(APP, "exit", 0, env={**os.environ, "PATH": path})
        until(begun.exists, "the daemon is being started")
        os.kill(awaitctl.pid, signal.SIGINT)
        go.write_text("\n")
        self.assertEqual(awaitctl.end(), 128 + signal.SIGINT)
        self.assertEqual(
            awaitctl.stderr(),
            "awaitctl: stopped before the program began: nothing was " "recorded\n",
        )
        self.assertFalse(self.trace.exists())


class Discards(harness.Case):
    def test_said_first_and_exactly(self) -> None:
        """With its consumer stopped, a program fills any buffer."""
        awaitctl = self.record(APP, "burst", 300000)
        awaitctl.expect("ready")
        with self.consumers_stopped():
            awaitctl.send("\n")
            awaitctl.expect("done")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())

        out = run("babeltrace2", self.trace, stdout=open(os.devnull, "w"))
        discarded = re.findall(
            r'Tracer discarded (\d+) event.* within stream "[^"]*/(\w+)_\d+"',
            out.stderr,
        )
        self.assertEqual(len(discarded), out.stderr.count("discarded"), out.stderr)
        lost = sum(int(count) for count, _ in discarded)
        # The report has no stacks, and does not read them.
        lost_awaits = sum(
            int(count) for count, channel in discarded if channel == "awaits"
        )
        self.assertGreater(lost_awaits, 0)
        awaits = run(
            "sh",
            "-c",
            'babeltrace2 "$0" 2>/dev/null | grep " await:" | grep -vc statedump',
            self.trace,
        )
        # Five events an await: with those of the stack. And the process's end.
        self.assertEqual(int(awaits.stdout) + lost, 5 * 300000 + 1)

        report = self.report()
        first = report.text.splitlines()[0]
        self.assertEqual(
            first,
            f"*** {lost_awaits} EVENTS DISCARDED (buffers full): counts below are "
            "too low, NEVER WAITED may be too high ***",
        )
        self.assertLess(report.functions["square"][0], 300000)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
