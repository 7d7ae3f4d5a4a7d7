# SPDX-License-Identifier: MIT
"""Commands that a test needs to succeed.

    >>> command("echo", "hello")
    'hello\\n'
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def command(*args: str | Path, cwd: str | None = None, **env: str) -> str:
    """Standard output of a command; an AssertionError that shows all it said
    if it fails. Traced only if env says so."""
    environment = {k: v for k, v in os.environ.items() if k != "LIBAWAIT_TRACE"}
    done = subprocess.run(
        [str(a) for a in args],
        cwd=cwd,
        env=environment | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    if done.returncode != 0:
        raise AssertionError(f"{args}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout
