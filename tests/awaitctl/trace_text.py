# SPDX-License-Identifier: MIT
"""The events of awaits in what `babeltrace2 --clock-seconds` prints."""

from __future__ import annotations

import dataclasses
import re
import typing

LINE = re.compile(r"\[(\d+)\.(\d{9})\] .*? await:(\w+): \{[^}]*\}, \{(.*?)\}, \{(.*)\}")
FIELD = re.compile(
    r'(\w+) = (?:\( "\w+" : container = (-?\d+) \)|"((?:[^"\\]|\\.)*)"|(-?\w+))'
)


@dataclasses.dataclass
class Event:
    time: int  # ns
    name: str
    pid: int
    tid: int
    fields: dict[str, typing.Any]


def events_of(text: str) -> typing.Iterator[Event]:
    for line in text.splitlines():
        match = LINE.search(line)
        if not match:
            continue
        fields: dict[str, typing.Any] = {}
        for part in match[4], match[5]:
            for name, label, string, number in FIELD.findall(part):
                if label or number:
                    fields[name] = int(label or number, 0)
                else:
                    fields[name] = string
        time = int(match[1]) * 10**9 + int(match[2])
        yield Event(time, match[3], fields["vpid"], fields["vtid"], fields)
