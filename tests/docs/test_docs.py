# SPDX-License-Identifier: MIT
"""The programs in docs/api.md and docs/testing.md compile without a warning and
print what the page says.

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

_CORE = [str(BUILD / "src/libawait/libawait.so"), f"-Wl,-rpath,{BUILD}/src/libawait"]
# Pages, and what their programs are linked with.
PAGES = {
    "api.md": _CORE,
    "testing.md": [
        str(BUILD / "src/libawait-test/libawait-test.so"),
        f"-Wl,-rpath,{BUILD}/src/libawait-test",
        *_CORE,
        "-lcmocka",
    ],
}
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


class Programs(unittest.TestCase):
    """Gets a method per program, below."""

    def build_and_run(self, source: str, libraries: list[str]) -> str:
        flags = [*WARNINGS, "-g", "-O1", f"-I{TOP}/include", "-pthread"]
        with tempfile.TemporaryDirectory() as tmp:
            Path(f"{tmp}/example.c").write_text(source)
            for command in (
                [*CC, *flags, "example.c", *libraries, "-o", "example"],
                ["./example"],
            ):
                done = subprocess.run(
                    command,
                    cwd=tmp,
                    env=os.environ | {"CMOCKA_MESSAGE_OUTPUT": "TAP"},
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_every_program_is_one(self) -> None:
        for page in PAGES:
            text = (TOP / "docs" / page).read_text()
            self.assertEqual(len(programs(page)), text.count("int main("), page)


def add(page: str, heading: str, source: str, output: str) -> None:
    def run(self: Programs) -> None:
        self.assertEqual(self.build_and_run(source, PAGES[page]), output)

    stem = re.sub(r"\W+", "_", f"{Path(page).stem} {heading}".lower())
    name = f"test_{stem}"
    while hasattr(Programs, name):
        name += "_again"
    setattr(Programs, name, run)


for each in PAGES:
    for program in programs(each):
        add(each, *program)

if __name__ == "__main__":
    tap.main()
