# SPDX-License-Identifier: MIT
"""The ring in which the recorder of libawait-test keeps events.

Its own block, struct await_recorder_block of event_ring.h, says what lies where, and
event_ring.h says how to recognize an event that is just being written. Events are
numbered from 0. A ring that overwrites holds the last ones before `next`, another
one holds the first ones. When the recording has ended the events are in order and
complete.

    >>> ring = Ring(memory, address_of_await_recorder)
    >>> ring.next, ring.overwritten
    (31, 23)
    >>> next(ring.newest(Wanted())).name()
    'destroyed'
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from awaitmodel.columns import column
from awaitmodel.memory import AwaitError, Memory
from awaitmodel.states import FAILED, RESOLVED, STATES

MAGIC = 0x4345524954495741
MAJOR = 2

EMPTY, RECORDING, ENDING, ENDED = range(4)

# By enum await_event_type; the names are those of <await/test.h>'s matchers.
_NAMES = (
    "created",
    "begins",
    "ends",
    "hit",
    "blocks",
    "wakes",
    "refused",
    "destroyed",
    "settled",
    "cancelled",
    "waited",
    "named",
    "started",
)
CREATED, _BEGINS, ENDS, *_ = range(len(_NAMES))
_SETTLED = _NAMES.index("settled")
_START_SOURCE = 1
_OUTCOMES = {
    (ENDS, RESOLVED): "ran",
    (ENDS, FAILED): "failed",
    (_SETTLED, RESOLVED): "resolved",
    (_SETTLED, FAILED): "rejected",
}

# Members of the block in their order, after magic, major, minor and size.
_RING = "state overwrites room next begun_ns begun_ticks ns_per_tick"
_TRACE = "records count lost"
_FIELDS = (
    ("time", "=Q"),
    ("id", "=Q"),
    ("parent", "=Q"),
    ("site", "=Q"),
    ("latency", "=Q"),
    ("addr", "=Q"),
    ("thread", "=I"),
    ("error", "=i"),
    ("number", "=I"),
    ("type", "=B"),
    ("state", "=B"),
    ("attempt", "=B"),
    ("source", "=B"),
)
_START = struct.Struct("=QHHI")
_REST = struct.Struct(f"=2Q{len(_RING.split())}I{len(_TRACE.split())}II{len(_FIELDS)}I")

# Numbers beyond these come from damaged memory.
_MAX_ROOM = 1 << 30
_MAX_FIELD = 1 << 12
_MAX_TYPES = len(_NAMES)

_SEALED = 1 << 63
_LOW = (1 << 32) - 1
_BATCH = 4096  # events that are read at once


class Event(NamedTuple):
    """struct record, with the time as nanoseconds since the recording began."""

    number: int
    ns: int
    id: int
    parent: int
    site: int
    latency_ns: int | None
    addr: int
    tid: int
    error: int
    type: int
    state: int
    attempt: int
    started: bool  # rather than run by a wait, if it begins

    def name(self) -> str:
        return _OUTCOMES.get((self.type, self.state), _NAMES[self.type])


class Wanted(NamedTuple):
    """Which events to select; None selects all. site is called once for each
    address of a creation site."""

    id: int | None = None
    tid: int | None = None
    site: Callable[[int], bool] | None = None


class Ring:
    """One recorder at one moment. incomplete counts the events that newest() has
    skipped because they are just being written."""

    def __init__(self, memory: Memory, address: int) -> None:
        self.read = read = memory.read
        self.incomplete = 0
        magic, major, minor, size = _START.unpack(read(address, _START.size))
        if magic != MAGIC:
            raise AwaitError(
                f"the block of the recorder at {address:#x} is damaged"
                f" (magic {magic:#x})"
            )
        if major != MAJOR:
            raise AwaitError(
                f"the recorder's block has version {major}.{minor}, these scripts"
                f" know {MAJOR}.x: use those of that libawait"
            )
        if size < _START.size + _REST.size:
            raise AwaitError(f"the block of the recorder has only {size} bytes")
        ring, trace, *offsets = _REST.unpack(read(address + _START.size, _REST.size))
        if max(offsets) > _MAX_FIELD:
            raise AwaitError("the block of the recorder is damaged")
        names = [f"ring_{name}" for name in _RING.split()]
        names += [f"trace_{name}" for name in _TRACE.split()]
        names += ["size", *(name for name, _ in _FIELDS)]
        self._at = dict(zip(names, offsets))
        self._form = self._record()
        self._read_ring(ring, trace)

    def _record(self) -> struct.Struct:
        """The form of all fields, in the order in which they lie in memory. _order
        has their indices in _FIELDS."""
        text, end, self._order = "=", 0, []
        for at, number in sorted(
            (self._at[name], number) for number, (name, _) in enumerate(_FIELDS)
        ):
            form = _FIELDS[number][1]
            if at < end or at % struct.calcsize(form):
                raise AwaitError("the block of the recorder is damaged")
            text += f"{at - end}x{form[1:]}"
            end = at + struct.calcsize(form)
            self._order.append(number)
        if self._at["size"] < end or self._at["size"] % 8:
            raise AwaitError("the block of the recorder is damaged")
        return struct.Struct(text)

    def _read_ring(self, ring: int, trace: int) -> None:
        self.state = self._number("=I", ring, "ring_state")
        self.overwrites = self._number("=I", ring, "ring_overwrites") != 0
        self.room = self._number("=Q", ring, "ring_room")
        self.next = self._number("=Q", ring, "ring_next")
        self._begun_ns = self._number("=Q", ring, "ring_begun_ns")
        self._begun_ticks = self._number("=Q", ring, "ring_begun_ticks")
        (self._ns_per_tick,) = struct.unpack(
            "=d", self.read(ring + self._at["ring_ns_per_tick"], 8)
        )
        self._records = self._number("=Q", trace, "trace_records")
        count = self._number("=Q", trace, "trace_count")
        self.lost = 0
        if self.state == ENDED:
            self.lost = self._number("=Q", trace, "trace_lost")
            self.held, self.first = count, 0  # without gaps now
            self.next = count + self.lost
        else:
            self.held = min(self.next, self.room)
            self.first = self.next - self.held if self.overwrites else 0
        self._turning = self.overwrites and self.state == RECORDING
        if self.state == EMPTY:
            return
        if (
            self.state > ENDED
            or self.held > self.room
            or self.room > _MAX_ROOM
            or (self.overwrites and self.room & (self.room - 1))
            or self.next >= 1 << 63
            or not math.isfinite(self._ns_per_tick)
            or not 0 < self._ns_per_tick < 1e6
        ):
            raise AwaitError("the recorder's ring is damaged")

    def _number(self, form: str, base: int, name: str) -> int:
        data = self.read(base + self._at[name], struct.calcsize(form))
        return int(struct.unpack(form, data)[0])

    @property
    def overwritten(self) -> int:
        return self.next - self.held if self.overwrites else 0

    @property
    def without_room(self) -> int:
        return 0 if self.overwrites else self.next - self.held

    def newest(self, wanted: Wanted) -> Iterator[Event]:
        """The complete events that match, the newest first. AwaitError at the first
        one that is damaged or cannot be read."""
        end = self.first + self.held
        while end > self.first:
            begin = max(self.first, end - _BATCH)
            if self._turning:
                # A batch does not extend across the end of the ring.
                begin = max(begin, (end - 1) // self.room * self.room)
            yield from self._batch(begin, end, wanted)
            end = begin

    def _batch(self, begin: int, end: int, wanted: Wanted) -> Iterator[Event]:
        """Only matching events are decoded; columns tell which ones match."""
        size = self._at["size"]
        place = begin % self.room if self._turning else begin
        data = self.read(self._records + place * size, (end - begin) * size)
        whole = self._whole(begin, data)
        self.incomplete += whole.count(False)
        if wanted.id is not None:
            ids = self._column("Q", "id", data)
            whole = [w and id == wanted.id for w, id in zip(whole, ids)]
        if wanted.tid is not None:
            tids = self._column("I", "thread", data)
            whole = [w and tid == wanted.tid for w, tid in zip(whole, tids)]
        if wanted.site is not None:
            sites = self._column("Q", "site", data)
            matches = {site: wanted.site(site) for site in set(sites)}
            whole = [w and matches[site] for w, site in zip(whole, sites)]
        for index in reversed(range(end - begin)):
            if whole[index]:
                yield self._event(begin + index, data, index * size)

    def _column(self, form: str, name: str, data: bytes) -> list[int]:
        return column(memoryview(data), form, self._at[name], self._at["size"])

    def _whole(self, begin: int, data: bytes) -> list[bool]:
        """For each event in data whether it is complete; `begin` is the number of the
        first one."""
        if self.state != RECORDING:
            return [True] * (len(data) // self._at["size"])
        whole = [time >= _SEALED for time in self._column("Q", "time", data)]
        if self._turning:
            lows = enumerate(self._column("I", "number", data), begin)
            whole = [w and n & _LOW == low for w, (n, low) in zip(whole, lows)]
        return whole

    def _event(self, number: int, data: bytes, base: int) -> Event:
        found = [0] * len(_FIELDS)
        for at, value in zip(self._order, self._form.unpack_from(data, base)):
            found[at] = value
        time, id, parent, site, latency, addr, tid, error, _ = found[:9]
        type, state, attempt, source = found[9:]
        if self.state == RECORDING:
            ns = int(_signed(~time - self._begun_ticks) * self._ns_per_tick)
        else:
            ns = _signed(time - self._begun_ns)
        if type >= _MAX_TYPES or state >= len(STATES):
            raise AwaitError(
                f"event {number + 1} of the recorder is damaged; what is before it is"
                " not shown"
            )
        return Event(
            number=number,
            ns=ns,
            id=id,
            parent=parent,
            site=site,
            latency_ns=latency if type == ENDS else None,
            addr=addr,
            tid=tid,
            error=error,
            type=type,
            state=state,
            attempt=attempt,
            started=type == _BEGINS and source == _START_SOURCE,
        )


def _signed(number: int) -> int:
    """As a signed number: an event may seem to lie before the beginning, as clocks of
    two processors may differ by a little."""
    number &= (1 << 64) - 1
    return number - (1 << 64) if number & _SEALED else number
