# SPDX-License-Identifier: MIT
"""What was measured, as rows; results.py FOLDER merges them and prints them.

Each measuring script writes its rows to FOLDER/parts/NAME.json:

    rows = [results.row("create", "libawait", ns=samples, instructions=30)]
    results.write(folder, "scripts-name", rows)

A row is one operation of one implementation, or {"impl", "missing"}: a peer
that is not there, and what to install; or {"about", "is"}: what else a reader
must know, as the compiler. FIELDS says what is in a row of the first kind. Merging
adds to each row its ratio to libawait's row of the same op, threads and x, and
to the whole the aims; FOLDER/results.json is then

    {"rows": [...], "missing": {impl: what to do}, "aims": [...], "about": {...}}
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import table
from table import Row


def is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    )


def is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def is_times(value: object) -> bool:
    """Of the rounds; noise makes p10 and p90 differ, and they stay in order."""
    return (
        isinstance(value, dict)
        and set(value) == {"median", "p10", "p90"}
        and all(is_number(number) for number in value.values())
        and value["p10"] <= value["median"] <= value["p90"]
    )


def is_axis(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"name", "value"}
        and is_name(value["name"])
        and is_number(value["value"])
    )


def or_null(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


# field: what it must be, what it means
FIELDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "op": (is_name, "the operation"),
    "impl": (is_name, "who does it: libawait, a peer, libawait+session..."),
    "ns": (or_null(is_times), "median, p10 and p90 of an operation's time"),
    "instructions": (or_null(is_number), "of an operation, as callgrind counts"),
    "bytes": (or_null(is_number), "of an await, or of a process"),
    "threads": (lambda n: is_number(n) and n > 0, "alive; 2: a second one"),
    "x": (is_axis, "the point of a curve: name and value of its axis; optional"),
}
OPTIONAL = {"x"}
OTHER = {"missing": ("impl", "missing"), "about": ("about", "is")}
RATIO = (or_null(is_number), "to libawait's: ns, else bytes, else instructions")


def faults(row: Row, merged: bool = False) -> list[str]:
    """What is wrong with a row, of a part or of results.json."""
    for kind in ("missing", "about"):
        if kind in row:
            right = set(row) == set(OTHER[kind]) and all(map(is_name, row.values()))
            return [] if right else [f"not {' and '.join(OTHER[kind])}, two names"]
    fields = FIELDS | ({"ratio": RATIO} if merged else {})
    found = [f"unknown field {name}" for name in row if name not in fields]
    for name, (check, meaning) in fields.items():
        if name not in row and name not in OPTIONAL:
            found.append(f"no {name}: {meaning}")
        elif name in row and not check(row[name]):
            found.append(f"{name} is {row[name]!r}, not: {meaning}")
    if not found and all(row[f] is None for f in ("ns", "instructions", "bytes")):
        found.append("nothing was measured")
    return found


def times(samples: Sequence[float]) -> dict[str, float]:
    """Median and outer tenths of what the rounds took."""
    middle = median(samples)
    tenths = quantiles([*samples, middle], n=10, method="inclusive")
    # What is computed of equal numbers may differ by a last digit.
    return {
        "median": middle,
        "p10": min(tenths[0], middle),
        "p90": max(tenths[-1], middle),
    }


def row(
    op: str,
    impl: str,
    *,
    ns: Sequence[float] | None = None,
    instructions: float | None = None,
    bytes: float | None = None,
    threads: int = 1,
    x: tuple[str, float] | None = None,
) -> Row:
    """A row; ns are the samples, one a round."""
    axis = {"x": {"name": x[0], "value": x[1]}} if x else {}
    return {
        "op": op,
        "impl": impl,
        "ns": times(ns) if ns else None,
        "instructions": instructions,
        "bytes": bytes,
        "threads": threads,
    } | axis


def missing(impl: str, what_to_do: str) -> Row:
    """A peer that is not there: "install libabsl-dev"."""
    return {"impl": impl, "missing": what_to_do}


def about(what: str, it_is: str) -> Row:
    """What else must be known: about("compiler", "gcc 12.2.0")."""
    return {"about": what, "is": it_is}


def checked(rows: Iterable[Row], where: str, merged: bool = False) -> list[Row]:
    rows = list(rows)
    for each in rows:
        found = faults(each, merged)
        if found:
            sys.exit(f"results: {where}: {'; '.join(found)}: {each}")
    return rows


def write(folder: str | Path, name: str, rows: Iterable[Row]) -> None:
    """Writes a part; exits with a line that says why if a row is wrong."""
    parts = Path(folder) / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    text = json.dumps(checked(rows, name), indent=1)
    (parts / f"{name}.json").write_text(f"{text}\n")


def read(path: Path) -> list[Row]:
    try:
        rows = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"results: {path}: {error}; measure again")
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        sys.exit(f"results: {path} is not a list of rows; measure again")
    return checked(rows, str(path))


def place(row: Row) -> tuple[object, ...]:
    """Rows of one place are compared with each other."""
    axis = row.get("x") or {"name": "", "value": 0}
    return (row["op"], row["threads"], axis["name"], axis["value"])


def compared(row: Row, other: Row | None) -> float | None:
    """How many times what the other takes this one does."""
    for field in ("ns", "bytes", "instructions"):
        mine, its = row[field], other[field] if other else None
        if mine is None or its is None:
            continue
        if field == "ns":
            mine, its = mine["median"], its["median"]
        return mine / its if its else None
    return None


def merge(rows: Iterable[Row]) -> dict[str, Any]:
    """The rows with their ratios, the peers that are missing, and the rest."""
    there, absent, others = [], {}, table.machine()
    for each in rows:
        if "missing" in each:
            absent[each["impl"]] = each["missing"]
        elif "about" in each:
            others[each["about"]] = each["is"]
        else:
            there.append(each)
    ours = {place(each): each for each in there if each["impl"] == table.OURS}
    for each in there:
        each["ratio"] = compared(each, ours.get(place(each)))
    return {
        "rows": checked(there, "results.json", merged=True),
        "missing": absent,
        "aims": table.aims(there),
        "about": others,
    }


def main(folder: Path) -> None:
    parts = sorted((folder / "parts").glob("*.json"))
    if not parts:
        sys.exit(f"results: nothing in {folder}/parts: ./run bench measures")
    merged = merge(each for path in parts for each in read(path))
    (folder / "results.json").write_text(f"{json.dumps(merged, indent=1)}\n")
    table.show(merged)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: results.py FOLDER")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as in `./run bench | head`
    main(Path(sys.argv[1]))
