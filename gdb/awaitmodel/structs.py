# SPDX-License-Identifier: MIT
"""The structs that libawait keeps in memory, decoded.

layout.py makes them and everything above it passes them on. Addresses are those
of the process. They are tuples because dataclasses would take longer to load
than all the rest of these scripts.

    >>> head
    Head(address=140737352368192, id=5, state=3, owner=0, refs=1, ...)
    >>> state_text(head.state)
    'resolved'
"""

# Without annotations from __future__, which are strings: NamedTuple would compile
# each, and all scripts would take a tenth longer to load.
from typing import NamedTuple


class Type(NamedTuple):
    """struct await_type: the type of an await's value."""

    address: int
    name: str
    spelling: str
    size: int
    kind: int


class Arg(NamedTuple):
    """struct await_arg: an argument; offset counts from the first one."""

    name: str
    spelling: str
    offset: int
    size: int
    kind: int


class Func(NamedTuple):
    """struct await_func: a function that makes awaits. Its run() is 0 if it has
    none: for nowait and for promises. Offsets count from the slot."""

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
    """struct await_site: the line of source code that creates an await."""

    address: int
    func: Func
    file: str
    function: str
    line: int
    held_at: int = 0  # of an AWAIT_STATIC: how far behind it its handle is


class Slab(NamedTuple):
    """struct slab: an array of slots of one size."""

    address: int
    first_id: int
    slot_size: int
    first_slot: int
    count: int  # type: ignore[assignment]  # hides tuple.count()
    next: int

    def slot(self, index: int) -> int:
        return self.address + self.first_slot + index * self.slot_size


class Head(NamedTuple):
    """struct await of one slot, and the id that the slot's await has. The slot may
    be free."""

    address: int
    id: int
    state: int
    owner: int
    refs: int
    site: int
    attempts: int
    error: int
    stop: bool = False  # its run was asked to stop


class Thread(NamedTuple):
    """struct thread: what a thread does with awaits; 0 where it does nothing. any: all
    that it sleeps on, if these are several; blocked_on is the first of them."""

    index: int  # type: ignore[assignment]  # hides tuple.index()
    tid: int
    run: int
    blocked_on: int
    blocked_addr: int
    any: tuple[int, ...] = ()

    def waits(self) -> tuple[int, ...]:
        """The awaits that it sleeps on."""
        return self.any or ((self.blocked_on,) if self.blocked_on else ())


class Run(NamedTuple):
    """struct run: a thread is in the function of an await. `frame` is an address on
    its stack, between the frames of that function and those of the call in the
    program that runs the await, which is `wait`."""

    frame: int
    awaited: int
    wait: int
