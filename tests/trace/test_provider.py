# SPDX-License-Identifier: MIT
"""docs/tracing.md lists the events of the provider, with their levels, fields
and types, as LTTng itself lists those of a traced program. See app.c."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
import tap  # noqa: E402
from command import command  # noqa: E402

APP = Path(os.environ["AWAIT_BUILD"]) / "tests/trace/trace-app"

# An event: its level, and its fields with their types.
Event = tuple[str, dict[str, str]]


def fields_of(event: str, cell: str) -> list[str]:
    fields = re.findall(r"`(\w+)`", cell)
    return fields if "statedump" in event else [*fields, "addr"]


def documented() -> dict[str, Event]:
    """What the two tables of the page say."""
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in (TOP / "docs/tracing.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    types: dict[str, str] = {}
    for names, kinds, _ in [row for row in rows if len(row) == 3]:
        kind = [part.split()[0].rstrip(",") for part in kinds.split(";")]
        fields = re.findall(r"`(\w+)`", names)
        types.update(zip(fields, kind if len(kind) > 1 else kind * len(fields)))
    return {
        row[0].strip("`"): (
            row[1],
            {f: types[f] for f in fields_of(row[0], row[2])},
        )
        for row in rows
        if len(row) == 4
    }


def provided() -> dict[str, Event]:
    """What `lttng list` says of a program that the tracer is in."""
    events: dict[str, Event] = {}
    fields: dict[str, str] = {}
    command("lttng", "create", "list")
    app = subprocess.Popen(
        [str(APP), "stay"],
        env=os.environ | {"LIBAWAIT_TRACE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert app.stdout and app.stdout.readline() == "ready\n"
        text = command("lttng", "list", "--userspace", "--fields")
    finally:
        app.communicate(timeout=60)
        command("lttng", "destroy", "list")
    for line in text.splitlines():
        event = re.search(r"^ +(\w+):(\w+) \(loglevel: TRACE_(\w+) ", line)
        field = re.search(r"^ +field: (\w+) \((\w+)\)", line)
        if event:
            fields = {}
            if event.group(1) == "await":
                events[event.group(2)] = event.group(3), fields
        elif field and not field.group(1).startswith("_"):
            # This version of lttng does not know what a sequence is.
            kind = field.group(2).replace("unknown", "sequence")
            fields[field.group(1)] = kind
    return events


class Document(unittest.TestCase):
    def test_it_says_what_the_provider_has(self) -> None:
        page, program = documented(), provided()
        self.assertGreaterEqual(len(program), 13)
        self.assertEqual(list(page), list(program)[::-1])
        for name, (level, fields) in program.items():
            self.assertEqual(page[name][0], level, name)
            # lttng begins with the last.
            self.assertEqual(
                list(page[name][1].items()), list(fields.items())[::-1], name
            )


if __name__ == "__main__":
    tap.main()
