# SPDX-License-Identifier: MIT
"""awaitctl record --attach to sessions that somebody else made."""

from __future__ import annotations

import os
import re
import unittest

import harness
from harness import APP, AWAITCTL, run, daemons, sessions

import tap

FUNCTIONS_MADE = 29  # by `app exit N`


class Theirs(harness.Case):
    """A session daemon of somebody else."""

    def setUp(self) -> None:
        super().setUp()
        self.start_daemon()
        self.addCleanup(self.keep_daemons)

    def keep_daemons(self) -> None:
        """Those of this test end when it did."""
        self.assertEqual(sessions(), [])
        self.before |= daemons()

    def lttng(self, *args: object) -> str:
        out = run("lttng", *args)
        self.assertEqual(out.returncode, 0, out.stdout + out.stderr)
        return out.stdout

    def create(self, name: str, *options: object) -> None:
        self.lttng("create", name, f"--output={self.trace}", *options)

        def destroy() -> None:
            if name in sessions():
                run("lttng", "destroy", name)

        self.addCleanup(destroy)

    def joined(self, name: str, *options: object) -> None:
        out = run(AWAITCTL, "record", *options, "--attach", name)
        self.assertEqual((out.returncode, out.stdout), (0, ""), out.stderr)
        self.assertEqual(
            out.stderr,
            f"awaitctl: session {name} records awaits; next: lttng start {name}\n",
        )
        self.assertEqual(sessions(), [name])

    def saved(self, name: str) -> str:
        self.lttng("save", "--force", "-o", self.dir / "saved", name)
        return (self.dir / "saved" / f"{name}.lttng").read_text()

    def refuses(self, name: str, part: str, *options: object) -> None:
        before = sessions()
        out = run(AWAITCTL, "record", *options, "--attach", name)
        self.assertEqual((out.returncode, out.stdout), (1, ""), out.stderr)
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        self.assertIn(part, out.stderr)
        self.assertEqual(sessions(), before)


class Sessions(Theirs):
    def test_joins(self) -> None:
        """Next to what it records, with the options that are about events."""
        self.create("theirs")
        self.lttng("enable-event", "-s", "theirs", "-u", "lttng_ust_tracelog:*")
        self.joined("theirs", "--stacks=exec", "--buffers", "64kx4")
        self.lttng("start", "theirs")
        environment = {**os.environ, "LIBAWAIT_TRACE": "1"}
        self.assertEqual(run(APP, "exit", 5, env=environment).returncode, 5)
        self.lttng("stop", "theirs")
        saved = self.saved("theirs")
        self.refuses("theirs", "session theirs records awaits already")
        self.assertEqual(self.saved("theirs"), saved)
        self.lttng("destroy", "theirs")
        self.assertEqual(self.report().totals["created"], FUNCTIONS_MADE)
        self.assertEqual(self.counts()["exec_stack"], 27)
        self.assertIn("<name>channel0</name>", saved)
        self.assertIn("<subbuffer_size>65536<", saved)

    def test_refused(self) -> None:
        self.refuses("nowhere", "there is no session nowhere of LTTng")
        self.create("theirs")
        self.lttng("enable-event", "-s", "theirs", "-u", "lttng_ust_tracelog:*")
        saved = self.saved("theirs")
        for options, part in (
            (("--filter", "id = = 3"), "Invalid filter"),
            (("--buffers", "1Gx4096"), "make it larger"),
        ):
            self.refuses("theirs", part, *options)
            self.assertEqual(self.saved("theirs"), saved)
        self.lttng("start", "theirs")
        for again in "stop", "start":
            self.refuses("theirs", "started once; LTTng adds nothing to such")
            self.lttng(again, "theirs")
        self.lttng("stop", "theirs")
        self.assertEqual(self.saved("theirs"), saved)
        self.lttng("destroy", "theirs")

    def test_buffers_of_another_kind(self) -> None:
        self.create("theirs")
        self.lttng("enable-channel", "-s", "theirs", "-u", "--buffers-pid", "c")
        self.refuses("theirs", "other channels with --buffers-uid")
        self.lttng("destroy", "theirs")

    def test_without_a_daemon(self) -> None:
        home = {**os.environ, "LTTNG_HOME": str(self.dir)}
        out = run(AWAITCTL, "record", "--attach", "theirs", env=home)
        self.assertEqual(out.returncode, 1)
        self.assertIn("there is no session theirs of LTTng", out.stderr)

    def test_snapshot_session(self) -> None:
        self.create("rings", "--snapshot")
        self.refuses("rings", "leave out --blocking", "--blocking")
        self.joined("rings")
        self.lttng("start", "rings")
        environment = {**os.environ, "LIBAWAIT_TRACE": "1"}
        self.assertEqual(run(APP, "exit", 0, env=environment).returncode, 0)
        self.lttng("snapshot", "record", "-s", "rings")
        self.lttng("destroy", "rings")
        self.assertEqual(self.report().totals["created"], FUNCTIONS_MADE)

    def test_dry_run(self) -> None:
        options = ("--stacks=hit", "--filter", "waiter == 0")
        self.create("printed")
        out = run(AWAITCTL, "record", "--dry-run", *options, "--attach", "printed")
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertNotIn(" metadata", out.stdout)
        done = run("sh", "-e", input=out.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        printed = self.saved("printed")
        self.lttng("destroy", "printed")
        self.create("joined")
        self.joined("joined", *options)
        joined = self.saved("joined")
        self.lttng("destroy", "joined")
        self.assertEqual(
            *(
                (
                    sorted(re.findall(r"<channel>.*?</channel>", x, re.S)),
                    re.sub(
                        r"<channels>.*</channels>|printed|joined", "", x, flags=re.S
                    ),
                )
                for x in (printed, joined)
            )
        )


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
