# SPDX-License-Identifier: MIT
"""An await, or a thread, as what `info awaits -json` writes of it: docs/gdb.md
describes each member. What is not there is null, never left out."""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import memory, text
from awaitmodel.structs import (
    FAILED,
    LAZY,
    RESOLVED,
    RUNNING,
    Head,
    LayoutError,
    Site,
    Thread,
)
from awaitmodel.wait_graph import Graph
from awaitmodel.world import print_id

ORIGINS = ("lazy", "nowait", "promise")


def of_await(graph: Graph, head: Head) -> dict[str, object]:
    made: dict[str, object] = {
        "id": print_id(head.id),
        "number": head.id,
        "address": f"{head.address:#x}",
        "state": text.state(head),
        "origin": None,
        "type": None,
        "function": None,
        "file": None,
        "line": None,
        "created_in": None,
        "arguments": None,
        "value": None,
        "error": head.error if head.state == FAILED else None,
        "attempts": head.attempts,
        "thread": None,
        "tid": None,
        "waiting": [_number(thread) for thread in graph.waiters(head.address)],
        "damage": None,
    }
    runner = graph.runner(head.address) if head.state == RUNNING else None
    if runner:
        made.update(thread=_number(runner), tid=runner.tid)
    try:
        made.update(_of_site(head, graph.world.layout.site(head.site)))
    except (LayoutError, gdb.error) as error:
        made["damage"] = str(error)
    return made


def _of_site(head: Head, site: Site) -> dict[str, object]:
    func = site.func
    args = text.args_at(head, func) if func.origin == LAZY else None
    return {
        "origin": ORIGINS[func.origin] if func.origin < len(ORIGINS) else None,
        "type": func.type.name,
        "function": func.name,
        "file": site.file,
        "line": site.line,
        "created_in": site.function,
        "arguments": (
            {arg.name: text.argument(args, func, arg) for arg in func.args}
            if args is not None
            else None
        ),
        "value": text.value(head, func) if head.state == RESOLVED else None,
    }


def of_threads(graph: Graph) -> list[dict[str, object]]:
    """Those that run awaits or wait for one now."""
    return [
        {
            "thread": _number(thread),
            "tid": thread.tid,
            "runs": [_id(graph, run.awaited) for run in graph.runs(thread)],
            "waits_for": (_id(graph, thread.blocked_on) if thread.blocked_on else None),
        }
        for thread in graph.threads
        if thread.blocked_on or graph.runs(thread)
    ]


def _id(graph: Graph, address: int) -> str | None:
    head = graph.head(address)
    return print_id(head.id) if head else None


def _number(thread: Thread) -> int | None:
    return memory.thread_number(thread.tid)
