# SPDX-License-Identifier: MIT
"""Runs README's steps, the demo and the tests on each Debian that libawait is
for, and prints one table.

    $ python3 tests/systems/matrix.py bookworm trixie sid
    suite     bookworm                 trixie                   sid
    readme    7 passed, 41 s           ...
    demo      1 passed, 88 s
    unit      312 passed, 95 s
    gdb       210 passed, 1 skipped, 240 s
    ...
    s390x     -                        460 passed, 9 skipped, 150 s

Each system is made anew (tests/systems/on). What it printed is in
build/systems/SUITE-STEP.log. Seconds of tests are added up, while several run at
a time. Other processors are tried on one system (tests/systems/ports): their skips
are named in its log. A system that cannot be made here is skipped, which is said.
Exits 1 when anything failed, 77 when no system could be made.
"""

from __future__ import annotations

import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import count  # noqa: E402
import emulated  # noqa: E402

LOGS = CHECKOUT / "build/systems"
CLONE = "root/libawait"
SKIPPED = 77
# Those of `./run test`; a step that hangs is ended.
STEPS = {
    "readme": (["tests/systems/readme"], 1200),
    "demo": (["./run", "demo"], 1800),
    "test": (["./run", "test"], 5400),
    "ports": (["tests/systems/ports"], 2400),
}
# Debian 12 has no riscv64, and unstable not always the same packages of all.
PORTS_ON = "trixie"


@dataclass
class Figures:
    """What became of the tests of one suite, or of one step."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0

    def __str__(self) -> str:
        words = [f"{self.passed} passed"]
        words += [f"{self.failed} failed"] if self.failed else []
        words += [f"{self.skipped} skipped"] if self.skipped else []
        return ", ".join(words + [f"{self.seconds:.0f} s"])


Rows = dict[str, Figures]


class Skipped(Exception):
    """There can be no such system here."""


def on(*command: str, log: Path, limit: int) -> bool:
    """Runs a command there; whether it succeeded.

    Raises:
        Skipped: a mirror cannot be reached, or a mount is refused.
    """
    with log.open("w") as out:
        try:
            status = subprocess.run(
                [str(HERE / "on"), *command],
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=limit,
            ).returncode
        except subprocess.TimeoutExpired:
            out.write(f"\nmatrix: ended after {limit} s\n")
            return False
    if status == SKIPPED:
        raise Skipped(log.read_text().strip().rpartition("\n")[2])
    return status == 0


def read_tests(builds: Path) -> Rows:
    """The suites of all builds, from what Meson wrote."""
    rows: Rows = {}
    for path in sorted(builds.glob("*/meson-logs/testlog.junit.xml")):
        root = ElementTree.parse(path).getroot()
        machine = emulated.machine_of(path.parents[1])
        for case in emulated.cases(path) if machine else count.cases(root):
            row = rows.setdefault(machine or case.suite, Figures())
            setattr(row, case.outcome, getattr(row, case.outcome) + 1)
        for suite, tests in count.seconds(root).items():
            row = rows.setdefault(machine or suite, Figures())
            row.seconds += sum(tests.values())
    return rows


def try_system(system: str) -> Rows:
    """All steps on one system, made anew."""
    rows: Rows = {}
    LOGS.mkdir(parents=True, exist_ok=True)
    on("--fresh", system, log=LOGS / f"{system}-root.log", limit=1800)
    for step, (command, limit) in STEPS.items():
        if step == "ports" and system != PORTS_ON:
            continue
        begin = time.monotonic()
        try:
            good = on(system, *command, log=LOGS / f"{system}-{step}.log", limit=limit)
        except Skipped as why:
            if step != "ports":
                raise
            print(f"{system} {step}: SKIPPED: {why}")
            rows[step] = Figures(skipped=1)
            continue
        took = time.monotonic() - begin
        print(f"{system} {step}: {'passed' if good else 'FAILED'}, {took:.0f} s")
        rows[step] = Figures(int(good), int(not good), 0, took)
    rows.update(read_tests(CHECKOUT / "build/roots" / system / CLONE / "build"))
    return rows


def table(systems: dict[str, Rows]) -> list[str]:
    """One line for each suite, one column for each system."""
    suites = list(dict.fromkeys(suite for rows in systems.values() for suite in rows))
    lines = [["suite", *systems]]
    for suite in suites:
        found = [rows.get(suite) for rows in systems.values()]
        lines.append([suite, *("-" if each is None else str(each) for each in found)])
    widths = [max(map(len, column)) for column in zip(*lines)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def main(names: list[str]) -> int:
    systems: dict[str, Rows] = {}
    for name in names:
        try:
            systems[name] = try_system(name)
        except Skipped as why:
            print(f"{name}: SKIPPED: {why}")
    if not systems:
        return SKIPPED
    print("\n".join(table(systems)))
    failed = any(row.failed for rows in systems.values() for row in rows.values())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["bookworm", "trixie", "sid"]))
