# SPDX-License-Identifier: MIT
"""The states and origins of awaits, and their names.

The numbers are those of enum await_state and enum await_origin. Damaged memory
may hold any other number, so states are named by state_text() alone.

    >>> state_text(FAILED)
    'failed'
    >>> state_text(7)
    'damaged (7)'
"""

from __future__ import annotations

FREE, PENDING, RUNNING, RESOLVED, FAILED, CANCELLED = range(6)
STATES = ("free", "pending", "running", "resolved", "failed", "cancelled")

LAZY, NOWAIT, PROMISE = range(3)
ORIGINS = ("lazy", "nowait", "promise")


def state_text(state: int) -> str:
    return STATES[state] if state < len(STATES) else f"damaged ({state})"


def parse_states(names: str) -> frozenset[int]:
    """pending,failed; ValueError if a name is not a state's."""
    for name in names.split(","):
        if name not in STATES[1:]:
            known = ", ".join(STATES[1:])
            raise ValueError(f"unknown state {name!r}: it is one of {known}")
    return frozenset(STATES.index(name) for name in names.split(","))
