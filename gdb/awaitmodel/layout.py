# SPDX-License-Identifier: MIT
"""The layout of libawait's memory: finds and decodes every struct in it.

Everything starts at the debug block, see debug_block.py. From there two ways lead
to all that exists:

    block.slabs -> slab -> slab -> ...        each an array of slots
                    `-> slot -> site -> func -> type, args
    block.threads -> thread -> run -> run     the awaits it runs, innermost first

The memory may be damaged: all that is read is checked before it is believed, and
what is wrong is an AwaitError of one line.

    >>> layout = Layout(memory, address_of_await_debug)
    >>> [slab.count for slab in layout.slabs()]
    [8190]
    >>> head = layout.find(0x7ffff7500040)
    >>> head.state, layout.site(head.site).func.name
    (1, 'fetch')
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from awaitmodel.debug_block import read_debug_block
from awaitmodel.ids import make_id
from awaitmodel.memory import AwaitError, Memory
from awaitmodel.printable import printable
from awaitmodel.states import CANCELLED, RESOLVED
from awaitmodel.structs import Arg, Func, Head, Run, Site, Slab, Thread, Type

# Lengths and counts beyond these come from damaged memory.
_MAX_STRING = 1024
_MAX_ARGS = 64
_MAX_THREADS = 1 << 20
_MAX_THREAD_TABLE = 1 << 27  # bytes
_MAX_RUNS = 1 << 16
_MAX_ANY = 1 << 16
_MAX_NAMES = 1 << 24  # bytes of the table
_PAGE = 4096


class Layout:
    """One libawait in one process at one moment. Descriptors are decoded once and
    kept, so make a new one when the process has run."""

    def __init__(self, memory: Memory, address: int) -> None:
        self.memory = memory
        self.read = memory.read
        self.address = address
        self.block = read_debug_block(memory, address)
        self._sites: dict[int, Site] = {}
        self._funcs: dict[int, Func] = {}
        self._has_names = "names" in self.block
        self._names: dict[int, bytes] | None = None

    # Single members of a struct. `name` is that of its offset in the block.

    def _u32(self, base: int, name: str) -> int:
        return int(struct.unpack("=I", self.read(base + self.block[name], 4))[0])

    def _u64(self, base: int, name: str) -> int:
        return int(struct.unpack("=Q", self.read(base + self.block[name], 8))[0])

    def _string_at(self, base: int, name: str) -> str:
        return printable(self.string(self._u64(base, name)))

    def string(self, address: int, limit: int = _MAX_STRING) -> bytes:
        """The bytes before the first NUL, at most limit of them."""
        found = b""
        while len(found) < limit:
            # Not beyond the page: the next one may not be mapped.
            room = _PAGE - (address + len(found)) % _PAGE
            part = self.read(address + len(found), min(room, limit - len(found)))
            end = part.find(b"\0")
            if end >= 0:
                return found + part[:end]
            found += part
        return found

    # Slabs and slots.

    def slabs(self) -> Iterator[Slab]:
        """All slabs, newest first; AwaitError after the last sound one."""
        seen = set()
        address = struct.unpack("=Q", self.read(self.block["slabs"], 8))[0]
        while address:
            if address in seen:
                raise AwaitError(f"the slab list is damaged: loop at {address:#x}")
            seen.add(address)
            slab = self.slab(address)
            yield slab
            address = slab.next

    def slab(self, address: int) -> Slab:
        if address % self.block["slab_alignment"]:
            raise AwaitError(f"the slab list is damaged: no slab at {address:#x}")
        try:
            magic = self._u64(address, "slab_magic")
        except AwaitError:
            raise AwaitError(
                f"the slab list is damaged: {address:#x} is unreadable"
            ) from None
        slot_size = self._u32(address, "slab_slot_size")
        count = self._u32(address, "slab_count")
        first = self._u32(address, "slab_first_slot")
        if (
            magic != self.block["slab_magic_value"]
            or slot_size < self.block["await_head"]
            or slot_size % 8
            or first % 8
            or count == 0
            or first + slot_size * count > self._u64(address, "slab_size")
            # Only a slab of a single slot may be larger than the alignment.
            or (count > 1 and slot_size * count > self.block["slab_alignment"])
        ):
            raise AwaitError(f"the slab at {address:#x} is damaged")
        return Slab(
            address=address,
            first_id=self._u64(address, "slab_first_id"),
            slot_size=slot_size,
            first_slot=first,
            count=count,
            next=self._u64(address, "slab_next"),
        )

    def slots(self, slab: Slab) -> memoryview:
        """The bytes of all slots, but only the head of a slab's single slot, whose
        payload may be large."""
        if slab.count == 1:
            return memoryview(self.read(slab.slot(0), self.block["await_head"]))
        return memoryview(self.read(slab.slot(0), slab.count * slab.slot_size))

    def head(self, slab: Slab, index: int, data: bytes | memoryview) -> Head:
        """Decodes slot number `index`, whose bytes are at the start of data."""
        block = self.block
        (word,) = struct.unpack_from("=I", data, block["await_state"])
        (refs,) = struct.unpack_from("=I", data, block["await_refs"])
        (site,) = struct.unpack_from("=Q", data, block["await_site"])
        (serial,) = struct.unpack_from("=I", data, block["await_serial"])
        (error,) = struct.unpack_from("=i", data, block["await_error"])
        return Head(
            address=slab.slot(index),
            id=make_id(serial >> 8, slab.first_id + index),
            state=word & block["state_mask"],
            owner=word >> block["state_owner_shift"],
            refs=refs,
            site=site,
            attempts=serial & 0xFF,
            error=error,
            stop=bool(word & block.get("state_stop", 0)),
        )

    def find(self, address: int) -> Head:
        """The slot at address, which may be free; AwaitError if there is none."""
        try:
            slab = self.slab(address & -self.block["slab_alignment"])
        except AwaitError:
            raise AwaitError(self._why_not(address)) from None
        index, rest = divmod(address - slab.slot(0), slab.slot_size)
        if rest or not 0 <= index < slab.count:
            raise AwaitError("is not an await: it is not where one begins")
        return self.head(slab, index, self.read(address, self.block["await_head"]))

    def args(self, head: Head, func: Func) -> int | None:
        """The address of the arguments, or None if they no longer exist."""
        if head.state not in (RESOLVED, CANCELLED):
            return head.address + func.args_offset
        if "slab_kept" not in self.block:
            return None
        slab = self.slab(head.address & -self.block["slab_alignment"])
        table = self._u64(slab.address, "slab_kept")
        if not table:
            return None
        index = (head.address - slab.slot(0)) // slab.slot_size
        return self._u64(table + index * self.block["kept_stride"], "kept_args") or None

    def is_static(self, head: Head, site: Site) -> bool:
        """Whether an AWAIT_STATIC holds it."""
        if not site.held_at:
            return False
        data = self.read(site.address + site.held_at, 8)
        return bool(struct.unpack("=Q", data)[0] == head.address)

    def given_name(self, id: int) -> bytes:
        """What await_name() has named the await with that id, or nothing."""
        if self._names is None:
            try:
                self._names = dict(self._given_names())
            except AwaitError:
                self._names = {}
        return self._names.get(id, b"")

    def _given_names(self) -> Iterator[tuple[int, bytes]]:
        """Ids and names; that of an await that has ended stays for a while. One that
        is being written is left out."""
        if not self._has_names:
            return
        block = self.block
        table = struct.unpack("=Q", self.read(block["names"], 8))[0]
        used = self._u32(table, "names_used") if table else 0
        stride = block["names_stride"]
        ends = (
            block["name_id"] + 8,
            block["name_version"] + 4,
            block["name_text"] + block["name_size"],
        )
        if not 0 < used * stride <= _MAX_NAMES or max(ends) > stride:
            return
        data = self.read(table + block["names_entries"], used * stride)
        form = struct.Struct(f"={block['name_size']}s")
        for base in range(0, len(data), stride):
            (id,) = struct.unpack_from("=Q", data, base + block["name_id"])
            (version,) = struct.unpack_from("=I", data, base + block["name_version"])
            (text,) = form.unpack_from(data, base + block["name_text"])
            if id and version % 2 == 0:
                yield id, text.partition(b"\0")[0]

    def _why_not(self, address: int) -> str:
        try:
            self.read(address, 1)
        except AwaitError:
            return "is not readable memory"
        return "is not an await: no slab holds it"

    # Descriptors.

    def site(self, address: int) -> Site:
        site = self._sites.get(address)
        if site is None:
            try:
                site = self._read_site(address)
            except AwaitError:
                raise AwaitError(f"damaged: no site at {address:#x}") from None
            self._sites[address] = site
        return site

    def _read_site(self, address: int) -> Site:
        return Site(
            address=address,
            func=self._func(self._u64(address, "site_func")),
            file=self._string_at(address, "site_file"),
            function=self._string_at(address, "site_function"),
            line=self._u32(address, "site_line"),
            held_at=self._u32(address, "site_held_at") if self._has_names else 0,
        )

    def _func(self, address: int) -> Func:
        func = self._funcs.get(address)
        if func is None:
            func = self._funcs[address] = self._read_func(address)
        return func

    def _read_func(self, address: int) -> Func:
        count = self._u32(address, "func_arg_count")
        if count > _MAX_ARGS:
            raise AwaitError(f"a function with {count} arguments")
        first = self._u64(address, "func_args")
        stride = self.block["arg_stride"]
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
        """The threads that have an entry in libawait's table, by index."""
        block = self.block
        (count,) = struct.unpack("=I", self.read(block["thread_count"], 4))
        stride = block["thread_stride"]
        if count > _MAX_THREADS or count * stride > _MAX_THREAD_TABLE:
            raise AwaitError(f"the thread table is damaged: {count} threads")
        data = self.read(block["threads"], count * stride) if count else b""
        anys = self._anys(count)
        found = []
        for index in range(count):
            base = index * stride
            (tid,) = struct.unpack_from("=I", data, base + block["thread_tid"])
            (run,) = struct.unpack_from("=Q", data, base + block["thread_run"])
            (on,) = struct.unpack_from("=Q", data, base + block["thread_blocked_on"])
            (at,) = struct.unpack_from("=Q", data, base + block["thread_blocked_addr"])
            if tid:
                several = self._any(anys.get(index, 0)) if on else ()
                found.append(Thread(index, tid, run, on, at, several))
        return found

    def _anys(self, count: int) -> dict[int, int]:
        """For threads that sleep on several awaits, by index: the address of struct
        any."""
        if "anys" not in self.block:
            return {}
        try:
            data = self.read(self.block["anys"], 8 * count)
        except AwaitError:
            return {}
        return {i: at for i, (at,) in enumerate(struct.iter_unpack("=Q", data)) if at}

    def _any(self, address: int) -> tuple[int, ...]:
        """The awaits of a struct any; none if it is damaged."""
        if not address:
            return ()
        stride = self.block["any_stride"]
        try:
            count = self._u32(address, "any_count")
            if count > _MAX_ANY:
                return ()
            first = address + self.block["any_entries"]
            return tuple(
                self._u64(first + i * stride, "any_await") for i in range(count)
            )
        except AwaitError:
            return ()

    def _frame(self, run: int) -> int:
        """Before minor version 3 the struct itself lay on the stack."""
        return self._u64(run, "run_frame") if "run_frame" in self.block else run

    def runs(self, thread: Thread) -> list[Run]:
        """The awaits whose functions the thread is in, outermost first."""
        found: list[Run] = []
        seen = set()
        run = thread.run
        while run:
            if run in seen or len(found) > _MAX_RUNS:
                raise AwaitError(f"thread {thread.tid}: its runs are damaged")
            seen.add(run)
            awaited, wait = (
                self._u64(run, f"run_{name}") for name in ("await", "addr")
            )
            if awaited:  # 0: that run has just ended
                found.append(Run(self._frame(run), awaited, wait))
            run = self._u64(run, "run_outer")
        return found[::-1]
