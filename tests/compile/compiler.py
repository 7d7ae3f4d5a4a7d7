# SPDX-License-Identifier: MIT
"""The compilers of a build, C and C++, for tests of what they say.

CC is the compiler of the build; LIBAWAIT is libawait.so.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
CC = os.environ["CC"].split()
IS_CLANG = "clang" in CC[-1]
CXX = ["clang++" if IS_CLANG else "g++"]

# Errors in C++, and in C since gcc 14; the first of them since clang 15.
STRICT = ["-Werror=int-conversion", "-Werror=incompatible-pointer-types"]


def is_gcc_11() -> bool:
    if IS_CLANG:
        return False
    version = subprocess.check_output([*CC, "-dumpversion"], text=True, timeout=60)
    return version.split(".")[0].strip() == "11"


# What the header says itself to all but gcc 11, which does not take its pragmas.
SAID = ["-Wno-shadow", "-Wno-redundant-decls", "-Wno-nested-externs", *STRICT]
UNSAID = SAID if is_gcc_11() else []


def compile(compiler: list[str], source: str, *flags: str, how: str = "-I") -> str:
    """What the compiler says to a source text: empty if that is nothing."""
    language = "c++" if compiler is CXX else "c"
    with tempfile.TemporaryDirectory() as tmp:
        include = [f"{how}{TOP}/include"] if how == "-I" else [how, f"{TOP}/include"]
        done = subprocess.run(
            [*compiler, "-x", language, "-fsyntax-only", *include, *flags]
            + [*(UNSAID if compiler is CC else []), "-"],
            input=source,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp,
        )
    if done.returncode and "error:" not in done.stderr:
        raise AssertionError(f"{compiler} failed: {done.stderr}")
    return done.stderr


def errors(said: str) -> list[str]:
    """The text of each error, without its place."""
    return re.findall(r"\berror: (.*)", said)


def run(compiler: list[str], source: str, *flags: str, second: str = "") -> str:
    """Compiles and links a source text, or two, and returns what the program prints."""
    library = Path(os.environ["LIBAWAIT"]).parent
    end = "cc" if compiler is CXX else "c"
    with tempfile.TemporaryDirectory() as tmp:
        program = f"{tmp}/program"
        files = [f"{tmp}/first.{end}"] + ([f"{tmp}/second.{end}"] if second else [])
        for file, text in zip(files, (source, second)):
            Path(file).write_text(text)
        done = subprocess.run(
            [
                *compiler,
                *(f"-I{TOP}/include", *flags, *files, "-o", program),
                *(f"-L{library}", "-lawait", f"-Wl,-rpath,{library}"),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise AssertionError("\n".join(errors(done.stderr)) or done.stderr)
        return subprocess.run(
            [program], capture_output=True, check=True, text=True, timeout=60
        ).stdout
