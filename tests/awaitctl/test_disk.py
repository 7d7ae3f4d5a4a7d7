# SPDX-License-Identifier: MIT
"""awaitctl record where the trace has no room, or its directory is taken away
in between: the program's results are those of a run without it, no trace is
called whole that is not, and of what was recorded nothing is lost unsaid."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, until

import tap

COUNT = 30000  # some 9 MB, and 3 of stacks
LARGE = "--buffers", "1Mx16", "--stacks=none"  # room for all of it
UNCOPIED = (
    "cannot (copy|make|write) .*: No space left on device; .*free some room, then.*"
)
UNWRITTEN = "cannot write all of session .*; is there room on the disk\\?"
DEAD = "LTTng's consumer daemon has died"
LOST = "at least \\d+ full buffers? .* lost, uncounted"


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
        # LTTng's consumer may not outlive a full disk.
        said = [line for line in said if DEAD not in line]
        self.assertEqual(len(said), len(causes), said)
        for line, cause in zip(said, causes):
            self.assertRegex(line, rf"\Aawaitctl: {cause}\Z")
        self.assertIn(f"INCOMPLETE trace in {self.trace};", last)
        self.assertEqual(daemons(), self.before)

    def report_fails(self) -> None:
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(out.stderr, r"\A(awaitctl: [^\n]+\n){1,2}\Z")

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

    def free(self, size: str = "64m") -> None:
        """Room for all, or so much."""
        done = run("mount", "-o", f"remount,size={size}", self.dir / "disk")
        self.assertEqual(done.returncode, 0, done.stderr)

    def recover(self) -> str:
        """What it says."""
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual((out.returncode, out.stdout), (0, ""))
        self.assertFalse((self.trace / "shm").is_symlink())
        self.assertEqual(list(pathlib.Path("/dev/shm").glob("await-*")), [])
        return out.stderr

    def square(self, *said: str, part: str = "") -> int:
        """How many runs there are, each in babeltrace2's words, too, once. The
        report says that, and nothing else, about what is missing."""
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        doubts = [x for x in out.stdout.splitlines() if x.startswith("***")]
        if doubts and "EVENTS DISCARDED" in doubts[0]:
            del doubts[0]  # LTTng was slow
        self.assertEqual(len(doubts), len(said), doubts)
        for line, expected in zip(doubts, said):
            self.assertRegex(line, rf"\A\*\*\* {expected}: counts below are too low")
        report = harness.Report.parse(out.stdout)
        runs = report.functions["square"][1]
        out = run("babeltrace2", self.trace / part)
        self.assertEqual(out.returncode, 0, out.stderr)
        begun = re.findall(
            r" await:exec_begin: .* vpid = (\d+),.* id = (\d+),", out.stdout
        )
        self.assertEqual(len(begun), runs)
        self.assertEqual(len(set(begun)), runs)
        return runs

    def test_from_the_start(self) -> None:
        """Nothing can be read, and all that is still in the rings later."""
        self.mount("4k")
        out = self.record_burst("--buffers", "256kx4")
        self.check(out, UNCOPIED, UNWRITTEN)
        self.report_fails()
        self.free()
        lost = f"({LOST}|what came when the buffers were full is lost, uncounted)"
        self.assertRegex(self.recover(), rf"\Aawaitctl: INCOMPLETE: {lost}\n")
        self.assertGreater(self.square(rf"INCOMPLETE: {lost}"), 0)

    def begin_bursts(
        self, *options: object, counts: tuple[int, ...]
    ) -> harness.Running:
        """A recording of that many processes, one after the other, on one
        processor, so that they have one stream."""
        cpu = min(os.sched_getaffinity(0))
        script = "; ".join(f'taskset -c {cpu} "$0" burst {x}' for x in counts)
        awaitctl = self.running(
            *(AWAITCTL, "record", *options, "-o", self.trace),
            *("sh", "-c", script, APP),
        )
        awaitctl.expect("ready")
        return awaitctl

    def burst(self, awaitctl: harness.Running) -> None:
        awaitctl.send("\n")
        awaitctl.expect("done")

    def next_burst(self, awaitctl: harness.Running) -> None:
        awaitctl.send("\n")
        awaitctl.expect("ready")
        self.burst(awaitctl)

    def leave(self, size: int) -> None:
        """Only that much room."""
        disk = self.dir / "disk"
        room = shutil.disk_usage(disk).free
        (disk / "filler").write_bytes(bytes(room - size))

    def test_half_way(self) -> None:
        """What was written can be read; the rest, as far as the rings have it,
        once there is room. What they have no more is said to be lost."""
        self.mount("3m")
        awaitctl = self.begin_bursts("--buffers", "256kx4", counts=(4000, COUNT))
        self.leave(500 * 1024)
        self.burst(awaitctl)
        until(self.given_up, "the disk is full")
        self.next_burst(awaitctl)
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        lines = awaitctl.stderr().splitlines()
        for line, said in zip(
            [line for line in lines if DEAD not in line],
            (UNCOPIED, UNWRITTEN, f"INCOMPLETE trace in {self.trace}; .* recover .*"),
            strict=True,
        ):
            self.assertRegex(line, rf"\Aawaitctl: {said}\Z")
        first = self.square("INCOMPLETE: what its buffers hold is missing; .*")
        self.assertGreater(first, 0)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, rf"\Aawaitctl: {UNCOPIED}\n\Z")
        self.free()
        recovered = self.recover()
        if any(DEAD in line for line in lines) and "INCOMPLETE" not in recovered:
            # It took nothing from the rings that it could not write, and what did
            # not fit into them is counted.
            self.assertGreaterEqual(self.square(), first)
            return
        self.assertRegex(recovered, rf"\Aawaitctl: INCOMPLETE: {LOST}\n")
        second = self.square("EVENTS LOST 1 TIMES, .*", rf"INCOMPLETE: {LOST}")
        self.assertGreater(second, first)
        self.assertLess(second, 4000 + COUNT)

    def test_all_in_the_rings(self) -> None:
        """Large ones: nothing is lost, and nothing there twice."""
        self.mount("3m")
        out = self.record_burst(*LARGE)
        self.check(out, UNCOPIED, UNWRITTEN)
        missing = "INCOMPLETE: what its buffers hold is missing; .*"
        first = self.square(missing)
        self.assertLess(first, COUNT)
        self.free("12m")  # for what is found, and not to put it behind
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, rf"\Aawaitctl: {UNCOPIED}\n\Z")
        self.assertTrue((self.trace / "found").is_dir())
        second = self.square(missing, part="ust")
        self.assertGreater(second, first)
        self.assertLess(second, COUNT)
        self.free()
        self.assertRegex(self.recover(), r"\Aawaitctl: recovered [^\n]*\n\Z")
        self.assertEqual(self.square(), COUNT)
        self.assertEqual(self.report().functions["square"][:2], (COUNT, COUNT))

    def largest_stream(self) -> int:
        return max(x.stat().st_size for x in self.trace.glob("ust/**/awaits_*"))

    def given_up(self) -> bool:
        """LTTng writes a stream no more, some of which it has written."""
        written = {
            str(file)
            for file in self.trace.glob("ust/**/awaits_*")
            if file.stat().st_size
        }
        links = [
            link
            for pid in harness.processes("lttng-consumerd") - self.before
            for link in pathlib.Path(f"/proc/{pid}/fd").iterdir()
        ]
        return bool(written - {os.readlink(link) for link in links})

    def test_room_again_before_the_end(self) -> None:
        """Which LTTng does not notice."""
        self.mount("3m")
        awaitctl = self.begin_bursts(*LARGE, counts=(COUNT,))
        self.burst(awaitctl)
        until(self.given_up, "the disk is full")
        self.free()
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertRegex(
            awaitctl.stderr(),
            r"\Aawaitctl: LTTng could not write all, .* nothing is lost\n"
            r"awaitctl: the trace in [^\n]*\n\Z",
        )
        self.assertEqual(self.square(), COUNT)

    def test_room_again_in_a_packet(self) -> None:
        """Behind the half of one LTTng writes the next: that half is lost."""
        self.mount("3m")
        awaitctl = self.begin_bursts(*LARGE, counts=(4000, 4000, 4000))
        self.burst(awaitctl)  # one packet, and some
        until(lambda: self.largest_stream() >= 2**20, "it is written")
        self.leave(500 * 1024)
        self.next_burst(awaitctl)  # the same
        disk = self.dir / "disk"
        until(lambda: not shutil.disk_usage(disk).free, "it is full")
        self.free()
        self.next_burst(awaitctl)
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        said, last = awaitctl.stderr().splitlines()
        self.assertRegex(said, rf"\Aawaitctl: {LOST}\Z")
        self.assertIn(f"INCOMPLETE trace in {self.trace}; next: awaitctl report", last)
        left = self.square("EVENTS LOST 1 TIMES, .*", rf"INCOMPLETE: {LOST}")
        self.assertGreater(left, 8000)
        self.assertLess(left, 12000)

    def test_live(self) -> None:
        """The relay daemon has the disk."""
        self.mount("3m")
        options = "--live", "--buffers", "256kx4"
        awaitctl = self.begin_bursts(*options, counts=(4000, COUNT))
        files = self.trace.glob
        until(
            lambda: sum(x.stat().st_size for x in files("**/metadata")) >= 2**13,
            "the metadata is written",
        )
        self.leave(500 * 1024)
        self.burst(awaitctl)
        self.next_burst(awaitctl)
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertIn(f"INCOMPLETE trace in {self.trace};", awaitctl.stderr())
        self.assertGreater(self.square("INCOMPLETE: LTTng failed, .*"), 0)

    def test_of_a_flight_recorder(self) -> None:
        self.mount("64k")
        out = self.record_burst("--snapshot", "--buffers", "256kx4")
        self.check(
            out, "cannot record a snapshot .*; is there room on the disk\\?", UNCOPIED
        )
        self.report_fails()
        self.free()
        self.recover()
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn("/snapshot-recovered-", out.stderr)

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
