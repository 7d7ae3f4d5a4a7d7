# SPDX-License-Identifier: MIT
"""What libawait keeps in memory, decoded: the plain records that layout.py
makes and everything above it passes on. Addresses are those of the process.

    >>> head
    Head(address=140737352368192, id=5, state=3, owner=0, refs=1, ...)
    >>> STATES[head.state]
    'resolved'
"""

from __future__ import annotations

from dataclasses import dataclass

FREE, PENDING, RUNNING, RESOLVED, FAILED, CANCELLED = range(6)
STATES = ("free", "pending", "running", "resolved", "failed", "cancelled")
LAZY, NOWAIT, PROMISE = range(3)


class LayoutError(Exception):
    """What cannot be read or believed, in one line."""


@dataclass(frozen=True)
class Type:
    address: int
    name: str
    spelling: str
    size: int
    kind: int


@dataclass(frozen=True)
class Arg:
    name: str
    spelling: str
    offset: int
    size: int
    kind: int


@dataclass(frozen=True)
class Func:
    address: int
    name: str
    type: Type
    args: tuple[Arg, ...]
    run: int
    args_offset: int
    value_offset: int
    slot_size: int
    origin: int


@dataclass(frozen=True)
class Site:
    address: int
    func: Func
    file: str
    function: str
    line: int


@dataclass(frozen=True)
class Slab:
    address: int
    first_id: int
    slot_size: int
    first_slot: int
    count: int
    next: int

    def slot(self, index: int) -> int:
        return self.address + self.first_slot + index * self.slot_size


@dataclass(frozen=True)
class Head:
    """One slot that may hold an await: its id, and its head as it is."""

    address: int
    id: int
    state: int
    owner: int
    refs: int
    site: int
    attempts: int
    error: int


@dataclass(frozen=True)
class Thread:
    index: int
    tid: int
    run: int
    blocked_on: int
    blocked_addr: int


@dataclass(frozen=True)
class Run:
    """A thread is in the function of an await: address is the run's own, on
    the thread's stack; wait is the call that runs it."""

    address: int
    awaited: int
    wait: int
