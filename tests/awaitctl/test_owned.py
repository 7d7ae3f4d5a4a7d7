# SPDX-License-Identifier: MIT
"""What `awaitctl recover` finds in rings of crash ABI 1.0, as LTTng-UST makes them
from 2.15 on: there a sub-buffer has one owner at a time, so nothing lies behind
an event that was not finished. And in all of the languages that metadata has. The
rings are made by rings.py: they need no such LTTng.
"""

from __future__ import annotations

import pathlib
import random
import re
import struct
import unittest

import ctf2
import gapcase
from gapcase import IMAGES
from harness import AWAITCTL, run
from rings import HEAD, METADATA, Ring, event

import tap
from chance import Chance

LATER = pathlib.Path(__file__).with_name("rings-2.15.tsdl").read_text()
LANGUAGES = {
    "CTF 1.8, up to 2.14": METADATA,
    "CTF 1.8, from 2.15 on": LATER,
    "CTF 2": ctf2.RINGS,
}


class Owned(gapcase.Case):
    def check(self, ring: Ring, *expected: int, metadata: str = LATER) -> None:
        ring.save(self.place, metadata=metadata)
        self.assertEqual(self.recovered(), list(expected))
        self.assertTrue(self.sure)
        self.start_again()

    def test_none(self) -> None:
        ring = Ring(owned=True)
        ring.add(*map(event, range(1, 11)))
        self.check(ring, *range(1, 11))
        ring.add(*map(event, range(11, 21)), time=10500)
        self.check(ring, *range(1, 21))

    def test_the_last(self) -> None:
        """Its owner died in it, with any part of the event written; others went
        on in the next sub-buffer, or did not."""
        size = len(event(1).data)
        for written in (0, 2, 14, 45, size):
            for more in (0, 5):
                with self.subTest(written=written, more=more):
                    ring = Ring(owned=True)
                    gap = event(11, committed=False, written=written)
                    ring.add(*map(event, range(1, 11)), gap)
                    if more:
                        later = range(12, 12 + more)
                        ring.add(*map(event, later), time=11500)
                    self.check(ring, *range(1, 11), *range(12, 12 + more))

    def test_of_each(self) -> None:
        ring = Ring(owned=True)
        for first in 1, 11, 21, 31:
            gap = event(first + 9, committed=False)
            ring.add(*map(event, range(first, first + 9)), gap, time=first * 1000 - 1)
        self.check(ring, *(i for i in range(1, 41) if i % 10))

    def test_nothing_of_one(self) -> None:
        """Died between the sub-buffer's reservation and its head; in the lap
        before, the sub-buffer had a packet."""
        for laps in 0, 1:
            ring = Ring(owned=True, read=4 * laps + 1)
            for first in range(1, 40 * laps + 11, 10):
                ring.add(*map(event, range(first, first + 10)), time=first * 1000 - 1)
            first = 40 * laps + 11
            ring.add(head=False, time=first * 1000 - 1)
            ring.subbufs[-1].reserved = HEAD + 50
            if laps:
                ring.subbufs[-1].bytes = ring.subbufs[1].bytes
            ring.add(*map(event, range(first, first + 10)), time=first * 1000 - 1)
            with self.subTest(laps=laps):
                self.check(ring, *range(first, first + 10))

    def test_full_but_not_delivered(self) -> None:
        """Died when all was committed, before the packet's end was written."""
        for written in range(4):
            ring = Ring(owned=True)
            ring.add(*map(event, range(1, 11)))
            ring.add(*map(event, range(11, 21)), time=10500)
            unwritten = {40: 0, 48: 2**64 - 1, 56: 2**64 - 1}
            for at, value in list(unwritten.items())[written:]:
                struct.pack_into("<Q", ring.subbufs[0].bytes, at, value)
            with self.subTest(written=written):
                self.check(ring, *range(1, 21))

    def test_exchanged(self) -> None:
        """The consumer died with a sub-buffer in its hands."""
        ring = Ring(owned=True, exchanged=0)
        for first in 1, 11, 21:
            ring.add(*map(event, range(first, first + 10)), time=first * 1000 - 1)
        self.check(ring, *range(1, 31))

    def test_without_metadata_that_is_known(self) -> None:
        """Events need not be found."""
        ring = Ring(owned=True)
        ring.add(*map(event, range(1, 11)), event(11, committed=False))
        ring.save(self.place, metadata=LATER + "event {\n\tid = 999999;\n};\n")
        stream = self.recover()
        self.assertTrue(self.sure)
        self.assertEqual(stream.stat().st_size, HEAD + 10 * len(event(1).data))

    def test_random(self) -> None:
        chance = Chance()
        for _ in range(IMAGES // 2):
            ring, number, expected = Ring(owned=True), 0, []
            for _ in range(chance.randrange(1, 5)):
                slots, begin = [], number * 1000 + 500
                for _ in range(chance.randrange(1, 20)):
                    number += 1
                    slots.append(event(number, stack=chance.randrange(4)))
                    expected.append(number)
                if chance.random() < 0.5:
                    number += 1
                    written = chance.randrange(40)
                    slots.append(event(number, committed=False, written=written))
                ring.add(*slots, time=begin)
            self.check(ring, *expected)

    def test_damaged(self) -> None:
        """Whatever is in it: an end in time, one line."""
        chance = Chance()
        for _ in range(IMAGES // 2):
            exchanged = chance.choice((None, 0, 1))
            ring = Ring(owned=True, exchanged=exchanged)
            ring.add(*map(event, range(1, 11)), event(11, committed=False))
            ring.add(*map(event, range(12, 21)), time=11500)
            path = ring.save(self.place, metadata=ctf2.RINGS)
            self.damage(path, chance)
            if chance.random() < 0.3:
                self.damage(self.place / "metadata", chance)
            out = run(AWAITCTL, "recover", self.trace)
            self.assertIn(out.returncode, (0, 1))
            self.assertRegex(out.stderr, r"\A(awaitctl: [^\n]*\n){1,2}\Z")
            self.start_again()

    def damage(self, path: pathlib.Path, chance: random.Random) -> None:
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 3, 50))):
            part = chance.choice((len(data), 700))
            data[chance.randrange(16, part)] = chance.randrange(256)
        path.write_bytes(data[: chance.choice((None, None, len(data) // 2))])


class Languages(gapcase.Case):
    def ring(self, owned: bool) -> Ring:
        ring = Ring(owned=owned)
        slots = [event(i, stack=i % 4) for i in range(1, 21)]
        if not owned:
            slots[8] = event(9, thread=5, committed=False, written=20)
        ring.add(*slots, event(21, committed=False))
        ring.add(*map(event, range(22, 31)), time=21500)
        return ring

    def test_all_give_the_same(self) -> None:
        for owned in False, True:
            found = set()
            for language, metadata in LANGUAGES.items():
                self.ring(owned).save(self.place, metadata=metadata)
                with self.subTest(owned=owned, language=language):
                    found.add(self.recover().read_bytes())
                    self.assertTrue(self.sure)
                self.start_again()
            self.assertEqual(len(found), 1)

    def check_read(self, metadata: str) -> None:
        self.ring(True).save(self.place, metadata=metadata)
        self.assertEqual(self.recovered(), [i for i in range(1, 31) if i != 21])
        self.start_again()

    def test_ctf_1_8_can_be_read(self) -> None:
        self.check_read(METADATA)
        self.check_read(LATER)

    @unittest.skipUnless(ctf2.babeltrace2_reads_it(), ctf2.WHY_NOT)
    def test_ctf_2_can_be_read(self) -> None:
        self.check_read(ctf2.RINGS)

    def test_times(self) -> None:
        """Packets end with their last event, whatever the language."""
        for language, metadata in LANGUAGES.items():
            self.ring(True).save(self.place, metadata=metadata)
            with self.subTest(language=language):
                stream = self.recover().read_bytes()
                heads = re.finditer(re.escape(b"\xc1\x1f\xfc\xc1"), stream)
                ends = [
                    struct.unpack_from("<Q", stream, head.start() + 40)[0]
                    for head in heads
                ]
                self.assertEqual(ends, [20000, 30000])
            self.start_again()


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
