# SPDX-License-Identifier: MIT
"""Traces in CTF 2, made by ctf2.py: what `awaitctl report` makes of them with a
babeltrace2 that reads CTF 2, and what it says with one that does not. And those
that LTTng makes, where it can."""

from __future__ import annotations

import pathlib
import struct
import unittest

import ctf2
import harness
from harness import APP, AWAITCTL, daemons, run

import tap
import versions

CREATE = ctf2.fields(
    id=ctf2.number(64),
    line=ctf2.number(32),
    function={"type": "null-terminated-string"},
    type={"type": "null-terminated-string"},
    file={"type": "null-terminated-string"},
    # Only from version 1 of babeltrace2's message interchange protocol on.
    bytes={"type": "static-length-blob", "length": 3},
)


class Made(harness.Case):
    def make(self, folder: pathlib.Path, uid: str = "trace", number: int = 0) -> None:
        folder.mkdir(parents=True)
        (folder / "metadata").write_text(ctf2.trace("await:create", CREATE, uid))
        texts = b"made\0int\0made.c\0"
        payloads = (struct.pack("<QI", n, 7) + texts + b"abc" for n in range(1, 4))
        (folder / "stream").write_bytes(ctf2.packet(*payloads, number=number))

    @unittest.skipUnless(ctf2.babeltrace2_reads_it(), ctf2.WHY_NOT)
    def test_is_reported(self) -> None:
        self.make(self.trace)
        self.assertEqual(self.report().functions, {"made": (3, 0, 0, 0, 3)})

    @unittest.skipUnless(ctf2.babeltrace2_reads_it(), ctf2.WHY_NOT)
    def test_parts_are_of_one_host(self) -> None:
        """As LTTng's rotation makes them: their process is the same one. That
        of another trace is another."""
        for part in 1, 2:
            self.make(self.trace / str(part), number=part)
        self.assertIn("processes: 1)", self.report().text)
        self.make(self.trace / "3", uid="another", number=3)
        self.assertIn("processes: 2)", self.report().text)

    @unittest.skipUnless(ctf2.babeltrace2_reads_it(), ctf2.WHY_NOT)
    def test_cut_short(self) -> None:
        self.make(self.trace)
        path = self.trace / "metadata"
        whole = path.read_bytes()
        for size in 1, 100, len(whole) // 2, len(whole) - 20:
            path.write_bytes(whole[:size])
            out = run(AWAITCTL, "report", self.trace)
            self.assertEqual((out.returncode, out.stdout), (1, ""))
            self.assertRegex(out.stderr, r"\Aawaitctl: cannot open the trace .*\n\Z")

    @unittest.skipIf(ctf2.babeltrace2_reads_it(), "this babeltrace2 reads CTF 2")
    def test_babeltrace2_is_too_old(self) -> None:
        self.make(self.trace)
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        version = r"\.".join(map(str, versions.installed("babeltrace2")))
        self.assertRegex(
            out.stderr,
            rf"\Aawaitctl: the trace in \S+ is in CTF 2, which takes babeltrace2 2\.1 "
            rf"or newer, and this is {version}: .* without --format=ctf-2\n\Z",
        )


@unittest.skipUnless(
    versions.installed("lttng") >= (2, 15),
    f"LTTng writes CTF 2 from 2.15 on, this is {versions.text('lttng')}",
)
@unittest.skipUnless(ctf2.babeltrace2_reads_it(), ctf2.WHY_NOT)
class Recorded(harness.Case):
    def check_format(self) -> None:
        (metadata,) = self.trace.rglob("metadata")
        self.assertEqual(metadata.read_bytes()[:1], b"\x1e")

    def test_whole(self) -> None:
        self.record_with()
        functions = self.report().functions
        self.trace = self.dir / "in CTF 2"
        self.record_with("--format=ctf-2")
        self.assertEqual(self.report().functions, functions)
        self.check_format()

    def test_recovered(self) -> None:
        options = "--format=ctf-2", "-o", self.trace
        awaitctl = self.running(AWAITCTL, "record", *options, "--", APP, "burst", 50)
        awaitctl.expect("ready")
        awaitctl.send("\n")
        awaitctl.expect("done")
        (app,) = self.children(awaitctl.pid, pathlib.Path(APP).name)
        self.kill(awaitctl.pid, app, *(daemons() - self.before))
        awaitctl.end()
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(self.report().functions, {"square": (50, 50, 0, 0, 0)})
        self.check_format()


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
