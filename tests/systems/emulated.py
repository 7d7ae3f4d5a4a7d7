# SPDX-License-Identifier: MIT
"""What became of tests that ran under qemu-user: one row for each machine.

    $ python3 tests/systems/emulated.py build/machine-aarch64 ...
    skipped: aarch64 unit-sandbox: strings_are_read_by_a_pipe: qemu has no seccomp
    ...
    aarch64  400 passed, 12 skipped, 130 s

Cases that cannot be right there are known, each with its reason: one of them
that fails counts as skipped, which is said; another one fails. So do a program
that was ended early, and a test that should have run and did not.
"""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import count  # noqa: E402

PREFIX = "machine-"

NO_SECCOMP = "qemu has no seccomp: nothing can be forbidden"
TELLS = "qemu says itself, on stderr, that a signal ended the program"
ONE_USER = "the namespace in which the kernel runs qemu has one user"
VALGRIND = "valgrind runs no programs of other machines"

# Patterns of "test: case". They are the same on each machine.
KNOWN = {
    r"ctf-contradictory: ": VALGRIND,
    r"unit-asymmetric_barrier: .*(without_barriers|go_away)": NO_SECCOMP,
    r"unit-sandbox: ": NO_SECCOMP,
    r"unit-dump: .*a_sandbox_that_forbids_reading": NO_SECCOMP,
    r"unit-check: .*check_asks_the_kernel_once_a_site": NO_SECCOMP,
    r"unit-get: .*(no_value_is_a_line|counting_what_is_no_await)": TELLS,
    r"unit-owner: .*a_second_drop_aborts": TELLS,
    r"hdrscan-command: .*Unreadable\.": ONE_USER,
}
# How many tests each machine must have run, at least, of these suites.
SUITES = {"unit": 60, "stress": 1, "hdrscan": 4}


def machine_of(build: Path) -> str | None:
    """The machine that a build is for, if it is none of this machine's."""
    found = build.name.startswith(PREFIX)
    return build.name.removeprefix(PREFIX) if found else None


def known_reason(name: str) -> str | None:
    found = (KNOWN[pattern] for pattern in KNOWN if re.match(pattern, name))
    return next(found, None)


def results(log: Path) -> dict[tuple[str, str], str]:
    """Of each suite and test, what Meson says of its program."""
    lines = map(json.loads, log.with_name("testlog.json").read_text().splitlines())
    return {count.suite_of(each["name"]): each["result"] for each in lines}


def cases(log: Path) -> Iterator[count.Case]:
    """All cases that Meson logged there, where known failures are skips. A
    program that ended before its last case, and a suite that lacks tests, are a
    failed case."""
    failed = set()
    for case in count.cases(ElementTree.parse(log).getroot()):
        if case.outcome == "failed":
            failed.add(case.name.partition(": ")[0])
            reason = known_reason(case.name)
            if reason:
                case.outcome, case.why, case.said = "skipped", reason, []
        yield case
    ran: Counter[str] = Counter()
    for (suite, test), result in results(log).items():
        ran[suite] += 1
        if result not in ("OK", "SKIP") and test not in failed:
            why = f"its program's result is {result}"
            yield count.Case(suite, f"{test}: all", "failed", why, [])
    for suite, least in SUITES.items():
        if ran[suite] < least:
            why = f"{ran[suite]} tests ran, {least} are wanted"
            yield count.Case(suite, f"{suite}: all", "failed", why, [])


def show(build: Path, machine: str) -> bool:
    """Prints what one build's tests came to; whether that is good."""
    log = build / "meson-logs/testlog.junit.xml"
    if not log.exists():
        print(f"{machine}  no test ran")
        return False
    outcomes = {"passed": 0, "failed": 0, "skipped": 0}
    for case in cases(log):
        outcomes[case.outcome] += 1
        if case.outcome != "passed":
            print(f"{case.outcome}: {machine} {case.name}: {case.why}")
        for line in case.said:
            print(line)
    times = count.seconds(ElementTree.parse(log).getroot()).values()
    took = sum(sum(tests.values()) for tests in times)
    words = [f"{number} {outcome}" for outcome, number in outcomes.items() if number]
    print(f"{machine}  {', '.join(words)}, {took:.0f} s")
    return outcomes["failed"] == 0


def main(builds: list[str]) -> int:
    good = [show(Path(build), machine_of(Path(build)) or build) for build in builds]
    return 0 if good and all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
