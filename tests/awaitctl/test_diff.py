# SPDX-License-Identifier: MIT
"""awaitctl diff of recorded runs: what differs is what rediff.py computes again."""

from __future__ import annotations

import os
import pathlib
import signal

from diffcase import CASES, DIFFED, Case, made
from harness import AWAITCTL, run

import tap

RANKS = os.environ["AWAITCTL_RANKS"]
SOURCE = pathlib.Path(__file__).with_name("diffed.c")


def line_of(letter: str) -> int:
    lines = SOURCE.read_text().splitlines()
    (line,) = [i for i, x in enumerate(lines, 1) if f"/* create: {letter} */" in x]
    return line


class Order(Case):
    def test_same(self) -> None:
        """Also of awaits that are used again and again, and in other slots."""
        found = self.check("same")
        self.assertEqual(found["in_one_only"], [])
        self.assertEqual([x["order"] for x in found["threads"]], ["same", "same"])
        text = self.case_text("same", status=0)
        self.assertIn("\nOrder of waits: the same in 2 threads\n", text)
        self.assertNotIn("IN ONE ONLY", text)

    def test_two_are_swapped(self) -> None:
        """The first difference has both sites, and what is before and behind."""
        (thread,) = self.check("swapped")["threads"]
        self.assertEqual(
            (thread["same_before"], thread["moved"], thread["only_a"]), (4, 1, 0)
        )
        self.assertEqual(
            [
                [
                    (x["wait"], x["function"], x["line"], x["nth"], x["other_wait"])
                    for x in thread[of]["around"]
                ]
                for of in "ab"
            ],
            [
                [
                    *((i, "alpha", line_of("a"), i, i) for i in (2, 3, 4)),
                    (5, "beta", line_of("b"), 1, 6),
                    (6, "gamma_", line_of("c"), 1, 5),
                    (7, "alpha", line_of("a"), 5, 7),
                ],
                [
                    *((i, "alpha", line_of("a"), i, i) for i in (2, 3, 4)),
                    (5, "gamma_", line_of("c"), 1, 6),
                    (6, "beta", line_of("b"), 1, 5),
                    (7, "alpha", line_of("a"), 5, 7),
                ],
            ],
        )
        text = self.case_text("swapped")
        self.assertIn("\nOrder of waits: DIFFERS in 1 of 1 threads\n", text)
        self.assertRegex(
            text,
            rf"(?m)^> +5 +\S*diffed.c:{line_of('b')} +beta +1 +6 +\| +"
            rf"\S*diffed.c:{line_of('c')} +gamma_ +1 +6$",
        )

    def test_one_is_missing(self) -> None:
        found = self.check("missing")
        (row,) = found["in_one_only"]
        self.assertEqual(
            (row["what"], row["function"], row["a"], row["b"]),
            ("made", "beta", {"count": 1, "known": True, "first": 1}, {"count": 0}),
        )
        (thread,) = found["threads"]
        self.assertEqual(thread["a"]["around"][1]["other"], "not-made")
        self.assertEqual(thread["b"]["around"][1]["other_wait"], 3)

    def test_what_one_alone_does(self) -> None:
        """Made by both; run, waited for or failed in one."""
        found = self.check("alone")
        self.assertEqual(
            {
                (x["what"], x["function"]): (x["a"]["count"], x["b"]["count"])
                for x in found["in_one_only"]
            },
            {
                ("failed", "beta"): (1, 0),
                ("waited", "gamma_"): (1, 0),
                ("run", "alpha"): (0, 1),
                ("waited", "alpha"): (0, 1),
            },
        )
        text = self.case_text("alone")
        self.assertRegex(text, r"(?m)^failed +\S+ +beta +1 +1 +0$")

    def test_failing_is_no_other_order(self) -> None:
        (row,) = self.check("failing")["in_one_only"]
        self.assertEqual((row["what"], row["a"]["count"]), ("failed", 1))

    def test_one_ends_before(self) -> None:
        """In order: then what is missing is. Else it could have come."""
        self.assertEqual(self.check("shorter")["threads"][0]["same_before"], 1)
        found = self.case("aborted", status=1)
        self.assertEqual(found["order"], "unknown")
        self.assertEqual([x["name"] for x in found["a"]["doubts"]], ["not-ended"])
        self.assertEqual(found["b"]["doubts"], [])
        (thread,) = found["threads"]
        self.assertEqual((thread["order"], thread["only_b"]), ("unknown", 1))
        self.assertEqual(thread["b"]["around"][1]["other"], "not-yet")
        self.assertEqual(
            [(x["what"], x["b"]["known"]) for x in found["in_one_only"]],
            [("run", False), ("waited", False)],
        )
        self.assertIn("A: SOME PROCESSES HAD NOT ENDED", self.case_text("aborted"))
        # What both have in another order is none the less.
        self.assertEqual(self.case("aborted-other", status=1)["order"], "differs")
        # And one has more than another that has ended.
        self.assertEqual(self.case("aborted-longer", status=1)["order"], "differs")
        self.assertEqual(self.case("aborted-same", status=0)["order"], "same")

    def test_threads(self) -> None:
        """By their order; one that only one has differs, if it waits."""
        found = self.check("threads")
        self.assertEqual(
            [x["order"] for x in found["threads"]], ["same", "differs", "same"]
        )
        found = self.check("thread-less")
        self.assertIsNone(found["threads"][2]["b"])
        self.assertIn("none", self.case_text("thread-less"))

    def test_what_another_thread_made(self) -> None:
        """Its nth there, or else that of the process."""
        self.assertEqual(self.check("elsewhere")["in_one_only"], [])


class Processes(Case):
    def test_by_name(self) -> None:
        """Whichever began first; to each its own."""
        found = self.diff(made(0), made(1), status=1)
        names = [[x and x["name"] for x in row.values()] for row in found["processes"]]
        self.assertEqual(
            names,
            [[x, x] for x in CASES for _ in range(3 if x == "children" else 1)]
            + [[None, "children"]],
        )

    def test_two_of_one(self) -> None:
        """By name, and by number and host."""
        found = self.diff(made(0), made(1), status=1)
        by_name = {x["a"]["name"]: x["a"] for x in found["processes"] if x["a"]}
        one, two = by_name["failing"], by_name["missing"]
        for first, second in (
            *(("failing", "missing"), (one["pid"], two["pid"])),
            (f"{one['pid']}@{one['host']}", f"missing@{two['host']}"),
        ):
            out = self.diff(
                *("--process", first, "--process", second, made(0)), status=1
            )
            self.assertEqual([(x["a"], x["b"]) for x in out["processes"]], [(one, two)])
            (thread,) = out["threads"]
            self.assertEqual((thread["a"]["waits"], thread["b"]["waits"]), (2, 3))
            self.assertEqual((thread["same_before"], thread["only_b"]), (2, 1))
        for wrong in "three", "failing@elsewhere", f"{one['pid']}x":
            out = run(AWAITCTL, "diff", "--process", wrong, made(0), made(1))
            self.assertEqual(
                (out.returncode, out.stdout, out.stderr),
                (
                    *(1, ""),
                    f"awaitctl: {made(0)}: there is no process {wrong} with awaits in "
                    "it\n",
                ),
            )

    def test_children(self) -> None:
        found = self.check("children")
        self.assertEqual(len(found["processes"]), 4)
        self.assertIsNone(found["processes"][3]["a"])
        self.assertEqual(
            [x["order"] for x in found["threads"]],
            ["same", "differs", "same", "differs"],
        )

    def test_of_others(self) -> None:
        """What was not recorded is not compared, unless it is asked for."""
        self.start_daemon()  # the other one is known to it before the recording
        other = self.running(DIFFED, "+a", "hold", "a", env=self.traced_env())
        other.expect("ready")
        trace = self.dir / "a"
        held = self.running(AWAITCTL, "record", "-o", trace, DIFFED, "+b", "hold", "b")
        held.expect("ready")
        other.send("\n")
        other.end()
        held.send("\n")
        self.assertEqual(held.end(), 0, held.stderr())
        b = trace
        found = self.diff(trace, b, status=0)
        self.assertEqual(found["a"]["left_out_processes"], 1)
        self.assertIn(
            "A: Left out, as of other programs: 1 processes; see --all",
            self.text(trace, b, status=0),
        )
        found = self.diff("--all", trace, b, status=1)
        self.assertEqual(found["order"], "unknown", "one was recorded from midway")
        self.assertEqual(found["a"]["left_out_processes"], 0)
        self.assertEqual(len(found["processes"]), 2)

    def traced_env(self) -> dict[str, str]:
        return {**os.environ, "LIBAWAIT_TRACE": "1"}

    def test_ranks_that_hang(self) -> None:
        """Both are in a collective that the other has not entered."""
        self.start_daemon()  # or the two may leave one behind
        fifos = self.dir / "fifos"
        fifos.mkdir()
        for name in "broadcast", "gather", "reduce":
            os.mkfifo(fifos / name)
        orders = ("broadcast", "gather", "reduce"), ("broadcast", "reduce", "gather")
        traces = [self.dir / "rank0", self.dir / "rank1"]
        jobs = [
            self.running(
                *(AWAITCTL, "record", "-o", traces[i], "--"),
                *(RANKS, i, fifos, *orders[i]),
            )
            for i in (0, 1)
        ]
        for i, job in enumerate(jobs):
            job.expect(f"rank {i} enters {orders[i][1]}")
        for job in jobs:
            job.process.send_signal(signal.SIGINT)
        for job in jobs:
            job.end()
        found = self.diff(*traces, status=1)
        self.assertEqual(found["order"], "differs")
        (thread,) = found["threads"]
        self.assertEqual((thread["order"], thread["same_before"]), ("differs", 1))
        self.assertEqual(
            [
                [(x["function"], x["other"]) for x in thread[of]["around"]]
                for of in "ab"
            ],
            [
                [("broadcast", "waits"), ("gather", "not-yet")],
                [("broadcast", "waits"), ("reduce", "not-yet")],
            ],
        )
        self.assertEqual(
            {(x["what"], x["function"]) for x in found["in_one_only"]},
            {(x, y) for x in ("run", "waited") for y in ("gather", "reduce")},
        )


class Usage(Case):
    def test_misused(self) -> None:
        for args, what in (
            ((), "give two directories, or one and --process twice"),
            (("x",), "give two directories, or one and --process twice"),
            (("x", "y", "z"), "give two directories, or one and --process twice"),
            (("--process", "1", "x"), "give two directories, or one and --process"),
            (("-n", "x", "a", "b"), "not a number: x"),
            (("--process=1", "--process=2", "--process=3", "x"), "not again: 3"),
        ):
            with self.subTest(args=args):
                out = run(AWAITCTL, "diff", *args)
                self.assertEqual((out.returncode, out.stdout), (2, ""))
                self.assertRegex(out.stderr, rf"\Aawaitctl: diff: .*{what}.*\n\Z")

    def test_hostile_names(self) -> None:
        """Of directories and processes."""
        evil = 'evil\x1b[31m"'
        link = self.dir / 'a\x1b"\n'
        link.symlink_to(made(0))
        args = "--process", evil, link, made(1)
        found = self.diff(*args, status=1)
        self.assertEqual(found["a"]["directory"], str(link))
        self.assertEqual(found["processes"][0]["a"]["name"], evil)
        self.assertNotIn("\x1b", self.text(*args, status=1))

    def test_rows(self) -> None:
        self.assertEqual(self.case_text("rows").count("\n>"), 3)
        text = self.case_text("rows", "-n", 1)
        self.assertEqual(text.count("\n>"), 1)
        self.assertIn("\nand 2 more: see -n\n", text)
        self.assertNotIn("\n>", self.case_text("rows", "-n", 0))


if __name__ == "__main__":
    tap.main()
