# SPDX-License-Identifier: MIT
"""scaling.py [--quick] BUILD RESULTS: what an operation costs as there are more
awaits, more threads, longer chains. See scaling.h for what is measured.

In each round each program does each point once; all but the threads, which
have a processor each as long as there are enough, are on one processor.
"""

from __future__ import annotations

import os
import resource
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import curves
import results
from arguments import arguments
from programs import Failed, Program

QUICK, BUILD, RESULTS = arguments()
ROUNDS = 2 if QUICK else 15
PROGRAMS = {
    "libawait": ("await", ""),
    "std::async": ("async", "install g++"),
    "absl::call_once": ("absl", "install libabsl-dev"),
    "malloc": ("malloc", ""),
    "malloc + list + mutex": ("listed", ""),
}
STEPS = ("create", "first wait", "hit at random", "drop", "enumerate")
CHAIN = "first wait of a chain"
THREADS = {
    "create, wait, drop, own": "own",
    "hit, all the same": "one",
    "create, the next drops": "cross",
}
ALIVE = [1, 1024] if QUICK else [4**n for n in range(11)]
THREAD_COUNTS = [1, 3] if QUICK else list(range(1, 9))
DEPTHS = [1, 100] if QUICK else [10**n for n in range(5)]
OBJECTS = 1 << (10 if QUICK else 15)  # of a point at least, for it to last
LIVES = 10_000 if QUICK else 200_000  # of a thread
STACK = 256 << 20  # a chain is a recursion

Samples = dict[tuple[str, str, str, int], list[float]]  # op, impl, axis, x


def times(count: int) -> int:
    return max(1, OBJECTS // count)


class Point(NamedTuple):
    """What a program is asked, for which operations' points."""

    line: str
    ops: tuple[str, ...]
    axis: str
    x: int


POINTS = [
    *(Point(f"alive {n} {times(n)}", STEPS, "alive", n) for n in ALIVE),
    *(Point(f"chain {n} {times(n)}", (CHAIN,), "depth", n) for n in DEPTHS),
    *(
        Point(f"threads {word} {n} {LIVES}", (op,), "threads", n)
        for op, word in THREADS.items()
        for n in THREAD_COUNTS
    ),
]


def measure(programs: dict[str, Path]) -> Samples:
    """Each point in processes of its own: what once had many awaits, or
    threads, is another process for ever."""
    samples: Samples = defaultdict(list)
    cpus = [max(os.sched_getaffinity(0))]
    with ExitStack() as stack:
        running = [
            (impl, point, stack.enter_context(Program(path, 1, cpus)))
            for point in POINTS
            for impl, path in programs.items()
        ]
        for turn in range(-1, ROUNDS):
            for impl, point, program in running:
                numbers = map(float, program.ask(point.line).split())
                for op, ns in zip(point.ops, numbers, strict=True):
                    # -1: it cannot; the first round brings the memory.
                    if ns != -1 and turn >= 0:
                        key = op, impl, point.axis, point.x
                        samples[key].append(max(ns, 0))
    return samples


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (STACK, most))
    rows, programs = [], {}
    for impl, (name, install) in PROGRAMS.items():
        path = BUILD / f"tests/bench/scaling-{name}"
        if path.exists():
            programs[impl] = path
        else:
            rows.append(results.missing(impl, install))
            print(f"{impl}: missing: {install}")
    try:
        samples = measure(programs)
    except (Failed, ValueError) as error:
        sys.exit(f"scaling: {error}")
    for (op, impl, axis, x), ns in samples.items():
        threads = x if axis == "threads" else 1
        rows.append(results.row(op, impl, ns=ns, threads=threads, x=(axis, x)))
    results.write(RESULTS, "scaling", rows)
    curves.show(rows)
    curves.draw(rows, RESULTS)


main()
