# SPDX-License-Identifier: MIT
"""Rings whose unfinished events still have the bytes of an earlier lap, which was
so long before: `awaitctl recover` takes no event of it for one of this lap, and
loses none that was finished, or it says so.

Only the low half of an event's time is stored, 2^32 ns: the bytes of some ages
look as if they were just recorded. SEED in the environment chooses other rings.
"""

from __future__ import annotations

import unittest

import gapcase
from rings import Ring, event, lap

import tap
from chance import Chance
from sample import share

WRAP = 2**32
AGES = {
    "the lap before": 40_000,
    "which look as if from these events' time": WRAP - 5_000,
    "which look as if from soon after": WRAP - 100_000_000,
    "4 s": 4 * 10**9,
    "a minute": 60 * 10**9,
    "a second": 10**9,
}
BEGIN = 10**11
COUNT, PART = 60, 30  # events in the ring and in each sub-buffer


class Older(gapcase.Case):
    def ring(self, chance: Chance, age: int) -> tuple[Ring, set[int], set[int]]:
        """One to three threads died in an event, at any byte of it."""
        stacks = chance.randrange(1, 5)  # with 1, all are of the same size
        threads = [chance.randrange(8) for _ in range(COUNT)]
        last = {thread: i for i, thread in enumerate(threads)}
        dead = chance.sample(sorted(last), chance.randrange(1, 4))
        gaps = {last[thread] for thread in dead}
        slots = []
        for i, thread in enumerate(threads):
            stack, time = chance.randrange(stacks), BEGIN + (i + 1) * 1000
            slot = event(i + 1, thread, i not in gaps, stack=stack, time=time)
            if i in gaps:
                slot.written = chance.randrange(len(slot.data) + 1)
            slots.append(slot)
        ring = Ring()
        for begin in range(0, COUNT, PART):
            time = BEGIN + begin * 1000 + 500
            older = lap(chance, time - age, stacks)
            end = begin + PART
            ring.add(*slots[begin:end], time=time, older=older)
        numbers = {i + 1 for i in gaps}
        return ring, set(range(1, COUNT + 1)) - numbers, numbers

    def test_ages(self) -> None:
        chance = Chance()
        sure = total = 0
        for name, age in AGES.items():
            for _ in range(share(15, 600, f"rings with old bytes of {name}")):
                ring, finished, begun = self.ring(chance, age)
                ring.save(self.place)
                found = self.recovered()
                total += 1
                sure += self.sure
                if self.sure:
                    self.assertEqual(found, sorted(finished), (name, total))
                self.assertEqual(len(found), len(set(found)))
                if not self.others:
                    self.assertLessEqual(set(found), finished | begun, (name, total))
                    missing = finished - set(found)
                    self.assertLessEqual(len(missing), self.left_out, (name, total))
                self.start_again()
        print(f"# {sure} of {total} rings without a doubt")
        self.assertGreater(sure, total // 2)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
