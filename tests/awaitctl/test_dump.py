# SPDX-License-Identifier: MIT
"""awaitctl record --attach waits until the process has dumped which awaits are
alive in it."""

from __future__ import annotations

import os
import pathlib
import signal
import unittest

import harness
from harness import AWAITCTL, Running, daemons, run, until

import tap

TRIGGERED = os.environ["AWAITCTL_TRIGGERED"]
LATE = "has not reported yet which awaits are alive"
BEGUN = "awaitctl: recording process"
SLEEPS = ("230", "35", "115", "101")  # (clock_)nanosleep of x86-64, arm64


class Dumps(harness.Case):
    def dumping(self) -> tuple[Running, Running]:
        """A recording of a process that is in the middle of its dump."""
        program = self.traced("dump", program=TRIGGERED)
        awaitctl = self.running(
            *(AWAITCTL, "record", "-o", self.trace, "--attach", program.pid),
            stdin=None,
        )
        program.expect("dumping")
        return program, awaitctl

    def begins(self, awaitctl: Running) -> str:
        """What it says up to then."""
        until(
            lambda: BEGUN in awaitctl.stderr() or awaitctl.process.poll() is not None,
            "the recording begins",
        )
        return awaitctl.stderr()

    def stop(self, awaitctl: Running, counts: list[int]) -> None:
        """At once: nothing more is recorded."""
        os.kill(awaitctl.pid, signal.SIGTERM)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        text = run("babeltrace2", self.trace).stdout
        kinds = ("begin", "live", "end")
        found = [text.count(f" await:statedump_{kind}: ") for kind in kinds]
        self.assertEqual(found, counts)

    def test_is_waited_for(self) -> None:
        program, awaitctl = self.dumping()
        self.assertEqual(awaitctl.stderr(), "")
        program.send("\n")
        self.assertRegex(self.begins(awaitctl), rf"\A{BEGUN}[^\n]*\n\Z")
        self.stop(awaitctl, [1, 1, 1])

    def test_does_not_come(self) -> None:
        """For some seconds; then the recording goes on without."""
        _, awaitctl = self.dumping()
        self.assertRegex(
            self.begins(awaitctl),
            rf"\Aawaitctl: process \d+ \(\S+\) {LATE}[^\n]*\n{BEGUN}[^\n]*\n\Z",
        )
        self.stop(awaitctl, [1, 0, 0])

    def test_stop_is_asked_for(self) -> None:
        """Then it waits no longer."""
        _, awaitctl = self.dumping()
        # The session records; awaitctl sleeps until the dump has come.
        call = pathlib.Path(f"/proc/{awaitctl.pid}/syscall")
        until(lambda: call.read_text().split()[0] in SLEEPS, "awaitctl waits")
        self.stop(awaitctl, [1, 0, 0])
        self.assertIn(LATE, awaitctl.stderr())

    def test_process_ends(self) -> None:
        program, awaitctl = self.dumping()
        program.process.kill()
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertIn("next: awaitctl report", awaitctl.stderr())

    def test_again_and_again(self) -> None:
        """Each time all of it is in the trace, and LTTng keeps no trigger."""
        app = self.traced("stuck")
        self.start_daemon()
        self.before |= daemons()
        for i in range(10):
            self.trace = self.dir / f"{i}"
            awaitctl = self.attach("--attach", app.pid)
            self.assertEqual(run("lttng", "list-triggers").stdout, "")
            self.stop(awaitctl, [1, 1, 1])
        self.before |= daemons()


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
