# SPDX-License-Identifier: MIT
"""The pages are true: the programs in docs/api.md and its like compile
without a warning and print what the page says, links and paths lead somewhere,
and docs/internals.md names what there is.

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
CXX = ["clang++" if "clang" in CC[-1] else "g++"]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]

_CORE = [str(BUILD / "src/libawait/libawait.so"), f"-Wl,-rpath,{BUILD}/src/libawait"]
# Pages, and what their programs are linked with.
PAGES = {
    "api.md": _CORE,
    "adopting.md": _CORE,
    "testing.md": [
        str(BUILD / "src/libawait-test/libawait-test.so"),
        f"-Wl,-rpath,{BUILD}/src/libawait-test",
        *_CORE,
        "-lcmocka",
    ],
}
PROGRAM = re.compile(
    r"^## (.*?)$|```(c(?:pp)?)\n(.*?)```\n\nprints\n\n```\n(.*?)```", re.M | re.S
)


def programs(page: str) -> list[tuple[str, str, str, str]]:
    """Heading, language, source and output of each program of a page."""
    found, heading = [], ""
    for match in PROGRAM.finditer((TOP / "docs" / page).read_text()):
        if match.group(1):
            heading = match.group(1)
        else:
            found.append((heading, *match.group(2, 3, 4)))
    return found


class Programs(unittest.TestCase):
    """Gets a method per program, below."""

    def build_and_run(self, language: str, source: str, libraries: list[str]) -> str:
        flags = [*WARNINGS, "-g", "-O1", f"-I{TOP}/include", "-pthread"]
        with tempfile.TemporaryDirectory() as tmp:
            Path(f"{tmp}/example.{language}").write_text(source)
            compiler = CC if language == "c" else [*CXX, "-std=c++17"]
            for command in (
                [*compiler, *flags, f"example.{language}", *libraries, "-o", "example"],
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


# Pages that people read, and links and paths in them. What begins with trace/ is
# not looked for: trace is also what users call a trace's directory.
TEXTS = [*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)#\s]*)#?([^)\s]*)\)")
CODE = re.compile(r"`([^`\n]+)`")
OURS = re.compile(r"(?:src|include|gdb|tests|docs)/[\w./*-]+")
ROW = re.compile(r"^\| (`[\w.]+`(?:, `[\w.]+`)*) \| [^|]* \|$", re.M)


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)


def anchors(path: Path) -> set[str]:
    """What links to the headings of a page are called."""
    titles = re.findall(r"^#+ (.*)$", prose(path), re.M)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in titles}


class Names(unittest.TestCase):
    def test_links_lead_somewhere(self) -> None:
        for page in TEXTS:
            for name, anchor in LINK.findall(prose(page)):
                if ":" in name:
                    continue
                target = page.parent / name if name else page
                with self.subTest(page=page.name, link=name, anchor=anchor):
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target))

    def test_paths_exist(self) -> None:
        for page in TEXTS:
            for code in CODE.findall(prose(page)):
                for path in filter(OURS.fullmatch, code.split()):
                    with self.subTest(page=page.name, path=path):
                        self.assertTrue(any(TOP.glob(path)))

    def test_internals_names_functions_that_there_are(self) -> None:
        sources = [*TOP.glob("src/**/*.[ch]"), *TOP.glob("include/**/*.h")]
        text = "\n".join(path.read_text() for path in sources)
        functions = re.findall(r"`(\w+)\(\)", prose(TOP / "docs/internals.md"))
        self.assertIn("publish", functions)
        for name in functions:
            with self.subTest(name=name):
                # As clang-format begins what is not a call.
                self.assertRegex(text, rf"(?m)^(?:#define |\w[^=;]*\b){name}\(")

    def test_internals_lists_the_core_from_the_bottom(self) -> None:
        core = TOP / "src/libawait/core"
        rows = [
            CODE.findall(row) for row in ROW.findall(prose(TOP / "docs/internals.md"))
        ]
        rank = {Path(name).stem: at for at, row in enumerate(rows) for name in row}
        files = {path.stem: path for path in core.glob("*.[ch]")}
        self.assertEqual(set(rank), set(files) - {"hooks"})
        for path in core.glob("*.[ch]"):
            for used in re.findall(r'"libawait/core/(\w+)\.h"', path.read_text()):
                if "hooks" not in (path.stem, used):
                    with self.subTest(path=path.name, used=used):
                        self.assertLessEqual(rank[used], rank[path.stem])


def add(page: str, heading: str, language: str, source: str, output: str) -> None:
    def run(self: Programs) -> None:
        said = self.build_and_run(language, source, PAGES[page])
        # Newer cmockas begin with it.
        self.assertEqual(re.sub(r"\ATAP version \d+\n", "", said), output)

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
