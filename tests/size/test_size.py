# SPDX-License-Identifier: MIT
"""What awaits cost in instructions and bytes, which is the same on every run.

Instructions are counted by callgrind, inside the functions of counted.c that
do one operation each, with all they call: the user's inline code, the call
into libawait.so and back. The loop around them is not counted. Twice COUNT
operations less COUNT operations leaves out what the first call costs.

COUNTED is the program; its limits are for -O2 of gcc 12 on x86-64, and others may
take a quarter more, or one instruction. COMPILER is what compiled it. COUNTED_SEAMLESS
is the same built so that nobody can listen, COUNTED_CPP is in C++, and TRACER a
listener that has nothing to record.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import unittest
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402
from instructions import instructions  # noqa: E402

COUNTED = os.environ["COUNTED"]
CPP = os.environ.get("COUNTED_CPP", "")
SEAMLESS = os.environ["COUNTED_SEAMLESS"]
TRACER = os.environ["TRACER"]
COUNT = 20_000  # more than a thread keeps, so that slots come from the depot

COMPILER = os.environ.get("COMPILER", "the compiler of its build")
MEASURED = COMPILER.startswith("gcc 12.")


def limit(instructions: float) -> float:
    return instructions if MEASURED else max(instructions * 5 / 4, instructions + 1)


CREATE_LIMIT = limit(19)
FIRST_WAIT_LIMIT = limit(81)
DROP_LIMIT = limit(38)
LIFE_LIMIT = limit(136)
HIT_LIMIT = limit(6)
STATIC_LIMIT = 2
SEAM_LIMIT = limit(4)
TRACER_LIMIT = limit(25)
TRACER_LIFE_LIMIT = limit(76)
CPP_LIMIT = limit(10)
TELL_LIMIT = limit(40)
SLOT_LIMIT = 32
RESIDENT_LIMIT = 34

OPERATIONS = (
    ("create", "reuse"),
    ("first_wait", "wait"),
    ("hit", "hit"),
    ("drop", "drop"),
    ("whole_life", "life"),
)


@cache
def count(function: str, operation: str, program: str = COUNTED, **env: str) -> float:
    """Instructions that one call of function takes."""

    def least(count: int) -> int:
        # What the tracer's own threads do meanwhile is counted now and then, but
        # never twice the same.
        tries = 3 if "LIBAWAIT_TRACE" in env else 1
        found: list[int] = []
        while len(found) < tries and len(found) == len(set(found)):
            found.append(
                instructions(program, operation, str(count), inside=function, **env)
            )
        return min(found)

    return (least(2 * COUNT) - least(COUNT)) / COUNT


@cache
def cost(function: str, operation: str) -> float:
    """The same, printed."""
    each = count(function, operation)
    print(f"# {each:6.2f} instructions: {function}() in {operation}", flush=True)
    return each


def more(
    what: str, limit: float, function: str, with_it: float, without: float
) -> float:
    """What an operation costs more, printed with its aim."""
    print(
        f"# {with_it - without:+6.2f} instructions: {function}() {what}, "
        f"{with_it:.2f} not {without:.2f}   (aim: at most +{limit:g})",
        flush=True,
    )
    return with_it - without


def disassemble(function: str) -> list[str]:
    text = command("objdump", "-d", "--no-show-raw-insn", COUNTED)
    found = re.search(rf"^[0-9a-f]+ <{function}>:\n(.*?)^$", text, re.M | re.S)
    if not found:
        raise AssertionError(f"no {function}() in {COUNTED}")
    lines = [li.split("\t")[-1].split("#")[0] for li in found.group(1).splitlines()]
    return [" ".join(li.split()) for li in lines]


def straight(code: list[str]) -> list[str]:
    """The path that takes no conditional jump, up to its return."""
    path = []
    for line in code:
        path.append(line)
        if line.startswith("ret"):
            return path
        if line.startswith(("jmp", "call")):
            break
    raise AssertionError(f"the fast path is not straight: {code}")


def is_frame(line: str) -> bool:
    """Saving and restoring a register, as every function does."""
    return bool(re.match(r"(push|pop|endbr64|ret)|mov %\w+,%\w+$", line))


@unittest.skipUnless(platform.machine() == "x86_64", "counted for x86-64")
class Instructions(unittest.TestCase):
    def test_create(self) -> None:
        # In the long run slots were used before; growing costs the carving.
        cost("create", "create")
        self.assertLessEqual(cost("create", "reuse"), CREATE_LIMIT)

    def test_hit_is_the_same_for_every_value(self) -> None:
        frame = [li for li in straight(disassemble("hit")) if is_frame(li)]
        self.assertEqual(cost("hit", "hit") % 1, 0)
        self.assertLessEqual(cost("hit", "hit"), HIT_LIMIT + len(frame))

    def test_a_lazy_global_is_a_hit_and_its_address(self) -> None:
        most = limit(STATIC_LIMIT)
        global_, one = cost("hit_static", "static"), cost("hit", "hit")
        self.assertGreater(global_, 0)
        self.assertLessEqual(more("of AWAIT_STATIC", most, "hit", global_, one), most)

    def test_the_rest_of_a_life(self) -> None:
        for function, operation, most in (
            ("first_wait", "wait", FIRST_WAIT_LIMIT),
            ("drop", "drop", DROP_LIMIT),
            ("whole_life", "life", LIFE_LIMIT),
        ):
            with self.subTest(function):
                self.assertGreater(cost(function, operation), 0)
                self.assertLessEqual(cost(function, operation), most)

    def test_hit_is_load_compare_branch_value(self) -> None:
        path = [li for li in straight(disassemble("hit")) if not is_frame(li)]
        print(f"# hit: {'; '.join(path)}", flush=True)
        self.assertLessEqual(len(path), HIT_LIMIT)
        # The state, and the value behind the head of 24 bytes: nothing else.
        touched = re.findall(r"(-?(?:0x)?[0-9a-f]*)\((%\w+)", "\n".join(path))
        self.assertEqual([offset for offset, _ in touched], ["", "0x18"])


@unittest.skipUnless(platform.machine() == "x86_64", "counted for x86-64")
@unittest.skipUnless(CPP, "there is no C++ compiler")
class Cpp(unittest.TestCase):
    """await::lazy<int> beside the life of an await of C."""

    def test_a_life(self) -> None:
        in_c = count("whole_life", "life")
        for function in ("of_lambda", "of_function", "at_macro", "elsewhere"):
            with self.subTest(function):
                name = f"life_{function}"
                life = count(name, name, CPP)
                cost = more("of C++, not of C", CPP_LIMIT, name, life, in_c)
                self.assertLessEqual(cost, CPP_LIMIT)
                self.assertGreater(life, in_c / 2)  # it was counted

    def test_a_hit(self) -> None:
        self.assertLessEqual(count("hit", "hit", CPP), limit(count("hit", "hit")))


@unittest.skipUnless(platform.machine() == "x86_64", "counted for x86-64")
class Told(unittest.TestCase):
    """What it costs to tell an eventfd, beside writing to it."""

    def test_an_eventfd(self) -> None:
        for thread in ({}, {"COUNTED_THREAD": "1"}):
            with self.subTest(**thread):
                told = count("settle", "tell", **thread)
                alone = count("settle", "settle", **thread)
                written = count("write_one", "settle", **thread)
                print(f"# {written:6.2f} instructions: write_one(), the write itself")
                cost = more(
                    "and write_one()", TELL_LIMIT, "settle", told, alone + written
                )
                self.assertLessEqual(cost, TELL_LIMIT)
                self.assertGreater(told, alone)


class Many(unittest.TestCase):
    """What must not cost more where there is more of something."""

    def same_beside(self, function: str, operation: str, what: str) -> None:
        def each(count: int) -> float:
            whole = instructions(COUNTED, operation, str(count), inside=function)
            return whole / count

        few, many = each(50), each(1000)
        print(f"# {few:.2f} instructions: {function}() beside 50 {what}")
        print(f"# {many:.2f} instructions: {function}() beside 1000", flush=True)
        self.assertGreater(few, 0)
        self.assertLessEqual(many, few * 1.1)

    def test_taking_a_large_slot_beside_freed_ones(self) -> None:
        self.same_beside("create_larger", "larger", "freed slots")

    def test_judging_a_handle_beside_slabs(self) -> None:
        self.same_beside("judge", "judge", "slabs")


@unittest.skipUnless(platform.machine() == "x86_64", "counted for x86-64")
class Listening(unittest.TestCase):
    def test_nobody_listens(self) -> None:
        for function, operation in OPERATIONS:
            with self.subTest(function):
                seam = count(function, operation)
                none = count(function, operation, SEAMLESS)
                # One of each: create, first wait, drop.
                most = SEAM_LIMIT * (3 if function == "whole_life" else 1)
                cost = more("with the seam", most, function, seam, none)
                self.assertLessEqual(cost, most)
                # The two programs do differ, but for hits.
                self.assertGreaterEqual(cost, 0 if function == "hit" else 1)

    def test_the_tracer_without_a_session(self) -> None:
        # A tracer's process has other threads.
        for function, operation in OPERATIONS:
            with self.subTest(function):
                plain = count(function, operation, COUNTED_THREAD="1")
                traced = count(
                    function, operation, COUNTED_THREAD="1", LIBAWAIT_TRACE=TRACER
                )
                most = TRACER_LIFE_LIMIT if function == "whole_life" else TRACER_LIMIT
                cost = more("without a session", most, function, traced, plain)
                self.assertLessEqual(cost, most)
                self.assertGreater(cost, 0)  # it was loaded


class Memory(unittest.TestCase):
    def test_slot_of_an_int(self) -> None:
        slot = int(command(COUNTED, "slot", "1"))
        print(f"# {slot} bytes: the slot of an await of an int", flush=True)
        self.assertLessEqual(slot, SLOT_LIMIT)

    def test_resident_bytes_of_a_million(self) -> None:
        each = int(command(COUNTED, "memory", "1000000")) / 1_000_000
        print(f"# {each:.2f} resident bytes: each of a million awaits", flush=True)
        self.assertLessEqual(each, RESIDENT_LIMIT)
        self.assertGreater(each, 24)  # it was measured at all


if __name__ == "__main__":
    print(f"# compiled by {COMPILER}")
    if not MEASURED:
        print("# the limits of instructions are those of gcc 12, and a quarter more")
    tap.main()
