# SPDX-License-Identifier: MIT
"""Traces that awaitctl or lttng recorded, loaded by libawait-test.

Run inside tests/private-lttng.
"""

from __future__ import annotations

import os
import pathlib
import unittest

import talk
import harness
import tap
from harness import run

OTHER = os.environ["OTHER_EVENTS"]
TRACE_APP = os.environ["TRACE_APP"]
APP_SOURCE = pathlib.Path(__file__).resolve().parent.parent / "trace/app.c"


def line_of(mark: str) -> int:
    """The line of trace/app.c that is marked so."""
    lines = APP_SOURCE.read_text().splitlines()
    return next(n for n, text in enumerate(lines, 1) if f"HERE {mark} */" in text)


class Recorded(talk.Case):
    def setUp(self) -> None:
        super().setUp()
        self.assertEqual(self.recorded(TRACE_APP).returncode, 0)
        self.answer = self.loaded(self.trace)

    def test_events(self) -> None:
        inner = "create exec_begin exec_end exec_begin exec_end destroy".split()
        self.assertEqual(
            self.answer.names(),
            ["create", "create", "create", "exec_begin"]
            + inner
            + ["exec_end", "hit", "hit", "hit", "hit"]
            + ["destroy", "destroy", "destroy"],
        )
        self.assertEqual(self.answer.lost, 0)
        self.assertEqual(len({e["thread"] for e in self.answer.events}), 1)
        self.assertNotEqual(self.answer.events[0]["thread"], "0")

        outer, pending, now, made = self.answer.of("create")
        self.assertEqual(
            [e["function"] for e in (outer, pending, now, made)],
            ["nest", "leaf", "nowait", "leaf"],
        )
        self.assertEqual(
            [e["state"] for e in (outer, pending, now, made)], ["1", "1", "3", "1"]
        )
        self.assertEqual(made["parent"], outer["id"])
        self.assertTrue(outer["file"].endswith("trace/app.c"))
        self.assertEqual(int(outer["line"]), line_of("outer create"))
        self.assertEqual(outer["from"], "make_outer")
        self.assertTrue(outer["at"].endswith(f"app.c:{line_of('outer create')}"))
        self.assertEqual(outer["stack"].split(",")[:2], ["make_outer", "main"])
        self.assertEqual(made["stack"].split(",")[0], "nest")
        self.assertIn("main", made["stack"].split(","))
        self.assertEqual({e["stack"] for e in self.answer.of("exec_end")}, {"-"})

        ends = self.answer.of("exec_end")
        self.assertEqual([e["id"] for e in ends], [made["id"], made["id"], outer["id"]])
        self.assertEqual([e["state"] for e in ends], ["4", "3", "3"])
        self.assertEqual([e["error"] for e in ends], ["-5", "0", "0"])
        self.assertEqual([e["attempt"] for e in ends], ["1", "2", "1"])
        self.assertEqual([e["parent"] for e in ends], [outer["id"], outer["id"], "0"])
        self.assertGreaterEqual(
            int(ends[2]["latency"]), int(ends[0]["latency"]) + int(ends[1]["latency"])
        )
        begins = self.answer.of("exec_begin")
        self.assertEqual([e["attempt"] for e in begins], ["1", "1", "2"])
        self.assertEqual([e["parent"] for e in begins], ["0", outer["id"], outer["id"]])
        self.assertEqual(
            [e["parent"] for e in self.answer.of("destroy")],
            [outer["id"], "0", "0", "0"],
        )
        self.assertEqual(
            [e["state"] for e in self.answer.of("destroy")], ["3", "3", "3", "1"]
        )
        self.assertEqual({e["from"] for e in self.answer.of("hit")[:3]}, {"hit"})

    def test_sites_are_shared(self) -> None:
        by_place: dict[tuple[str, ...], set[str]] = {}
        for e in self.answer.events:
            place = e["function"], e["type"], e["file"], e["line"]
            by_place.setdefault(place, set()).add(e["site"])
        self.assertEqual(len(by_place), 4)
        self.assertEqual({len(sites) for sites in by_place.values()}, {1})

    def test_damaged(self) -> None:
        """Cut streams and metadata are an error, whatever was read before."""
        metadata = next(self.trace.rglob("metadata"))
        streams = [p for p in self.trace.rglob("awaits_*") if p.is_file()]
        stream = max(streams, key=lambda p: len(p.read_bytes().rstrip(b"\0")))
        content = stream.read_bytes()
        stream.write_bytes(content[: len(content) // 2 + 13])
        self.fails(self.load(self.trace), str(self.trace), "is it complete")
        stream.write_bytes(b"")
        self.fails(self.load(self.trace), "shorter than its index says")
        late = len(content.rstrip(b"\0")) * 3 // 4
        after = late + 200
        stream.write_bytes(content[:late] + b"\xff" * 200 + content[after:])
        self.fails(self.load(self.trace), "cannot read all of", "is it complete")
        stream.write_bytes(content)
        self.loaded(self.trace)
        metadata.write_bytes(metadata.read_bytes()[:5000])
        self.fails(self.load(self.trace), str(self.trace), "is it complete")

    def test_wrong_process(self) -> None:
        self.fails(
            self.load(self.trace, 999999), "no awaits of process 999999, only of"
        )


class Elsewhere(talk.Case):
    def test_not_there(self) -> None:
        self.fails(self.load(self.trace), "cannot read", "No such file")

    def test_file(self) -> None:
        self.trace.write_text("hello\n")
        self.fails(self.load(self.trace), "Not a directory")

    def test_empty(self) -> None:
        self.trace.mkdir()
        self.fails(self.load(self.trace), "holds no trace")

    def test_not_a_trace(self) -> None:
        self.trace.mkdir()
        for content in (b"", b"hello, world\n", bytes(range(256)) * 64):
            (self.trace / "metadata").write_bytes(content)
            self.fails(self.load(self.trace), "cannot open the trace")

    def test_one_after_another(self) -> None:
        """An error is of its own call; loading goes on working."""
        self.assertEqual(self.recorded(TRACE_APP).returncode, 0)
        empty = self.dir / "empty"
        empty.mkdir()
        talker = self.talker()
        for _ in range(2):
            self.assertEqual(len(self.ask(talker, f"load {self.trace} 0").events), 18)
            self.fails(self.ask(talker, f"load {empty} 0"), "holds no trace")
            self.fails(self.ask(talker, f"load {self.dir}/no 0"), "No such file")

    def test_no_awaits(self) -> None:
        """Somebody else's trace: of a program that makes none."""
        self.assertEqual(self.recorded(harness.SYNTHETIC).returncode, 0)
        self.fails(self.load(self.trace), "no events of awaits", "LIBAWAIT_TRACE=1")

    def test_other_events(self) -> None:
        """Of another libawait: what they lack is not taken for 0."""
        for number, (arguments, *parts) in enumerate(
            (
                ((2, 5), "have version 2.5, this libawait-test.so (", "knows 1.x"),
                ((1, 99), "are of another libawait: await:hit has no `addr`"),
            )
        ):
            self.trace = self.dir / f"trace{number}"
            self.assertEqual(self.recorded(OTHER, *arguments).returncode, 0)
            self.fails(
                self.load(self.trace), *parts, "use the libawait-test.so of that"
            )

    def test_two_processes(self) -> None:
        out = self.recorded(TRACE_APP, "fork")
        parent, child = map(int, out.stdout.split())
        self.fails(self.load(self.trace), f"processes {parent}, {child}: say of which")
        ours = self.loaded(self.trace, vpid=parent)
        self.assertEqual(ours.names(), ["create", "destroy"] * 2)
        theirs = self.loaded(self.trace, vpid=child)
        self.assertEqual(
            theirs.names(), ["create", "exec_begin", "exec_end", "destroy"]
        )
        self.fails(
            self.load(self.trace, 1 << 22),
            f"no awaits of process {1 << 22}, only of {parent}, {child}",
        )

    def test_names_that_come_late(self) -> None:
        """Events before the first that names their await, or without one."""
        out = self.recorded(harness.SYNTHETIC, input="hit 7\nbegin 7 late 1\nhit 8\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        hit, begin, other = self.loaded(self.trace).events
        self.assertEqual([e["function"] for e in (hit, begin)], ["late"] * 2)
        self.assertEqual([e["type"] for e in (hit, begin)], ["thing"] * 2)
        self.assertEqual((other["function"], other["type"]), ("?", "?"))
        self.assertEqual({e["file"] for e in (hit, begin, other)}, {"-"})

    def test_stacks_of_waits(self) -> None:
        """Where all of the tracer's events are recorded, of which some are
        unknown here; without thread ids."""
        self.with_lttng(["await:*", "lttng_ust*"], [], TRACE_APP)
        answer = self.loaded(self.trace)
        self.assertEqual(len(answer.events), 18)
        for name in "create", "exec_begin", "hit":
            for event in answer.of(name):
                frames = event["stack"].split(",")
                self.assertEqual(frames[0], event["from"])
                self.assertIn("main", frames)
        for name in "exec_end", "destroy":
            self.assertEqual({e["stack"] for e in answer.of(name)}, {"-"})

    def with_lttng(
        self, events: list[str], channel: list[str], *program: object
    ) -> None:
        """Recorded by hand, without awaitctl: one channel, no thread ids."""
        self.start_daemon()
        self.before |= harness.processes("lttng-consumerd")
        steps = [
            ["create", "byhand", f"--output={self.trace}"],
            ["enable-channel", "-u", "-s", "byhand", *channel, "one"],
            *(["enable-event", "-u", "-s", "byhand", "-c", "one", e] for e in events),
            ["add-context", "-u", "-s", "byhand", "-c", "one", "-t", "vpid"],
            ["start", "byhand"],
        ]
        for step in steps:
            out = run("lttng", *step)
            self.assertEqual(out.returncode, 0, out.stderr)
        self.before |= harness.processes("lttng-consumerd")
        run(*program, env={**os.environ, "LIBAWAIT_TRACE": "1"})
        run("lttng", "destroy", "byhand")

    def test_discarded_events_are_lost(self) -> None:
        small = ["--subbuf-size=4096", "--num-subbuf=2", "--discard"]
        kinds = "create", "exec_begin", "exec_end", "hit", "destroy"
        self.with_lttng([f"await:{k}" for k in kinds], small, TRACE_APP, 1000000)
        answer = self.loaded(self.trace)
        whole = 4 + 3 + 3 + 1000001 + 4
        self.assertGreater(answer.lost, 0)
        self.assertGreater(len(answer.events), 0)
        # What LTTng discards at the very end it may not count.
        self.assertLessEqual(answer.lost + len(answer.events), whole)
        self.assertEqual({e["thread"] for e in answer.events}, {"0"})


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
