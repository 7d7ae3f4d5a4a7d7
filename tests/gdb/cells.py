# SPDX-License-Identifier: MIT
"""The matrix of what gdb may be given: app.c built in each of BUILDS, and come
upon in each of WAYS.

    build                 way
    O0, O2, lto           live     run to checkpoint()
    split-dwarf           attached it sleeps there by itself
    clang                 remote   behind gdbserver
    separate              gcore    a core that gdb wrote
    stripped              kernel   a core that the kernel wrote

    >>> program = build("clang", Path("/tmp/x"))
    >>> ask(program, "kernel", ["info awaits", "await tree"])
    ['18 awaits: ...', 'Thread 2, LWP ...']

In the last two builds libawait is a copy, as bare as the program; else it is the
one that was built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gdbtest import BUILD, LIBRARY, SECONDS, STUB, gdb, kernel_core, process

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SOURCES = ("app.c", "other.c")

# As for meson: later ones spell types otherwise.
STANDARD = ("-std=gnu11",)
BUILDS = {
    "O0": ("gcc", "-g", "-O0"),
    "O2": ("gcc", "-g", "-O2"),
    "lto": ("gcc", "-g", "-O2", "-flto"),
    "split-dwarf": ("gcc", "-g", "-O2", "-gsplit-dwarf"),
    "clang": ("clang", "-g", "-O2"),
    "separate": ("gcc", "-g", "-O2"),
    "stripped": ("gcc", "-O2"),
}
WAYS = ("live", "attached", "remote", "gcore", "kernel")

_MARK = "@@@@"

# Numbers of the system calls that pause() may be: of x86-64, and arm64's ppoll.
_PAUSE = ("34", "73")


@dataclass(frozen=True)
class Program:
    build: str
    path: Path

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def named(self) -> bool:
        """Whether gdb knows its functions and variables."""
        return self.build != "stripped"


def build(name: str, folder: Path) -> Program:
    """The program, and what belongs to it, alone in a folder."""
    compiler, *options = BUILDS[name]
    if not shutil.which(compiler):
        raise unittest.SkipTest(f"there is no {compiler}")
    program = Program(name, folder / "app")
    bare = name in ("separate", "stripped")
    if bare:
        shutil.copy(LIBRARY, folder)
        shutil.copy(STUB, folder)
        (folder / "libawait.so.0").symlink_to(LIBRARY.name)
    libraries = folder if bare else LIBRARY.parent
    # From where meson compiles, so that __FILE__ is the same. A DT_RPATH comes
    # before the LD_LIBRARY_PATH that meson sets, a DT_RUNPATH behind it.
    _run(
        *(compiler, *STANDARD, *options),
        *(f"-I{ROOT / 'include'}", "-o", program.path),
        *(os.path.relpath(HERE / source, BUILD) for source in SOURCES),
        *("-pthread", f"-L{LIBRARY.parent}", "-lawait"),
        f"-Wl,--disable-new-dtags,-rpath,{libraries}",
        cwd=BUILD,
    )
    if bare:
        for path in (program.path, folder / LIBRARY.name):
            _bare(path, kept=name == "separate")
    if name == "split-dwarf" and not list(folder.glob("*.dwo")):
        raise AssertionError("-gsplit-dwarf left no .dwo")
    return program


def _bare(path: Path, kept: bool) -> None:
    """Takes its symbols and debug information; kept: to a file beside it."""
    if kept:
        debug = Path(f"{path}.debug")
        _run("objcopy", "--only-keep-debug", path, debug)
    _run("strip", path)
    if kept:
        _run("objcopy", f"--add-gnu-debuglink={debug}", path)


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    if done.returncode:
        raise AssertionError(f"{command}: {done.stdout}")


def ask(program: Program, way: str, commands: list[str]) -> list[str]:
    """What gdb answers to each of them."""
    mark = f"echo \\n{_MARK}\\n"
    marked = [*(part for each in commands for part in (mark, each)), mark]
    output = globals()[f"_{way}"](program, marked)
    found = [text.rstrip("\n") for text in output.split(f"\n{_MARK}\n")[1:-1]]
    if len(found) != len(commands):
        raise AssertionError(f"{len(found)} answers to {len(commands)}:\n{output}")
    return found


def _gdb(program: Program, *commands: str, **more: object) -> str:
    bare = program.folder if program.build in ("separate", "stripped") else BUILD
    return gdb(*commands, program=program.path, safe=bare, **more)  # type: ignore


def _arguments(program: Program) -> tuple[str, ...]:
    """Without symbols there is no breakpoint at checkpoint()."""
    return () if program.named else ("0", "trap")


def _live(program: Program, marked: list[str]) -> str:
    way = ("break checkpoint", "run") if program.named else ("run",)
    return _gdb(program, *way, *marked, "kill", arguments=_arguments(program))


def _attached(program: Program, marked: list[str]) -> str:
    with _sleeping(program) as pid:
        return _gdb(program, f"attach {pid}", *marked, "kill")


def _remote(program: Program, marked: list[str]) -> str:
    if not shutil.which("gdbserver"):
        raise unittest.SkipTest("there is no gdbserver")
    server = " ".join(
        ("gdbserver", "--once", "-", str(program.path), *_arguments(program))
    )
    way = ("break checkpoint", "continue") if program.named else ("continue",)
    # gdb looks for no scripts beside libraries that it reads through the server.
    way = ("set sysroot /", f"target remote | {server}", *way)
    return _gdb(program, *way, *marked, "kill")


def _gcore(program: Program, marked: list[str]) -> str:
    core = program.folder / "core.gdb"
    if not core.exists():
        _live(program, [f"generate-core-file {core}"])
    return _gdb(program, *marked, core=core)


def _kernel(program: Program, marked: list[str]) -> str:
    folder = program.folder / "kernel"
    folder.mkdir()
    core = kernel_core(folder, program.path, "0", "trap")
    return _gdb(program, *marked, core=core)


@contextmanager
def _sleeping(program: Program) -> Iterator[int]:
    """A process that has called pause() in checkpoint()."""
    with process([str(program.path), "0", "pause"]) as running:
        end = time.monotonic() + SECONDS
        task = Path(f"/proc/{running.pid}/syscall")
        while task.read_text().split()[0] not in _PAUSE:
            if time.monotonic() > end:
                raise AssertionError("the program does not pause")
            time.sleep(0.01)
        yield running.pid
