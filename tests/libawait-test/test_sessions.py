# SPDX-License-Identifier: MIT
"""Sessions of libawait-test with a daemon of their own or another's, where the
daemon dies or hangs, and where there is no tracer, daemon or place for them.

Run inside tests/private-lttng.
"""

from __future__ import annotations

import os
import signal
import unittest

import talk
import harness
import tap
from harness import Running


class Sessions(talk.Case):
    def setUp(self) -> None:
        super().setUp()
        self.temporary = self.dir / "tmp"
        self.temporary.mkdir()

    def session(self, **env: str) -> Running:
        return self.talker(
            **{"TMPDIR": str(self.temporary), "LIBAWAIT_TRACE": "1"} | env
        )

    def finish(self, talker: Running) -> None:
        """Leaves nothing either."""
        super().finish(talker)
        self.assertEqual(list(self.temporary.iterdir()), [])

    def windows(self, talker: Running) -> None:
        for count in 2, 0, 5:
            self.assertEqual(self.ask(talker, "begin").error, "")
            self.ask(talker, f"use {count}")
            answer = self.ask(talker, "end")
            self.assertEqual(answer.error, "")
            self.assertEqual(len(answer.events), 4 * count)
            self.ask(talker, "use 1")

    def test_own_daemon(self) -> None:
        talker = self.session()
        self.windows(talker)
        self.assertNotEqual(harness.daemons(), self.before)
        self.finish(talker)
        self.assertEqual(harness.daemons(), self.before)

    def test_anothers_daemon(self) -> None:
        pid = self.start_daemon()
        talker, other = self.session(), self.session()
        self.windows(talker)
        self.before |= harness.processes("lttng-consumerd")
        # Another process that is traced has no part in it.
        self.assertEqual(self.ask(other, "begin").error, "")
        self.assertEqual(self.ask(talker, "begin").error, "")
        self.ask(other, "use 3")
        self.ask(talker, "use 1")
        self.assertEqual(len(self.ask(talker, "end").events), 4)
        self.assertEqual(len(self.ask(other, "end").events), 12)
        self.assertEqual(len(harness.sessions()), 2)
        talk.Case.finish(self, other)
        self.assertEqual(harness.sessions(), [f"await-test-{talker.pid}-1"])
        self.finish(talker)
        self.assertEqual(harness.sessions(), [])
        self.assertIn(pid, harness.daemons())
        self.before |= harness.processes("lttng-consumerd")

    def ours(self) -> int:
        """The daemon that talk started."""
        started = harness.processes("lttng-sessiond") - self.before
        (pid,) = (p for p in started if os.getpgid(p) == p)
        return pid

    def test_dead_daemon(self) -> None:
        """An error; the next session has a daemon of its own again."""
        talker = self.session()
        self.assertEqual(self.ask(talker, "begin").error, "")
        os.kill(self.ours(), signal.SIGKILL)
        harness.until(lambda: not harness.daemons() - self.before, "it is gone")
        self.ask(talker, "use 1")
        self.fails(self.ask(talker, "end"), "cannot stop session", "daemon")
        self.windows(talker)
        self.finish(talker)

    def test_stopped_daemon(self) -> None:
        """An error after the limit of time, and from then on; it is ended."""
        talker = self.session()
        self.assertEqual(self.ask(talker, "begin").error, "")
        os.kill(self.ours(), signal.SIGSTOP)
        self.ask(talker, "use 1")
        self.fails(
            self.ask(talker, "end"), "LTTng does not answer within 30 s", "run the"
        )
        self.fails(self.ask(talker, "begin"), "did not answer before")
        self.finish(talker)
        harness.until(lambda: not harness.daemons() - self.before, "it is gone")

    def test_no_tracer(self) -> None:
        talker = self.session(LIBAWAIT_TRACE="0")
        self.fails(self.ask(talker, "begin"), "link await-trace", "LIBAWAIT_TRACE=1")
        self.fails(self.ask(talker, "end"), "no session records")
        self.finish(talker)

    def test_no_daemon(self) -> None:
        talker = self.session(PATH="/nowhere")
        self.fails(self.ask(talker, "begin"), "lttng-sessiond is not installed")
        self.finish(talker)

    def test_no_place(self) -> None:
        talker = self.session(TMPDIR=str(self.dir / "no"))
        self.fails(self.ask(talker, "begin"), "cannot make a directory", "TMPDIR")
        self.finish(talker)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
