# SPDX-License-Identifier: MIT
"""awaitctl record while the session daemon dies or is stopped: it ends, says
what it could not do, and the program's results are those of a run without it.

What is stopped is continued or killed by the test that stopped it.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import struct
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, sessions, until

import tap
import versions

COUNT = 5000
PATIENCE = 15  # seconds for daemons to end by themselves
# As in src/lttng/request.h; the second if the user asks to stop.
STUCK, STUCK_ASKED = (
    rf"LTTng does not answer within {s} s: is lttng-sessiond stopped\? Continue or "
    "end it"
    for s in (30, 5)
)


# LTTng's consumer daemon ends with the session daemon, and takes the buffers
# with it.
KILLED = (
    "cannot stop session .*; the trace may be incomplete",
    "LTTng's daemons failed: .* is lost, uncounted",
)


def metadata_text(path: pathlib.Path) -> bytes:
    """Of all packets, each of which has a head of 37 bytes; LTTng 2.16 writes
    plain text."""
    data = path.read_bytes()
    text = b""
    if not data.startswith(struct.pack("=I", 0x75D11D57)):
        return data
    while data:
        end, size = (x // 8 for x in struct.unpack_from("=2I", data, 24))
        text += data[37:end]
        data = data[size:]
    return text


class Daemon(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.plain = run(APP, "burst", COUNT, input="\n\n")
        self.assertEqual(self.plain.returncode, 0)

    def begin(self, *options: object) -> harness.Running:
        """A recording, whose program waits for its first line."""
        awaitctl = self.running(
            *(AWAITCTL, "record", *options, "-o", self.trace, APP, "burst", COUNT)
        )
        awaitctl.expect("ready\n")
        return awaitctl

    def finish(self, awaitctl: harness.Running) -> None:
        """The program is unharmed."""
        awaitctl.send("\n")
        awaitctl.expect(self.plain.stdout.split("\n")[1] + "\n")
        awaitctl.send("\n")

    def ended(self, awaitctl: harness.Running, *errors: str) -> None:
        """As the program did, with these lines, the last that of the trace."""
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        *said, last = awaitctl.stderr().splitlines()
        self.assertEqual(len(said), len(errors), said)
        for line, error in zip(said, errors):
            self.assertRegex(line, rf"\Aawaitctl: {error}\Z")
        self.assertTrue(last.startswith(f"awaitctl: INCOMPLETE trace in {self.trace}"))
        self.assertTrue(self.trace.is_dir())

    def none_left(self) -> None:
        """What was killed is gone a moment later. LTTng's consumer daemon (seen with
        2.13.15) may wait for itself then, for ever: whoever stops the timer of the
        metadata, for the timer. That is not awaitctl's fault."""
        try:
            until(lambda: not daemons() - self.before, "no daemon is left", PATIENCE)
        except AssertionError:
            for pid in harness.processes("lttng-consumerd") - self.before:
                print(f"# LTTng's consumer daemon hangs: killed {pid}", flush=True)
                os.kill(pid, signal.SIGKILL)
            until(lambda: not daemons() - self.before, "no daemon is left")

    def ours(self) -> int:
        """The daemon that awaitctl started."""
        started = harness.processes("lttng-sessiond") - self.before
        (pid,) = (p for p in started if os.getpgid(p) == p)
        return pid

    def kill_ours(self) -> None:
        """Its children end by themselves."""
        os.kill(self.ours(), signal.SIGKILL)
        self.none_left()


# From 2.14 on LTTng has no timer for it, and writes it when a program ends.
AT_ONCE = versions.installed("lttng") < (2, 14)
LATE = f"{versions.text('lttng')} writes the metadata when a traced program ends"


class Ours(Daemon):
    def metadata_is_written(self) -> bool:
        """That of all channels."""
        wanted = b"await:destroy", b"await:create_stack", b"lttng_ust_statedump:end"
        texts = [metadata_text(x) for x in self.trace.glob("**/metadata")]
        return any(all(name in text for name in wanted) for text in texts)

    @unittest.skipUnless(AT_ONCE, LATE)
    def test_metadata(self) -> None:
        """It is on the disk while the program runs: what is written can be
        read, whatever happens."""
        awaitctl = self.begin()
        until(self.metadata_is_written, "the metadata is written")
        self.finish(awaitctl)
        self.assertEqual(awaitctl.end(), 0)

    def test_killed(self) -> None:
        awaitctl = self.begin()
        self.kill_ours()
        self.finish(awaitctl)
        self.ended(awaitctl, *KILLED)
        self.none_left()

    def written(self, *doubts: str) -> int:
        """How many runs are in the trace, which can be read; the report has
        these doubts first."""
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        said = [x for x in out.stdout.splitlines() if x.startswith("***")]
        self.assertEqual(len(said), len(doubts), said)
        for line, doubt in zip(said, doubts):
            self.assertRegex(line, rf"\A\*\*\* {doubt}")
        read = run("babeltrace2", self.trace)
        self.assertEqual(read.returncode, 0, read.stderr)
        runs = harness.Report.parse(out.stdout).functions["square"][1]
        self.assertEqual(read.stdout.count(" await:exec_begin: "), runs)
        return runs

    def test_killed_half_way(self) -> None:
        """What was recorded before can be read."""
        for options, errors in ([], KILLED), (["--live"], KILLED[:1]):
            with self.subTest(options=options):
                self.trace = self.dir / f"trace{len(options)}"
                awaitctl = self.running(
                    *(AWAITCTL, "record", *options, "-o", self.trace),
                    *("sh", "-c", '"$0" burst "$1"; "$0" burst "$1"', APP, COUNT),
                )
                awaitctl.expect("ready")
                awaitctl.send("\n")
                awaitctl.expect("done")
                awaitctl.send("\n")
                awaitctl.expect("ready")
                until(self.metadata_is_written, "the metadata is written")
                self.kill_ours()
                self.finish(awaitctl)
                self.assertEqual(awaitctl.end(), 0)
                how = 2 * len(options)  # lines on how to follow, and who can
                *said, last = awaitctl.stderr().splitlines()[how:]
                for line, error in zip(said, errors, strict=True):
                    self.assertRegex(line, rf"\Aawaitctl: {error}\Z")
                self.assertIn(f"INCOMPLETE trace in {self.trace};", last)
                self.assertEqual(self.written("INCOMPLETE: LTTng"), COUNT)

    def test_memory_gone(self) -> None:
        """As when the machine was restarted: what was written can be read."""
        once = 'yes "" | "$0" burst 3 >/dev/null; "$0" burst "$1"'
        awaitctl = self.running(
            *(AWAITCTL, "record", "--buffers=64kx64", "-o", self.trace),
            *("sh", "-c", once, APP, COUNT),
        )
        awaitctl.expect("ready")
        until(self.metadata_is_written, "the metadata is written")
        awaitctl.send("\n")
        awaitctl.expect("done")
        until(
            lambda: any(x.stat().st_size for x in self.trace.glob("ust/**/awaits_*")),
            "some events are written",
        )
        before = self.before | harness.processes(pathlib.Path(APP).name)
        for pid in awaitctl.pid, *(daemons() - before):
            os.kill(pid, signal.SIGKILL)
        # Until then it holds the lock of the recording.
        self.assertEqual(awaitctl.end(), -signal.SIGKILL)
        self.none_left()
        shutil.rmtree(os.readlink(self.trace / "shm"))
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\Aawaitctl: the buffers .* are gone: .*\n\Z")
        self.assertGreater(self.written(".*"), 0)

    def test_killed_as_a_flight_recorder(self) -> None:
        awaitctl = self.begin("--snapshot")
        self.kill_ours()
        self.finish(awaitctl)
        self.ended(awaitctl, "cannot record a snapshot of session .*", *KILLED)
        self.none_left()

    @tap.unless_sanitized("what a request that was given up has is never freed")
    def test_stopped_and_the_user_gives_up(self) -> None:
        """Long before the limit: nothing of the daemon is left."""
        awaitctl = self.begin()
        os.kill(self.ours(), signal.SIGSTOP)
        self.finish(awaitctl)
        (app,) = harness.processes(pathlib.Path(APP).name) or (0,)
        until(lambda: not pathlib.Path(f"/proc/{app}").exists(), "the program ends")
        # A signal before that could be the one that ended the program.
        threads = pathlib.Path(f"/proc/{awaitctl.pid}/task")
        until(lambda: len(list(threads.iterdir())) > 1, "LTTng is asked")
        os.kill(awaitctl.pid, signal.SIGINT)
        self.ended(awaitctl, STUCK_ASKED)
        self.none_left()


class Others(Daemon):
    @tap.unless_sanitized("what a request that was given up has is never freed")
    def test_stopped_before_and_in_between(self) -> None:
        """Both wait out the limit, at the same time. Who recorded already
        leaves its session to the daemon, and says how to remove it."""
        pid = self.start_daemon()
        awaitctl = self.begin()
        name = (self.trace / "shm").readlink().parent.name
        consumers = harness.processes("lttng-consumerd") - self.before
        os.kill(pid, signal.SIGSTOP)
        try:
            self.finish(awaitctl)
            late = self.dir / "late"
            out = run(AWAITCTL, "record", "-o", late, APP, "exit", 0)
            self.assertEqual((out.returncode, out.stdout), (1, ""))
            self.assertRegex(out.stderr, rf"\Aawaitctl: {STUCK}\n\Z")
            self.assertFalse(late.exists())
            self.ended(awaitctl, STUCK)
            self.assertIn(f"; next: awaitctl recover {self.trace}", awaitctl.stderr())
        finally:
            os.kill(pid, signal.SIGCONT)
        self.before |= consumers
        self.assertIn(name, sessions())
        self.assertEqual(run(AWAITCTL, "recover", self.trace).returncode, 0)
        self.assertNotIn(name, sessions())
        for session in sessions():
            self.assertEqual(run("lttng", "destroy", session).returncode, 0)
        self.assertEqual(self.report().functions["square"][:2], (COUNT, COUNT))

    def test_killed_in_between(self) -> None:
        process = harness.Running("lttng-sessiond", "--no-kernel")
        until(lambda: run("lttng", "list").returncode == 0, "a daemon answers")
        awaitctl = self.begin()
        process.close()  # its whole group
        self.finish(awaitctl)
        self.ended(awaitctl, *KILLED)

    def test_killed_before(self) -> None:
        """What it left lying there keeps nobody from recording."""
        process = harness.Running("lttng-sessiond", "--no-kernel")
        until(lambda: run("lttng", "list").returncode == 0, "a daemon answers")
        process.close()
        awaitctl = self.begin()
        self.finish(awaitctl)
        self.assertEqual(awaitctl.end(), 0)
        self.assertNotIn("INCOMPLETE", awaitctl.stderr())
        self.assertEqual(self.report().functions["square"][:2], (COUNT, COUNT))


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
