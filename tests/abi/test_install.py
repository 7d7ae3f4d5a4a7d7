# SPDX-License-Identifier: MIT
"""What a newcomer is told: the packages that README names, where libawait goes,
and what `meson install` says at its end.

AWAIT_BUILD is the build directory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["AWAIT_BUILD"])
SCRIPT = TOP / "src/install/left_to_do.py"


class Documents(unittest.TestCase):
    def test_readme_names_the_packages_of_users(self) -> None:
        """Those of packages.txt up to what tests need, in that order."""
        listed = (TOP / "packages.txt").read_text().partition("\n# to test\n")[0]
        rows = [line.split()[0] for line in listed.splitlines() if line]
        packages = [name for name in rows if name != "#"]
        self.assertIn("gdb", packages)
        readme = re.sub(r"\\\n", "", (TOP / "README.md").read_text())
        typed = re.search(r"^    apt-get install (.*)$", readme, re.M)
        assert typed
        words = typed.group(1).split()
        self.assertEqual([one for one in words if one[0] != "-"], packages)

    def test_libraries_go_where_they_are_looked_for(self) -> None:
        """In a build that says nothing of it: AWAIT_BUILD may be a distribution's."""
        with tempfile.TemporaryDirectory() as build:
            command(
                "meson", "setup", build, TOP, "-Dparts=core", "-Dtests=disabled"
            )  # fmt: skip
            told = command("meson", "introspect", "--buildoptions", build)
        values = {option["name"]: option["value"] for option in json.loads(told)}
        self.assertEqual(values["libdir"], "lib")


class LeftToDo(unittest.TestCase):
    """With a loader and a pkg-config that say what the test wants."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.tools = Path(holder.name).resolve() / "tools"
        self.prefix = self.tools.parent / "prefix"
        self.tools.mkdir()
        self.knows(cached="", searched="", pkg_config="exit 1")

    def knows(self, cached: str, searched: str, pkg_config: str) -> None:
        for name, script in {
            "ldconfig": f"[ $1 = -p ] && echo '{cached}' || echo '{searched}'",
            "pkg-config": pkg_config,
        }.items():
            (self.tools / name).write_text(f"#!/bin/sh\n{script}\n")
            (self.tools / name).chmod(0o755)

    def said(self, path: str = "", **more: str) -> list[str]:
        prefix = str(self.prefix)
        environment = {
            **os.environ,
            "PATH": f"{self.tools}:{os.environ['PATH']}:{path}",
            "MESON_INSTALL_PREFIX": prefix,
            "MESON_INSTALL_DESTDIR_PREFIX": prefix,
            **more,
        }
        environment.pop("PKG_CONFIG", None)
        # The shell has Meson's part: what the script prints goes where its
        # parent prints to.
        done = subprocess.run(
            ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, SCRIPT]
            + [f"{prefix}/lib", f"{prefix}/bin"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line.partition("  #")[0].strip() for line in done.stdout.splitlines()]

    def test_all(self) -> None:
        p = self.prefix
        self.assertEqual(
            self.said(),
            [
                "",
                f"libawait is in {p}. Left to do:",
                f"export LD_LIBRARY_PATH={p}/lib",
                f"export PKG_CONFIG_PATH={p}/lib/pkgconfig",
                f"export PATH={p}/bin:$PATH",
                "To debug: awaitctl gdb PROGRAM",
            ],
        )

    def test_loader_that_only_has_to_look(self) -> None:
        """As below /usr/local; another libawait.so is not ours."""
        p = self.prefix
        other = f"\tlibawait.so.0 (libc6,x86-64) => {p}/other/libawait.so.0"
        for cached in "", other:
            self.knows(
                cached,
                f"/usr/other:\n{p}/lib: (from /etc/ld.so.conf.d/x.conf:1)\n\tx -> y",
                f"echo {p}/lib/pkgconfig",
            )
            self.assertEqual(
                self.said(path=f"{p}/bin")[1:-1],
                [f"libawait is in {p}. Left to do:", "ldconfig"],
            )

    def test_nothing(self) -> None:
        p = self.prefix
        self.knows(
            f"\tlibawait.so.0 (libc6,x86-64) => {p}/lib/libawait.so.0",
            "",
            f"echo {p}/lib/pkgconfig",
        )
        self.assertEqual(
            self.said(path=f"{p}/bin")[1:],
            [f"libawait is in {p}.", "To debug: awaitctl gdb PROGRAM"],
        )

    def test_silent(self) -> None:
        """With DESTDIR, and with meson install --quiet."""
        staged = f"/staging{self.prefix}"
        self.assertEqual(self.said(MESON_INSTALL_DESTDIR_PREFIX=staged), [])
        self.assertEqual(self.said(MESON_INSTALL_QUIET="1"), [])


if __name__ == "__main__":
    tap.main()
