# SPDX-License-Identifier: MIT
"""Instructions that a program takes, counted by callgrind: the same on every run.

    >>> instructions("true")
    89021
    >>> instructions("./counted", "life", "1000", inside="whole_life")
    130000
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from command import command


def instructions(*program: str | Path, inside: str | None = None, **env: str) -> int:
    """Of a whole program, or in all calls of one function, with what it calls; an
    AssertionError if callgrind told no number."""
    toggle = [f"--toggle-collect={inside}"] if inside else []
    with tempfile.TemporaryDirectory() as tmp:
        command(
            "valgrind", "--tool=callgrind", *toggle, f"--log-file={tmp}/%p",
            f"--callgrind-out-file={tmp}/out", *program, **env,
        )  # fmt: skip
        logs = [log.read_text() for log in Path(tmp).iterdir() if log.name.isdigit()]
    # The program's: a child, as LTTng forks to make a file in an empty /dev/shm,
    # counts next to nothing.
    found = [
        int(n) for log in logs for n in re.findall(r"Collected : (\d+)$", log, re.M)
    ]
    if not found:
        raise AssertionError(f"callgrind said nothing of its count: {logs}")
    return max(found)
