# SPDX-License-Identifier: MIT
"""Which frames are libawait's own.

All of those in libawait.so are. A libawait.a lies in the same file as the code
that uses it, and may have no symbols, so there only addresses tell: the frame
that holds the record of a run is libawait's, and so is what lies between it, or
between the place where libawait sleeps or stops for an `await break`, and the
user's call, whose address libawait keeps.
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import memory
from awaitmodel.structs import LayoutError

# How deep libawait calls itself; inlined functions have frames, too.
_DEPTH = 24


def in_library(frame: gdb.Frame) -> bool:
    """Whether it is libawait.so's."""
    return _file(frame).startswith(memory.SHARED)


def may_be(frame: gdb.Frame) -> bool:
    """Whether it is, or might be that of a libawait.a."""
    try:
        holding = {copy.name for copy in memory.copies()}
    except LayoutError:
        holding = set()
    return in_library(frame) or _file(frame) in holding


def _file(frame: gdb.Frame) -> str:
    space = gdb.current_progspace()
    name = gdb.solib_name(int(frame.pc())) or (space and space.filename)
    return str(name or "").rsplit("/", 1)[-1]


def callees(frame: gdb.Frame | None, call: int) -> list[gdb.Frame]:
    """From this frame outwards, those that were called by the call with that
    address; none if it is not there."""
    found: list[gdb.Frame] = []
    while frame is not None and len(found) < _DEPTH:
        # libawait keeps the last byte of the call, gdb where it returns to.
        if int(frame.pc()) == call + 1:
            return found
        found.append(frame)
        frame = frame.older()
    return []


def holds(frame: gdb.Frame, address: int) -> bool:
    """Whether that place on the stack lies in the frame, or, if it is inlined,
    in that of the function which it is inlined into."""
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
    """The innermost frame of the user's in a thread that libawait has stopped,
    called as that."""
    frame: gdb.Frame | None = gdb.newest_frame()
    while frame is not None and in_library(frame):
        frame = frame.older()
    if frame is not None and frame.level() == 0:
        inside = callees(frame, call)
        return inside[-1].older() if inside else frame
    return frame
