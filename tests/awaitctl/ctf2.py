# SPDX-License-Identifier: MIT
"""Makes metadata of CTF 2: a sequence of JSON texts, as LTTng writes it from 2.15
on. RINGS is what rings.tsdl says, in this language.
"""

from __future__ import annotations

import json
import struct
import typing

import harness  # noqa: F401: knows where the next is

import versions

Class = dict[str, typing.Any]


def sequence(*texts: Class) -> str:
    return "".join(f"\x1e{json.dumps(text, indent=2)}\n" for text in texts)


def number(bits: int, *roles: str, signed: bool = False) -> Class:
    sign = "signed" if signed else "unsigned"
    made: Class = {
        "type": f"fixed-length-{sign}-integer",
        "length": bits,
        "byte-order": "little-endian",
        "alignment": 8,
    }
    return made | ({"roles": list(roles)} if roles else {})


def fields(**members: Class) -> Class:
    listed = [{"name": name, "field-class": of} for name, of in members.items()]
    return {"type": "structure", "member-classes": listed}


def large_header() -> Class:
    """That of LTTng's events."""
    clock = "default-clock-timestamp"
    compact = fields(timestamp=number(32, clock))
    extended = fields(
        id=number(32, "event-record-class-id"), timestamp=number(64, clock)
    )
    variant = {
        "type": "variant",
        "selector-field-location": {
            "origin": "event-record-header",
            "path": ["id"],
        },
        "options": [
            {
                "name": name,
                "field-class": of,
                "selector-field-ranges": [[least, most]],
            }
            for name, of, least, most in (
                ("compact", compact, 0, 65534),
                ("extended", extended, 65535, 65535),
            )
        ],
    }
    return fields(id=number(16, "event-record-class-id"), v=variant)


def trace(event: str, payload: Class, uid: str = "trace") -> str:
    """Of one stream and one event."""
    clock = "default-clock-timestamp"
    return sequence(
        {"type": "preamble", "version": 2, "uuid": [0] * 16},
        {
            "type": "trace-class",
            "uid": uid,
            "namespace": "lttng.org,2009",
            "environment": {
                "domain": "ust",
                "tracer_name": "lttng-ust",
                "hostname": "here",
            },
            "packet-header-field-class": fields(
                magic=number(32, "packet-magic-number"),
                uuid={
                    "type": "static-length-blob",
                    "length": 16,
                    "roles": ["metadata-stream-uuid"],
                },
                stream_id=number(32, "data-stream-class-id"),
                stream_instance_id=number(64, "data-stream-id"),
            ),
        },
        {
            "type": "clock-class",
            "id": "clock",
            "uid": "clock",
            "frequency": 10**9,
            "origin": "unix-epoch",
        },
        {
            "type": "data-stream-class",
            "id": 0,
            "default-clock-class-id": "clock",
            "packet-context-field-class": fields(
                timestamp_begin=number(64, clock),
                timestamp_end=number(64, "packet-end-" + clock),
                content_size=number(64, "packet-content-length"),
                packet_size=number(64, "packet-total-length"),
                packet_seq_num=number(64, "packet-sequence-number"),
                events_discarded=number(64, "discarded-event-record-counter-snapshot"),
                cpu_id=number(32),
            ),
            "event-record-header-field-class": large_header(),
            "event-record-common-context-field-class": fields(
                vpid=number(32, signed=True),
                vtid=number(32, signed=True),
                procname={"type": "static-length-string", "length": 17},
            ),
        },
        {
            "type": "event-record-class",
            "id": 0,
            "data-stream-class-id": 0,
            "name": event,
            "payload-field-class": payload,
        },
    )


def packet(*payloads: bytes, number: int = 0) -> bytes:
    """Of a trace() with an event for each, of process 1. number: of the packet."""
    head, event = struct.Struct("<I16sIQ6QI"), struct.Struct("<HIii17s")
    events = b"".join(
        event.pack(0, time, 1, 1, b"program") + payload
        for time, payload in enumerate(payloads, 1)
    )
    size = 8 * (head.size + len(events))
    begin_and_end = 1, len(payloads)
    packed = head.pack(
        0xC1FC1FC1, bytes(16), 0, 0, *begin_and_end, size, size, number, 0, 0
    )
    return packed + events


RINGS = trace(
    "await:made",
    fields(
        id=number(64),
        function={"type": "null-terminated-string"},
        odd=number(8) | {"mappings": {"no": [[0, 0]], "yes": [[1, 1]]}},
        _stack_length=number(64),
        stack={
            "type": "dynamic-length-array",
            "element-field-class": number(64),
            "length-field-location": {
                "origin": "event-record-payload",
                "path": ["_stack_length"],
            },
        },
    ),
)


def babeltrace2_reads_it() -> bool:
    return versions.installed("babeltrace2") >= (2, 1)


WHY_NOT = f"CTF 2 takes babeltrace2 2.1, this is {versions.text('babeltrace2')}"
