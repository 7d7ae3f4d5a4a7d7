# SPDX-License-Identifier: MIT
"""Memory that is not what it should be: every command answers what it can and
says what it cannot, in a line. See app.c for what is there when it is sound."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import unittest
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    CHECKPOINT,
    RECORDED,
    STUMBLES,
    damaged,
    gdb,
)
from sample import share  # noqa: E402

GROUPS = ("function", "site", "state", "type", "thread")

SUMMARY = "18 awaits: 3 pending, 2 running, 10 resolved, 2 failed, 1 cancelled\n"

SLAB = "warning: the slab at 0x"
LIST = "warning: the slab list is damaged: "
FUNC = "((struct await_func *)handles.pending->head.site->func)"

# What is written, and what `info awaits` has to say about it.
DAMAGE = {
    "set {long}&await_slabs = 0x40000": LIST + "0x40000 is unreadable",
    "set {long}&await_slabs = 0x1230001": LIST + "no slab at 0x1230001",
    "set await_slabs->next = await_slabs": LIST + "loop at 0x",
    "set await_slabs->magic = 1": SLAB,
    "set await_slabs->count = -1": SLAB,
    "set await_slabs->count = 0": SLAB,
    "set await_slabs->slot_size = 0": SLAB,
    "set await_slabs->slot_size = 33": SLAB,
    "set handles.pending->head.site = 16": "<damaged: no site at 0x10>",
    f"set {FUNC}->arg_count = 1000": "<damaged: no site at 0x",
    f"set {FUNC}->name = 16": "<damaged: no site at 0x",
    f"set {FUNC}->args_offset = -1": "<Cannot access memory at address 0x",
    "set {int}handles.pending = 7": "1 damaged (7)",
    "set {int}handles.outer = 0x99902": "an unknown thread (2457)",
    "set await_threads[1].run = 16": "warning: cannot read memory at 0x10",
    "set await_threads[1].run->outer = await_threads[1].run": "runs are damaged",
    "set await_threads[2].blocked_on = 16": "waits for <damaged await at 0x10>",
    "set {int}&await_thread_count = -1": "thread table is damaged: 4294967295",
    "set {long}&await_debug = 5": "debug block of libawait at 0x",
    "set {short}((char *)&await_debug + 8) = 9": "version 9.5, these scripts know",
    "set {int}((char *)&await_debug + 12) = 9": "has only 9 bytes",
    "set {int}((char *)&await_debug + 84) = 3": "debug block of libawait is damaged",
}

# What the others have to say.
TOLD = [
    ("set handles.pending->head.site = 16", "await why #1", "no site at 0x10"),
    ("set handles.pending->head.site = 16", "await args #1", "no site at 0x10"),
    ("set handles.pending->head.site = 16", "await bt #1", "<damaged: no site at"),
    ("set {int}handles.pending = 7", "await why #1", "in no state that there is"),
    ("set {int}handles.outer = 0x99902", "await why handles.outer", "thread (2457)"),
    ("set {int}handles.outer = 0x99902", "await tree", "unknown thread (2457)"),
    (
        "set {int}handles.outer = 0x99902",
        "info awaits -group thread",
        "an unknown thread (2457)",
    ),
    ("set await_threads[1].run = 16", "await tree", "cannot read memory at 0x10"),
    (
        "set await_threads[1].run->outer = await_threads[1].run",
        "await tree",
        "runs are damaged",
    ),
    (
        "set await_threads[2].blocked_on = 16",
        "await tree",
        "<damaged await at 0x10>",
    ),
    (
        "set await_threads[1].blocked_on = handles.outer",
        "await tree",
        "DEADLOCK: thread 1 waits for #4104 outer of thread 1",
    ),
    ("set handles.pending->head.site = 16", "info awaits -json", '"damage": "dam'),
    ("set await_slabs->count = 0", "info awaits -json", '"warnings": ["the slab'),
    ("set await_slabs->count = 0", "info awaits -group state", "warning: the slab"),
    ("set await_slabs->count = 0", "await mark", "warning: the slab"),
]

SUM = ("print 6 * 7",)

# Every command there is, and each way through it.
COMMANDS = [
    "info awaits",
    "info awaits -json -limit 0",
    "info awaits -state running,pending -type page -function *",
    "info awaits -thread 1 -site app.c",
    "info awaits -sort site -reverse",
    "info awaits -sort id",
    *(f"info awaits -group {key}" for key in GROUPS),
    "info awaits -group thread -json",
    "await mark",
    "info awaits -new",
    "info awaits -old -json",
    "await tree",
    *(
        f"await {word} {which}"
        for word in ("why", "bt", "args")
        for which in ("#1", "handles.inner", "handles.outer", "handles.failed")
    ),
    "await log",
    "await log -n 0 -json",
    "await log f* -thread 1 -n 3",
    "await log #1",
    "complete info awaits -function ",
    "complete info awaits -site ",
    "complete info awaits -thread ",
    "complete await why #",
    "output handles",
    "output *handles.pending",
    "output $await(1)",
    "output $await_value(handles.resolved)",
    "output $await_args(handles.inner)",
    "output $await_state(handles.failed)",
    "bt",
    "bt -hide",
    "bt -hide -3",
    "thread apply all -q bt -hide",
    *(
        f"await break {what}\ndelete $bpnum"
        for what in ("hit", "run fetch", "resolve #1", "create if $_await")
    ),
    'output $_await_break("hit")',
    "complete info awaits -type ",
    "complete await log -thread ",
    "complete await log -function ",
    "complete await log f",
    "complete await log #",
    "complete await break hit ",
]

# How many damaged images, in the long form; every how many of them all commands
# are tried, not just six; and where random numbers begin. By hand, or in parts by
# several at once: AWAIT_FUZZ=5000,1,1 AWAIT_TESTS=long python3 test_damage.py
TURNS, EVERY, SEED = map(int, os.environ.get("AWAIT_FUZZ", "400,20,1").split(","))

# More than any command takes by far, on a busy machine too.
SLOW = 20

FUZZ = """
import random, time
random.seed(SEED)
inferior = gdb.selected_inferior()
slab = int(gdb.parse_and_eval("(long)await_slabs"))
spots = [(slab, 64)]
for name in ("pending", "failed", "inner", "outer", "string", "nested"):
    head = gdb.parse_and_eval(f"(struct await *)handles.{name}")
    site = head["site"]
    func = site["func"]
    spots += [(int(p), p.dereference().type.sizeof)
              for p in (head, site, func, func["type"], func["args"])]
    spots += [(int(gdb.parse_and_eval("&await_threads[1]")), 128)]
run = gdb.parse_and_eval("await_threads[1].run")
spots += [(int(run), run.dereference().type.sizeof),
          (int(run["outer"]), run.dereference().type.sizeof)]
for name in ("event_ring", "recorded", "await_recorder", "*recorded.records@16"):
    value = gdb.parse_and_eval(name)
    spots += [(int(value.address), value.type.sizeof)] * 4
# `await break` writes to what it believes to be awaits: all that may be hit.
kept = []
for name in ("await_armed", "sink_armed_", "trap"):
    value = gdb.parse_and_eval(name)
    kept.append((int(value.address), value.type.sizeof))
at = gdb.parse_and_eval("await_slabs")
while int(at):
    kept.append((int(at), int(at["size"])))
    at = at["next"]
kept = [(at, bytes(inferior.read_memory(at, size))) for at, size in kept]
done = 0
slowest = (0, "")
for turn in range(TURNS):
    saved = []
    for _ in range(random.choice((1, 1, 2, 8))):
        base, size = random.choice(spots)
        address = base + random.randrange(size)
        saved.append((address, bytes(inferior.read_memory(address, 1))))
        inferior.write_memory(address, bytes([random.randrange(256)]))
    for command in COMMANDS if turn % EVERY == 0 else random.sample(COMMANDS, 6):
        begin = time.monotonic()
        try:
            told = gdb.execute(command, to_string=True)
        except gdb.error as error:
            told = str(error)
        if any(stumble in told for stumble in STUMBLES):
            print("stumbled", turn, command, told)
        slowest = max(slowest, (time.monotonic() - begin, command))
        if len(gdb.breakpoints()) != 1:
            print("left breakpoints", turn, command)
            gdb.execute("delete")
            gdb.execute("break checkpoint")
        done += 1
    for address, byte in reversed(saved):
        inferior.write_memory(address, byte)
    for address, data in kept:
        if bytes(inferior.read_memory(address, len(data))) != data:
            inferior.write_memory(address, data)
print("fuzzed", done)
print("slowest", int(slowest[0]), slowest[1])
"""


class Damaged(unittest.TestCase):
    def setUp(self) -> None:
        if "first_slot" not in gdb(*CHECKPOINT, "ptype struct slab"):
            self.skipTest("libawait was built without debug information")

    def test_told(self) -> None:
        commands = ("info awaits", "print handles", 'print $await("#1")', *SUM)
        found = damaged([(damage, commands) for damage in DAMAGE])
        for (damage, message), output in zip(DAMAGE.items(), found):
            self.assertIn(message, output, damage)
            self.assertIn("= 42\n", output, damage)

    def test_every_command_goes_on(self) -> None:
        # In the short form each with some kinds of damage, not with all.
        total = len(COMMANDS)
        every = total // share(total // 4, total, "commands with each kind of damage")
        cases = [
            (damage, (*islice(COMMANDS, i % every, None, every), *SUM))
            for i, damage in enumerate(DAMAGE)
        ]
        for (damage, _), output in zip(cases, damaged(cases)):
            self.assertIn("= 42\n", output, damage)

    def test_damage_told_by_all(self) -> None:
        found = damaged([(damage, (asked,)) for damage, asked, _ in TOLD])
        for (damage, asked, message), output in zip(TOLD, found):
            self.assertIn(message, output, f"{damage}; {asked}")

    def test_run_that_just_ended(self) -> None:
        # As between await_core_finish() and the end of the wait.
        commands = ("info awaits", "await tree", "await bt handles.outer")
        output = gdb(*CHECKPOINT, "set await_threads[1].run->aw = 0", *commands)
        self.assertIn("Thread 1 runs #4104 outer\n", output)
        self.assertNotIn("damaged", output)

    def test_repaired(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "set $slabs = await_slabs",
            "set await_slabs = 0",
            "info awaits",
            "set await_slabs = $slabs",
            "info awaits",
        )
        self.assertIn("0 awaits\n", output)
        self.assertIn(SUMMARY, output)

    def test_random_damage(self) -> None:
        turns = share(100, TURNS, "damaged images")
        full = len(range(0, turns, EVERY))
        fuzzed = full * len(COMMANDS) + (turns - full) * 6
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "fuzz.py"
            given = f"COMMANDS, TURNS, EVERY = {COMMANDS}, {turns}, {EVERY}\n"
            given += f"SEED, STUMBLES = {SEED}, {STUMBLES}\n"
            script.write_text(given + FUZZ)
            output = gdb(
                *RECORDED, f"source {script}", "info awaits",
                seconds=60 + fuzzed // 20,
            )  # fmt: skip
        self.assertIn(f"fuzzed {fuzzed}\n", output)
        for found in ("\nstumbled ", "\nleft breakpoints "):
            self.assertNotIn(found, output)
        slowest = re.search(r"\nslowest (\d+) .*\n", output)
        assert slowest, output
        print(f"# {fuzzed} commands; {slowest[0].strip()}", flush=True)
        self.assertLess(int(slowest[1]), SLOW)
        self.assertIn(SUMMARY, output)


if __name__ == "__main__":
    tap.main()
