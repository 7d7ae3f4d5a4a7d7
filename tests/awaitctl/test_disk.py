# SPDX-License-Identifier: MIT
"""awaitctl record where the trace has no room, or its directory is taken away
in between: the program's results are those of a run without it, and no trace is
called whole that is not."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run

import tap

COUNT = 30000  # some 10 MB
UNCOPIED = (
    "cannot (copy|make|write) .*: No space left on device; free some room, then: .*"
)


class Disk(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.plain = run(APP, "burst", COUNT, input="\n\n")
        self.assertEqual(self.plain.returncode, 0)

    def check(self, out: subprocess.CompletedProcess[str], *causes: str) -> None:
        """As the program without it; a line for each cause, one that says
        INCOMPLETE; the report does not take the trace for a whole one."""
        self.assertEqual((out.returncode, out.stdout), (0, self.plain.stdout))
        *said, last = out.stderr.splitlines()
        self.assertEqual(len(said), len(causes), said)
        for line, cause in zip(said, causes):
            self.assertRegex(line, rf"\Aawaitctl: {cause}\Z")
        self.assertIn(f"INCOMPLETE trace in {self.trace};", last)
        self.assertEqual(daemons(), self.before)

    def report_fails(self) -> None:
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\A(awaitctl: [^\n]+\n){1,2}\Z")
        if out.stdout:
            self.assertTrue(out.stdout.startswith("*** "), out.stdout)

    def record_burst(self, *options: object) -> subprocess.CompletedProcess[str]:
        program = APP, "burst", COUNT
        return self.recorded_with(*options, program=program, input="\n\n")


@unittest.skipUnless(os.getuid() == 0, "only root can mount")
class Full(Disk):
    def mount(self, size: str) -> None:
        """A disk of that size for the trace."""
        place = self.dir / "disk"
        place.mkdir()
        done = run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(run, "umount", place)
        self.trace = place / "trace"

    def test_from_the_start_and_half_way(self) -> None:
        for size in "4k", "3m":
            with self.subTest(size=size):
                self.mount(size)
                out = self.record_burst("--buffers", "256kx4")
                self.check(
                    out,
                    UNCOPIED,
                    "cannot write all of session .*; is there room on the disk\\?",
                )
                self.report_fails()
                self.assertEqual(run("umount", self.dir / "disk").returncode, 0)
                (self.dir / "disk").rmdir()

    def test_of_a_flight_recorder(self) -> None:
        self.mount("64k")
        out = self.record_burst("--snapshot", "--buffers", "256kx4")
        self.check(
            out, "cannot record a snapshot .*; is there room on the disk\\?", UNCOPIED
        )
        self.report_fails()

    def test_room_enough(self) -> None:
        """Else all of the above could fail for another reason."""
        self.mount("64m")
        out = self.record_burst("--buffers", "256kx4")
        self.assertEqual((out.returncode, out.stdout), (0, self.plain.stdout))
        self.assertNotIn("INCOMPLETE", out.stderr)
        self.assertEqual(run(AWAITCTL, "report", self.trace).returncode, 0)


class Gone(Disk):
    def recording(self) -> harness.Running:
        awaitctl = self.record(APP, "burst", COUNT)
        awaitctl.expect("ready\n")
        return awaitctl

    def finish(self, awaitctl: harness.Running) -> subprocess.CompletedProcess[str]:
        awaitctl.send("\n")
        done = self.plain.stdout.split("\n")[1]
        awaitctl.expect(done + "\n")
        awaitctl.send("\n")
        status = awaitctl.end()
        return subprocess.CompletedProcess(
            [], status, f"ready\n{done}\n", awaitctl.stderr()
        )

    def test_removed(self) -> None:
        awaitctl = self.recording()
        shutil.rmtree(self.trace)
        out = self.finish(awaitctl)
        self.check(out, f"{self.trace} was removed or renamed: .*")
        self.report_fails()
        self.assertEqual(list(self.dir.iterdir()), [])

    def test_renamed(self) -> None:
        """The trace is whole, elsewhere."""
        awaitctl = self.recording()
        moved = self.dir / "moved"
        self.trace.rename(moved)
        out = self.finish(awaitctl)
        self.check(out, f"{self.trace} was removed or renamed: .*")
        self.assertEqual(list(self.dir.iterdir()), [moved])

    def test_another_put_in_its_place(self) -> None:
        awaitctl = self.recording()
        shutil.rmtree(self.trace)
        self.trace.mkdir()
        out = self.finish(awaitctl)
        self.check(out, f"{self.trace} was removed or renamed: .*")
        self.assertEqual(list(pathlib.Path(self.trace).iterdir()), [])


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
