# SPDX-License-Identifier: MIT
"""The command line: what is wrong is said in one line, and the exit status."""

from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import scan

import public
import tap


class Case(scan.Case):
    def fake_compiler(self, end: str) -> str:
        """One that names two directories, among other lines."""
        fake = self.root / "fake-cc"
        fake.write_text(
            '#!/bin/sh\n[ "$LC_ALL" = C ] || exit 1\n'
            f"printf '%s\\n' ' {self.root}/3' "
            "'#include <...> search starts here:' "
            f"' {self.root}/1' ' {self.root}/2' 'End of search list.' "
            f"' {self.root}/3' >&2\n{end}\n"
        )
        fake.chmod(0o755)
        self.tree({"1/a.h": "#include <b.h>\n", "2/b.h": "", "3/b.h": ""})
        return str(fake)


class Wrong(Case):
    def fails(self, status: int, message: str, *args: str, **more: object) -> None:
        result = self.run_hdrscan(*args, **more)  # type: ignore[arg-type]
        hints = ["Try 'hdrscan --help'."] if status == 2 else []
        self.assertEqual(result.status, status, result.errors)
        self.assertEqual(result.output, "")
        self.assertEqual(len(result.errors), 1 + len(hints), result.errors)
        self.assertRegex(result.errors[0], message)
        self.assertEqual(result.errors[1:], hints)

    def test_unknown_options(self) -> None:
        self.fails(2, "invalid option.*x", "-x")
        self.fails(2, "unrecognized option.*--xyz", "--xyz")

    def test_option_without_its_argument(self) -> None:
        for option in ("-j", "-n", "-I"):
            self.fails(2, f"option requires an argument.*{option[1]}", option)

    def test_bad_numbers(self) -> None:
        for text in ("0", "-1", "", "x", "1x", " 1", "257", "9" * 20):
            self.fails(2, f"-j wants a number from 1 to 256: {text}$", "-j", text)
        self.fails(2, "-n wants a number from 0 to 1000000: 1e3", "-n", "1e3")

    def test_no_such_directory(self) -> None:
        self.fails(1, "include directory nowhere: No such file", "-I", "nowhere")

    def test_directory_is_a_file(self) -> None:
        self.tree({"file": ""})
        self.fails(1, "include directory file: Not a directory", "-I", "file")

    def test_no_such_root(self) -> None:
        self.fails(1, "hdrscan: gone.h: No such file.*-I", "-I", ".", "gone.h")
        self.fails(1, "hdrscan: ./gone.h: ", "-I", ".", "./gone.h")

    def test_root_is_a_directory(self) -> None:
        (self.root / "d.h").mkdir()
        self.fails(1, "hdrscan: d.h: No such file", "-I", ".", "d.h")

    def test_nothing_to_scan(self) -> None:
        self.tree({"sub/a.h": ""})
        self.fails(1, r"no \*\.h directly in .*name some", "-I", ".")

    def test_no_compiler(self) -> None:
        self.fails(1, "'/nowhere/cc -E -v'.*set CC.*-I", env={"CC": "/nowhere/cc"})

    def test_compiler_is_none(self) -> None:
        self.fails(1, "'true -E -v' names no include", env={"CC": "true"})

    def test_compiler_fails(self) -> None:
        fake = self.fake_compiler("exit 1")
        self.fails(1, "fake-cc -E -v' names no include", env={"CC": fake})

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self) -> None:
        self.tree({"a.h": ""})
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run(
                [scan.PROGRAM, "-I", str(self.root)],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=scan.LIMIT,
                check=False,
            )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            done.stderr, "hdrscan: standard output: No space left on device\n"
        )


class Right(Case):
    def test_help(self) -> None:
        for option in ("-h", "--help"):
            result = self.run_hdrscan(option)
            self.assertEqual((result.status, result.errors), (0, []))
            for letter in "Ijnvh":
                self.assertIn(f"\n  -{letter} ", result.output)

    def test_root_is_a_file_beside_the_path(self) -> None:
        self.tree({"i/a.h": "a", "b.h": "bb"})
        for name in ("b.h", "./b.h", str(self.root / "b.h")):
            result = self.scan("-I", "i", name)
            self.assertEqual(result.row("b.h"), (1, 2, 1))

    def test_root_along_the_path_before_file(self) -> None:
        self.tree({"i/a.h": "along", "a.h": "here"})
        self.assertEqual(self.scan("-I", "i", "a.h").row("i/a.h").bytes, 5)

    def test_same_root_twice(self) -> None:
        self.tree({"a.h": "a"})
        result = self.scan("a.h", "a.h")
        self.assertEqual(result.totals["waits"], 2)
        self.assertEqual(result.totals["cached"], 1)

    def test_compiler_answers(self) -> None:
        fake = self.fake_compiler("exit 0")
        result = self.run_hdrscan("a.h", env={"CC": fake, "LC_ALL": "de_DE"})
        self.assertEqual(result.status, 0, result.errors)
        self.assertEqual(result.totals["found"], 2)
        self.assertIn(f"{self.root}/2/b.h", result.rows)

    def test_as_many_threads_as_asked_for(self) -> None:
        """Nobody reads what -v prints, so that all threads stop somewhere and
        can be counted."""
        text = "#include <none.h>\n" * 4
        self.tree({f"{'x' * 100}{i}.h": text for i in range(1000)})
        with subprocess.Popen(
            [scan.PROGRAM, "-v", "-I", ".", "-j", "8"],
            cwd=self.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            tasks = f"/proc/{process.pid}/task"
            end = time.monotonic() + scan.LIMIT
            while len(os.listdir(tasks)) < 1 + 8 and time.monotonic() < end:
                time.sleep(0.01)
            count = len(os.listdir(tasks))
            errors = process.communicate(timeout=scan.LIMIT)[1]
        self.assertGreaterEqual(count, 1 + 8)
        self.assertEqual(errors.count(b"\n"), 4000)


class Unreadable(scan.Case):
    """Root reads everything, so these run as nobody then."""

    def setUp(self) -> None:
        super().setUp()
        self.program, self.environment = scan.PROGRAM, dict(os.environ)
        self.user = None
        if os.geteuid() == 0:
            self.user = public.NOBODY
            holder = tempfile.TemporaryDirectory()
            self.addCleanup(holder.cleanup)
            place = pathlib.Path(holder.name)
            place.chmod(0o755)
            self.program, self.environment = public.copy(
                place, scan.PROGRAM, scan.LIBRARY
            )
        self.root.chmod(0o755)

    def run_as_user(self, *args: str) -> scan.Result:
        return self.run_hdrscan(
            *args, program=self.program, env=self.environment, user=self.user
        )

    def test_header(self) -> None:
        self.tree({"a.h": '#include "b.h"\n#include "b.h"\n', "b.h": "secret"})
        (self.root / "b.h").chmod(0)
        result = self.run_as_user("-v", "-I", ".", "a.h")
        self.assertEqual(result.status, 0)
        self.assertEqual(result.totals["missing"], 1)
        self.assertEqual(result.totals["failed"], 2)
        self.assertEqual(result.totals["bytes"], 30)
        line = f"missing: {self.root}/a.h includes {self.root}/b.h: Permission denied"
        self.assertEqual(result.errors, [line, line])

    def test_root(self) -> None:
        self.tree({"a.h": "a", "b.h": "secret"})
        (self.root / "b.h").chmod(0)
        result = self.run_as_user("-I", ".", "a.h", "b.h")
        self.assertEqual(result.status, 1)
        self.assertEqual(result.totals["files"], 1)
        self.assertEqual(
            result.errors, [f"hdrscan: {self.root}/b.h: Permission denied"]
        )

    def test_include_directory(self) -> None:
        (self.root / "d").mkdir(mode=0o700)
        (self.root / "d").chmod(0)
        result = self.run_as_user("-I", "d")
        self.assertEqual(result.status, 1)
        self.assertEqual(
            result.errors, ["hdrscan: include directory d: Permission denied"]
        )

    def test_directory_below(self) -> None:
        self.tree({"a.h": "a", "d/b.h": "b"})
        (self.root / "d").chmod(0)
        self.addCleanup((self.root / "d").chmod, 0o700)
        result = self.run_as_user("-I", ".")
        self.assertEqual(result.status, 0)
        self.assertEqual(result.totals["files"], 1)
        self.assertEqual(result.errors, [f"hdrscan: {self.root}/d: Permission denied"])


if __name__ == "__main__":
    tap.main()
