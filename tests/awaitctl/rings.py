# SPDX-License-Identifier: MIT
"""Makes files of LTTng's ring buffers, as a program leaves them that was killed.

    ring = Ring(subbufs=4)
    ring.add(event(1), event(2, committed=False), event(3))
    ring.save(directory / "ust/uid/0/64-bit")

Those of crash ABI 1.0, from LTTng-UST 2.15 on, are owned: a sub-buffer has one
owner at a time, which pads it. Others go on in the next when that one died.

    ring = Ring(owned=True)
    ring.add(event(1), event(2, committed=False))
    ring.add(event(3))
"""

from __future__ import annotations

import dataclasses
import pathlib
import random
import struct

MAGIC = bytes.fromhex("177bf177bf177bf177bf177bf177bf17")
SUBBUF = 4096
HEAD = 84
PID = 4321

METADATA = pathlib.Path(__file__).with_suffix(".tsdl").read_text()
STALE_SIZE = 2000
NOREF = 1 << 32


@dataclasses.dataclass
class Slot:
    """Room for an event. written: how many of its bytes are there."""

    data: bytes
    committed: bool
    written: int


def event(
    number: int,
    thread: int = 1,
    committed: bool = True,
    written: int | None = None,
    stack: int = 0,
    time: int | None = None,
    whole_time: bool = False,
) -> Slot:
    time = number * 1000 if time is None else time
    head = struct.pack("<HI", 0, time & 0xFFFFFFFF)
    if whole_time:
        head = struct.pack("<HIQ", 0xFFFF, 0, time)
    data = head + struct.pack("<ii17s", PID, PID + thread, b"program")
    data += struct.pack("<Q", number) + b"a_function\0" + bytes([number % 2])
    data += struct.pack(f"<Q{stack}Q", stack, *range(0x10000, 0x10000 + stack))
    if written is None:
        written = len(data) if committed else 0
    return Slot(data, committed, written)


def stale() -> bytearray:
    """What a sub-buffer held before: earlier events, at other places."""
    data = b"x" * (HEAD + 17)
    while len(data) < SUBBUF:
        data += event(900 + len(data) % 64, stack=len(data) % 5, time=len(data)).data
    return bytearray(b"\0" * HEAD + data[HEAD:SUBBUF])


def lap(chance: random.Random, begin: int, stacks: int) -> bytearray:
    """The same, where they are now: a lap of events that began at that time."""
    data, number = b"", 0
    while len(data) < SUBBUF - HEAD:
        number += 1
        slot = event(
            900 + number % 64,
            thread=chance.randrange(8),
            stack=chance.randrange(stacks),
            time=begin + number * 1000,
        )
        data += slot.data
    return bytearray(bytes(HEAD) + data)[:SUBBUF]


@dataclasses.dataclass
class Subbuf:
    """A sub-buffer."""

    number: int
    head: bool = True
    owned: bool = False
    bytes: bytearray = dataclasses.field(default_factory=lambda: stale())
    reserved: int = HEAD
    committed: int = 0
    contiguous: int = 0
    data_size: int = 0

    def write_head(self, begin: int) -> None:
        if not self.head:
            return
        packed = struct.pack("<I16sIQ", 0xC1FC1FC1, bytes(16), 0, 0)
        packed += struct.pack(
            "<6QI", begin, 0, 2**64 - 1, 2**64 - 1, self.number, 0, 0
        )
        self.bytes[:HEAD] = packed
        self.committed = self.contiguous = HEAD

    def add(self, slot: Slot) -> bool:
        size = len(slot.data)
        if self.reserved + size > SUBBUF:
            return False
        if self.owned and self.is_torn():
            raise ValueError("the owner of the sub-buffer has died")
        written = slice(self.reserved, self.reserved + slot.written)
        self.bytes[written] = slot.data[: slot.written]
        self.reserved += size
        self.committed += size * slot.committed
        if slot.committed and self.committed == self.reserved:
            self.contiguous = self.reserved
        return True

    def is_torn(self) -> bool:
        return self.committed != self.reserved

    def end(self, time: int) -> None:
        """Pads it, and gives it to the consumer if all of it is committed. An
        owner that died pads nothing."""
        if self.owned and self.is_torn():
            self.data_size = STALE_SIZE
            self.reserved = SUBBUF
            return
        self.data_size = self.reserved
        self.committed += SUBBUF - self.reserved
        if self.committed == SUBBUF:
            self.contiguous = SUBBUF
            sizes = 8 * self.data_size, 8 * SUBBUF
            struct.pack_into("<3Q", self.bytes, 40, time, *sizes)
        self.reserved = SUBBUF


class Ring:
    """Never overwritten, and read up to the sub-buffer `read`. An owned one has
    spare bytes, for which the consumer exchanges those of what it reads, here
    `exchanged`, until it has done so."""

    def __init__(
        self,
        subbufs: int = 4,
        read: int = 0,
        owned: bool = False,
        exchanged: int | None = None,
    ) -> None:
        self.count = subbufs
        self.read = read
        self.owned = owned
        self.exchanged = exchanged
        self.subbufs: list[Subbuf] = []

    def add(
        self,
        *slots: Slot,
        head: bool = True,
        time: int = 0,
        older: bytearray | None = None,
    ) -> None:
        """Another sub-buffer, with what fits, where older bytes were."""
        subbuf = Subbuf(len(self.subbufs), head, self.owned)
        if older:
            subbuf.bytes = older
        if self.subbufs:
            self.subbufs[-1].end(time)
        subbuf.write_head(time)
        for slot in slots:
            if not subbuf.add(slot):
                raise ValueError("too much for a sub-buffer")
        self.subbufs.append(subbuf)

    def save(
        self, directory: pathlib.Path, name: str = "awaits_0", metadata: str = METADATA
    ) -> pathlib.Path:
        count = self.count
        parts = count + self.owned
        begin = 4096
        hot = 512
        wsb = hot + 16 * count
        array = wsb + 8 * count
        pages = array + 16 * parts
        end = (len(self.subbufs) - 1) * SUBBUF + self.subbufs[-1].reserved
        file = bytearray(begin + parts * SUBBUF)
        head = MAGIC + struct.pack("<Q3HBB", len(file), 0x1234, self.owned, 0, 8, 0)
        offsets = (128, 136, hot, 8, wsb, 0, array, 8, 32 + 8, 48, 56)
        head += struct.pack("<11I", *offsets) + bytes([8] * 8)
        head += struct.pack("<3I", 16, 8, 16)
        head += struct.pack("<3QI", count * SUBBUF, SUBBUF, count, 1)
        file[: len(head)] = head
        struct.pack_into("<2Q", file, 128, end, self.read * SUBBUF)
        for i in range(parts):
            place = pages + 64 * i
            struct.pack_into("<2Q", file, array + 16 * i, 0, place)
            struct.pack_into("<Q", file, place + 40, begin + i * SUBBUF)
        for i in range(count):
            struct.pack_into("<Q", file, wsb + 8 * i, i | self.owned * NOREF)
        for subbuf in self.subbufs:
            i = subbuf.number % count
            lap = subbuf.number // count * SUBBUF
            counts = lap + subbuf.committed, lap + subbuf.contiguous
            struct.pack_into("<2Q", file, hot + 16 * i, *counts)
            if subbuf.number == self.exchanged:
                struct.pack_into("<Q", file, wsb + 8 * i, count | NOREF)
            struct.pack_into("<Q", file, pages + 64 * i + 24, subbuf.data_size)
            at, end_of_subbuf = begin + i * SUBBUF, begin + (i + 1) * SUBBUF
            file[at:end_of_subbuf] = subbuf.bytes
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "metadata").write_text(metadata)
        path = directory / name
        path.write_bytes(file)
        return path
