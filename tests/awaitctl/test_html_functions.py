# SPDX-License-Identifier: MIT
"""What in the page of `awaitctl report --html` needs no browser, called in node."""

from __future__ import annotations

import itertools
import json
import pathlib
import shutil
import subprocess
import typing
import unittest

import harness

import page_data
import tap
from htmlcase import Case, scripts
from page_data import Data

NODE = shutil.which("node")


@unittest.skipUnless(NODE, "node is missing: the page's functions are not called")
class Functions(Case):
    def value(self, expression: str) -> typing.Any:
        harness_of = pathlib.Path(__file__).with_name("page_functions.js")
        out = subprocess.run(
            [str(NODE), str(harness_of), str(scripts()), str(self.page)],
            input=expression.encode(),
            capture_output=True,
            check=False,
            timeout=harness.LIMIT,
        )
        self.assertEqual(out.returncode, 0, out.stderr.decode())
        return json.loads(out.stdout)

    def test_drawn(self) -> None:
        self.headers()
        data = self.write()
        self.lanes(data)
        self.alive(data)
        self.flame(data)

    def lanes(self, data: Data) -> None:
        """Every span is in a lane of its thread; what runs within another is below it,
        and in a lane none overlaps another."""
        threads = self.value(
            "threadsOf(data).map((x) => [data.threads[x.thread - 1].thread,"
            "lanesOf(data, x, null).map((lane) => Array.from(lane.rows))])"
        )
        found = []
        for tid, lanes in threads:
            deep = {row: depth for depth, lane in enumerate(lanes) for row in lane}
            for lane in lanes:
                for a, b in itertools.pairwise(data.spans[x] for x in lane):
                    self.assertLessEqual(a["begin"] + a["length"], b["begin"])
            running = {data.spans[x]["await"]: x for x in deep}
            for row in deep:
                one = data.spans[row]
                self.assertEqual(data.thread(one["thread"])[1], tid)  # type: ignore
                above = running.get(one["within"])
                if above is not None and not data.spans[above]["flags"] & 1:
                    self.assertGreaterEqual(deep[row], deep[above])
            found += deep
        self.assertEqual(sorted(found), list(range(len(data.spans))))

    def test_aggregated(self) -> None:
        """As many steps as there are pixels, however many runs: and together they are
        dark for as long as the runs took."""
        count, width = 20000, 800
        self.synthetic(
            *(
                x
                for i in range(1, count + 1)
                for x in (f"create {i} f 1", f"begin {i} f 1", f"end {i} 0 9")
            )
        )
        data = self.write()
        self.assertEqual(len(data.spans), count)
        for part in 1, 7, 5000:
            length = data.json["length_ns"] / part
            drawn = self.value(
                "(() => { const [thread] = threadsOf(data), drawn = [];"
                "const [lane] = lanesOf(data, thread, null);"
                f"drawLane(lane, 0, {length}, {width}, (...x) => drawn.push(x));"
                "return drawn; })()"
            )
            shown = [x for x in data.spans if x["begin"] <= length]
            self.assertLessEqual(len(drawn), 2 * width)
            together = sum(x[4] for x in drawn)
            self.assertGreaterEqual(together, len(shown))
            self.assertLessEqual(together, len(shown) + len(drawn))
            for a, b in itertools.pairwise(drawn):
                self.assertLessEqual(a[0] + a[1], b[0] + 1e-6)
            dark = sum(x[1] * x[3] for x in drawn) / width * length
            took = sum(
                min(x["begin"] + x["length"], length) - x["begin"] for x in shown
            )
            self.assertAlmostEqual(dark, took, delta=took / 1e6)

    def alive(self, data: Data) -> None:
        """How many there are at a time, also of those that are there for less than
        what is drawn as one."""
        length = data.json["length_ns"]
        steps = [[length * i // 37, length * (i + 1) // 37] for i in range(37)]
        steps += [[0, length], [5, 6], [length, length + 9]]
        found = self.value(
            "(() => { const of = countsOf(data.awaits, [...data.awaits.begin.keys()]);"
            f"return {steps}.map((x) => mostBetween(of, ...x)); }})()"
        )
        lives = [(x["begin"], x["begin"] + x["length"]) for x in data.awaits]
        for (low, high), most in zip(steps, found):
            times = [low, *(x for x, _ in lives if low < x <= high)]
            # One that ends when another one begins is there with it.
            expected = max(
                sum(a <= time and (time < b or (time == b and time > low))
                    for a, b in lives)
                for time in times
            )  # fmt: skip
            self.assertEqual(most, expected, (low, high))
        self.assertEqual(max(found), 44)

    def test_search(self) -> None:
        self.synthetic(
            *("create 1 fetch 7", "create 2 fetch 8", "create 3 parse 7"),
            *("begin 1 fetch 1", "end 1 -5 9", "begin 3 parse 1", "end 3 0 9"),
        )
        self.write()
        expected = {
            **{"fetch": [0, 1], "FETCH": [0, 1], "c:7": [0, 2], "#2": [1]},
            **{"fetch failed": [0], "resolved": [2], "nothing": [], "#21": []},
        }
        found = self.value(
            f"{json.dumps(list(expected))}.map((x) => searchAwaits(data, x).rows)"
        )
        self.assertEqual(dict(zip(expected, found)), expected)
        self.assertIsNone(self.value("searchAwaits(data, ' ')"))

    def flame(self, data: Data) -> None:
        """A chain is as wide as its time and that of all within it."""
        chains = page_data.chains_of(data)
        everything = sum(x[2] for x in chains.values())
        boxes = self.value(
            "flameBoxes(chainTree(data.chains), 0, 1000, 0).map((x) =>"
            "[x.node.index, x.x, x.width, x.depth])"
        )
        nodes = data.json["chains"]["nodes"]
        self.assertGreater(len(boxes), 3)
        for index, x, width, depth in boxes:
            chain: tuple[page_data.Site, ...] = ()
            at = index
            while at > 1:
                chain = (data.site(nodes[at][1]), *chain)
                at = nodes[at][0]
            if index == 1:
                continue
            total = sum(x[2] for k, x in chains.items() if k[: len(chain)] == chain)
            self.assertAlmostEqual(width, 1000 * total / everything, places=6)
            self.assertEqual(depth, len(chain))
            self.assertLessEqual(x + width, 1000.001)

    def test_tables(self) -> None:
        """What is not known comes last, whichever way a table is sorted."""
        self.record_with()
        data = self.write()
        for by, rows in ("function", "functions"), ("thread", "threads"):
            table = data.json["report"][rows]
            for column, value in (
                ("created", lambda x: x["created"]),
                ("run_time.p90_ns", lambda x: (x["run_time"] or {}).get("p90_ns")),
                ("never_waited", lambda x: x["never_waited"]),
            ):
                found = self.value(
                    f"[false, true].map((down) => sortedRows(data.report.{rows},"
                    f"columnsOf('{by}').find((x) => x.name === '{column}'), down))"
                )
                known = sorted(value(x) for x in table if value(x) is not None)
                unknown = [None] * (len(table) - len(known))
                for down, shown in zip((False, True), found):
                    self.assertEqual(
                        [value(x) for x in shown],
                        [*sorted(known, reverse=down), *unknown],
                        (by, column),
                    )

    def graph(self) -> None:
        """An arrow leads to the right, or is known to close a circle."""
        graph = "const nodes = ['a', 'b', 'c', 'd'].map((key) => ({ key })), edges ="
        pairs = ["ab", "bc", "ca", "ad", "cc"]
        edges = [{"from": x[0], "to": x[1]} for x in pairs]
        layers, back = self.value(
            f"(() => {{ {graph} {json.dumps(edges)};"
            "const layers = layersOf(nodes, edges);"
            "return [layers, edges.filter((x) => x.back)]; })()"
        )
        self.assertEqual([x["from"] + x["to"] for x in back], ["ca", "cc"])
        self.assertEqual([sorted(x) for x in layers], [["a"], ["b", "d"], ["c"]])

    def test_texts(self) -> None:
        """Names as they are read, without what cannot be seen in them."""
        self.foreign()
        self.write()
        self.graph()
        names = self.value("data.sites.map((x) => foreign(x.function))")
        self.assertIn("a\\u{2028}b", names)
        self.assertIn("\ufffd\ufffd\ufffd", names)
        self.assertIn("\\u{1}\\u{1b}[31m\\u{7f}", names)
        self.assertIn("\\u{202e}evil", names)
        expected = [
            *((0, "0 ns"), (999, "999 ns"), (1000, "1.00 us"), (99949, "99.9 us")),
            *((999499, "999 us"), (999500, "1.00 ms"), (78.9e9, "78.9 s")),
            (None, "?"),
        ]
        self.assertEqual(
            self.value(f"{json.dumps([x for x, _ in expected])}.map(duration)"),
            [text for _, text in expected],
        )


if __name__ == "__main__":
    tap.main()
