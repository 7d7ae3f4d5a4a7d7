# SPDX-License-Identifier: MIT
"""record.py [--quick] BUILD RESULTS: what `awaitctl record` takes beside its
program, and what an earlier build takes, which is looked for in RESULTS/before;
inside tests/private-lttng.

One program is /bin/true, of which nothing is recorded, the other makes an await.
A session daemon runs before, or awaitctl starts one and ends it. Builds take
turns. A round with a daemon that runs begins when that has done all that was
left of the round before.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from recorder import wait_for  # noqa: E402
import results  # noqa: E402
from arguments import arguments  # noqa: E402
from table import BEFORE, OURS  # noqa: E402

QUICK, BUILD, RESULTS = arguments()
ROUNDS = 1 if QUICK else 15
LEFT_S = 0.1 if QUICK else 0.7  # LTTng looks after its sessions every half second
PROGRAMS = {"true": ("/bin/true",), "an await": ("tests/bench/start", "1")}
HOW_TO_BUILD = "./run bench builds it in a clone that has its history"


def builds() -> dict[str, Path]:
    before = RESULTS / "before"
    there = (before / "src/awaitctl/awaitctl").exists()
    return {OURS: BUILD} | ({BEFORE: before} if there else {})


@contextmanager
def daemon() -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        ["lttng-sessiond", "--no-kernel"], stdin=quiet, stdout=quiet, stderr=quiet
    ) as process:
        try:
            wait_for("lttng", "list")
            yield
        finally:
            process.terminate()


def takes(build: Path, program: tuple[str, ...], folder: str) -> float:
    """Nanoseconds; the trace is removed."""
    words = str(build / program[0]), *program[1:]
    begin = time.perf_counter_ns()
    done = subprocess.run(
        [build / "src/awaitctl/awaitctl", "record", "-o", f"{folder}/trace", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    took = time.perf_counter_ns() - begin
    if done.returncode:
        sys.exit(f"record: {words[0]}: {done.stderr.strip()}")
    return took


def measure(op: str, program: tuple[str, ...], wait_s: float) -> list[results.Row]:
    took: dict[str, list[float]] = {name: [] for name in builds()}
    for turn in range(-1, ROUNDS):
        for name, build in builds().items():
            with tempfile.TemporaryDirectory(prefix="await-bench-") as folder:
                ns = takes(build, program, folder)
            if turn >= 0:  # the first brings the files into memory
                took[name].append(ns)
            time.sleep(wait_s)
    return [results.row(op, name, ns=samples) for name, samples in took.items()]


def main() -> None:
    rows = []
    for what, program in PROGRAMS.items():
        rows += measure(f"record {what}, daemon started", program, 0)
        with daemon():
            rows += measure(f"record {what}, daemon there", program, LEFT_S)
    if BEFORE not in builds():
        rows.append({"impl": BEFORE, "missing": HOW_TO_BUILD})
    print(f"\n{'awaitctl record':<50}{'ms':>8}{'p10':>8}{'p90':>8}")
    for row in rows:
        if "missing" not in row:
            ms = [row["ns"][name] / 1e6 for name in ("median", "p10", "p90")]
            print(
                f"  {row['op']:<32}{row['impl']:<16}" + "".join(f"{x:8.1f}" for x in ms)
            )
    results.write(RESULTS, "record", rows)


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"record: {error}")
