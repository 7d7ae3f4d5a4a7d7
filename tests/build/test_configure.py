# SPDX-License-Identifier: MIT
"""What `meson setup` says of a system that libawait cannot be built on: one line,
before anything is compiled."""

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

TOP = Path(__file__).resolve().parent.parent.parent
# How Meson begins the line in which a project gives up.
ERROR = re.compile(r"^\S*meson\.build:\d+:\d+: ERROR: (?:Problem encountered: )?(.*)$")

BUILD = (TOP / "meson.build").read_text()
LIBRARIES = dict(re.findall(r"'([\w-]+)' : \['([\d.]+)', '[\w-]+'\]", BUILD))
COMPILERS = dict(re.findall(r"'(gcc|clang)' : '(\d+)'", BUILD))


class Case(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = Path(holder.name)

    def refused(self, *args: str, source: Path = TOP, **env: str) -> str:
        """The one line in which Meson refuses to go on."""
        done = subprocess.run(
            ["meson", "setup", str(self.dir / "build"), str(source), *args],
            env=os.environ | {"LC_ALL": "C.UTF-8"} | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        found = [m[1] for m in map(ERROR.match, done.stdout.splitlines()) if m]
        self.assertEqual(len(found), 1, done.stdout + done.stderr)
        self.assertFalse((self.dir / "build/build.ninja").exists())
        return found[0]

    def packages(self, versions: dict[str, str]) -> str:
        """A folder in which pkg-config finds these, and nothing else."""
        place = self.dir / "pc"
        place.mkdir()
        for name, version in versions.items():
            (place / f"{name}.pc").write_text(
                f"Name: {name}\nDescription: made\nVersion: {version}\nLibs:\n"
            )
        return str(place)


class Libraries(Case):
    def with_versions(self, versions: dict[str, str], *args: str) -> list[str]:
        place = self.packages(versions)
        line = self.refused(*args, PKG_CONFIG_LIBDIR=place, PKG_CONFIG_PATH=place)
        return line.split("; ")

    def test_all_are_there(self) -> None:
        self.assertGreaterEqual(
            set(LIBRARIES), {"lttng-ust", "lttng-ctl", "babeltrace2", "cmocka"}
        )

    def test_too_old(self) -> None:
        old = {name: "0.0.9" for name in LIBRARIES}
        lines = [
            f"{name} 0.0.9 is too old, {least} or later is needed"
            for name, least in LIBRARIES.items()
        ]
        self.assertEqual(sorted(self.with_versions(old)), sorted(lines))

    def test_one_is_too_old(self) -> None:
        """The least of all others, and newer ones, will do."""
        versions = LIBRARIES | {"lttng-ust": "2.12.9", "babeltrace2": "99.0"}
        self.assertEqual(
            self.with_versions(versions),
            ["lttng-ust 2.12.9 is too old, 2.13 or later is needed"],
        )

    def test_one_is_missing(self) -> None:
        versions = dict(LIBRARIES)
        versions.pop("libunwind")
        # Meson asks cmake, too, where there is one.
        (self.dir / "native").write_text("[binaries]\ncmake = '/nonexistent'\n")
        self.assertEqual(
            self.with_versions(versions, "--native-file", str(self.dir / "native")),
            ["libunwind is missing (libunwind-dev in Debian)"],
        )

    def test_core_needs_cmocka_alone(self) -> None:
        self.assertEqual(
            self.with_versions({"cmocka": "1.1.0"}, "-Dparts=core"),
            ["cmocka 1.1.0 is too old, 1.1.5 or later is needed"],
        )


class Compilers(Case):
    def compiler(self, name: str, program: str, script: str) -> str:
        """The compiler behind one that says it is of another version."""
        found = shutil.which(program)
        if not found:
            self.skipTest(f"needs {program}")
        wrapper = self.dir / name
        wrapper.write_text(f'#!/bin/sh\n{found} "$@" >{self.dir}/said\n{script}')
        wrapper.chmod(0o755)
        return str(wrapper)

    def test_gcc(self) -> None:
        # Meson takes the version from the macros.
        script = f"sed 's/define __GNUC__ .*/define __GNUC__ 9/' {self.dir}/said\n"
        line = self.refused(CC=self.compiler("gcc", "gcc", script))
        least = COMPILERS["gcc"]
        said = rf"gcc 9\.\S+ is too old, {least} or later is needed"
        self.assertRegex(line, rf"\A{said}\Z")

    def test_clang(self) -> None:
        script = f"sed 's/clang version [0-9]*/clang version 9/' {self.dir}/said\n"
        line = self.refused(CC=self.compiler("clang", "clang", script))
        least = COMPILERS["clang"]
        self.assertRegex(
            line, rf"\Aclang 9\.\S+ is too old, {least} or later is needed\Z"
        )


class System(Case):
    """A compiler that is told to be another system's; real ones are tried by
    tests/systems/ports."""

    def refused_by(self, args: str) -> str:
        wrapper = self.dir / "gcc"
        wrapper.write_text(f'#!/bin/sh\nexec gcc {args} "$@"\n')
        wrapper.chmod(0o755)
        # When it cross-compiles Meson runs nothing that was compiled.
        cross = self.dir / "cross"
        cross.write_text(
            f"[binaries]\nc = '{wrapper}'\nar = 'ar'\nobjcopy = 'objcopy'\n"
            "pkgconfig = 'pkg-config'\n"
            "[properties]\nneeds_exe_wrapper = true\n"
            "[host_machine]\nsystem = 'linux'\nendian = 'little'\n"
            "cpu_family = 'x86'\ncpu = 'i686'\n"
        )
        return self.refused("-Dparts=core", "--cross-file", str(cross))

    def test_32_bit_pointers(self) -> None:
        said = "libawait needs a 64-bit system: pointers have 4 bytes here"
        self.assertEqual(self.refused_by("-m32"), said)

    def test_another_c_library(self) -> None:
        """One that does not say where an address lies, as musl."""
        said = "libawait needs glibc 2.35 or later: this C library has no "
        self.assertEqual(
            self.refused_by("-D_dl_find_object=_dl_no_such_object"),
            said + "_dl_find_object()",
        )


class Version(Case):
    def test_of_meson(self) -> None:
        """It is said by Meson itself, from what project() asks for."""
        copy = self.dir / "copy"
        copy.mkdir()
        asked = re.sub(r"meson_version : '>= [\d.]+'", "meson_version : '>= 99'", BUILD)
        self.assertNotEqual(asked, BUILD)
        (copy / "meson.build").write_text(asked)
        line = self.refused(source=copy)
        self.assertRegex(line, r"Meson version is \S+ but project requires >= 99")

    def test_of_header_and_project(self) -> None:
        copy = self.dir / "copy"
        shutil.copytree(TOP / "include", copy / "include")
        for name in ("meson.build", "meson_options.txt"):
            shutil.copy(TOP / name, copy)
        header = copy / "include/await/version.h"
        text = header.read_text()
        changed = re.sub(r"(AWAIT_VERSION_PATCH) \d+", r"\1 77", text)
        self.assertNotEqual(changed, text)
        header.write_text(changed)
        line = self.refused("-Dparts=core", source=copy)
        self.assertRegex(line, r"version\.h says \d+\.\d+\.77, meson\.build \d")


class Document(unittest.TestCase):
    def test_compatibility(self) -> None:
        """docs/compatibility.md and meson.build say the same."""
        page = (TOP / "docs/compatibility.md").read_text()
        names = {
            "lttng-ust": "LTTng-UST",
            "lttng-ctl": "lttng-tools",
            "libdw": "elfutils",
            "libelf": "elfutils",
            "ncursesw": "ncurses",
        }
        found = re.search(r"meson_version : '>= ([\d.]+)'", BUILD)
        assert found
        for name, least in (LIBRARIES | COMPILERS | {"Meson": found[1]}).items():
            row = re.search(rf"^\| {names.get(name, name)} \| (\S+) \|", page, re.M)
            with self.subTest(name=name):
                assert row
                parts = len(least.split(".")[:2])
                tried = row.group(1).split(".")[:parts]
                self.assertEqual(tried, least.split(".")[:parts])


if __name__ == "__main__":
    tap.main()
