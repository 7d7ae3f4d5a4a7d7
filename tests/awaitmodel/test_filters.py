# SPDX-License-Identifier: MIT
"""`await break`: what users type, and what it writes into the process."""

from __future__ import annotations

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from image import Image  # noqa: E402

from awaitmodel import event_filters  # noqa: E402
from awaitmodel.command_options import parse_list, parse_log  # noqa: E402
from awaitmodel.event_filters import Spec, Trapped, parse  # noqa: E402
from awaitmodel.memory import AwaitError  # noqa: E402
from awaitmodel.states import FAILED, PENDING, RESOLVED  # noqa: E402
from awaitmodel.world import World  # noqa: E402


class Words(unittest.TestCase):
    def test_break(self) -> None:
        for text in ("hit", "fail fetch", "run #12", "resolve fetch #12.3"):
            self.assertEqual(str(parse(text.split())), text)
        for text, why in (
            ("", "needs an event: create, run, fail, hit"),
            ("hits", "unknown event 'hits': it is one of create"),
            ("hit a b", "one function is enough: b"),
            ("hit #1 #2", "one id is enough: #2"),
            ("hit a-b", "no function's name: a-b"),
            ("hit #a", "not an await's id: #a"),
        ):
            with self.assertRaisesRegex(ValueError, why):
                parse(text.split())

    def test_list(self) -> None:
        options = parse_list("--state failed,running -limit 0 -reverse -json".split())
        self.assertEqual(options.wanted.states, {2, FAILED})
        self.assertEqual((options.limit, options.order), (None, "id"))
        self.assertTrue(options.reverse and options.json)
        self.assertEqual(parse_list([]).limit, 20)
        site = parse_list(["-site", "main.c:31"]).wanted.site
        self.assertEqual(site, ("main.c", 31))
        for text, why in (
            ("-stat failed", "unknown option -stat: see `help info awaits`"),
            ("failed", "unknown option failed: see `help info awaits`"),
            ("-state", "-state needs a value: see `help info awaits`"),
            ("-state lost", "unknown state 'lost': it is one of pending"),
            ("-limit x", "-limit needs a number, not x"),
            ("-limit 1 -limit 2", "-limit was given twice"),
            ("-new -old", "-new and -old do not go together"),
            ("-sort age", "-sort needs one of id, state, "),
            ("-site main.c:x", "-site needs FILE or FILE:LINE, not main.c:x"),
        ):
            with self.assertRaisesRegex(ValueError, why):
                parse_list(text.split())

    def test_log(self) -> None:
        options = parse_log(["#12.3", "fetch_*", "-n", "5", "-thread", "2"])
        self.assertEqual((options.id, options.limit), ((3 << 32) + 12, 5))
        self.assertTrue(options.function and options.function.match("fetch_all"))
        self.assertEqual(options.thread, 2)
        with self.assertRaisesRegex(ValueError, "one #ID and one FUNCTION at most"):
            parse_log(["fetch", "count"])


class Filters(unittest.TestCase):
    def setUp(self) -> None:
        self.image = image = Image()
        self.fetch = image.site(image.func("fetch"), "main.c", 31)
        self.count = image.site(image.func("count"), "main.c", 40)
        self.slab = image.slab(first_id=1, slots=300)
        self.awaits = [
            image.await_at(self.slab, 0, self.fetch),
            image.await_at(self.slab, 1, self.count),
            image.await_at(self.slab, 3, self.fetch, generation=2),
        ]

    def member(self, name: str, at: str = "trap") -> int:
        address = self.image.block[at] + self.image.block.get(name, 0)
        return int(struct.unpack("=I", self.image.read(address, 4))[0])

    def arm(self, *specs: Spec) -> None:
        event_filters.arm(self.image.layout(), list(specs), self.image)

    def watch(self, *specs: Spec) -> None:
        world = World(self.image.layout())
        event_filters.watch(world.layout, world.slabs(), list(specs), self.image)

    def watched(self) -> list[int]:
        """The indices of slots whose state word has WATCH."""
        bit = self.image.block["state_watch"]
        layout = self.image.layout()
        data = layout.slots(layout.slab(self.slab))
        words = [
            struct.unpack_from("=I", data, i * 128 + layout.block["await_state"])[0]
            for i in range(300)
        ]
        return [i for i, word in enumerate(words) if word & bit]

    def test_arm(self) -> None:
        block = self.image.block
        self.image.set(block["trap"], trap_listened=1 << 7)
        self.arm(Spec("fail", "fetch"), Spec("hit", None, (3 << 32) + 12))
        # EXEC_END and RESOLVE, HIT: enum await_event_type.
        fail, hit = 1 << 2 | 1 << 8, 1 << 3
        self.assertEqual(self.member("trap_events"), fail | hit)
        self.assertEqual(self.member("trap_changes"), 1)
        for armed in ("armed", "trap_armed"):
            self.assertEqual(self.member("", armed), 1 << 7 | fail | hit)
        at = block["trap"] + block["trap_filters"]
        first, second, end = (at + i * block["trap_stride"] for i in range(3))
        for base, name, form, value in (
            (first, "filter_events", "=I", fail),
            (first, "filter_states", "=I", 1 << FAILED),
            (first, "filter_id", "=Q", 0),
            (first, "filter_name", "6s", b"fetch\0"),
            (second, "filter_events", "=I", hit),
            (second, "filter_states", "=I", 0xFF),
            (second, "filter_id", "=Q", (3 << 32) + 12),
            (second, "filter_name", "1s", b"\0"),
            (end, "filter_events", "=I", 0),
        ):
            data = self.image.read(base + block[name], struct.calcsize(form))
            self.assertEqual(struct.unpack(form, data), (value,), name)
        self.assertTrue(event_filters.is_armed(self.image.layout()))
        self.arm()
        self.assertFalse(event_filters.is_armed(self.image.layout()))
        self.assertEqual(self.member("", "armed"), 1 << 7)

    def test_no_room(self) -> None:
        most = self.image.block["trap_filters_max"]
        specs = [Spec("hit", f"f{i}") for i in range(most + 1)]
        self.arm(*specs[:most])
        with self.assertRaisesRegex(AwaitError, f"room for {most} different"):
            self.arm(*specs)
        size = self.image.block["filter_name_size"]
        with self.assertRaisesRegex(AwaitError, f"names of {size} and more"):
            self.arm(Spec("hit", "f" * size))
        self.arm(Spec("hit", "f" * (size - 1)))

    def test_watch(self) -> None:
        for specs, slots in (
            ([Spec("create"), Spec("fail")], []),  # emitted without WATCH
            ([Spec("hit")], [0, 1, 3]),
            ([Spec("hit", "fetch")], [0, 3]),
            ([Spec("run", None, 2)], [1]),
            ([Spec("run", "fetch", 2)], []),
            ([Spec("run", None, (2 << 32) + 4)], [3]),
            ([Spec("run", None, 4)], []),
            ([Spec("run", None, 2), Spec("hit", "fetch")], [0, 1, 3]),
            ([], []),
        ):
            self.watch(*specs)
            self.assertEqual(self.watched(), slots, specs)

    def test_watch_of_sinks_stays(self) -> None:
        self.watch(Spec("hit"))
        listened = self.image.block["trap_watched"]
        self.image.set(self.image.block["trap"], trap_listened=listened)
        self.watch(Spec("hit", "fetch"))
        self.watch()
        self.assertEqual(self.watched(), [0, 1, 3])

    def test_watch_of_many_at_once(self) -> None:
        for index in range(5, 300, 2):
            self.image.await_at(self.slab, index, self.count, PENDING)
        before = self.image.read(self.slab, 256 + 300 * 128)
        self.watch(Spec("hit", "count"))
        self.assertEqual(self.watched(), [1, *range(5, 300, 2)])
        self.watch()
        self.assertEqual(self.image.read(self.slab, 256 + 300 * 128), before)

    def test_event_of_a_thread(self) -> None:
        entry = self.image.thread(2, 4711)
        layout = self.image.layout()
        self.assertIsNone(event_filters.event_of_thread(layout, 4711))
        at = self.image.struct(
            trapped_await=self.awaits[0],
            trapped_addr=0x401234,
            trapped_type=event_filters.HIT,
            trapped_state=RESOLVED,
            trapped_error=-2,
        )
        self.image.set(entry, thread_trapped=at)
        event = event_filters.event_of_thread(layout, 4711)
        self.assertEqual(event, Trapped(at, self.awaits[0], 0x401234, 3, RESOLVED, -2))
        self.assertIsNone(event_filters.event_of_thread(layout, 4712))
        assert event
        for text, matches in (
            ("hit", True),
            ("hit fetch", True),
            ("hit fetch #1", True),
            ("hit count", False),
            ("hit #2", False),
            ("run", False),
        ):
            self.assertEqual(parse(text.split()).matches(event, "fetch", 1), matches)


if __name__ == "__main__":
    tap.main()
