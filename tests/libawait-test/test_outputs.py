# SPDX-License-Identifier: MIT
"""cmocka's outputs show failures of ours as its own: see fails.c."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import tap  # noqa: E402

FAILS = os.environ["TESTING_FAILS"]
NAMES = ["holds", "fails", "leaves", "fails_on_another_thread", "holds_after_all"]
HITS = "expected number to be hit 2 times, but it never was hit"
RAN = "expected number never to run, but it ran once"


def output(form: str) -> tuple[str, str]:
    done = subprocess.run(
        [FAILS],
        env=os.environ | {"CMOCKA_MESSAGE_OUTPUT": form},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3, done
    return done.stdout, done.stderr


class Outputs(unittest.TestCase):
    def test_tap(self) -> None:
        text, errors = output("TAP")
        self.assertEqual(errors, "")
        lines = text.splitlines()
        self.assertIn("1..5", lines[:2])  # newer ones begin with their version of TAP
        self.assertEqual(
            [line.split(" - ")[0] for line in lines if "ok " in line[:7]],
            ["ok 1", "not ok 2", "not ok 3", "not ok 4", "ok 5"],
        )
        before, after = text.split("not ok 4")
        # A comment, or since cmocka 2 the message of a block of YAML.
        self.assertRegex(before, rf"(?m)^(# |    ){HITS}$")
        self.assertIn(RAN, after)
        self.assertRegex(text, r"(#|   )   event \d: begins number #\S+ by one_wait at")

    def test_xml(self) -> None:
        text, errors = output("XML")
        self.assertEqual(errors, "")
        cases = list(xml.etree.ElementTree.fromstring(text).iter("testcase"))
        self.assertEqual([case.get("name") for case in cases], NAMES)
        failures = [case.findtext("failure") for case in cases]
        self.assertEqual([f is not None for f in failures], [0, 1, 1, 1, 0])
        self.assertIn(HITS, str(failures[1]))
        self.assertIn(RAN, str(failures[3]))

    def test_standard(self) -> None:
        text, errors = output("STDOUT")
        self.assertEqual(text.count("[       OK ]"), 2)
        said = text + errors  # all on stdout since cmocka 2
        self.assertIn(f"[  ERROR   ] --- {HITS}", said)
        self.assertIn(RAN, said)


if __name__ == "__main__":
    tap.main()
