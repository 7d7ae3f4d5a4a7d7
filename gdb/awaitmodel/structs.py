# SPDX-License-Identifier: MIT
"""What libawait keeps in memory, decoded: the plain records that layout.py
makes and everything above it passes on. Addresses are those of the process.
Tuples: dataclasses would take longer to load than all else here.

    >>> head
    Head(address=140737352368192, id=5, state=3, owner=0, refs=1, ...)
    >>> STATES[head.state]
    'resolved'
"""

from __future__ import annotations

from typing import NamedTuple

FREE, PENDING, RUNNING, RESOLVED, FAILED, CANCELLED = range(6)
STATES = ("free", "pending", "running", "resolved", "failed", "cancelled")
LAZY, NOWAIT, PROMISE = range(3)


class LayoutError(Exception):
    """What cannot be read or believed, in one line."""


class Type(NamedTuple):
    address: int
    name: str
    spelling: str
    size: int
    kind: int


class Arg(NamedTuple):
    name: str
    spelling: str
    offset: int
    size: int
    kind: int


class Func(NamedTuple):
    address: int
    name: str
    type: Type
    args: tuple[Arg, ...]
    run: int
    args_offset: int
    value_offset: int
    slot_size: int
    origin: int


class Site(NamedTuple):
    address: int
    func: Func
    file: str
    function: str
    line: int


class Slab(NamedTuple):
    address: int
    first_id: int
    slot_size: int
    first_slot: int
    count: int  # type: ignore[assignment]  # not that of tuples
    next: int

    def slot(self, index: int) -> int:
        return self.address + self.first_slot + index * self.slot_size


class Head(NamedTuple):
    """One slot that may hold an await: its id, and its head as it is."""

    address: int
    id: int
    state: int
    owner: int
    refs: int
    site: int
    attempts: int
    error: int


class Thread(NamedTuple):
    index: int  # type: ignore[assignment]  # not that of tuples
    tid: int
    run: int
    blocked_on: int
    blocked_addr: int


class Run(NamedTuple):
    """A thread is in the function of an await: address is the run's own, on
    the thread's stack; wait is the call that runs it."""

    address: int
    awaited: int
    wait: int
