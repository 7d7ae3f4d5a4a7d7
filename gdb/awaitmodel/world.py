# SPDX-License-Identifier: MIT
"""All awaits and threads of one libawait, at one moment.

Damage never ends an answer: a World gives what is sound and adds a line to
`warnings` for what is not.

    >>> world = World(layout)
    >>> world.counts()
    {1: 2, 3: 1}
    >>> id_text(world.by_id(parse_id("#12.3")).id)
    '#12.3'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from awaitmodel.columns import SlabColumns
from awaitmodel.ids import id_text, slot_of
from awaitmodel.layout import Layout
from awaitmodel.memory import AwaitError
from awaitmodel.states import FREE
from awaitmodel.structs import Head, Run, Slab, Thread


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
            except AwaitError as error:
                self.warn(f"{error}; awaits behind it are not seen")
            self._slabs.sort(key=lambda slab: slab.first_id)
        return self._slabs

    def holds(self, address: int) -> bool:
        """Whether address lies in a slab of this libawait. The slabs of another
        libawait in the process look the same."""
        return any(
            slab.address <= address < slab.slot(slab.count) for slab in self.slabs()
        )

    def columns(self) -> Iterator[SlabColumns]:
        """The slots of all slabs. Only the caller keeps them."""
        for slab in self.slabs():
            try:
                data = self.layout.slots(slab)
            except AwaitError:
                self.warn(f"the slab at {slab.address:#x} is unreadable")
                continue
            yield SlabColumns(slab, data, self.layout.block)

    def counts(self) -> dict[int, int]:
        """How many awaits are in each state."""
        total: Counter[int] = Counter()
        for columns in self.columns():
            total.update(columns.counts())
        del total[FREE]
        return dict(sorted(total.items()))

    def by_id(self, number: int) -> Head:
        """The await with that id; AwaitError if there is none."""
        for slab in self.slabs():
            index = slot_of(number) - slab.first_id
            if 0 <= index < slab.count:
                head = self.layout.find(slab.slot(index))
                if head.state != FREE and head.id == number:
                    return head
        raise AwaitError(f"no await {id_text(number)}")

    def threads(self) -> list[Thread]:
        try:
            return self.layout.threads()
        except AwaitError as error:
            self.warn(error)
            return []

    def runs(self, thread: Thread) -> list[Run]:
        try:
            return self.layout.runs(thread)
        except AwaitError as error:
            self.warn(error)
            return []
