# SPDX-License-Identifier: MIT
"""Questions about all awaits of a process. Knows no debugger.

A million awaits are counted and filtered as columns of whole slabs; only what
is shown is decoded one by one. Damage never ends an answer: what is sound is
given, the rest becomes a line in `warnings`.

    >>> world = World(layout)
    >>> world.counts()
    {1: 2, 3: 1}
    >>> found, total = world.select(Filter(states=frozenset({PENDING})), 20)
    >>> print_id(found[0].id), total
    ('#12.3', 1)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from awaitgdb.layout import Layout
from awaitgdb.records import FREE, Head, LayoutError, Slab, Thread


def print_id(number: int) -> str:
    """#12, or #12.3 for the third await that reused the place of #12."""
    generation, slot = number >> 32, number & 0xFFFFFFFF
    return f"#{slot}.{generation}" if generation else f"#{slot}"


def parse_id(text: str) -> int:
    """The opposite; ValueError if text is not an id."""
    match = re.fullmatch(r"#?(\d+)(?:\.(\d+))?", text.strip())
    if not match:
        raise ValueError(f"not an await's id: {text} (ids look like #12 or #12.3)")
    return (int(match[2] or 0) << 32) + int(match[1])


@dataclass(frozen=True)
class Filter:
    """What to select; None selects all."""

    states: frozenset[int] | None = None
    function: re.Pattern[str] | None = None
    type: str | None = None


class World:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.warnings: list[str] = []
        self._slabs: list[Slab] | None = None

    def warn(self, text: object) -> None:
        if str(text) not in self.warnings:
            self.warnings.append(str(text))

    def slabs(self) -> list[Slab]:
        """All slabs that can be reached, in the order of their ids."""
        if self._slabs is None:
            self._slabs = []
            try:
                for slab in self.layout.slabs():
                    self._slabs.append(slab)
            except LayoutError as error:
                self.warn(f"{error}; awaits behind it are not seen")
            self._slabs.sort(key=lambda slab: slab.first_id)
        return self._slabs

    def _slots(self) -> Iterator[tuple[Slab, memoryview]]:
        for slab in self.slabs():
            try:
                yield slab, self.layout.slots(slab)
            except LayoutError:
                self.warn(f"the slab at {slab.address:#x} is unreadable")

    def _states(self, slab: Slab, data: memoryview) -> list[int]:
        mask = self.layout.abi["state_mask"]
        words = self._column(slab, data, "I", "await_state")
        return [word & mask for word in words]

    def _column(self, slab: Slab, data: memoryview, form: str, name: str) -> list[int]:
        cells = data.cast(form)
        width = cells.itemsize
        start, step = self.layout.abi[name] // width, slab.slot_size // width
        return cells[start::step].tolist()

    def counts(self) -> dict[int, int]:
        """How many awaits are in each state."""
        total: Counter[int] = Counter()
        for slab, data in self._slots():
            total.update(self._states(slab, data))
        del total[FREE]
        return dict(sorted(total.items()))

    def select(self, wanted: Filter, limit: int | None) -> tuple[list[Head], int]:
        """The first limit awaits that match, and how many do."""
        found: list[Head] = []
        total = 0
        for slab, data in self._slots():
            hits = self._matches(slab, data, wanted)
            total += len(hits)
            for index in hits:
                if limit is not None and len(found) >= limit:
                    break
                at = index * slab.slot_size
                found.append(self.layout.head(slab, index, data[at:]))
        return found, total

    def _matches(self, slab: Slab, data: memoryview, wanted: Filter) -> list[int]:
        states = self._states(slab, data)
        if wanted.states is None:
            hits = [i for i, state in enumerate(states) if state != FREE]
        else:
            hits = [i for i, state in enumerate(states) if state in wanted.states]
        if wanted.function is None and wanted.type is None:
            return hits
        sites = self._column(slab, data, "Q", "await_site")
        used = {sites[i] for i in hits}
        right = {site for site in used if self._site_matches(site, wanted)}
        return [i for i in hits if sites[i] in right]

    def _site_matches(self, address: int, wanted: Filter) -> bool:
        try:
            func = self.layout.site(address).func
        except LayoutError as error:
            self.warn(error)
            return False
        if wanted.function and not wanted.function.search(func.name):
            return False
        names = (func.type.name, func.type.spelling)
        return wanted.type is None or wanted.type in names

    def functions(self) -> set[str]:
        """The names of all awaits' functions."""
        names = set()
        for slab, data in self._slots():
            states = self._states(slab, data)
            sites = self._column(slab, data, "Q", "await_site")
            for address in {site for site, state in zip(sites, states) if state}:
                try:
                    names.add(self.layout.site(address).func.name)
                except LayoutError as error:
                    self.warn(error)
        return names

    def by_id(self, number: int) -> Head:
        """The await with that id; LayoutError if there is none."""
        slot = number & 0xFFFFFFFF
        for slab in self.slabs():
            index = slot - slab.first_id
            if 0 <= index < slab.count:
                head = self.layout.find(slab.slot(index))
                if head.state != FREE and head.id == number:
                    return head
        raise LayoutError(f"no await {print_id(number)}")

    def threads(self) -> list[Thread]:
        try:
            return self.layout.threads()
        except LayoutError as error:
            self.warn(error)
            return []

    def runs(self, thread: Thread) -> list[int]:
        try:
            return self.layout.runs(thread)
        except LayoutError as error:
            self.warn(error)
            return []
