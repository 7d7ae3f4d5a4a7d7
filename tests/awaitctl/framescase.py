# SPDX-License-Identifier: MIT
"""What tests of named stacks share: recordings of frames.c, the frames that the report
shows, and what addr2line says of the file that ran, which is kept."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import re
import shutil
import typing

import harness
from harness import AWAITCTL, run

BUILT = pathlib.Path(os.environ["AWAIT_BUILD"]) / "tests/awaitctl"
Frame = dict[str, typing.Any]
Place = tuple[str, str]  # function, file:line


@functools.cache
def lowest(file: pathlib.Path) -> int:
    """The address in it that an offset is counted from."""
    out = run("readelf", "-lW", file).stdout
    return min(int(x, 16) for x in re.findall(r"LOAD +0x\w+ (0x\w+)", out))


@functools.cache
def expected(file: pathlib.Path, offset: int) -> list[Place]:
    """What addr2line says of a file that stays as it is, the innermost first."""
    addr = hex(lowest(file) + offset)
    lines = run("addr2line", "-f", "-i", "-e", file, addr).stdout.splitlines()
    return [
        (name, place.rpartition("/")[2].partition(" ")[0])
        for name, place in zip(lines[::2], lines[1::2], strict=True)
    ]


def grouped(frames: list[Frame]) -> list[list[Frame]]:
    """Those of one address together: each is inlined into the next, but the last."""
    groups: list[list[Frame]] = [[]]
    for frame in frames:
        groups[-1].append(frame)
        if not frame["inlined"]:
            groups.append([])
    return groups[:-1]


def build_id(file: pathlib.Path) -> str:
    found = re.search("Build ID: ([0-9a-f]+)", run("readelf", "-n", file).stdout)
    return found[1] if found else ""


def names(frames: list[Frame]) -> list[str]:
    return [f.get("function", "?") for f in frames]


class Case(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        files = os.environ["LIBAWAIT"], os.environ["LIBAWAIT_TRACER"]
        self.environment = {
            **os.environ,
            "LD_LIBRARY_PATH": ":".join(map(os.path.dirname, files)),
        }
        self.use(self.dir)

    def use(self, directory: pathlib.Path) -> None:
        self.dir = directory
        self.trace = directory / "trace"
        self.file = directory / "program"
        self.kept = directory / "kept"

    def copy(self, name: str, to: pathlib.Path) -> pathlib.Path:
        shutil.copy(BUILT / f"awaitctl-frames-{name}", to)
        return to

    def take(self, name: str, *steps: object, options: tuple[str, ...] = ()) -> str:
        """Records a copy of that build, which is kept. Returns what it printed."""
        self.copy(name, self.file)
        shutil.copy(self.file, self.kept)
        self.build_id = build_id(self.file)
        out = self.recorded_with(
            *("--stacks", *options),
            program=(self.file, *steps),
            env=self.environment,
        )
        self.assertIn(out.returncode, (0, 128 + 9), out.stderr)
        return out.stdout

    def shown(self, *options: str) -> dict[str, typing.Any]:
        out = run(AWAITCTL, "report", "--json", "--stacks", *options, self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        found: dict[str, typing.Any] = json.loads(out.stdout)
        return found

    def stacks(self, of: str = "slowest") -> list[dict[str, typing.Any]]:
        """Of each await, in the order of their creations."""
        rows = self.shown()[of]
        rows.sort(key=lambda row: row["id"])
        return [row["stacks"] for row in rows]

    def text(self) -> str:
        out = run(AWAITCTL, "report", "--stacks", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return out.stdout

    def ours(self, file: pathlib.Path | None = None) -> list[list[Frame]]:
        """The frames of all stacks in a file, by address."""
        return [
            group
            for stacks in self.stacks()
            for stack in stacks.values()
            for group in grouped(stack["stack"])
            if group[0].get("file") == str(file or self.file)
        ]

    def check_names(
        self, kept: pathlib.Path, file: pathlib.Path | None = None
    ) -> list[list[Frame]]:
        """They are those of the file that is kept. The code that begins a program has
        no line, and addr2line says ?? then."""
        found = self.ours(file)
        self.assertGreater(len(found), 5)
        for group in found:
            places = [
                (
                    f.get("function", "??"),
                    f"{pathlib.Path(f['source']).name}:{f['line']}"
                    if "source" in f
                    else "??:0",
                )
                for f in group
            ]
            wanted = [
                (name, "??:0" if place == "??:?" else place)
                for name, place in expected(kept, group[0]["offset"])
            ]
            self.assertEqual(places, wanted)
        return found

    def check_none(self, problem: str, file: pathlib.Path | None = None) -> None:
        """No function has a name, and the report says why, once."""
        file = file or self.file
        found = self.ours(file)
        self.assertTrue(found)
        for group in found:
            self.assertEqual(len(group), 1)
            self.assertFalse({"function", "source", "line"} & set(group[0]), group)
        text = self.text()
        self.assertEqual(text.count(f"{file}: {problem}"), 1, text)
        self.assertIn(f"?  {file.name}+0x", re.sub("  +", "  ", text))
