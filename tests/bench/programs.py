# SPDX-License-Identifier: MIT
"""The programs of peers/, one per implementation, and how to talk to one.

What a program is asked and answers stands in peers/loops.h.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from threading import Timer
from typing import NamedTuple

LIMIT_S = 120  # of one answer


class Peer(NamedTuple):
    impl: str
    program: str  # below peers/
    install: str = "build it"  # what to do if it is not there
    alone: bool = False  # it has no second thread
    counted: bool = True  # callgrind can tell its loops apart


CXX = "install g++"
PEERS = (
    Peer("libawait", "peer-await"),
    Peer("malloc", "peer-malloc"),
    Peer("malloc + list + mutex", "peer-listed"),
    Peer("inline struct, no atomics", "peer-floor"),
    Peer("bare load", "peer-load"),
    Peer("std::async", "peer-async", CXX),
    Peer("std::call_once + optional", "peer-once", CXX),
    Peer("pthread_once", "peer-pthread"),
    Peer("C++ magic static", "peer-static", CXX),
    Peer("C++20 lazy coroutine", "peer-coroutine", "compile with g++ 10 or later"),
    Peer("absl::call_once", "peer-absl", "install libabsl-dev"),
    Peer("boost::async", "peer-boost", "install libboost-thread-dev"),
    Peer("GLib g_once", "peer-glib", "install libglib2.0-dev"),
    Peer("TBB collaborative_call_once", "peer-tbb", "install libtbb-dev"),
    Peer("OCaml lazy", "peer-ocaml", "install ocaml-nox", alone=True),
    Peer("Rust LazyLock", "peer-rust-lock", "needs rustc 1.80, Debian 12 has 1.63"),
    Peer("Rust LazyCell", "peer-rust-cell", "needs rustc 1.80, Debian 12 has 1.63"),
    Peer("GHC thunk", "peer-ghc", "install ghc", alone=True, counted=False),
)
# It has no program: what Debian 12 has, libtorch-dev 1.13, has no Await.
NOT_IN_DEBIAN = {"c10::ivalue::Await": "needs PyTorch 2.0, Debian 12 has 1.13"}


class Failed(Exception):
    """A program that did not answer, in one line."""


def environment(tracer: str = "") -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("LIBAWAIT_")}
    return env | ({"LIBAWAIT_TRACE": tracer} if tracer else {})


class Program:
    """One process, pinned to cpus[0]; its second thread to cpus[1]."""

    def __init__(self, path: Path, threads: int, cpus: list[int], tracer: str = ""):
        self.name = f"{path.name} {threads}"
        args = [str(path), str(threads)]
        if threads > 1 and len(cpus) > 1:
            args.append(str(cpus[1]))
        self.process = subprocess.Popen(
            args,
            env=environment(tracer),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            preexec_fn=lambda: os.sched_setaffinity(0, cpus[:1]),
        )

    def ask(self, line: str) -> str:
        assert self.process.stdin and self.process.stdout
        limit = Timer(LIMIT_S, self.process.kill)
        limit.start()
        try:
            self.process.stdin.write(f"{line}\n")
            answer = self.process.stdout.readline().strip()
        except BrokenPipeError:
            answer = ""
        finally:
            limit.cancel()
        if not answer:
            raise Failed(f"{self.name}: no answer to {line!r}")
        return answer

    def ops(self) -> list[str]:
        return self.ask("ops").split()

    def measure(self, op: str, count: int, times: int) -> float:
        """Nanoseconds, or bytes, of one operation."""
        answer = self.ask(f"{op} {count} {times}")
        try:
            return float(answer) / (count * times)
        except ValueError:
            raise Failed(f"{self.name}: {op} {count} {times}: {answer}") from None

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
