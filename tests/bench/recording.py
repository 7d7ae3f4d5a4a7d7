# SPDX-License-Identifier: MIT
"""recording.py [--quick] BUILD RESULTS: what a recording costs, by mode; inside
tests/private-lttng. See recording.c for the awaits that are recorded.

Bursts fit into the buffers, and nothing of them is lost, which is checked: a
life's time of a processor and its bytes. At full speed and at a pace it is
counted how many of the events emitted, whose number is known, are in the trace;
LTTng discarded the rest. Traces and --shm are in a temporary directory.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from command import command  # noqa: E402
import advice  # noqa: E402
import results  # noqa: E402
from arguments import arguments  # noqa: E402
from recorder import Recorder, Recording, daemons, in_rounds  # noqa: E402
from table import OURS  # noqa: E402

QUICK, BUILD, RESULTS = arguments()
PROGRAM = BUILD / "tests/bench/bench-recording"
TRACER = {"LIBAWAIT_TRACE": str(BUILD / "trace/libawait-trace.so")}

PASSES, ROUNDS, LIVES = (1, 2, 500) if QUICK else (3, 5, 4000)
FAST = 5_000 if QUICK else 400_000
PACES = {} if QUICK else {100_000: 1000, 1_000_000: 500}  # lives a second: ms
EVENTS = 5  # of a life, and its stacks
SAMPLE = "(((id >> 32) ^ id) & 1023) == 0"
# Name: options of awaitctl record, stacks of a life.
MODES: dict[str, tuple[list[str], int]] = {
    "events": (["--stacks=none"], 0),
    "1 of 1024 awaits": (["--stacks=none", f"--filter={SAMPLE}"], 0),
    "events, snapshot": (["--stacks=none", "--snapshot"], 0),
    "events, blocking": (["--stacks=none", "--blocking"], 0),
    "events, live": (["--stacks=none", "--live"], 0),
    "events, stream": (["--stacks=none", "--stream=RELAY"], 0),
    "events, shm on disk": (["--stacks=none", "--shm=SHM"], 0),
    "stacks: create": ([], 1),
    "stacks: create, exec": (["--stacks=create,exec"], 2),
    "stacks: all": (["--stacks"], 3),
    "stacks: all, depth 4": (["--stacks", "--depth=4"], 3),
}
if QUICK:
    MODES = {name: MODES[name] for name in ("events", "stacks: all")}
PARTIAL = ("1 of 1024 awaits", "events, snapshot")  # not to keep all
UNTRACED, IDLE = OURS, "tracer, no session"


def emitted(mode: str) -> int:
    """Events of a life."""
    return EVENTS + MODES[mode][1]


def bursts(recorder: Recorder) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Of each mode: what a life took, each round; and an event's bytes."""
    ns: dict[str, list[float]] = {name: [] for name in (UNTRACED, IDLE, *MODES)}
    events, size = dict.fromkeys(MODES, 0), dict.fromkeys(MODES, 0)
    for _ in range(PASSES):
        for name, env in (UNTRACED, {}), (IDLE, TRACER):
            out = command(PROGRAM, str(ROUNDS), str(LIVES), **env)
            ns[name] += in_rounds(out)[0]
        for mode, (options, _) in MODES.items():
            found = recorder.record(options, PROGRAM, ROUNDS, LIVES)
            ns[mode] += found.ns
            events[mode] += found.events
            size[mode] += found.bytes
    for mode in MODES:
        lost = PASSES * ROUNDS * LIVES * emitted(mode) - events[mode]
        if lost and mode not in PARTIAL:
            sys.exit(f"recording: {mode}: {lost} events of bursts are not in the trace")
    return ns, {mode: size[mode] / max(events[mode], 1) for mode in MODES}


def summed(mode: str, lives: int, found: Recording) -> advice.Run:
    seconds = found.lasted_ns[0] * lives / 1e9
    return advice.Run(
        kept=found.events / (lives * emitted(mode)),
        lives=lives / seconds,
        events=found.events / seconds,
        mb=found.bytes / seconds / 1e6,
        daemons_ns=found.cpu_ns / max(found.events, 1),
    )


def measure(recorder: Recorder) -> list[advice.Mode]:
    ns, size = bursts(recorder)
    plain = results.times(ns[UNTRACED])["median"]
    modes = [
        advice.Mode(name, results.times(ns[name]), plain, 0, None, None, {}, False)
        for name in (UNTRACED, IDLE)
    ]
    for mode, (options, _) in MODES.items():
        fast = summed(mode, FAST, recorder.record(options, PROGRAM, 1, FAST))
        paced = {
            pace: summed(
                mode,
                pace * ms // 1000,
                recorder.record(options, PROGRAM, "paced", pace, ms),
            )
            for pace, ms in PACES.items()
        }
        modes.append(
            advice.Mode(
                mode,
                results.times(ns[mode]),
                plain,
                emitted(mode),
                size[mode],
                fast,
                paced,
                mode in PARTIAL,
            )
        )
    results.write(RESULTS, "recording", rows(ns, size, modes))
    return modes


def rows(
    ns: dict[str, list[float]], size: dict[str, float], modes: list[advice.Mode]
) -> list[results.Row]:
    found = [
        results.row(
            "create, wait, hit, drop, recorded",
            name,
            ns=samples,
            bytes=size[name] * emitted(name) if name in MODES else None,
        )
        for name, samples in ns.items()
    ]
    for mode in modes:
        if mode.fast and mode.fast.events:
            found.append(
                results.row(
                    "an event kept, at full speed",
                    mode.name,
                    ns=[1e9 / mode.fast.events],
                    bytes=mode.size,
                )
            )
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="await-bench-") as name:
        folder = Path(name)
        with daemons(folder / "relayed") as ours:
            recorder = Recorder(BUILD / "src/awaitctl/awaitctl", folder, ours)
            modes = measure(recorder)
    advice.show(modes)


if __name__ == "__main__":
    os.environ.pop("LIBAWAIT_TRACE", None)
    try:
        main()
    except (AssertionError, OSError) as error:
        sys.exit(f"recording: {error}")
