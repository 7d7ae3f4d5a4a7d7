# SPDX-License-Identifier: MIT
"""Which frames of a stack are libawait's own.

All frames in libawait.so are. A libawait.a is in the same file as the code that
uses it and may have no symbols, so only addresses can tell: libawait keeps the
address of the call in the program, and the frames inside that call are libawait's,
out to it from the frame that holds the struct run, or from the place where libawait
sleeps or has stopped for an `await break`.
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import memory
from awaitmodel.memory import AwaitError

# libawait's functions nest no deeper, inlined ones included.
_DEPTH = 24


def in_library(frame: gdb.Frame) -> bool:
    """Whether the frame is in libawait.so."""
    return _file(frame).startswith(memory.SHARED)


def may_be(frame: gdb.Frame) -> bool:
    """Whether the frame is in libawait.so, or may be in a libawait.a."""
    try:
        holding = {copy.name for copy in memory.copies()}
    except AwaitError:
        holding = set()
    return in_library(frame) or _file(frame) in holding


def _file(frame: gdb.Frame) -> str:
    space = gdb.current_progspace()
    name = gdb.solib_name(int(frame.pc())) or (space and space.filename)
    return str(name or "").rsplit("/", 1)[-1]


def callees(frame: gdb.Frame | None, call: int) -> list[gdb.Frame]:
    """The frames inside the call at that address, beginning with `frame`; none if the
    stack has no such call."""
    found: list[gdb.Frame] = []
    while frame is not None and len(found) < _DEPTH:
        # libawait keeps the address of the call's last byte, gdb the return address.
        if int(frame.pc()) == call + 1:
            return found
        found.append(frame)
        frame = frame.older()
    return []


def holds(frame: gdb.Frame, address: int) -> bool:
    """Whether that address on the stack is in the frame. An inlined frame counts as
    that of the function which it is inlined into."""
    try:
        older = frame.older()
        while older is not None and frame.type() == gdb.INLINE_FRAME:
            frame, older = older, older.older()
        if older is None:
            return False
        return stack_pointer(frame) <= address < stack_pointer(older)
    except gdb.error:
        return False


def stack_pointer(frame: gdb.Frame) -> int:
    return int(frame.read_register("sp")) & 0xFFFFFFFFFFFFFFFF


def user_frame(call: int) -> gdb.Frame | None:
    """The frame of the program that made the call at that address, in a thread that
    has stopped in await_trap()."""
    frame: gdb.Frame | None = gdb.newest_frame()
    while frame is not None and in_library(frame):
        frame = frame.older()
    if frame is not None and frame.level() == 0:
        inside = callees(frame, call)
        return inside[-1].older() if inside else frame
    return frame
