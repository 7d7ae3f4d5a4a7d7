# SPDX-License-Identifier: MIT
"""A traced program is as it was: also one that closes all its descriptors, that
can open no file, or that makes its children in other ways than by fork(). What
is not recorded of it is said. See processes.c."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import unittest

import harness
from harness import AWAITCTL, daemons, run, until

import tap

PROGRAM = os.environ["AWAITCTL_PROCESSES"]
HERE = pathlib.Path(PROGRAM).parent
PLUGINS = "plugged", "calls"
PARENT, CHILD = 3, 5
CLOSES = "close-loop", "closefrom", "close_range"
RAW = "close-raw"
UNTOLD = "clone", "_Fork", "syscall-fork"
NOT_COUNTED = "Not counted, as LTTng could not record it: "


class Processes(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.start_daemon()
        self.before |= daemons()
        self.addCleanup(lambda: self.before.update(daemons()))

    def steps(self, *steps: object, **options: object) -> None:
        """Records a program that takes them, to the end, without a word."""
        self.trace = self.dir / f"trace-{len(list(self.dir.iterdir()))}"
        out = self.recorded(PROGRAM, *steps, **options)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertRegex(out.stderr, r"\Aawaitctl: the trace in [^\n]*\n\Z")

    def runs(self) -> tuple[dict[str, int], list[int]]:
        """The runs in the report, and the children that are not in it."""
        report = self.report()
        left = "".join(re.findall(rf"^{NOT_COUNTED}(.*); see ", report.text, re.M))
        children = re.findall(r"child (\d+) of ", left)
        self.assertIn(" 0 still running ", report.text)
        return (
            {name: columns[1] for name, columns in report.functions.items()},
            [int(child) for child in children],
        )

    def check(
        self, *steps: object, parent: int, child: int = 0, left: int = 0
    ) -> dict[str, int]:
        """So often both functions use awaits, and so many children are left out."""
        self.steps(*steps)
        runs, children = self.runs()
        self.assertEqual(runs.pop("parent", 0), parent * PARENT)
        self.assertEqual(runs.pop("child", 0), child * CHILD)
        self.assertEqual(len(set(children)), left)
        return runs

    def test_closes_all(self) -> None:
        for close in CLOSES:
            with self.subTest(close=close):
                self.check(close, parent=2)
                self.check(close, "fork", parent=3, child=2)

    def test_closes_all_by_a_system_call(self) -> None:
        """Which nobody sees. It may be cut off from LTTng, and is unharmed."""
        self.steps(RAW)
        self.steps(RAW, "fork", RAW, "fork", "fork")

    def test_daemon_closes_all(self) -> None:
        """It has left its parent, closes all, and has children."""
        for close in CLOSES:
            with self.subTest(close=close):
                fifo = self.dir / f"end-{close}"
                os.mkfifo(fifo)
                script = f'"$0" daemon {close} fork >{fifo} & cat <{fifo}'
                self.trace = self.dir / close
                out = self.recorded("sh", "-c", script, PROGRAM)
                self.assertEqual((out.returncode, out.stdout), (0, ""), out.stderr)
                functions, children = self.runs()
                self.assertEqual(functions, {"parent": PARENT, "child": 5 * CHILD})
                self.assertEqual(children, [])

    def test_session_ends_after_it_has_closed_all(self) -> None:
        """LTTng then takes down what it had in the process, which goes on."""
        for close in *CLOSES, RAW:
            with self.subTest(close=close):
                app = self.traced("hold", close, "hold", "fork", program=PROGRAM)
                self.trace = self.dir / close
                awaitctl = self.attach("--attach", app.pid)
                app.send("\n")
                app.expect("ready")
                os.kill(awaitctl.pid, signal.SIGINT)
                self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
                self.assertEqual(self.runs(), ({"parent": 2 * PARENT}, []))
                app.send("\n")
                self.assertEqual((app.end(), app.stderr()), (0, ""))

    def test_opens_none_at_its_end(self) -> None:
        (self.dir / "root").mkdir()
        for lose in ("seccomp",), ("nofile",), ("chroot", self.dir / "root"):
            if lose[0] == "chroot" and os.getuid() != 0:
                continue
            with self.subTest(lose=lose[0]):
                self.check(*lose, parent=2)

    def test_child_cannot_reach_lttng(self) -> None:
        """It is not recorded, and the report says so."""
        (self.dir / "root").mkdir()
        self.check("nofile", "fork", parent=3, left=1)
        if os.getuid() == 0:
            self.check("chroot", self.dir / "root", "fork", parent=3, left=1)

    def test_children_by_fork(self) -> None:
        self.check("fork", "fork", parent=3, child=4)

    def test_children_that_execute(self) -> None:
        self.check("vfork", "spawn", parent=3)

    def test_children_otherwise(self) -> None:
        """Under their parent's number is nothing of theirs."""
        for how in UNTOLD:
            with self.subTest(how=how):
                self.check(how, "fork", how, parent=4, child=2, left=2)

    def test_wrapped_clone(self) -> None:
        """LTTng's library for that makes the child known."""
        library = "liblttng-ust-fork.so.1"
        self.trace = self.dir / "wrapped"
        program = "env", f"LD_PRELOAD={library}", PROGRAM
        out = self.recorded(*program, "clone", "fork", "clone")
        self.assertEqual(out.returncode, 0, out.stderr)
        runs, children = self.runs()
        self.assertEqual(runs, {"parent": 4 * PARENT, "child": 6 * CHILD})
        self.assertEqual(children, [])

    def test_forked_in_a_run(self) -> None:
        """The child's copy of it is no run, whether it comes to its end or not."""
        for how in "fork-in", "fork-return":
            with self.subTest(how=how):
                others = self.check(how, how, parent=3, child=2)
                self.assertEqual(others, {"forked": 2})

    def test_forked_in_a_run_of_a_child(self) -> None:
        self.steps("fork-in", "fork-return", "fork-in")
        out = run("babeltrace2", self.trace).stdout
        inherited = re.findall(r" await:statedump_inherited: .*vpid = (\d+)", out)
        self.assertEqual((len(inherited), len(set(inherited))), (3, 3))

    def test_ends_in_a_run(self) -> None:
        """The run ends with the process, or nobody knows."""
        for how, runs, status in (
            ("exit-in", PARENT, 0),
            ("exec-in", 2 * PARENT, 0),
            ("kill-in", PARENT, 128 + signal.SIGKILL),
        ):
            with self.subTest(how=how):
                self.trace = self.dir / how
                out = self.recorded(PROGRAM, how)
                self.assertEqual(out.returncode, status, out.stderr)
                report = self.report()
                unknown = status != 0
                self.assertEqual(report.functions["parent"][1], runs)
                self.assertEqual(report.functions["ending"][1], 1)
                self.assertEqual(report.totals["still running"], int(unknown))
                ended = ", 1 ended by the end of their process "
                self.assertEqual(ended in report.text, not unknown)
                result = "running" if unknown else "its process ended"
                self.assertEqual(report.slow("ending")[0]["result"], result)
                doubt = (
                    "Still running, or ended by a signal, _exit() or exec in a run: "
                )
                self.assertEqual(doubt in report.text, unknown)

    def test_namespaces_of_process_ids(self) -> None:
        """In which both have the same numbers."""
        if not harness.has_namespaces():
            self.skipTest("needs namespaces")
        one = 'unshare --pid --fork "$0" hold-in <&3 &'
        script = f"exec 3<&0; {one} {one} wait"
        self.trace = self.dir / "namespaces"
        awaitctl = self.record("sh", "-c", script, PROGRAM)
        for _ in range(2):
            awaitctl.expect("ready")
        for _ in range(2):
            awaitctl.send("\n")
        self.assertEqual((awaitctl.end(), awaitctl.stderr().count("\n")), (0, 1))
        runs, children = self.runs()
        self.assertEqual(runs, {"parent": 4 * PARENT, "ending": 2})
        self.assertEqual(children, [])

    def daemon(self, *options: str) -> harness.Running:
        """A recording, whose program has left a daemon behind that waits."""
        program = PROGRAM, "daemon", "hold"
        self.trace = self.dir / f"trace-{len(list(self.dir.iterdir()))}"
        record = AWAITCTL, "record", *options, "-o", self.trace, "--"
        awaitctl = self.running(*record, *program)
        awaitctl.expect("ready")
        return awaitctl

    def test_leaves_a_daemon_behind(self) -> None:
        """It is said; what it does from then on is not recorded."""
        awaitctl = self.daemon()
        self.assertEqual(awaitctl.process.wait(harness.LIMIT), 0)
        self.assertRegex(
            awaitctl.stderr(),
            r"\Aawaitctl: the program has ended, and traced processes of it still "
            r"run: 1, awaitctl-proces \(\d+\); what they do from now on is not "
            r"recorded; see --wait\nawaitctl: the trace in [^\n]*\n\Z",
        )
        awaitctl.send("\n")
        self.assertEqual(self.report().functions["parent"][1], PARENT)

    def test_waits_for_a_daemon(self) -> None:
        awaitctl = self.daemon("--wait")
        self.said(awaitctl, "recording until they end")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertEqual(self.runs()[0], {"parent": PARENT, "child": 2 * CHILD})

    def test_waits_until_it_is_stopped(self) -> None:
        """And makes snapshots meanwhile."""
        awaitctl = self.daemon("--wait", "--snapshot")
        self.said(awaitctl, "recording until they end")
        os.kill(awaitctl.pid, signal.SIGUSR1)
        until(lambda: list(self.trace.glob("snapshot-1-*")), "there is a snapshot")
        os.kill(awaitctl.pid, signal.SIGINT)
        self.assertEqual(awaitctl.process.wait(harness.LIMIT), 0, awaitctl.stderr())
        awaitctl.send("\n")

    def said(self, process: harness.Running, text: str) -> None:
        until(lambda: text in process.stderr(), text)

    def test_signal_for_snapshots_without_any(self) -> None:
        awaitctl = self.record(PROGRAM, "hold")
        awaitctl.expect("ready")
        os.kill(awaitctl.pid, signal.SIGUSR1)
        self.said(awaitctl, "awaitctl: SIGUSR1 makes a snapshot with --snapshot only")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertEqual(self.runs()[0], {"parent": 2 * PARENT})

    def test_loads_files(self) -> None:
        """Each in its turn, also where another one was: all have names."""
        plugged, calls = (HERE / f"awaitctl-{name}.so" for name in PLUGINS)
        again = shutil.copy(plugged, self.dir / "again.so")
        self.steps("load", calls, "load", plugged, "load", again)
        rows = self.report().slow("plugged")
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertRegex(row["wait"], r"processes_plugin\.c:\d+\Z")
        out = run("babeltrace2", self.trace).stdout
        loads = re.findall(r" lttng_ust_lib:load: .* path = \"(.*?)\"", out)
        for file in plugged, calls, again:
            self.assertEqual(loads.count(str(pathlib.Path(file).resolve())), 1)
        # What is loaded is known before it is on a stack.
        before = out[: out.index(str(calls))]
        self.assertEqual(before.count(" await:create_stack: "), PARENT)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
