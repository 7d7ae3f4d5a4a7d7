# SPDX-License-Identifier: MIT
"""Questions about all awaits of a process. Knows no debugger.

A million awaits are looked at as columns of whole slabs, see Part and query.py;
only what is shown is decoded one by one. Damage never ends an answer: what is
sound is given, the rest becomes a line in `warnings`.

    >>> world = World(layout)
    >>> world.counts()
    {1: 2, 3: 1}
    >>> print_id(world.by_id(parse_id("#12.3")).id)
    '#12.3'
"""

from __future__ import annotations

import functools
import re
import sys
from collections import Counter
from collections.abc import Iterator

from awaitmodel.layout import Layout
from awaitmodel.structs import (
    FREE,
    RUNNING,
    STATES,
    Head,
    LayoutError,
    Run,
    Slab,
    Thread,
)


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


class Part:
    """The slots of one slab, as columns with an entry for each."""

    def __init__(self, slab: Slab, data: memoryview, abi: dict[str, int]) -> None:
        self.slab = slab
        self.data = data
        self._abi = abi
        # One byte of the word holds the whole state (layout.py checks it).
        low = abi["await_state"] + (3 if sys.byteorder == "big" else 0)
        step = slab.slot_size
        column = data[low::step].tobytes()
        self.states = column.translate(_masked(abi["state_mask"]))

    def counts(self) -> dict[int, int]:
        """How many slots are in each state, free ones too."""
        known = {state: self.states.count(state) for state in range(len(STATES))}
        if sum(known.values()) != len(self.states):
            return Counter(self.states)  # damaged
        return {state: n for state, n in known.items() if n}

    def sites(self) -> list[int]:
        """Addresses of creation sites; of free slots, anything."""
        return self._column("Q", "await_site")

    def ids(self) -> list[int]:
        serials = self._column("I", "await_serial")
        first = self.slab.first_id
        return [(s >> 8 << 32) + first + i for i, s in enumerate(serials)]

    def lives(self) -> list[int]:
        """Which await of its place each is, from 1; 0 of free slots."""
        serials = self._column("I", "await_serial")
        return [(s >> 8) + 1 if f else 0 for s, f in zip(serials, self.states)]

    def owners(self) -> list[int]:
        """Indices of the threads that run them, or 0."""
        if RUNNING not in self.states:
            return [0] * len(self.states)
        words = self._column("I", "await_state")
        shift = self._abi["state_owner_shift"]
        states = self.states
        return [w >> shift if s == RUNNING else 0 for w, s in zip(words, states)]

    def _column(self, form: str, name: str) -> list[int]:
        cells = self.data.cast(form)
        width = cells.itemsize
        start, step = self._abi[name] // width, self.slab.slot_size // width
        return cells[start::step].tolist()


@functools.cache
def _masked(mask: int) -> bytes:
    return bytes(byte & mask for byte in range(256))


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

    def holds(self, address: int) -> bool:
        """Whether it lies in one of these slabs: those of another libawait in
        the process look the same."""
        return any(
            slab.address <= address < slab.slot(slab.count) for slab in self.slabs()
        )

    def parts(self) -> Iterator[Part]:
        """The slots of all slabs; kept no longer than the caller does."""
        for slab in self.slabs():
            try:
                data = self.layout.slots(slab)
            except LayoutError:
                self.warn(f"the slab at {slab.address:#x} is unreadable")
                continue
            yield Part(slab, data, self.layout.abi)

    def counts(self) -> dict[int, int]:
        """How many awaits are in each state."""
        total: Counter[int] = Counter()
        for part in self.parts():
            total.update(part.counts())
        del total[FREE]
        return dict(sorted(total.items()))

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

    def runs(self, thread: Thread) -> list[Run]:
        try:
            return self.layout.runs(thread)
        except LayoutError as error:
            self.warn(error)
            return []
