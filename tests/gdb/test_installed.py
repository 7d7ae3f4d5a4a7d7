# SPDX-License-Identifier: MIT
"""The scripts as they are installed: all of them, with bytecode that gdb believes,
and nothing that it writes or that an uninstall leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from command import command  # noqa: E402
from gdbtest import BUILD, SECONDS, check  # noqa: E402

SOURCES = Path(__file__).resolve().parents[2] / "gdb"


class Installed(unittest.TestCase):
    def setUp(self) -> None:
        self.tmp = tempfile.TemporaryDirectory()
        self.addCleanup(self.tmp.cleanup)
        self.root = Path(self.tmp.name).resolve()
        command("meson", "install", "-C", BUILD, "--no-rebuild",
                "--destdir", self.root)  # fmt: skip
        self.folder = next(self.root.rglob("libawait/gdb"))
        (stub,) = self.root.rglob("libawait.so.*-gdb.py")
        # It names the folder as it is without --destdir.
        final = Path("/") / self.folder.relative_to(self.root)
        self.stub = self.root / "stub.py"
        self.stub.write_text(stub.read_text().replace(str(final), str(self.folder)))

    def loaded(self) -> str:
        """What Python tells of the scripts that gdb loads."""
        environment = {"PYTHONVERBOSE": "1", "PYTHONDONTWRITEBYTECODE": ""}
        ran = subprocess.run(
            ["gdb", "-nx", "-q", "-batch", "-iex", "set auto-load no"]
            + ["-ex", f"source {self.stub}", "-ex", "help await"],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        return check(ran.stdout)

    def files(self) -> set[Path]:
        return {path for path in self.folder.rglob("*") if path.is_file()}

    def test_all_scripts(self) -> None:
        for package in ("awaitmodel", "awaitgdb", "awaitlldb"):
            found = {path.name for path in (self.folder / package).glob("*.py")}
            wanted = {path.name for path in (SOURCES / package).glob("*.py")}
            self.assertEqual(found, wanted)

    def test_gdb_takes_the_bytecode(self) -> None:
        before = self.files()
        output = self.loaded()
        self.assertIn("\nLook at awaits: ", output)
        for package in ("awaitmodel", "awaitgdb"):
            for path in (self.folder / package).glob("*.py"):
                taken = rf"{package}/__pycache__/{path.stem}\.\S+\.pyc"
                self.assertRegex(output, f"# code object from '.*/{taken}'")
        self.assertNotIn(f"# code object from {self.folder}", output)
        self.assertEqual(self.files(), before)

    def test_an_edited_script_counts(self) -> None:
        edited = self.folder / "awaitgdb/error_line.py"
        with edited.open("a") as script:
            script.write('print("edited")\n')
        # As packages do: the time tells nothing.
        os.utime(edited, (0, 0))
        self.assertIn("\nedited\n", self.loaded())

    def test_uninstall_knows_all(self) -> None:
        told = json.loads(command("meson", "introspect", "--installed", BUILD))
        known = {self.root / path.lstrip("/") for path in told.values()}
        self.assertEqual(self.files() - known, set())


if __name__ == "__main__":
    tap.main()
