# SPDX-License-Identifier: MIT
"""Stops at every instruction that several threads execute as they create, wait,
resolve and destroy: whatever is half done then, the commands tell no nonsense.
See crowd.c; the single-threaded sweep is in test_commands.py.

By hand, with another order of the threads, and more rounds:

    AWAIT_SWEEP=SEED,ROUNDS python3 tests/gdb/test_sweep.py
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import BUILD, gdb  # noqa: E402

CROWD = BUILD / "tests/gdb/crowd"
SEED, ROUNDS = map(int, os.environ.get("AWAIT_SWEEP", "1,1").split(","))

# Runs in gdb, which has stopped as the first round begins.
SWEEP = """
import collections, itertools, json, random, re

random.seed(SEED)
inferior = gdb.selected_inferior()
seen, trees = collections.Counter(), collections.Counter()
looked = set()


def registers(*names):
    values = (int(gdb.parse_and_eval(f"${name}")) for name in names)
    return [value & 0xFFFFFFFFFFFFFFFF for value in values]


def is_syscall(pc):
    return bytes(inferior.read_memory(pc, 2)) == bytes.fromhex("0f05")


def would_sleep():
    "Whether the selected thread does, or is about to, sleep in a futex()."
    pc = gdb.selected_frame().pc()
    number, result, before = registers("rax", "rax", "orig_rax")
    if result >= 2**64 - 520 and is_syscall(pc - 2):
        number = before  # gdb has interrupted it, and it begins again
    elif not is_syscall(pc):
        return False
    word, action, value = registers("rdi", "rsi", "rdx")
    if number != 202 or action & 0x7F not in (0, 9):
        return False
    now = int.from_bytes(bytes(inferior.read_memory(word, 4)), "little")
    return now == value & 0xFFFFFFFF


def step():
    gdb.execute("stepi", to_string=True)
    frame = gdb.selected_frame()
    library = gdb.solib_name(frame.pc()) or ""
    if "/libc." in library or "/ld-" in library:
        return  # in what others made, no await changes
    looked.add((frame.pc(), gdb.selected_thread().num))
    if frame.name() == "round_begins" and frame.pc() == ROUND:
        rounds.append(1)
    look(frame)


def is_argument(text):
    return re.match("Await<int> (#[0-9.]+ |0x[0-9a-f]+ dangling)", text)


def look(frame):
    global runner
    text = gdb.execute("info awaits -json -limit 0", to_string=True)
    tree = gdb.execute("await tree", to_string=True)
    plain = ""
    if steps % 8 == 0:
        plain = gdb.execute("info awaits", to_string=True)
    told = json.loads(text)
    wrong = list(told["warnings"])
    if sum(told["counts"].values()) != len(told["awaits"]):
        wrong.append("counts differ from what is listed")
    runner = None
    by_id = {each["id"]: each for each in told["awaits"]}
    if len(by_id) != len(told["awaits"]):
        wrong.append("two of one id")
    for each in told["awaits"]:
        if each["damage"] or each["function"] not in ("plus_one", "promise"):
            wrong.append(f"damaged: {each}")
        if each["state"] == "running" and each["thread"] is None:
            wrong.append(f"nobody runs {each['id']}")
        runs = each["state"] == "running" and each["function"] == "plus_one"
        runner = each["thread"] if runs else runner
        if runs and not is_argument(each["arguments"]["in"]):
            # The value lies where they lay, from when the function returns.
            overwritten.append(each["id"])
            mine = each["thread"] == gdb.selected_thread().num
            if mine and frame.name() == "plus_one":
                wrong.append("its arguments")
        if each["state"] == "resolved" and each["value"] not in ("7", "8"):
            wrong.append(f"value {each['value']}")
    for thread in told["threads"]:
        for name in thread["runs"]:
            if name not in by_id or by_id[name]["state"] != "running":
                wrong.append(f"{name} does not run")
            elif by_id[name]["thread"] != thread["thread"]:
                wrong.append(f"{name} runs on two threads")
    for word in ("warning", "damaged", "DEADLOCK", "unknown", "readable"):
        if word in tree + re.sub("running +int +plus_one.*", "", plain):
            wrong.append(word)
    if wrong:
        print("unsound", frame.name(), hex(frame.pc()), wrong, text, tree)
    waiting = sum(thread["waits_for"] is not None for thread in told["threads"])
    seen[" ".join(f"{n} {state}" for state, n in told["counts"].items())] += 1
    trees[waiting] += 1


def one_at_a_time():
    "Any thread steps, some times, while all others stand where they are."
    global steps
    threads = sorted(inferior.threads(), key=lambda thread: thread.num)
    gdb.execute("set scheduler-locking on")
    still, turns = None, 0
    while len(rounds) < ROUNDS and steps < MOST:
        turns -= 1
        if turns < 0:
            still = None
            if runner and random.random() < 0.1:
                # Who runs it stands still for a while, so the others go to sleep.
                still, turns = runner, 200
        random.choice([each for each in threads if each.num != still]).switch()
        for _ in range(random.choice((1, 1, 2, 3, 10, 50))):
            if would_sleep():
                break  # nobody else could wake it
            step()
            steps += 1


def others_run():
    "The thread that comes first steps, and the others run on meanwhile."
    global steps
    places = itertools.cycle(("plus_one", "use", "round_begins"))
    while steps < MOST:
        stop = gdb.Breakpoint(next(places))
        gdb.execute("continue", to_string=True)
        stop.delete()
        for _ in range(random.randrange(200)):
            step()
            steps += 1


ROUND = gdb.selected_frame().pc()
rounds, overwritten, steps, runner = [], [], 0, None
gdb.execute("delete")
gdb.execute("set suppress-cli-notifications on")
globals()[MODE]()
print("rounds", len(rounds), "steps", steps, "stops", sum(seen.values()),
      "instructions", len(looked),
      "overwritten", len(overwritten))
for counts, times in sorted(seen.items()):
    print(f"seen {counts or 'none'}: {times}")
for waiting, times in sorted(trees.items()):
    print(f"waiting {waiting}: {times}")
"""


class Sweep(unittest.TestCase):
    def sweep(self, mode: str, most: int) -> str:
        if platform.machine() != "x86_64":
            self.skipTest("it knows futex() of x86-64 only")
        given = f"SEED, ROUNDS, MODE, MOST = {SEED}, {ROUNDS}, {mode!r}, {most}\n"
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "sweep.py"
            script.write_text(given + SWEEP)
            output = gdb(
                "set environment LD_BIND_NOW 1",
                *("break round_begins", "run", f"source {script}", "kill"),
                program=CROWD,
                seconds=240 + 60 * ROUNDS,
            )
        unsound = re.findall(r"(?m)^unsound .*$", output)
        self.assertFalse(unsound, "\n".join(unsound[:3]))
        told = re.findall(r"(?m)^(?:rounds|seen|waiting) .*$", output)
        self.assertTrue(told, output)
        print("\n".join(f"# {line}" for line in told))
        return output

    def test_one_at_a_time(self) -> None:
        output = self.sweep("one_at_a_time", 20000 * ROUNDS)
        self.assertRegex(output, rf"(?m)^rounds {ROUNDS} ")
        for seen in (
            "seen none: ",
            "seen 1 pending: ",
            "seen 2 pending: ",
            "seen 1 pending 1 running: ",
            "seen 1 running 1 resolved: ",
            "seen 1 resolved: ",
            "waiting 0: ",
            "waiting 1: ",
            "waiting 2: ",
        ):
            self.assertIn(f"\n{seen}", output)

    def test_others_run(self) -> None:
        output = self.sweep("others_run", 1000 * ROUNDS)
        self.assertIn("\nseen 1 running", output)
        self.assertRegex(output, r"\nwaiting [12]: ")


if __name__ == "__main__":
    tap.main()
