# SPDX-License-Identifier: MIT
"""tracing.py BUILD: what tracing costs, side by side; inside
tests/private-lttng. See tracing.c.

An event's cost is what the operation that causes it takes more when it is
recorded. It is compared with what that takes more with a bare tracepoint of
the same fields written beside it by hand; after a system call both are dearer.
A blocking wait takes so long that the event drowns in it: there the
instructions tell more, which are counted beside.
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
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "trace"))
from command import command  # noqa: E402
from cost import (  # noqa: E402
    EVENT_AIM,
    EVENTS,
    STACK_AIM,
    STACKS,
    Session,
    cost_of,
    recording,
)

BUILD = Path(sys.argv[1]).resolve()
BENCH = BUILD / "tests/bench/bench-tracing"
TRACER = str(BUILD / "trace/libawait-trace.so")
DROWNED = "   (compare these: its time drowns in the wait's)"
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
        ratios = sorted(event / by_hand for _, event, by_hand in rounds)
        counted = cost_of(session, BENCH, TRACER, name)
        print(
            f"{name:<14}{alone:10.1f}{event:+10.1f}{bare:+10.1f}{event / bare:8.2f}"
            f"  ({ratios[0]:.2f} to {ratios[-1]:.2f}; aim: at most {aim})"
            f"{counted.event:10.0f}{counted.by_hand:8.0f}{counted.ratio:8.2f}"
            f"{DROWNED if alone > 20 * bare else ''}",
            flush=True,
        )
    bench.process.communicate(timeout=60)


def while_recording(folder: str) -> None:
    with recording(folder) as session:
        print(
            f"\n{'event':<14}{'alone':>10}{'recorded':>10}{'by hand':>10}{'ratio':>8}"
            f"{'ns':>5}{'recorded':>39}{'by hand':>8}{'ratio':>8}   instructions"
        )
        compare(session, EVENTS, EVENT_AIM)
        print("\nstacks of 15 frames; by hand: unw_backtrace() and a tracepoint")
        compare(session, STACKS, STACK_AIM)


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
