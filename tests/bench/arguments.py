# SPDX-License-Identifier: MIT
"""The command line of scripts that measure: SCRIPT [--quick] BUILD RESULTS."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple


class Arguments(NamedTuple):
    quick: bool  # only to see that it works: the figures are worth nothing
    build: Path  # of meson
    results: Path  # parts/SCRIPT.json is written there


def arguments() -> Arguments:
    """What was asked for; exits with a line if it cannot be."""
    words = sys.argv[1:]
    quick = words[:1] == ["--quick"]
    folders = words[quick:]
    if len(folders) != 2 or any(word.startswith("-") for word in folders):
        name = Path(sys.argv[0]).name
        print(f"usage: {name} [--quick] BUILD RESULTS", file=sys.stderr)
        sys.exit(2)
    build = Path(folders[0]).resolve()
    if not (build / "tests/bench").is_dir():
        sys.exit(f"{build} is no build directory: meson setup and ninja make one")
    return Arguments(quick, build, Path(folders[1]).resolve())
