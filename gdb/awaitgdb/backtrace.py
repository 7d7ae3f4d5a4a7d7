# SPDX-License-Identifier: MIT
"""Where code addresses and threads are, in the words of source code.

    >>> place(0x401234)
    'main.c:31 in main()'
    >>> position(4711)
    'count (n=7) at main.c:12'

A thread's selection in gdb is never left changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import gdb  # type: ignore

from awaitgdb import memory, text

# Deeper than what anybody reads; a damaged stack may have no end.
_DEPTH = 1000

# What a program calls but is not: they may have debug information, too.
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


# Before the name that a program calls: libc's own symbols have other ones.
_SPELLING = re.compile("^_*(GI_+|libc_)?_*")


class Frame(NamedTuple):
    """One line of a backtrace."""

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
            return f"{_SPELLING.sub('', self.function)} ()"
        return f"{self.function} ()" + (f" at {self.place}" if self.place else "")


def place(address: int) -> str:
    """Of an instruction of a call, as libawait keeps it."""
    line = _line(address)
    function = _function(address)
    if line:
        return f"{line} in {function}()" if function else line
    return f"{function}()" if function else f"{address:#x}"


def _line(address: int) -> str | None:
    found = gdb.find_pc_line(address)
    if not found.symtab or not found.line:
        return None
    return f"{text.base(found.symtab.filename)}:{found.line}"


def _function(address: int) -> str | None:
    try:
        block = gdb.block_for_pc(address)
    except (RuntimeError, gdb.error):
        block = None
    while block and not block.function:
        block = block.superblock
    if block and block.function:
        return str(block.function.print_name)
    text = str(gdb.execute(f"info symbol {address:#x}", to_string=True))
    if text.startswith("No symbol"):
        return None
    return text.split(" in section ")[0].split(" + ")[0].strip()


def position(tid: int) -> str | None:
    """What a thread does: the innermost frame of the program's own code that has
    source, and what that called in the libraries beneath it."""
    frames = backtrace(tid)
    inner: Frame | None = None
    for frame in frames:
        if frame.place and not frame.ours and not frame.system:
            if inner is None:
                return str(frame)
            return f"{inner}, called by {frame}"
        inner = frame
    return str(frames[0]) if frames else None


def of_program(frames: list[Frame]) -> list[Frame]:
    """Without libawait's, and of the system's only what a program called."""
    outer = [*frames[1:], None]
    return [
        frame
        for frame, caller in zip(frames, outer)
        if not frame.ours and not (frame.system and caller and caller.system)
    ]


def backtrace(tid: int, until: int | None = None) -> list[Frame]:
    """The frames of a thread, innermost first; until: only those that were
    called after this place on its stack was taken. Empty if gdb does not see
    them."""
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
        place = f"{text.base(where.symtab.filename)}:{where.line}"
    name = frame.name() or f"{frame.pc():#x}"
    if frame.type() == gdb.SIGTRAMP_FRAME:
        name = "<signal handler called>"
    library = _library(int(frame.pc()))
    system = library.startswith(_SYSTEM)
    return Frame(frame.level(), name, place, sp, "libawait" in library, system)


def _library(pc: int) -> str:
    """The name of its file; empty for the program itself."""
    return text.base(str(gdb.current_progspace().solib_name(pc) or ""))  # type: ignore


@contextmanager
def _thread(tid: int) -> Iterator[bool]:
    """Selects a thread; False if gdb does not know it. One that runs has no
    frames."""
    before = gdb.selected_thread()
    frame = None
    try:
        frame = gdb.selected_frame()
    except gdb.error:
        pass
    thread = memory.thread(tid)
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
