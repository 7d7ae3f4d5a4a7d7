# SPDX-License-Identifier: MIT
"""Traces in CTF 2, made by ctf2.py: what `awaitctl report` makes of them with a
babeltrace2 that reads CTF 2, and what it says with one that does not."""

from __future__ import annotations

import pathlib
import unittest

import ctf2
import harness
from harness import AWAITCTL, run

import tap
import versions

CREATE = ctf2.fields(
    id=ctf2.number(64),
    function={"type": "null-terminated-string"},
    # Only from version 1 of babeltrace2's message interchange protocol on.
    bytes={"type": "static-length-blob", "length": 3},
)


class Made(harness.Case):
    def make(self, folder: pathlib.Path, uid: str = "trace") -> None:
        folder.mkdir(parents=True)
        (folder / "metadata").write_text(ctf2.trace("await:create", CREATE, uid))
        payloads = (bytes([n] + [0] * 7) + b"made\0abc" for n in range(1, 4))
        (folder / "stream").write_bytes(ctf2.packet(*payloads))

    @unittest.skipUnless(ctf2.babeltrace2_reads_it(), ctf2.WHY_NOT)
    def test_is_reported(self) -> None:
        self.make(self.trace)
        self.assertEqual(self.report().functions, {"made": (3, 0, 0, 0, 3)})

    @unittest.skipUnless(ctf2.babeltrace2_reads_it(), ctf2.WHY_NOT)
    def test_parts_are_of_one_host(self) -> None:
        """As LTTng's rotation makes them: their process is the same one. That
        of another trace is another."""
        for part in "1", "2":
            self.make(self.trace / part)
        self.assertIn("processes: 1)", self.report().text)
        self.make(self.trace / "3", uid="another")
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


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
