# SPDX-License-Identifier: MIT
"""awaitctl record while the session daemon dies or is stopped: it ends, says
what it could not do, and the program's results are those of a run without it.

What is stopped is continued or killed by the test that stopped it.
"""

from __future__ import annotations

import os
import pathlib
import signal
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, sessions, until

import tap

COUNT = 5000
# As in src/traces/within.h; the second if the user asks to stop.
STUCK, STUCK_ASKED = (
    rf"LTTng does not answer within {s} s: is lttng-sessiond stopped\? Continue or "
    "end it"
    for s in (30, 5)
)


# LTTng's consumer daemon ends with the session daemon, and takes the buffers
# with it.
KILLED = (
    "cannot stop session .*; the trace may be incomplete",
    "LTTng's daemons failed: .* is lost, uncounted",
)


class Daemon(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.plain = run(APP, "burst", COUNT, input="\n\n")
        self.assertEqual(self.plain.returncode, 0)

    def begin(self, *options: object) -> harness.Running:
        """A recording, whose program waits for its first line."""
        awaitctl = self.running(
            *(AWAITCTL, "record", *options, "-o", self.trace, APP, "burst", COUNT)
        )
        awaitctl.expect("ready\n")
        return awaitctl

    def finish(self, awaitctl: harness.Running) -> None:
        """The program is unharmed."""
        awaitctl.send("\n")
        awaitctl.expect(self.plain.stdout.split("\n")[1] + "\n")
        awaitctl.send("\n")

    def ended(self, awaitctl: harness.Running, *errors: str) -> None:
        """As the program did, with these lines, the last that of the trace."""
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        *said, last = awaitctl.stderr().splitlines()
        self.assertEqual(len(said), len(errors), said)
        for line, error in zip(said, errors):
            self.assertRegex(line, rf"\Aawaitctl: {error}\Z")
        self.assertTrue(last.startswith(f"awaitctl: INCOMPLETE trace in {self.trace}"))
        self.assertTrue(self.trace.is_dir())

    def none_left(self) -> None:
        """What was killed is gone a moment later."""
        until(lambda: not daemons() - self.before, "no daemon is left")

    def ours(self) -> int:
        """The daemon that awaitctl started."""
        started = harness.processes("lttng-sessiond") - self.before
        (pid,) = (p for p in started if os.getpgid(p) == p)
        return pid

    def kill_ours(self) -> None:
        """Its children end by themselves."""
        os.kill(self.ours(), signal.SIGKILL)
        self.none_left()


class Ours(Daemon):
    def test_metadata(self) -> None:
        """It is on the disk while the program runs: what is written can be
        read, whatever happens."""
        awaitctl = self.begin()
        until(
            lambda: any(x.stat().st_size for x in self.trace.glob("ust/**/metadata")),
            "the metadata is written",
        )
        self.finish(awaitctl)
        self.assertEqual(awaitctl.end(), 0)

    def test_killed(self) -> None:
        awaitctl = self.begin()
        self.kill_ours()
        self.finish(awaitctl)
        self.ended(awaitctl, *KILLED)
        self.none_left()

    def test_killed_as_a_flight_recorder(self) -> None:
        awaitctl = self.begin("--snapshot")
        self.kill_ours()
        self.finish(awaitctl)
        self.ended(awaitctl, "cannot record a snapshot of session .*", *KILLED)
        self.none_left()

    def test_stopped_and_the_user_gives_up(self) -> None:
        """Long before the limit: nothing of the daemon is left."""
        awaitctl = self.begin()
        os.kill(self.ours(), signal.SIGSTOP)
        self.finish(awaitctl)
        (app,) = harness.processes(pathlib.Path(APP).name) or (0,)
        until(lambda: not pathlib.Path(f"/proc/{app}").exists(), "the program ends")
        os.kill(awaitctl.pid, signal.SIGINT)
        self.ended(awaitctl, STUCK_ASKED)
        self.none_left()


class Others(Daemon):
    def test_stopped_before_and_in_between(self) -> None:
        """Both wait out the limit, at the same time. Who recorded already
        leaves its session to the daemon, and says how to remove it."""
        pid = self.start_daemon()
        awaitctl = self.begin()
        name = f"await-awaitctl-app-{awaitctl.pid}"
        consumers = harness.processes("lttng-consumerd") - self.before
        os.kill(pid, signal.SIGSTOP)
        try:
            self.finish(awaitctl)
            late = self.dir / "late"
            out = run(AWAITCTL, "record", "-o", late, APP, "exit", 0)
            self.assertEqual((out.returncode, out.stdout), (1, ""))
            self.assertRegex(out.stderr, rf"\Aawaitctl: {STUCK}\n\Z")
            self.assertFalse(late.exists())
            self.ended(awaitctl, STUCK)
            self.assertIn(f"; next: awaitctl recover {self.trace}", awaitctl.stderr())
        finally:
            os.kill(pid, signal.SIGCONT)
        self.before |= consumers
        self.assertIn(name, sessions())
        self.assertEqual(run(AWAITCTL, "recover", self.trace).returncode, 0)
        self.assertNotIn(name, sessions())
        for session in sessions():
            self.assertEqual(run("lttng", "destroy", session).returncode, 0)
        self.assertEqual(self.report().functions["square"][:2], (COUNT, COUNT))

    def test_killed_in_between(self) -> None:
        process = harness.Running("lttng-sessiond", "--no-kernel")
        until(lambda: run("lttng", "list").returncode == 0, "a daemon answers")
        awaitctl = self.begin()
        process.close()  # its whole group
        self.finish(awaitctl)
        self.ended(awaitctl, *KILLED)

    def test_killed_before(self) -> None:
        """What it left lying there keeps nobody from recording."""
        process = harness.Running("lttng-sessiond", "--no-kernel")
        until(lambda: run("lttng", "list").returncode == 0, "a daemon answers")
        process.close()
        awaitctl = self.begin()
        self.finish(awaitctl)
        self.assertEqual(awaitctl.end(), 0)
        self.assertNotIn("INCOMPLETE", awaitctl.stderr())
        self.assertEqual(self.report().functions["square"][:2], (COUNT, COUNT))


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
