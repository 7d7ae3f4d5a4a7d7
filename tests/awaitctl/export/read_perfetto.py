# SPDX-License-Identifier: MIT
"""Reads a trace of Perfetto by its protobuf: trace.proto, trace_packet.proto,
track_event.proto, track_descriptor.proto, debug_annotation.proto.

Holds it to what the viewer needs: each event on a track that was described before,
slices that nest, flows with two ends at least, pids that are of one process.
"""

from __future__ import annotations

import collections
import dataclasses
import re
import struct
import typing

BEGIN, END, INSTANT, COUNTER = 1, 2, 3, 4


def fields(data: bytes) -> list[tuple[int, typing.Any]]:
    """The numbers and values of a message; a message in it is bytes."""
    found, at = [], 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = number()
        value: typing.Any
        if tag & 7 == 0:
            value = number()
        elif tag & 7 == 1:
            (value,) = struct.unpack_from("<Q", data, at)
            at += 8
        elif tag & 7 == 2:
            size = number()
            begin, at = at, at + size
            value = data[begin:at]
            assert len(value) == size, "cut short"
        else:
            raise AssertionError(f"wire type {tag & 7}")
        found.append((tag >> 3, value))
    return found


def one(message: bytes, number: int, default: typing.Any = None) -> typing.Any:
    values = [value for field, value in fields(message) if field == number]
    assert len(values) <= 1, f"field {number} {len(values)} times"
    return values[0] if values else default


@dataclasses.dataclass
class Event:
    time: int
    track: int
    type: int
    name: str
    category: str
    args: dict[str, typing.Any]
    flows: list[int]
    value: int = 0
    end: int = 0  # of a slice
    order: int = 0
    process: str = ""  # as its track's
    tid: int = 0


@dataclasses.dataclass
class Track:
    uuid: int
    name: str = ""
    parent: int = 0
    process: str = ""
    pid: int = 0
    tid: int = 0
    counter: bool = False


class Trace:
    def __init__(self, data: bytes) -> None:
        self.tracks: dict[int, Track] = {}
        self.events: list[Event] = []
        packets = fields(data)
        for i, (field, packet) in enumerate(packets):
            assert field == 1, "a packet"
            assert one(packet, 10) == 1, "sequence"
            assert (one(packet, 13) == 1) == (i == 0), "incremental state"
            if one(packet, 60) is not None:
                self.describe(one(packet, 60))
            else:
                self.add(one(packet, 8), one(packet, 11))
        self.slices = self.nest()
        self.instants = [x for x in self.events if x.type == INSTANT]
        self.counters = [x for x in self.events if x.type == COUNTER]
        self.flows: dict[int, list[Event]] = collections.defaultdict(list)
        for event in sorted(self.slices + self.instants, key=lambda x: x.time):
            for flow in event.flows:
                self.flows[flow].append(event)
        for flow, ends in self.flows.items():
            assert len(ends) >= 2, f"flow {flow} has one end"

    def describe(self, message: bytes) -> None:
        track = Track(one(message, 1), one(message, 2, b"").decode(), one(message, 5))
        process, thread = one(message, 3), one(message, 4)
        if process is not None:
            track.pid, track.process = one(process, 1), one(process, 6).decode()
            taken = [x for x in self.tracks.values() if x.process]
            assert track.pid not in [x.pid for x in taken], "one process for each"
        if thread is not None:
            track.pid, track.tid = one(thread, 1), one(thread, 2)
        track.counter = one(message, 8) is not None
        assert track.uuid not in self.tracks, "described once"
        assert track.parent is None or track.parent in self.tracks
        self.tracks[track.uuid] = track

    def add(self, time: int, message: bytes) -> None:
        args: dict[str, typing.Any] = {}
        for field, value in fields(message):
            if field == 4:
                name = one(value, 10).decode()
                text, integer = one(value, 6), one(value, 4)
                assert (text is None) != (integer is None)
                args[name] = text.decode() if text is not None else integer
        event = Event(
            time,
            one(message, 11),
            one(message, 9),
            one(message, 23, b"").decode(),
            one(message, 22, b"").decode(),
            args,
            [value for field, value in fields(message) if field in (47, 48)],
            one(message, 30, 0),
            order=len(self.events),
        )
        track = self.tracks[event.track]
        assert track.counter == (event.type == COUNTER)
        event.tid, event.process = track.tid, self.process_of(track)
        self.events.append(event)

    def process_of(self, track: Track) -> str:
        if track.parent:
            return self.tracks[track.parent].process
        names = [
            x.process for x in self.tracks.values() if x.process and x.pid == track.pid
        ]
        return names[0] if names else ""

    def nest(self) -> list[Event]:
        """As the viewer does: an end is of the slice that began last."""
        open: dict[int, list[Event]] = collections.defaultdict(list)
        slices = []
        for event in sorted(self.events, key=lambda x: (x.time, x.order)):
            if event.type == BEGIN:
                open[event.track].append(event)
            elif event.type == END:
                begun = open[event.track].pop()
                begun.end = event.time
                assert not set(begun.args) & set(event.args), "said twice"
                begun.args |= event.args
                slices.append(begun)
        assert not any(open.values()), "a slice without end"
        return slices

    def pid(self, event: Event) -> int:
        """The true one: a viewer's may stand for it."""
        match = re.search(r"-(\d+)(@.*)?$", event.process)
        assert match, event.process
        return int(match[1])
