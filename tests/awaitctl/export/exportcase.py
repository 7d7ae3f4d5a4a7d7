# SPDX-License-Identifier: MIT
"""What the tests of awaitctl export share: all formats of a recording, read back."""

from __future__ import annotations

import collections
import datetime
import os
import pathlib
import subprocess
import sys
import typing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import harness  # noqa: E402
import read_firefox  # noqa: E402
import read_perfetto  # noqa: E402
import read_speedscope  # noqa: E402
import read_text  # noqa: E402
import timeline  # noqa: E402
from harness import AWAITCTL, run  # noqa: E402

EXPORTED = os.environ["AWAITCTL_EXPORTED"]
FORMATS = "perfetto", "firefox", "folded", "speedscope", "dot", "csv"
# As shown: pid, thread, name, begin and end.
Shown = tuple[int, int, str, int, int]


def ns(text: str) -> int:
    """Of 2026-01-31T23:59:59.123456789Z."""
    second, fraction = text.removesuffix("Z").split(".")
    parsed = datetime.datetime.fromisoformat(second + "+00:00")
    return int(parsed.timestamp()) * 10**9 + int(fraction)


def shown_name(kind: str, function: str) -> str:
    return function if kind == "run" else f"waits for {function}"


class Case(harness.Case):
    def export(
        self, format: str, *options: object, status: int = 0
    ) -> subprocess.CompletedProcess[bytes]:
        out = subprocess.run(
            [AWAITCTL, "export", "--format", format, *map(str, options), self.trace],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=harness.LIMIT,
            check=False,
        )
        self.assertEqual(out.returncode, status, out.stderr)
        return out

    def read_all(self, status: int = 0) -> None:
        """Holds each to its schema, and keeps what it says."""
        data = {x: self.export(x, status=status).stdout for x in FORMATS}
        self.perfetto = read_perfetto.Trace(data["perfetto"])
        self.firefox = read_firefox.read(data["firefox"])
        self.speedscope = read_speedscope.read(data["speedscope"])
        self.folded = read_text.folded(data["folded"].decode())
        self.dot = read_text.dot(data["dot"].decode())
        self.table = read_text.table(data["csv"].decode())
        out = run(
            *("babeltrace2", "--clock-seconds", self.trace), errors="backslashreplace"
        )
        self.expected = timeline.Timeline(out.stdout)
        (first,) = [x for x in self.perfetto.instants if x.name == "time 0"]
        self.zero = first.time
        self.assertEqual(ns(first.args["time_0"]), self.zero)
        for row in self.table:
            self.assertEqual(ns(row["time_0"]), self.zero)
        self.assertEqual(min(x.time for x in self.perfetto.events), self.zero)

    def slices(self) -> list[read_perfetto.Event]:
        """Those of threads."""
        return [x for x in self.perfetto.slices if x.category != "life"]

    def in_perfetto(self, cut: bool = False) -> collections.Counter[Shown]:
        """cut: those too that have lost an end."""
        return collections.Counter(
            (self.perfetto.pid(x), self.tid(x), x.name, x.time, x.end)
            for x in self.slices()
            if cut or not {"beginning", "end"} & set(x.args)
        )

    def tid(self, event: read_perfetto.Event) -> int:
        """The main thread of a process whose number stands for another one."""
        made_up = event.tid >= 1 << 22
        return self.perfetto.pid(event) if made_up else event.tid

    def check_slices(self) -> None:
        """Those whose ends were recorded are there, as they were, and no others; and
        all formats show the same."""
        expected = collections.Counter(
            (x.pid, x.tid, shown_name(x.kind, x.function), x.begin, x.shown)
            for x in self.expected.slices
        )
        self.assertEqual(self.in_perfetto(), expected)
        every = self.in_perfetto(cut=True)
        self.assertEqual(
            collections.Counter(
                (x.pid, x.tid, x.name, x.begin + self.zero, x.end + self.zero)
                for x in self.speedscope
            ),
            every,
        )
        self.assertEqual(
            collections.Counter(
                (x.pid, x.tid, x.name, x.begin + self.zero, x.end + self.zero)
                for x in self.firefox
                if x.kind != "event"
            ),
            every,
        )

    def check_ends(self) -> None:
        """What is said of sleeps that are shown longer than they were, and of ids."""
        exact = {
            (x.tid, timeline.id_text(x.id), x.begin, x.end)
            for x in self.expected.slices
        }
        for shown in self.slices():
            if {"beginning", "end"} & set(shown.args):
                continue
            end = shown.args.get("ended_ns", shown.end - self.zero) + self.zero
            key = self.tid(shown), shown.args["id"], shown.time, end
            self.assertIn(key, exact)

    def check_flows(self) -> None:
        """Each creation to the first wait and hits; each that settled to who slept."""
        flows = collections.Counter(
            tuple((x.time, self.tid(x)) for x in ends)
            for ends in self.perfetto.flows.values()
        )
        expected = collections.Counter(self.expected.flows())
        expected += collections.Counter(self.expected.wakings)
        self.assertEqual(flows, expected)

    def check_folded(self) -> None:
        several = len(self.expected.pids) > 1
        expected: collections.Counter[tuple[str, ...]] = collections.Counter()
        for (pid, chain), own in self.expected.chains.items():
            expected[(str(pid), *chain) if several else chain] += own
        found: collections.Counter[tuple[str, ...]] = collections.Counter()
        for chain, own in self.folded.items():
            if several:
                chain = chain[0].rsplit("-", 1)[1], *chain[1:]
            found[chain] += own
        self.assertEqual(found, +expected)

    def check_dot(self) -> None:
        nodes = {}
        for number, (lines, _) in self.dot.nodes.items():
            place = lines[1] if len(lines) > 1 and "created" not in lines[1] else ""
            nodes[number] = lines[0], place
        found: dict[typing.Any, collections.Counter[str]] = collections.defaultdict(
            collections.Counter
        )
        for begin, end, lines, _ in self.dot.edges:
            edge = found[nodes[begin], nodes[end]]
            for line in lines:
                words = line.split()
                if words[0] == "creates":
                    edge["created"] = int(words[1])
                elif words[0] == "blocked":
                    edge["blocked"] = int(words[1].replace(".", ""))
                elif words[1] == "waits":
                    edge["waits"] = int(words[0])
        expected = {key: +value for key, value in self.expected.edges.items() if +value}
        self.assertEqual({key: +value for key, value in found.items()}, expected)

    def check_table(self) -> None:
        """All of each await, as rows in any order."""

        def since(time: int | None) -> str:
            return "" if time is None else str(time - self.zero)

        expected = []
        for x in self.expected.awaits:
            known = x.state or x.running
            state = timeline.STATES[2 if x.running else x.state] if known else ""
            waited = x.waited[0][0] if x.waited and x.created else None
            expected.append(
                (
                    *(timeline.id_text(x.id), str(x.pid), x.function, x.type),
                    *(x.file, str(x.line) if x.file else "", since(x.created)),
                    *(since(waited), since(x.first[0]), since(x.first[1]), state),
                    str(x.error) if state == "failed" else "",
                    *(str(x.runs), str(len(x.hits)), str(x.waits), str(x.blocked)),
                    since(x.ended),
                )
            )
        names = [x for x in read_text.HEAD if x not in ("name", "host", "process")]
        found = []
        for row in self.table:
            ended = row["ended_ns"] if row["ended_by"] == "drop" else ""
            found.append((*(row[x] for x in names[:-3]), ended))
        self.assertEqual(sorted(found), sorted(expected))

    def check_lives(self) -> None:
        """A slice for each await, from its creation to its end, and the counters."""
        lives = [x for x in self.perfetto.slices if x.category == "life"]
        self.assertEqual(
            sorted((x.time, x.args["id"]) for x in lives),
            sorted(
                (x.created, timeline.id_text(x.id))
                for x in self.expected.awaits
                if x.created is not None
            ),
        )
        last: dict[tuple[int, str], int] = {}
        most: collections.Counter[str] = collections.Counter()
        for event in self.perfetto.counters:
            name = self.perfetto.tracks[event.track].name
            self.assertGreaterEqual(event.value, 0)
            last[event.track, name] = event.value
            most[name] = max(most[name], event.value)
        self.assertEqual(set(last.values()), {0})
        times = sorted([(x.time, 1) for x in lives] + [(x.end, -1) for x in lives])
        alive = high = 0
        for _, step in times:
            alive += step
            high = max(high, alive)
        self.assertEqual(most["awaits alive"], high)
