# SPDX-License-Identifier: MIT
"""peers.py BUILD [FOLDER]: libawait and what people would use instead, on the
same work in one run; writes FOLDER/parts/peers.json (FOLDER: build/bench).

One process per implementation, pinned, started once; a round asks each of them
for each operation, one after the other, so that what else the machine does
meets all of them alike. A round's sample is some milliseconds of an operation.

  --rounds N  15 by default
  --quick     2 rounds of shorter samples, and fewer objects: shows that it
              works, not what anything costs; instructions of the first two
  --recorded  libawait also with its tracer loaded, in a session of LTTng, and
              with stacks: inside tests/private-lttng
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import callgrind
import results
from programs import NOT_IN_DEBIAN, PEERS, Failed, Peer, Program
from sessions import Session
from table import OURS

# of programs: of results
TITLES = {
    "create": "create",
    "first-wait": "first wait",
    "drop": "drop",
    "life": "create, wait, drop",
    "hit": "hit",
    "nowait": "nowait, drop",
    "hit-random": "hit, random over 1e6",
    "enumerate": "enumerate 1e6, each",
    "cross": "create on A, drop on B",
    "cross-many": "create on A, drop on B, 1e5",
    "contended": "first wait of two at once",
    "hit-two": "hit by two at once",
    "bytes": "pending, bytes of each",
}
ALONE = ("create", "first-wait", "drop", "life", "hit", "nowait")
BOTH = ("cross", "cross-many", "contended", "hit-two")
MANY = ("hit-random", "enumerate")  # in a process of its own each: they fill it
ALIVE = 1000  # at once, but for
MORE_ALIVE = {"cross-many": 100_000, "hit-random": 1_000_000, "enumerate": 1_000_000}
SAMPLE_NS = 3e6
# of libawait with its tracer loaded: whether its session records stacks, too
MODES = {"+tracer": None, "+session": False, "+stacks": True}

Key = tuple[str, str, int]  # operation, implementation, threads


class Run:
    """One run: what to measure how, and what came of it."""

    def __init__(self, build: Path, quick: bool, rounds: int) -> None:
        self.folder = build / "tests/bench/peers"
        self.tracer = str(build / "trace/libawait-trace.so")
        self.quick = quick
        self.rounds = rounds
        self.few = 50 if quick else 1  # of what there are many of
        self.sample_ns = SAMPLE_NS / 100 if quick else SAMPLE_NS
        allowed = sorted(os.sched_getaffinity(0))
        self.cpus = allowed[::-1][:2]
        os.sched_setaffinity(0, allowed[:1])  # beside the first thread
        self.samples: dict[Key, list[float]] = {}
        self.times: dict[Key, int] = {}
        self.bytes: dict[str, float] = {}
        self.instructions: dict[Key, float] = {}
        self.there = [p for p in PEERS if self.path(p).exists()]

    def path(self, peer: Peer) -> Path:
        return self.folder / peer.program

    def program(self, peer: Peer, threads: int, tracer: str = "") -> Program:
        return Program(self.path(peer), threads, self.cpus, tracer)

    def sample(self, op: str, impl: str, threads: int, program: Program) -> None:
        """A round's; the first one of all finds how often to do it, instead."""
        key = (op, impl, threads)
        count = MORE_ALIVE[op] // self.few if op in MORE_ALIVE else ALIVE
        asked = op.removesuffix("-many")
        if key not in self.times:
            # Twice: the first also brings the memory.
            once = [program.measure(asked, count, 1) * count for _ in range(2)][1]
            wanted = self.sample_ns / max(once, 1)
            self.times[key] = 1 if op in MANY else min(max(int(wanted), 1), 1000)
            self.samples[key] = []
        else:
            ns = program.measure(asked, count, self.times[key])
            self.samples[key].append(ns)

    def group(self, ops: tuple[str, ...], threads: int, modes: bool = False) -> None:
        """All rounds of some operations: round-robin over implementations."""
        with ExitStack() as stack:
            talks: list[tuple[str, Program, list[str]]] = []
            for peer in self.there:
                if threads == 1 or not peer.alone:
                    program = stack.enter_context(self.program(peer, threads))
                    talks.append((peer.impl, program, program.ops()))
            if modes:
                for impl, program in stack.enter_context(self.recorded()):
                    talks.append((impl, program, program.ops()))
            for round in range(-1, self.rounds):
                for op in ops:
                    able = [t for t in talks if op.removesuffix("-many") in t[2]]
                    first = max(round, 0) % max(len(able), 1)
                    for impl, program, _ in able[first:] + able[:first]:
                        self.sample(op, impl, threads, program)

    @contextmanager
    def recorded(self) -> Iterator[list[tuple[str, Program]]]:
        """libawait with its tracer, whose threads make two of one."""
        peer = self.there[0]
        with ExitStack() as stack:
            talks = [
                (
                    f"{peer.impl}{mode}",
                    stack.enter_context(self.program(peer, 2, self.tracer)),
                )
                for mode in MODES
            ]
            sessions = [
                stack.enter_context(Session(program.process.pid, stacks))
                for (_, program), stacks in zip(talks, MODES.values())
                if stacks is not None
            ]
            yield talks
            for (_, program), session in zip(talks[1:], sessions):
                program.measure("create", ALIVE, 1)
                session.check()

    def each_bytes(self) -> None:
        for peer in self.there:
            with self.program(peer, 1) as program:
                if "bytes" in program.ops():
                    count = 1_000_000 // self.few
                    self.bytes[peer.impl] = program.measure("bytes", count, 1)

    def count(self, modes: bool) -> None:
        """Instructions, two programs at a time; counts are not disturbed."""
        jobs = [
            (peer, threads, peer.impl, callgrind.PLAIN)
            for peer in self.there[: 2 if self.quick else None]
            for threads in ((1,) if peer.alone else (1, 2))
        ]
        if modes:
            peer = self.there[0]
            jobs += [
                (peer, 2, f"{peer.impl}{mode}", callgrind.Mode(self.tracer, stacks))
                for mode, stacks in MODES.items()
            ]

        def job(peer: Peer, threads: int, impl: str, mode: callgrind.Mode) -> None:
            with self.program(peer, threads) as program:
                ops = program.ops()
            turns = 2 if self.quick else 10
            found = callgrind.count(peer, self.path(peer), threads, ops, mode, turns)
            for op, each in found.items():
                self.instructions[op, impl, threads] = each

        allowed = set(self.cpus)
        os.sched_setaffinity(0, allowed)
        with ThreadPoolExecutor(len(allowed)) as pool:
            for done in [pool.submit(job, *each) for each in jobs]:
                try:
                    done.result()
                except Failed as error:  # valgrind cannot read all that clang writes
                    print(f"bench: not counted: {error}")

    def rows(self) -> list[results.Row]:
        rows = [
            results.row(
                TITLES[op],
                impl,
                ns=samples,
                instructions=self.instructions.get((op, impl, threads)),
                threads=threads,
            )
            for (op, impl, threads), samples in self.samples.items()
        ]
        rows += [
            results.row(TITLES["bytes"], impl, bytes=each)
            for impl, each in self.bytes.items()
        ]
        absent = {p.impl: p.install for p in PEERS if p not in self.there}
        absent |= NOT_IN_DEBIAN
        rows += [results.missing(*each) for each in absent.items()]
        with self.program(self.there[0], 1) as program:
            rows.append(results.about("compiler", program.ask("compiler")))
        rows.append(results.about("rounds", str(self.rounds)))
        if self.quick:
            what = f"times mean little; 1 object for {self.few} where there are many"
            rows.append(results.about("quick", what))
        return rows


def measure(run: Run, modes: bool) -> list[results.Row]:
    run.group(ALONE, 1)
    run.group(ALONE, 2, modes)
    if len(run.cpus) > 1:
        run.group(BOTH, 2)
    else:
        print("bench: one cpu: nothing that takes two threads was measured")
    for op in MANY:
        run.group((op,), 1)
    run.each_bytes()
    if shutil.which("valgrind"):
        run.count(modes)
    else:
        print("bench: no valgrind: no instructions were counted")
    return run.rows()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", nargs="?", default="build/bench"
    )
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--recorded", action="store_true")
    args = parser.parse_args()
    rounds = args.rounds or (2 if args.quick else 15)
    run = Run(args.build.resolve(), args.quick, rounds)
    if not run.there or run.there[0].impl != OURS:
        sys.exit(f"bench: no peer-await in {run.folder}: build it first")
    try:
        results.write(args.folder, "peers", measure(run, args.recorded))
    except (Failed, OSError) as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
