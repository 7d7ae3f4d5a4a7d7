# SPDX-License-Identifier: MIT
"""Instructions of a peer's operations, as callgrind counts them.

The loops of peers/ are functions called bench_OPERATION; what is counted is
inside them, with all they call. Twice as many operations less as many leaves
out what the first ones cost more.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from programs import Failed, Peer, environment
from sessions import Session

COUNT = 1000
LIMIT_S = 300
ASKED = ("first-wait", "life", "hit", "nowait")  # the first does create and drop


def inclusive(profile: str) -> Counter[str]:
    """Instructions inside each bench_...() of a callgrind.out file."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    op = ""
    for line in profile.splitlines():
        found = re.match(r"(c?fn)=(\(\d+\))(?: (.*))?", line)
        if found:
            names.setdefault(found[2], found[3] or "")
            if found[1] == "fn":
                loop = re.search(
                    r"\bbench_([a-z_]+?)(_\d+)?($|[^\w])|__bench_([a-z_]+?)_\d+$",
                    names[found[2]],
                )
                op = (loop[1] or loop[4]).replace("_", "-") if loop else ""
        elif op and re.match(r"[-+*\d]", line):
            counts[op] += int(line.split()[1])
    return counts


class Mode(NamedTuple):
    """What of libawait is there beside the program."""

    tracer: str = ""
    stacks: bool | None = None  # of its session, if it has one


PLAIN = Mode()


def count_once(
    path: Path, threads: int, ops: list[str], times: int, mode: Mode
) -> Counter[str]:
    env = environment(mode.tracer)
    with tempfile.TemporaryDirectory() as tmp, subprocess.Popen(
        [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={tmp}/out",
            str(path),
            str(threads),
        ],
        # However slow it is, it begins when its session daemon knows it.
        env=env | ({} if mode.stacks is None else {"LTTNG_UST_REGISTER_TIMEOUT": "-1"}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            with (
                nullcontext()
                if mode.stacks is None
                else Session(process.pid, mode.stacks)
            ) as session:
                _, said = process.communicate(
                    "".join(f"{op} {COUNT} {times}\n" for op in ops), LIMIT_S
                )
                if session:
                    session.check()
        except BaseException:
            process.kill()
            raise
        out = Path(f"{tmp}/out")
        if process.returncode != 0 or not out.exists():
            lines = re.findall(r"^==\d+== (.*\w.*)$", said, re.M)
            raise Failed(f"valgrind {path.name}: {lines[-1] if lines else 'failed'}")
        return inclusive(out.read_text())


def count(
    peer: Peer,
    path: Path,
    threads: int,
    ops: list[str],
    mode: Mode = PLAIN,
    turns: int = 10,
) -> dict[str, float]:
    """Instructions of one operation, by operation: a mean of so many turns."""
    if not peer.counted:
        return {}
    asked = [op for op in ops if op in ASKED]
    few, many = (
        # What a tracer's own threads do meanwhile is counted now and then; beside
        # what recording takes it is little.
        min(
            (
                count_once(path, threads, asked, times, mode)
                for _ in range(3 if mode.tracer and mode.stacks is None else 1)
            ),
            key=lambda counts: counts.total(),
        )
        for times in (turns, 2 * turns)
    )
    return {op: (many[op] - few[op]) / (turns * COUNT) for op in ops if many[op]}
