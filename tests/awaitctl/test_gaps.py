# SPDX-License-Identifier: MIT
"""What `awaitctl recover` finds in rings in which events are missing: those made
by rings.py, in which every kind of gap is for certain. test_killed.py has real
ones.
"""

from __future__ import annotations

import random
import re
import unittest

import gapcase
from gapcase import IMAGES
from harness import AWAITCTL, run
from rings import HEAD, Ring, Slot, event

import tap
from chance import Chance


class Gaps(gapcase.Case):
    def check(self, ring: Ring, *missing: int) -> None:
        """That it has all events but those."""
        ring.save(self.place)
        slots = self.slots
        expected = [i for i in range(1, slots + 1) if i not in missing]
        self.assertEqual(self.recovered(), expected)
        self.assertTrue(self.sure)
        self.start_again()

    def ring(self, *changed: Slot, count: int = 20, more: int = 0) -> Ring:
        """One of count events, some of them changed, and more in a second
        sub-buffer."""
        slots = [event(i, thread=i % 3) for i in range(1, count + 1)]
        for slot in changed:
            number = int.from_bytes(slot.data[31:39], "little")
            slots[number - 1] = slot
        ring = Ring()
        ring.add(*slots)
        self.slots = count + more
        if more:
            later = range(count + 1, self.slots + 1)
            ring.add(*(event(i) for i in later), time=count * 1000 + 1)
        return ring

    def test_none(self) -> None:
        self.check(self.ring())
        self.check(self.ring(more=20))

    def test_one(self) -> None:
        """At any place, with any part of it written, with sub-buffers behind."""
        size = len(event(1).data)
        for number in (1, 2, 10, 19, 20):
            for written in (0, 2, 6, 14, 31, 40, 45, size - 1, size):
                for more in (0, 5):
                    with self.subTest(number=number, written=written, more=more):
                        gap = event(number, committed=False, written=written)
                        self.check(self.ring(gap, more=more), number)

    def test_several(self) -> None:
        for numbers in ((3, 4), (3, 10, 20), (1, 20), (1, 2, 3, 20)):
            with self.subTest(numbers=numbers):
                gaps = [event(i, committed=False) for i in numbers]
                self.check(self.ring(*gaps, more=5), *numbers)

    def test_written_but_not_committed(self) -> None:
        """The second looks like an event; it is the last of its thread, and of
        a size that no other thread's last one has."""
        size = len(event(1, stack=2).data)
        gaps = (
            event(3, thread=7, committed=False, written=0),
            event(9, thread=8, committed=False, written=size, stack=2),
        )
        self.check(self.ring(*gaps), 3, 9)

    def test_in_another_order(self) -> None:
        """What was committed by a thread that had been interrupted longer than
        the next that died: the contiguous bytes end before both."""
        ring = self.ring(event(9, committed=False))
        ring.subbufs[0].contiguous = HEAD
        self.check(ring, 9)

    def test_without_head(self) -> None:
        """Died between the end of a sub-buffer and the head of the next."""
        for read in 0, 1:
            ring = Ring(read=read)
            ring.add(*(event(i) for i in range(1, 11)))
            first = event(11, thread=5, committed=False)
            slots = [event(i) for i in range(12, 21)]
            ring.add(first, *slots, head=False, time=10500)
            with self.subTest(read=read):
                ring.save(self.place)
                expected = [*range(1, 11)] if read == 0 else []
                self.assertEqual(self.recovered(), expected + [*range(12, 21)])
                self.start_again()

    def test_times(self) -> None:
        """The low half of an event's time is what it has, or all of it."""
        late = 2**33 + 5
        slots = [event(1), event(2, committed=False)]
        slots += [event(3, time=late, whole_time=True), event(4, time=late + 10)]
        ring = Ring()
        ring.add(*slots)
        ring.save(self.place)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        out = run("babeltrace2", "--clock-cycles", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        times = [int(x) for x in re.findall(r"^\[(\d+)\]", out.stdout, re.M)]
        self.assertEqual(times, [1000, late, late + 10])

    def test_unknown_metadata(self) -> None:
        """Then what is before the gap is all."""
        ring = self.ring(event(9, committed=False))
        ring.save(self.place)
        with (self.place / "metadata").open("a") as metadata:
            metadata.write(
                'event {\n\tname = "other";\n\tid = 1;\n\tstream_id = 0;\n'
                "\tfields := struct {\n\t\tfloating_point { exp_dig = 8; "
                "mant_dig = 24; byte_order = le; align = 8; } _x;\n\t};\n};\n"
            )
        run(AWAITCTL, "recover", self.trace)
        out = run("babeltrace2", self.trace)
        self.assertEqual(out.stdout.count(" id = "), 8)

    def test_other_layout(self) -> None:
        path = self.ring().save(self.place)
        data = bytearray(path.read_bytes())
        data[26] = 2  # its major version
        path.write_bytes(data)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(
            out.stderr, r"\Aawaitctl: \S+ is kept, .* \(crash ABI 2\.0; .*\n\Z"
        )
        self.assertTrue(path.exists())

    def test_few_descriptors(self) -> None:
        """That a file cannot be opened does not make it one that is damaged."""
        ring = self.ring(event(9, committed=False), more=5)
        expected = [i for i in range(1, 26) if i != 9]
        refused = 0
        for most in range(3, 40):
            ring.save(self.place)
            out = run(
                *("prlimit", f"--nofile={most}", AWAITCTL, "recover", self.trace),
            )
            if out.returncode == 0:
                break
            if "error while loading shared libraries" in out.stderr:
                continue
            refused += 1
            self.assertRegex(out.stderr, r"\A(awaitctl: .*Too many open files.*\n)+\Z")
            self.assertTrue((self.place / "awaits_0").exists())
        self.assertGreater(refused, 1)
        self.assertEqual((out.returncode, out.stderr.count("\n")), (0, 1), out.stderr)
        read = run("babeltrace2", self.trace)
        numbers = [int(x) for x in re.findall(r" id = (\d+)", read.stdout)]
        self.assertEqual(numbers, expected)

    def some(self, chance: random.Random) -> tuple[Ring, set[int], set[int]]:
        """A ring of events of several sizes and threads, of which some, the last
        of their threads, were not finished; the numbers of both kinds."""
        count, dead = 60, chance.sample(range(8), chance.randrange(1, 4))
        threads = [chance.randrange(8) for _ in range(count)]
        last = {thread: i for i, thread in enumerate(threads)}
        gaps = {last[thread] for thread in dead if thread in last}
        ring, slots = Ring(), []
        for i, thread in enumerate(threads):
            stack = chance.randrange(4)
            slot = event(i + 1, thread, i not in gaps, stack=stack)
            if i in gaps:
                slot.written = chance.randrange(len(slot.data) + 1)
            slots.append(slot)
        for begin in 0, 30:
            end = begin + 30
            ring.add(*slots[begin:end], time=begin * 1000 + 500)
        numbers = {i + 1 for i in gaps}
        return ring, set(range(1, count + 1)) - numbers, numbers

    def test_random(self) -> None:
        """All that is finished is found, and nothing else, or something is said."""
        chance = Chance()
        sure = 0
        for _ in range(IMAGES):
            ring, finished, begun = self.some(chance)
            ring.save(self.place)
            found = self.recovered()
            self.assertLessEqual(set(found), finished | begun)
            self.assertLessEqual(len(finished - set(found)), self.left_out)
            if self.sure:
                self.assertEqual(found, sorted(finished))
            sure += self.sure
            self.start_again()
        self.assertGreater(sure, IMAGES // 3)

    def test_later_than_the_next(self) -> None:
        """Stale bytes look like an event 2^32 ticks later; but the sub-buffer
        behind was begun before that."""
        chance = random.Random(401703)
        for _ in range(59):
            ring, finished, begun = self.some(chance)
        ring.save(self.place)
        found = set(self.recovered())
        self.assertEqual(finished - found, set())
        self.assertLessEqual(found, finished | begun)

    def test_stale_in_the_last(self) -> None:
        """The same, with no sub-buffer behind."""
        chance = random.Random(8)
        for _ in range(66):
            ring, finished, _ = self.some(chance)
        ring.save(self.place)
        found = set(self.recovered())
        self.assertFalse(self.sure)
        self.assertLessEqual(found, finished)
        self.assertLessEqual(len(finished - found), self.left_out)
        self.assertLess(self.left_out, 5)

    def test_damaged(self) -> None:
        """Whatever is in it: an end in time, nothing but events, one line."""
        chance = Chance()
        for _ in range(IMAGES):
            gap = event(chance.randrange(1, 21), committed=False)
            path = self.ring(gap, more=20).save(self.place)
            data = bytearray(path.read_bytes())
            for _ in range(chance.choice((1, 3, 50))):
                part = chance.choice((len(data), 700, 700))
                data[chance.randrange(16, part)] = chance.randrange(256)
            if chance.random() < 0.1:
                data = data[: chance.randrange(len(data))]
            path.write_bytes(data)
            out = run(AWAITCTL, "recover", self.trace)
            self.assertIn(out.returncode, (0, 1))
            self.assertRegex(out.stderr, r"\A(awaitctl: [^\n]*\n){1,2}\Z")
            self.start_again()


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
