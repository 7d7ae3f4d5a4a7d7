# SPDX-License-Identifier: MIT
"""Reads a profile of the Firefox Profiler by its processed format, version 61
(src/types/profile.ts, src/types/markers.ts, CHANGELOG-formats.md there)."""

from __future__ import annotations

import dataclasses
import json
import re
import typing

COLUMNS = "startTime", "endTime", "phase", "category", "name", "data"
INSTANT, INTERVAL = 0, 1
SHARED = {
    "stringArray",
    "sources",
    "stackTable",
    "frameTable",
    "funcTable",
    "resourceTable",
    "nativeSymbols",
}
META = {"interval", "startTime", "processType", "product", "stackwalk", "version"}
FORMATS = {"string": str, "nanoseconds": int, "tid": int, "integer": int}


@dataclasses.dataclass
class Mark:
    pid: int
    tid: int
    name: str
    kind: str
    begin: int  # ns
    end: int
    data: dict[str, typing.Any]


def ns(number: str) -> int:
    match = re.fullmatch(r"(\d+)\.(\d{6})", number)
    assert match, number
    return int(match[1]) * 10**6 + int(match[2])


def read(data: bytes) -> list[Mark]:
    """Numbers with a point are ms and stay text, so that no ns is lost here."""
    profile = json.loads(data, parse_float=str)
    meta, shared = profile["meta"], profile["shared"]
    assert meta["preprocessedProfileVersion"] == 61
    assert META <= set(meta), META - set(meta)
    assert profile["libs"] == []
    assert set(shared) == SHARED
    for name in SHARED - {"stringArray"}:
        assert shared[name].pop("length") == 0
        assert not any(shared[name].values()), name
    assert meta["categories"][0] == {
        "name": "Other",
        "color": "grey",
        "subcategories": ["Other"],
    }
    schemas = {
        x["name"]: {field["key"]: field["format"] for field in x["fields"]}
        for x in meta["markerSchema"]
    }
    marks = []
    for thread in profile["threads"]:
        assert isinstance(thread["pid"], str) and isinstance(thread["tid"], int)
        assert thread["samples"]["length"] == 0
        marks += read_markers(thread, shared["stringArray"], meta, schemas)
    return marks


def read_markers(
    thread: dict[str, typing.Any],
    strings: list[str],
    meta: dict[str, typing.Any],
    schemas: dict[str, dict[str, str]],
) -> list[Mark]:
    markers = thread["markers"]
    assert set(markers) == {*COLUMNS, "length"}
    marks = []
    for column in COLUMNS:
        assert len(markers[column]) == markers["length"], column
    for row in zip(*(markers[column] for column in COLUMNS)):
        begin, end, phase, category, name, data = row
        assert phase in (INSTANT, INTERVAL)
        assert (end is None) == (phase == INSTANT)
        assert 0 <= category < len(meta["categories"])
        schema = schemas[data.pop("type")]
        for key, value in data.items():
            assert isinstance(value, FORMATS[schema[key]]), key
        pid = int(thread["pid"].split(".")[0])
        kind = ["other", "run", "sleep", "event"][category]
        last = ns(end) if end is not None else ns(begin)
        mark = Mark(pid, thread["tid"], strings[name], kind, ns(begin), last, data)
        assert mark.begin <= mark.end
        assert mark.end <= ns(meta["profilingEndTime"])
        marks.append(mark)
    nested(marks)
    return marks


def nested(marks: list[Mark]) -> None:
    """The schema says that they are."""
    open: list[Mark] = []
    intervals = [x for x in marks if x.kind in ("run", "sleep")]
    for mark in sorted(intervals, key=lambda x: (x.begin, -x.end)):
        while open and open[-1].end <= mark.begin:
            open.pop()
        assert not open or mark.end <= open[-1].end, "overlaps"
        open.append(mark)
