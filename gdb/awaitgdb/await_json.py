# SPDX-License-Identifier: MIT
"""Awaits and threads as `info awaits -json` writes them.

docs/gdb.md describes each member. What does not exist is null; no member is ever
left out.
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import text
from awaitgdb.threads import thread_number
from awaitmodel import await_text
from awaitmodel.ids import id_text
from awaitmodel.memory import AwaitError
from awaitmodel.states import FAILED, LAZY, ORIGINS, RESOLVED, RUNNING, state_text
from awaitmodel.structs import Head, Site, Thread
from awaitmodel.wait_graph import Graph


def await_record(graph: Graph, head: Head) -> dict[str, object]:
    record: dict[str, object] = {
        "id": id_text(head.id),
        "number": head.id,
        "address": f"{head.address:#x}",
        "state": state_text(head.state),
        "name": _name(graph, head.id),
        "static": None,
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
        "stop_asked": head.stop if head.state == RUNNING else None,
        "waiting": [_number(thread) for thread in graph.waiters(head.address)],
        "held": None,
        "damage": None,
    }
    runner = graph.runner(head.address) if head.state == RUNNING else None
    if runner:
        record.update(thread=_number(runner), tid=runner.tid)
    try:
        site = graph.world.layout.site(head.site)
        record.update(_site_members(head, site))
        record["static"] = graph.world.layout.is_static(head, site)
        waiting = graph.only(head.address)
        record["held"] = await_text.only_waiters(head, site.func, waiting) or None
    except (AwaitError, gdb.error) as error:
        record["damage"] = str(error)
    return record


def _site_members(head: Head, site: Site) -> dict[str, object]:
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


def thread_records(graph: Graph) -> list[dict[str, object]]:
    """The threads that run awaits or wait for one."""
    return [
        {
            "thread": _number(thread),
            "tid": thread.tid,
            "runs": [_id(graph, run.awaited) for run in graph.runs(thread)],
            "waits_for": (_id(graph, thread.blocked_on) if thread.blocked_on else None),
            "waits_for_any": [_id(graph, address) for address in thread.any] or None,
        }
        for thread in graph.threads
        if thread.blocked_on or graph.runs(thread)
    ]


def _name(graph: Graph, id: int) -> str | None:
    return graph.world.layout.given_name(id).decode("utf-8", "replace") or None


def _id(graph: Graph, address: int) -> str | None:
    head = graph.head(address)
    return id_text(head.id) if head else None


def _number(thread: Thread) -> int | None:
    return thread_number(thread.tid)
