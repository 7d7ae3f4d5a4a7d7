# SPDX-License-Identifier: MIT
"""The programs in docs/api.md compile without a warning and print what the
page says.

AWAIT_BUILD is the build directory; CC is the compiler it was built with.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["AWAIT_BUILD"])
CC = os.environ["CC"].split()
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
PROGRAM = re.compile(
    r"^## (.*?)$|```c\n(.*?)```\n\nprints\n\n```\n(.*?)```", re.M | re.S
)


def programs(page: str) -> list[tuple[str, str, str]]:
    """Heading, source and output of each program of a page."""
    found, heading = [], ""
    for match in PROGRAM.finditer((TOP / "docs" / page).read_text()):
        if match.group(1):
            heading = match.group(1)
        else:
            found.append((heading, match.group(2), match.group(3)))
    return found


class Api(unittest.TestCase):
    def build_and_run(self, source: str) -> str:
        with tempfile.TemporaryDirectory() as tmp:
            path, program = f"{tmp}/example.c", f"{tmp}/example"
            Path(path).write_text(source)
            flags = [*WARNINGS, "-g", "-O1", f"-I{TOP}/include", "-pthread"]
            library = f"{BUILD}/src/libawait.so"
            for command in (
                [*CC, *flags, path, library, f"-Wl,-rpath,{BUILD}/src", "-o", program],
                [program],
            ):
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=60
                )
                self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_there_are_programs(self) -> None:
        text = (TOP / "docs/api.md").read_text()
        self.assertEqual(len(programs("api.md")), text.count("int main(void)"))

    def check(self, heading: str) -> None:
        found = [p for p in programs("api.md") if p[0] == heading]
        self.assertEqual(len(found), 1, heading)
        self.assertEqual(self.build_and_run(found[0][1]), found[0][2])


def add_tests() -> None:
    for heading, _, _ in programs("api.md"):
        name = "test_" + re.sub(r"\W+", "_", heading.lower())

        def test(self: Api, heading: str = heading) -> None:
            self.check(heading)

        setattr(Api, name, test)


add_tests()
if __name__ == "__main__":
    tap.main()
