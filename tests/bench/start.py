# SPDX-License-Identifier: MIT
"""start.py [--quick] BUILD RESULTS: what libawait adds to a process that starts,
and the memory of awaits that pend.

A time is from posix_spawn() to the end of the process, on one processor, each
round one of each program. Instructions are those outside the kernel, ld.so's
too, by callgrind. Memory is read from /proc/PID/smaps_rollup while the program
stops in main().
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from instructions import instructions  # noqa: E402
import results  # noqa: E402
from arguments import arguments  # noqa: E402
from table import OURS  # noqa: E402

QUICK, BUILD, RESULTS = arguments()
HERE = BUILD / "tests/bench"
ROUNDS = 2 if QUICK else 101
PENDING = 10_000 if QUICK else 1_000_000
TRACER = {"LIBAWAIT_TRACE": str(BUILD / "trace/libawait-trace.so")}
# Name: program, how many awaits it makes, what it gets in the environment.
PROGRAMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "no library": ("start-without", "0", {}),
    "libawait.a": ("start-static", "0", {}),
    OURS: ("start", "0", {}),
    "libawait, an await made": ("start", "1", {}),
    "libawait, tracer loaded": ("start", "0", TRACER),
}


def environment(more: dict[str, str]) -> dict[str, str]:
    plain = {k: v for k, v in os.environ.items() if k != "LIBAWAIT_TRACE"}
    return plain | more


def lasts(name: str) -> float:
    """Nanoseconds from start to end."""
    program, count, more = PROGRAMS[name]
    path, env = str(HERE / program), environment(more)
    begin = time.perf_counter_ns()
    pid = os.posix_spawn(path, [path, count], env)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter_ns() - begin
    if status:
        sys.exit(f"start: {path} failed")
    return took


def memory(program: str, count: str, more: dict[str, str]) -> dict[str, int]:
    """Rss, Pss and Anonymous, in bytes, of the program when it stops."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [str(HERE / program), count, "stop"],
        env=environment(more),
        stdin=pipe,
        stdout=pipe,
    ) as process:
        assert process.stdin and process.stdout
        try:
            if process.stdout.read(1) != b"s":
                sys.exit(f"start: {program} did not come to its stop")
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        finally:
            process.stdin.close()
    found = re.findall(r"^(Rss|Pss|Anonymous): +(\d+) kB$", text, re.M)
    return {name: int(kib) * 1024 for name, kib in found}


def main() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    took: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for turn in range(-1, ROUNDS):
        for name in PROGRAMS:
            ns = lasts(name)
            if turn >= 0:  # the first brings the files into memory
                took[name].append(ns)
    rows = []
    print(
        f"\nA process{'us':>30}{'p10':>8}{'p90':>8}{'instr.':>10}{'RSS':>8}{'PSS':>8}"
    )
    for name, (program, count, more) in PROGRAMS.items():
        counted = instructions(HERE / program, count, **more)
        held = memory(program, count, more)
        rows += [
            results.row("process", name, ns=took[name], instructions=counted),
            results.row("RSS of a process", name, bytes=held["Rss"]),
            results.row("PSS of a process", name, bytes=held["Pss"]),
        ]
        us = results.times([ns / 1e3 for ns in took[name]])
        print(
            f"  {name:<30}{us['median']:7.0f}{us['p10']:8.0f}{us['p90']:8.0f}"
            f"{counted:10.0f}{held['Rss'] // 1024:6} k{held['Pss'] // 1024:6} k"
        )
    # Not RSS, which depends on how much of the files the kernel has mapped.
    none, many = (memory("start", str(n), {})["Anonymous"] for n in (0, PENDING))
    each = (many - none) / PENDING
    print(f"  {each:.2f} bytes of memory for each of {PENDING} that pend")
    rows.append(results.row("a pending await", OURS, bytes=each))
    results.write(RESULTS, "start", rows)


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, OSError) as error:
        sys.exit(f"start: {error}")
