# SPDX-License-Identifier: MIT
"""awaitctl export: each format read back by its written schema, and held to the trace,
of all kinds of recordings."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess

import exportcase
import harness
from exportcase import EXPORTED, FORMATS
from harness import APP, AWAITCTL, SYNTHETIC, run

import tap

ENDING = os.environ["AWAITCTL_ENDING_LIBRARY"]
PROGRAM = os.environ["AWAITCTL_PROCESSES"]
# What exported.c gives as names, and a JSON or a protobuf shows of them.
NAMES = [
    *("plain", "=1+1", 'a"b\\c', "a;b 7", "a\nb\r\x1b[31m"),
    *("\xc3\xa4", "\xff\xfe", "<b>&amp;"),
]
# And a table.
CELLS = [
    *("plain", "'=1+1", 'a"b\\c', "a;b 7", "a\\nb\\r\\x1b[31m"),
    *("\xe4", "\\xff\\xfe", "<b>&amp;"),
]


class Kinds(exportcase.Case):
    def check_whole(self) -> None:
        self.read_all()
        self.check_slices()
        self.check_ends()
        self.check_flows()
        self.check_folded()
        self.check_dot()
        self.check_table()
        self.check_lives()

    def test_everything(self) -> None:
        """Blocked threads, promises, any of several, failures, cancellations."""
        out = self.recorded(EXPORTED)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.check_whole()
        kinds = [x.kind for x in self.expected.slices]
        self.assertEqual(kinds.count("sleep"), 8)
        late = [x for x in self.slices() if "ended_ns" in x.args]
        self.assertEqual([x.category for x in late], ["sleep"] * 2)
        # Two slept for a run, two for promises, one for any of three.
        self.assertEqual(len(self.expected.wakings), 5)
        names = {x.args["name"] for x in self.slices() if "name" in x.args}
        self.assertEqual(names, set(NAMES))
        self.assertEqual(
            {x.data["name"] for x in self.firefox if "name" in x.data}, set(NAMES)
        )
        self.assertEqual({x["name"] for x in self.table} - {""}, set(CELLS))

    def test_threads(self) -> None:
        self.record_with()
        self.check_whole()

    def test_processes(self) -> None:
        """Some are forked in a run, some execute another program."""
        out = self.recorded(PROGRAM, "fork", "spawn", "fork-in", "fork-return")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.read_all()
        self.assertGreater(len(self.expected.pids), 3)
        self.check_slices()
        self.check_ends()
        self.check_flows()
        self.check_folded()

    def test_attached(self) -> None:
        """What was under way before, and is after."""
        app = self.traced("hang")
        awaitctl = self.attach("--attach", app.pid)
        os.kill(awaitctl.pid, signal.SIGTERM)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.read_all()
        self.check_slices()
        self.assertEqual(
            sorted((x.name, x.args["beginning"], x.args["end"]) for x in self.slices()),
            [
                ("stuck", "not recorded", "after the recording"),
                ("waits for stuck", "not recorded", "after the recording"),
            ],
        )
        for shown in self.slices():
            self.assertGreater(shown.end, shown.time)
        self.assertEqual(self.perfetto.flows, {})
        (row,) = self.table
        self.assertEqual(
            [row[x] for x in ("created_ns", "outcome", "ended_by")],
            ["", "running", "trace"],
        )
        marked = [x for x in self.dot.nodes.values() if "color=red" in x[1]]
        self.assertEqual([x[0][-1] for x in marked], ["1 still running"])
        marked_edges = [x for x in self.dot.edges if "color=red" in x[3]]
        self.assertEqual([x[2][-1] for x in marked_edges], ["1 still asleep"])

    def test_filtered(self) -> None:
        """What was hidden is unknown, not 0; and nests whatever is missing."""
        self.record_with("--filter", "error == -2")
        self.read_all()
        for row in self.table:
            self.assertEqual((row["waits"], row["blocked_ns"]), ("", ""))
            self.assertNotEqual(row["outcome"], "running")
        lives = [x for x in self.perfetto.slices if x.category == "life"]
        self.assertEqual([x.args["id"] for x in lives if "waits" in x.args], [])
        said = self.export("folded").stderr.decode()
        self.assertIn("recorded with the filter error == -2: ", said)
        self.assertIn("the end was not recorded", said)

    def test_killed(self) -> None:
        self.assertEqual(self.record(APP, "die", 9).end(), 128 + 9)
        self.read_all()
        self.check_slices()
        self.check_flows()

    def test_lossy(self) -> None:
        self.record_lossy()
        self.read_all()
        self.check_slices()
        self.assertIn(b"DISCARDED", self.export("csv").stderr)

    def test_snapshot(self) -> None:
        """The last events, of which the beginning was overwritten."""
        program = APP, "burst", 500
        self.recorded_with(
            "--snapshot", "--buffers=4kx2", program=program, input="\n\n"
        )
        (self.trace,) = self.trace.glob("snapshot*")
        self.read_all()
        self.check_slices()
        self.assertTrue(self.expected.slices)


class Lost(exportcase.Case):
    """Events that were lost, one by one: synthetic.c writes those that are left."""

    def of(self, *lines: str) -> list[tuple[str, str, str]]:
        out = self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.read_all()
        return [
            (x.name, x.args.get("beginning", ""), x.args.get("end", ""))
            for x in sorted(self.slices(), key=lambda x: (x.time, -x.end))
        ]

    def test_end_of_a_run(self) -> None:
        """The next thing that its thread does, in no run, is after it."""
        found = self.of("begin 1 f 1", "create 2 g 7", "begin 2 g 1", "end 2 0 9")
        self.assertEqual(found, [("f", "", "not recorded"), ("g", "", "")])
        (cut,) = [x for x in self.slices() if x.name == "f"]
        (made,) = [x for x in self.perfetto.instants if x.name == "create"]
        self.assertEqual(cut.end, made.time)

    def test_beginning_of_a_run(self) -> None:
        """It says itself how long it took, but not before what came before."""
        found = self.of("create 1 f 1", "end 1 0 999999999999", "end 2 0 100")
        self.assertEqual(
            found,
            [("f", "", ""), ("(unknown)", "", "")],
        )
        late = [x for x in self.slices() if "began_ns" in x.args]
        self.assertEqual([x.name for x in late], ["f"])
        (made,) = [x for x in self.perfetto.instants if x.name == "create"]
        self.assertEqual(late[0].time, made.time)
        self.assertEqual(late[0].args["began_ns"], 0)

    def test_ends_of_sleeps(self) -> None:
        found = self.of(
            *("create 1 f 1", "block 1", "hit 1", "unblock 1", "block 2", "destroy 2"),
            *("block 3",),
        )
        self.assertEqual(
            found,
            [
                ("waits for f", "", "not recorded"),
                ("waits for (unknown)", "", "not recorded"),
                ("waits for (unknown)", "", "after the recording"),
            ],
        )

    def test_hostile_functions(self) -> None:
        names = ['a"b', "a\\", "a;b", "=1", "\x1b[0m", "\xe4", "<b>", "%s%n", "{x}"]
        lines = []
        for i, name in enumerate(names, 1):
            lines += [f"create {i} {name} {i}", f"begin {i} {name} 1", f"end {i} 0 5"]
        self.of(*lines)
        as_bytes = {x.encode().decode("latin-1") for x in names}
        self.assertEqual({x.name for x in self.slices()}, as_bytes)
        self.assertEqual({x.name for x in self.speedscope}, as_bytes)
        self.assertEqual({x.name for x in self.firefox if x.kind == "run"}, as_bytes)
        shown = {x.replace("\x1b", "\\x1b") for x in names}
        self.assertEqual(set(self.folded), {(x.replace(";", "\\x3b"),) for x in shown})
        self.assertEqual(
            {x["function"] for x in self.table}, {x.replace("=1", "'=1") for x in shown}
        )
        labels = {x[0][0] for x in self.dot.nodes.values()}
        self.assertEqual(labels - {"(no await)"}, shown)

    def test_graphviz(self) -> None:
        """It takes what the grammar here takes."""
        if not shutil.which("dot"):
            self.skipTest("Graphviz is not installed: the graph is not drawn")
        self.of('create 1 a"b 1', "create 2 a\\ 1", "begin 2 a\\ 1", "end 2 -2 5")
        out = subprocess.run(
            ["dot", "-Tsvg"],
            input=self.export("dot").stdout,
            capture_output=True,
            timeout=harness.LIMIT,
            check=False,
        )
        self.assertEqual((out.returncode, out.stderr), (0, b""))
        self.assertIn(b"a&quot;b", out.stdout)


class Files(exportcase.Case):
    def test_output(self) -> None:
        self.record_with()
        file = self.dir / "file"
        for format in FORMATS:
            out = self.export(format, "-o", file)
            self.assertEqual((out.stdout, out.stderr), (b"", b""))
            self.assertEqual(file.read_bytes(), self.export(format).stdout)
            self.assertEqual(file.read_bytes(), self.export(format, "--all").stdout)
        self.assertEqual(set(self.dir.iterdir()), {file, self.trace})

        (self.dir / "folder").mkdir()
        out = self.export("csv", "-o", self.dir / "folder", status=1)
        self.assertIn(b"cannot write", out.stderr)

    def test_interrupted(self) -> None:
        """Nothing is left, and what was there stays."""
        self.record_with()
        file, fifo = self.dir / "file", self.dir / "fifo"
        file.write_text("before")
        os.mkfifo(fifo)
        held = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, held)
        awaitctl = self.running(
            *(AWAITCTL, "export", "--format", "csv", "-o", file, self.trace),
            env={**os.environ, "LD_PRELOAD": ENDING, "AWAITCTL_HOLDS_READING": fifo},
        )
        self.assertTrue(select.select([held], [], [], harness.LIMIT)[0])
        self.assertEqual(len(list(self.dir.glob("file.*"))), 1)
        os.kill(awaitctl.pid, signal.SIGINT)
        self.assertEqual(awaitctl.end(), -signal.SIGINT)
        self.assertEqual(list(self.dir.glob("file.*")), [])
        self.assertEqual(file.read_text(), "before")

    def test_damaged(self) -> None:
        """As much as can be read, said to be that."""
        program = APP, "burst", 20000
        self.recorded_with(program=program, input="\n\n")
        harness.damage(self.trace)
        for format in "speedscope", "csv":
            out = self.export(format, status=1)
            self.assertTrue(out.stdout, out.stderr)
            lines = out.stderr.decode().splitlines()
            self.assertEqual(len(set(lines)), len(lines), "said once")

    def test_nothing(self) -> None:
        for options, status, said in (
            (("--format", "csv", self.dir / "none"), 1, "none"),
            (("--format", "svg", self.dir), 2, "export: not perfetto, "),
            ((self.dir,), 2, "export: give --format"),
            (("--format", "csv"), 2, "export: give one directory"),
        ):
            with self.subTest(options=options):
                out = run(AWAITCTL, "export", *options)
                self.assertEqual((out.returncode, out.stdout), (status, ""))
                self.assertIn(said, out.stderr)
                self.assertEqual(out.stderr.count("\n"), 1)


if __name__ == "__main__":
    tap.main()
