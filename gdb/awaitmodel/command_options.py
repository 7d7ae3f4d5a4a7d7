# SPDX-License-Identifier: MIT
"""The options of `info awaits` and `await log`.

    >>> options = parse_list(["-state", "failed", "-limit", "5"])
    >>> options.wanted.states, options.limit
    (frozenset({4}), 5)

Options begin with one dash or two. Errors are ValueErrors of one line that says
what is wrong.
"""

from __future__ import annotations

import fnmatch
import re
from typing import NamedTuple

from awaitmodel.ids import parse_id
from awaitmodel.query import GROUPS, ORDERS, Filter
from awaitmodel.states import parse_states

LIMIT = 20

# Options with the names of their values, None for those without a value.
LIST_OPTIONS = {
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


class ListOptions(NamedTuple):
    """Which awaits to list, and how. thread is a number of the debugger's, age is
    "new" or "old"; only the debugger can complete `wanted` by them. limit: None for
    all."""

    wanted: Filter
    thread: int | None
    age: str | None
    order: str | None
    reverse: bool
    group: str | None
    limit: int | None
    json: bool


class LogOptions(NamedTuple):
    """Which events to show. thread is a number of the debugger's; limit: None for
    all."""

    id: int | None
    function: re.Pattern[str] | None
    thread: int | None
    limit: int | None
    json: bool


def parse_list(words: list[str]) -> ListOptions:
    given, others = _pairs(words, LIST_OPTIONS, _HELP)
    if others:
        raise ValueError(f"unknown option {others[0]}: {_HELP}")
    if "reverse" in given and "sort" not in given:
        given["sort"] = "id"
    _not_both(given, "new", "old")
    _not_both(given, "group", "reverse")
    _not_both(given, "group", "sort")
    wanted = Filter(
        states=parse_states(given["state"]) if "state" in given else None,
        function=parse_glob(given["function"]) if "function" in given else None,
        type=given.get("type"),
        site=_site(given["site"]) if "site" in given else None,
    )
    return ListOptions(
        wanted=wanted,
        thread=_number(given, "thread", None),
        age="new" if "new" in given else "old" if "old" in given else None,
        order=_key(given, "sort", ORDERS),
        reverse="reverse" in given,
        group=_key(given, "group", GROUPS),
        limit=_number(given, "limit", LIMIT) or None,
        json="json" in given,
    )


def parse_log(words: list[str], advice: str = _LOG_HELP) -> LogOptions:
    given, others = _pairs(words, LOG_OPTIONS, advice)
    ids = [word for word in others if re.match("#|[0-9]", word)]
    names = [word for word in others if word not in ids]
    if len(ids) > 1 or len(names) > 1:
        raise ValueError(f"one #ID and one FUNCTION at most: {advice}")
    return LogOptions(
        id=parse_id(ids[0]) if ids else None,
        function=parse_glob(names[0]) if names else None,
        thread=_number(given, "thread", None),
        limit=_number(given, "n", LIMIT) or None,
        json="json" in given,
    )


def _pairs(
    words: list[str], options: dict[str, str | None], advice: str
) -> tuple[dict[str, str], list[str]]:
    """The options with their values ("" for those without), and the other words."""
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


def parse_glob(pattern: str) -> re.Pattern[str]:
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
