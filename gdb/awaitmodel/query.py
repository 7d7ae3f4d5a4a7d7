# SPDX-License-Identifier: MIT
"""Selects, sorts and groups awaits.

Works on columns of whole slabs, see columns.py: of a million awaits only those
that are returned are decoded. Every question takes one walk, which counts the
states of all awaits as well.

    >>> failed = Filter(states=frozenset({FAILED}))
    >>> found = select(world, failed, limit=20)
    >>> found.total, id_text(found.heads[0].id)
    (1, '#12.3')
    >>> group(world, Filter(), "function").groups
    [Group(key=('fetch',), states={1: 2, 4: 1})]

Nothing in memory says when an await was created, and its id does not either, as
slots are used again. New awaits are found by comparison with a Mark, which
remembers the awaits of an earlier moment.

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

from awaitmodel.columns import SlabColumns
from awaitmodel.memory import AwaitError
from awaitmodel.states import FREE, state_text
from awaitmodel.structs import Head, Site
from awaitmodel.world import World

GROUPS = ("function", "site", "state", "type", "thread")
ORDERS = ("id", "state", "function", "type", "site")

# What awaits are sorted or grouped by: one word, or file, line and function.
Key = tuple[Any, ...]


class Filter(NamedTuple):
    """Which awaits to select; None selects all. With a mark: those that were there
    then (old), or the others."""

    states: frozenset[int] | None = None
    function: re.Pattern[str] | None = None
    type: str | None = None
    site: tuple[str, int | None] | None = None
    addresses: frozenset[int] | None = None
    mark: Mark | None = None
    old: bool = False


class Mark:
    """The awaits that exist at one moment."""

    def __init__(self, world: World) -> None:
        self.total = 0
        self._lives: dict[int, list[int]] = {}
        for columns in world.columns():
            lives = columns.lives()
            self._lives[columns.slab.address] = lives
            self.total += len(lives) - lives.count(0)

    def old(self, columns: SlabColumns) -> Iterable[bool]:
        """For each slot whether its await existed at that moment."""
        then = self._lives.get(columns.slab.address, [])
        now = columns.lives()
        return map(operator.eq, now, then) if then else [False] * len(now)


class Found:
    """counts: all awaits by state. total: how many match. heads: those of them that
    are to be shown."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.total = 0
        self.heads: list[Head] = []


class Group(NamedTuple):
    """Awaits with the same key, counted by state."""

    key: Key
    states: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.states.values())


class Grouped:
    """counts and total as in Found."""

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
    """The first `limit` awaits that match. Without an order they are sorted by slab
    and slot, which costs nothing."""
    found = Found()
    if order:
        _select_in_order(world, wanted, limit, order, reverse, found)
        return found
    for columns, flags in _walk(world, wanted, found):
        room = None if limit is None else limit - len(found.heads)
        for index in islice(_indices(flags), room):
            found.heads.append(_decode(world, columns, index))
    return found


def _select_in_order(
    world: World,
    wanted: Filter,
    limit: int | None,
    order: str,
    reverse: bool,
    found: Found,
) -> None:
    slabs: list[SlabColumns] = []

    def candidates() -> Iterator[tuple[object, int, int, int]]:
        for columns, flags in _walk(world, wanted, found):
            slabs.append(columns)
            where = len(slabs) - 1
            keys = compress(_keys(world, columns, order), flags)
            ids = compress(columns.ids(), flags)
            for key, number, index in zip(keys, ids, _indices(flags)):
                yield key, number, where, index

    if limit is None:
        chosen = sorted(candidates(), reverse=reverse)
    elif reverse:
        chosen = heapq.nlargest(limit, candidates())
    else:
        chosen = heapq.nsmallest(limit, candidates())
    found.heads = [_decode(world, slabs[w], index) for _, _, w, index in chosen]


def _keys(world: World, columns: SlabColumns, order: str) -> Iterable[object]:
    """What each slot's await is sorted by."""
    if order == "id":
        return columns.ids()
    if order == "state":
        return columns.states
    # In free slots the site's place holds a link to another slot.
    live = set(compress(columns.sites(), columns.states))
    texts = {site: _site_key(world, site, order) for site in live}
    return (texts.get(site, ()) for site in columns.sites())


def _decode(world: World, columns: SlabColumns, index: int) -> Head:
    at = index * columns.slab.slot_size
    return world.layout.head(columns.slab, index, columns.data[at:])


def group(world: World, wanted: Filter, by: str) -> Grouped:
    """The awaits that match, grouped by one of GROUPS, the largest group first."""
    grouped = Grouped()
    cells: Counter[tuple[int, int]] = Counter()
    for columns, flags in _walk(world, wanted, grouped):
        if 1 not in flags:
            continue
        if by == "state":
            keys: Iterable[int] = columns.states
        elif by == "thread":
            keys = columns.owners()
        else:
            keys = columns.sites()
        pairs: Iterable[tuple[int, int]] = zip(keys, columns.states)
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
        return (state_text(raw),)
    if by == "thread":
        return (raw,)  # the index of the thread, or 0
    return _site_key(world, raw, by)


def _site_key(world: World, address: int, by: str) -> Key:
    try:
        site = world.layout.site(address)
    except AwaitError as error:
        return (f"<{error}>", 0, "") if by == "site" else (f"<{error}>",)
    func = site.func
    if by == "site":
        return site.file, site.line, func.name
    return (func.name if by == "function" else func.type.name,)


def sites(world: World) -> list[Site]:
    """The sites at which the present awaits were created."""
    used: set[int] = set()
    for columns in world.columns():
        used.update(compress(columns.sites(), columns.states))
    found = []
    for address in used:
        try:
            found.append(world.layout.site(address))
        except AwaitError:
            continue
    return found


# Flags: one byte for each slot of a slab, 1 if its await matches.


def _walk(
    world: World, wanted: Filter, into: Found | Grouped
) -> Iterator[tuple[SlabColumns, bytes]]:
    """All slabs with their flags; adds up the counts and the total."""
    table = bytes(
        state != FREE and (wanted.states is None or state in wanted.states)
        for state in range(256)
    )
    for columns in world.columns():
        into.counts.update(columns.counts())
        flags = columns.states.translate(table)
        flags = _narrow(world, columns, wanted, flags)
        into.total += flags.count(1)
        yield columns, flags
    del into.counts[FREE]
    into.counts = Counter(dict(sorted(into.counts.items())))


def _narrow(world: World, columns: SlabColumns, wanted: Filter, flags: bytes) -> bytes:
    """Clears the flags of awaits that do not match, whatever their state."""
    slab = columns.slab
    if wanted.addresses is not None:
        near = bytearray(len(flags))
        for address in wanted.addresses:
            index, rest = divmod(address - slab.slot(0), slab.slot_size)
            if rest == 0 and 0 <= index < len(flags):
                near[index] = flags[index]
        flags = bytes(near)
    if wanted.function or wanted.type is not None or wanted.site:
        sites = columns.sites()
        used = set(compress(sites, flags))
        matching = {site for site in used if _site_matches(world, site, wanted)}
        if matching != used:
            flags = _and(flags, map(matching.__contains__, sites))
    if wanted.mark is not None:
        old = wanted.mark.old(columns)
        flags = _and(flags, old if wanted.old else map(operator.not_, old))
    return flags


def _and(flags: bytes, others: Iterable[bool]) -> bytes:
    more = int.from_bytes(bytes(others), "little")
    return (int.from_bytes(flags, "little") & more).to_bytes(len(flags), "little")


def _indices(flags: bytes) -> Iterator[int]:
    return (match.start() for match in re.finditer(b"\1", flags))


def _site_matches(world: World, address: int, wanted: Filter) -> bool:
    try:
        site = world.layout.site(address)
    except AwaitError as error:
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
