# SPDX-License-Identifier: MIT
"""Arrows between folders that CONTRIBUTING.md does not allow, and circles.

    >>> for line, proof in violations(root, build, files).items():
    ...     print(line, proof)
    src/lttng/relay.c uses src/awaitctl/common/say.c: say
    src/libawait-test/load/session.c uses liblttng-ctl: <lttng/lttng.h>
    circle of folders: src/a, src/b (src/a/x.c: f; src/b/y.c: g)

Files of folders that may use everything (tests) are not read. A symbol with
several definitions is allowed if one of them is: the core's weak one stands for
the strong one that overrides it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePath

import table
import uses
from uses import Use

# Below here, files must not use one another in circles, either.
ORDERED = "src/libawait/"

Graph = dict[str, dict[str, Use]]


def violations(root: Path, build: Path, files: list[str]) -> dict[str, str]:
    """All violations: a line that stays the same until it is put right, and for
    circles what proves them. files: the paths to check, relative to root."""
    rules = table.read(root / "CONTRIBUTING.md")

    def home(path: str) -> str:
        row = rules.row_of(path)
        return row.folder if row else str(PurePath(path).parent)

    found = dict.fromkeys(_homeless(rules, files), "")
    own: list[Use] = []
    for choices in _all_uses(root, build, files, rules):
        allowed = [use for use in choices if _is_allowed(rules, use)]
        if not allowed:
            found |= dict.fromkeys((_forbidden(rules, use) for use in choices), "")
        allowed.sort(key=lambda use: home(use.used) != home(use.user))
        own += [use for use in allowed[:1] or choices if not use.library]
    found |= _circles("folders", _graph(own, home))
    ordered = [use for use in own if use.user.startswith(ORDERED)]
    found |= _circles("files", _graph(ordered, str))
    found |= _circles("rows in the table", _planned(rules))
    return dict(sorted(found.items()))


def _homeless(rules: table.Table, files: list[str]) -> Iterator[str]:
    """Files without a row, and rows without a file."""
    empty = set(rules.rows)
    for path in files:
        row = rules.row_of(path)
        if row:
            empty.discard(row.folder)
        else:
            yield f"{path} is in no folder of the table"
    for folder in empty:
        yield f"{folder} has a row in the table and no file"


def _planned(rules: table.Table) -> Graph:
    """The arrows that the table allows."""
    return {
        name: {
            other: Use(name, other, "by the table")
            for other in rules.rows
            if other != name and row.may_use(other)
        }
        for name, row in rules.rows.items()
        if not row.everything
    }


def _all_uses(
    root: Path, build: Path, files: list[str], rules: table.Table
) -> Iterator[list[Use]]:
    free = [row.folder + "/" for row in rules.rows.values() if row.everything]
    packages = {
        PurePath(folder).name: folder
        for folder in rules.rows
        if (root / folder / "__init__.py").is_file()
    }
    yield from uses.by_symbols(root, build, free)
    for path in files:
        if path.startswith(tuple(free)):
            continue
        if path.endswith(".py"):
            for use in uses.by_imports(root, path, packages):
                yield [use]
        else:
            for use in uses.by_includes(root, path):
                yield [use]


def _is_allowed(rules: table.Table, use: Use) -> bool:
    row = rules.row_of(use.user)
    if not row:
        return True  # _homeless() has reported the file itself
    if use.library:
        return rules.library_of(use.used) in row.libraries
    other = rules.row_of(use.used)
    return other is not None and row.may_use(other.folder)


def _forbidden(rules: table.Table, use: Use) -> str:
    if not use.library:
        return f"{use.user} uses {use.used}: {use.by}"
    library = rules.library_of(use.used) or "what no library of the table has"
    return f"{use.user} uses {library}: {use.by}"


def _graph(own: Iterable[Use], name: Callable[[str], str]) -> Graph:
    graph: defaultdict[str, dict[str, Use]] = defaultdict(dict)
    for use in own:
        here, there = name(use.user), name(use.used)
        if here != there:
            graph[here].setdefault(there, use)
    return dict(graph)


def _circles(kind: str, graph: Graph) -> dict[str, str]:
    """Each set of nodes that reach one another, and a shortest circle in it."""
    reached = {node: _reached(graph, node) for node in graph}
    found: dict[str, str] = {}
    for node in sorted(graph):
        knot = sorted(
            other for other in reached[node] if node in reached.get(other, {})
        )
        if knot:
            line = f"circle of {kind}: {', '.join(knot)}"
            way = [f"{use.user}: {use.by}" for use in reached[node][node]]
            found.setdefault(line, f"({'; '.join(way)})")
    return found


def _reached(graph: Graph, start: str) -> dict[str, list[Use]]:
    """The nodes that start reaches, with the shortest way to each. start is one
    of them if it is in a circle."""
    ways: dict[str, list[Use]] = {}
    queue: list[tuple[str, list[Use]]] = [(start, [])]
    for node, way in queue:
        for other, use in sorted(graph.get(node, {}).items()):
            if other not in ways:
                ways[other] = [*way, use]
                queue.append((other, ways[other]))
    return ways
