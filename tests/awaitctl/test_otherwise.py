# SPDX-License-Identifier: MIT
"""awaitctl record, where LTTng says success and makes something else: that is
seen, said in a line, and nothing is left. See otherwise.c."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, sessions, until

import tap
import test_join

NEWER = os.environ["AWAITCTL_NEWER_LIBRARY"]
OTHERWISE = os.environ["AWAITCTL_OTHERWISE_LIBRARY"]

CHANNEL = "channel awaits of LTTng is not as asked for: "
KNOWN = "; libawait knows LTTng 2.13 to 2.16, see `lttng --version`"

# What LTTng is made to make, and what awaitctl says.
CHANNELS = {
    "no channel": CHANNEL + "it is missing" + KNOWN,
    "disabled channel": CHANNEL + "it is disabled" + KNOWN,
    "other size": CHANNEL
    + "it has 4 sub-buffers of 65536 bytes, not 2 of 65536"
    + KNOWN,
    "other mode": CHANNEL + "when it is full, it overwrites what is old" + KNOWN,
    "blocking": CHANNEL + "when it is full, the program waits" + KNOWN,
    "no event": CHANNEL + "event await:hit is missing" + KNOWN,
    "disabled event": CHANNEL + "event await:hit is disabled" + KNOWN,
    "other filter": CHANNEL + "event await:hit has another filter" + KNOWN,
    # LTTng 2.13 makes them, 2.16 refuses some.
    "buffers per process": (
        f"{CHANNEL}its buffers are not per user{KNOWN}|"
        "cannot make channel awaits: Unsupported domain|has buffers per process"
    ),
}
SIZE = ("--buffers", "64kx2")


def otherwise(what: str) -> dict[str, str]:
    return {**os.environ, "LD_PRELOAD": OTHERWISE, "AWAITCTL_OTHERWISE": what}


class Recordings(harness.Case):
    def refused(self, what: str, said: str, *args: object) -> None:
        with self.subTest(what=what):
            out = run(
                *(AWAITCTL, "record", "-o", self.trace, *args), env=otherwise(what)
            )
            self.assertEqual((out.returncode, out.stdout), (1, ""), out.stderr)
            self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
            self.assertRegex(out.stderr, said)
            self.assertEqual(sessions(), [])
            self.assertFalse(self.trace.exists())

    def test_of_programs(self) -> None:
        """Which are not run."""
        self.start_daemon()
        for what, said in CHANNELS.items():
            self.refused(what, said, *SIZE, "--", APP, "ready")
        self.refused(
            "not started", f"as asked for: it is not active{KNOWN}", APP, "ready"
        )
        self.assertEqual(run("lttng", "list").returncode, 0)
        self.before |= harness.daemons()

    def test_of_processes(self) -> None:
        self.start_daemon()
        app = self.traced("ready")
        self.refused(
            *(
                "all processes",
                f"as asked for: it does not record that one process{KNOWN}",
            ),
            *("--attach", app.pid),
        )
        app.send("\n\n")
        self.assertEqual((app.end(), app.stderr()), (0, ""))
        self.before |= harness.daemons()

    def test_nothing_otherwise(self) -> None:
        """The library itself keeps nobody from recording."""
        out = self.recorded_with(*SIZE, env=otherwise("nothing"))
        self.assertEqual(out.returncode, 0, out.stderr)

    def test_newer(self) -> None:
        """From 2.14 on its daemon is not asked for a channel `metadata`."""
        for options in (), ("--dry-run",):
            out = self.recorded_with(*options, env={**os.environ, "LD_PRELOAD": NEWER})
            self.assertEqual(out.returncode, 0, out.stderr)
            self.assertNotIn(" metadata\n", out.stdout)


class Daemons(harness.Case):
    def test_its_sessions_are_unknown(self) -> None:
        """Others may record with the daemon that awaitctl has started."""
        env = otherwise("no empty list")
        out = self.recorded(APP, "exit", 0, env=env)
        self.assertEqual(out.returncode, 0, out.stderr)
        pids = re.findall(
            r"^awaitctl: lttng-sessiond \(process (\d+)\) is left", out.stderr, re.M
        )
        self.assertRegex(
            out.stderr,
            r"\Aawaitctl: the trace in [^\n]+\n"
            r"awaitctl: cannot list LTTng's sessions: [^\n]+\n"
            r"awaitctl: lttng-sessiond \(process \d+\) is left running: it does not "
            r"say whether other sessions use it\n\Z",
        )
        self.assertEqual(run("lttng", "list").returncode, 0)
        for pid in pids:
            os.kill(int(pid), signal.SIGTERM)
        until(lambda: not daemons() - self.before, "it has ended")

    def test_nor_is_a_session_absent(self) -> None:
        self.start_daemon()
        out = run(
            AWAITCTL, "record", "--attach", "theirs", env=otherwise("no empty list")
        )
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(
            out.stderr, r"\Aawaitctl: cannot look for session theirs: [^\n]+\n\Z"
        )


class Ends(harness.Case):
    """Half a second each time that LTTng is waited for: where it has recorded no
    process, it is not."""

    WAITS = "LTTng is waited for\n"

    def said(self, *program: object) -> str:
        out = self.recorded_with(program=program, env=otherwise("waits"), input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(list(pathlib.Path("/dev/shm").glob("await-*")), [])
        return out.stderr

    def test_with_daemon(self) -> None:
        """It is not ours to end: but nothing was recorded."""
        self.start_daemon()
        said = self.said("/bin/true")
        self.assertRegex(said, r"\Aawaitctl: nothing was recorded: [^\n]+\n\Z")
        self.assertFalse(self.trace.exists())
        self.assertEqual(sessions(), [])
        # So that one knows that this would be seen.
        self.assertIn(self.WAITS, self.said(APP, "burst", 3))
        self.assertEqual(sessions(), [])
        self.assertEqual(self.report().functions["square"][1], 3)
        self.before |= harness.daemons()

    def test_with_its_daemon(self) -> None:
        self.assertNotIn(self.WAITS, self.said("/bin/true"))
        self.assertEqual(harness.daemons(), self.before)
        self.assertIn(self.WAITS, self.said(APP, "burst", 3))
        self.assertEqual(harness.daemons(), self.before)
        self.assertEqual(self.report().functions["square"][1], 3)

    def test_session_of_others_there(self) -> None:
        """Who has begun to use our daemon keeps it."""
        script = "echo ready; read line"
        awaitctl = self.record("sh", "-c", script, env=otherwise("waits"))
        awaitctl.expect("ready")
        self.assertEqual(run("lttng", "create", "--snapshot", "theirs").returncode, 0)
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertNotIn(self.WAITS, awaitctl.stderr())
        self.assertRegex(awaitctl.stderr(), "lttng-sessiond .* is left running: other")
        self.assertEqual(sessions(), ["theirs"])
        self.kill(*(harness.daemons() - self.before))


class Sessions(test_join.Theirs):
    def test_of_others(self) -> None:
        """They are as before, and success is not claimed."""
        self.create("theirs")
        saved = self.saved("theirs")
        for what, said in CHANNELS.items():
            with self.subTest(what=what):
                args = (AWAITCTL, "record", *SIZE, "--attach", "theirs")
                out = run(*args, env=otherwise(what))
                self.assertEqual((out.returncode, out.stdout), (1, ""), out.stderr)
                self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
                self.assertRegex(out.stderr, said)
                self.assertEqual(self.saved("theirs"), saved)
                self.assertEqual(sessions(), ["theirs"])
        self.lttng("destroy", "theirs")


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
