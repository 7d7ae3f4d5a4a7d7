# SPDX-License-Identifier: MIT
"""awaitctl record, many times at the same moment: nobody is in another's way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import unittest

import harness
from harness import APP, AWAITCTL, Report, daemons, run, until

import tap


class Together(harness.Case):
    def test_without_a_daemon(self) -> None:
        """Each would start one, and end it when no session is left."""
        for round in range(3):
            many = [
                subprocess.Popen(
                    [AWAITCTL, "record", "-o", self.dir / f"{round}-{i}", "--"]
                    + [APP, "exit", "0"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                for i in range(6)
            ]
            said = [one.communicate(timeout=harness.LIMIT)[1] for one in many]
            for i, one in enumerate(many):
                self.trace = self.dir / f"{round}-{i}"
                # What one says of a daemon may tell why another one failed.
                self.assertEqual(one.returncode, 0, said)
                self.assertRegex(said[i], r"(?m)^awaitctl: the trace in ", said)
                text = run(AWAITCTL, "report", self.trace).stdout
                self.assertEqual(Report.parse(text).functions["square"][:2], (3, 2))
            # One that others used when who had started it was done.
            self.end_daemons()

    def end_daemons(self) -> None:
        for pid in harness.processes("lttng-sessiond") - self.before:
            os.kill(pid, signal.SIGTERM)
        until(lambda: not daemons() - self.before, "all daemons have ended")

    def test_with_another_start(self) -> None:
        """Somebody else's daemon is a moment earlier: it is waited for."""
        place = self.dir / "bin"
        place.mkdir()
        script = place / "lttng-sessiond"
        real = shutil.which("lttng-sessiond")
        script.write_text(
            "#!/bin/sh\n"
            f"mkfifo {place}/apart\n"
            f"setsid sh -c 'echo >{place}/apart; exec {real} --no-kernel' "
            ">/dev/null 2>&1 &\n"
            f"read line <{place}/apart\n"
            'echo "Error: A session daemon is already running." >&2\n'
            "exit 1\n"
        )
        script.chmod(0o755)
        path = f"{place}:{os.environ['PATH']}"
        out = self.recorded(APP, "exit", 0, env={**os.environ, "PATH": path})
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(self.report().functions["square"][:2], (3, 2))
        self.end_daemons()

    def test_while_another_dies(self) -> None:
        """What it had forked has its socket, or its lock, for a moment."""
        real = shutil.which("lttng-sessiond")
        for number, words in enumerate(
            (
                "A session daemon is already running.",
                "Could not get lock file `lttng-sessiond.lck`, another instance "
                "is running.",
            )
        ):
            place = self.dir / f"bin{number}"
            place.mkdir()
            script = place / "lttng-sessiond"
            script.write_text(
                "#!/bin/sh\n"
                f"echo >>{place}/starts\n"
                f"test $(wc -l <{place}/starts) -lt 3 || exec {real} --no-kernel\n"
                f"echo 'Error: {words}' >&2\n"
                "exit 1\n"
            )
            script.chmod(0o755)
            path = f"{place}:{os.environ['PATH']}"
            self.trace = self.dir / f"trace{number}"
            out = self.recorded(APP, "exit", 0, env={**os.environ, "PATH": path})
            self.assertEqual(out.returncode, 0, out.stderr)
            self.assertEqual((place / "starts").read_text(), "\n" * 3)
            self.assertEqual(self.report().functions["square"][:2], (3, 2))


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
