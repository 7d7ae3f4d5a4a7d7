# SPDX-License-Identifier: MIT
"""tracing.py BUILD: what tracing costs, side by side; inside
tests/private-lttng. See tracing.c.

An event's cost is what the operation that causes it takes more when it is
recorded. It is compared with what that takes more with a bare tracepoint of
the same fields written beside it by hand; after a system call both are dearer.
The session overwrites its buffers: nothing waits for the disk.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from command import command  # noqa: E402

BUILD = Path(sys.argv[1]).resolve()
BENCH = BUILD / "tests/bench/bench-tracing"
TRACER = str(BUILD / "trace/libawait-trace.so")
EVENTS = (
    "create exec_begin exec_end hit block_begin block_end cycle resolve cancel destroy"
).split()
STACKS = ["create_stack", "exec_stack", "hit_stack"]
NOISY = "; such a wait spins first and calls the kernel, which varies by more"
OPERATIONS = ["create", "first wait", "hit", "drop"]


class Bench:
    """The program, which is told line by line to go on."""

    def __init__(self, *args: str) -> None:
        self.process = subprocess.Popen(
            [str(BENCH), *args],
            env=os.environ | {"LIBAWAIT_TRACE": TRACER},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def do(self, line: str = "") -> list[float]:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return [float(word) for word in self.line().split()]


class Session:
    """A session of LTTng with one channel, started."""

    def __init__(self, folder: str, create: list[str], channel: list[str]) -> None:
        self.name = f"bench-{os.getpid()}"
        command("lttng", "create", self.name, f"--output={folder}", *create)
        self.do("enable-channel", "-u", "c", *channel)

    def do(self, verb: str, *args: str) -> str:
        return command("lttng", verb, "-s", self.name, *args)

    def event(self, verb: str, name: str) -> None:
        self.do(verb, "-u", "-c", "c", name)

    def start(self) -> None:
        command("lttng", "start", self.name)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        command("lttng", "destroy", self.name)


def operations(**env: str) -> list[float]:
    return [float(word) for word in command(BENCH, "operations", **env).split()]


def without_session() -> None:
    rounds = [(operations(), operations(LIBAWAIT_TRACE=TRACER)) for _ in range(5)]
    print(f"\n{'no session':<14}{'no tracer':>10}{'tracer':>10}   ns")
    for i, name in enumerate(OPERATIONS):
        plain = median(r[0][i] for r in rounds)
        more = median(r[1][i] - r[0][i] for r in rounds)
        print(
            f"{name:<14}{plain:10.1f}{more:+10.1f}   "
            "(aim: at most +2.0, or +25 instructions: counted below)"
        )


def compare(session: Session, names: list[str], aim: float) -> None:
    bench = Bench("events")
    for name in names:
        rounds = []
        for _ in range(5):
            alone, _ = bench.do(name)
            session.event("enable-event", f"await:{name}")
            recorded, _ = bench.do(name)
            session.event("disable-event", f"await:{name}")
            session.event("enable-event", f"await_bare:{name}")
            _, by_hand = bench.do(name)
            session.event("disable-event", f"await_bare:{name}")
            rounds.append((alone, recorded - alone, by_hand - alone))
        alone, event, bare = (median(column) for column in zip(*rounds))
        print(
            f"{name:<14}{alone:10.1f}{event:+10.1f}{bare:+10.1f}{event / bare:10.2f}"
            f"   (aim: at most {aim}{NOISY if alone > 20 * bare else ''})",
            flush=True,
        )
    bench.process.communicate(timeout=60)


def while_recording(folder: str) -> None:
    with Session(
        folder, ["--snapshot"], ["--overwrite", "--subbuf-size=1M", "--num-subbuf=4"]
    ) as session:
        session.do("add-context", "-u", "-t", "vpid", "-t", "vtid")
        session.start()
        print(
            f"\n{'event':<14}{'alone':>10}{'recorded':>10}{'by hand':>10}{'ratio':>10}"
            "   ns"
        )
        compare(session, EVENTS, 1.25)
        print("\nstacks of 15 frames; by hand: unw_backtrace() and a tracepoint")
        compare(session, STACKS, 1.15)


def state_dump(folder: str) -> None:
    with Session(folder, [], ["--subbuf-size=64M", "--num-subbuf=8"]) as session:
        bench = Bench("dump", "1000000")
        bench.line()
        session.event("enable-event", "await:statedump_*")
        session.start()
        count, took_ns, went_on = bench.do()
        bench.process.communicate(timeout=60)
        command("lttng", "stop", session.name)
        listed = command("lttng", "list", session.name)
        lost = sum(map(int, re.findall(r"Discarded events: (\d+)", listed)))
        assert "Discarded events" in listed, listed
        print(
            f"\nstate dump of {count:.0f} awaits: {count / took_ns * 1e3:.2f} million "
            f"a second   (aim: at least 2); {lost} events discarded in seven dumps; "
            f"another thread made {went_on:.0f} awaits meanwhile"
        )


def main() -> None:
    without_session()
    with tempfile.TemporaryDirectory(prefix="await-bench-") as folder:
        while_recording(f"{folder}/snapshot")
        state_dump(f"{folder}/dump")


if __name__ == "__main__":
    main()
