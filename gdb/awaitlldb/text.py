# SPDX-License-Identifier: MIT
"""Awaits as text, with values and arguments by their kind.

A struct is shown as bytes here. The child `value` of a printed await has its type.

    fetch("/etc/hosts", 0)
    fetch("/nope", 0): -ENOENT (No such file or directory), 2 attempts
    nowait = 33
"""

from __future__ import annotations

import lldb  # type: ignore

from awaitlldb import memory
from awaitmodel import await_text
from awaitmodel.states import RUNNING
from awaitmodel.structs import Func, Head
from awaitmodel.world import World


def call(world: World, head: Head, func: Func) -> str:
    return await_text.call(
        func,
        await_text.args_at(world, head, func),
        lambda args, arg: await_text.value(
            world, arg.kind, arg.size, args + arg.offset, arg.spelling
        ),
    )


def outcome(world: World, head: Head, func: Func) -> str:
    """What is printed after the call."""
    at, kind = head.address + func.value_offset, func.type
    return await_text.outcome(
        head,
        func,
        lambda: await_text.value(world, kind.kind, kind.size, at, kind.spelling),
    )


def running_on(target: lldb.SBTarget, world: World, head: Head) -> str:
    """The name of the thread that runs the await, or "" if it does not run."""
    if head.state != RUNNING:
        return ""
    for thread in world.threads():
        if thread.index == head.owner:
            return memory.thread_name(target, thread.tid)
    return f"an unknown thread ({head.owner})"
