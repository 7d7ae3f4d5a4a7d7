# SPDX-License-Identifier: MIT
"""The debug block of libawait: where everything lies, and in which layout.

The block is a constant in the section .await_debug, struct await_debug_block of
debug.h. Its members are addresses of what libawait keeps, offsets of the members
of its structs, and a few constants. Minor versions append members; their names
are missing from the result if the block is older.

    >>> block = read_debug_block(memory, address_of_await_debug)
    >>> block["slabs"], block["await_state"]
    (140737353957376, 0)
"""

from __future__ import annotations

import struct

from awaitmodel.memory import AwaitError, Memory

MAGIC = 0x5542474454495741
MAJOR = 1

# Members in their order, after magic, major, minor and size.
_ADDRESSES = "slabs threads thread_count armed slab_magic_value"
_OFFSETS = """
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
_OFFSETS_1 = "slab_kept kept_args kept_stride"
_ADDRESSES_2 = "trap trap_function trap_armed"
_OFFSETS_2 = """
trap_listened trap_events trap_changes trap_filters trap_filters_max
trap_stride trap_watched
filter_events filter_states filter_id filter_name filter_name_size
thread_trapped
trapped_await trapped_addr trapped_type trapped_state trapped_error
"""
_OFFSETS_3 = "run_frame"
_OFFSETS_4 = "any_count any_entries any_stride any_await state_stop"
_OFFSETS_5 = """
names_used names_entries names_stride
name_await name_id name_version name_text name_size
site_held_at
"""
# For each minor version: names of all its members, their form, names of offsets.
_VERSIONS = tuple(
    (
        (*u64.split(), *u32.split()),
        struct.Struct(f"={len(u64.split())}Q{len(u32.split())}I{padding}x"),
        u32.split(),
    )
    for u64, u32, padding in (
        (_ADDRESSES, _OFFSETS, 0),
        ("", _OFFSETS_1, 4),
        (_ADDRESSES_2, _OFFSETS_2, 0),
        ("", _OFFSETS_3, 4),
        ("anys", _OFFSETS_4, 4),
        ("names", _OFFSETS_5, 4),
    )
)
_MAGIC_SWAPPED = int.from_bytes(MAGIC.to_bytes(8, "little"), "big")
_START = struct.Struct("=QHHI")

# No real libawait exceeds these; a block that does is damaged.
_MAX_HEAD = 1 << 12
_ALIGNMENTS = [1 << bit for bit in range(12, 27)]


def read_debug_block(memory: Memory, address: int) -> dict[str, int]:
    """The members by name; AwaitError if they cannot be believed."""
    magic, major, minor, size = _START.unpack(memory.read(address, _START.size))
    if magic == _MAGIC_SWAPPED:
        raise AwaitError(
            "the process is of a machine with another byte order than this one:"
            " look at it from a debugger on such a machine"
        )
    if magic != MAGIC:
        raise AwaitError(
            f"the debug block of libawait at {address:#x} is damaged"
            f" (magic {magic:#x})"
        )
    if major != MAJOR:
        raise AwaitError(
            f"libawait's debug block has version {major}.{minor}, these"
            f" scripts know {MAJOR}.x: use those of that libawait"
        )
    block: dict[str, int] = {}
    offsets: list[str] = []
    end = _START.size
    for names, form, offset_names in _VERSIONS:
        if size < end + form.size:
            break
        members = form.unpack(memory.read(address + end, form.size))
        block.update(zip(names, members))
        offsets += offset_names
        end += form.size
    if not block:
        raise AwaitError(f"the debug block of libawait has only {size} bytes")
    if not (
        block["slab_alignment"] in _ALIGNMENTS
        and block["await_head"] in range(8, _MAX_HEAD, 8)
        and block["state_mask"] <= 0xFF
        and max(block[name] for name in offsets) <= _ALIGNMENTS[-1]
    ):
        raise AwaitError("the debug block of libawait is damaged")
    return block
