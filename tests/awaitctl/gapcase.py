# SPDX-License-Identifier: MIT
"""What tests of made rings share: a recording of which nothing but the rings is
left, and what `awaitctl recover` makes of it.

SEED in the environment chooses other damage (chance.py), IMAGES=N how many damaged
rings are read.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil

import harness
from harness import AWAITCTL, run


IMAGES = int(os.environ.get("IMAGES", 100))


class Case(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.rings = self.dir / "await-program-1"
        self.place = self.rings / "ust/uid/0/64-bit"
        self.start_again()

    def start_again(self) -> None:
        shutil.rmtree(self.trace, ignore_errors=True)
        shutil.rmtree(self.rings, ignore_errors=True)
        self.place.mkdir(parents=True)
        self.trace.mkdir()
        (self.trace / "shm").symlink_to(self.rings)

    def recover(self) -> pathlib.Path:
        """The file of the stream."""
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.sure = "in the middle of an event" not in out.stderr
        (*_, most) = [0, *map(int, re.findall(r"at most (\d+) event", out.stderr))]
        self.left_out = most
        self.others = "others of that size" in out.stderr
        self.assertIn(f"(from {self.rings}, which ", out.stderr)
        self.assertTrue(self.place.exists())
        return self.trace / "ust/uid/0/64-bit/awaits_0"

    def recovered(self) -> list[int]:
        """The numbers of the events in the trace."""
        self.recover()
        out = run("babeltrace2", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return [int(x) for x in re.findall(r" id = (\d+)", out.stdout)]
