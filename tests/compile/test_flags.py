# SPDX-License-Identifier: MIT
"""The headers in other people's builds: not one warning, with -I and as system
headers, by the standards that docs/building.md names and with the warnings of other
projects. user.c uses each macro.
"""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from compiler import CC, CXX, IS_CLANG, compile, errors  # noqa: E402
from sample import spread  # noqa: E402

USER = (Path(__file__).resolve().parent / "user.c").read_text()

# What they compile C with: git's DEVELOPER=1, redis 7, jq 1.6, tools/ of Linux,
# systemd 257. Less what neither compiler warns of.
PROJECTS = {
    "git": "-std=gnu99 -Wall -pedantic -Wpedantic -Wdeclaration-after-statement "
    "-Wformat-security -Wold-style-definition -Woverflow -Wpointer-arith "
    "-Wstrict-prototypes -Wunused -Wvla -Wwrite-strings -fno-common "
    "-Wunreachable-code -Wextra -Wmissing-prototypes -Wno-empty-body "
    "-Wno-missing-field-initializers",
    "redis": "-std=c11 -pedantic -Wall -W -Wno-missing-field-initializers "
    "-Werror=deprecated-declarations -Wstrict-prototypes",
    "redis 5": "-std=c99 -pedantic -Wall -W -Wno-missing-field-initializers",
    "jq": "-std=gnu99 -Wextra -Wall -Wno-missing-field-initializers "
    "-Wno-unused-parameter -Wno-unused-function",
    "Linux": "-std=gnu11 -Wall -Wextra -Wbad-function-cast "
    "-Wdeclaration-after-statement -Wformat-security -Wformat-y2k -Winit-self "
    "-Wmissing-declarations -Wmissing-prototypes -Wnested-externs "
    "-Wno-system-headers -Wold-style-definition -Wpacked -Wredundant-decls -Wshadow "
    "-Wstrict-prototypes -Wswitch-default -Wswitch-enum -Wundef -Wwrite-strings "
    "-Wformat -Wstrict-aliasing=3",
    "systemd": "-std=gnu17 -Wall -Wextra -Wdate-time -Wendif-labels "
    "-Werror=format=2 -Werror=implicit-function-declaration -Werror=implicit-int "
    "-Werror=incompatible-pointer-types -Werror=int-conversion -Werror=overflow "
    "-Werror=missing-declarations -Werror=missing-prototypes "
    "-Werror=return-type -Werror=shift-count-overflow -Werror=undef -Wfloat-equal "
    "-Winit-self -Wmissing-include-dirs -Wmissing-noreturn -Wnested-externs "
    "-Wold-style-definition -Wpointer-arith -Wredundant-decls -Wshadow "
    "-Wstrict-aliasing=2 -Wstrict-prototypes -Wunused-function -Wwrite-strings "
    "-fno-common -fstack-protector-strong",
}
# What else there is, for both languages.
STRICTEST = (
    "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual "
    "-Wcast-align -Wundef -Wredundant-decls -Wwrite-strings -Wmissing-declarations "
    "-Wpointer-arith -Wvla -Wfloat-equal -Wswitch-default -Wswitch-enum"
).split()
C_ONLY = (
    "-Wstrict-prototypes -Wold-style-definition -Wnested-externs -Wbad-function-cast "
    "-Wc++-compat -Wmissing-prototypes -Wdeclaration-after-statement"
).split()
CXX_ONLY = (
    "-Wold-style-cast -Wzero-as-null-pointer-constant -Wextra-semi "
    "-Woverloaded-virtual -Wnon-virtual-dtor"
).split()
GCC_ONLY = ["-Wlogical-op", "-Wduplicated-branches", "-Wduplicated-cond"]

# As system headers they are said less of: the first finds more.
WAYS = spread(("-I", "-isystem"), 1, "ways of including")

C_STANDARDS = "c99 gnu99 c11 gnu11 c17 gnu17 gnu2x".split()
CXX_STANDARDS = "c++11 c++14 c++17 gnu++20 c++2b".split()


class Flags(unittest.TestCase):
    def quiet(self, compiler: list[str], *flags: str) -> None:
        for how in WAYS:
            with self.subTest(" ".join([how, *flags])):
                self.assertEqual(compile(compiler, USER, *flags, how=how), "")

    def test_c_of_every_standard(self) -> None:
        own = [] if IS_CLANG else [*GCC_ONLY, "-Wjump-misses-init"]
        for standard in C_STANDARDS:
            self.quiet(CC, f"-std={standard}", *STRICTEST, *C_ONLY, *own)

    def test_cpp_of_every_standard(self) -> None:
        own = [] if IS_CLANG else [*GCC_ONLY, "-Wuseless-cast"]
        for standard in CXX_STANDARDS:
            self.quiet(CXX, f"-std={standard}", *STRICTEST, *CXX_ONLY, *own)

    def test_as_other_projects(self) -> None:
        for flags in PROJECTS.values():
            self.quiet(CC, *flags.split(), "-Wno-unknown-warning-option")

    def test_optimized(self) -> None:
        self.quiet(CC, "-O2", "-Wall", "-Wextra", "-Wnull-dereference")

    def test_with_the_thread_sanitizer(self) -> None:
        """For which the headers declare and call more."""
        thread = "-fsanitize=thread"
        for standard in ("c99", "gnu2x"):
            self.quiet(CC, f"-std={standard}", thread, *STRICTEST, *C_ONLY)
        for standard in ("c++11", "c++2b"):
            self.quiet(CXX, f"-std={standard}", thread, *STRICTEST, *CXX_ONLY)

    def test_as_system_headers(self) -> None:
        for compiler, standard in (CC, "c99"), (CXX, "c++11"):
            said = compile(compiler, USER, f"-std={standard}", how="-isystem")
            self.assertEqual(said, "")

    def test_what_is_younger_than_the_least_standard(self) -> None:
        """C99 it is, which the first line says."""
        self.assertRegex(errors(compile(CC, USER, "-std=c90"))[0], "C99")
        self.assertEqual(compile(CC, USER, "-std=gnu90", "-Wall"), "")


if __name__ == "__main__":
    tap.main()
