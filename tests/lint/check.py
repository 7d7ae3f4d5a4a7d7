# SPDX-License-Identifier: MIT
"""Compares the sources with CONTRIBUTING.md: who uses whom, and lengths.

    $ python3 tests/lint/check.py build/gcc
    src/lttng/relay.c uses src/awaitctl/common/say.c: say
    check.py: 1 violation: see "Where things live" in CONTRIBUTING.md

known-violations.txt lists those that still have to go. The list only shrinks:
an entry that is not found any more is an error, too; --write-known writes the
list anew. Exits 1 on violations, 2 when it cannot check.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import layers
import lengths
import table
import uses

KNOWN = "tests/lint/known-violations.txt"
ENDINGS = (".c", ".h", ".cc", ".hpp", ".py")


def sources(root: Path) -> list[str]:
    """The C and Python files that git does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(listing.stdout.split("\0")))
    return [one for one in names if one.endswith(ENDINGS) and (root / one).is_file()]


def read_known(path: Path) -> list[str]:
    """The entries of the list; none if there is no list."""
    if not path.exists():
        return []
    lines = path.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def write_known(path: Path, lines: list[str]) -> None:
    """Writes the list, or removes it if there is nothing to list."""
    path.unlink(missing_ok=True)
    if lines:
        head = (
            "# Violations that still have to go: see check.py. The list only shrinks."
        )
        path.write_text("\n".join([head, *lines, ""]))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("build", type=Path, help="a build directory, up to date")
    parser.add_argument("--root", type=Path, default=Path(), help="the sources")
    parser.add_argument(
        "--write-known", action="store_true", help=f"write {KNOWN} anew"
    )
    args = parser.parse_args()
    root = args.root.resolve()
    files = sources(root)
    try:
        found = layers.violations(root, args.build.resolve(), files)
    except (table.BadTable, uses.NotBuilt) as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 2
    found |= lengths.violations(root, files)
    if args.write_known:
        write_known(root / KNOWN, list(found))
        print(f"check.py: {len(found)} in {KNOWN}")
        return 0
    known = read_known(root / KNOWN)
    wrong = [
        f"{line} {proof}".rstrip() for line, proof in found.items() if line not in known
    ]
    wrong += [
        f"{KNOWN}: remove, not violated any more: {line}"
        for line in known
        if line not in found
    ]
    for line in wrong:
        print(line)
    if wrong:
        count = "1 violation" if len(wrong) == 1 else f"{len(wrong)} violations"
        print(f'check.py: {count}: see "Where things live" in CONTRIBUTING.md')
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
