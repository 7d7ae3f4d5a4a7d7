# SPDX-License-Identifier: MIT
"""Decodes what libawait keeps in memory. Knows no debugger.

Everything starts at the debug block (src/abi/debug.h), a constant that gives every
address and offset. From there two ways lead to all that exists:

    block.slabs -> slab -> slab -> ...        each an array of slots
                    `-> slot -> site -> func -> type, args
    block.threads -> thread -> run -> run     what each thread is in, inside out

A back-end gives one function, read(address, size) -> bytes, which raises
LayoutError where memory cannot be read. The memory may be damaged: all that is
read is checked before it is believed, and what is wrong is a LayoutError of
one line.

    >>> layout = Layout(read, address_of_await_debug)
    >>> [slab.count for slab in layout.slabs()]
    [8190]
    >>> head = layout.find(0x7ffff7500040)
    >>> head.state, layout.site(head.site).func.name
    (1, 'fetch')
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from awaitmodel.structs import (
    CANCELLED,
    RESOLVED,
    Arg,
    Func,
    Head,
    LayoutError,
    Run,
    Site,
    Slab,
    Thread,
    Type,
)

Read = Callable[[int, int], bytes]

MAGIC = 0x5542474454495741
MAJOR = 1

# The order of struct await_debug_block after magic, major, minor and size.
_U64 = "slabs threads thread_count armed slab_magic_value"
_U32 = """
slab_magic slab_next slab_first_id slab_size slab_slot_size slab_first_slot
slab_count slab_alignment
await_state await_refs await_site await_serial await_error await_head
state_mask state_watch state_waiters state_doomed state_owner_shift
site_func site_file site_function site_line
func_name func_type func_args func_run func_arg_count func_args_offset
func_value_offset func_slot_size func_origin
type_name type_spelling type_size type_kind
arg_name arg_spelling arg_offset arg_size arg_kind arg_stride
thread_tid thread_run thread_blocked_on thread_blocked_addr thread_stride
run_await run_outer run_addr
"""
_SINCE_1 = "slab_kept kept_args kept_stride"
_SINCE_2_U64 = "trap trap_function trap_armed"
_SINCE_2 = """
trap_listened trap_events trap_changes trap_filters trap_filters_max
trap_stride trap_watched
filter_events filter_states filter_id filter_name filter_name_size
thread_trapped
trapped_await trapped_addr trapped_type trapped_state trapped_error
"""
_NAMES = _U64.split() + _U32.split()
_START = struct.Struct("=QHHI")
_MINOR_1 = struct.Struct("=3I4x")
_MINOR_2 = struct.Struct("=3Q18I")
_REST = struct.Struct(f"={len(_U64.split())}Q{len(_U32.split())}I")

# More than any real library has; what claims more is damaged.
_MAX_STRING = 1024
_MAX_ARGS = 64
_MAX_THREADS = 1 << 20
_MAX_RUNS = 1 << 16
_MAX_FIELD = 1 << 12
_ALIGNMENTS = [1 << bit for bit in range(12, 27)]
_PAGE = 4096


class Layout:
    """One process at one moment. Descriptors are decoded once and kept, so
    make a new one when the process has run."""

    def __init__(self, read: Read, address: int) -> None:
        self.read = read
        self.address = address
        self._sites: dict[int, Site] = {}
        self._funcs: dict[int, Func] = {}
        magic, major, minor, size = _START.unpack(read(address, _START.size))
        if magic != MAGIC:
            raise LayoutError(
                f"the debug block of libawait at {address:#x} is damaged"
                f" (magic {magic:#x})"
            )
        if major != MAJOR:
            raise LayoutError(
                f"libawait's debug block has version {major}.{minor}, these"
                f" scripts know {MAJOR}.x: use those of that libawait"
            )
        if size < _START.size + _REST.size:
            raise LayoutError(f"the debug block of libawait has only {size} bytes")
        rest = _REST.unpack(read(address + _START.size, _REST.size))
        self.abi: dict[str, int] = dict(zip(_NAMES, rest))
        offsets = set(_U32.split())
        known = _START.size + _REST.size
        for names, form, are_offsets in (
            (_SINCE_1, _MINOR_1, _SINCE_1),
            (f"{_SINCE_2_U64} {_SINCE_2}", _MINOR_2, _SINCE_2),
        ):
            if size < known + form.size:
                break
            more = read(address + known, form.size)
            self.abi.update(zip(names.split(), form.unpack(more)))
            offsets.update(are_offsets.split())
            known += form.size
        if not (
            self.abi["slab_alignment"] in _ALIGNMENTS
            and self.abi["await_head"] in range(8, _MAX_FIELD, 8)
            and self.abi["state_mask"] <= 0xFF
            and max(self.abi[name] for name in offsets) <= _ALIGNMENTS[-1]
        ):
            raise LayoutError("the debug block of libawait is damaged")

    # Single fields. `name` is an offset of the block.

    def _u32(self, base: int, name: str) -> int:
        return int(struct.unpack("=I", self.read(base + self.abi[name], 4))[0])

    def _u64(self, base: int, name: str) -> int:
        return int(struct.unpack("=Q", self.read(base + self.abi[name], 8))[0])

    def _string_at(self, base: int, name: str) -> str:
        return self.string(self._u64(base, name)).decode("utf-8", "replace")

    def string(self, address: int, limit: int = _MAX_STRING) -> bytes:
        """The bytes up to a NUL, or the first limit of them."""
        found = b""
        while len(found) < limit:
            # Never past the page's end: the next may be missing.
            room = _PAGE - (address + len(found)) % _PAGE
            part = self.read(address + len(found), min(room, limit - len(found)))
            end = part.find(b"\0")
            if end >= 0:
                return found + part[:end]
            found += part
        return found

    # Slabs and slots.

    def slabs(self) -> Iterator[Slab]:
        """All slabs, newest first. Raises after the last one that is sound."""
        seen = set()
        address = struct.unpack("=Q", self.read(self.abi["slabs"], 8))[0]
        while address:
            if address in seen:
                raise LayoutError(f"the slab list is damaged: loop at {address:#x}")
            seen.add(address)
            slab = self.slab(address)
            yield slab
            address = slab.next

    def slab(self, address: int) -> Slab:
        if address % self.abi["slab_alignment"]:
            raise LayoutError(f"the slab list is damaged: no slab at {address:#x}")
        try:
            magic = self._u64(address, "slab_magic")
        except LayoutError:
            raise LayoutError(
                f"the slab list is damaged: {address:#x} is unreadable"
            ) from None
        slot_size = self._u32(address, "slab_slot_size")
        count = self._u32(address, "slab_count")
        first = self._u32(address, "slab_first_slot")
        if (
            magic != self.abi["slab_magic_value"]
            or slot_size < self.abi["await_head"]
            or slot_size % 8
            or first % 8
            or count == 0
            or first + slot_size * count > self._u64(address, "slab_size")
            # Only a slab of one slot may be larger than the alignment.
            or (count > 1 and slot_size * count > self.abi["slab_alignment"])
        ):
            raise LayoutError(f"the slab at {address:#x} is damaged")
        return Slab(
            address=address,
            first_id=self._u64(address, "slab_first_id"),
            slot_size=slot_size,
            first_slot=first,
            count=count,
            next=self._u64(address, "slab_next"),
        )

    def slots(self, slab: Slab) -> memoryview:
        """The heads of all slots at once; payloads too but for a large slot."""
        if slab.count == 1:
            return memoryview(self.read(slab.slot(0), self.abi["await_head"]))
        return memoryview(self.read(slab.slot(0), slab.count * slab.slot_size))

    def head(self, slab: Slab, index: int, data: bytes | memoryview) -> Head:
        """Decodes slot number index, whose head stands in data."""
        abi = self.abi
        (word,) = struct.unpack_from("=I", data, abi["await_state"])
        (refs,) = struct.unpack_from("=I", data, abi["await_refs"])
        (site,) = struct.unpack_from("=Q", data, abi["await_site"])
        (serial,) = struct.unpack_from("=I", data, abi["await_serial"])
        (error,) = struct.unpack_from("=i", data, abi["await_error"])
        return Head(
            address=slab.slot(index),
            id=((serial >> 8) << 32) + slab.first_id + index,
            state=word & abi["state_mask"],
            owner=word >> abi["state_owner_shift"],
            refs=refs,
            site=site,
            attempts=serial & 0xFF,
            error=error,
        )

    def find(self, address: int) -> Head:
        """The slot at address, free or not; LayoutError if there is none."""
        try:
            slab = self.slab(address & -self.abi["slab_alignment"])
        except LayoutError:
            raise LayoutError(self._why_not(address)) from None
        index, rest = divmod(address - slab.slot(0), slab.slot_size)
        if rest or not 0 <= index < slab.count:
            raise LayoutError("is not an await: it is not where one begins")
        return self.head(slab, index, self.read(address, self.abi["await_head"]))

    def args(self, head: Head, func: Func) -> int | None:
        """Where the arguments lie; None when they are gone."""
        if head.state not in (RESOLVED, CANCELLED):
            return head.address + func.args_offset
        if "slab_kept" not in self.abi:
            return None
        slab = self.slab(head.address & -self.abi["slab_alignment"])
        table = self._u64(slab.address, "slab_kept")
        if not table:
            return None
        index = (head.address - slab.slot(0)) // slab.slot_size
        return self._u64(table + index * self.abi["kept_stride"], "kept_args") or None

    def _why_not(self, address: int) -> str:
        try:
            self.read(address, 1)
        except LayoutError:
            return "is not readable memory"
        return "is not an await: no slab holds it"

    # Descriptors.

    def site(self, address: int) -> Site:
        site = self._sites.get(address)
        if site is None:
            try:
                site = self._read_site(address)
            except LayoutError:
                raise LayoutError(f"damaged: no site at {address:#x}") from None
            self._sites[address] = site
        return site

    def _read_site(self, address: int) -> Site:
        return Site(
            address=address,
            func=self._func(self._u64(address, "site_func")),
            file=self._string_at(address, "site_file"),
            function=self._string_at(address, "site_function"),
            line=self._u32(address, "site_line"),
        )

    def _func(self, address: int) -> Func:
        func = self._funcs.get(address)
        if func is None:
            func = self._funcs[address] = self._read_func(address)
        return func

    def _read_func(self, address: int) -> Func:
        count = self._u32(address, "func_arg_count")
        if count > _MAX_ARGS:
            raise LayoutError(f"a function with {count} arguments")
        first = self._u64(address, "func_args")
        stride = self.abi["arg_stride"]
        return Func(
            address=address,
            name=self._string_at(address, "func_name"),
            type=self._type(self._u64(address, "func_type")),
            args=tuple(self._arg(first + i * stride) for i in range(count)),
            run=self._u64(address, "func_run"),
            args_offset=self._u32(address, "func_args_offset"),
            value_offset=self._u32(address, "func_value_offset"),
            slot_size=self._u32(address, "func_slot_size"),
            origin=self._u32(address, "func_origin"),
        )

    def _type(self, address: int) -> Type:
        return Type(
            address=address,
            name=self._string_at(address, "type_name"),
            spelling=self._string_at(address, "type_spelling"),
            size=self._u32(address, "type_size"),
            kind=self._u32(address, "type_kind"),
        )

    def _arg(self, address: int) -> Arg:
        return Arg(
            name=self._string_at(address, "arg_name"),
            spelling=self._string_at(address, "arg_spelling"),
            offset=self._u32(address, "arg_offset"),
            size=self._u32(address, "arg_size"),
            kind=self._u32(address, "arg_kind"),
        )

    # Threads.

    def threads(self) -> list[Thread]:
        """All threads that use awaits now, by index in their table."""
        abi = self.abi
        (count,) = struct.unpack("=I", self.read(abi["thread_count"], 4))
        if count > _MAX_THREADS:
            raise LayoutError(f"the thread table is damaged: {count} threads")
        stride = abi["thread_stride"]
        data = self.read(abi["threads"], count * stride) if count else b""
        found = []
        for index in range(count):
            base = index * stride
            (tid,) = struct.unpack_from("=I", data, base + abi["thread_tid"])
            (run,) = struct.unpack_from("=Q", data, base + abi["thread_run"])
            (on,) = struct.unpack_from("=Q", data, base + abi["thread_blocked_on"])
            (at,) = struct.unpack_from("=Q", data, base + abi["thread_blocked_addr"])
            if tid:
                found.append(Thread(index, tid, run, on, at))
        return found

    def runs(self, thread: Thread) -> list[Run]:
        """The awaits a thread is in the functions of, outermost first."""
        found: list[Run] = []
        seen = set()
        run = thread.run
        while run:
            if run in seen or len(found) > _MAX_RUNS:
                raise LayoutError(f"thread {thread.tid}: its runs are damaged")
            seen.add(run)
            awaited, wait = (
                self._u64(run, f"run_{name}") for name in ("await", "addr")
            )
            if awaited:  # else it has just ended
                found.append(Run(run, awaited, wait))
            run = self._u64(run, "run_outer")
        return found[::-1]
