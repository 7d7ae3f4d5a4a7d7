# SPDX-License-Identifier: MIT
"""Adds up the tests of several builds and says aloud what was skipped.

    $ python3 tests/count.py build/*/meson-logs/testlog.junit.xml
    build/gcc: 120 passed, 0 failed
    ...
    skipped: build/gcc gdb: Core.test_kernel_core: core_pattern is a pipe
    215 passed, 0 failed, 1 skipped

Exits 1 when a test failed, or when a build ran none.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter


def count(path: str) -> Counter[str]:
    """Tests of one build by outcome; prints skips and failures."""
    build = path.split("/meson-logs/")[0]
    outcomes: Counter[str] = Counter()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        suite, name = case.get("classname", ""), case.get("name", "?")
        outcome = "passed"
        for child in case:
            if child.tag in ("failure", "error"):
                outcome = "failed"
            elif child.tag == "skipped":
                outcome = "skipped"
            else:
                continue
            why = child.get("message") or (child.text or "").strip()
            print(f"{outcome}: {build} {suite} {name}: {why}")
        outcomes[outcome] += 1
    print(f"{build}: {outcomes['passed']} passed, {outcomes['failed']} failed")
    return outcomes


def main(paths: list[str]) -> int:
    total: Counter[str] = Counter()
    empty = False
    for path in paths:
        outcomes = count(path)
        empty |= not outcomes["passed"]
        total += outcomes
    line = f"{total['passed']} passed, {total['failed']} failed"
    if total["skipped"]:
        line += f", {total['skipped']} skipped"
    print(line)
    return 1 if total["failed"] or empty else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
