# SPDX-License-Identifier: MIT
"""Names of single awaits, as they are read from memory that may be damaged."""

from __future__ import annotations

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from image import Image  # noqa: E402

from awaitmodel import await_text, debug_block  # noqa: E402
from awaitmodel.states import PENDING  # noqa: E402
from awaitmodel.world import World  # noqa: E402

# A table of which an entry has, in this order: the address of the await, its id, the
# version and the name.
ENTRY = struct.Struct("=QQQ64s")
TABLE = {
    "used": 0,
    "entries": 8,
    "stride": ENTRY.size,
    "await": 0,
    "id": 8,
    "version": 16,
    "text": 24,
    "size": 64,
    "site_held_at": 20,
}


class Names(unittest.TestCase):
    def setUp(self) -> None:
        self.image = Image()
        site = self.image.site(self.image.func("fetch"), "main.c", 31)
        slab = self.image.slab(first_id=1, slots=4)
        for index in range(3):
            self.image.await_at(slab, index, site, PENDING)

    def shown(self, *entries: tuple[int, int, bytes], **table: int) -> list[str]:
        """The three awaits, with a table of such ids, versions and names."""
        data = b"".join(ENTRY.pack(1, *entry) for entry in entries)
        used = table.pop("number", len(entries))
        at = self.image.bytes(struct.pack("=Q", used) + data)
        members = TABLE | table
        end = 16 + sum(form.size for _, form, _ in debug_block._VERSIONS[:-1])
        self.image.write(
            self.image.address + end,
            struct.pack(
                "=Q9I", self.image.bytes(struct.pack("=Q", at)), *members.values()
            ),
        )
        world = World(self.image.layout())
        return [await_text.brief(world, world.by_id(number)) for number in (1, 2, 3)]

    def test_of_three(self) -> None:
        self.assertEqual(
            self.shown((2, 4, b"two"), (3, 6, b'"3"\n'), (1 << 32 | 1, 2, b"older")),
            ["#1 fetch", '#2 "two" fetch', '#3 "\\"3\\"\\n" fetch'],
        )

    def test_one_that_is_being_written(self) -> None:
        self.assertEqual(self.shown((2, 5, b"two"))[1], "#2 fetch")

    def test_damage(self) -> None:
        two = (2, 4, b"two")
        for damage in (
            {"number": 1 << 31},
            {"number": 2, "entries": 1 << 20},
            {"stride": 0},
            {"stride": 8},
            {"size": 1 << 20},
            {"text": ENTRY.size},
            {"id": 1 << 16},
        ):
            with self.subTest(damage=damage):
                self.assertEqual(self.shown(two, **damage)[1], "#2 fetch")
        self.assertEqual(self.shown((2, 4, b"x" * 64))[1], f'#2 "{"x" * 64}" fetch')


if __name__ == "__main__":
    tap.main()
