# SPDX-License-Identifier: MIT
"""Curves: rows of results that have an x, as columns and bars of text, and as
pictures by gnuplot."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from results import Row
from table import OURS

AXES = {
    "alive": "awaits alive",
    "threads": "threads",
    "depth": "length of the chain",
}
COLOURS = ("#8000a0", "#d03000", "#0060c0", "#707070", "#208030")
WIDTH = 24  # of the longest bar
Points = dict[int, dict[str, float]]


def curves(rows: list[Row]) -> Iterator[tuple[str, str, dict[str, Points]]]:
    """Operation, axis, and the points of each implementation."""
    found: dict[tuple[str, str], dict[str, Points]] = {}
    for row in rows:
        if "x" in row:
            key = row["op"], row["x"]["name"]
            points = found.setdefault(key, {}).setdefault(row["impl"], {})
            points[row["x"]["value"]] = row["ns"]
    for (op, axis), impls in found.items():
        yield op, axis, impls


def remark(axis: str, more: str = "") -> str:
    cpus = len(os.sched_getaffinity(0))
    return (
        f"{more}{cpus} cpus: with more threads they share" if axis == "threads" else ""
    )


def number(ns: float, width: int) -> str:
    return f"{ns:{width}.{2 if ns < 1000 else 0}f}"


def show(rows: list[Row]) -> None:
    for op, axis, impls in curves(rows):
        ours = impls[OURS]
        others = {impl: points for impl, points in impls.items() if impl != OURS}
        print(f"\n{op}, ns{remark(axis, '; ')}")
        print(
            f"{AXES[axis]:>20}{OURS:>10}{'p10':>9}{'p90':>9}  {'':{WIDTH}}"
            + "".join(f"{impl:>{len(impl) + 2}}" for impl in others)
        )
        longest = max(ns["median"] for ns in ours.values())
        for x, ns in sorted(ours.items()):
            bar = (
                min(WIDTH, math.ceil(WIDTH * ns["median"] / longest)) if longest else 0
            )
            print(
                f"{x:>20}{number(ns['median'], 10)}"
                f"{number(ns['p10'], 9)}{number(ns['p90'], 9)}  {'#' * bar:{WIDTH}}"
                + "".join(
                    number(points[x]["median"], len(impl) + 2)
                    for impl, points in others.items()
                )
            )


def script(
    op: str, axis: str, impls: dict[str, Points], colours: dict[str, str], path: str
) -> str:
    """For gnuplot: medians, with p10 and p90 as error bars."""
    lines = ["set terminal svg size 800,500 enhanced font 'sans,14' background 'white'"]
    data, plots = [], []
    for number, (impl, points) in enumerate(impls.items(), 1):
        data.append(f"$d{number} << END")
        data += [
            # What is nothing has no logarithm.
            f"{x} " + " ".join(str(max(ns[p], 0.01)) for p in ("median", "p10", "p90"))
            for x, ns in sorted(points.items())
        ]
        data.append("END")
        width = 3 if impl == OURS else 1.5
        plots.append(
            f"$d{number} using 1:2:3:4 with yerrorlines lw {width} "
            f"lc rgb '{colours[impl]}' pt {number + 3} ps 0.6 "
            f"title '{impl}' noenhanced"
        )
    more = remark(axis, "; ")
    lines += [
        f"set output '{path}'",
        f"set title '{op}' noenhanced",
        f"set xlabel '{AXES[axis]}{more}'",
        "set ylabel 'ns an operation: median, p10 to p90'",
        "set logscale y 10",
        "set grid ytics xtics",
        "set key above",
    ]
    if axis != "threads":
        lines += [
            f"set logscale x {2 if axis == 'alive' else 10}",
            f"set format x '{'2^{%L}' if axis == 'alive' else '10^{%L}'}'",
        ]
    return "\n".join([*lines, *data, "plot " + ", ".join(plots), ""])


def draw(rows: list[Row], folder: Path) -> None:
    """folder/AXIS-OP.svg; said where they are, or that there are none."""
    if not shutil.which("gnuplot"):
        print("\nno pictures: gnuplot is missing: install gnuplot-nox")
        return
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    impls = dict.fromkeys(row["impl"] for row in rows if "x" in row)
    colours = dict(zip(impls, COLOURS * len(impls)))
    for op, axis, points in curves(rows):
        name = f"{axis}-{''.join(c if c.isalnum() else '-' for c in op)}.svg"
        done = subprocess.run(
            ["gnuplot"],
            input=script(op, axis, points, colours, str(folder / name)),
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode or not (folder / name).exists():
            print(f"\nno picture {name}: {done.stderr.strip()}")
        else:
            drawn.append(name)
    print(f"\npictures in {folder}: {' '.join(drawn)}")
