# SPDX-License-Identifier: MIT
"""`await log`: what libawait-test recorded, live, on core files and stripped, and
where nothing was. See log.c for what there is to show; golden.md and docs/gdb.md
have it as text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    CHECKPOINT,
    LIBRARY,
    LOG,
    LOG_OPTIMIZED,
    LOG_STATIC,
    PLAIN,
    RECORDED,
    STUB,
    TEST_LIBRARY,
    gdb,
    knows_no,
    kernel_core,
)
from logtest import ALL, log, table  # noqa: E402

GUIDE = Path(__file__).resolve().parents[2] / "docs/gdb.md"


def documents(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


class Shown(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name).resolve()

    def check_all(self, output: str) -> None:
        self.assertIn("25 events, recording\n", output)
        self.assertEqual(table(output), ALL)
        self.assertNotIn("left out", output)
        self.assertNotIn("lost", output)

    def test_everything(self) -> None:
        output = log("all", "await log -n 0")
        self.check_all(output)
        # Times ascend, and the one of the thread that has ended is known.
        times = [float(t) for t in re.findall(r"(?m)^ *(\d+\.\d{3})  ", output)]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[-1], times[0])
        self.assertRegex(output, r"LWP \d+ +hit +#3 quarter +log\.c:\d+ in hit\(\)\n")
        self.assertRegex(output, r"created +#6 half +#3 +log\.c:\d+ in quarter\(\)\n")

    def test_optimized(self) -> None:
        self.check_all(log("all", "await log -n 0", program=LOG_OPTIMIZED))

    def test_recorder_in_the_program(self) -> None:
        self.check_all(log("all", "await log -n 0", program=LOG_STATIC))

    def test_core_of_gdb(self) -> None:
        core = self.scratch / "core"
        log("all", f"generate-core-file {core}")
        self.check_all(gdb("await log -n 0", program=LOG, core=core))

    def test_core_of_the_kernel(self) -> None:
        core = kernel_core(self.scratch, LOG, "all", "abort")
        self.check_all(gdb("await log -n 0", program=LOG, core=core))

    def stripped(self, path: Path) -> str:
        """The log of a program without a symbol in it and its libraries."""
        for each in (path, LIBRARY, TEST_LIBRARY):
            target = self.scratch / each.name
            subprocess.run(["strip", "-o", target, each], check=True, timeout=60)
        for each in (LIBRARY, TEST_LIBRARY):
            link = self.scratch / f"{each.name.split('.so')[0]}.so.0"
            link.symlink_to(each.name)
        shutil.copy(STUB, self.scratch)
        output = gdb(
            "run",
            "info address write_record",
            "await log -n 0",
            program=self.scratch / path.name,
            arguments=("all", "abort"),
            safe=self.scratch,
            library_path=self.scratch,
        )
        self.assertTrue(knows_no("write_record", output), output)
        return output

    def test_stripped(self) -> None:
        self.check_all(self.stripped(LOG))

    def test_stripped_and_found_by_section(self) -> None:
        self.check_all(self.stripped(LOG_STATIC))

    def test_selected(self) -> None:
        output = log("all", "await log #6.1 -n 0", "await log 2 -n 2")
        self.assertEqual(
            table(output),
            [row for row in ALL if " #6.1 " in row]
            + [row for row in ALL if " #2 " in row][-2:],
        )
        self.assertEqual(output.count("There are earlier ones"), 1)
        output = log("all", "await log qu* --thread 1", "await log #6 half")
        self.assertEqual(
            table(output),
            [row for row in ALL if " quarter" in row and "hit" not in row]
            + [row for row in ALL if " #6 half" in row],
        )
        output = log("all", "await log no_such", "await log #77")
        self.assertEqual(output.count("None of them matches.\n"), 2)

    def test_last_20(self) -> None:
        self.assertEqual(table(log("all", "await log")), ALL[-20:])

    def test_no_room(self) -> None:
        output = log("few", "await log")
        self.assertIn("8 events, recording\n", output)
        self.assertEqual(len(table(output)), 5)
        self.assertIn("3 later events lost: there is room for 5", output)

    def test_overwritten(self) -> None:
        output = log("ring", "await log", "await log created* -n 1")
        self.assertIn("20 events, recording\n", output)
        rows = [
            f"{word} #2.{life} nowait"
            for life in (6, 7, 8, 9)
            for word in ("created", "destroyed")
        ]
        self.assertEqual(table(output), rows)
        self.assertIn("12 earlier events lost: the ring keeps the last 8\n", output)

    def test_ended(self) -> None:
        output = log("ended", "await log")
        self.assertIn("4 events, the recording has ended\n", output)
        self.assertEqual(len(table(output)), 4)

    def test_behind_a_longer_one(self) -> None:
        output = log("twice", "await log")
        self.assertIn("4 events, recording\n", output)
        self.assertEqual(len(table(output)), 4)

    def test_json_as_documented(self) -> None:
        (document,) = documents(log("all", "await log --json -n 0"))
        told = GUIDE.read_text().split("### await log")[1].split("\n### ")[0]
        tables = re.findall(r"(?:^\|.*\n)+", told, re.MULTILINE)
        members = [
            set(re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", each))))
            for each in tables
        ]
        self.assertEqual([set(document), set(document["events"][0])], members)
        events = document["events"]
        self.assertEqual([e["index"] for e in events], list(range(25)))
        self.assertEqual(
            [f"{e['event']} {e['id']}" for e in events],
            [" ".join(row.split()[:2]) for row in ALL],
        )
        self.assertEqual(
            [e["error"] for e in events if e["error"]], [-34, -32, -35, -35]
        )
        ends = [e for e in events if e["latency_ns"] is not None]
        self.assertEqual(len(ends), 5)
        self.assertTrue(all(e["latency_ns"] > 0 for e in ends))
        # What a run took is within what passed between its two events.
        begin, end = (e for e in events if e["id"] == "#3" and e["attempt"])
        passed = end["time_ns"] - begin["time_ns"]
        self.assertLess(end["latency_ns"], 2 * passed + 10000)


class Absent(unittest.TestCase):
    def test_no_recorder(self) -> None:
        output = gdb(*CHECKPOINT, "await log", "print 6 * 7")
        line = r"(?m)^no recorder in this process: link or preload libawait-test .*$"
        self.assertRegex(output, line)
        self.assertIn("$1 = 42", output)

    def test_no_recording(self) -> None:
        self.assertIn("nothing was recorded so far", log("nothing", "await log"))

    def test_no_libawait(self) -> None:
        output = gdb("await log", f"source {STUB}", "start", "await log", program=PLAIN)
        self.assertIn("this process does not use libawait", output)
        output = gdb(f"source {STUB}", "await log", program=LOG)
        self.assertIn("no process: run the program or open a core file", output)


class FromTheStart(unittest.TestCase):
    """LIBAWAIT_RECORD, in a program that knows nothing of it."""

    def test_preloaded(self) -> None:
        output = gdb(
            *RECORDED,
            "await log -n 0",
            "info awaits -limit 1",
        )
        (count,) = re.findall(r"(?m)^(\d+) events, recording$", output)
        self.assertGreater(int(count), 16)
        self.assertIn(f"{int(count) - 16} earlier events lost", output)
        rows = table(output)
        self.assertEqual(len(rows), 16)
        # app.c stops inside the one, which the other is waiting for.
        self.assertIn("begins #4104 outer", rows)
        self.assertIn("begins #4103 inner in #4104", rows)
        self.assertIn("18 awaits: ", output)

    def test_a_test_takes_over(self) -> None:
        output = log("all", "await log -n 0", program=LOG)
        before = ("set environment LIBAWAIT_RECORD 4", *CHECKPOINT)
        again = gdb(*before, "await log -n 0", program=LOG, arguments=("all",))
        self.assertEqual(table(again), table(output))

    def test_wrong(self) -> None:
        for text in ("many", "-1", "0", "99999999999999999999", "12x"):
            done = subprocess.run(
                [LOG, "ended"],
                env={"LIBAWAIT_RECORD": text},
                capture_output=True,
                text=True,
                timeout=60,
            )
            self.assertEqual((done.returncode, done.stdout), (0, ""))
            self.assertEqual(
                done.stderr,
                f"await: LIBAWAIT_RECORD: not a number of events: {text} (nothing is"
                " recorded)\n",
            )


class Words(unittest.TestCase):
    def test_wrong(self) -> None:
        wanted = {
            "await log -no": "unknown option -no: see `help await log`",
            "await log -n": "-n needs a value",
            "await log -n x": "-n needs a number, not x",
            "await log -n 1 -n 2": "-n was given twice",
            "await log -thread 99": "no thread 99",
            "await log #1x": "not an await's id: #1x",
            "await log #1 #2": "one #ID and one FUNCTION at most",
            "await log one two": "one #ID and one FUNCTION at most",
        }
        output = log("all", *wanted)
        for command, message in wanted.items():
            self.assertIn(message, output, command)

    def test_help(self) -> None:
        output = log("all", "help await log", "help await")
        self.assertIn("Usage: await log ", output)
        self.assertIn("Example:\n  (gdb) await log ", output)
        self.assertIn("\nawait log -- Show the last events", output)
        text = output.split("Show the last events")[1]
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_completion(self) -> None:
        wanted = {
            "-": ["-json", "-n", "-thread"],
            "--th": ["--thread"],
            "-thread ": ["-thread 1"],
            "ha": ["half"],
            "-n 3 qu": ["-n 3 quarter"],
            "#6": ["#6.1"],
            "-n ": [],
        }
        marked = [p for w in wanted for p in ("echo ==\\n", f"complete await log {w}")]
        found = log("all", *marked).split("==\n")[1:]
        for (typed, ends), text in zip(wanted.items(), found, strict=True):
            lines = [f"await log {end}" for end in ends]
            self.assertEqual(text.splitlines(), lines, typed)


if __name__ == "__main__":
    tap.main()
