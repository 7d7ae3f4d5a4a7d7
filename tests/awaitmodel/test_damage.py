# SPDX-License-Identifier: MIT
"""Damaged memory: what is sound is found, and one line says what is not."""

from __future__ import annotations

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from image import Image  # noqa: E402

from awaitmodel.event_filters import is_armed  # noqa: E402
from awaitmodel.memory import AwaitError  # noqa: E402
from awaitmodel.query import Filter, group  # noqa: E402
from awaitmodel.states import PENDING, RESOLVED  # noqa: E402
from awaitmodel.world import World  # noqa: E402


class Block(unittest.TestCase):
    def setUp(self) -> None:
        self.image = Image()

    def refused(self, form: str, offset: int, value: int, why: str) -> None:
        self.image.write(self.image.address + offset, struct.pack(form, value))
        with self.assertRaisesRegex(AwaitError, why):
            self.image.layout()

    def test_magic(self) -> None:
        self.refused("=Q", 0, 5, r"at 0x1000000 is damaged \(magic 0x5\)$")
        swapped = int.from_bytes(b"\x55\x42\x47\x44\x54\x49\x57\x41", "little")
        self.refused("=Q", 0, swapped, "a machine with another byte order")

    def test_major_version(self) -> None:
        self.refused("=H", 8, 9, r"has version 9\.\d+, these scripts know 1\.x")

    def test_size(self) -> None:
        self.refused("=I", 12, 255, "has only 255 bytes$")

    def test_alignment(self) -> None:
        self.refused("=I", 84, 3, "debug block of libawait is damaged$")

    def test_size_of_the_head(self) -> None:
        self.refused("=I", 108, 1 << 20, "debug block of libawait is damaged$")

    def test_unreadable(self) -> None:
        self.image.address = 0x10
        with self.assertRaisesRegex(AwaitError, "cannot read memory at 0x10$"):
            self.image.layout()

    def test_newer_minor_version(self) -> None:
        """What it appends is not looked at."""
        known = self.image.layout().block
        self.image.write(self.image.address + 10, struct.pack("=HI", 99, 4000))
        self.assertEqual(self.image.layout().block, known)

    def test_older_minor_versions(self) -> None:
        slab = self.image.slab(1, 1)
        site = self.image.site(self.image.func("fetch"), "main.c", 3)
        aw = self.image.await_at(slab, 0, site, RESOLVED)
        size = self.image.address + 12
        for minor, end in ((1, 272), (0, 256)):
            self.image.write(size, struct.pack("=I", end))
            layout = self.image.layout()
            self.assertEqual("kept_args" in layout.block, minor == 1)
            head = layout.find(aw)
            self.assertIsNone(layout.args(head, layout.site(head.site).func))
            with self.assertRaisesRegex(AwaitError, "it is an older one$"):
                is_armed(layout)


class Slabs(unittest.TestCase):
    def setUp(self) -> None:
        self.image = Image()
        self.site = self.image.site(self.image.func("fetch"), "main.c", 3)
        self.old, self.new = self.image.slab(1, 4), self.image.slab(5, 4)
        for slab in (self.old, self.new):
            self.image.await_at(slab, 0, self.site)

    def check(self, counts: dict[int, int], *warnings: str) -> None:
        world = World(self.image.layout())
        self.assertEqual(world.counts(), counts)
        self.assertEqual(len(world.warnings), len(warnings), world.warnings)
        for warning, start in zip(world.warnings, warnings):
            self.assertTrue(warning.startswith(start), warning)

    def test_sound(self) -> None:
        self.check({PENDING: 2})

    def test_members(self) -> None:
        for name, value in (
            ("slab_magic", 1),
            ("slab_count", 0),
            ("slab_count", 0xFFFFFFFF),
            ("slab_slot_size", 0),
            ("slab_slot_size", 33),
            ("slab_first_slot", 257),
            ("slab_size", 300),
        ):
            with self.subTest(name=name, value=value):
                self.setUp()
                self.image.set(self.old, **{name: value})
                damaged = f"the slab at {self.old:#x} is damaged; awaits behind it"
                self.check({PENDING: 1}, damaged)

    def test_links(self) -> None:
        for link, what in (
            (self.new, f"loop at {self.new:#x}"),
            (0x123001, "no slab at 0x123001"),
            (0x40000, "0x40000 is unreadable"),
        ):
            self.image.set(self.new, slab_next=link)
            self.check({PENDING: 1}, f"the slab list is damaged: {what}; awaits")

    def test_unreadable_slots(self) -> None:
        del self.image.pieces[self.old][1024:]
        self.image.set(self.old, slab_count=1000)
        self.check({PENDING: 1}, f"the slab at {self.old:#x} is unreadable")

    def test_state(self) -> None:
        self.image.await_at(self.old, 1, self.site, 7)
        self.check({PENDING: 2, 7: 1})

    def test_site(self) -> None:
        self.image.await_at(self.old, 1, 16)
        groups = group(World(self.image.layout()), Filter(), "function").groups
        self.assertEqual(
            [each.key for each in groups], [("fetch",), ("<damaged: no site at 0x10>",)]
        )

    def test_no_await_there(self) -> None:
        layout = self.image.layout()
        for address, why in (
            (self.old + 256 + 1, "is not an await: it is not where one begins"),
            (self.old, "is not an await: it is not where one begins"),
            (self.old + 256 + 4 * 128, "is not an await: it is not where one begins"),
            (self.image.text("text"), "is not an await: no slab holds it"),
            (16, "is not readable memory"),
        ):
            with self.assertRaises(AwaitError) as caught:
                layout.find(address)
            self.assertEqual(str(caught.exception), why)


class Threads(unittest.TestCase):
    def setUp(self) -> None:
        self.image = Image()
        self.image.thread(2, 4711, runs=(0x1000, 0x2000))

    def test_sound(self) -> None:
        world = World(self.image.layout())
        (thread,) = world.threads()
        self.assertEqual([r.awaited for r in world.runs(thread)], [0x1000, 0x2000])

    def test_loop_of_runs(self) -> None:
        world = World(self.image.layout())
        (thread,) = world.threads()
        self.image.set(thread.run, run_outer=thread.run)
        self.assertEqual(world.runs(thread), [])
        self.assertEqual(world.warnings, ["thread 4711: its runs are damaged"])

    def test_count(self) -> None:
        count = self.image.block["thread_count"]
        self.image.write(count, struct.pack("=I", 0xFFFFFFFF))
        world = World(self.image.layout())
        self.assertEqual(world.threads(), [])
        warning = "the thread table is damaged: 4294967295 threads"
        self.assertEqual(world.warnings, [warning])


if __name__ == "__main__":
    tap.main()
