# SPDX-License-Identifier: MIT
"""awaitctl gdb: a gdb that has libawait's commands from its first prompt on,
though nothing tells it that it may read scripts from here."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
import unittest

from harness import APP, AWAITCTL, run

import tap

GDB = ("-nx", "-q", "-batch")


class Gdb(unittest.TestCase):
    def gdb(self, *args: object, **options: object) -> str:
        done = run(AWAITCTL, "gdb", *GDB, *args, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        for trouble in ("Traceback", "Undefined", "declined"):
            self.assertNotIn(trouble, done.stdout + done.stderr)
        return done.stdout

    def test_knows_the_commands_without_a_program(self) -> None:
        said = self.gdb("-ex", "help info awaits", "-ex", "help await")
        self.assertIn("Look at awaits: ", said)

    def test_shows_the_awaits_of_a_program(self) -> None:
        commands = ["break square", "run", "info awaits"]
        typed = [word for one in commands for word in ("-ex", one)]
        said = self.gdb(*typed, "--args", APP, "exit", 0)
        self.assertRegex(said, r"(?m)^#\d+ +running +int +square\(")

    def test_library_beside_its_script(self) -> None:
        """As gdb reads the script once more, with the library."""
        library = os.environ["LIBAWAIT"]
        self.assertTrue(pathlib.Path(f"{library}-gdb.py").is_file())
        self.assertIn("awaits", self.gdb("-ex", "help info awaits", library))

    def test_status_and_input_are_of_gdb(self) -> None:
        done = run(AWAITCTL, "gdb", "-nx", "-q", input="print 6 * 7\nquit 3\n")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("= 42\n", done.stdout)

    def test_help(self) -> None:
        for option in "--help", "-h":
            done = run(AWAITCTL, "gdb", option)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("awaitctl gdb [ARGUMENT]...", done.stdout)


class Missing(unittest.TestCase):
    """One line each."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)

    def test_gdb(self) -> None:
        done = run(AWAITCTL, "gdb", APP, env={**os.environ, "PATH": str(self.dir)})
        self.assertEqual(
            (done.returncode, done.stderr),
            (1, "awaitctl: gdb is not installed: on Debian it is in the package gdb\n"),
        )

    def test_scripts(self) -> None:
        alone = self.dir / "a" / "b" / "awaitctl"
        alone.parent.mkdir(parents=True)
        shutil.copy(AWAITCTL, alone)
        done = run(alone, "gdb", APP)
        if done.returncode == 0:
            self.skipTest("libawait is installed here: its scripts are found")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(
            done.stderr,
            r"\Aawaitctl: cannot read libawait's commands for gdb, "
            r"/\S+/gdb/auto-load/\S+-gdb.py: No such file or directory; "
            r"install libawait again\n\Z",
        )


if __name__ == "__main__":
    tap.main()
