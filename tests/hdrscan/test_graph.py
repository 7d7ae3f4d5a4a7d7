# SPDX-License-Identifier: MIT
"""Sets, bytes, depths and cycles of graphs whose answers are known."""

from __future__ import annotations

import random

import scan
import tap


def ring(count: int, prefix: str = "r") -> scan.Text:
    return {
        f"{prefix}{i}.h": f'#include "{prefix}{(i + 1) % count}.h"\n'
        for i in range(count)
    }


class Acyclic(scan.Case):
    def test_leaf(self) -> None:
        self.tree({"a.h": "int a;\n"})
        result = self.scan("a.h")
        self.assertEqual(result.rows, {f"{self.root}/a.h": (1, 7, 1)})
        self.assertEqual(result.errors, [])

    def test_empty_file(self) -> None:
        self.tree({"a.h": ""})
        self.assertEqual(self.scan("a.h").row("a.h"), (1, 0, 1))

    def test_chain_is_as_deep_as_long(self) -> None:
        files = {f"c{i}.h": f'#include "c{i + 1}.h"\n' for i in range(9)}
        self.tree({**files, "c9.h": "12345"})
        result = self.scan("c0.h")
        size = sum(len(text) for text in files.values()) + 5
        self.assertEqual(result.row("c0.h"), (10, size, 10))
        self.assertEqual(result.row("c8.h"), (2, 16 + 5, 2))

    def test_diamond_counts_the_shared_once(self) -> None:
        self.tree(
            {
                "top.h": '#include "l.h"\n#include "r.h"\n',
                "l.h": '#include "m.h"\n',
                "m.h": '#include "low.h"\n',
                "r.h": '#include "low.h"\n',
                "low.h": "x" * 1000,
            }
        )
        result = self.scan("top.h")
        self.assertEqual(result.row("top.h"), (5, 30 + 15 + 17 + 17 + 1000, 4))
        self.assertEqual(result.row("r.h"), (2, 1017, 2))
        self.assertEqual(result.totals["waits"], 6)
        self.assertEqual(result.totals["cached"], 1)
        # Of each set, every header but the one that asks.
        self.assertEqual(result.totals["weighed"], 4 + 2 + 1 + 1)
        self.assertEqual(result.totals["cycles cut"], 0)
        self.assertNotIn("circle is cut", result.output)

    def test_same_header_twice_in_one(self) -> None:
        self.tree({"a.h": '#include "b.h"\n' * 3, "b.h": "b"})
        result = self.scan("a.h")
        self.assertEqual(result.row("a.h"), (2, 46, 2))
        self.assertEqual(result.totals["cached"], 2)

    def test_heaviest_first_then_by_name(self) -> None:
        self.tree({"c.h": "1", "b.h": "1", "a.h": "1", "z.h": "22"})
        order = [path.rsplit("/", 1)[1] for path in self.scan().order]
        self.assertEqual(order, ["z.h", "a.h", "b.h", "c.h"])

    def test_rows(self) -> None:
        self.tree({f"h{i}.h": "" for i in range(30)})
        self.assertEqual(len(self.scan().order), 20)
        self.assertEqual(len(self.scan("-n", "7").order), 7)
        self.assertEqual(len(self.scan("-n", "100").order), 30)
        none = self.scan("-n", "0")
        self.assertEqual(none.order, [])
        self.assertNotIn("header\n", none.output)
        self.assertEqual(none.totals["files"], 30)

    def test_never_waited(self) -> None:
        self.tree({"a.h": '#include "s/b.h"', "s/b.h": "", "s/c.h": "", "d.h": ""})
        one = self.scan("a.h")
        self.assertEqual(one.totals["found"], 4)
        self.assertEqual(one.totals["files"], 2)
        self.assertEqual(one.totals["never waited"], 2)
        top = self.scan()
        self.assertEqual(top.totals["files"], 3)
        self.assertEqual(top.totals["never waited"], 1)

    def test_deep_nest(self) -> None:
        depth = 2500
        files = {f"{i}.h": f'#include "{i + 1}.h"\n' for i in range(depth - 1)}
        self.tree({**files, f"{depth - 1}.h": ""})
        for threads in ("1", "2"):
            result = self.scan("-j", threads, "-n", "1", "0.h")
            self.assertEqual(result.row("0.h").depth, depth)
            self.assertEqual(result.totals["files"], depth)


class Cyclic(scan.Case):
    def test_self(self) -> None:
        self.tree({"a.h": '#include "a.h"\n'})
        result = self.scan("-v", "a.h")
        self.assertEqual(result.row("a.h")[:2], (1, 15))
        self.assertEqual(result.totals["cycles cut"], 1)
        path = f"{self.root}/a.h"
        self.assertEqual(result.errors, [f"cycle: {path} includes {path}"])

    def test_ring_of_two(self) -> None:
        self.tree(ring(2))
        result = self.scan("-v", "r1.h")
        self.assertEqual(result.totals["files"], 2)
        self.assertEqual(result.totals["bytes"], 32)
        self.assertEqual(result.row("r1.h")[:2], (2, 32))
        self.assertEqual(result.row("r0.h")[:2], (2, 32))
        self.assertEqual(
            result.errors,
            [f"cycle: {self.root}/r0.h includes {self.root}/r1.h"],
        )
        self.assertIn("circle is cut", result.output)

    def test_ring_of_five_gone_on_from(self) -> None:
        files = ring(5)
        files["r4.h"] += '#include "after.h"\n'
        self.tree({**files, "after.h": "after"})
        result = self.scan("-v", "r0.h")
        self.assertEqual(result.row("r0.h").files, 6)
        # r4 holds itself, r0 for itself alone, and after.h.
        self.assertEqual(result.row("r4.h").files, 3)
        self.assertEqual(result.row("r3.h").files, 4)
        self.assertEqual(result.totals["cycles cut"], 1)
        self.assertEqual(
            result.errors,
            [f"cycle: {self.root}/r4.h includes {self.root}/r0.h"],
        )

    def test_quiet_without_v(self) -> None:
        self.tree({**ring(3), "m.h": "#include <none.h>\n"})
        result = self.scan()
        self.assertEqual(result.errors, [])
        self.assertEqual(result.totals["cycles cut"], 1)
        self.assertEqual(result.totals["missing"], 1)


class Threads(scan.Case):
    def tangle(self, seed: int) -> tuple[scan.Text, list[str], set[str]]:
        """300 headers that include each other at random, and two rings; 47
        roots; and all that can be reached from those."""
        chance = random.Random(seed)
        files = {**ring(2, "two"), **ring(5, "five")}
        roots = [*files, *(f"n{i}.h" for i in range(40))]
        edges: dict[str, list[str]] = {name: [] for name in files}
        for i in range(300):
            to = [f"n{chance.randrange(300)}.h" for _ in range(chance.randrange(4))]
            edges[f"n{i}.h"] = to
            lines = [f'#include "{name}"\n' for name in to]
            lines += [f"#include <gone{i % 7}.h>\n"] * (i % 5 == 0)
            files[f"n{i}.h"] = "".join(lines) + "x" * i
        reached: set[str] = set()
        todo = list(roots)
        while todo:
            name = todo.pop()
            if name not in reached:
                reached.add(name)
                todo += edges[name]
        return files, roots, reached

    def check_tangle(self, seed: int) -> None:
        files, roots, reached = self.tangle(seed)
        texts = [files[name] for name in reached]
        gone = {text.split("<gone")[1][0] for text in texts if "<gone" in text}
        self.tree(files)
        for threads in ("1", "2", "8") * 5:
            totals = self.scan("-j", threads, "-n", "0", *roots).totals
            cached, cycles = totals["cached"], totals["cycles cut"]
            self.assertEqual(totals["files"], len(reached))
            self.assertEqual(totals["bytes"], sum(map(len, texts)))
            self.assertEqual(totals["missing"], len(gone))
            self.assertEqual(totals["never waited"], len(files) - len(reached))
            self.assertGreaterEqual(cycles, 2)
            self.assertEqual(
                totals["waits"], len(roots) + sum(t.count("#inc") for t in texts)
            )
            self.assertEqual(totals["failed"], sum(t.count("<") for t in texts))
            self.assertEqual(
                totals["waits"],
                totals["files"] + cached + totals["failed"] + cycles,
            )

    def test_totals_do_not_depend_on_threads(self) -> None:
        for seed in range(3):
            self.check_tangle(seed)

    def test_rows_do_not_either_without_cycles(self) -> None:
        chance = random.Random(7)
        self.tree(
            {
                f"t{i}.h": "".join(
                    f'#include "t{chance.randrange(i + 1, 200)}.h"\n'
                    for _ in range(3 if i < 199 else 0)
                )
                for i in range(200)
            }
        )
        first = self.scan("-n", "200")
        self.assertEqual(first.totals["files"], 200)
        self.assertEqual(first.totals["cycles cut"], 0)
        for threads in ("2", "8") * 5:
            again = self.scan("-n", "200", "-j", threads)
            self.assertEqual(again.output, first.output)

    def test_more_threads_than_roots(self) -> None:
        self.tree({"a.h": "a"})
        self.assertEqual(self.scan("-j", "64").totals["files"], 1)


if __name__ == "__main__":
    tap.main()
