# SPDX-License-Identifier: MIT
"""What `await break` asks of libawait: filters, as src/libawait/core/trap.c has them. Knows
no debugger.

All threads must be stopped while anything is written: then a few stores are
enough, in any order.

    >>> spec = parse(["hit", "fetch", "#12"])
    >>> str(spec)
    'hit fetch #12'
    >>> arm(layout, [spec], write)
    >>> watch(layout, slabs, [spec], write)
    >>> trapped(layout, tid)
    Trapped(at=..., address=140737352368192, call=..., type=3, state=3, error=0)
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple

from awaitmodel.layout import Layout
from awaitmodel.structs import FAILED, FREE, RESOLVED, LayoutError, Slab
from awaitmodel.world import parse_id, print_id

Write = Callable[[int, bytes], None]

# enum await_event_type
CREATE, EXEC_BEGIN, EXEC_END, HIT = range(4)
DESTROY, RESOLVE, CANCEL = 7, 8, 9
OUTCOMES = (EXEC_END, RESOLVE)

_ANY = 0xFF
_U32 = struct.Struct("=I")
_U64 = struct.Struct("=Q")


class Event(NamedTuple):
    types: tuple[int, ...]
    states: int  # those that it brings, as bits

    @property
    def bits(self) -> int:
        return sum(1 << kind for kind in self.types)


EVENTS = {
    "create": Event((CREATE,), _ANY),
    "run": Event((EXEC_BEGIN,), _ANY),
    "fail": Event(OUTCOMES, 1 << FAILED),
    "hit": Event((HIT,), _ANY),
    "resolve": Event(OUTCOMES, 1 << RESOLVED),
    "cancel": Event((CANCEL,), _ANY),
    "destroy": Event((DESTROY,), _ANY),
}


class Trapped(NamedTuple):
    """What a thread has stopped for. at: where on its stack that stands; call: of
    libawait, in the user's code."""

    at: int
    address: int
    call: int
    type: int
    state: int
    error: int


class Spec(NamedTuple):
    """A filter; None is any."""

    event: str
    function: str | None = None
    id: int | None = None

    def __str__(self) -> str:
        number = None if self.id is None else print_id(self.id)
        return " ".join(filter(None, (self.event, self.function, number)))

    def wants(self, event: Trapped, function: str, number: int) -> bool:
        kind = EVENTS[self.event]
        return (
            event.type in kind.types
            and kind.states >> event.state & 1 == 1
            and self.function in (None, function)
            and self.id in (None, number)
        )

    def wants_await(self, function: str, number: int) -> bool:
        return self.function in (None, function) and self.id in (None, number)


def parse(words: list[str]) -> Spec:
    """EVENT [FUNCTION] [#ID]; ValueError tells what is wrong."""
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


def _get(layout: Layout, name: str) -> int:
    base = _base(layout)
    return int(_U32.unpack(layout.read(base + layout.abi[name], 4))[0])


def _base(layout: Layout) -> int:
    if "trap" not in layout.abi:
        raise LayoutError("this libawait has no `await break`: it is an older one")
    return layout.abi["trap"]


def is_armed(layout: Layout) -> bool:
    return _get(layout, "trap_events") != 0


def arm(layout: Layout, specs: list[Spec], write: Write) -> None:
    """Makes these the filters there are."""
    abi, base = layout.abi, _base(layout)
    if len(specs) > abi["trap_filters_max"]:
        raise LayoutError(
            f"libawait has room for {abi['trap_filters_max']} different"
            " `await break`s at once: delete or disable one"
        )
    # The one after the last has no events.
    filters = b"".join(_pack(layout, spec) for spec in specs) + bytes(
        abi["trap_stride"]
    )
    events = 0
    for spec in specs:
        events |= EVENTS[spec.event].bits
    changes = (_get(layout, "trap_changes") + 1) & 0xFFFFFFFF
    write(base + abi["trap_filters"], filters)
    write(base + abi["trap_events"], _U32.pack(events))
    write(base + abi["trap_changes"], _U32.pack(changes))
    armed = _U32.pack(_get(layout, "trap_listened") | events)
    for name in ("armed", "trap_armed"):
        write(abi[name], armed)


def _pack(layout: Layout, spec: Spec) -> bytes:
    abi = layout.abi
    name = (spec.function or "").encode()
    if len(name) >= abi["filter_name_size"]:
        raise LayoutError(
            f"function names of {abi['filter_name_size']} and more characters"
            " are too long for `await break`"
        )
    data = bytearray(abi["trap_stride"])
    kind = EVENTS[spec.event]
    _U32.pack_into(data, abi["filter_events"], kind.bits)
    _U32.pack_into(data, abi["filter_states"], kind.states)
    _U64.pack_into(data, abi["filter_id"], spec.id or 0)
    struct.pack_into(f"{len(name)}s", data, abi["filter_name"], name)
    return bytes(data)


def watched(layout: Layout, specs: list[Spec]) -> list[Spec]:
    """Those whose events only watched awaits bring."""
    return [
        spec for spec in specs if EVENTS[spec.event].bits & layout.abi["trap_watched"]
    ]


def watch(
    layout: Layout, slabs: Iterable[Slab], specs: list[Spec], write: Write
) -> None:
    """Marks the awaits that they need, and no others but those of sinks: these
    may just be about to mark all, too."""
    wanted = watched(layout, specs)
    keep = _get(layout, "trap_listened") & layout.abi["trap_watched"] != 0
    if keep and not wanted:
        return
    for slab in slabs:
        try:
            _watch_slab(layout, slab, wanted, keep, write)
        except LayoutError:
            pass  # `info awaits` says that it is unreadable


def _watch_slab(
    layout: Layout, slab: Slab, wanted: list[Spec], keep: bool, write: Write
) -> None:
    abi, bit = layout.abi, layout.abi["state_watch"]
    mask, offset = abi["state_mask"], abi["await_state"]
    data = layout.slots(slab)
    words = _column(data, slab, "I", offset)
    flags = _wanted_slots(layout, slab, data, wanted)
    changed = [
        index
        for index, (word, flag) in enumerate(zip(words, flags))
        if word & mask != FREE and (word & bit != 0) != flag and (flag or not keep)
    ]
    if len(changed) < 100:
        for index in changed:
            write(slab.slot(index) + offset, _U32.pack(words[index] ^ bit))
        return
    # At once; what lies between is as it was.
    start, end = changed[0] * slab.slot_size, (changed[-1] + 1) * slab.slot_size
    span = bytearray(data[start:end])
    for index in changed:
        at = index * slab.slot_size - start + offset
        _U32.pack_into(span, at, words[index] ^ bit)
    write(slab.slot(changed[0]), bytes(span))


def _column(data: memoryview, slab: Slab, form: str, offset: int) -> list[int]:
    cells = data.cast(form)  # type: ignore[call-overload]
    start, step = offset // cells.itemsize, slab.slot_size // cells.itemsize
    return list(cells[start::step])


def _wanted_slots(
    layout: Layout, slab: Slab, data: memoryview, wanted: list[Spec]
) -> list[bool]:
    """For each slot whether its await is wanted, if there is one."""
    if any(spec.function is None and spec.id is None for spec in wanted):
        return [True] * slab.count
    names = {spec.function for spec in wanted if spec.id is None}
    flags = [False] * slab.count
    if names:
        sites = _column(data, slab, "Q", layout.abi["await_site"])
        right = {site for site in set(sites) if _function(layout, site) in names}
        flags = [site in right for site in sites]
    for spec in wanted:
        index = ((spec.id or 0) & 0xFFFFFFFF) - slab.first_id
        if spec.id is not None and 0 <= index < slab.count:
            start = index * slab.slot_size
            head = layout.head(slab, index, data[start:])
            if spec.wants_await(_function(layout, head.site) or "", head.id):
                flags[index] = True
    return flags


def _function(layout: Layout, site: int) -> str | None:
    try:
        return layout.site(site).func.name
    except LayoutError:
        return None


def trapped(layout: Layout, tid: int) -> Trapped | None:
    """Why that thread is in await_trap(); None if it is not there."""
    abi = layout.abi
    if "trap" not in abi:
        return None
    for thread in layout.threads():
        if thread.tid == tid:
            entry = abi["threads"] + thread.index * abi["thread_stride"]
            at = _U64.unpack(layout.read(entry + abi["thread_trapped"], 8))[0]
            return _read_trapped(layout, at) if at else None
    return None


def _read_trapped(layout: Layout, at: int) -> Trapped:
    def number(name: str, form: str) -> int:
        where = at + layout.abi[name]
        return int(struct.unpack(form, layout.read(where, struct.calcsize(form)))[0])

    return Trapped(
        at=at,
        address=number("trapped_await", "=Q"),
        call=number("trapped_addr", "=Q"),
        type=number("trapped_type", "=I"),
        state=number("trapped_state", "=I"),
        error=number("trapped_error", "=i"),
    )
