# SPDX-License-Identifier: MIT
"""Programs that are killed at any moment: no event of an operation that had
returned is lost unless that is said, and none is in the trace twice.

What had returned is known from the program itself (witness.py), thread by thread.
SEED in the environment chooses other moments (chance.py), KILLS=N how often a
program is killed in the long form; see sample.py for the short one.
"""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import harness
from witness import KINDS, kill_at, moments

import tap
from sample import share

KILLS = int(os.environ.get("KILLS", 500))
EVENT = re.compile(r" await:(\w+): .*\bvtid = (\d+).*?\bid = (\d+)")
STACKS = [], ["--stacks"], ["--buffers=64kx1024", "--stacks=none"]


@dataclasses.dataclass
class Kill:
    """What was done, what was recorded, and what was said."""

    done: dict[int, tuple[int, ...]]
    seen: collections.Counter[tuple[int, str]]
    twice: int
    discarded: bool
    left_out: int

    def missing(self) -> int:
        """So many events of operations that had returned."""
        return sum(
            max(0, count - self.seen[thread, kind])
            for thread, counts in self.done.items()
            for kind, count in zip(KINDS, counts)
        )

    def too_many(self) -> int:
        """Each thread may have been inside one more operation."""
        return sum(
            max(0, self.seen[thread, kind] - count - 1)
            for thread, counts in self.done.items()
            for kind, count in zip(KINDS, counts)
        )


def read(trace: pathlib.Path, done: dict[int, tuple[int, ...]], said: str) -> Kill:
    kill = Kill(done, collections.Counter(), 0, "lost, uncounted" in said, 0)
    kill.left_out = sum(map(int, re.findall(r"at most (\d+) event", said)))
    once: set[tuple[str, str]] = set()
    with subprocess.Popen(
        ["babeltrace2", str(trace)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as reader:
        assert reader.stdout
        for line in reader.stdout:
            event = EVENT.search(line)
            kill.discarded |= "Tracer discarded" in line
            if event and event[1] in KINDS:
                kill.seen[int(event[2]), event[1]] += 1
                kill.twice += (event[1], event[3]) in once
                once.add((event[1], event[3]))
    if reader.returncode:
        raise AssertionError(f"babeltrace2 cannot read {trace}")
    return kill


class Sweep(harness.Case):
    def kill_at(
        self, folder: pathlib.Path, moment: int, threads: int, options: list[str]
    ) -> Kill:
        witness, _, said = kill_at(folder, moment, threads, options)
        trace = folder / "trace"
        kill = read(trace, witness.threads(), said)
        shutil.rmtree(trace)
        return kill

    def test_kills(self) -> None:
        number = share(8, KILLS, "kills")
        ways = itertools.cycle(itertools.product(range(1, 9), STACKS))
        sums: collections.Counter[str] = collections.Counter()
        with (
            tempfile.TemporaryDirectory() as top,
            # Most of a recording's time is LTTng's waiting for timers.
            concurrent.futures.ThreadPoolExecutor(3) as pool,
        ):
            jobs = {}
            for i, (moment, way) in enumerate(zip(moments(number, 1, 3000), ways)):
                folder = pathlib.Path(top) / str(i)
                folder.mkdir()
                job = pool.submit(self.kill_at, folder, moment, *way)
                jobs[job] = f"kill {i}, {moment}, {way}"
            for job in concurrent.futures.as_completed(jobs):
                with self.subTest(jobs[job]):
                    self.check(job.result(), sums)
        print(f"# {number} kills: {dict(sums)}")

    def check(self, kill: Kill, sums: collections.Counter[str]) -> None:
        sums["events"] += kill.seen.total()
        sums["discarded"] += kill.discarded
        sums["uncertain"] += bool(kill.left_out)
        sums["left out at most"] += kill.left_out
        self.assertEqual((kill.twice, kill.too_many()), (0, 0))
        if not kill.discarded:
            self.assertLessEqual(kill.missing(), kill.left_out)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
