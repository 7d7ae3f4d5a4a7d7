# SPDX-License-Identifier: MIT
"""How much of a long test runs.

`./run test` runs a short form: a sample of the cases, the same ones each time.
`./run long` sets AWAIT_TESTS=long, and every case runs. A test says as a TAP
comment which share of its cases it ran.

    for case in spread(CASES, 40, "kinds of damage"):
        ...
    turns = share(400, 5000, "random images")
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def is_long() -> bool:
    wanted = os.environ.get("AWAIT_TESTS", "short")
    if wanted not in ("short", "long"):
        raise SystemExit(f"AWAIT_TESTS is short or long, not {wanted}")
    return wanted == "long"


def share(short: int, long: int, what: str) -> int:
    """How many of these there are to do."""
    if is_long() or short >= long:
        return long
    print(f"# {short} of {long} {what}; ./run long does all", flush=True)
    return short


def spread(cases: Sequence[T], most: int, what: str) -> list[T]:
    """Some of these cases, evenly spread, with the first and the last of them."""
    count = share(most, len(cases), what)
    last = len(cases) - 1
    return [cases[i * last // max(count - 1, 1)] for i in range(count)]
