# SPDX-License-Identifier: MIT
"""Relay daemons for tests: on the loopback device, on ports of their own, ended
with the test by their ids."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import typing

import harness
from harness import AWAITCTL, Report, processes, run, until
from ports import free_ports

LISTENING = "0A"

# Of `app exit N`; see app.c.
FUNCTIONS = {
    "square": (3, 2, 0, 1, 1),
    "flaky": (1, 2, 1, 2, 0),
    "broken": (1, 1, 1, 0, 0),
    "inner": (1, 1, 0, 0, 0),
    "outer": (1, 1, 0, 0, 0),
    "nowait": (2, 0, 0, 1, 1),
    "threaded": (20, 20, 0, 20, 0),
}


class Case(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.dir / "folder"
        self.relays = processes("lttng-relayd")
        self.addCleanup(self.no_new_relays)

    def no_new_relays(self) -> None:
        left = processes("lttng-relayd") - self.relays
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(left, set(), "relay daemons were left running")

    def relay(self, host: str = "127.0.0.1") -> subprocess.Popen[bytes]:
        """A relay daemon that writes to self.folder; ended with the test."""
        self.ports = free_ports(3)
        self.address = ":".join(map(str, (host, *self.ports)))
        names = ("control", "data", "live")
        urls = [
            f"--{name}-port=tcp{6 if '[' in host else ''}://{host}:{port}"
            for name, port in zip(names, self.ports, strict=True)
        ]
        with (self.dir / "relay.log").open("w") as log:
            process = subprocess.Popen(
                ["lttng-relayd", f"--output={self.folder}", *urls],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

        def stop() -> None:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            process.wait(harness.LIMIT)

        self.addCleanup(stop)

        def listens() -> bool:
            self.assertIsNone(process.poll(), (self.dir / "relay.log").read_text())
            table = "tcp6" if "[" in host else "tcp"
            lines = pathlib.Path("/proc/net", table).read_text().split("\n")[1:-1]
            rows = [x.split() for x in lines]
            heard = {int(x[1].split(":")[1], 16) for x in rows if x[3] == LISTENING}
            return set(self.ports) <= heard

        until(listens, "the relay daemon listens")
        return process

    def stream(
        self, *args: object, **options: typing.Any
    ) -> subprocess.CompletedProcess[str]:
        return run(AWAITCTL, "record", "--stream", self.address, *args, **options)

    def report_folder(self) -> Report:
        out = run(AWAITCTL, "report", "-n", "1000", self.folder)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return Report.parse(out.stdout)
