# SPDX-License-Identifier: MIT
"""Results for people: a block of lines per operation, then the aims.

Points of a curve (rows with an x) are not shown here. Times are noisy: p10 and
p90 stand beside each median, and only times of one run are compared.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

Row = dict[str, Any]

OURS = "libawait"
BEFORE = "libawait before"

# operation, threads, peer, libawait's time over the peer's at most
AIMS = (
    ("hit", 1, "std::async", 0.09),
    ("hit", 1, "C++ magic static", 1.1),
    ("create", 1, "std::async", 0.09),
    ("create", 1, "absl::call_once", 0.30),
    ("create, wait, drop", 1, "std::async", 0.035),
    ("create, wait, drop", 1, "absl::call_once", 0.28),
    ("create, wait, drop", 1, "OCaml lazy", 1.0),
    ("create, wait, drop", 2, "std::async", 0.11),
    ("create, wait, drop", 2, "absl::call_once", 0.95),
    ("create on A, drop on B", 2, "std::async", 0.055),
    ("create on A, drop on B, 1e5", 2, "std::async", 0.055),
    ("record true, daemon started", 1, BEFORE, 0.7),
    ("record true, daemon there", 1, BEFORE, 0.7),
)


def machine() -> dict[str, str]:
    info = Path("/proc/cpuinfo").read_text()
    model = [line for line in info.splitlines() if line.startswith("model name")]
    return {
        "cpu": model[0].split(":")[1].strip() if model else platform.machine(),
        "cpus": str(len(os.sched_getaffinity(0))),
        "kernel": f"Linux {platform.release()}",
    }


def aims(rows: list[Row]) -> list[dict[str, Any]]:
    medians = {
        (row["op"], row["threads"], row["impl"]): row["ns"]["median"]
        for row in rows
        if row["ns"] and "x" not in row
    }
    found = []
    for op, threads, peer, limit in AIMS:
        ours = medians.get((op, threads, OURS))
        its = medians.get((op, threads, peer))
        ratio = ours / its if ours is not None and its else None
        verdict = (
            "not measured" if ratio is None else "holds" if ratio <= limit else "short"
        )
        found.append(
            {
                "op": op,
                "threads": threads,
                "peer": peer,
                "limit": limit,
                "ratio": ratio,
                "verdict": verdict,
            }
        )
    return found


def cell(value: float | None, digits: int = 1) -> str:
    return f"{'' if value is None else f'{value:.{digits}f}':>10}"


def line(row: Row) -> str:
    ns = row["ns"] or {"median": None, "p10": None, "p90": None}
    digits = 2 if ns["median"] is not None and ns["median"] < 1000 else 0
    return (
        f"  {row['impl']:<36}"
        + "".join(cell(ns[name], digits) for name in ("median", "p10", "p90"))
        + cell(row["instructions"])
        + cell(row["bytes"])
        + cell(row["ratio"], 2)
    )


def show(merged: dict[str, Any]) -> None:
    blocks: dict[tuple[str, int], list[Row]] = {}
    for row in merged["rows"]:
        if "x" not in row:
            blocks.setdefault((row["op"], row["threads"]), []).append(row)
    print("\n" + "; ".join(f"{what}: {it}" for what, it in merged["about"].items()))
    for (op, threads), rows in blocks.items():
        title = f"{op}, {'one thread' if threads == 1 else f'{threads} threads'}"
        print(f"\n{title:<38}" + "".join(f"{name:>10}" for name in COLUMNS))
        for row in rows:
            print(line(row))
    print()
    for impl, what_to_do in merged["missing"].items():
        print(f"{impl}: missing: {what_to_do}")
    print("\nlibawait's time / peer's, and the aim")
    for aim in merged["aims"]:
        ratio = "" if aim["ratio"] is None else f"{aim['ratio']:.3f}"
        print(
            f"  {aim['op']:<28}{aim['threads']:>2} {aim['peer']:<18}"
            f"{ratio:>8}  at most {aim['limit']:<6} {aim['verdict']}"
        )


COLUMNS = ("ns median", "p10", "p90", "instr.", "bytes", "ratio")
