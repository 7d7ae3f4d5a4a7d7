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
import signal
import tempfile
import unittest

import harness
from harness import AWAITCTL, run
from witness import KILLED, KINDS, Witness, alone, moments

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
    out = run("babeltrace2", trace)
    if out.returncode:
        raise AssertionError(f"{trace}: {out.stderr}")
    seen: collections.Counter[tuple[int, str]] = collections.Counter()
    once: set[tuple[str, str]] = set()
    twice = 0
    for kind, thread, number in EVENT.findall(out.stdout):
        if kind in KINDS:
            seen[int(thread), kind] += 1
            twice += (kind, number) in once
            once.add((kind, number))
    left_out = sum(map(int, re.findall(r"at most (\d+) event", said)))
    discarded = "Tracer discarded" in out.stderr or "lost, uncounted" in said
    return Kill(done, seen, twice, discarded, left_out)


class Sweep(harness.Case):
    def kill_at(
        self, folder: pathlib.Path, moment: int, threads: int, options: list[str]
    ) -> Kill:
        witness = Witness(folder / "witness")
        trace = folder / "trace"
        prefix, environment = alone(folder)
        awaitctl = harness.Running(
            *(*prefix, AWAITCTL, "record", *options, "-o", trace),
            *("--", KILLED, witness.path, threads),
            env=environment,
        )
        try:
            witness.reach(moment)
            os.kill(witness.pid(), signal.SIGKILL)
            awaitctl.end()
            said = awaitctl.stderr()
        finally:
            awaitctl.close()
        return read(trace, witness.threads(), said)

    def test_kills(self) -> None:
        number = share(8, KILLS, "kills")
        ways = itertools.cycle(itertools.product((1, 2, 3, 4, 5, 6, 7, 8), STACKS))
        said: collections.Counter[str] = collections.Counter()
        with (
            tempfile.TemporaryDirectory() as top,
            # Most of a recording's time is LTTng's waiting for timers.
            concurrent.futures.ThreadPoolExecutor(3) as pool,
        ):
            jobs = []
            for i, moment in enumerate(moments(number, 1, 6000)):
                threads, options = next(ways)
                folder = pathlib.Path(top) / str(i)
                folder.mkdir()
                arguments = folder, moment, threads, options
                jobs.append((arguments, pool.submit(self.kill_at, *arguments)))
            for arguments, job in jobs:
                kill = job.result()
                said["events"] += kill.seen.total()
                said["with some left out"] += bool(kill.left_out)
                said["discarded"] += kill.discarded
                with self.subTest(way=arguments[1:]):
                    self.assertEqual((kill.twice, kill.too_many()), (0, 0))
                    if not kill.discarded:
                        self.assertLessEqual(kill.missing(), kill.left_out)
        print(f"# {number} kills: {dict(said)}")


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
