# SPDX-License-Identifier: MIT
"""A report on a terminal: its width, its characters, where places are, and how far the
reading has come."""

from __future__ import annotations

import json
import os
import re
import signal
import unicodedata

import harness
from harness import APP, AWAITCTL, SYNTHETIC, run

import tap
from terminal import Terminal

ENDING = os.environ["AWAITCTL_ENDING_LIBRARY"]
LONG = "a_function_whose_name_is_long"
WIDE = "\u6f22\u5b57\u6f22\u5b57"


def columns(text: str) -> int:
    return sum(
        0
        if unicodedata.combining(x)
        else 2
        if unicodedata.east_asian_width(x) in "WF"
        else 1
        for x in text
    )


class Case(harness.Case):
    def shown(self, *options: object, **more: str) -> tuple[str, Terminal]:
        """All that a report has written to a terminal."""
        with Terminal(
            self.dir, AWAITCTL, "report", *options, self.trace, columns=80, **more
        ) as terminal:
            self.assertEqual(terminal.end(), 0, terminal.seen)
        return terminal.seen.replace("\r\n", "\n"), terminal


class Width(Case):
    def setUp(self) -> None:
        super().setUp()
        lines = []
        for i, name in enumerate((LONG, WIDE, "e\u0301\udcff"), 1):
            lines += [f"create {i} {name} {i}", f"begin {i} {name} 1"]
            lines += [f"end {i} 0 {i}000", f"create {i + 10} {name} {i}"]
        out = self.recorded(
            SYNTHETIC, input="\n".join(lines) + "\n", errors="surrogateescape"
        )
        self.assertEqual(out.returncode, 0, out.stderr)

    def test_fits(self) -> None:
        text, _ = self.shown()
        for line in text.splitlines():
            if not line.startswith("Awaits:"):
                self.assertLessEqual(columns(line), 80, line)
        # Either end of a name stays, or it has a line of its own.
        self.assertRegex(text, r"(?m)^never-waited .* a_func\S*\.\.\.\S*is_long  ")
        self.assertRegex(text, rf"(?m)^{LONG}  thing\n  +2 +1 +0 +0 +1 +1 ")
        # What is said of it is not cut.
        words = " ".join(text.split())
        self.assertIn("1 of 2 were never waited for", words)

    def test_as_the_user_says(self) -> None:
        text, _ = self.shown(COLUMNS="200")
        self.assertIn(LONG, text)
        self.assertTrue(any(columns(x) > 80 for x in text.splitlines()))

    def test_file_has_all(self) -> None:
        out = run(AWAITCTL, "report", self.trace, env={**os.environ, "COLUMNS": "40"})
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertIn(LONG, out.stdout)
        self.assertNotIn("...", out.stdout)

    def test_columns_are_straight(self) -> None:
        """Also below names of wide, of combined, and of no characters."""
        lines = run(AWAITCTL, "report", self.trace).stdout.splitlines()
        at = next(i for i, x in enumerate(lines) if x.startswith("FUNCTION"))
        head, end = lines[at].index("TYPE"), at + 4
        seen = set()
        for line in lines[at:end][1:]:
            seen.add(line.split()[0])
            self.assertEqual(columns(line.partition("thing")[0]), head, line)
        self.assertEqual(seen, {LONG, WIDE, "e\u0301\\xff"})

    def test_curve(self) -> None:
        """Blocks where they can be shown."""
        text, _ = self.shown()
        self.assertRegex(text, "(?m)^created \\|[ \u2581-\u2588]{24,48}\\| at most")
        text, _ = self.shown(LC_ALL="C")
        self.assertRegex(text, r"(?m)^created \|[ .:=+*#@-]{24,48}\| at most")
        for line in text.splitlines():
            if line.startswith(("created", "runs", "waits")):
                self.assertTrue(line.isascii(), line)


class Places(Case):
    def test_from_here(self) -> None:
        folder = f"{self.dir}/a folder"
        os.mkdir(folder)
        out = self.recorded(
            SYNTHETIC,
            input="create 1 f 7\n",
            env={**os.environ, "AWAITCTL_SYNTHETIC_FILE": f"{folder}/src/a.c"},
        )
        self.assertEqual(out.returncode, 0, out.stderr)
        for here, shown in (
            *((folder, "src/a.c:7"), (f"{folder}/..", "a folder/src/a.c:7")),
            *(("/", f"{folder}/src/a.c:7"), (self.trace, f"{folder}/src/a.c:7")),
        ):
            text = run(AWAITCTL, "report", self.trace, cwd=here).stdout
            self.assertRegex(
                text, rf"(?m)^never-waited +{re.escape(shown)} +f +1 of 1 "
            )
        out = run(AWAITCTL, "report", "--json", self.trace, cwd=folder)
        self.assertEqual(
            json.loads(out.stdout)["sites"][0]["file"], f"{folder}/src/a.c"
        )
        out = run(AWAITCTL, "report", "--csv", "--by=site", self.trace, cwd=folder)
        self.assertIn(f'"{folder}/src/a.c",7,', out.stdout)


class Progress(Case):
    def setUp(self) -> None:
        super().setUp()
        out = self.recorded(APP, "burst", 3000, input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.before = harness.daemons()

    def test_from_a_second_on(self) -> None:
        text, terminal = self.shown(LD_PRELOAD=ENDING, AWAITCTL_HASTENS="1")
        shown, erased, report = text.rpartition("\r")
        self.assertTrue(erased, text)
        self.assertRegex(shown, r"^(\rawaitctl: reading, \d+ events)+\r +$")
        self.assertTrue(report.startswith("Awaits: 3000 created"), report)
        self.assertNotIn("reading", terminal.text())

    def test_of_how_many(self) -> None:
        """Once that is known: what is read again."""
        text, _ = self.shown("--since", 0, LD_PRELOAD=ENDING, AWAITCTL_HASTENS="1")
        shown, _, report = text.rpartition("\r")
        self.assertRegex(
            shown,
            r"^(\rawaitctl: reading, \d+ events)+\r +\r"
            r"(\rawaitctl: reading, \d+ events of \d+, \d+ %)+\r +$",
        )
        self.assertTrue(report.startswith("Only what passes --since 0: "), report)

    def test_before_that(self) -> None:
        """A second is long: most reports take less."""
        out = self.shown(LD_PRELOAD=ENDING)[0]
        self.assertIn("Awaits: 3000 created", out)

    def test_no_terminal(self) -> None:
        out = run(
            *(AWAITCTL, "report", self.trace),
            env={**os.environ, "LD_PRELOAD": ENDING, "AWAITCTL_HASTENS": "1"},
        )
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertNotIn("reading", out.stdout)

    def test_stopped(self) -> None:
        """Ctrl-C leaves no line of it."""
        fifo = self.dir / "fifo"
        os.mkfifo(fifo)
        with Terminal(
            *(self.dir, AWAITCTL, "report", self.trace),
            LD_PRELOAD=ENDING,
            AWAITCTL_HASTENS="1",
            AWAITCTL_HOLDS_AT="300",
            AWAITCTL_HOLDS_READING=str(fifo),
        ) as terminal:
            terminal.until("reading, ")
            with fifo.open() as held:
                held.read(1)
                terminal.send("\x03")
                terminal.until(lambda: "reading" not in terminal.text())
            self.assertEqual(terminal.end(), -signal.SIGINT)


if __name__ == "__main__":
    tap.main()
