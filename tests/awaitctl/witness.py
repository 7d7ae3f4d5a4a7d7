# SPDX-License-Identifier: MIT
"""What a program had done when it was killed: killed.c says so in memory that
outlives it.

SEED in the environment chooses other moments to kill it at (chance.py).
"""

from __future__ import annotations

import mmap
import os
import pathlib
import signal
import struct
import time

import harness
from harness import AWAITCTL, LIMIT

from chance import Chance

KILLED = os.environ["AWAITCTL_KILLED"]
KINDS = "create", "exec_end", "hit", "destroy"
THREADS_MAX = 16


def moments(count: int, first: int, last: int) -> list[int]:
    """As many numbers of awaits at whose end to kill: a random one in each of as
    many equal parts of the time."""
    chance = Chance()
    ends = [first + i * (last - first) // count for i in range(count + 1)]
    return [chance.randrange(*part) for part in zip(ends, ends[1:])]


def alone(home: pathlib.Path) -> tuple[list[str], dict[str, str]]:
    """A prefix and an environment with which a command meets no session daemon
    of others: a session records every process that its daemon knows."""
    environment = {**os.environ, "LTTNG_HOME": str(home)}
    if os.getuid() != 0:
        return [], environment
    script = 'mount -t tmpfs tmpfs /run && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "alone"], environment


def kill_at(
    folder: pathlib.Path, moment: int, threads: int, options: list[str]
) -> tuple[Witness, int, str]:
    """Records a program that is killed once so many awaits have ended, to `trace`
    in that folder. What it had done; awaitctl's status and what it said."""
    witness = Witness(folder / "witness")
    prefix, environment = alone(folder)
    awaitctl = harness.Running(
        *(*prefix, AWAITCTL, "record", *options, "-o", folder / "trace"),
        *("--", KILLED, witness.path, threads),
        env=environment,
    )
    try:
        witness.reach(moment)
        os.kill(witness.pid(), signal.SIGKILL)
        return witness, awaitctl.end(), awaitctl.stderr()
    finally:
        awaitctl.close()


class Witness:
    """What a program has done."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        path.write_bytes(bytes(4 * (1 + THREADS_MAX * (len(KINDS) + 1))))
        with path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    def pid(self) -> int:
        return struct.unpack_from("=I", self.memory)[0]

    def thread(self, i: int) -> tuple[int, ...]:
        return struct.unpack_from("=4I", self.memory, 4 + 16 * i)

    def threads(self) -> dict[int, tuple[int, ...]]:
        """What each has done, by its id."""
        ids = struct.unpack_from(f"={THREADS_MAX}I", self.memory, 4 + 16 * THREADS_MAX)
        return {number: self.thread(i) for i, number in enumerate(ids) if number}

    def total(self) -> tuple[int, ...]:
        rows = [self.thread(i) for i in range(THREADS_MAX)]
        return tuple(map(sum, zip(*rows)))

    def reach(self, moment: int) -> None:
        """Waits until that many awaits have ended."""
        end = time.monotonic() + LIMIT
        while self.total()[3] < moment:
            time.sleep(0.0002)  # not to take a processor from the program
            if time.monotonic() > end:
                raise AssertionError(f"stuck at {self.total()}")
