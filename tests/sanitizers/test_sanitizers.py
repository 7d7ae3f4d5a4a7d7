# SPDX-License-Identifier: MIT
"""Users' programs with sanitizers, and the library as it is installed: without.

Programs that do nothing wrong are quiet, and mistakes are reported at their place.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from sample import spread  # noqa: E402

HERE = Path(__file__).resolve().parent
LIBRARY = Path(os.environ["LIBAWAIT"]).parent
CC = os.environ["CC"].split()
IS_CLANG = "clang" in CC[-1]
OTHER = "gcc" if IS_CLANG else "clang"
# What a sanitizer says where it cannot run at all: "unexpected memory mapping" on
# a kernel that is too new for it, and where nobody may be traced.
CANNOT_RUN = ["FATAL: ThreadSanitizer", "LeakSanitizer has encountered a fatal error"]


class Sanitizer(unittest.TestCase):
    """Builds programs with `sanitizer`, and runs them."""

    sanitizer = ""
    cc = CC
    cxx = ["clang++" if IS_CLANG else "g++"]

    @classmethod
    def setUpClass(cls) -> None:
        cls.tmp = tempfile.TemporaryDirectory()
        cls.built: set[str] = set()
        cls.addClassCleanup(cls.tmp.cleanup)
        if not shutil.which(cls.cc[-1]):
            raise unittest.SkipTest(f"no {cls.cc[-1]}")
        nothing = Path(cls.tmp.name, "nothing.c")
        nothing.write_text("int main(void) { return 0; }\n")
        built = cls.compile(nothing)
        if built.returncode:
            why = built.stderr.partition("\n")[0]
            raise unittest.SkipTest(f"no -fsanitize={cls.sanitizer}: {why}")
        ran = cls.run_program("nothing")
        if any(text in ran.stderr for text in CANNOT_RUN):
            raise unittest.SkipTest(f"it cannot run here: {ran.stderr}")

    @classmethod
    def compile(cls, source: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *([*cls.cxx, "-std=c++17"] if source.suffix == ".cc" else cls.cc),
                *("-g", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread"),
                *(f"-fsanitize={cls.sanitizer}", f"-I{HERE.parent.parent}/include"),
                *(source, "-o", f"{cls.tmp.name}/{source.stem}"),
                *(f"-L{LIBRARY}", "-lawait", f"-Wl,-rpath,{LIBRARY}"),
            ],
            capture_output=True,
            text=True,
            timeout=300,
        )

    @classmethod
    def run_program(cls, *command: str, debug: str = "") -> subprocess.CompletedProcess:
        program, *args = command
        return subprocess.run(
            [f"{cls.tmp.name}/{program}", *args],
            env={**os.environ, "LIBAWAIT_DEBUG": debug},
            capture_output=True,
            text=True,
            timeout=100,
        )

    def build(self, name: str, end: str = "c") -> None:
        """Once for all tests of a sanitizer."""
        if name not in self.built:
            self.assertEqual(self.compile(HERE / f"{name}.{end}").stderr, "")
            self.built.add(name)

    def assert_quiet(self, *command: str, debug: str = "", out: str = "") -> None:
        ran = self.run_program(*command, debug=debug)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, out, ""))

    def assert_says(self, text: str, *command: str, debug: str = "") -> None:
        ran = self.run_program(*command, debug=debug)
        self.assertRegex(ran.stderr + self.places(command[0], ran.stderr), text)
        self.assertNotEqual(ran.returncode, 0)

    def places(self, program: str, report: str) -> str:
        """Those that a report has as offsets, which clang's are without LLVM's
        symbolizer."""
        offsets = re.findall(rf"{program}\+(0x[0-9a-f]+)\)", report)
        if not offsets:
            return ""
        path = f"{self.tmp.name}/{program}"
        done = subprocess.run(
            ["addr2line", "--pretty-print", "--functions", "-e", path, *offsets],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    def assert_cpp_is_quiet(self) -> None:
        """Programs of the contract, which cover <await/await.hpp>."""
        for name in spread(("cxx", "cxx_handles"), 1, "programs of the contract"):
            source = HERE.parent / f"contract/{name}.cc"
            self.assertEqual(self.compile(source).stderr, "")
            for debug in ("", "args"):
                with self.subTest(name=name, debug=debug):
                    ran = self.run_program(name, debug=debug)
                    self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran.stdout)


class Thread(Sanitizer):
    sanitizer = "thread"

    def test_threads_that_libawait_orders_are_quiet(self) -> None:
        self.build("threads")
        for debug in ("", "check", "args", "check,args"):
            with self.subTest(debug=debug):
                self.assert_quiet("threads", debug=debug)

    def test_runs_that_do_not_return_are_ordered(self) -> None:
        self.build("left", "cc")
        for way in ("throw", "longjmp", "pthread_exit"):
            with self.subTest(way=way):
                self.assert_quiet("left", way)

    def test_lazy_globals_are_quiet(self) -> None:
        self.build("lazy_globals")
        self.assert_quiet("lazy_globals")

    def test_awaits_of_cpp_are_ordered(self) -> None:
        self.assert_cpp_is_quiet()

    def test_sinks_are_ordered(self) -> None:
        self.build("sink")
        self.assert_quiet("sink")

    def test_a_race_on_what_a_value_points_to_is_reported(self) -> None:
        self.build("race")
        self.assert_says(r"data race(.*\n)+.*race\.c:39", "race")


class Leak(Sanitizer):
    sanitizer = "leak"

    def setUp(self) -> None:
        self.build("memory")

    def test_awaits_of_cpp_are_quiet(self) -> None:
        self.assert_cpp_is_quiet()

    def test_threads_are_quiet(self) -> None:
        self.build("threads")
        self.assert_quiet("threads")

    def test_lazy_globals_are_quiet(self) -> None:
        self.build("lazy_globals")
        for debug in ("", "check"):
            with self.subTest(debug=debug):
                self.assert_quiet("lazy_globals", debug=debug)

    def test_what_awaits_hold_until_exit_is_no_leak(self) -> None:
        for debug in ("", "check", "args"):
            with self.subTest(debug=debug):
                self.assert_quiet("memory", "reachable", debug=debug, out="hello\n")


class Address(Leak):
    """Which looks for leaks, too."""

    sanitizer = "address"

    def test_what_no_await_holds_any_more_is_a_leak(self) -> None:
        self.assert_says(
            "500 byte.s. in 100 object.s. allocated", "memory", "leak", debug="check"
        )

    def test_a_value_that_is_read_after_the_last_reference(self) -> None:
        self.assert_says(
            r"use-after-poison(.*\n)+(.* in )?after_end .*memory\.c",
            *("memory", "after-end"),
            debug="check",
        )

    def test_slots_that_are_used_again_are_quiet(self) -> None:
        for debug in ("", "check"):
            with self.subTest(debug=debug):
                self.assert_quiet("memory", "reuse", debug=debug, out="used again\n")

    def test_a_stale_handle_is_told_by_libawait(self) -> None:
        ran = self.run_program("memory", "stale", debug="check")
        self.assertIn("await: await_wait: -ESTALE", ran.stderr)
        self.assertNotIn("AddressSanitizer", ran.stderr)


class OtherThread(Thread):
    """The library is compiled by one compiler, the program by another."""

    cc = [OTHER]
    cxx = ["g++" if IS_CLANG else "clang++"]


class OtherLeak(Leak):
    cc = [OTHER]
    cxx = ["g++" if IS_CLANG else "clang++"]


class OtherAddress(Address):
    cc = [OTHER]
    cxx = ["g++" if IS_CLANG else "clang++"]


if __name__ == "__main__":
    tap.main()
