# SPDX-License-Identifier: MIT
"""The events that libawait-test records in a process, from its memory."""

from __future__ import annotations

import os
import re
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from image import Image, section  # noqa: E402

from awaitmodel.command_options import parse_log  # noqa: E402
from awaitmodel.memory import AwaitError  # noqa: E402
from awaitmodel.recorder_log import Log, Process  # noqa: E402
from awaitmodel.recorder_ring import EMPTY, ENDED, ENDING, RECORDING  # noqa: E402
from awaitmodel.states import FAILED, RESOLVED  # noqa: E402
from awaitmodel.world import World  # noqa: E402

BLOCK = 0x3000000
ROOM = 8
CREATED, BEGINS, ENDS, HIT = range(4)

# Offsets in struct await_recorder_block: the addresses, then those of members.
RING, TRACE, MEMBERS = 16, 24, 32
NAMES = """
ring_state ring_overwrites ring_room ring_next ring_begun_ns ring_begun_ticks
ring_ns_per_tick trace_records trace_count trace_lost
size time id parent site latency addr thread error number type state attempt source
""".split()
FORMS = {
    "ring_state": "=I", "ring_overwrites": "=I", "ring_ns_per_tick": "=d",
    "thread": "=I", "error": "=i", "number": "=I", "type": "=B", "state": "=B",
    "attempt": "=B", "source": "=B",
}  # fmt: skip


class Recorder(unittest.TestCase):
    """A ring with 2 ns per tick that has begun at tick 1000."""

    def setUp(self) -> None:
        self.image = image = Image()
        block = section(os.environ["AWAIT_TEST_LIBRARY"], ".await_recorder")
        self.at = dict(
            zip(NAMES, struct.unpack_from(f"={len(NAMES)}I", block, MEMBERS))
        )
        image.pieces[BLOCK] = bytearray(block)
        self.ring, self.trace = image.bytes(bytes(128)), image.bytes(bytes(128))
        image.write(BLOCK + RING, struct.pack("=QQ", self.ring, self.trace))
        self.records = image.bytes(bytes(ROOM * self.at["size"]))
        self.set(self.trace, trace_records=self.records)
        self.set(self.ring, ring_ns_per_tick=2.0, ring_begun_ticks=1000)
        self.set(self.ring, ring_state=RECORDING, ring_room=ROOM)
        self.fetch = image.site(image.func("fetch"), "/src/main.c", 31)
        self.count = image.site(image.func("count"), "/src/main.c", 40)

    def set(self, base: int, **members: float) -> None:
        for name, value in members.items():
            data = struct.pack(FORMS.get(name, "=Q"), value)
            self.image.write(base + self.at[name], data)

    def event(self, number: int, **members: int) -> None:
        """Writes a complete event, 10 ticks after the one before."""
        time = ~(1000 + 10 * number) & ((1 << 64) - 1)
        event = {"time": time, "number": number, "id": 1, "site": self.fetch}
        event |= {"thread": 4711, "addr": 0x401000, **members}
        self.set(self.records + number % ROOM * self.at["size"], **event)

    def log(self, *words: str) -> Log:
        def tid(number: int) -> int:
            return 4710 + number

        def thread(tid: int) -> int | None:
            return tid - 4710 if tid < 4720 else None

        world = World(self.image.layout())
        process = Process(world, tid, thread, hex)
        return Log(process, BLOCK, parse_log(list(words)))

    def names(self, *words: str) -> list[str]:
        return [event.name() for event in self.log(*words).events]


class Rings(Recorder):
    def test_text(self) -> None:
        self.event(0, type=CREATED)
        self.event(1, type=BEGINS, attempt=2, parent=7)
        self.event(2, type=ENDS, state=FAILED, error=-2, thread=4730)
        self.set(self.ring, ring_next=3)
        lines = [re.sub(" {2,}", "  ", line) for line in self.log().lines()]
        failed = "failed  #1 fetch: -ENOENT (No such file or directory)"
        self.assertEqual(
            lines,
            [
                "3 events, recording",
                "Time/us  Thread  Event  Await  In  Where",
                "  0.000  1  created  #1 fetch  main.c:31 in main()",
                "  0.020  1  begins  #1 fetch, attempt 2  #7  0x401000",
                f"  0.040  LWP 4730  {failed}  0x401000",
            ],
        )

    def test_selection(self) -> None:
        self.event(0, type=CREATED)
        self.event(1, type=CREATED, site=self.count, id=2)
        self.event(2, type=ENDS, state=RESOLVED, thread=4712)
        self.event(3, type=HIT, site=self.count, id=2)
        self.set(self.ring, ring_next=4)
        for words, names in (
            ((), ["created", "created", "ran", "hit"]),
            (("#2",), ["created", "hit"]),
            (("fet*",), ["created", "ran"]),
            (("-thread", "2"), ["ran"]),
            (("-n", "1"), ["hit"]),
            (("-n", "1", "fetch"), ["ran"]),
            (("none",), []),
        ):
            self.assertEqual(self.names(*words), names, words)
        self.assertIn("None of them matches.", self.log("none").lines())
        self.assertTrue(self.log("-n", "3").more)
        self.assertFalse(self.log("-n", "4").more)

    def test_full(self) -> None:
        for number in range(ROOM):
            self.event(number, type=HIT)
        self.set(self.ring, ring_next=ROOM + 5)
        log = self.log()
        self.assertEqual((len(log.events), log.ring.without_room), (ROOM, 5))

    def test_overwriting(self) -> None:
        for number in range(ROOM + 3):
            self.event(number, type=HIT)
        self.set(self.ring, ring_next=ROOM + 3, ring_overwrites=1)
        log = self.log("-n", "0")
        self.assertEqual([e.number for e in log.events], list(range(3, ROOM + 3)))
        self.assertEqual(log.ring.overwritten, 3)
        document = log.document([])
        self.assertEqual((document["recorded"], document["overwritten"]), (ROOM + 3, 3))

    def test_incomplete(self) -> None:
        for overwrites in (0, 1):
            self.set(self.ring, ring_overwrites=overwrites)
            for number in range(3):
                self.event(number, type=HIT)
            self.event(1, type=HIT, time=1)  # RECORD_BUSY
            self.set(self.ring, ring_next=3)
            log = self.log()
            self.assertEqual([event.number for event in log.events], [0, 2])
            self.assertEqual(log.ring.incomplete, 1)

    def test_of_an_earlier_round(self) -> None:
        for number in range(ROOM):
            self.event(number, type=HIT)
        # The next one has a place, but has not been written yet.
        self.set(self.ring, ring_next=ROOM + 1, ring_overwrites=1)
        log = self.log()
        self.assertEqual([event.number for event in log.events], list(range(1, ROOM)))
        self.assertEqual(log.ring.incomplete, 1)

    def test_ended(self) -> None:
        for number in range(3):
            self.event(number, type=HIT, time=5000 + number)
        self.set(self.ring, ring_state=ENDED, ring_begun_ns=5000, ring_next=9)
        self.set(self.trace, trace_count=3, trace_lost=4)
        log = self.log()
        self.assertEqual([event.ns for event in log.events], [0, 1, 2])
        self.assertEqual((log.ring.next, log.ring.without_room), (7, 4))
        self.assertEqual(next(log.lines()), "7 events, the recording has ended")


class Damage(Recorder):
    def refused(self, why: str) -> None:
        with self.assertRaisesRegex(AwaitError, why):
            self.log()

    def test_states_without_events(self) -> None:
        for state, why in (
            (EMPTY, "^nothing was recorded so far"),
            (ENDING, "^the recording is just being ended"),
            (9, "^the recorder's ring is damaged$"),
        ):
            self.set(self.ring, ring_state=state)
            self.refused(why)

    def test_members(self) -> None:
        for name, value in (
            ("ring_room", (1 << 64) - 1),
            ("ring_next", (1 << 64) - 1),
            ("ring_ns_per_tick", 0.0),
            ("ring_ns_per_tick", float("nan")),
        ):
            with self.subTest(name=name):
                self.setUp()
                self.set(self.ring, **{name: value})
                self.refused("^the recorder's ring is damaged$")
        self.set(self.ring, ring_overwrites=1, ring_room=7)
        self.refused("^the recorder's ring is damaged$")

    def test_block(self) -> None:
        for form, offset, value, why in (
            (
                "=Q",
                0,
                5,
                r"block of the recorder at 0x3000000 is damaged \(magic 0x5\)",
            ),
            ("=H", 8, 3, r"version 3\.0, these scripts know 2\.x"),
            ("=I", 12, 30, "has only 30 bytes"),
            ("=I", MEMBERS, 5000, "block of the recorder is damaged"),
            ("=I", MEMBERS + 4 * NAMES.index("size"), 8, "recorder is damaged"),
            ("=I", MEMBERS + 4 * NAMES.index("id"), 0, "recorder is damaged"),
        ):
            with self.subTest(why=why, offset=offset):
                self.setUp()
                self.image.write(BLOCK + offset, struct.pack(form, value))
                self.refused(why)

    def test_event(self) -> None:
        for number in range(3):
            self.event(number, type=HIT)
        self.event(1, type=77)
        self.set(self.ring, ring_next=3)
        log = self.log()
        self.assertEqual([event.number for event in log.events], [2])
        warning = "event 2 of the recorder is damaged; what is before it is not shown"
        self.assertEqual(log.warnings, [warning])

    def test_site(self) -> None:
        self.event(0, type=CREATED, site=16)
        self.set(self.ring, ring_next=1)
        (line,) = list(self.log().lines())[2:]
        self.assertRegex(line, r"created  #1 \?\s+0x401000$")


if __name__ == "__main__":
    tap.main()
