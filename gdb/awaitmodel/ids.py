# SPDX-License-Identifier: MIT
"""Ids of awaits, as numbers and as text.

An id is (generation << 32) + slot: the place in memory, and how many awaits had
that place before. Generation 0 is not printed.

    >>> id_text((3 << 32) + 12), id_text(12)
    ('#12.3', '#12')
    >>> parse_id("#12.3") == (3 << 32) + 12
    True
"""

from __future__ import annotations

import re

SLOT_BITS = 32


def id_text(number: int) -> str:
    generation, slot = number >> SLOT_BITS, slot_of(number)
    return f"#{slot}.{generation}" if generation else f"#{slot}"


def parse_id(text: str) -> int:
    """The id that text names; ValueError if it names none."""
    match = re.fullmatch(r"#?(\d+)(?:\.(\d+))?", text.strip())
    if not match:
        raise ValueError(f"not an await's id: {text} (ids look like #12 or #12.3)")
    return make_id(int(match[2] or 0), int(match[1]))


def make_id(generation: int, slot: int) -> int:
    return (generation << SLOT_BITS) + slot


def slot_of(number: int) -> int:
    """Which slot of all slabs the await with that id is in."""
    return number & ((1 << SLOT_BITS) - 1)
