# SPDX-License-Identifier: MIT
"""Questions about all awaits: counts, lists, groups, marks, and who waits for whom."""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from image import Image  # noqa: E402

from awaitmodel.ids import id_text, parse_id  # noqa: E402
from awaitmodel.memory import AwaitError  # noqa: E402
from awaitmodel.query import Filter, Mark, group, select, sites  # noqa: E402
from awaitmodel.states import (  # noqa: E402
    FAILED,
    PENDING,
    RESOLVED,
    RUNNING,
)
from awaitmodel.wait_graph import Graph  # noqa: E402
from awaitmodel.world import World  # noqa: E402


class Story(unittest.TestCase):
    """Two slabs with awaits of two functions, and two threads."""

    def setUp(self) -> None:
        self.image = image = Image()
        fetch, count = image.func("fetch"), image.func("count")
        self.fetch = image.site(fetch, "/src/main.c", 31)
        self.count = image.site(count, "/src/other.c", 12, "prepare")
        self.late = image.slab(first_id=101, slots=3)
        self.early = image.slab(first_id=1, slots=5)
        at = image.await_at
        self.running = at(self.early, 0, self.fetch, RUNNING, owner=2)
        self.inner = at(self.early, 1, self.count, RUNNING, owner=2)
        self.failed = at(self.early, 3, self.fetch, FAILED, generation=6, error=-2)
        self.other = at(self.late, 0, self.count, RUNNING, owner=3)
        self.pending = at(self.late, 2, self.fetch, PENDING)
        image.thread(2, 4711, runs=(self.running, self.inner), blocked_on=self.other)
        image.thread(3, 4712, runs=(self.other,))
        image.thread(4, 4713, blocked_on=self.running)

    def world(self) -> World:
        return World(self.image.layout())

    def ids(self, wanted: Filter, **more: object) -> list[str]:
        found = select(self.world(), wanted, None, **more)  # type: ignore[arg-type]
        self.assertEqual(found.total, len(found.heads))
        return [id_text(head.id) for head in found.heads]


class Lists(Story):
    def test_counts(self) -> None:
        self.assertEqual(self.world().counts(), {PENDING: 1, RUNNING: 3, FAILED: 1})

    def test_by_id(self) -> None:
        world = self.world()
        head = world.by_id(parse_id("#4.6"))
        self.assertEqual((head.address, head.error), (self.failed, -2))
        for text in ("#4", "#4.5", "#3", "#6", "#104"):
            with self.assertRaisesRegex(AwaitError, f"no await {re.escape(text)}$"):
                world.by_id(parse_id(text))

    def test_all_in_the_order_of_ids(self) -> None:
        self.assertEqual(self.ids(Filter()), ["#1", "#2", "#4.6", "#101", "#103"])

    def test_limit(self) -> None:
        found = select(self.world(), Filter(), 2)
        self.assertEqual((len(found.heads), found.total), (2, 5))
        found = select(self.world(), Filter(), 2, "id", reverse=True)
        self.assertEqual([id_text(h.id) for h in found.heads], ["#4.6", "#103"])

    def test_filters(self) -> None:
        for wanted, ids in (
            (Filter(states=frozenset({FAILED, PENDING})), ["#4.6", "#103"]),
            (Filter(function=re.compile("co.*")), ["#2", "#101"]),
            (Filter(type="int"), ["#1", "#2", "#4.6", "#101", "#103"]),
            (Filter(type="page"), []),
            (Filter(site=("main.c", None)), ["#1", "#4.6", "#103"]),
            (Filter(site=("other.c", 12)), ["#2", "#101"]),
            (Filter(site=("ain.c", None)), []),
            (Filter(site=("other.c", 13)), []),
            (Filter(addresses=frozenset({self.other, self.other + 8})), ["#101"]),
            (Filter(frozenset({RUNNING}), re.compile("fetch")), ["#1"]),
        ):
            self.assertEqual(self.ids(wanted), ids, wanted)

    def test_order(self) -> None:
        for order, ids in (
            ("state", ["#103", "#1", "#2", "#101", "#4.6"]),
            ("function", ["#2", "#101", "#1", "#103", "#4.6"]),
            ("site", ["#1", "#103", "#4.6", "#2", "#101"]),
        ):
            self.assertEqual(self.ids(Filter(), order=order), ids)

    def test_groups(self) -> None:
        for by, groups in (
            ("function", [(("fetch",), 3), (("count",), 2)]),
            ("state", [(("running",), 3), (("failed",), 1), (("pending",), 1)]),
            ("thread", [((0,), 2), ((2,), 2), ((3,), 1)]),
        ):
            grouped = group(self.world(), Filter(), by)
            self.assertEqual([(g.key, g.total) for g in grouped.groups], groups)
        by_site = group(self.world(), Filter(), "site").groups
        self.assertEqual(by_site[0].key, ("/src/main.c", 31, "fetch"))
        self.assertEqual(by_site[0].states, {PENDING: 1, RUNNING: 1, FAILED: 1})

    def test_mark(self) -> None:
        mark = Mark(self.world())
        self.assertEqual(mark.total, 5)
        at = self.image.await_at
        at(self.early, 3, self.fetch, PENDING, generation=7)  # the slot is used again
        at(self.early, 4, self.fetch, PENDING)
        at(self.late, 2, self.fetch, RESOLVED)  # the same await
        third = self.image.slab(first_id=201, slots=1)
        at(third, 0, self.count)
        new, old = Filter(mark=mark), Filter(mark=mark, old=True)
        self.assertEqual(self.ids(new), ["#4.7", "#5", "#201"])
        self.assertEqual(self.ids(old), ["#1", "#2", "#101", "#103"])

    def test_sites(self) -> None:
        lines = sorted(site.line for site in sites(self.world()))
        self.assertEqual(lines, [12, 31])


class Waits(Story):
    def graph(self) -> Graph:
        return Graph(self.world())

    def test_chain(self) -> None:
        graph = self.graph()
        (sleeper,) = graph.waiters(self.running)
        chain = [(step.thread.tid, step.awaited) for step in graph.chain(sleeper)]
        self.assertEqual(
            chain,
            [(4713, self.running), (4711, self.inner), (4711, self.other)],
        )
        inner = [step.awaited for step in graph.chain_of(self.running)]
        self.assertEqual(inner, [self.inner, self.other])

    def test_runner_and_waiters(self) -> None:
        graph = self.graph()
        runner = graph.runner(self.other)
        self.assertEqual(runner and runner.tid, 4712)
        self.assertIsNone(graph.runner(self.pending))
        self.assertEqual([t.tid for t in graph.waiters(self.other)], [4711])

    def test_roots(self) -> None:
        roots = [thread.tid for thread in self.graph().roots()]
        self.assertEqual(roots, [4713, 4711, 4712])

    def test_no_cycle(self) -> None:
        self.assertEqual(self.graph().cycles(), [])

    def test_cycle(self) -> None:
        self.image.thread(3, 4712, runs=(self.other,), blocked_on=self.running)
        graph = self.graph()
        (cycle,) = graph.cycles()
        self.assertEqual([thread.tid for thread in cycle], [4711, 4712])
        chain = [step.awaited for step in graph.chain(cycle[0])]
        self.assertEqual(chain, [self.running, self.inner, self.other, self.running])


if __name__ == "__main__":
    tap.main()
