# SPDX-License-Identifier: MIT
"""The memory of a process that has awaits, built by hand.

The layout is the real one: the offsets come from the debug block of the libawait
that was built. Everything else is placed by the test, so it can be anything, damaged
memory and deadlocks included. An Image is an awaitmodel.memory.WritableMemory.

    >>> image = Image()
    >>> fetch = image.func("fetch", args=[("path", "int", 4, SIGNED)])
    >>> site = image.site(fetch, "main.c", 31)
    >>> slab = image.slab(first_id=1, slots=4)
    >>> aw = image.await_at(slab, 0, site, RESOLVED, value=b"...")
    >>> World(image.layout()).counts()
    {3: 1}
"""

from __future__ import annotations

import os
import struct
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "gdb"))
sys.path.insert(0, str(HERE.parent))

from awaitmodel.debug_block import read_debug_block  # noqa: E402
from awaitmodel.layout import Layout  # noqa: E402
from awaitmodel.memory import AwaitError  # noqa: E402
from awaitmodel.states import LAZY, PENDING  # noqa: E402
from command import command  # noqa: E402

# Any multiple of the alignment of slabs; slabs follow above _SLABS.
_BLOCK, _HEAP, _SLABS = 0x1000000, 0x2000000, 0x10000000
_HEAP_SIZE = 1 << 16
_THREADS = 8

# Members of the block that are addresses in the process, where they follow.
_ADDRESSES = "slabs threads thread_count armed"
_TRAP_ADDRESSES = "trap trap_function trap_armed"

# Members of structs that are pointers or u64; all others have 4 bytes.
_WIDE = {
    "slab_magic", "slab_next", "slab_first_id", "slab_size", "slab_kept", "kept_args",
    "await_site", "site_func", "site_file", "site_function", "func_name", "func_type",
    "func_args", "func_run", "type_name", "type_spelling", "arg_name", "arg_spelling",
    "thread_run", "thread_blocked_on", "thread_blocked_addr", "thread_trapped",
    "run_await", "run_outer", "run_addr", "run_frame", "filter_id", "trapped_await",
    "trapped_addr",
}  # fmt: skip


def section(library: str, name: str) -> bytes:
    """The bytes of a section of a library that was built."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "section"
        command("objcopy", "-O", "binary", f"--only-section={name}", library, path)
        return path.read_bytes()


class Memory:
    """Pieces of memory; what lies between them cannot be read."""

    def __init__(self) -> None:
        self.pieces: dict[int, bytearray] = {}

    def read(self, address: int, size: int) -> bytes:
        piece, at = self._find(address, size)
        end = at + size
        return bytes(piece[at:end])

    def write(self, address: int, data: bytes) -> None:
        piece, at = self._find(address, len(data))
        end = at + len(data)
        piece[at:end] = data

    def _find(self, address: int, size: int) -> tuple[bytearray, int]:
        for start, piece in self.pieces.items():
            if start <= address and address + size <= start + len(piece):
                return piece, address - start
        raise AwaitError(f"cannot read memory at {address:#x}")


class Image(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.address = _BLOCK
        self.pieces[_BLOCK] = bytearray(
            section(os.environ["AWAIT_LIBRARY"], ".await_debug")
        )
        self.pieces[_HEAP] = bytearray(_HEAP_SIZE)
        self._heap_end, self._slabs_end = _HEAP, _SLABS
        self.block = read_debug_block(self, _BLOCK)
        block = self.block
        trap_size = block["trap_filters"] + block["trap_stride"] * (
            block["trap_filters_max"] + 1
        )
        for name, offset, size in (
            ("slabs", 16, 8),
            ("threads", 24, _THREADS * block["thread_stride"]),
            ("thread_count", 32, 4),
            ("armed", 40, 4),
            ("trap", self._trap_offset(), trap_size),
            ("trap_armed", self._trap_offset() + 16, 4),
        ):
            block[name] = self.bytes(bytes(size))
            self.write(_BLOCK + offset, struct.pack("=Q", block[name]))
        self.write(block["thread_count"], struct.pack("=I", 1))

    @staticmethod
    def _trap_offset() -> int:
        """Of the first member of minor version 2."""
        return 16 + 5 * 8 + 50 * 4 + 4 * 4

    def layout(self) -> Layout:
        return Layout(self, self.address)

    # Pieces of memory.

    def bytes(self, data: bytes) -> int:
        """The address of a copy."""
        address = self._heap_end
        self._heap_end += (len(data) + 15) & ~15
        self.write(address, data)
        return address

    def text(self, text: str) -> int:
        return self.bytes(text.encode() + b"\0")

    def set(self, address: int, **members: int) -> None:
        """Writes members of the struct there, by the names of the debug block."""
        for name, value in members.items():
            width = 8 if name in _WIDE else 4
            data = (value & ((1 << width * 8) - 1)).to_bytes(width, sys.byteorder)
            self.write(address + self.block[name], data)

    def struct(self, **members: int) -> int:
        """The address of a new struct with these members."""
        end = max(self.block[name] for name in members) + 8
        address = self.bytes(bytes(end))
        self.set(address, **members)
        return address

    # What libawait has.

    def func(
        self,
        name: str,
        args: list[tuple[str, str, int, int]] | None = None,
        value: tuple[str, str, int, int] = ("int", "int", 4, 2),
        origin: int = LAZY,
    ) -> int:
        """args: name, spelling, size and kind of each; value: those of its type. The
        value follows the head of the slot, and the arguments follow that."""
        type_name, spelling, size, kind = value
        head, stride = self.block["await_head"], self.block["arg_stride"]
        array = self.bytes(bytes(stride * len(args or ())))
        offset = 0
        for index, (arg_name, arg_spelling, arg_size, arg_kind) in enumerate(
            args or ()
        ):
            self.set(
                array + index * stride,
                arg_name=self.text(arg_name),
                arg_spelling=self.text(arg_spelling),
                arg_offset=offset,
                arg_size=arg_size,
                arg_kind=arg_kind,
            )
            offset += 8
        return self.struct(
            func_name=self.text(name),
            func_type=self.struct(
                type_name=self.text(type_name),
                type_spelling=self.text(spelling),
                type_size=size,
                type_kind=kind,
            ),
            func_args=array,
            func_arg_count=len(args or ()),
            func_run=0x400000,
            func_args_offset=head + 8,
            func_value_offset=head,
            func_slot_size=head + 8 + offset,
            func_origin=origin,
        )

    def site(self, func: int, file: str, line: int, function: str = "main") -> int:
        return self.struct(
            site_func=func,
            site_file=self.text(file),
            site_function=self.text(function),
            site_line=line,
        )

    def slab(self, first_id: int, slots: int, slot_size: int = 128) -> int:
        """A slab of free slots, the newest of the list."""
        alignment = self.block["slab_alignment"]
        address, self._slabs_end = self._slabs_end, self._slabs_end + alignment
        self.pieces[address] = bytearray(alignment)
        self.set(
            address,
            slab_magic=self.block["slab_magic_value"],
            slab_next=self.newest_slab(),
            slab_first_id=first_id,
            slab_size=alignment,
            slab_slot_size=slot_size,
            slab_first_slot=256,
            slab_count=slots,
        )
        self.write(self.block["slabs"], struct.pack("=Q", address))
        return address

    def newest_slab(self) -> int:
        return int(struct.unpack("=Q", self.read(self.block["slabs"], 8))[0])

    def await_at(
        self,
        slab: int,
        index: int,
        site: int,
        state: int = PENDING,
        generation: int = 0,
        attempts: int = 0,
        owner: int = 0,
        error: int = 0,
        payload: bytes = b"",
    ) -> int:
        """The address of an await in that slot; payload: its value and arguments."""
        address = slab + 256 + index * 128
        self.set(
            address,
            await_state=state | owner << self.block["state_owner_shift"],
            await_refs=1,
            await_site=site,
            await_serial=generation << 8 | attempts,
            await_error=error,
        )
        self.write(address + self.block["await_head"], payload)
        return address

    def thread(
        self,
        index: int,
        tid: int,
        runs: tuple[int, ...] = (),
        blocked_on: int = 0,
    ) -> int:
        """An entry of the table; runs: the awaits that it runs, outermost first."""
        run = 0
        for awaited in runs:
            run = self.struct(
                run_await=awaited,
                run_outer=run,
                run_addr=0x401000,
                run_frame=0x7FFF0000 - 64 * len(runs),
            )
        entry = self.block["threads"] + index * self.block["thread_stride"]
        self.set(
            entry,
            thread_tid=tid,
            thread_run=run,
            thread_blocked_on=blocked_on,
            thread_blocked_addr=0x402000,
        )
        self.write(self.block["thread_count"], struct.pack("=I", _THREADS))
        return entry
