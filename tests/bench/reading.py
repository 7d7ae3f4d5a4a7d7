# SPDX-License-Identifier: MIT
"""reading.py [--quick] BUILD RESULTS: what `awaitctl report` takes for a trace, beside
`babeltrace2 -o dummy`, which only decodes it; inside tests/private-lttng. See
reading.c for the awaits that are recorded; nothing of them is lost.

Both take turns. Time of a processor is that of all processes together, and so is
memory: the most that they had at a time, as PSS, looked at every 10 ms. How memory
grows with the number of events is shown by a trace with ten times as many, and as
many awaits alive at a time.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from command import command  # noqa: E402
from recorder import daemons  # noqa: E402
import results  # noqa: E402
from arguments import arguments  # noqa: E402
from table import OURS  # noqa: E402

QUICK, BUILD, RESULTS = arguments()
AWAITCTL = BUILD / "src/awaitctl/awaitctl"
PROGRAM = BUILD / "tests/bench/bench-reading"
ROUNDS = 1 if QUICK else 5
DUMMY = "babeltrace2 -o dummy"
LIVES, MANY, ALIVE = (2_000, 4_000, 100) if QUICK else (200_000, 2_000_000, 100_000)
EVENTS = 5  # of a life
# Name: options of awaitctl record, lives, awaits alive at a time.
TRACES: dict[str, tuple[list[str], int, int]] = {
    "events": (["--stacks=none"], LIVES, 2),
    "stacks: create": ([], LIVES, 2),
    "stacks: all": (["--stacks"], LIVES, 2),
    "100,000 alive": (["--stacks=none"], LIVES, ALIVE),
    "ten times as many": (["--stacks=none"], MANY, ALIVE),
}


@dataclass
class Taken:
    wall: list[float] = field(default_factory=list)  # ns
    cpu: list[float] = field(default_factory=list)
    peak: float = 0  # bytes


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        try:
            for path in Path(f"/proc/{each}/task").glob("*/children"):
                found += map(int, path.read_text().split())
        except OSError:
            pass  # it ended
    return found


def pss(pid: int) -> int:
    total = 0
    for each in tree(pid):
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(
            int(line.split()[1]) << 10
            for line in text.splitlines()
            if line.startswith("Pss:")
        )
    return total


def take(taken: Taken, *words: object) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter_ns()
    with subprocess.Popen(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        said = process.stderr.read()
    taken.wall.append(time.perf_counter_ns() - begin)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken.cpu.append(
        (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e9
    )
    if process.returncode:
        sys.exit(f"reading: {words[0]}: status {process.returncode}: {said}")


def look(taken: Taken, *words: object) -> None:
    """At its memory, in a run of its own: to look takes time."""
    with subprocess.Popen(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            taken.peak = max(taken.peak, pss(process.pid))
            time.sleep(0.01)


def record(folder: Path, options: list[str], lives: int, alive: int) -> Path:
    trace = folder / "trace"
    words = [*options, "--blocking", "-o", trace, "--", PROGRAM, lives, alive]
    command(AWAITCTL, "record", *map(str, words))
    return trace


def measure(folder: Path, name: str) -> dict[str, Taken]:
    options, lives, alive = TRACES[name]
    trace = record(folder, options, lives, alive)
    calls = {
        DUMMY: ("babeltrace2", trace, "-o", "dummy"),
        OURS: (AWAITCTL, "report", trace),
    }
    taken = {who: Taken() for who in calls}
    for _ in range(ROUNDS if lives < MANY else 1):
        for who, words in calls.items():
            take(taken[who], *words)
    for who, words in calls.items():
        look(taken[who], *words)
    command("rm", "-r", str(trace))
    return taken


def show(name: str, taken: dict[str, Taken]) -> None:
    ours, dummy = taken[OURS], taken[DUMMY]
    events = TRACES[name][1] * EVENTS

    def ratio(what: str) -> str:
        a, b = (results.times(getattr(x, what))["median"] for x in (ours, dummy))
        return f"{a / 1e9:8.2f} s {b / 1e9:8.2f} s {a / b:5.2f}"

    print(
        f"  {name:18} {events:>10} {ratio('cpu')} {ratio('wall')}"
        f" {ours.peak / 2**20:7.1f} {dummy.peak / 2**20:7.1f} MiB"
    )


def main() -> None:
    rows = []
    print("\nReading a trace: awaitctl report, babeltrace2 -o dummy, and their ratio")
    print(
        f"  {'trace':18} {'events':>10} {'cpu':>15} {'':10} {'wall':>15} {'':10} peak"
    )
    with tempfile.TemporaryDirectory(prefix="await-bench-") as name:
        with daemons(Path(name) / "relayed"):
            for trace in TRACES:
                taken = measure(Path(name), trace)
                show(trace, taken)
                lives = TRACES[trace][1]
                for who, found in taken.items():
                    rows += [
                        results.row(
                            f"read a life: {trace}",
                            who,
                            ns=[ns / lives for ns in found.cpu],
                            bytes=found.peak,
                        )
                    ]
    results.write(RESULTS, "reading", rows)


if __name__ == "__main__":
    os.environ.pop("LIBAWAIT_TRACE", None)
    try:
        main()
    except (AssertionError, OSError) as error:
        sys.exit(f"reading: {error}")
