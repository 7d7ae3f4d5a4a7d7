# SPDX-License-Identifier: MIT
"""What libawait is from outside: its dependencies, symbols, headers, debug
section, and an installed tree that a user can build against.

AWAIT_BUILD is the build directory; CC is the compiler it was built with.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["AWAIT_BUILD"])
CC = os.environ["CC"].split()
LIBRARY = BUILD / "src/libawait/libawait.so.0.1.0"
PUBLIC = TOP / "include/await"
HEADERS = sorted(str(p.relative_to(PUBLIC)) for p in PUBLIC.rglob("*.h"))
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def exports() -> dict[Path, set[str]]:
    """The libraries, and what their maps let out."""
    maps = {
        LIBRARY: "src/libawait/libawait.map",
        BUILD
        / "src/libawait-test/libawait-test.so": "src/libawait-test/libawait-test.map",
    }
    return {
        library: set(re.findall(r"^\t(await_\w+);$", (TOP / path).read_text(), re.M))
        for library, path in maps.items()
    }


class Library(unittest.TestCase):
    def test_depends_on_libc_alone(self) -> None:
        # libc itself needs libgcc, to cancel threads.
        needed = re.findall(r"NEEDED.*\[(.*)\]", command("readelf", "-d", LIBRARY))
        self.assertLessEqual(set(needed), {"libc.so.6", "libgcc_s.so.1"})

    def test_exports_what_the_map_names(self) -> None:
        for library, wanted in exports().items():
            table = command("nm", "-D", "--defined-only", library)
            found = set(re.findall(r" [TDBR] (\w+)@@AWAIT\w*_0", table))
            self.assertEqual(found, wanted)

    def test_every_export_is_declared(self) -> None:
        text = "".join((PUBLIC / h).read_text() for h in HEADERS)
        for path in ("src/abi/debug.h", "src/libawait-test/recorder/event_ring.h"):
            text += (TOP / path).read_text()
        names = set().union(*exports().values())
        self.assertLessEqual({"await_core_wait", "await_trace_begin"}, names)
        for name in names:
            self.assertRegex(text, rf"\b{name}\b")

    def test_stripped_library_keeps_the_debug_section(self) -> None:
        with tempfile.TemporaryDirectory() as tmp:
            stripped = Path(tmp) / "libawait.so"
            command("strip", "-o", stripped, LIBRARY)
            sections = command("readelf", "-SW", stripped)
            self.assertIn(" .await_debug ", sections)
            self.assertNotIn(" .debug_info ", sections)


class Headers(unittest.TestCase):
    def compile_alone(self, compiler: list[str], *flags: str) -> None:
        self.assertLessEqual({"await.h", "test.h", "test/match.h"}, set(HEADERS))
        for header in HEADERS:
            with tempfile.TemporaryDirectory() as tmp:
                source = Path(tmp) / "alone.c"
                text = f"#include <await/{header}>\n" * 2
                source.write_text(text + "extern int something;\n")
                command(
                    *compiler, *flags, *WARNINGS, f"-I{TOP}/include", "-c", source,
                    "-o", Path(tmp) / "alone.o",
                )  # fmt: skip

    def test_alone_in_c11_and_c17(self) -> None:
        for std in ("c11", "gnu11", "c17"):
            self.compile_alone(CC, f"-std={std}")

    def test_alone_in_cxx17(self) -> None:
        compiler = "clang++" if "clang" in CC[-1] else "g++"
        self.compile_alone([compiler], "-std=c++17", "-x", "c++")


class Documents(unittest.TestCase):
    def test_building_quotes_the_packages(self) -> None:
        page = (TOP / "docs/building.md").read_text()
        blocks = re.findall(r"^```\n(.*?)```", page, re.S | re.M)
        names = "packages.txt", "packages-bench.txt", "packages-long.txt"
        for quoted, name in zip(blocks, names):
            lines = (TOP / name).read_text().splitlines()
            packages = [li.split()[0] for li in lines if li and li[0] != "#"]
            self.assertEqual(quoted.split(), packages, name)
        self.assertEqual(len(blocks), len(names))


class Installed(unittest.TestCase):
    """The README's way: pkg-config against an installed tree."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.tmp = tempfile.TemporaryDirectory()
        cls.root = Path(cls.tmp.name)
        command("meson", "install", "-C", BUILD, "--no-rebuild",
                "--destdir", cls.root)  # fmt: skip
        cls.pc = next(cls.root.rglob("await.pc")).parent

    @classmethod
    def tearDownClass(cls) -> None:
        cls.tmp.cleanup()

    def flags(self, *packages: str) -> list[str]:
        out = command(
            "pkg-config", "--cflags", "--libs", *packages,
            PKG_CONFIG_PATH=str(self.pc), PKG_CONFIG_SYSROOT_DIR=str(self.root),
            PKG_CONFIG_ALLOW_SYSTEM_CFLAGS="1", PKG_CONFIG_ALLOW_SYSTEM_LIBS="1",
        )  # fmt: skip
        return out.split()

    def build_and_run(self, source: str, *packages: str) -> str:
        path, program = self.root / "user.c", self.root / "user"
        path.write_text(source + "\n")
        command(*CC, *WARNINGS, path, *self.flags(*packages), "-o", program)
        library = next(self.root.rglob("libawait.so.0")).parent
        return command(program, LD_LIBRARY_PATH=str(library))

    def test_readme_example(self) -> None:
        readme = (TOP / "README.md").read_text()
        source = re.search(r"```c\n(.*?)```", readme, re.S)
        assert source
        output = re.search(r"prints\n\n```\n(.*?)```", readme, re.S)
        assert output
        self.assertEqual(self.build_and_run(source.group(1), "await"), output.group(1))

    def test_header_example(self) -> None:
        text = (PUBLIC / "await.h").read_text()
        block = re.search(r" \*     #include.*?\n \*     }\n", text, re.S)
        assert block
        source = re.sub(r"^ \*(     )?", "", block.group(0), flags=re.M)
        body = "\nstatic int fetch(struct page *out, const char *path, int depth)\n"
        body += "{ (void)path; out->lines = depth; return 0; }\n"
        self.build_and_run(source + body, "await")

    def test_versions_agree(self) -> None:
        """The header's, the library's, pkg-config's and that of meson.build."""
        source = """
            #include <await/await.h>
            #include <stdio.h>
            _Static_assert(AWAIT_VERSION_OF(1, 0, 0) > AWAIT_VERSION_OF(0, 99, 99), "");
            #if AWAIT_VERSION < AWAIT_VERSION_OF(0, 1, 0)
            #error "of no use in #if"
            #endif
            int main(void)
            {
                printf("%s %d.%d.%d %d\\n", AWAIT_VERSION_STRING,
                       AWAIT_VERSION_MAJOR, AWAIT_VERSION_MINOR,
                       AWAIT_VERSION_PATCH, await_version() == AWAIT_VERSION);
                return 0;
            }"""
        version = command("pkg-config", "--modversion", self.pc / "await.pc").strip()
        info = json.loads(command("meson", "introspect", "--projectinfo", BUILD))
        self.assertEqual(info["version"], version)
        said = self.build_and_run(source, "await")
        self.assertEqual(said, f"{version} {version} 1\n")

    def test_await_trace_brings_await(self) -> None:
        flags = self.flags("await-trace")
        self.assertIn("-lawait-trace", flags)
        self.assertIn("-lawait", flags)

    def test_command_and_gdb_files_are_there(self) -> None:
        names = {p.name for p in self.root.rglob("*")}
        includes = next(self.root.rglob("include/await"))
        installed = {str(p.relative_to(includes)) for p in includes.rglob("*.h")}
        self.assertEqual(installed, set(HEADERS))
        for name in (
            "awaitctl",
            "libawait.so.0.1.0-gdb.py",
            "await.h",
            "libawait.a",
            "libawait-lttng.so.0",
        ):
            self.assertIn(name, names)


if __name__ == "__main__":
    tap.main()
