# SPDX-License-Identifier: MIT
"""The report in docs/adopting.md is what `awaitctl report` prints of that program.

Times and ids of processes may differ, and so may the width of columns.
"""

from __future__ import annotations

import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import harness  # noqa: E402
import tap  # noqa: E402

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/adopting.md"
SESSION = re.compile(r"^<!-- report: (\w+) -->\n\n((?:    .*\n|\n(?=    ))+)", re.M)


def loosely(text: str) -> str:
    text = re.sub(r"From [-0-9]+ [0-9:.]+ [+-]\d+ on", "From DATE on", text)
    text = re.sub(r"\|.*\| at most \d+", "CURVE", text)
    text = re.sub(r"\d+\.\d %", "SHARE", re.sub(r"[a-z-]*memo \(", "memo (", text))
    text = re.sub(r"\(\d+\)|(?<=thread )\d+", "NUMBER", text)
    text = re.sub(r"\b\d+(\.\d+)? (ns|us|ms|s)\b", "TIME", text)
    return re.sub(r"[ -]+", " ", re.sub(r"\S*/(?=memo\.c)", "", text)).strip()


def told(session: str) -> list[str]:
    """What the last command of a session printed."""
    lines = [line.removeprefix("    ") for line in session.splitlines()]
    while any(line.startswith("$ ") for line in lines):
        del lines[0]
    return lines


class Adopting(harness.Case):
    maxDiff = None

    def test_report(self) -> None:
        sessions = SESSION.findall(PAGE.read_text())
        self.assertEqual([name for name, _ in sessions], ["memo"])
        for name, session in sessions:
            program = os.environ[f"ADOPTING_{name.upper()}"]
            out = self.recorded(program)
            self.assertEqual(out.returncode, 0, out.stderr)
            now = harness.run(harness.AWAITCTL, "report", self.trace)
            self.assertEqual((now.returncode, now.stderr), (0, ""))
            # Sorted, as which of the two takes longer is not said.
            self.assertEqual(
                sorted(loosely(line) for line in now.stdout.splitlines()),
                sorted(loosely(line) for line in told(session)),
            )


if __name__ == "__main__":
    tap.main()
