# SPDX-License-Identifier: MIT
"""The slots of a slab as columns: one member of the struct for all slots.

Decoding a million slots one by one takes seconds; cutting a column out of their
bytes takes milliseconds. So questions about all awaits are answered by columns,
and only what is shown is decoded.

    >>> columns = SlabColumns(slab, layout.slots(slab), layout.block)
    >>> columns.states[:4], columns.ids()[:2]
    (b'\\x03\\x01\\x00\\x03', [1, 2])
"""

from __future__ import annotations

import functools
import sys
from collections import Counter

from awaitmodel.ids import SLOT_BITS
from awaitmodel.states import RUNNING, STATES
from awaitmodel.structs import Slab


def column(data: memoryview, form: str, offset: int, stride: int) -> list[int]:
    """The integer of that form ("I", "Q") at offset in each stride of data, all of
    them aligned."""
    cells = data.cast(form)  # type: ignore[call-overload]
    width = cells.itemsize
    first, step = offset // width, stride // width
    found: list[int] = cells[first::step].tolist()
    return found


class SlabColumns:
    """One slab. Free slots have entries, too; states are 0 there."""

    def __init__(self, slab: Slab, data: memoryview, block: dict[str, int]) -> None:
        self.slab = slab
        self.data = data
        self._block = block
        # One byte of the state word holds the whole state: debug_block.py checks it.
        low = block["await_state"] + (3 if sys.byteorder == "big" else 0)
        step = slab.slot_size
        states = data[low::step].tobytes()
        self.states = states.translate(_masked(block["state_mask"]))

    def counts(self) -> dict[int, int]:
        """How many slots are in each state."""
        known = {state: self.states.count(state) for state in range(len(STATES))}
        if sum(known.values()) != len(self.states):
            return Counter(self.states)  # damaged
        return {state: n for state, n in known.items() if n}

    def sites(self) -> list[int]:
        """Addresses of creation sites; meaningless numbers for free slots."""
        return self._column("Q", "await_site")

    def ids(self) -> list[int]:
        first = self.slab.first_id
        serials = self._column("I", "await_serial")
        # Not by make_id(): a million calls add a third to the time.
        return [(s >> 8 << SLOT_BITS) + first + i for i, s in enumerate(serials)]

    def lives(self) -> list[int]:
        """How many awaits the slot has held, the present one included; 0 for free
        slots."""
        serials = self._column("I", "await_serial")
        return [(s >> 8) + 1 if f else 0 for s, f in zip(serials, self.states)]

    def owners(self) -> list[int]:
        """Indices of the threads that run them; 0 for awaits that do not run."""
        if RUNNING not in self.states:
            return [0] * len(self.states)
        words = self._column("I", "await_state")
        shift = self._block["state_owner_shift"]
        return [
            word >> shift if state == RUNNING else 0
            for word, state in zip(words, self.states)
        ]

    def _column(self, form: str, name: str) -> list[int]:
        return column(self.data, form, self._block[name], self.slab.slot_size)


@functools.cache
def _masked(mask: int) -> bytes:
    return bytes(byte & mask for byte in range(256))
