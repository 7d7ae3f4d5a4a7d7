# SPDX-License-Identifier: MIT
"""What a distribution's flags ask for is in what is built with them, in all of
it: nothing of ours takes a flag back.

AWAIT_BUILD is the build directory, PRODUCTS are its programs and libraries.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["AWAIT_BUILD"])
PRODUCTS = os.environ["PRODUCTS"].split()


class Products(unittest.TestCase):
    def each(self, option: str, pattern: str) -> None:
        for product in PRODUCTS:
            with self.subTest(product=Path(product).name):
                self.assertRegex(command("readelf", "-W", option, product), pattern)

    def test_addresses_are_random(self) -> None:
        self.each("-h", r"(?m)^ *Type: +DYN ")

    def test_relocations_are_read_only_from_the_start(self) -> None:
        self.each("-l", r"(?m)^ *GNU_RELRO ")
        self.each("-d", r"BIND_NOW|Flags:.* NOW")

    def test_stack_is_no_code(self) -> None:
        self.each("-l", r"(?m)^ *GNU_STACK .* RW +0x")

    def test_stack_is_protected(self) -> None:
        self.each("--dyn-syms", r" UND __stack_chk_fail@")

    def test_calls_of_libc_are_checked(self) -> None:
        self.each("--dyn-syms", r" UND __\w+_chk@")


class Objects(unittest.TestCase):
    """The linked file says it only where the C library's own objects do."""

    @unittest.skipUnless(platform.machine() == "x86_64", "CET is x86's")
    def test_branches_have_targets(self) -> None:
        commands = json.loads((BUILD / "compile_commands.json").read_text())
        ours = [
            str(BUILD / one["output"])
            for one in commands
            if (BUILD / one["file"]).resolve().relative_to(TOP).parts[0]
            in ("src", "trace")
            and one["output"].startswith(("src/", "trace/"))
        ]
        self.assertGreater(len(ours), 100)
        text = command("readelf", "-nW", *ours)
        found = re.split(r"(?m)^File: ", text)[1:]
        self.assertEqual(len(found), len(ours))
        without = [x.split()[0] for x in found if "x86 feature: IBT, SHSTK" not in x]
        self.assertEqual(without, [])


if __name__ == "__main__":
    tap.main()
