# SPDX-License-Identifier: MIT
"""awaitctl record's buffers: their sizes, waiting for room in them, and rings
of which snapshots are recorded."""

from __future__ import annotations

import collections
import os
import pathlib
import re
import signal
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, until

import tap

SQUARE = (3, 2, 0, 1, 1)


class Buffers(harness.Case):
    def test_blocking(self) -> None:
        """Nobody empties the buffers until the program waits for it."""
        # LTTng looks for room every 100 ms, so this takes a while.
        count = 300
        awaitctl = self.running(
            *(AWAITCTL, "record", "--buffers", "4kx2", "--blocking", "-o"),
            *(self.trace, APP, "burst", count),
        )
        awaitctl.expect("ready")
        (app,) = harness.processes(pathlib.Path(APP).name)
        call = pathlib.Path(f"/proc/{app}/syscall")
        until(lambda: call.read_text() != "running\n", "the program reads")
        reading = call.read_text().split()[0]
        with self.consumers_stopped():
            awaitctl.send("\n")
            until(
                lambda: call.read_text().split()[0] not in ("running", reading),
                "the program waits for room",
            )
        awaitctl.expect("done")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        report = self.report()
        self.assertEqual(report.functions, {"square": (count, count, 0, 0, 0)})
        self.assertNotIn("DISCARDED", report.text)
        self.assertEqual(self.counts()["create_stack"], count)

    def test_size_is_held(self) -> None:
        """Without --blocking, what does not fit is counted as lost."""
        awaitctl = self.running(
            *(AWAITCTL, "record", "--buffers", "4kx2", "--stacks=none", "-o"),
            *(self.trace, APP, "burst", 20000),
        )
        awaitctl.expect("ready")
        with self.consumers_stopped():
            awaitctl.send("\n")
            awaitctl.expect("done")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        out = run(AWAITCTL, "report", self.trace)
        self.assertIn("EVENTS DISCARDED", out.stdout)
        # A sub-buffer of 4 KiB has no room for 100 of them.
        made = harness.Report.parse(out.stdout).totals["created"]
        self.assertLess(made, 100 * 3 * os.sysconf("SC_NPROCESSORS_CONF"))

    def test_each_channel_counts_exactly(self) -> None:
        """Recorded and discarded are what was emitted, of events as of stacks;
        the report begins with how many are missing."""
        count = 20000
        awaitctl = self.running(
            *(AWAITCTL, "record", "--buffers", "4kx2", "--stacks=create,exec"),
            *("-o", self.trace, APP, "burst", count),
        )
        awaitctl.expect("ready")
        with self.consumers_stopped():
            awaitctl.send("\n")
            awaitctl.expect("done")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        out = run("babeltrace2", self.trace)
        found = re.findall(r" await:(\w+): ", out.stdout)
        names = [name for name in found if name != "statedump_process"]
        lost = collections.Counter(
            {"awaits": 0, "stacks": 0, "maps": 0},
        )
        for events, channel in re.findall(
            r'Tracer discarded (\d+) event.*?within stream ".*?/(\w+)_\d+"', out.stderr
        ):
            lost[channel] += int(events)
        stacks = sum(name.endswith("_stack") for name in names)
        dumps = sum(name.startswith("statedump") for name in names)
        self.assertGreater(lost["awaits"], 0)
        # The tracer's thread may emit a state dump, of one await at the most,
        # which may be among the lost. One event is the process's end.
        extra = len(names) - stacks + lost["awaits"] - 4 * count - 1
        self.assertIn(extra, (dumps,) if dumps >= 2 else (0, 2, 3))
        self.assertEqual(stacks + lost["stacks"], 2 * count)
        first = run(AWAITCTL, "report", self.trace).stdout.split(" EVENTS DISC")[0]
        self.assertEqual(first, f"*** {sum(lost.values())}")

    def test_no_room(self) -> None:
        out = self.recorded_with("--buffers", "1Gx4096")
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\Aawaitctl: .*make it larger\n\Z")
        self.assertFalse(self.trace.exists())
        self.assertEqual(daemons(), self.before)


class Snapshots(harness.Case):
    def snapshots(self) -> list[pathlib.Path]:
        """In the order in which they were made."""
        found = self.trace.glob("snapshot-*")
        return sorted(found, key=lambda x: int(x.name.split("-")[-1]))

    def test_crash(self) -> None:
        self.trace = self.dir / "a b:c%d@e,f=*"
        out = self.recorded_with("--snapshot", program=(APP, "die"))
        self.assertEqual(out.returncode, 128 + signal.SIGKILL, out.stderr)
        self.assertEqual(len(self.snapshots()), 1)
        report = self.report()
        self.assertEqual(report.totals["created"], 29)
        self.assertEqual(report.functions["square"], SQUARE)

    def test_oldest_is_overwritten(self) -> None:
        """A program that fills the rings, and one that does little."""
        count = 20000
        both = f'"$0" burst {count}; exec "$0" exit 0'
        out = self.recorded_with(
            *("--snapshot", "--buffers", "64kx2", "--stacks=none"),
            program=("sh", "-c", both, APP),
            input="\n\n",
        )
        self.assertEqual(out.returncode, 0, out.stderr)
        functions = self.report().functions
        self.assertEqual(functions["threaded"], (20, 20, 0, 20, 0))
        self.assertEqual(functions["flaky"], (1, 2, 1, 2, 0))
        self.assertGreaterEqual(functions["square"][0], 3)
        # Not a twentieth of them fits.
        rings = 2 * 64 * 1024 * os.sysconf("SC_NPROCESSORS_CONF")
        self.assertLess(functions["square"][0], rings / 100)

    def test_asked_for(self) -> None:
        awaitctl = self.running(
            *(AWAITCTL, "record", "--snapshot", "-o", self.trace, APP, "burst", 5),
            preexec_fn=lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN),
        )
        awaitctl.expect("ready")
        # A third, which is begun when the second is whole.
        for made in 1, 2, 3:
            os.kill(awaitctl.pid, signal.SIGUSR1)
            until(
                lambda: self.trace.exists() and len(self.snapshots()) == made,
                "a snapshot is made",
            )
        awaitctl.send("\n")
        awaitctl.expect("done")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        first, second, _, last = self.snapshots()
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(
            (out.returncode, out.stderr),
            (0, f"awaitctl: this is the last of 4 snapshots, {last}\n"),
        )
        report = harness.Report.parse(out.stdout)
        self.assertEqual(report.functions, {"square": (5, 5, 0, 0, 0)})
        for self.trace in first, second:
            self.assertNotIn(" await:create:", run("babeltrace2", self.trace).stdout)

    def test_ignored_without(self) -> None:
        """The program inherits what awaitctl found, with the option or not."""
        status = ("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
        ignore = {
            "preexec_fn": lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN),
        }
        out = self.recorded_with("--snapshot", program=status, **ignore)
        self.assertEqual(out.stdout, run(*status, **ignore).stdout)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
