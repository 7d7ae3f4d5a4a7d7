# SPDX-License-Identifier: MIT
"""./run bench's table of peers: a short run of it, with the peers at hand.

No time decides anything here: what is tested is that everything is measured,
that results.json is what results.py says it is, and that what is missing or
breaks is said. Inside tests/private-lttng, with AWAIT_BUILD.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import callgrind  # noqa: E402
import programs  # noqa: E402
import results  # noqa: E402
import table  # noqa: E402
import tap  # noqa: E402
from peers import ALONE, BOTH, MANY, MODES, TITLES  # noqa: E402

BUILD = Path(os.environ["AWAIT_BUILD"])
BUILT = BUILD / "tests/bench/peers"
CPUS = len(os.sched_getaffinity(0))


def script(
    name: str, *args: str | Path, cpus: set[int] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a script of this folder, which must leave no process behind."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / name), *map(str, args)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cpus) if cpus else None,
    )
    try:
        out, err = process.communicate(timeout=200)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return subprocess.CompletedProcess(name, process.returncode, out, err)
    raise AssertionError(f"{name} left a process running: {out}{err}")


def fake_build(folder: str, without: str = "") -> Path:
    """A build of the same programs, but for one."""
    copy = Path(folder) / "tests/bench/peers"
    copy.mkdir(parents=True)
    (Path(folder) / "trace").symlink_to(BUILD / "trace")
    for program in BUILT.glob("peer-*"):
        if program.is_file() and program.name != without:
            (copy / program.name).symlink_to(program)
    return copy


class Quick(unittest.TestCase):
    """Everything, once."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.tmp = tempfile.TemporaryDirectory()
        folder = Path(cls.tmp.name)
        cls.build = fake_build(cls.tmp.name, without="peer-pthread")
        for args in (
            ("peers.py", "--quick", "--recorded", folder, folder),
            ("results.py", folder),
        ):
            done = script(*args)
            assert (done.returncode, done.stderr) == (0, ""), done
        cls.said = done.stdout
        cls.merged: dict[str, Any] = json.loads((folder / "results.json").read_text())

    @classmethod
    def tearDownClass(cls) -> None:
        cls.tmp.cleanup()

    def places(self, impl: str) -> set[tuple[str, int]]:
        rows = self.merged["rows"]
        return {(row["op"], row["threads"]) for row in rows if row["impl"] == impl}

    def test_every_row_is_as_described(self) -> None:
        for row in self.merged["rows"]:
            self.assertEqual(results.faults(row, merged=True), [], row)
        self.assertEqual(set(self.merged), {"rows", "missing", "aims", "about"})
        self.assertEqual(self.merged["about"]["rounds"], "2")

    def test_all_of_libawait_is_there(self) -> None:
        expected = {(TITLES[op], n) for op in ALONE for n in (1, 2)}
        expected |= {(TITLES[op], 1) for op in (*MANY, "bytes")}
        if CPUS > 1:
            expected |= {(TITLES[op], 2) for op in BOTH}
        self.assertEqual(self.places("libawait"), expected)
        for mode in MODES:
            wanted = {(TITLES[op], 2) for op in ALONE}
            self.assertEqual(self.places(f"libawait{mode}"), wanted)

    def test_every_peer_is_measured_or_missing(self) -> None:
        missing = self.merged["missing"]
        for peer in programs.PEERS:
            there = (self.build / peer.program).exists()
            self.assertEqual(peer.impl in missing, not there, peer)
            self.assertEqual((TITLES["hit"], 1) in self.places(peer.impl), there, peer)
            if not there:
                self.assertIn(f"{peer.impl}: missing: {peer.install}", self.said)
        self.assertIn("pthread_once", missing)
        self.assertIn("c10::ivalue::Await", missing)

    def test_ratios_are_to_libawait(self) -> None:
        ours = {
            (row["op"], row["threads"]): row
            for row in self.merged["rows"]
            if row["impl"] == "libawait"
        }
        for row in self.merged["rows"]:
            own = ours.get((row["op"], row["threads"]))
            if own and row["ns"]:
                ratio = row["ns"]["median"] / own["ns"]["median"]
                self.assertAlmostEqual(row["ratio"], ratio)

    def needs_counts(self) -> None:
        if not shutil.which("valgrind"):
            self.skipTest("no valgrind")
        if "Clang" in self.merged["about"]["compiler"]:
            self.skipTest("valgrind 3.19 cannot read debug information of clang")

    def test_instructions_are_those_of_the_operation(self) -> None:
        self.needs_counts()
        counts = {
            row["op"]: row["instructions"]
            for row in self.merged["rows"]
            if (row["impl"], row["threads"]) == ("libawait", 1)
        }
        parts = [counts[TITLES[op]] for op in ("create", "first-wait", "drop")]
        # The loops keep handles in an array, a life in a register.
        self.assertAlmostEqual(counts[TITLES["life"]], sum(parts), delta=20)
        self.assertTrue(0 < counts[TITLES["hit"]] < min(parts), counts)

    def test_recording_costs_instructions(self) -> None:
        self.needs_counts()
        found = {
            row["impl"]: row["instructions"]
            for row in self.merged["rows"]
            if (row["op"], row["threads"]) == (TITLES["hit"], 2)
        }
        costs = [found[f"libawait{mode}"] for mode in ("", *MODES)]
        self.assertEqual(costs, sorted(set(costs)), found)
        # An event, and a walk of the stack, which are far more than a hit.
        self.assertGreater(found["libawait+session"], 300)
        self.assertGreater(found["libawait+stacks"], found["libawait+session"] + 300)

    def test_table_shows_all_of_it(self) -> None:
        lines = self.said.splitlines()
        for row in self.merged["rows"]:
            for start in (f"  {row['impl']}  ", f"{row['op']}, "):
                self.assertTrue(any(li.startswith(start) for li in lines), row)
        for aim in self.merged["aims"]:
            start = f"  {aim['op']:<28}{aim['threads']:>2} {aim['peer']}"
            found = [li for li in lines if li.startswith(start)]
            self.assertEqual(len(found), 1, aim)
            self.assertTrue(found[0].endswith(aim["verdict"]), found)
            self.assertIn(aim["verdict"], ("holds", "short", "not measured"))


class Trouble(unittest.TestCase):
    def run_with(self, answer: str) -> subprocess.CompletedProcess[str]:
        """peers.py with a peer whose program is that of a shell."""
        with tempfile.TemporaryDirectory() as tmp:
            path = fake_build(tmp, without="peer-floor") / "peer-floor"
            path.write_text(f"#!/bin/sh\n{answer}\n")
            path.chmod(0o755)
            return script("peers.py", "--quick", tmp, tmp)

    def test_a_peer_that_ends(self) -> None:
        done = self.run_with("exit 3")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "bench: peer-floor 1: no answer to 'ops'\n")

    def test_a_peer_that_talks_nonsense(self) -> None:
        done = self.run_with("while read line; do echo hit; done")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "bench: peer-floor 1: hit 1000 1: hit\n")

    def test_programs_refuse_what_they_cannot_do(self) -> None:
        for program in sorted(BUILT.glob("peer-*")):
            if not program.is_file():
                continue
            with programs.Program(program, 1, [min(os.sched_getaffinity(0))]) as peer:
                for line in ("sing 10 10", "hi 10 10", "hit 9999999 1"):
                    said = peer.ask(line)
                    self.assertEqual(said, f"no operation, count and times: {line}")
                self.assertGreater(float(peer.ask("hit 1000 1000")), 0, program)

    def test_a_build_without_programs(self) -> None:
        done = script("peers.py", HERE, HERE)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Abench: no peer-await in .*: build it first\n")

    @unittest.skipUnless(CPUS > 1, "one cpu")
    def test_one_cpu_is_said(self) -> None:
        with tempfile.TemporaryDirectory() as tmp:
            one = {min(os.sched_getaffinity(0))}
            done = script("peers.py", "--quick", "--rounds=1", BUILD, tmp, cpus=one)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("one cpu: nothing that takes two threads", done.stdout)
            rows = json.loads((Path(tmp) / "parts/peers.json").read_text())
        ops = {row.get("op") for row in rows}
        self.assertFalse(ops & {TITLES[op] for op in BOTH})


class Results(unittest.TestCase):
    def refused(self, text: str) -> str:
        with tempfile.TemporaryDirectory() as tmp:
            (Path(tmp) / "parts").mkdir()
            (Path(tmp) / "parts/a.json").write_text(text)
            done = script("results.py", tmp)
            self.assertFalse((Path(tmp) / "results.json").exists())
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_wrong_parts(self) -> None:
        self.assertIn("measure again", self.refused("[{"))
        self.assertIn("is not a list of rows", self.refused("{}"))
        row = results.row("hit", "libawait", ns=[1, 2, 3])
        for change in (
            {"op": 3},
            {"threads": 0},
            {"ns": {"median": 1}},
            {"ns": {"median": 1, "p10": 2, "p90": 3}},
            {"ns": None},
            {"x": 5},
            {"speed": 1},
        ):
            said = self.refused(json.dumps([row | change]))
            word = "nothing" if change == {"ns": None} else list(change)[0]
            self.assertIn(word, said)
        del row["impl"]
        self.assertIn("no impl", self.refused(json.dumps([row])))

    def test_no_parts(self) -> None:
        with tempfile.TemporaryDirectory() as tmp:
            done = script("results.py", tmp)
        self.assertEqual(done.returncode, 1)
        self.assertIn("./run bench measures", done.stderr)

    def test_times_of_rounds(self) -> None:
        self.assertEqual(
            results.times([5.0] * 14 + [100.0]), {"median": 5, "p10": 5, "p90": 5}
        )
        noisy = results.times(list(range(101)))
        self.assertEqual(noisy["median"], 50)
        self.assertAlmostEqual(noisy["p10"], 10, delta=1)
        self.assertAlmostEqual(noisy["p90"], 90, delta=1)

    def test_aims(self) -> None:
        op, threads, peer, limit = table.AIMS[0]
        for times, verdict in ((limit * 0.9, "holds"), (limit * 1.1, "short")):
            rows = [
                results.row(op, "libawait", ns=[times], threads=threads),
                results.row(op, peer, ns=[1.0], threads=threads),
            ]
            aim = results.merge(rows)["aims"][0]
            self.assertEqual(aim["verdict"], verdict)
            self.assertAlmostEqual(aim["ratio"], times)
        aims = results.merge(rows[:1])["aims"]
        self.assertEqual({aim["verdict"] for aim in aims}, {"not measured"})

    def test_points_of_curves_are_compared_with_their_like(self) -> None:
        rows = [
            results.row("create", impl, ns=[ns], x=("alive", alive))
            for impl, alive, ns in (
                ("libawait", 1, 2.0),
                ("libawait", 9, 4.0),
                ("absl", 9, 12.0),
            )
        ]
        merged = results.merge(rows)["rows"]
        self.assertEqual([row["ratio"] for row in merged], [1, 1, 3])


class Callgrind(unittest.TestCase):
    def test_inclusive_counts_by_name(self) -> None:
        profile = (
            "fn=(1) main\n10 5\ncfn=(2) bench_hit(unsigned long)\ncalls=1 3\n11 70\n"
            "fn=(2)\n3 20\n+1 10\ncfn=(3) work\ncalls=4 1\n* 40\n"
            "fn=(3)\n1 40\n"
            "fn=(4) camlLazies__bench_first_wait_271\n1 7\n"
            "fn=(5) lazies::Peer<T,C,W>::bench_create\n1 8\n"
            "fn=(6) bench_hit_random.constprop.0\n1 9\n"
        )
        self.assertEqual(
            callgrind.inclusive(profile),
            {"hit": 70, "first-wait": 7, "create": 8, "hit-random": 9},
        )


if __name__ == "__main__":
    tap.main()
