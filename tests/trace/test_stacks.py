# SPDX-License-Identifier: MIT
"""Stacks of the tracer: through code that is hard to unwind, by both
unwinders; their options; and what they say when frames are missing.

Run inside tests/private-lttng, with the build directory as AWAIT_BUILD.
"""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402
from test_trace import TRACER, Event, Trace, start_daemon  # noqa: E402

HERE = Path(os.environ["AWAIT_BUILD"]) / "tests/trace"
APP = HERE / "trace-app-stacks"
INNER = HERE / "stacks-inner"
FRAME = HERE / "stacks-frame"
STACK_MAX = 64
PLACES = ["qsort", "bare", "blind", "aligned", "thrown", "tail", "thread"]


def record(*cases: str, **env: str) -> Trace:
    """The hits of a run. LIBAWAIT_TRACE_X=... are given as X=..."""
    options = {f"LIBAWAIT_TRACE_{k}" if k.isupper() else k: env[k] for k in env}
    preload = options.pop("preload", "")
    if preload:
        options["LD_PRELOAD"] = preload
    return Trace(APP, *cases, events="await:hit*", **{"LIBAWAIT_TRACE": "1"} | options)


def names(trace: Trace, stack: Event) -> list[str]:
    """Functions of the program and its libraries, innermost first. The part of one
    that gcc has split off has its name."""
    chain = [name for pc in stack.frames for name, _ in trace.chain(pc)]
    return [name.removesuffix(".cold") for name in chain]


def stacks(trace: Trace) -> list[list[str]]:
    return [names(trace, s) for s in trace.of("hit_stack")]


class Places:
    """The same for each unwinder: nothing of it shows in the stacks."""

    unwinder = ""
    preload = ""
    trace: Trace

    @classmethod
    def setUpClass(cls) -> None:
        cls.trace = record(*PLACES, UNWINDER=cls.unwinder, preload=cls.preload)

    def check(self, place: str, *expected: list[str], truncated: str = "0") -> None:
        """The stacks of a place, whose functions have its name in them."""
        found = [
            s
            for s in self.trace.of("hit_stack")
            if any(place in n for n in names(self.trace, s))
        ]
        seen = [names(self.trace, s) for s in found]
        # Inlined or not: the function of the case itself is of no interest.
        seen = [[n for n in s if not n.endswith("_case")] for s in seen]
        self.assertEqual(seen, list(expected))
        self.assertEqual({s.truncated for s in found}, {truncated})

    def test_all_hits_have_one(self) -> None:
        self.assertEqual(len(self.trace.of("hit")), len(self.trace.of("hit_stack")))
        for stack in self.trace.of("hit_stack"):
            self.assertEqual(int(stack.addr, 16), stack.frames[0])

    def test_through_a_callback_of_libc(self) -> None:
        """However often that compares: a sanitizer's qsort() does twice."""
        times = sum("qsort_compare" in s for s in stacks(self.trace))
        self.assertGreater(times, 0)
        self.check("qsort", *[["hit", "qsort_compare", "main"]] * times)

    def test_without_frame_pointers(self) -> None:
        self.check("bare", ["hit", "call_bare", "main"])

    def test_ends_where_there_is_no_unwind_information(self) -> None:
        self.check("blind", ["hit", "call_blind"], truncated="1")

    def test_through_a_frame_of_computed_place(self) -> None:
        self.check("aligned", ["hit", "aligned_call", "main"])

    def test_as_an_exception_passes_by_and_after(self) -> None:
        found = [s for s in stacks(self.trace) if "call_thrown" in s]
        destructor, catch, after = found
        self.assertEqual(destructor[0], "hit")
        self.assertIn("caller", destructor[1])
        self.assertEqual(destructor[2:4], ["thrown_by", "call_thrown"])
        for stack in (catch, after):
            self.assertEqual(stack[:2], ["hit", "call_thrown"])
        for stack in (destructor, catch, after):
            self.assertEqual(stack[-2:], ["thrown_case", "main"])

    def test_tail_call_leaves_no_frame(self) -> None:
        (stack,) = [s for s in stacks(self.trace) if "tail_case" in s]
        self.assertEqual(stack, ["hit", "tail_case", "main"])

    def test_of_a_thread(self) -> None:
        self.check("thread", ["hit", "thread_start"])


class Libunwind(Places, unittest.TestCase):
    unwinder = "libunwind"


class Glibc(Places, unittest.TestCase):
    unwinder = "glibc"


class Preloaded(Places, unittest.TestCase):
    """libunwind is among the libraries that exceptions look in."""

    unwinder = "libunwind"
    preload = str(TRACER)


@tap.unless_sanitized("a frame of theirs is not set up as usual")
class FromFrame(unittest.TestCase):
    """Where the walk begins is nothing that a stack tells."""

    def test_the_same_as_from_the_sink_on(self) -> None:
        for unwinder, depth, mistaken in product(
            ("libunwind", "glibc"), ("3", "64"), ([], ["mistaken"])
        ):
            whose = "another" if mistaken else "its"
            with self.subTest(unwinder=unwinder, depth=depth, frame=whose):
                out = command(
                    FRAME,
                    *mistaken,
                    LIBAWAIT_TRACE_UNWINDER=unwinder,
                    LIBAWAIT_TRACE_DEPTH=depth,
                )
                self.assertEqual(
                    out.splitlines(),
                    [
                        f"{event}: {whose} frame, the same"
                        for event in ("create", "exec", "hit")
                    ]
                    + ["12"],
                )


class Depth(unittest.TestCase):
    def test_truncated_only_if_a_frame_is_missing(self) -> None:
        for unwinder in ("libunwind", "glibc"):
            (whole,) = record("deep=2", UNWINDER=unwinder).of("hit_stack")
            self.assertEqual(whole.truncated, "0")
            # Steps that fill a stack, and one more.
            steps = 2 + STACK_MAX - len(whole.frames)
            for more, truncated in ((0, "0"), (1, "1"), (500, "1")):
                with self.subTest(unwinder=unwinder, more=more):
                    trace = record(f"deep={steps + more}", UNWINDER=unwinder)
                    (stack,) = trace.of("hit_stack")
                    self.assertEqual(len(stack.frames), STACK_MAX)
                    self.assertEqual(stack.truncated, truncated)
                    self.assertEqual(names(trace, stack)[:2], ["hit", "deep_step"])

    def test_depth_is_an_option(self) -> None:
        for unwinder in ("libunwind", "glibc"):
            for depth in (1, 3):
                with self.subTest(unwinder=unwinder, depth=depth):
                    trace = record("deep=9", UNWINDER=unwinder, DEPTH=str(depth))
                    (stack,) = trace.of("hit_stack")
                    self.assertEqual(
                        names(trace, stack), ["hit", *["deep_step"] * 8][:depth]
                    )
                    self.assertEqual(stack.truncated, "1")


@tap.unless_sanitized("the files do not have the same code")
class Reloaded(unittest.TestCase):
    """Files loaded in turn at one address, the same code but for its frame."""

    def test_code_of_an_unloaded_file_is_forgotten(self) -> None:
        files = f"{HERE / 'trace-app-frame'}:12132"
        for unwinder in ("libunwind", "glibc"):
            with self.subTest(unwinder=unwinder):
                trace = record(f"reload={files}", UNWINDER=unwinder)
                # Else it tests nothing.
                places = trace.output.split()
                self.assertEqual((len(places), len(set(places))), (5, 1))
                found = trace.of("hit_stack")
                # That without unwind information: the hit and the file's.
                blind = found.pop(3)
                self.assertEqual(names(trace, blind), ["hit"])
                self.assertEqual((len(blind.frames), blind.truncated), (2, "1"))
                for stack in found:
                    seen = [n for n in names(trace, stack) if n != "reload_case"]
                    self.assertEqual(seen, ["hit", "reload_call", "main"])
                    self.assertEqual(stack.frames, found[0].frames)
                    self.assertEqual(stack.truncated, "0")


class Replaced(unittest.TestCase):
    """Functions that the program has versions of its own of."""

    def test_each_unwinder_calls_its_own(self) -> None:
        spy = str(HERE / "stacks-spy.so")
        stack, *_ = record("qsort", UNWINDER="libunwind", preload=spy).of("hit_stack")
        self.assertEqual((len(stack.frames), stack.truncated), (1, "1"))
        self.assertEqual(int(stack.addr, 16), stack.frames[0])
        stack, *_ = record("qsort", UNWINDER="glibc", preload=spy).of("hit_stack")
        self.assertGreater(len(stack.frames), 4)
        self.assertEqual(stack.truncated, "0")

    @tap.unless_sanitized("they walk files before the first constructor")
    def test_awaits_inside_of_a_capture_do_no_harm(self) -> None:
        hook = str(HERE / "stacks-hook.so")
        for unwinder in ("libunwind", "glibc"):
            with self.subTest(unwinder=unwinder):
                trace = record("qsort", UNWINDER=unwinder, preload=hook)
                (stack,) = trace.of("hit_stack")
                self.assertEqual(names(trace, stack)[:2], ["hit", "qsort_compare"])
                self.assertEqual(names(trace, stack)[-1], "main")
                self.assertEqual(stack.truncated, "0")

    def test_a_capture_inside_of_a_capture_is_empty(self) -> None:
        for unwinder in ("libunwind", "glibc"):
            with self.subTest(unwinder=unwinder):
                out = command(INNER, LIBAWAIT_TRACE_UNWINDER=unwinder)
                self.assertEqual(out.splitlines(), ["whole", "whole", "empty"])


class Options(unittest.TestCase):
    def said(self, **env: str) -> list[str]:
        done = subprocess.run(
            [str(APP)],
            env=os.environ | {"LIBAWAIT_TRACE": "1"} | env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, 0)
        return done.stderr.splitlines()

    def test_right_ones_are_silent(self) -> None:
        for depth in ("1", "64", "007"):
            self.assertEqual(self.said(LIBAWAIT_TRACE_DEPTH=depth), [])
        for unwinder in ("libunwind", "glibc"):
            self.assertEqual(self.said(LIBAWAIT_TRACE_UNWINDER=unwinder), [])

    def test_a_wrong_one_is_a_line(self) -> None:
        for depth in ("0", "65", "-1", "", "3x", " 3", "4294967297", "a\nb"):
            with self.subTest(depth=depth):
                shown = depth.replace("\n", "?")
                self.assertEqual(
                    self.said(LIBAWAIT_TRACE_DEPTH=depth),
                    [
                        f"await: LIBAWAIT_TRACE_DEPTH: {shown}: "
                        "no number from 1 to 64, taking 64"
                    ],
                )
        for unwinder in ("", "gdb", "glibc ", "LIBUNWIND"):
            with self.subTest(unwinder=unwinder):
                self.assertEqual(
                    self.said(LIBAWAIT_TRACE_UNWINDER=unwinder),
                    [
                        f"await: LIBAWAIT_TRACE_UNWINDER: {unwinder}: "
                        "not libunwind or glibc, taking libunwind"
                    ],
                )

    def test_wrong_ones_are_as_if_not_set(self) -> None:
        trace = record("deep=100", DEPTH="65", UNWINDER="gdb")
        (stack,) = trace.of("hit_stack")
        self.assertEqual((len(stack.frames), stack.truncated), (STACK_MAX, "1"))
        spy = str(HERE / "stacks-spy.so")
        stack, *_ = record("qsort", UNWINDER="gdb", preload=spy).of("hit_stack")
        self.assertEqual(len(stack.frames), 1)


if __name__ == "__main__":
    sessiond = start_daemon()
    try:
        tap.main()
    finally:
        sessiond.terminate()
        sessiond.wait(20)
