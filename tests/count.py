# SPDX-License-Identifier: MIT
"""Adds up the tests of several builds and their seconds, and says aloud what was
skipped.

    $ python3 tests/count.py build/*/meson-logs/testlog.junit.xml
    build/gcc: 120 passed, 0 failed
    ...
    skipped: build/gcc gdb: Core.test_kernel_core: core_pattern is a pipe
    # gcc gdb 212 s: gdb-log 80 s, gdb-damage 61 s, gdb-sweep 40 s
    ...
    215 passed, 0 failed, 1 skipped

A failed test is followed by the end of what it said. Seconds are those of each
test, added up, while several run at a time. Exits 1 when a test failed, or when
a build ran none.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SLOWEST = 3
SAID_LINES = 20


def build_of(path: str) -> str:
    return path.split("/meson-logs/")[0]


@dataclass
class Case:
    """A test's outcome: passed, failed or skipped, why, and the last lines that
    a failed one said."""

    suite: str
    name: str
    outcome: str
    why: str
    said: list[str]


def suite_of(name: str) -> tuple[str, str]:
    """The suite and the test, of "project.project:suite+another / test", or, as
    Meson has it since 1.8, "project.suite+another - project:test"."""
    if " / " in name:
        suites, _, test = name.rpartition(":")[2].partition(" / ")
    else:
        suites, _, test = name.partition(".")[2].partition(" - ")
        test = test.rpartition(":")[2]
    return suites.partition("+")[0], test


def said_of(output: str, name: str) -> list[str]:
    """The last comments behind the "not ok" of a test's TAP output that has this
    name; those of the whole output where there is none."""
    said: dict[str, list[str]] = {"": []}
    result = ""
    for line in output.splitlines():
        if line.startswith("not ok "):
            result = line.removeprefix("not ok ")
        elif line.startswith("ok "):
            result = ""
        elif line.startswith("#"):
            said.setdefault(result, []).append(line)
    return said.get(name, said[""])[-SAID_LINES:]


def cases(root: ElementTree.Element) -> Iterator[Case]:
    for each in root.iter("testsuite"):
        yield from cases_of(each)


def cases_of(testsuite: ElementTree.Element) -> Iterator[Case]:
    """The cases of one test program."""
    output = "\n".join(each.text or "" for each in testsuite.iter("system-out"))
    for case in testsuite.iter("testcase"):
        suite, test = suite_of(case.get("classname", ""))
        name = f"{test}: {case.get('name', '?')}"
        outcome, why = "passed", ""
        for child in case:
            if child.tag in ("failure", "error"):
                outcome = "failed"
            elif child.tag == "skipped":
                outcome = "skipped"
            # A reason to skip is Meson's output of the case.
            if child.tag != "system-out" or outcome == "skipped":
                why = child.get("message") or (child.text or "").strip() or why
        failed = outcome == "failed"
        said = said_of(output, case.get("name", "")) if failed else []
        yield Case(suite, name, outcome, why, said)


def seconds(root: ElementTree.Element) -> dict[str, dict[str, float]]:
    """Of each suite, the seconds of its tests."""
    suites: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for each in root.iter("testsuite"):
        suite, test = suite_of(each.get("name", ""))
        suites[suite][test] = float(each.get("time", 0))
    return suites


def count(root: ElementTree.Element, build: str) -> Counter[str]:
    """Tests of one build by outcome; prints skips and failures."""
    outcomes: Counter[str] = Counter()
    for case in cases(root):
        if case.outcome != "passed":
            print(f"{case.outcome}: {build} {case.suite} {case.name}: {case.why}")
        for line in case.said:
            print(line)
        outcomes[case.outcome] += 1
    print(f"{build}: {outcomes['passed']} passed, {outcomes['failed']} failed")
    return outcomes


def print_seconds(root: ElementTree.Element, build: str) -> None:
    """Prints the seconds of each suite, and its slowest tests."""
    for suite, tests in sorted(seconds(root).items()):
        slowest = sorted(tests, key=lambda test: -tests[test])[:SLOWEST]
        longest = ", ".join(f"{test} {tests[test]:.0f} s" for test in slowest)
        total = sum(tests.values())
        print(f"# {build.rpartition('/')[2]} {suite} {total:.0f} s: {longest}")


def main(paths: list[str]) -> int:
    found = [path for path in paths if Path(path).exists()]
    missing = [build_of(path) for path in paths if path not in found]
    for each in missing:
        print(f"{each}: no test ran")
    builds = [(ElementTree.parse(path).getroot(), build_of(path)) for path in found]
    outcomes = [count(*each) for each in builds]
    for each in builds:
        print_seconds(*each)
    total: Counter[str] = sum(outcomes, Counter())
    line = f"{total['passed']} passed, {total['failed']} failed"
    if total["skipped"]:
        line += f", {total['skipped']} skipped"
    print(line)
    empty = missing or any(not each["passed"] for each in outcomes)
    return 1 if total["failed"] or empty else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
