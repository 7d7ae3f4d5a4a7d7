# SPDX-License-Identifier: MIT
"""Rings whose unfinished events still have the bytes of an earlier lap, which was
so long before: `awaitctl recover` takes no event of it for one of this lap, and
loses none that was finished, or it says so.

Only the low half of an event's time is stored, 2^32 ns: the bytes of some ages
look as if they were just recorded. SEED in the environment chooses other rings.
"""

from __future__ import annotations

import re
import unittest

import gapcase
from harness import run
from rings import Ring, Slot, event, lap

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
    def slots(self, chance: Chance) -> tuple[list[Slot], set[int], set[int]]:
        """Those of a lap, in which one to three threads died in an event, at any
        byte of it: the numbers of those that were finished, and of the others."""
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
        self.stacks = stacks
        numbers = {i + 1 for i in gaps}
        return slots, set(range(1, COUNT + 1)) - numbers, numbers

    def ring(self, chance: Chance, age: int) -> tuple[Ring, set[int], set[int]]:
        slots, finished, begun = self.slots(chance)
        ring = Ring()
        for begin in range(0, COUNT, PART):
            time, end = BEGIN + begin * 1000 + 500, begin + PART
            older = lap(chance, time - age, self.stacks)
            ring.add(*slots[begin:end], time=time, older=older)
        return ring, finished, begun

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

    def second_lap(self, chance: Chance) -> tuple[Ring, set[int]]:
        """A ring of which the first lap was read, and what it has finished."""
        slots, finished, _ = self.slots(chance)
        ring = Ring(subbufs=2, read=2)
        for i in range(2):
            time = BEGIN - 4 * 10**9 + i
            stacks = [chance.randrange(self.stacks) for _ in range(PART)]
            ids = enumerate(stacks, 1000)
            made = (event(k, k % 8, stack=n, time=time) for k, n in ids)
            ring.add(*made, time=time)
        for i, begin in enumerate(range(0, COUNT, PART)):
            time, end = BEGIN + begin * 1000 + 500, begin + PART
            ring.add(*slots[begin:end], time=time, older=ring.subbufs[i].bytes[:])
        return ring, finished

    def test_written(self) -> None:
        """What LTTng wrote of the lap before tells what is left of it, and so
        which threads are those of this lap."""
        chance = Chance()
        others = sure = 0
        number = share(30, 300, "rings of which a lap was written")
        for turn in range(2 * number):
            if turn % 2 == 0:
                ring, finished = self.second_lap(chance)
            ring.save(self.place)
            if turn % 2:
                stream = self.trace / "ust/uid/0/64-bit/awaits_0"
                stream.parent.mkdir(parents=True)
                stream.write_bytes(b"".join(ring.subbufs[i].bytes for i in (0, 1)))
            self.recover()
            out = run("babeltrace2", self.trace)
            numbers = map(int, re.findall(r" id = (\d+)", out.stdout))
            found = {x for x in numbers if x <= COUNT}
            others += self.others
            if turn % 2:
                sure += self.sure
                self.assertFalse(self.others)
                self.assertLessEqual(found, finished, turn)
                self.assertLessEqual(len(finished - found), self.left_out)
            self.start_again()
        print(f"# {sure} of {number} rings without a doubt")
        self.assertGreater(others, number / 20)
        self.assertGreater(sure, number / 2)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
