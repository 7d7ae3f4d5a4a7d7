# SPDX-License-Identifier: MIT
"""One process, looked at by all tools: await_dump(), awaitctl ps, gdb, and the
report of its recording name each await alike, with its state and its error."""

from __future__ import annotations

import collections
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import harness  # noqa: E402
import tap  # noqa: E402

BUILD = pathlib.Path(os.environ["AWAIT_BUILD"])
PROGRAM = os.environ["AWAITCTL_SAME_TEXT"]

# An id, and the name that the program gave, if any.
ID = r'#\S+(?: "(?:[^"\\]|\\.)*")?'

# What the report calls states that end with their process.
ENDED = {"running": "its process ended"}

# An await by its id: its state, and its error or who holds it.
Awaits = dict[str, tuple[str, str]]


def from_dump(text: str) -> Awaits:
    """#2 int failed f(-2): -ENOENT (...), 1 attempt created same_text.c:41"""
    rows = re.findall(
        rf"^({ID}) int (\w+) \w+(?:\(.*?\))?(?:(?:: |, (?=only))(.*?)| .*)?"
        r" created same_text\.c:\d+(?:, static kept)?$",
        text,
        re.M,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def from_list(text: str) -> Awaits:
    """#2  failed  int  f(-2): -ENOENT (...), 1 attempt  same_text.c:41"""
    found = {}
    for line in text.splitlines():
        cells = re.split(r"  +", line)
        if cells[0].startswith("#"):
            found[cells[0]] = (cells[1], re.split(": |, (?=only)|$", cells[3], 1)[1])
    return found


def from_report(text: str) -> Awaits:
    """1.23 us  #2  f  failed: -ENOENT (...), 1 attempt  same_text.c:43 ..."""
    rows = harness.Report.parse(text).slowest
    results = {row["id"]: row["result"].partition(": ") for row in rows}
    return {number: (state, error) for number, (state, _, error) in results.items()}


class SameText(harness.Case):
    maxDiff = None

    def gdb(self, pid: int) -> str:
        out = harness.run(
            "gdb",
            *("-nx", "-q", "-batch", "-iex", "set debuginfod enabled off"),
            *("-iex", f"add-auto-load-safe-path {BUILD}", "-iex", "set width 0"),
            *("-p", pid, "-ex", "info awaits"),
        )
        self.assertIn("13 awaits: ", out.stdout, out.stderr)
        return out.stdout

    def ps(self, pid: int) -> str:
        out = harness.run(harness.AWAITCTL, "ps", pid)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return out.stdout

    def test_all_tools_agree(self) -> None:
        file = self.dir / "dump"
        program = self.record(PROGRAM, file)
        program.expect("ready\n")
        (pid,) = harness.processes(pathlib.Path(PROGRAM).name)
        dump = from_dump(file.read_text())
        states = collections.Counter(state for state, _ in dump.values())
        self.assertEqual(
            states,
            {"pending": 2, "running": 1, "resolved": 2, "failed": 7, "cancelled": 1},
        )
        self.assertEqual(
            dump["#1.1"], ("failed", "-EPERM (Operation not permitted), 1 attempt")
        )
        alone = ("pending", "only who waits holds it unless lent (1 reference)")
        (named,) = [number for number, what in dump.items() if what == alone]
        self.assertRegex(named, r'^#\d+ "the \\"promise\\""$')
        for tool in self.ps, self.gdb:
            statics = re.findall(r"same_text\.c:\d+, static kept", tool(pid))
            self.assertEqual(len(statics), 1)
        self.assertEqual(from_list(self.ps(pid)), dump)
        self.assertEqual(from_list(self.gdb(pid)), dump)
        assert program.process.stdin
        program.process.stdin.close()
        self.assertEqual(program.end(), 0, program.stderr())
        # It knows of first waits alone, and that nothing runs any more.
        waited = {
            number: (
                ENDED.get(state, state),
                re.sub(r"\d+( or more)? attempts", "1 attempt", error),
            )
            for number, (state, error) in dump.items()
            if state in ("running", "resolved") or "attempt" in error
        }
        self.assertEqual(from_report(self.report().text), waited)


if __name__ == "__main__":
    tap.main()
