# SPDX-License-Identifier: MIT
"""Stacks are the larger part of a trace, and in a channel of their own: who needs
none does not read that. See stacks_read.c."""

from __future__ import annotations

import os
import unittest

import harness
from harness import run

import tap
import test_join


class Channels(test_join.Theirs):
    def counted(self) -> tuple[list[int], list[int]]:
        """Stacks, those with frames, and others: without and with stacks."""
        out = run(os.environ["AWAITCTL_STACKS_READ"], self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        without, wanted = ([int(x) for x in y.split()] for y in out.stdout.splitlines())
        return without, wanted

    def test_of_their_own(self) -> None:
        self.record_with("--stacks")
        without, (stacks, framed, others) = self.counted()
        self.assertEqual(without, [0, 0, others])
        self.assertGreater(framed, 0)
        self.assertEqual((framed, len(self.lines())), (stacks, stacks + others))

    def test_none(self) -> None:
        self.record_with("--stacks=none")
        without, wanted = self.counted()
        self.assertEqual((without, without[:2]), (wanted, [0, 0]))
        self.assertGreater(without[2], 0)

    def test_with_other_events(self) -> None:
        """Such a channel is read, whoever made it."""
        self.create("theirs")
        self.lttng("add-context", "--userspace", "--type=vpid", "--type=vtid")
        self.lttng("enable-event", "--userspace", "await:*")
        self.lttng("start")
        app = run(harness.APP, "exit", 0, env={**os.environ, "LIBAWAIT_TRACE": "1"})
        self.assertEqual(app.returncode, 0, app.stderr)
        self.lttng("destroy", "theirs")
        (stacks, framed, others), wanted = self.counted()
        self.assertEqual([stacks, stacks, others], wanted)
        self.assertEqual((framed, stacks > 0, others > 0), (0, True, True))


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
