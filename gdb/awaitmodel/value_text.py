# SPDX-License-Identifier: MIT
"""Values as text by their kind alone, for programs without debug information.

The kind is what libawait's headers find out about a type: enum await_kind.

    >>> by_kind(layout, SIGNED, 4, 0x7ffff7500058, "int")
    '42'
    >>> by_kind(layout, OPAQUE, 4, 0x7ffff7500058, "struct page")
    '<struct page, 4 bytes: 07 00 00 00>'
"""

from __future__ import annotations

import struct
import sys

from awaitmodel.layout import Layout
from awaitmodel.memory import AwaitError
from awaitmodel.printable import printable

OPAQUE, BOOL, SIGNED, UNSIGNED, FLOAT, STRING, POINTER, DONE = range(8)

_FLOATS = {4: ("=f", ".9g"), 8: ("=d", ".17g")}
_MAX_BYTES = 16
_MAX_CHARS = 200


def by_kind(layout: Layout, kind: int, size: int, address: int, spelling: str) -> str:
    """The value at address; hexadecimal bytes if its kind says nothing. AwaitError if
    it cannot be read."""
    if kind == DONE:
        return "done"
    data = layout.read(address, min(size, _MAX_BYTES))
    if kind == FLOAT and size in _FLOATS:
        form, digits = _FLOATS[size]
        return format(struct.unpack(form, data)[0], digits)
    if size in (1, 2, 4, 8):
        number = int.from_bytes(data, sys.byteorder, signed=kind == SIGNED)
        if kind == BOOL:
            return "true" if number else "false"
        if kind in (SIGNED, UNSIGNED):
            return str(number)
        if kind == STRING:
            return _string(layout, number)
        if kind == POINTER:
            return f"{number:#x}" if number else "NULL"
    more = " ..." if size > len(data) else ""
    return f"<{spelling}, {size} bytes: {data.hex(' ')}{more}>"


def _string(layout: Layout, address: int) -> str:
    if not address:
        return "NULL"
    try:
        return quote(layout.string(address, _MAX_CHARS + 1))
    except AwaitError:
        return f"{address:#x} <unreadable>"


def quote(text: bytes, limit: int = _MAX_CHARS) -> str:
    """A C string literal."""
    inner = printable(text[:limit].replace(b"\\", b"\\\\").replace(b'"', b'\\"'))
    return f'"{inner}"' + ("..." if len(text) > limit else "")
