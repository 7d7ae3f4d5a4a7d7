# SPDX-License-Identifier: MIT
"""A trace is decoded by several processes, and what they pass on is the same, in the
same order, however many there are. See decoded.c."""

from __future__ import annotations

import os
import subprocess
import unittest

import harness
from harness import APP, AWAITCTL, run

import tap
import test_join

DECODED = os.environ["AWAITCTL_DECODED"]
DONE, BROKEN, NOTHING = 0, 3, 4


class Decoders(test_join.Theirs):
    def setUp(self) -> None:
        """A program on each processor, twice, at the same time: so there are as many
        streams."""
        super().setUp()
        cpus = sorted(os.sched_getaffinity(0))[:4] * 2
        programs = " ".join(f"taskset -c {cpu} {APP} exit 0 &" for cpu in cpus)
        self.record_with("--stacks", program=("sh", "-c", f"{programs} wait"))

    def record_with(self, *options: object, program: tuple[str, ...] = ()) -> None:
        out = run(AWAITCTL, "record", *options, "-o", self.trace, "--", *program)
        self.assertEqual(out.returncode, 0, out.stderr)

    def decoded(
        self, processes: int, *more: object
    ) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        out = run(DECODED, self.trace, processes, *more)
        return out, out.stdout.splitlines()

    def whole(self) -> list[str]:
        out, lines = self.decoded(0)
        self.assertEqual((out.returncode, out.stderr), (DONE, ""))
        return lines

    def test_same(self) -> None:
        whole = self.whole()
        kinds = {line.split()[0] for line in whole}
        self.assertEqual(kinds, {"event", "file", "packet"})
        # In the order of time, of all streams together.
        times = [int(line.split()[2]) for line in whole if line.startswith("event ")]
        self.assertEqual(times, sorted(times))
        self.assertGreater(len(times), 100)
        for processes in (1, 2, 3, 7):
            out, lines = self.decoded(processes)
            self.assertEqual((out.returncode, out.stderr), (DONE, ""))
            self.assertEqual(lines, whole, processes)

    def breaks_off(self, how: str, processes: int, at: int) -> list[str]:
        """What is passed on before is what comes first of all."""
        out, lines = self.decoded(processes, how, at)
        self.assertIn(out.returncode, (BROKEN, NOTHING), out.stderr)
        self.assertEqual(len(out.stderr.splitlines()), 1, out.stderr)
        events = sum(line.startswith("event ") for line in lines)
        if how == "die" and events:
            part = f"signal 9 (Killed) ended the reading of {self.trace} after {events}"
        elif how == "die":
            part = f"ended the reading of {self.trace} before its first event"
        else:
            part = "cannot read all of the trace"
        self.assertIn(part, out.stderr)
        self.assertEqual(lines, self.whole()[: len(lines)])
        return lines

    def test_breaks_off(self) -> None:
        # Early, when nothing was passed on yet, and later.
        first = self.breaks_off("die", 2, 1)
        self.assertEqual(first, [])
        streams = 2 * len(list(self.trace.rglob("awaits_[0-9]*")))
        for how in ("die", "fail"):
            for processes in (1, 2, 3):
                self.breaks_off(how, processes, streams + 2)
            # One process asks for the same as this one would.
            self.assertEqual(
                self.breaks_off(how, 1, streams + 9),
                self.breaks_off("fail", 0, streams + 9),
            )

    def test_nothing_is_left(self) -> None:
        """Processes that others need no more end with them."""
        before = harness.processes("awaitctl-decoded")
        self.breaks_off("fail", 3, 2)
        self.breaks_off("die", 3, 2)
        self.assertEqual(harness.processes("awaitctl-decoded"), before)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
