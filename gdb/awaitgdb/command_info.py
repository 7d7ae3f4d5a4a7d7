# SPDX-License-Identifier: MIT
"""`info awaits`: lists awaits, or counts them by groups, as text or JSON."""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import await_json, command_mark, completion, error_line, memory, text
from awaitgdb.threads import thread_name, thread_tid
from awaitmodel import await_text, command_options, query
from awaitmodel.command_options import ListOptions
from awaitmodel.memory import AwaitError
from awaitmodel.query import Found, Group, Grouped
from awaitmodel.states import RUNNING, state_text
from awaitmodel.structs import Head
from awaitmodel.wait_graph import Graph
from awaitmodel.world import World


class InfoAwaits(gdb.Command):
    """List the awaits of this process.
    Usage: info awaits [OPTION]...

    Which:
      -state S[,S]...     pending, running, resolved, failed, cancelled
      -function GLOB      whose function's name matches, such as fetch_*
      -type NAME          of AWAIT_TYPE(NAME, ...)
      -thread N           that thread N runs or waits for
      -site FILE[:LINE]   created there
      -new, -old          made since `await mark`; alive then and still
    How:
      -sort KEY           by id, state, function, type or site; -reverse
      -group KEY          count them by function, site, state, type or thread
      -limit N            show at most N (20; 0 shows all)
      -json               one JSON document, described in libawait's docs/gdb.md

    Example:
      (gdb) info awaits -state running,failed
      4 awaits: 1 pending, 2 running, 1 failed
      Id  State    Type  Await                           Created     Thread
      #2  running  page  fetch("/etc/hosts", 1)          main.c:31   1, 1 waits
      #3  running  int   count(7)                        main.c:12   1
      #4  failed   page  fetch("/nope", 0): -ENOENT ...  main.c:33

      Thread 1 runs #2 fetch, in it #3 count
      Thread 2 waits for #2 fetch, which thread 1 runs

    Types and values come from debug information where there is some. Nothing
    runs in the process: it works on core files, too."""

    def __init__(self) -> None:
        super().__init__("info awaits", gdb.COMMAND_STATUS)

    @error_line.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        options = command_options.parse_list(gdb.string_to_argv(argument))
        if not options.json:
            memory.each(lambda: _show(options))
            return
        others = [copy.name for copy in memory.copies()[1:]]
        if others:
            names = " and ".join(others)
            memory.world().warn(f"the awaits of libawait in {names} are not here")
        _show(options)

    @error_line.quietly
    def complete(self, typed: str, word: str) -> list[str]:
        return completion.info_awaits(typed, word)


def _show(options: ListOptions) -> None:
    """Of the current libawait."""
    world = memory.world()
    graph = Graph(world)
    wanted = options.wanted
    if options.thread is not None:
        addresses = _awaits_of_thread(graph, options.thread)
        wanted = wanted._replace(addresses=addresses)
    if options.age:
        mark, old = command_mark.get(), options.age == "old"
        wanted = wanted._replace(mark=mark, old=old)
    if options.group:
        grouped = query.group(world, wanted, options.group)
        show_groups = _json_groups if options.json else _print_groups
        show_groups(world, grouped, options.group, options.limit)
    else:
        found = query.select(
            world, wanted, options.limit, options.order, options.reverse
        )
        if options.json:
            _json_list(graph, found)
        else:
            _print_list(graph, found, wanted != query.Filter())
    if not options.json:
        for warning in world.warnings:
            print(f"warning: {warning}")


def _awaits_of_thread(graph: Graph, number: int) -> frozenset[int]:
    """The addresses of the awaits that gdb's thread `number` runs or waits for."""
    tid = thread_tid(number)
    return frozenset(
        address
        for thread in graph.threads
        if thread.tid == tid
        for address in (
            *(run.awaited for run in graph.runs(thread)),
            *thread.waits(),
        )
    )


def _print_more(left: int) -> None:
    if left > 0:
        print(
            f"{left} more (-limit N shows N, -limit 0 all; -state, -function,"
            " -type, -thread and -site select)"
        )


# Lists.


def _print_list(graph: Graph, found: Found, selective: bool) -> None:
    print(await_text.summary(found.counts))
    if found.heads:
        text.print_table(
            [await_text.HEADER, *(_row(graph, head) for head in found.heads)]
        )
    elif selective:
        print("None of them matches.")
    _print_more(found.total - len(found.heads))
    _print_threads(graph)


def _row(graph: Graph, head: Head) -> list[str]:
    runner = text.running_on(head) if head.state == RUNNING else ""
    runner += await_text.asked_to_stop(head)
    waiting = len(graph.waiters(head.address))
    threads = await_text.threads_cell(runner, waiting)
    start = [text.named_id(head), state_text(head.state)]
    try:
        site = graph.world.layout.site(head.site)
        what = text.call(head, site.func)
        if head.state != RUNNING:  # the thread has a column of its own
            what += text.outcome(head, site.func)
        alone = await_text.only_waiters(head, site.func, graph.only(head.address))
        what += f", {alone}" if alone else ""
    except (AwaitError, gdb.error) as error:
        return [*start, "?", f"<{error}>", "?", threads]
    what = await_text.await_cell(text.flat(what))
    created = await_text.created(graph.world, head, site)
    return [*start, site.func.type.name, what, created, threads]


def _print_threads(graph: Graph) -> None:
    lines = []
    for thread in graph.threads:
        runs = [text.name(run.awaited) for run in graph.runs(thread)]
        waits_for = text.waits_for(thread)
        alone = thread.blocked_on and not thread.any
        owner = graph.runner(thread.blocked_on) if alone else None
        runner = thread_name(owner.tid) if owner else ""
        name = thread_name(thread.tid)
        lines.append(await_text.thread_line(name, runs, waits_for, runner))
    lines = [line for line in lines if line]
    if lines:
        print()
    for line in lines:
        print(line)


def _json_list(graph: Graph, found: Found) -> None:
    document = {
        **_json_counts(found),
        "awaits": [await_json.await_record(graph, head) for head in found.heads],
        "threads": await_json.thread_records(graph),
        "warnings": graph.world.warnings,
    }
    text.print_json(document)


def _json_counts(found: Found | Grouped) -> dict[str, object]:
    return {
        "counts": {state_text(state): n for state, n in found.counts.items()},
        "total": found.total,
    }


# Groups.


def _print_groups(world: World, grouped: Grouped, by: str, limit: int | None) -> None:
    print(await_text.summary(grouped.counts))
    shown = grouped.groups[:limit]
    if shown:
        states = sorted({state for each in shown for state in each.states})
        names = [state_text(state).capitalize() for state in states]
        table = [["Count", *names, by.capitalize()]]
        for each in shown:
            cells = [str(each.states.get(state, "")) for state in states]
            table.append([str(each.total), *cells, _group_name(world, each, by)])
        text.print_table(table, right=len(states) + 1)
    elif grouped.counts:
        print("None of them matches.")
    left = len(grouped.groups) - len(shown)
    if left:
        print(f"{left} more groups (-limit N shows N, -limit 0 all)")


def _group_name(world: World, each: Group, by: str) -> str:
    if by == "thread":
        index = each.key[0]
        for thread in world.threads():
            if thread.index == index:
                return thread_name(thread.tid).rstrip(",")
        return f"an unknown thread ({index})" if index else "none"
    if by == "site":
        file, line, function = each.key
        return f"{await_text.file_name(str(file))}:{line} {function}".rstrip()
    return str(each.key[0])


def _json_groups(world: World, grouped: Grouped, by: str, limit: int | None) -> None:
    document = {
        **_json_counts(grouped),
        "groups": [
            {
                by: _group_name(world, each, by),
                "count": each.total,
                "states": {state_text(s): n for s, n in each.states.items()},
            }
            for each in grouped.groups[:limit]
        ],
        "warnings": world.warnings,
    }
    text.print_json(document)
