# SPDX-License-Identifier: MIT
"""What the user typed behind `info awaits`, and behind `await log`. Knows no
debugger.

    >>> asked = parse(["-state", "failed", "-limit", "5"])
    >>> asked["state"], asked["limit"]
    ('failed', '5')

Two dashes do as well as one. What is wrong is a ValueError of one line.
"""

from __future__ import annotations

import fnmatch
import re
from typing import NamedTuple

from awaitmodel.query import GROUPS, ORDERS, Filter
from awaitmodel.structs import STATES
from awaitmodel.world import parse_id

LIMIT = 20

# Each with the name of its value; None for those that have none.
OPTIONS = {
    "state": "S[,S]...",
    "function": "GLOB",
    "type": "NAME",
    "thread": "N",
    "site": "FILE[:LINE]",
    "new": None,
    "old": None,
    "sort": "KEY",
    "reverse": None,
    "group": "KEY",
    "limit": "N",
    "json": None,
}

LOG_OPTIONS = {"thread": "N", "n": "COUNT", "json": None}

_HELP = "see `help info awaits`"
_LOG_HELP = "see `help await log`"


class Asked(NamedTuple):
    """thread is gdb's number of one, age is "new" or "old": neither is in
    wanted, as who asks has to look them up."""

    wanted: Filter
    thread: int | None
    age: str | None
    order: str | None
    reverse: bool
    group: str | None
    limit: int | None
    json: bool


class AskedLog(NamedTuple):
    """thread is gdb's number of one; limit None: all."""

    id: int | None
    function: re.Pattern[str] | None
    thread: int | None
    limit: int | None
    json: bool


def parse(words: list[str]) -> Asked:
    given, others = _pairs(words, OPTIONS, _HELP)
    if others:
        raise ValueError(f"unknown option {others[0]}: {_HELP}")
    if "reverse" in given and "sort" not in given:
        given["sort"] = "id"
    _not_both(given, "new", "old")
    _not_both(given, "group", "reverse")
    _not_both(given, "group", "sort")
    wanted = Filter(
        states=_states(given["state"]) if "state" in given else None,
        function=_glob(given["function"]) if "function" in given else None,
        type=given.get("type"),
        site=_site(given["site"]) if "site" in given else None,
    )
    return Asked(
        wanted=wanted,
        thread=_number(given, "thread", None),
        age="new" if "new" in given else "old" if "old" in given else None,
        order=_key(given, "sort", ORDERS),
        reverse="reverse" in given,
        group=_key(given, "group", GROUPS),
        limit=_number(given, "limit", LIMIT) or None,
        json="json" in given,
    )


def parse_log(words: list[str], advice: str = _LOG_HELP) -> AskedLog:
    given, others = _pairs(words, LOG_OPTIONS, advice)
    ids = [word for word in others if re.match("#|[0-9]", word)]
    names = [word for word in others if word not in ids]
    if len(ids) > 1 or len(names) > 1:
        raise ValueError(f"one #ID and one FUNCTION at most: {advice}")
    return AskedLog(
        id=parse_id(ids[0]) if ids else None,
        function=_glob(names[0]) if names else None,
        thread=_number(given, "thread", None),
        limit=_number(given, "n", LIMIT) or None,
        json="json" in given,
    )


def _pairs(
    words: list[str], options: dict[str, str | None], advice: str
) -> tuple[dict[str, str], list[str]]:
    """The options, and the words that are none."""
    given: dict[str, str] = {}
    others = []
    rest = iter(words)
    for word in rest:
        name = re.sub("^--?", "", word)
        if not word.startswith("-"):
            others.append(word)
            continue
        if name not in options:
            raise ValueError(f"unknown option {word}: {advice}")
        if name in given:
            raise ValueError(f"-{name} was given twice")
        value: str | None = ""
        if options[name] is not None:
            value = next(rest, None)
        if value is None:
            raise ValueError(f"{word} needs a value: {advice}")
        given[name] = value
    return given, others


def _not_both(given: dict[str, str], one: str, other: str) -> None:
    if one in given and other in given:
        raise ValueError(f"-{one} and -{other} do not go together")


def _states(names: str) -> frozenset[int]:
    for name in names.split(","):
        if name not in STATES[1:]:
            known = ", ".join(STATES[1:])
            raise ValueError(f"unknown state {name!r}: it is one of {known}")
    return frozenset(STATES.index(name) for name in names.split(","))


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))


def _site(text: str) -> tuple[str, int | None]:
    file, colon, line = text.rpartition(":")
    if not colon:
        return text, None
    if not file or not re.fullmatch("[0-9]{1,9}", line):
        raise ValueError(f"-site needs FILE or FILE:LINE, not {text}")
    return file, int(line)


def _number(given: dict[str, str], name: str, default: int | None) -> int | None:
    if name not in given:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", given[name]):
        raise ValueError(f"-{name} needs a number, not {given[name]}")
    return int(given[name])


def _key(given: dict[str, str], name: str, known: tuple[str, ...]) -> str | None:
    if name in given and given[name] not in known:
        raise ValueError(f"-{name} needs one of {', '.join(known)}, not {given[name]}")
    return given.get(name)
