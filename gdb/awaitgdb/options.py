# SPDX-License-Identifier: MIT
"""What the user typed behind `info awaits`. Knows no debugger.

    >>> asked = parse(["-state", "failed", "-limit", "5"])
    >>> asked["state"], asked["limit"]
    ('failed', '5')

Two dashes do as well as one. What is wrong is a ValueError of one line.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass

from awaitgdb.query import GROUPS, ORDERS, Filter
from awaitgdb.records import STATES

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

_HELP = "see `help info awaits`"


@dataclass(frozen=True)
class Asked:
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


def parse(words: list[str]) -> Asked:
    given = _pairs(words)
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


def _pairs(words: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name = re.sub("^--?", "", word)
        if not word.startswith("-") or name not in OPTIONS:
            raise ValueError(f"unknown option {word}: {_HELP}")
        if name in given:
            raise ValueError(f"-{name} was given twice")
        value: str | None = ""
        if OPTIONS[name] is not None:
            value = next(rest, None)
        if value is None:
            raise ValueError(f"{word} needs a value: {_HELP}")
        given[name] = value
    if "reverse" in given and "sort" not in given:
        given.setdefault("sort", "id")
    return given


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
