# SPDX-License-Identifier: MIT
"""What the tests of `await log` share: what happens in log.c, and how the rows
of the log are read."""

from __future__ import annotations

import re
from pathlib import Path

from gdbtest import CHECKPOINT, LOG, gdb

# All of log.c's "all": event, await, and the await in whose function.
ALL = """
created #2 half
created #3 quarter
created #4 promise
created #5 promise
begins #2 half
failed #2 half: -ERANGE (Numerical result out of range)
begins #2 half, attempt 2
ran #2 half, attempt 2
begins #3 quarter
created #6 half in #3
begins #6 half in #3
ran #6 half in #3
destroyed #6 half in #3
ran #3 quarter
hit #3 quarter
resolved #4 promise
rejected #5 promise: -EPIPE (Broken pipe)
created #6.1 narcissus
begins #6.1 narcissus
refused #6.1 narcissus in #6.1
waited #6.1 narcissus: -EDEADLK (Resource deadlock avoided) in #6.1
failed #6.1 narcissus: -EDEADLK (Resource deadlock avoided)
destroyed #2 half
created #2.1 half
cancelled #2.1 half
""".strip().splitlines()

_ROW = re.compile(r" *\d+\.\d{3}  +(\d+|LWP \d+) +(\w+ +#.*)$")


def table(output: str) -> list[str]:
    """Rows without time, thread and place."""
    found = []
    for line in output.splitlines():
        match = _ROW.fullmatch(line)
        if match:
            cells = re.split("  +", match[2])
            inside = f" in {cells[2]}" if cells[2].startswith("#") else ""
            found.append(f"{cells[0]} {cells[1]}{inside}")
    return found


def log(mode: str, *commands: str, program: Path = LOG, **options: object) -> str:
    found = gdb(
        *CHECKPOINT, *commands, program=program, arguments=(mode,), **options
    )  # type: ignore[arg-type]
    return found
