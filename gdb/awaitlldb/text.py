# SPDX-License-Identifier: MIT
"""An await in words, as in gdb, but values by their kind alone: structs are
bytes here; the child `value` of a printed await has its type.

    fetch("/etc/hosts", 0)
    fetch("/nope", 0): -ENOENT (No such file or directory), 2 attempts
    nowait = 33
"""

from __future__ import annotations

import lldb  # type: ignore

from awaitgdb import raw
from awaitgdb.model import World
from awaitgdb.records import (
    FAILED,
    LAZY,
    RESOLVED,
    RUNNING,
    STATES,
    Func,
    Head,
    LayoutError,
)

from awaitlldb import memory


def state(head: Head) -> str:
    if head.state < len(STATES):
        return STATES[head.state]
    return f"damaged state {head.state}"


def _scalar(world: World, kind: int, size: int, address: int, spelling: str) -> str:
    try:
        return raw.scalar(world.layout, kind, size, address, spelling)
    except LayoutError as error:
        return f"<{error}>"


def call(world: World, head: Head, func: Func) -> str:
    if func.origin != LAZY:
        return func.name  # nowait, promise
    try:
        args = world.layout.args(head, func)
    except LayoutError:
        args = None
    if args is None:
        return f"{func.name}(...)" if func.args else f"{func.name}()"
    shown = [
        _scalar(world, arg.kind, arg.size, args + arg.offset, arg.spelling)
        for arg in func.args
    ]
    return f"{func.name}({', '.join(shown)})"


def outcome(world: World, head: Head, func: Func) -> str:
    """What follows the call."""
    if head.state == RESOLVED:
        at, kind = head.address + func.value_offset, func.type
        return f" = {_scalar(world, kind.kind, kind.size, at, kind.spelling)}"
    if head.state == FAILED:
        tried = f", {_attempts(head)}" if func.origin == LAZY else ""
        return f": {raw.error(head.error)}{tried}"
    return ""


def _attempts(head: Head) -> str:
    if head.attempts == 255:  # the counter stays there
        return "255 or more attempts"
    return f"{head.attempts} attempt{'s' * (head.attempts != 1)}"


def running_on(target: lldb.SBTarget, world: World, head: Head) -> str:
    """ "thread 2", or "" if it does not run."""
    if head.state != RUNNING:
        return ""
    for thread in world.threads():
        if thread.index == head.owner:
            return memory.thread_name(target, thread.tid)
    return f"an unknown thread ({head.owner})"
