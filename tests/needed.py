# SPDX-License-Identifier: MIT
"""What ninja has to build for the tests of some suites, and what is installed, which
some tests install.

    $ ninja -C build/clang $(python3 tests/needed.py build/clang unit abi)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


def introspect(build: str, what: str) -> list[dict[str, Any]]:
    command = ["meson", "introspect", f"--{what}", build]
    found: list[dict[str, Any]] = json.loads(subprocess.check_output(command))
    return found


def needed(build: str, suites: set[str]) -> set[str]:
    """Files, by their names in the build directory."""
    ids = set()
    for test in introspect(build, "tests"):
        if suites & {name.rpartition(":")[2] for name in test["suite"]}:
            ids.update(test["depends"])
    return {
        os.path.relpath(file, build)
        for target in introspect(build, "targets")
        if target["id"] in ids or target["installed"]
        for file in target["filename"]
    }


if __name__ == "__main__":
    print(*sorted(needed(sys.argv[1], set(sys.argv[2:]))), sep="\n")
