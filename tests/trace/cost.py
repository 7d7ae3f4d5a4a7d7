# SPDX-License-Identifier: MIT
"""What recording an event costs in instructions, and what a tracepoint of the
same fields by hand does: the same on every run, while times are not.

callgrind counts, inside the functions of tests/bench/tracing.c that do one
operation, all that happens there, what LTTng does with the event included. The
kernel's part, as of a clock that needs it, it does not see. For stacks both
sides walk the same 15 frames, the one with unw_backtrace().
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from command import command  # noqa: E402
from instructions import instructions  # noqa: E402

# The function whose operation causes the event.
CAUSES = {
    "create": "create",
    "exec_begin": "wait",
    "exec_end": "wait",
    "hit": "wait",
    "block_begin": "block",
    "block_end": "block",
    "cycle": "cycle",
    "wait_end": "block",
    "resolve": "resolve",
    "cancel": "cancel",
    "destroy": "drop",
    "create_stack": "create",
    "exec_stack": "wait",
    "hit_stack": "wait",
}
EVENTS = [name for name in CAUSES if not name.endswith("_stack")]
STACKS = [name for name in CAUSES if name.endswith("_stack")]
EVENT_AIM, STACK_AIM = 1.25, 1.15
COUNT, BLOCKS = 1000, 100  # of tests/bench/tracing.c


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


def recording(folder: str) -> Session:
    """One that overwrites its buffers: nothing waits for the disk."""
    session = Session(
        folder, ["--snapshot"], ["--overwrite", "--subbuf-size=1M", "--num-subbuf=4"]
    )
    session.do("add-context", "-u", "-t", "vpid", "-t", "vtid")
    session.start()
    return session


@dataclass
class Cost:
    event: float
    by_hand: float

    @property
    def ratio(self) -> float:
        return self.event / self.by_hand


def collected(bench: Path, tracer: str, function: str, event: str) -> int:
    """Instructions in all calls of function."""
    return instructions(bench, "count", event, inside=function, LIBAWAIT_TRACE=tracer)


def cost_of(session: Session, bench: Path, tracer: str, event: str) -> Cost:
    """What the event adds to its operation, and what it takes by hand."""

    def recorded(function: str, name: str) -> int:
        session.event("enable-event", name)
        try:
            return collected(bench, tracer, function, event)
        finally:
            session.event("disable-event", name)

    # Twice: with the tracepoint by hand and without.
    count = BLOCKS if CAUSES[event] == "block" else COUNT
    alone = collected(bench, tracer, CAUSES[event], event)
    with_it = recorded(CAUSES[event], f"await:{event}")
    by_hand = recorded(f"bare_{event}", f"await_bare:{event}")
    return Cost((with_it - alone) / (2 * count), by_hand / count)
