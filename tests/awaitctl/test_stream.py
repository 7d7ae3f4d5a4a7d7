# SPDX-License-Identifier: MIT
"""awaitctl record --stream. Two hosts are two sets of namespaces with a host
name and a session daemon each."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import unittest

import harness
from harness import APP, AWAITCTL, Report, daemons, run

import relays
import tap
from ports import free_ports
from relays import FUNCTIONS

TOP = pathlib.Path(__file__).resolve().parents[2]
PRIVATE = TOP / "tests/private-lttng"

# Becomes the program as process 4001 of its namespace.
AS_4001 = """
import os, sys
while True:
    with open("/proc/sys/kernel/ns_last_pid", "w") as last:
        last.write("4000")
    child = os.fork()
    if child == 0 and os.getpid() == 4001:
        os.execv(sys.argv[1], sys.argv[1:])
    if child == 0:
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if child == 4001:
        sys.exit(os.waitstatus_to_exitcode(status))
"""


def has_namespaces() -> bool:
    """Whether tests/private-lttng makes them."""
    return os.getuid() == 0 and run("unshare", "--uts", "true").returncode == 0


class Streams(relays.Case):
    def check_said(self, text: str) -> None:
        host = re.escape(socket.gethostname())
        self.assertRegex(
            text,
            r"\Aawaitctl: the trace is in the folder of the relay daemon at "
            rf"127\.0\.0\.1, as {host}/(await-[\w.-]+)-\*; next, there: "
            r"awaitctl report FOLDER\n\Z",
        )

    def test_one_recording(self) -> None:
        """Its two processes, and the program does what it does untraced."""
        self.relay()
        both = '"$0" exit 0; "$0" burst 3; echo "and $?"; exit 7'
        alone = run("sh", "-c", both, APP, input="\n\n")
        out = self.stream("sh", "-c", both, APP, input="\n\n", cwd=self.dir)
        self.assertEqual((out.returncode, out.stdout), (7, alone.stdout))
        self.assertEqual(alone.returncode, 7)
        self.check_said(out.stderr)
        self.assertEqual(
            sorted(x.name for x in self.dir.iterdir()), ["folder", "relay.log"]
        )
        report = self.report_folder()
        square = tuple(a + b for a, b in zip(FUNCTIONS["square"], (3, 3, 0, 0, 0)))
        self.assertEqual(report.functions, FUNCTIONS | {"square": square})
        self.assertIn("processes: 2)", report.text)
        self.assertNotRegex(report.text, r"@\w")  # a host

    def of_two_hosts(self, names: tuple[str, str], spaces: bool) -> Report:
        """Each records 100 squares, at a time with the other."""
        recordings = []
        for name in names:
            program: tuple[object, ...] = (APP, "burst", 100)
            uts: tuple[object, ...] = ()
            if spaces:
                named = 'hostname "$0" && exec "$@"'
                uts = ("unshare", "--uts", "sh", "-c", named, name)
                program = (sys.executable, "-c", AS_4001, *program)
            recordings.append(
                self.running(
                    *(*uts, PRIVATE, "--same-network", AWAITCTL, "record"),
                    *("--stream", self.address, *program),
                )
            )
        for each in recordings:
            each.expect("ready")
        for each in recordings:
            each.send("\n")
            each.expect("done")
        for each in recordings:
            each.send("\n")
            self.assertEqual(each.end(), 0, each.stderr())
        # LTTng would write two of one name into one another.
        sessions = {
            re.search(r"/(await-\S+)-\*;", x.stderr())[1]  # type: ignore[index]
            for x in recordings
        }
        self.assertEqual(len(sessions), 2)
        report = self.report_folder()
        self.assertEqual(report.functions, {"square": (200, 200, 0, 0, 0)})
        self.assertIn("processes: 2)", report.text)
        self.assertEqual(len(report.slowest), 200)
        self.assertTrue(all("app.c:" in x["wait"] for x in report.slowest))
        return report

    def test_two_hosts(self) -> None:
        """With processes of one number, as in containers."""
        spaces = has_namespaces()
        if not spaces:
            print("# SKIPPED: host names and process numbers, for want of root")
        self.relay()
        report = self.of_two_hosts(("alpha", "beta"), spaces)
        if not spaces:
            return
        self.assertEqual({x.name for x in self.folder.iterdir()}, {"alpha", "beta"})
        of = [x["id"].split(" of ")[1] for x in report.slowest]
        self.assertEqual(set(of), {"4001@alpha", "4001@beta"})
        self.assertEqual(of.count("4001@alpha"), 100)

    @unittest.skipUnless(has_namespaces(), "only root can name hosts")
    def test_two_hosts_of_one_name(self) -> None:
        self.relay()
        report = self.of_two_hosts(("twin", "twin"), True)
        self.assertEqual({x.name for x in self.folder.iterdir()}, {"twin"})
        self.assertEqual({x["id"].split(" of ")[1] for x in report.slowest}, {"4001"})

    def test_ipv6(self) -> None:
        if not pathlib.Path("/proc/net/if_inet6").exists():
            self.skipTest("this machine has no IPv6")
        self.relay("[::1]")
        out = self.stream("--live", APP, "exit", 0)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn("to follow, at [::1]: ", out.stderr)
        self.assertIn(f" net://localhost:{self.ports[2]}/host/", out.stderr)
        self.assertEqual(self.report_folder().functions, FUNCTIONS)

    def test_options(self) -> None:
        self.relay()
        out = self.stream(
            *("--filter", 'function == "square"', "--stacks=exec,hit"),
            *("--buffers", "64kx4", APP, "exit", 0),
        )
        self.assertEqual(out.returncode, 0)
        self.check_said(out.stderr)
        report = self.report_folder()
        self.assertEqual(report.functions["square"], FUNCTIONS["square"])
        self.assertEqual(set(report.functions), {"square", "(unknown)"})
        text = run("babeltrace2", self.folder).stdout
        self.assertEqual(text.count(" await:exec_stack: "), 27)
        self.assertNotIn(" await:create_stack: ", text)

    def test_snapshot(self) -> None:
        self.relay()
        out = self.stream("--snapshot", APP, "die")
        self.assertEqual(out.returncode, 128 + signal.SIGKILL)
        self.check_said(out.stderr)
        (self.folder,) = self.folder.glob("*/*")
        self.assertEqual(len(list(self.folder.glob("snapshot-1-*"))), 1)
        self.assertEqual(self.report_folder().functions, FUNCTIONS)


class Losses(relays.Case):
    """The program and its results are the same, and awaitctl ends."""

    def lose(self, how: signal.Signals) -> None:
        relay = self.relay()
        awaitctl = self.running(
            *(AWAITCTL, "record", "--stream", self.address, APP, "burst", 20000)
        )
        awaitctl.expect("ready")
        relay.send_signal(how)
        awaitctl.send("\n")
        awaitctl.expect("done")
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        lines = awaitctl.stderr().splitlines()
        self.assertIn(
            f"awaitctl: the relay daemon at 127.0.0.1, port {self.ports[0]}, has "
            "ended or does not answer: it lacks what was recorded since",
            lines,
        )
        self.assertRegex(lines[-1], r"\Aawaitctl: INCOMPLETE trace is in ")

    def test_killed(self) -> None:
        self.lose(signal.SIGKILL)

    def test_stopped(self) -> None:
        self.lose(signal.SIGSTOP)

    def test_killed_and_started_again(self) -> None:
        """Another in its place knows nothing of the trace."""
        relay = self.relay()
        awaitctl = self.running(
            *(AWAITCTL, "record", "--stream", self.address, APP, "ready")
        )
        awaitctl.expect("ready")
        relay.kill()
        relay.wait()
        ports, self.folder = self.ports, self.dir / "again"
        again = subprocess.Popen(
            [
                *("lttng-relayd", f"--output={self.folder}"),
                f"--control-port=tcp://127.0.0.1:{ports[0]}",
                f"--data-port=tcp://127.0.0.1:{ports[1]}",
                f"--live-port=tcp://127.0.0.1:{ports[2]}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(again.wait, harness.LIMIT)
        self.addCleanup(again.terminate)
        awaitctl.send("\n\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertIn("INCOMPLETE", awaitctl.stderr())


class NoRelay(relays.Case):
    def refused(self, address: str, *parts: str) -> None:
        for options in (), ("--live",), ("--snapshot",):
            with self.subTest(address=address, options=options):
                out = run(
                    *(AWAITCTL, "record", *options, "--stream", address),
                    *("touch", "made"),
                    cwd=self.dir,
                )
                self.assertEqual((out.returncode, out.stdout), (1, ""))
                self.assertRegex(
                    out.stderr, r"\Aawaitctl: no relay daemon at [^\n]+\n\Z"
                )
                for part in parts:
                    self.assertIn(part, out.stderr)
                self.assertEqual(list(self.dir.iterdir()), [])
                self.assertEqual(daemons(), self.before)

    def test_nobody(self) -> None:
        control, data = free_ports(2)
        self.refused(
            f"localhost:{control}:{data}",
            f"at localhost, ports {control} and {data}: Connection refused",
            "start `lttng-relayd` there",
        )
        self.refused(f"[::1]:{control}", f"at [::1], ports {control} and 5343")

    def test_no_such_host(self) -> None:
        self.refused("no-such-host.invalid", "ports 5342 and 5343")

    def test_others(self) -> None:
        """One that says nothing, and one that says something else."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            out = run(
                *(AWAITCTL, "record", "--stream"),
                *(f"127.0.0.1:{silent.getsockname()[1]}", "touch", "made"),
                cwd=self.dir,
            )
        self.assertEqual(out.returncode, 1)
        self.assertIn("is no LTTng relay daemon, or does not answer", out.stderr)
        talker = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(talker.close)

        def talk() -> None:
            while True:
                talker.accept()[0].sendall(b"220 mail.example ESMTP ready")

        threading.Thread(target=talk, daemon=True).start()
        port = talker.getsockname()[1]
        self.refused(f"127.0.0.1:{port}", "is no LTTng relay daemon")

    def test_only_control(self) -> None:
        relay = self.relay()
        self.assertIsNone(relay.poll())
        (data,) = free_ports(1)
        out = run(
            *(AWAITCTL, "record", "--stream", f"127.0.0.1:{self.ports[0]}:{data}"),
            *("touch", "made"),
            cwd=self.dir,
        )
        self.assertEqual(out.returncode, 1)
        self.assertIn("Connection refused", out.stderr)
        self.assertFalse((self.dir / "made").exists())


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
