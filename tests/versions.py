# SPDX-License-Identifier: MIT
"""Which versions of other programs are installed: what tests expect may differ
between them, and what one of them cannot do is skipped, with its version."""

from __future__ import annotations

import functools
import re
import subprocess

Version = tuple[int, ...]


@functools.cache
def installed(program: str) -> Version:
    out = subprocess.run(
        [program, "--version"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", out)
    if not found:
        raise AssertionError(f"{program} --version: {out}")
    return tuple(int(part or 0) for part in found.groups())


def text(program: str) -> str:
    return f"{program} {'.'.join(map(str, installed(program)))}"
