# SPDX-License-Identifier: MIT
"""Recordings of an LTTng-UST that describes its rings in a way that awaitctl does
not know: what LTTng stopped and wrote is whole, and nothing else is lost."""

from __future__ import annotations

import pathlib
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run
from rings import MAGIC

import tap

AT_MAJOR = 26


class Unknown(harness.Case):
    def rings(self) -> list[pathlib.Path]:
        """Also where they are kept."""
        files = pathlib.Path("/dev/shm").glob("await-*/**/*")
        found = [x for x in files if x.is_file() and x.read_bytes()[:16] == MAGIC]
        self.assertTrue(found)
        return found

    def set_version(self, major: int) -> int:
        for ring in self.rings():
            with ring.open("r+b") as file:
                file.seek(AT_MAJOR)
                before = int.from_bytes(file.read(2), "little")
                file.seek(AT_MAJOR)
                file.write(major.to_bytes(2, "little"))
        return before

    def recording(self) -> harness.Running:
        awaitctl = self.record(APP, "burst", 50)
        awaitctl.expect("ready")
        awaitctl.send("\n")
        awaitctl.expect("done")
        return awaitctl

    def check_all(self) -> None:
        self.assertEqual(self.report().functions, {"square": (50, 50, 0, 0, 0)})
        self.assertEqual(list(pathlib.Path("/dev/shm").glob("await-*")), [])

    def test_that_lttng_wrote(self) -> None:
        awaitctl = self.recording()
        self.set_version(9)
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0)
        self.assertRegex(
            awaitctl.stderr(),
            r"\Aawaitctl: that \S+ is whole is LTTng's word alone: .*\n"
            r"awaitctl: the trace in (\S+); next: awaitctl report \1\n\Z",
        )
        self.check_all()

    def test_of_which_nobody_is_left(self) -> None:
        """They are kept for an awaitctl that knows them."""
        awaitctl = self.recording()
        (app,) = self.children(awaitctl.pid, pathlib.Path(APP).name)
        self.kill(awaitctl.pid, app, *(daemons() - self.before))
        awaitctl.end()
        known = self.set_version(9)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(
            out.stderr, r"\Aawaitctl: \S+ is kept, .* \(crash ABI 9\.0; .*\n\Z"
        )
        self.set_version(known)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.check_all()

    def test_of_a_flight_recorder(self) -> None:
        """LTTng writes nothing of it when it is stopped."""
        awaitctl = self.running(
            *(AWAITCTL, "record", "--snapshot", "-o", self.trace, "--"),
            *(APP, "burst", 50),
        )
        awaitctl.expect("ready")
        awaitctl.send("\n")
        awaitctl.expect("done")
        known = self.set_version(9)
        (app,) = self.children(awaitctl.pid, pathlib.Path(APP).name)
        self.kill(app)
        awaitctl.end()
        self.assertRegex(awaitctl.stderr(), r"awaitctl: \S+ is kept, ")
        self.assertIn("next: awaitctl recover", awaitctl.stderr())
        self.set_version(known)
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
