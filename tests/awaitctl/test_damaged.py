# SPDX-License-Identifier: MIT
"""Traces that were damaged in any way: a report of one is right, or partial and says
what is missing, or is one line that says what is wrong. It never is a crash, a text of
a library, or a report of less that says nothing.

The damage is the same on each run (chance.py), of traces that are recorded anew.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import unittest

from harness import APP, AWAITCTL, Case, run

import sample
import tap
from chance import Chance

LINE = r"\Aawaitctl: [^\n]+\Z"
# What no line of ours has in it.
FOREIGN = ("Assertion", "Traceback", "Sanitizer", "CAUSE", "(null)")


def flip(chance: Chance, data: bytearray) -> None:
    for _ in range(chance.choice((1, 1, 3, 20))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def put_number(chance: Chance, data: bytearray) -> None:
    """Sizes and offsets are of 4 and 8 bytes, and most of what is large is wrong."""
    size = chance.choice((4, 8))
    number = chance.choice((0, 1, 7, 1 << 12, 1 << 31, (1 << 8 * size) - 1))
    at = chance.randrange(max(len(data) - size, 0) // 4 + 1) * 4
    end = at + size
    data[at:end] = number.to_bytes(size, "little")


def cut(chance: Chance, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at:]


def zero(chance: Chance, data: bytearray) -> None:
    at = chance.randrange(len(data))
    end = min(at + chance.choice((1, 64, 4096)), len(data))
    data[at:end] = bytes(end - at)


def remove(chance: Chance, data: bytearray) -> None:
    at = chance.randrange(len(data))
    end = at + chance.choice((1, 8, 300))
    del data[at:end]


def double(chance: Chance, data: bytearray) -> None:
    at = chance.randrange(len(data))
    end = at + chance.choice((1, 8, 300, 8192))
    data[at:at] = data[at:end]


KINDS = (flip, flip, put_number, cut, zero, remove, double)


class Damaged(Case):
    def damaged(self, chance: Chance, whole: pathlib.Path) -> str:
        """Makes self.trace of it; what was done."""
        shutil.rmtree(self.trace, ignore_errors=True)
        shutil.copytree(whole, self.trace, symlinks=True)
        files = sorted(
            x for x in self.trace.rglob("*") if x.is_file() and x.stat().st_size
        )
        # Most are of events: metadata and indexes have their turn, too.
        some = [x for x in files if x.name == "metadata" or x.suffix == ".idx"]
        file = chance.choice(chance.choice((files, files, some)))
        name = file.relative_to(self.trace)
        if chance.randrange(40) == 0:
            file.unlink()
            return f"{name}: unlink"
        kind = chance.choice(KINDS)
        data = bytearray(file.read_bytes())
        kind(chance, data)
        file.write_bytes(data)
        return f"{name}: {kind.__name__}"

    def check(self, what: str, options: tuple[str, ...]) -> int:
        out = run(AWAITCTL, "report", *options, self.trace)
        self.assertIn(out.returncode, (0, 1), f"{what}: {out.stderr}")
        for line in out.stderr.splitlines():
            self.assertRegex(line, LINE, what)
            self.assertFalse([x for x in FOREIGN if x in line], f"{what}: {line}")
        if out.returncode:
            self.assertTrue(out.stderr, f"{what}: nothing is said")
        if "--json" in options and out.stdout:
            report = json.loads(out.stdout)
            # A part says that it is one, to programs, too.
            if out.returncode:
                self.assertTrue(report["doubts"], f"{what}: {out.stderr}")
        elif not out.returncode:
            self.assertTrue(out.stdout, what)
        return out.returncode

    def kinds(self) -> list[pathlib.Path]:
        """Recordings of a thread and of several, with stacks, lossy."""
        whole = []
        for name, options, program in (
            ("events", ("--stacks=none",), (APP, "exit", 0)),
            ("stacks", ("--stacks",), (APP, "relay")),
            ("many", ("--stacks=none",), ("sh", "-c", f"{APP} exit 0 & {APP} exit 1")),
        ):
            self.recorded_with(*options, program=program)
            whole.append(self.trace.rename(self.dir / name))
        return whole

    def test_any(self) -> None:
        chance = Chance(18)
        whole = self.kinds()
        statuses = {0: 0, 1: 0}
        for i in range(sample.share(180, 10000, "damaged traces")):
            what = f"{i}: {self.damaged(chance, whole[i % len(whole)])}"
            statuses[self.check(what, ((), ("--json",), ("--csv",))[i // 3 % 3])] += 1
        # Both are seen often, or this tests nothing.
        self.assertGreater(
            min(statuses.values()), sum(statuses.values()) // 10, statuses
        )


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
