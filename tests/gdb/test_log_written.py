# SPDX-License-Identifier: MIT
"""`await log` while the log is being written, by threads that stand at any
instruction of it, and of a log that is damaged."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import CHECKPOINT, LOG, damaged, gdb  # noqa: E402
from logtest import ALL, log, table  # noqa: E402

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
    f"set {{short}}{BLOCK.format(8)} = 9": "version 9.0, these scripts know 2.x",
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
        commands = ("await log -n 0", "print 6 * 7")
        found = damaged(
            [(damage, commands) for damage in DAMAGE], program=LOG, arguments=("all",)
        )
        for (damage, message), output in zip(DAMAGE.items(), found):
            self.assertIn(message, output, damage)
            self.assertIn(" = 42\n", output, damage)
        output = log("all", "set recorded.records[3].type = 77", "await log -n 0")
        self.assertEqual(table(output), ALL[4:])


if __name__ == "__main__":
    tap.main()
