# SPDX-License-Identifier: MIT
"""Which awaits, in which order, in which groups. Knows no debugger.

Works on columns of whole slabs, as world.py does; of a million awaits only
those that are given back are decoded one by one. One walk answers everything,
the counts of all states too.

    >>> failed = Filter(states=frozenset({FAILED}))
    >>> found = select(world, failed, limit=20)
    >>> found.total, print_id(found.heads[0].id)
    (1, '#12.3')
    >>> group(world, Filter(), "function").groups
    [Group(key=('fetch',), states={1: 2, 4: 1})]

No await knows when it was made, nor does its id tell: places are used again,
and each size has its own. What is new is seen by comparing: a Mark remembers
which awaits there were.

    >>> mark = Mark(world)
    >>> select(later_world, Filter(mark=mark, old=False), 20).total
    3
"""

from __future__ import annotations

import heapq
import operator
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import compress, islice
from typing import Any, NamedTuple

from awaitmodel.structs import FREE, STATES, Head, LayoutError, Site
from awaitmodel.world import Part, World

GROUPS = ("function", "site", "state", "type", "thread")
ORDERS = ("id", "state", "function", "type", "site")

# What is sorted or grouped by: one word, or file, line and function.
Key = tuple[Any, ...]


class Filter(NamedTuple):
    """What to select; None selects all."""

    states: frozenset[int] | None = None
    function: re.Pattern[str] | None = None
    type: str | None = None
    site: tuple[str, int | None] | None = None
    addresses: frozenset[int] | None = None
    mark: Mark | None = None
    old: bool = False


class Mark:
    """The awaits of one moment; old are those that still are."""

    def __init__(self, world: World) -> None:
        self.total = 0
        self._lives: dict[int, list[int]] = {}
        for part in world.parts():
            lives = part.lives()
            self._lives[part.slab.address] = lives
            self.total += len(lives) - lives.count(0)

    def old(self, part: Part) -> Iterable[bool]:
        then = self._lives.get(part.slab.address, [])
        now = part.lives()
        return map(operator.eq, now, then) if then else [False] * len(now)


class Found:
    """counts: of all awaits by state; total: of those that match."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.total = 0
        self.heads: list[Head] = []


class Group(NamedTuple):
    key: Key
    states: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.states.values())


class Grouped:
    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.total = 0
        self.groups: list[Group] = []


def select(
    world: World,
    wanted: Filter,
    limit: int | None,
    order: str | None = None,
    reverse: bool = False,
) -> Found:
    """The first limit awaits that match; in order of their places if none is
    given."""
    found = Found()
    if order:
        _select_in_order(world, wanted, limit, order, reverse, found)
        return found
    for part, flags in _walk(world, wanted, found):
        room = None if limit is None else limit - len(found.heads)
        for index in islice(_set(flags), room):
            found.heads.append(_decode(world, part, index))
    return found


def _select_in_order(
    world: World,
    wanted: Filter,
    limit: int | None,
    order: str,
    reverse: bool,
    found: Found,
) -> None:
    parts: list[Part] = []

    def candidates() -> Iterator[tuple[object, int, int, int]]:
        for part, flags in _walk(world, wanted, found):
            parts.append(part)
            where = len(parts) - 1
            keys = compress(_keys(world, part, order), flags)
            ids = compress(part.ids(), flags)
            for key, number, index in zip(keys, ids, _set(flags)):
                yield key, number, where, index

    if limit is None:
        chosen = sorted(candidates(), reverse=reverse)
    elif reverse:
        chosen = heapq.nlargest(limit, candidates())
    else:
        chosen = heapq.nsmallest(limit, candidates())
    found.heads = [_decode(world, parts[w], index) for _, _, w, index in chosen]


def _keys(world: World, part: Part, order: str) -> Iterable[object]:
    if order == "id":
        return part.ids()
    if order == "state":
        return part.states
    # Not of free slots: their sites are links.
    live = set(compress(part.sites(), part.states))
    texts = {site: _site_key(world, site, order) for site in live}
    return (texts.get(site, ()) for site in part.sites())


def _decode(world: World, part: Part, index: int) -> Head:
    at = index * part.slab.slot_size
    return world.layout.head(part.slab, index, part.data[at:])


def group(world: World, wanted: Filter, by: str) -> Grouped:
    """Those that match, by what they have in common; the largest first."""
    grouped = Grouped()
    cells: Counter[tuple[int, int]] = Counter()
    for part, flags in _walk(world, wanted, grouped):
        if 1 not in flags:
            continue
        if by == "state":
            keys: Iterable[int] = part.states
        elif by == "thread":
            keys = part.owners()
        else:
            keys = part.sites()
        pairs: Iterable[tuple[int, int]] = zip(keys, part.states)
        cells.update(pairs if 0 not in flags else compress(pairs, flags))
    merged: dict[Key, Counter[int]] = {}
    for (raw, state), count in cells.items():
        key = _group_key(world, raw, by)
        merged.setdefault(key, Counter())[state] += count
    grouped.groups = [
        Group(key, dict(sorted(states.items()))) for key, states in merged.items()
    ]
    grouped.groups.sort(key=lambda each: (-each.total, str(each.key)))
    return grouped


def _group_key(world: World, raw: int, by: str) -> Key:
    if by == "state":
        return (STATES[raw] if raw < len(STATES) else f"damaged ({raw})",)
    if by == "thread":
        return (raw,)  # its index; 0 is none
    return _site_key(world, raw, by)


def _site_key(world: World, address: int, by: str) -> Key:
    try:
        site = world.layout.site(address)
    except LayoutError as error:
        return (f"<{error}>", 0, "") if by == "site" else (f"<{error}>",)
    func = site.func
    if by == "site":
        return site.file, site.line, func.name
    return (func.name if by == "function" else func.type.name,)


def sites(world: World) -> list[Site]:
    """Those that the awaits there are now were made at."""
    used: set[int] = set()
    for part in world.parts():
        used.update(compress(part.sites(), part.states))
    found = []
    for address in used:
        try:
            found.append(world.layout.site(address))
        except LayoutError:
            continue
    return found


# Flags: a byte for each slot of a slab, 1 where it is wanted.


def _walk(
    world: World, wanted: Filter, into: Found | Grouped
) -> Iterator[tuple[Part, bytes]]:
    table = bytes(
        state != FREE and (wanted.states is None or state in wanted.states)
        for state in range(256)
    )
    for part in world.parts():
        into.counts.update(part.counts())
        flags = part.states.translate(table)
        flags = _narrow(world, part, wanted, flags)
        into.total += flags.count(1)
        yield part, flags
    del into.counts[FREE]
    into.counts = Counter(dict(sorted(into.counts.items())))


def _narrow(world: World, part: Part, wanted: Filter, flags: bytes) -> bytes:
    if wanted.addresses is not None:
        near = bytearray(len(flags))
        for address in wanted.addresses:
            index, rest = divmod(address - part.slab.slot(0), part.slab.slot_size)
            if rest == 0 and 0 <= index < len(flags):
                near[index] = flags[index]
        flags = bytes(near)
    if wanted.function or wanted.type is not None or wanted.site:
        column = part.sites()
        used = set(compress(column, flags))
        right = {site for site in used if _site_matches(world, site, wanted)}
        if right != used:
            flags = _and(flags, map(right.__contains__, column))
    if wanted.mark is not None:
        old = wanted.mark.old(part)
        flags = _and(flags, old if wanted.old else map(operator.not_, old))
    return flags


def _and(flags: bytes, others: Iterable[bool]) -> bytes:
    more = int.from_bytes(bytes(others), "little")
    return (int.from_bytes(flags, "little") & more).to_bytes(len(flags), "little")


def _set(flags: bytes) -> Iterator[int]:
    return (match.start() for match in re.finditer(b"\1", flags))


def _site_matches(world: World, address: int, wanted: Filter) -> bool:
    try:
        site = world.layout.site(address)
    except LayoutError as error:
        world.warn(error)
        return False
    func = site.func
    if wanted.function and not wanted.function.fullmatch(func.name):
        return False
    if wanted.type not in (None, func.type.name, func.type.spelling):
        return False
    if wanted.site:
        file, line = wanted.site
        if file != site.file and not site.file.endswith(f"/{file}"):
            return False
        return line is None or line == site.line
    return True
