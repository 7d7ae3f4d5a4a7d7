# SPDX-License-Identifier: MIT
"""Reads a file of speedscope by https://www.speedscope.app/file-format-schema.json,
which has no more members than are looked at here, and by what the viewer says of it:
events in the order of time, each closed frame the one that was opened last."""

from __future__ import annotations

import json
import re
import typing

SCHEMA = "https://www.speedscope.app/file-format-schema.json"


class Shown(typing.NamedTuple):
    pid: int
    tid: int
    name: str
    begin: int
    end: int


def only(value: dict[str, typing.Any], *names: str) -> None:
    assert set(value) <= set(names), set(value) - set(names)


def read(data: bytes) -> list[Shown]:
    file = json.loads(data)
    only(file, "$schema", "exporter", "name", "profiles", "shared")
    assert file["$schema"] == SCHEMA
    frames = file["shared"]["frames"]
    for frame in frames:
        only(frame, "name", "file", "line")
        assert isinstance(frame["name"], str)
        assert isinstance(frame.get("file", ""), str)
        assert isinstance(frame.get("line", 0), int)
    shown = []
    for profile in file["profiles"]:
        shown += read_profile(profile, frames)
    return shown


def read_profile(
    profile: dict[str, typing.Any], frames: list[dict[str, typing.Any]]
) -> list[Shown]:
    only(profile, "type", "name", "unit", "startValue", "endValue", "events")
    assert (profile["type"], profile["unit"]) == ("evented", "nanoseconds")
    match = re.search(r"-(\d+)(?:@.*)?, thread (\d+)$", profile["name"])
    assert match, profile["name"]
    shown = []
    open: list[tuple[int, int]] = []
    last = profile["startValue"]
    for event in profile["events"]:
        only(event, "type", "at", "frame")
        assert isinstance(event["at"], int) and event["at"] >= last, "goes back"
        last = event["at"]
        if event["type"] == "O":
            open.append((event["frame"], last))
            continue
        assert event["type"] == "C"
        frame, begin = open.pop()
        assert frame == event["frame"], "not the one that was opened last"
        name = frames[frame]["name"]
        shown.append(Shown(int(match[1]), int(match[2]), name, begin, last))
    assert not open, "not closed"
    assert last <= profile["endValue"]
    return shown
