# SPDX-License-Identifier: MIT
"""The filters that libawait compares events with, for `await break`.

A thread whose event matches a filter calls await_trap(), on which the debugger has
a breakpoint. Filters are an array in the process; an event that only watched
awaits emit also needs the WATCH bit in the state words of all awaits that match.
All threads must be stopped while anything is written: then a few stores are
enough, in any order.

    >>> spec = parse(["hit", "fetch", "#12"])
    >>> str(spec)
    'hit fetch #12'
    >>> arm(layout, [spec], memory)
    >>> watch(layout, slabs, [spec], memory)
    >>> event_of_thread(layout, tid)
    Trapped(at=..., address=140737352368192, call=..., type=3, state=3, error=0)
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from awaitmodel.columns import column
from awaitmodel.ids import id_text, parse_id, slot_of
from awaitmodel.layout import Layout
from awaitmodel.memory import AwaitError, WritableMemory
from awaitmodel.states import FAILED, FREE, RESOLVED
from awaitmodel.structs import Slab

# enum await_event_type
CREATE, EXEC_BEGIN, EXEC_END, HIT = range(4)
DESTROY, RESOLVE, CANCEL, WAIT_END = 7, 8, 9, 10
OUTCOMES = (EXEC_END, RESOLVE)

_ANY = 0xFF
_U32 = struct.Struct("=I")
_U64 = struct.Struct("=Q")


# From this many on, awaits of a slab are marked by one write.
_MANY = 100


class Event:
    """What `await break` calls an event: some of libawait's types, if the await is in
    some states afterwards. states and bits, which are the types, have bits 1 << N."""

    def __init__(self, types: tuple[int, ...], states: int) -> None:
        self.types = types
        self.states = states
        self.bits = sum(1 << each for each in types)


EVENTS = {
    "create": Event((CREATE,), _ANY),
    "run": Event((EXEC_BEGIN,), _ANY),
    "fail": Event(OUTCOMES, 1 << FAILED),
    "hit": Event((HIT,), _ANY),
    "wait": Event((WAIT_END,), _ANY),
    "resolve": Event(OUTCOMES, 1 << RESOLVED),
    "cancel": Event((CANCEL,), _ANY),
    "destroy": Event((DESTROY,), _ANY),
}


class Trapped(NamedTuple):
    """struct trap_event: why a thread is in await_trap(). at: the address of the
    struct, on the stack of that thread; call: the call of libawait in the program."""

    at: int
    address: int
    call: int
    type: int
    state: int
    error: int


class Spec(NamedTuple):
    """A filter: an event, of any function and await or of those named."""

    event: str
    function: str | None = None
    id: int | None = None

    def __str__(self) -> str:
        number = None if self.id is None else id_text(self.id)
        return " ".join(filter(None, (self.event, self.function, number)))

    def matches(self, event: Trapped, function: str, number: int) -> bool:
        kind = EVENTS[self.event]
        return (
            event.type in kind.types
            and kind.states >> event.state & 1 == 1
            and self.matches_await(function, number)
        )

    def matches_await(self, function: str, number: int) -> bool:
        return self.function in (None, function) and self.id in (None, number)


def parse(words: list[str]) -> Spec:
    """EVENT [FUNCTION] [#ID]; ValueError says what is wrong."""
    known = ", ".join(EVENTS)
    if not words:
        raise ValueError(f"await break needs an event: {known}")
    event, *rest = words
    if event not in EVENTS:
        raise ValueError(f"unknown event {event!r}: it is one of {known}")
    function = number = None
    for word in rest:
        if word.startswith("#"):
            if number is not None:
                raise ValueError(f"one id is enough: {word}")
            number = parse_id(word)
        elif not word.isidentifier():
            raise ValueError(f"no function's name: {word} (ids look like #12)")
        elif function is not None:
            raise ValueError(f"one function is enough: {word}")
        else:
            function = word
    return Spec(event, function, number)


def _trap(layout: Layout) -> int:
    """The address of struct trap."""
    if "trap" not in layout.block:
        raise AwaitError("this libawait has no `await break`: it is an older one")
    return layout.block["trap"]


def _trap_member(layout: Layout, name: str) -> int:
    at = _trap(layout) + layout.block[name]
    return int(_U32.unpack(layout.read(at, 4))[0])


def is_armed(layout: Layout) -> bool:
    return _trap_member(layout, "trap_events") != 0


def arm(layout: Layout, specs: list[Spec], memory: WritableMemory) -> None:
    """Replaces all filters by these."""
    block, trap = layout.block, _trap(layout)
    if len(specs) > block["trap_filters_max"]:
        raise AwaitError(
            f"libawait has room for {block['trap_filters_max']} different"
            " `await break`s at once: delete or disable one"
        )
    # A filter without events ends the array.
    filters = b"".join(_pack(layout, spec) for spec in specs)
    filters += bytes(block["trap_stride"])
    events = 0
    for spec in specs:
        events |= EVENTS[spec.event].bits
    changes = (_trap_member(layout, "trap_changes") + 1) & 0xFFFFFFFF
    memory.write(trap + block["trap_filters"], filters)
    memory.write(trap + block["trap_events"], _U32.pack(events))
    memory.write(trap + block["trap_changes"], _U32.pack(changes))
    armed = _U32.pack(_trap_member(layout, "trap_listened") | events)
    for name in ("armed", "trap_armed"):
        memory.write(block[name], armed)


def _pack(layout: Layout, spec: Spec) -> bytes:
    block = layout.block
    name = (spec.function or "").encode()
    if len(name) >= block["filter_name_size"]:
        raise AwaitError(
            f"function names of {block['filter_name_size']} and more characters"
            " are too long for `await break`"
        )
    data = bytearray(block["trap_stride"])
    kind = EVENTS[spec.event]
    _U32.pack_into(data, block["filter_events"], kind.bits)
    _U32.pack_into(data, block["filter_states"], kind.states)
    _U64.pack_into(data, block["filter_id"], spec.id or 0)
    struct.pack_into(f"{len(name)}s", data, block["filter_name"], name)
    return bytes(data)


def watched(layout: Layout, specs: list[Spec]) -> list[Spec]:
    """The filters with events that only watched awaits emit."""
    return [
        spec for spec in specs if EVENTS[spec.event].bits & layout.block["trap_watched"]
    ]


def watch(
    layout: Layout, slabs: Iterable[Slab], specs: list[Spec], memory: WritableMemory
) -> None:
    """Sets WATCH in the awaits that the filters need and clears it in all others.
    It is not cleared while a sink needs it as well, which marks all awaits."""
    wanted = watched(layout, specs)
    keep = _trap_member(layout, "trap_listened") & layout.block["trap_watched"] != 0
    if keep and not wanted:
        return
    for slab in slabs:
        try:
            _watch_slab(layout, slab, wanted, keep, memory)
        except AwaitError:
            pass  # `info awaits` says that it is unreadable


def _watch_slab(
    layout: Layout, slab: Slab, wanted: list[Spec], keep: bool, memory: WritableMemory
) -> None:
    block = layout.block
    bit, mask, offset = block["state_watch"], block["state_mask"], block["await_state"]
    data = layout.slots(slab)
    words = column(data, "I", offset, slab.slot_size)
    flags = _matching_slots(layout, slab, data, wanted)
    changed = [
        index
        for index, (word, flag) in enumerate(zip(words, flags))
        if word & mask != FREE and (word & bit != 0) != flag and (flag or not keep)
    ]
    if len(changed) < _MANY:
        for index in changed:
            memory.write(slab.slot(index) + offset, _U32.pack(words[index] ^ bit))
        return
    # All threads are stopped, so what lies between is written as it was.
    start, end = changed[0] * slab.slot_size, (changed[-1] + 1) * slab.slot_size
    span = bytearray(data[start:end])
    for index in changed:
        at = index * slab.slot_size - start + offset
        _U32.pack_into(span, at, words[index] ^ bit)
    memory.write(slab.slot(changed[0]), bytes(span))


def _matching_slots(
    layout: Layout, slab: Slab, data: memoryview, wanted: list[Spec]
) -> list[bool]:
    """For each slot whether a filter matches its await, if it holds one."""
    if any(spec.function is None and spec.id is None for spec in wanted):
        return [True] * slab.count
    names = {spec.function for spec in wanted if spec.id is None}
    flags = [False] * slab.count
    if names:
        sites = column(data, "Q", layout.block["await_site"], slab.slot_size)
        matching = {site for site in set(sites) if _function(layout, site) in names}
        flags = [site in matching for site in sites]
    for spec in wanted:
        if spec.id is None:
            continue
        index = slot_of(spec.id) - slab.first_id
        if 0 <= index < slab.count:
            start = index * slab.slot_size
            head = layout.head(slab, index, data[start:])
            if spec.matches_await(_function(layout, head.site) or "", head.id):
                flags[index] = True
    return flags


def _function(layout: Layout, site: int) -> str | None:
    try:
        return layout.site(site).func.name
    except AwaitError:
        return None


def event_of_thread(layout: Layout, tid: int) -> Trapped | None:
    """Why the thread is in await_trap(); None if it is not there."""
    block = layout.block
    if "trap" not in block:
        return None
    for thread in layout.threads():
        if thread.tid == tid:
            entry = block["threads"] + thread.index * block["thread_stride"]
            at = _U64.unpack(layout.read(entry + block["thread_trapped"], 8))[0]
            return _read_trapped(layout, at) if at else None
    return None


def _read_trapped(layout: Layout, at: int) -> Trapped:
    def member(name: str, form: str) -> int:
        data = layout.read(at + layout.block[name], struct.calcsize(form))
        return int(struct.unpack(form, data)[0])

    return Trapped(
        at=at,
        address=member("trapped_await", "=Q"),
        call=member("trapped_addr", "=Q"),
        type=member("trapped_type", "=I"),
        state=member("trapped_state", "=I"),
        error=member("trapped_error", "=i"),
    )
