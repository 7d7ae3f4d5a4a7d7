# SPDX-License-Identifier: MIT
"""Backtraces of threads without libawait's frames, and where a thread is.

    >>> position(4711)
    'count () at main.c:12'

The thread and frame that the user has selected stay selected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import gdb  # type: ignore

from awaitgdb.threads import find_thread
from awaitmodel.await_text import file_name
from awaitmodel.printable import printable

# A damaged stack may have no end.
_DEPTH = 1000

# Libraries of the system, which may have debug information, too.
_SYSTEM = (
    "libc.",
    "libc-",
    "ld-",
    "ld64",
    "libm.",
    "libpthread",
    "libstdc++",
    "libgcc",
)

# libc's symbols have prefixes before the name that a program calls.
_PREFIXES = "^_*(GI_+|libc_)?_*"


class Frame(NamedTuple):
    """One line of a backtrace. place: file:line, if there is debug information. ours:
    in libawait. system: in a library of the system."""

    number: int
    function: str
    place: str | None
    sp: int
    ours: bool
    system: bool

    def __str__(self) -> str:
        if self.function.startswith("<"):
            return self.function  # <signal handler called>
        if self.system:
            return f"{re.sub(_PREFIXES, '', self.function)} ()"
        return f"{self.function} ()" + (f" at {self.place}" if self.place else "")


def position(tid: int) -> str | None:
    """Where the thread is: its innermost frame of the program that has source code,
    after the function that it has called, if that is not of the program. Without such
    a frame it is what has been called last, but not by the system itself: newer C
    libraries have functions of their own below pause(). None if gdb does not see its
    stack."""
    frames = backtrace(tid)
    inner: Frame | None = None
    for frame in frames:
        if frame.place and not frame.ours and not frame.system:
            if inner is None:
                return str(frame)
            return f"{inner}, called by {frame}"
        inner = frame
    called = (frame for frame, by_system in _with_callers(frames) if not by_system)
    return str(next(called)) if frames else None


def of_program(frames: list[Frame]) -> list[Frame]:
    """Without libawait's frames, and of the system's only those that the program has
    called."""
    return [
        frame
        for frame, by_system in _with_callers(frames)
        if not frame.ours and not by_system
    ]


def _with_callers(frames: list[Frame]) -> Iterator[tuple[Frame, bool]]:
    """Each frame, and whether the system has called its own function there."""
    for frame, caller in zip(frames, [*frames[1:], None]):
        yield frame, bool(frame.system and caller and caller.system)


def backtrace(tid: int, until: int | None = None) -> list[Frame]:
    """The frames of a thread, innermost first; with `until` only those inside that
    address on the stack. Empty if gdb does not see them."""
    with _thread(tid) as found:
        return list(_walk(until)) if found else []


def _walk(until: int | None) -> Iterator[Frame]:
    try:
        frame: gdb.Frame | None = gdb.newest_frame()
        while frame is not None and frame.level() < _DEPTH:
            sp = int(frame.read_register("sp")) & (1 << 64) - 1
            if until is not None and sp > until:
                return
            yield _frame(frame, sp)
            frame = frame.older()
    except gdb.error:
        return  # the rest of the stack cannot be read


def _frame(frame: gdb.Frame, sp: int) -> Frame:
    where = frame.find_sal()
    place = None
    if where.symtab and where.line:
        place = printable(f"{file_name(where.symtab.filename)}:{where.line}")
    name = printable(frame.name() or f"{frame.pc():#x}")
    if frame.type() == gdb.SIGTRAMP_FRAME:
        name = "<signal handler called>"
    library = _library(int(frame.pc()))
    system = library.startswith(_SYSTEM)
    return Frame(frame.level(), name, place, sp, "libawait" in library, system)


def _library(pc: int) -> str:
    """The name of the library's file; empty for the program itself."""
    return file_name(str(gdb.current_progspace().solib_name(pc) or ""))  # type: ignore


@contextmanager
def _thread(tid: int) -> Iterator[bool]:
    """Selects a thread for a while; False if gdb does not know it."""
    before = gdb.selected_thread()
    frame = None
    try:
        frame = gdb.selected_frame()
    except gdb.error:
        pass
    thread = find_thread(tid)
    if thread is None:
        yield False
        return
    try:
        thread.switch()
        yield True
    finally:
        if before and before.is_valid():
            before.switch()
        if frame and frame.is_valid():
            frame.select()
