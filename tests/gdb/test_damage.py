# SPDX-License-Identifier: MIT
"""Memory that is not what it should be: every command answers what it can and
says what it cannot, in a line. See app.c for what is there when it is sound."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import CHECKPOINT, gdb  # noqa: E402

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
    "set {short}((char *)&await_debug + 8) = 9": "version 9.2, these scripts know",
    "set {int}((char *)&await_debug + 12) = 9": "has only 9 bytes",
    "set {int}((char *)&await_debug + 84) = 3": "debug block of libawait is damaged",
}

FUZZ = """
import random
random.seed(1)
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
done = 0
for turn in range(400):
    saved = []
    for _ in range(random.choice((1, 1, 2, 8))):
        base, size = random.choice(spots)
        address = base + random.randrange(size)
        saved.append((address, bytes(inferior.read_memory(address, 1))))
        inferior.write_memory(address, bytes([random.randrange(256)]))
    for command in ("info awaits", "output handles", "output $await(1)"):
        try:
            gdb.execute(command, to_string=True)
        except gdb.error as error:
            if "scripts failed" in str(error):
                print(turn, command, error)
        done += 1
    for address, byte in reversed(saved):
        inferior.write_memory(address, byte)
print("fuzzed", done)
"""


class Damaged(unittest.TestCase):
    def setUp(self) -> None:
        if "first_slot" not in gdb(*CHECKPOINT, "ptype struct slab"):
            self.skipTest("libawait was built without debug information")

    def test_told(self) -> None:
        for command, message in DAMAGE.items():
            output = gdb(
                *CHECKPOINT,
                command,
                "info awaits",
                "print handles",
                'print $await("#1")',
                "print 6 * 7",
            )
            self.assertIn(message, output, command)
            self.assertIn("= 42\n", output, command)

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
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "fuzz.py"
            script.write_text(FUZZ)
            output = gdb(*CHECKPOINT, f"source {script}", "info awaits")
        self.assertIn("fuzzed 1200\n", output)
        self.assertIn(SUMMARY, output)


if __name__ == "__main__":
    tap.main()
