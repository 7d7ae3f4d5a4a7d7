#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How the library begins: one constructor, and options before anything else.

EARLY are programs that make awaits in constructors of their own, or in
.preinit_array, with libawait.so and with libawait.a.
"""

from __future__ import annotations

import os
import re
import sys
import unittest
from pathlib import Path
from subprocess import PIPE, run

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import tap  # noqa: E402
from command import command  # noqa: E402

EARLY = os.environ["EARLY"].split()
PREINIT = [program for program in EARLY if "preinit" in program]
TRACER = os.environ["FAKE_TRACER"]
LIBRARIES = os.environ["LIBRARIES"].split()
STAYING = os.environ["STAYING"].split()
OBJECT = os.environ["LIBAWAIT_OBJECT"]
ARMED_CHECK = 1 << 31


def early(program: str, **env: str) -> tuple[str, str]:
    """What a program prints: standard output and errors."""
    done = run(
        [program], env=os.environ | env, stdout=PIPE, stderr=PIPE, text=True, timeout=60
    )
    assert done.returncode == 0, (program, done)
    return done.stdout, done.stderr


@tap.unless_sanitized("they have constructors of their own")
class Constructors(unittest.TestCase):
    def test_there_is_one_and_its_order_is_written(self) -> None:
        sections = command("readelf", "-SW", OBJECT)
        arrays = re.findall(
            r"\s(\.(?:init_array|ctors)\S*)\s+\w+\s+\S+ \S+ (\w+)", sections
        )
        # gcc pads the priority with zeros, clang does not.
        self.assertEqual(
            [(name.replace(".00101", ".101"), size) for name, size in arrays],
            [(".init_array.101", "000008")],
        )

    def test_no_library_has_another(self) -> None:
        for library in LIBRARIES:
            with self.subTest(library=Path(library).name):
                dynamic = command("readelf", "-dW", library)
                size = re.search(r"INIT_ARRAYSZ\)\s+(\d+)", dynamic)
                assert size
                # The compiler's own frame_dummy() is the second, and on aarch64
                # there is one of its atomics.
                own = 1 + (
                    "init_have_lse_atomics" in command("readelf", "-sW", library)
                )
                self.assertEqual(int(size[1]), (1 + own) * 8)

    def test_what_threads_and_forks_call_stays_loaded(self) -> None:
        # unit-closed-so sees what becomes of it otherwise.
        for library in STAYING:
            with self.subTest(library=Path(library).name):
                dynamic = command("readelf", "-dW", library)
                self.assertRegex(dynamic, r"FLAGS_1\).*NODELETE")


class Early(unittest.TestCase):
    def test_awaits_made_before_main_are_watched(self) -> None:
        for program in EARLY:
            with self.subTest(program=Path(program).name):
                out, err = early(program, LIBAWAIT_DEBUG="leaks,check")
                # -ESTALE, found by the check, which says so.
                self.assertEqual(out, "42\n-116\n")
                self.assertRegex(
                    err, r"await: await_wait: -ESTALE.* has ended: it was #\d"
                )
                self.assertIn("await: alive and never waited for: ", err)
                self.assertRegex(
                    err, r"await:    1 int answer created early\.c:\d+ in before_all"
                )
                if program in PREINIT:
                    continue  # there is no environment at their creation
                self.assertIn("await: dropped and never waited for: 1\n", err)
                self.assertRegex(
                    err, r"await:    1 int answer created early\.c:\d+ in drop_one"
                )

    def test_failing_allocations_count_from_the_first(self) -> None:
        for program in EARLY:
            if program in PREINIT:
                continue
            with self.subTest(program=Path(program).name):
                done = run(
                    [program],
                    env=os.environ | {"LIBAWAIT_DEBUG": "fail-alloc=1+"},
                    stderr=PIPE,
                    text=True,
                    timeout=60,
                )
                # Nothing could be made, also before main().
                self.assertIn("waited for NULL", done.stderr)

    def test_options_are_read_before_the_tracer_is_loaded(self) -> None:
        for program in EARLY:
            if "static" in program:
                continue  # keeps its symbols from the tracer
            with self.subTest(program=Path(program).name):
                out, _ = early(program, LIBAWAIT_DEBUG="check", LIBAWAIT_TRACE=TRACER)
                armed = re.search(r"tracer: armed (0x\w+)", out)
                assert armed, out
                self.assertTrue(int(armed[1], 16) & ARMED_CHECK, out)


if __name__ == "__main__":
    tap.main()
