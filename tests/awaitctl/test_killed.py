# SPDX-License-Identifier: MIT
"""Recordings in which somebody dies. killed.c tells a witness which operations
have returned: every one of their events is in the trace, once.

SEED in the environment chooses other moments (chance.py), MOMENTS=N changes how
often a program is killed in the long form; see sample.py for the short one.
"""

from __future__ import annotations

import collections
import concurrent.futures
import os
import pathlib
import re
import signal
import tempfile
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, sessions
from witness import KILLED, KINDS, Witness, kill_at, moments

import tap
import versions
from sample import share

MOMENTS = int(os.environ.get("MOMENTS", 50))
RINGS = "--buffers=256kx64", "--stacks=none"
SHM = pathlib.Path("/dev/shm")
BEFORE = set(SHM.glob("*await-*"))  # others', where it is not our own


def events(trace: pathlib.Path) -> tuple[int, ...]:
    """How often each kind is in a trace; nothing if some were discarded."""
    out = run("babeltrace2", trace)
    if "Tracer discarded" in out.stderr:
        return ()
    if out.returncode or out.stderr:
        raise AssertionError(f"{trace}: {out.stderr}")
    seen = collections.Counter(re.findall(r" await:(\w+): ", out.stdout))
    return tuple(seen[kind] for kind in KINDS)


class Killed(harness.Case):
    def check_clean(
        self, trace: pathlib.Path, *more: str, shm: pathlib.Path = SHM
    ) -> None:
        """Nothing but the trace is left, and what is named."""
        left = {x.name for x in trace.iterdir() if "snapshot-" not in x.name}
        self.assertLessEqual(left - {"ust"}, set(more))
        there = set(shm.glob("*await-*")) - BEFORE
        self.assertEqual(sorted(x for one in there for x in one.rglob("*")), [])
        self.assertEqual(sorted(there), [])

    def kill_at(
        self, folder: pathlib.Path, moment: int, threads: int, options: list[str]
    ) -> tuple[tuple[int, ...], tuple[int, ...], int]:
        """Records a program that is killed once so many awaits have ended.
        What it had done, what is in the trace, and how many events were left out
        at most, as it was said."""
        witness, status, stderr = kill_at(folder, moment, threads, options)
        self.assertEqual(status, 128 + signal.SIGKILL)
        said = (
            r"\A(awaitctl: killed in the middle of an event: .*\n)?"
            r"awaitctl: the trace in (\S+); next: awaitctl report \2\n\Z"
        )
        self.assertRegex(stderr, said)
        trace = folder / "trace"
        (*_, last) = [trace, *trace.glob("snapshot-*")]
        (*_, most) = [0, *re.findall(r"at most (\d+) event", stderr)]
        return witness.total(), events(last), int(most)

    def sweep(
        self,
        *options: str,
        threads: int = 1,
        long: int = MOMENTS,
        latest: int = 500,
        fit: int = 10**9,
    ) -> int:
        """Kills at random moments; how many events of operations that had
        returned are missing, and were not discarded, said to be left out, nor
        overwritten by more awaits than fit."""
        number = share(max(long // 4, 3), long, f"kills with {' '.join(options)}")
        missing = full = 0
        with (
            tempfile.TemporaryDirectory() as top,
            # Most of a recording's time is LTTng's waiting for timers.
            concurrent.futures.ThreadPoolExecutor(4) as pool,
        ):
            jobs = []
            for i, moment in enumerate(moments(number, 1, latest)):
                folder = pathlib.Path(top) / str(i)
                folder.mkdir()
                arguments = folder, moment, threads, list(options)
                jobs.append(pool.submit(self.kill_at, *arguments))
            for job in jobs:
                done, seen, left_out = job.result()
                self.assertGreater(done[0], 0)
                if not seen or done[0] > fit:
                    full += 1
                    continue
                lacks = 0
                for returned, recorded in zip(done, seen):
                    # Each thread may have been inside one more.
                    self.assertLessEqual(recorded, returned + threads)
                    lacks += max(0, returned - recorded)
                missing += max(0, lacks - left_out)
            for i in range(number):
                self.check_clean(pathlib.Path(top) / str(i) / "trace", "incomplete")
        # On a machine that is busy with other things buffers are full at times.
        may_be_full = threads > 1 or fit < 10**9
        self.assertLessEqual(full, number // 2 if may_be_full else 0)
        return missing

    def consumer_died(self, awaitctl: harness.Running) -> None:
        self.assertEqual(awaitctl.end(), 0)
        self.assertRegex(
            awaitctl.stderr(),
            r"\A(awaitctl: (cannot|LTTng's consumer daemon has died:) .*\n)+"
            r"awaitctl: LTTng's daemons failed: .*\n"
            r"awaitctl: INCOMPLETE trace in (\S+); next: awaitctl report \3\n",
        )
        self.check_clean(self.trace, "incomplete")
        out = run(AWAITCTL, "report", self.trace)
        self.assertRegex(out.stdout, r"\A\*\*\* INCOMPLETE: LTTng's daemons failed: ")

    def test_consumer(self) -> None:
        """All fits in the rings: all of it is in the trace, once, whether the
        consumer had written it, was writing it, or never saw it."""
        number = 20000
        witness = Witness(self.dir / "witness")
        plain = run(KILLED, witness.path, 1, number)
        kills = share(2, 5, "kills of the consumer")
        for i, moment in enumerate(moments(kills, 1, number)):
            self.trace = self.dir / str(i)
            witness = Witness(self.dir / "witness")
            awaitctl = self.running(
                *(AWAITCTL, "record", "--shm", *RINGS, "-o", self.trace),
                *("--", KILLED, witness.path, 1, number),
            )
            witness.reach(moment)
            (consumer,) = self.children(awaitctl.pid, "lttng-consumerd")
            os.kill(consumer, signal.SIGKILL)
            awaitctl.expect(plain.stdout)
            self.consumer_died(awaitctl)
            self.assertEqual(events(self.trace), (number,) * 4)

    def test_consumer_in_between(self) -> None:
        """Killed when it has written a packet that is in its ring, too, and
        when it has not yet listed in the index one that is not."""
        number = 20000
        for name, steps in ("written", []), ("given-back", ["finish"]):
            self.trace = self.dir / name
            awaitctl = self.running(
                *(AWAITCTL, "record", "--shm", *RINGS, "-o", self.trace),
                *("--", APP, "burst", number),
            )
            awaitctl.expect("ready")
            (consumer,) = self.children(awaitctl.pid, "lttng-consumerd")
            steps = [
                "break lttng_ust_ctl_put_next_subbuf",
                "shell echo the breakpoint is set",
                "continue",
                *steps,
                "kill",
            ]
            options = [part for step in steps for part in ("-ex", step)]
            gdb = self.running("gdb", "-nx", "-batch", "-p", consumer, *options)
            gdb.expect("the breakpoint is set")
            awaitctl.send("\n")
            gdb.expect("hit Breakpoint 1")
            gdb.end()
            awaitctl.expect("done")
            awaitctl.send("\n")
            self.consumer_died(awaitctl)
            self.assertEqual(events(self.trace), (number, number, 0, number))

    def test_everybody(self) -> None:
        """Of a recording of which nobody is left, `recover` makes a trace."""
        awaitctl = self.record(APP, "burst", 50)
        awaitctl.expect("ready")
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\A.* is being recorded or recovered.*\n\Z")
        awaitctl.send("\n")
        awaitctl.expect("done")
        lttng = daemons() - self.before
        (app,) = self.children(awaitctl.pid, pathlib.Path(APP).name)
        self.kill(awaitctl.pid, app, *lttng)
        awaitctl.end()
        out = run(AWAITCTL, "report", self.trace)
        self.assertIn(f"first: awaitctl recover {self.trace}\n", out.stderr)
        for said in "recovered the trace in", "nothing to recover":
            out = run(AWAITCTL, "recover", self.trace)
            self.assertEqual(out.returncode, 0)
            self.assertRegex(out.stderr, rf"\Aawaitctl: .*{said}.*\n\Z")
        self.assertEqual(self.report().functions, {"square": (50, 50, 0, 0, 0)})
        self.check_clean(self.trace)

    def test_awaitctl(self) -> None:
        """A session that awaitctl left behind is ended."""
        self.start_daemon()
        self.before |= daemons()
        awaitctl = self.record(APP, "burst", 50)
        awaitctl.expect("ready")
        awaitctl.send("\n")
        awaitctl.expect("done")
        self.kill(awaitctl.pid)
        self.assertEqual(len(sessions()), 1)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(sessions(), [])
        awaitctl.send("\n")
        self.assertEqual(self.report().functions, {"square": (50, 50, 0, 0, 0)})
        self.check_clean(self.trace)
        self.before |= daemons()

    def test_nothing_to_recover(self) -> None:
        missing = self.dir / "missing"
        for path, part in ((missing, "No such file"), (self.dir, "is no recording")):
            out = run(AWAITCTL, "recover", path)
            self.assertEqual((out.returncode, out.stdout), (1, ""))
            self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
            self.assertIn(part, out.stderr)
        (self.trace / "ust").mkdir(parents=True)
        (self.trace / "shm").symlink_to(missing)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\Aawaitctl: the buffers .* are gone: .*\n\Z")

    def test_usual(self) -> None:
        self.assertEqual(self.sweep(), 0)

    def test_threads(self) -> None:
        """Buffers belong to processors: behind an event that was never finished
        lie those of other threads, here in many sub-buffers."""
        few = max(1, MOMENTS // 4)
        self.assertEqual(self.sweep(threads=4, long=few, latest=10000), 0)
        small = "--buffers=64kx1024", "--stacks=none"
        self.assertEqual(self.sweep(*small, threads=8, long=few, latest=9000), 0)

    def test_shm_on_disk(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.sweep(f"--shm={folder}"), 0)
            self.assertEqual(os.listdir(folder), [])

    def test_discarded(self) -> None:
        """A packet that was never full does not say how many events had been
        discarded by then; the count goes on in spite of it."""
        any_counted = False
        for i, moment in enumerate(moments(share(4, 8, "kills"), 5000, 20000)):
            self.trace = self.dir / str(i)
            witness = Witness(self.dir / "witness")
            awaitctl = self.running(
                *(AWAITCTL, "record", "--buffers=64kx2", "--stacks=none", "-o"),
                *(self.trace, "--", KILLED, witness.path, 1),
            )
            witness.reach(moment)
            os.kill(witness.pid(), signal.SIGKILL)
            self.assertEqual(awaitctl.end(), 128 + signal.SIGKILL)
            read = run("babeltrace2", self.trace)
            counted = re.findall(r"Tracer discarded (\d+) events", read.stderr)
            # Five events each.
            self.assertLessEqual(sum(map(int, counted)), 5 * witness.total()[0] + 5)
            any_counted = any_counted or bool(counted)
        self.assertTrue(any_counted)

    def test_not_woken(self) -> None:
        """Killed when a sub-buffer is full, before the consumer is woken, which
        is in the middle of the event that did not fit."""
        witness = Witness(self.dir / "witness")
        steps = [
            "set breakpoint pending on",
            "break work",
            "run",
            "catch syscall write",
            "condition 2 $rdx == 1",
            "continue",
            "kill",
        ]
        options = [part for step in steps for part in ("-ex", step)]
        out = self.recorded_with(
            *("--buffers=64kx4", "--stacks=none"),
            program=("gdb", "-nx", "-batch", *options, "--args")
            + (KILLED, witness.path, 1, 20000),
        )
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn("call to syscall write", out.stdout)
        left_out = r"awaitctl: killed in the middle of an event: .*\n"
        if versions.installed("lttng") >= (2, 15):
            left_out = r"\n"  # its consumer has mended the sub-buffer
        self.assertRegex(
            out.stderr,
            left_out + r"awaitctl: the trace in (\S+); next: awaitctl report \1\n\Z",
        )
        self.assertGreater(witness.total()[0], 100)
        for returned, recorded in zip(witness.total(), events(self.trace)):
            self.assertEqual(recorded, returned)
        self.check_clean(self.trace)

    def test_flight_recorder(self) -> None:
        """With rings that nothing is overwritten in until the kill, unless that
        comes late on a busy machine: an await takes less than 500 bytes."""
        few = max(1, MOMENTS // 4)
        options = "--snapshot", "--buffers=4Mx4", "--stacks=none"
        self.assertEqual(self.sweep(*options, long=few, fit=2**24 // 500), 0)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
