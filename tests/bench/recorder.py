# SPDX-License-Identifier: MIT
"""Daemons of LTTng of our own, a program recorded by awaitctl, and what is in
the trace then. Inside tests/private-lttng."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from command import command  # noqa: E402
from ports import free_ports  # noqa: E402


def wait_for(*args: str) -> None:
    """Until that command succeeds."""
    end = time.monotonic() + 30
    while subprocess.run(args, capture_output=True, timeout=30).returncode:
        if time.monotonic() > end:
            sys.exit(f"recording: {args[0]} got no answer in 30 s")
        time.sleep(0.05)


@dataclass
class Daemons:
    relay: str  # its address, as awaitctl record --stream wants it
    folder: Path  # where the relay daemon writes
    pids: list[int]

    def cpu_ns(self) -> int:
        """What they and their children have run so far."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                text = stat.read_text()
            except OSError:
                continue  # it ended
            parents[int(stat.parent.name)] = int(text.rpartition(")")[2].split()[1])
        ours = set(self.pids)
        while more := {pid for pid, up in parents.items() if up in ours} - ours:
            ours |= more
        return sum(
            int(path.read_text().split()[0])
            for pid in ours
            for path in Path(f"/proc/{pid}/task").glob("*/schedstat")
        )


@contextmanager
def daemons(folder: Path) -> Iterator[Daemons]:
    """A session daemon and a relay daemon, which end with this."""
    ports = free_ports(3)
    urls = [
        f"--{name}-port=tcp://127.0.0.1:{port}"
        for name, port in zip(("control", "data", "live"), ports)
    ]
    lines = (
        ["lttng-sessiond", "--no-kernel"],
        ["lttng-relayd", f"--output={folder}", *urls],
    )
    quiet: dict[str, Any] = dict.fromkeys(
        ("stdin", "stdout", "stderr"), subprocess.DEVNULL
    )
    both: list[subprocess.Popen[bytes]] = []
    try:
        for line in lines:
            both.append(subprocess.Popen(line, **quiet))
        wait_for("lttng", "list")
        address = ":".join(map(str, ("127.0.0.1", *ports)))
        yield Daemons(address, folder, [process.pid for process in both])
    finally:
        for process in both:
            process.terminate()
        for process in both:
            process.wait(60)


def events_in(trace: Path) -> int:
    """Of awaits: all are in the files of these channels, with the process_end of
    the one program."""
    awaits = trace / "of-awaits"
    awaits.mkdir()
    for pattern in ("metadata", "awaits_*", "stacks_*"):
        for file in trace.glob(pattern):
            (awaits / file.name).symlink_to(file)
    said = command("babeltrace2", awaits, "--component=sink.utils.counter")
    return int(re.findall(r"(\d+) Event messages", said)[-1]) - 1


@dataclass
class Recording:
    ns: list[float]  # of a processor, that a life took, each round
    lasted_ns: list[float]  # how long it was
    events: int  # in the trace
    bytes: int
    cpu_ns: int  # of the daemons


def in_rounds(said: str) -> tuple[list[float], list[float]]:
    """What the program prints: ns and lasted_ns of a life."""
    numbers = [float(word) for word in said.split()]
    return numbers[::2], numbers[1::2]


class Recorder:
    """Records a program again and again, each time into a folder of its own."""

    def __init__(self, awaitctl: Path, folder: Path, daemons: Daemons) -> None:
        self.awaitctl, self.folder, self.daemons = awaitctl, folder, daemons

    def record(self, options: Sequence[str], *program: object) -> Recording:
        """SHM and RELAY in the options are replaced."""
        shm, relay = str(self.folder / "shm"), self.daemons.relay
        words = [o.replace("SHM", shm).replace("RELAY", relay) for o in options]
        (self.folder / "shm").mkdir(exist_ok=True)
        out = self.folder / "trace"
        if any(o.startswith("--stream") for o in options):
            out = self.daemons.folder
        else:
            words += ["-o", str(out)]
        before = self.daemons.cpu_ns()
        said = command(self.awaitctl, "record", *words, "--", *map(str, program))
        cpu_ns = self.daemons.cpu_ns() - before
        traces = [path.parent for path in out.rglob("metadata")]
        held = [
            x for t in traces for n in ("awaits", "stacks") for x in t.glob(f"{n}_*")
        ]
        found = Recording(
            *in_rounds(said),
            sum(map(events_in, traces)),
            sum(path.stat().st_size for path in held),
            cpu_ns,
        )
        for path in out.iterdir():
            shutil.rmtree(path, ignore_errors=True)
        if out == self.folder / "trace":
            shutil.rmtree(out)
        return found
