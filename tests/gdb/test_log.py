# SPDX-License-Identifier: MIT
"""`await log`: what libawait-test recorded, live, on core files, stripped, while
it is being written, and damaged. See log.c for what there is to show; golden.md
and docs/gdb.md have it as text."""

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
    kernel_core,
)

GUIDE = Path(__file__).resolve().parents[2] / "docs/gdb.md"

# All of log.c's "all": event, await, and the await in whose function.
ALL = """
created #2 half
created #3 quarter
created #4 promise
created #5 promise
begins #2 half
failed #2 half: -ERANGE (Numerical result out of range)
begins #2 half, attempt 2
ran #2 half, attempt 2
begins #3 quarter
created #6 half in #3
begins #6 half in #3
ran #6 half in #3
destroyed #6 half in #3
ran #3 quarter
hit #3 quarter
resolved #4 promise
rejected #5 promise: -EPIPE (Broken pipe)
created #6.1 narcissus
begins #6.1 narcissus
refused #6.1 narcissus in #6.1
failed #6.1 narcissus: -EDEADLK (Resource deadlock avoided)
destroyed #2 half
created #2.1 half
cancelled #2.1 half
""".strip().splitlines()

_ROW = re.compile(r" *\d+\.\d{3}  +(\d+|LWP \d+) +(\w+ +#.*)$")


def table(output: str) -> list[str]:
    """Rows without time, thread and place."""
    found = []
    for line in output.splitlines():
        match = _ROW.fullmatch(line)
        if match:
            cells = re.split("  +", match[2])
            inside = f" in {cells[2]}" if cells[2].startswith("#") else ""
            found.append(f"{cells[0]} {cells[1]}{inside}")
    return found


def documents(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def log(mode: str, *commands: str, program: Path = LOG, **options: object) -> str:
    found = gdb(
        *CHECKPOINT, *commands, program=program, arguments=(mode,), **options
    )  # type: ignore[arg-type]
    return found


class Shown(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name).resolve()

    def check_all(self, output: str) -> None:
        self.assertIn("24 events, recording\n", output)
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
        self.assertIn('No symbol "write_record" in current context', output)
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
        self.assertEqual([e["index"] for e in events], list(range(24)))
        self.assertEqual(
            [f"{e['event']} {e['id']}" for e in events],
            [" ".join(row.split()[:2]) for row in ALL],
        )
        self.assertEqual([e["error"] for e in events if e["error"]], [-34, -32, -35])
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


SWEEP = """
import json
gdb.execute("delete")
gdb.execute("break write_record")
gdb.execute("continue", to_string=True)
depth = gdb.selected_frame().older().pc()
states, steps, events = [], 0, {}
while gdb.selected_frame().pc() != depth:
    told = json.loads(gdb.execute("await log -n 0 -json", to_string=True))
    state = (told["recorded"], told["incomplete"], len(told["events"]))
    if state not in states[-1:]:
        states.append(state)
    assert not told["warnings"], told
    # What is shown is whole: it never changes.
    for event in told["events"]:
        assert events.setdefault(event["index"], event) == event, (events, event)
    gdb.execute("await log -n 0", to_string=True)
    gdb.execute("stepi", to_string=True)
    steps += 1
print("swept", steps, states)
"""

BUSY = """
import json
stops = incomplete = 0
for stops in range(1, 101):
    gdb.execute("continue", to_string=True)
    told = json.loads(gdb.execute("await log -n 0 -json", to_string=True))
    held = min(64, told["recorded"])
    assert told["overwritten"] == told["recorded"] - held, told
    assert len(told["events"]) + told["incomplete"] == held, told
    assert not told["warnings"], told
    incomplete += told["incomplete"]
    indices = [e["index"] for e in told["events"]]
    assert indices == sorted(set(indices)), indices
    assert all(told["recorded"] - held <= i < told["recorded"] for i in indices)
    last = {}
    for e in told["events"]:
        assert e["function"] == "nowait" and e["line"] and e["thread"], e
        before = last.get(e["tid"])
        # What a thread makes it ends, before it makes another; unless that
        # is among what is left out.
        whole = before and set(range(before["index"], e["index"])) <= set(indices)
        if whole and before["event"] == "created":
            assert (e["event"], e["id"]) == ("destroyed", before["id"]), (before, e)
        assert not before or e["time_ns"] >= before["time_ns"], (before, e)
        last[e["tid"]] = e
print("stopped", stops, "incomplete", incomplete)
"""


class BeingWritten(unittest.TestCase):
    def setUp(self) -> None:
        if "write_record" not in log("nothing", "info address write_record"):
            self.skipTest("libawait-test was built without symbols")
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.script = Path(scratch.name) / "script.py"

    def test_every_instruction(self) -> None:
        self.script.write_text(SWEEP)
        # Where the ring turns, the older record goes as the newer one comes.
        output = gdb(
            *CHECKPOINT, f"source {self.script}", program=LOG, arguments=("one",)
        )
        self.assertRegex(
            output, r"swept \d+ \[\(3, 0, 2\), \(4, 1, 1\), \(4, 0, 2\)\]\n", output
        )
        output = gdb(
            "break half",
            "run",
            f"source {self.script}",
            program=LOG,
            arguments=("all",),
        )
        self.assertRegex(
            output, r"swept \d+ \[\(5, 0, 5\), \(6, 1, 5\), \(6, 0, 6\)\]\n", output
        )

    def test_threads_at_any_instruction(self) -> None:
        self.script.write_text(BUSY)
        output = gdb(
            *CHECKPOINT, f"source {self.script}", program=LOG, arguments=("busy",)
        )
        self.assertRegex(output, r"stopped 100 incomplete \d+\n")

    def test_a_thread_that_is_a_round_behind(self) -> None:
        output = gdb(
            "break hit",
            "run",
            "set scheduler-locking on",
            "break take_record",
            "continue",
            "finish",  # the place is taken
            "await log",
            "delete",
            "break checkpoint",
            "thread 1",
            "continue",
            "await log",
            "thread 2",
            "finish",  # the record is there
            "await log",
            program=LOG,
            arguments=("late",),
        )
        logs = re.findall(r"(?m)^(\d+ events?), recording$", output)
        self.assertEqual(logs, ["1 event", "3 events", "3 events"], output)
        self.assertEqual(table(output), [])
        self.assertEqual(output.count("1 event left out: just being written"), 3)

    def test_being_ended(self) -> None:
        output = log("all", "set event_ring.state = 2", "await log", "print 6 * 7")
        self.assertIn("is just being ended: `finish` await_trace_end()", output)
        self.assertIn("$1 = 42", output)


BLOCK = "((char *)&await_recorder + {})"

DAMAGE = {
    f"set {{long}}{BLOCK.format(0)} = 5": "block of the recorder at 0x",
    f"set {{short}}{BLOCK.format(8)} = 9": "version 9.0, these scripts know 1.x",
    f"set {{int}}{BLOCK.format(12)} = 9": "block of the recorder has only 9 bytes",
    f"set {{int}}{BLOCK.format(36)} = -1": "block of the recorder is damaged",
    f"set {{int}}{BLOCK.format(72)} = 8": "block of the recorder is damaged",
    f"set {{long}}{BLOCK.format(16)} = 64": "cannot read memory at 0x",
    "set event_ring.state = 9": "the recorder's ring is damaged",
    "set event_ring.room = -1": "the recorder's ring is damaged",
    "set event_ring.next = -1": "the recorder's ring is damaged",
    "set event_ring.overwrites = 1": "the recorder's ring is damaged",
    "set event_ring.ns_per_tick = 0": "the recorder's ring is damaged",
    "set recorded.records = 64": "warning: cannot read memory at 0x40",
    "set recorded.records[3].type = 77": "warning: event 4 of the recorder is damaged",
    "set recorded.records[3].site = 64": "created    #5 ?",
}


class Damaged(unittest.TestCase):
    def setUp(self) -> None:
        if "records" not in log("nothing", "ptype recorded"):
            self.skipTest("libawait-test was built without debug information")

    def test_told(self) -> None:
        for command, message in DAMAGE.items():
            output = log("all", command, "await log -n 0", "print 6 * 7")
            self.assertIn(message, output, command)
            self.assertIn("$1 = 42\n", output, command)
        output = log("all", "set recorded.records[3].type = 77", "await log -n 0")
        self.assertEqual(table(output), ALL[4:])


if __name__ == "__main__":
    tap.main()
