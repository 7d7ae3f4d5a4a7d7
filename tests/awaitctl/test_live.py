# SPDX-License-Identifier: MIT
"""awaitctl record --live: babeltrace2 follows a program that runs. And the
sessions of --dry-run, live or streamed."""

from __future__ import annotations

import os
import pathlib
import re
import select
import shlex
import shutil
import socket
import unittest

import harness
import public
from harness import APP, AWAITCTL, Running, daemons, run, until

import relays
import tap
import test_options
from relays import FUNCTIONS


class Live(relays.Case):
    def follow(self, awaitctl: Running) -> Running:
        """The viewer that awaitctl proposes, line by line."""
        line = until(
            lambda: re.search(r"^awaitctl: to follow: (.+)\n", awaitctl.stderr(), re.M),
            "awaitctl says how to follow",
        )[1]
        return self.running("stdbuf", "-oL", *shlex.split(line))

    def check_follows(self, *options: object) -> int:
        """Events come while the program waits, and the viewer ends by itself
        when all is read. Returns how often the app ran."""
        each = 'while read line; do "$0" exit 0; echo did; done'
        awaitctl = self.running(
            *(AWAITCTL, "record", "--live=50000", *options),
            *("sh", "-c", each, APP),
        )
        viewer = self.follow(awaitctl)
        rounds = 0
        # LTTng shows nothing from before the viewer came.
        while not select.select([viewer.output], [], [], 0.5)[0]:
            self.assertLess(rounds, 2 * harness.LIMIT)
            awaitctl.send("\n")
            awaitctl.expect("did")
            rounds += 1
        viewer.expect(" await:create: ")
        viewer.expect(" await:destroy: ")
        self.assertIsNone(awaitctl.process.poll())
        awaitctl.process.stdin.close()
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertEqual((viewer.end(), viewer.stderr()), (0, ""))
        return rounds

    def of(self, rounds: int) -> dict[str, tuple[int, ...]]:
        return {k: tuple(rounds * n for n in row) for k, row in FUNCTIONS.items()}

    def test_alone(self) -> None:
        """awaitctl brings the relay daemon; the trace is where it always is."""
        rounds = self.check_follows("-o", self.trace)
        self.assertEqual(self.report().functions, self.of(rounds))

    def test_streamed(self) -> None:
        self.relay()
        rounds = self.check_follows("--stream", self.address)
        self.assertEqual(self.report_folder().functions, self.of(rounds))

    def test_nobody_follows(self) -> None:
        for options in [], ["--stacks"], ["--blocking"]:
            with self.subTest(options=options):
                self.trace = self.dir / f"trace{options}"
                out = self.recorded_with("--live", *options)
                self.assertEqual(out.returncode, 0, out.stderr)
                self.assertEqual(len(out.stderr.splitlines()), 3)
                self.assertIn(" every user of this machine can ", out.stderr)
                self.assertEqual(self.report().functions, FUNCTIONS)

    def test_two_at_a_time(self) -> None:
        """Each relay daemon has ports of its own. They share the session
        daemon, so one's session would hold the other's program too."""
        first = self.running(
            AWAITCTL, "record", "--live", "-o", self.dir / "one", APP, "ready"
        )
        first.expect("ready")
        second = self.recorded_with("--live", program=("true",))
        self.assertEqual(second.returncode, 0, second.stderr)
        first.send("\n\n")
        self.assertEqual(first.end(), 0, first.stderr())

    def test_nothing_left(self) -> None:
        """When the recording never begins."""
        for option, part in (
            (("--filter", "id = = 3"), "Invalid filter"),
            (("--buffers", "1Gx4096"), "make it larger"),
        ):
            out = self.recorded_with("--live", *option)
            self.assertEqual(out.returncode, 1)
            self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
            self.assertIn(part, out.stderr)
            self.assertFalse(self.trace.exists())

    def with_path(self, relay: str | None) -> dict[str, str]:
        """An environment in which that is lttng-relayd."""
        folder = self.dir / "bin"
        folder.mkdir()
        for name in "lttng-sessiond", "touch":
            found = run("sh", "-c", f"command -v {name}").stdout.strip()
            (folder / name).symlink_to(found)
        if relay is not None:
            (folder / "lttng-relayd").write_text(f"#!/bin/sh\n{relay}\n")
            (folder / "lttng-relayd").chmod(0o755)
        return {**os.environ, "PATH": str(folder)}

    def test_not_installed(self) -> None:
        out = self.recorded_with(
            "--live", program=("touch", "made"), env=self.with_path(None)
        )
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stderr, r"\Aawaitctl: lttng-relayd.*lttng-tools\n\Z")
        self.assertFalse(self.trace.exists())

    def test_does_not_start(self) -> None:
        out = self.recorded_with(
            "--live",
            program=("touch", "made"),
            env=self.with_path("echo Error: no luck >&2; exit 1"),
        )
        self.assertEqual(out.returncode, 1)
        self.assertRegex(
            out.stderr, r"\Aawaitctl: lttng-relayd does not start: Error: no luck;"
        )
        self.assertEqual(len(out.stderr.splitlines()), 1)
        self.assertFalse(self.trace.exists())


STRANGER = """
    set -e
    lttng-sessiond --no-kernel --daemonize
    lttng create stranger --set-url=$0
    lttng enable-event --userspace 'await:*'
    lttng start
    "$1" exit 0
    lttng stop
    lttng destroy
    pid="$LTTNG_HOME/.lttng/lttng-sessiond.pid"
    kill $(cat "$pid")
    while [ -e "$pid" ]; do sleep 0.1; done
"""


class Strangers(relays.Case):
    def url(self, awaitctl: Running) -> str:
        """Of the relay daemon that it has started, as anybody can find out."""
        (relay,) = self.children(awaitctl.pid, "lttng-relayd")
        words = pathlib.Path(f"/proc/{relay}/cmdline").read_text()
        ports = re.findall(r"--(?:control|data)-port=tcp://127.0.0.1:(\d+)", words)
        return f"net://127.0.0.1:{':'.join(ports)}"

    def send(self, url: str) -> None:
        """What another user sends there: events of awaits."""
        self.dir.chmod(0o755)
        tracer = (os.environ["LIBAWAIT_TRACER"], os.environ["LIBAWAIT_LTTNG"])
        app, environment = public.copy(self.dir, APP, os.environ["LIBAWAIT"], *tracer)
        home = self.dir / "home"
        home.mkdir()
        os.chown(home, public.NOBODY, public.NOBODY)
        environment |= {"LTTNG_HOME": str(home), "HOME": str(home)}
        environment["LIBAWAIT_TRACE"] = "1"
        out = run(
            *("timeout", "30", "sh", "-c", STRANGER, url, app),
            **{"user": public.NOBODY, "env": environment, "cwd": "/"},
        )
        self.assertEqual(out.returncode, 0, out.stderr)

    def test_their_sessions(self) -> None:
        """Nothing keeps them out; the report does not count them."""
        if os.getuid() != 0:
            self.skipTest("needs root, to be another user")
        awaitctl = self.running(
            AWAITCTL, "record", "--live", "-o", self.trace, APP, "burst", 50
        )
        awaitctl.expect("ready")
        self.send(self.url(awaitctl))
        awaitctl.send("\n\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 0)
        host = socket.gethostname()
        self.assertRegex(
            out.stderr,
            rf"\Aawaitctl: {self.trace}: left out what others have sent to its relay "
            rf"daemon: {host}/stranger-\d+-\d+; see --all\n\Z",
        )
        self.assertEqual(
            harness.Report.parse(out.stdout).functions, {"square": (50, 50, 0, 0, 0)}
        )
        out = run(AWAITCTL, "report", "--all", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertIn("outer", out.stdout)


class DryRun(relays.Case):
    commands = test_options.DryRun.commands
    describe = test_options.DryRun.describe

    def printed_and_recorded(self, *options: object) -> tuple[str, str]:
        """What LTTng says of the session of the printed commands, and of
        awaitctl's."""
        out = run(AWAITCTL, "record", "--dry-run", *options, "--", APP, "ready")
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        script = self.dir / "script"
        script.write_text(out.stdout)
        printed, _ = self.describe("sh", script)
        shutil.rmtree(self.trace, ignore_errors=True)
        recorded, _ = self.describe(AWAITCTL, "record", *options, APP, "ready")
        return printed, recorded

    def test_is_the_same_session(self) -> None:
        self.start_daemon()
        self.before |= daemons()
        self.relay()
        stream = ("--stream", self.address)
        for options in (
            stream,
            (*stream, "--live=20000", "--stacks=none"),
            (*stream, "--snapshot"),
            ("--live", "-o", self.trace),
        ):
            with self.subTest(options=options):
                printed, recorded = self.printed_and_recorded(*options)
                self.assertIn("<net_output>", printed)
                if "--stream" not in options:
                    # Nobody has the same ports twice.
                    printed, recorded = (
                        re.sub(
                            r"\b\d{4,5}</|:\d{4,5}\b",
                            "PORT",
                            re.sub(r"/\*[0-9a-f]{16}\b", "/", x),
                        )
                        for x in (printed, recorded)
                    )
                self.assertEqual(printed, recorded)
        self.before |= daemons()


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
