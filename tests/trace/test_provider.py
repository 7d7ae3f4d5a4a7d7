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
from xml.etree import ElementTree

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
import tap  # noqa: E402
from command import command  # noqa: E402

APP = Path(os.environ["AWAIT_BUILD"]) / "tests/trace/trace-app"

# Of the names in what `lttng --mi xml` prints.
MI = "{https://lttng.org/xml/ns/lttng-mi}"

# An event: its level, and its fields with their types.
Event = tuple[str, dict[str, str]]


def fields_of(event: str, cell: str) -> list[str]:
    fields = re.findall(r"`(\w+)`", cell)
    without = re.search("statedump_[bepi]|process_", event)
    return fields if without else [*fields, "addr"]


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
    """What `lttng list` says of a program that the tracer is in, in an order
    that is each version's own."""
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
        text = command("lttng", "--mi", "xml", "list", "--userspace", "--fields")
    finally:
        app.communicate(timeout=60)
        command("lttng", "destroy", "list")
    events: dict[str, Event] = {}
    for event in ElementTree.fromstring(text).iter(f"{MI}event"):
        provider, _, name = event.findtext(f"{MI}name", "").partition(":")
        level = event.findtext(f"{MI}loglevel", "").removeprefix("TRACE_")
        fields = {
            field.findtext(f"{MI}name", ""): kind(field.findtext(f"{MI}type", ""))
            for field in event.iter(f"{MI}event_field")
        }
        if provider == "await":
            shown = {k: v for k, v in fields.items() if not k.startswith("_")}
            events[name] = level, shown
    return events


def kind(word: str) -> str:
    """As the page has it; LTTng has no word for a sequence."""
    return word.lower().replace("other", "sequence")


class Document(unittest.TestCase):
    def test_it_says_what_the_provider_has(self) -> None:
        page, program = documented(), provided()
        self.assertGreaterEqual(len(program), 18)
        self.assertEqual(page, program)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
