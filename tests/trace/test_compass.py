# SPDX-License-Identifier: MIT
"""The analyses for Trace Compass: valid, about events and fields that there
are, and what states.xml computes over a real trace.

What Trace Compass does with a state provider is done here by a few lines that
know the elements which ours uses; no more is claimed of them.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tests/trace")]
import tap  # noqa: E402
import test_provider  # noqa: E402
import test_trace  # noqa: E402
from command import command  # noqa: E402

FILES = [TOP / "trace/compass" / f"{name}.xml" for name in ("states", "callstack")]
# Trace Compass's own, under its own licence: not part of libawait.
USUAL = TOP.parent / "shared/tracecompass-xsd"
SCHEMAS = Path(os.environ.get("TRACECOMPASS_XSD", USUAL))
SCHEMA = SCHEMAS / "xmlDefinition.xsd"
CONTEXTS = {"context._vpid", "context._vtid", "timestamp"}

State = dict[tuple[str, ...], "str | int | None"]


class Provider:
    """A state provider, fed with events one by one."""

    def __init__(self, path: Path) -> None:
        (self.root,) = ElementTree.parse(path).getroot().findall("stateProvider")
        self.locations = {e.get("id"): e for e in self.root.findall("location")}
        self.maps = {
            group.get("id"): {
                pair[0].get("value"): pair[1].get("value")
                for pair in group.findall("entry")
            }
            for group in self.root.findall("mappingGroup")
        }
        self.now: State = {}
        self.states: dict[tuple[str, ...], list[str | int | None]] = {}

    def path(self, element: ElementTree.Element, event: test_trace.Event) -> tuple:
        found: tuple = ()
        for part in element.findall("stateAttribute"):
            kind, value = part.get("type"), part.get("value", "")
            if kind == "location":
                found += self.path(self.locations[value], event)
            elif kind == "constant":
                found += (value,)
            elif kind == "eventField":
                found += (self.field(event, value),)
            else:
                assert kind == "query", kind
                found += (str(self.now.get(self.path(part, event))),)
        return found

    @staticmethod
    def field(event: test_trace.Event, name: str) -> str:
        if name == "name":  # that of an event is another
            found = re.search(r', name = "([^"]*)"', event.text)
            return found[1] if found else ""
        return getattr(event, name.replace("context._", ""))

    def value(
        self, element: ElementTree.Element, event: test_trace.Event
    ) -> str | int | None:
        kind, value = element.get("type"), element.get("value", "")
        if kind == "null":
            return None
        if kind == "eventField":
            return self.field(event, value)
        if kind == "query":
            found = self.now.get(self.path(element, event))
            return self.maps[element.get("mappingGroup")].get(found)
        return int(value) if kind == "long" else value

    def change(self, element: ElementTree.Element, event: test_trace.Event) -> None:
        condition = element.find("if/condition")
        if condition is not None:
            wanted = self.value(condition.findall("stateValue")[0], event)
            if self.now.get(self.path(condition, event)) == wanted:
                self.change(element.findall("then")[0], event)
            return
        path = self.path(element, event)
        (new,) = element.findall("stateValue")
        if new.get("type") == "delete":
            for below in [p for p in self.now if p[: len(path)] == path]:
                self.now[below] = None
            return
        value = self.value(new, event)
        if new.get("increment"):
            value = int(self.now.get(path) or 0) + int(value or 0)
        self.now[path] = value
        self.states.setdefault(path, []).append(value)

    def feed(self, event: test_trace.Event) -> None:
        for handler in self.root.findall("eventHandler"):
            if handler.get("eventName") == f"await:{event.name}":
                for change in handler.findall("stateChange"):
                    self.change(change, event)


class Compass(unittest.TestCase):
    @unittest.skipUnless(
        SCHEMA.exists(), "TRACECOMPASS_XSD names no folder of Trace Compass's schemas"
    )
    @unittest.skipUnless(shutil.which("xmllint"), "there is no xmllint")
    def test_valid(self) -> None:
        for path in FILES:
            command("xmllint", "--noout", "--schema", SCHEMA, path)

    def test_events_and_fields_exist(self) -> None:
        events = test_provider.documented()
        for path in FILES:
            text = path.read_text()
            named = re.findall(r'(?:eventName|event)="await:(\w+)"', text)
            self.assertLessEqual(set(named), set(events))
            for handler in ElementTree.parse(path).getroot().iter("eventHandler"):
                event = handler.get("eventName", "").split(":")[1]
                fields = {
                    part.get("value")
                    for part in handler.iter()
                    if part.get("type") == "eventField"
                }
                self.assertLessEqual(fields - CONTEXTS, set(events[event][1]), event)

    def test_states_of_a_trace(self) -> None:
        trace = test_trace.Trace(test_trace.APP, "rare", LIBAWAIT_TRACE="1")
        provider = Provider(FILES[0])
        for event in trace.events:
            provider.feed(event)
        (pid,) = {e.vpid for e in trace.events}
        ids = [e.id for e in trace.of("create")]
        want = {
            "settler": ["PENDING", "RUNNING", "RESOLVED", None],
            "cancelled": ["PENDING", "CANCELLED", None],
            "promise": ["PENDING", "RESOLVED", None],
            "rejected": ["PENDING", "FAILED", None],
            "itself": ["PENDING", "RUNNING", "RESOLVED", None],
        }
        for ident, (name, states) in zip(ids, want.items()):
            got = provider.states["Processes", pid, "Awaits", ident]
            self.assertEqual(got, states, name)
        for part, labels in (
            ("Label", ["wait_for_itself", "its own"]),
            ("Name", ["its own"]),
        ):
            got = provider.states["Processes", pid, "Awaits", ids[4], part]
            self.assertEqual(got, labels)
        main, other = trace.output.split()
        for tid in main, other:
            waited = provider.states["Processes", pid, "Threads", tid]
            self.assertEqual(waited, [ids[2], None])
        functions = {
            path[3:]: value
            for path, value in provider.now.items()
            if path[2] == "Functions"
        }
        for name in ("settle", "leaf", "promise", "wait_for_itself"):
            self.assertEqual(functions[name, "alive"], 0, name)
            self.assertEqual(functions[name, "running"], 0, name)

    def test_counts_of_a_trace(self) -> None:
        trace = test_trace.Trace(test_trace.APP, LIBAWAIT_TRACE="1")
        provider = Provider(FILES[0])
        for event in trace.events:
            provider.feed(event)
        alive, running, hits = (
            {p[3]: v for p, v in provider.states.items() if p[-1] == name}
            for name in ("alive", "running", "hits")
        )
        self.assertEqual(alive["leaf"], [1, 2, 1, 0])
        self.assertEqual(running["leaf"], [0, 0, 1, 0, 1, 0])
        self.assertEqual(running["nest"], [0, 1, 0])
        self.assertEqual(hits["nest"], [0, 1, 2, 3])
        self.assertEqual(hits["nowait"], [0, 1])

    def test_nothing_outlives_its_process(self) -> None:
        trace = test_trace.Trace(test_trace.APP, LIBAWAIT_TRACE="1")
        provider = Provider(FILES[0])
        for event in trace.events:
            if event.name != "destroy":
                provider.feed(event)
        self.assertIn("RESOLVED", provider.now.values())
        (end,) = trace.ends
        provider.feed(end)
        self.assertEqual(set(provider.now.values()), {None})


if __name__ == "__main__":
    sessiond = test_trace.start_daemon()
    try:
        tap.main()
    finally:
        sessiond.terminate()
        sessiond.wait(20)
