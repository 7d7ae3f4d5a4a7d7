# SPDX-License-Identifier: MIT
"""The data of a page of `awaitctl report --html`, read as docs/report.md says, and the
same computed again from what babeltrace2 prints, of traces from which nothing is
missing."""

from __future__ import annotations

import base64
import collections
import dataclasses
import html.parser
import json
import typing

from recount import RESOLVED, RUNNING, START, Event, events_of

SEEN, UNSEEN, BY_PROCESS, BY_TRACE = range(4)
Site = tuple[str, str | None, int]


class Page(html.parser.HTMLParser):
    """As a browser finds its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = collections.defaultdict(list)
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts[tag].append("")
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside][-1] += data


def column(text: str, count: int, is_time: bool) -> list[int]:
    numbers: list[int] = []
    number = shift = last = 0
    for byte in base64.b64decode(text, validate=True):
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            last = last + number if is_time else number
            numbers.append(last)
            number = shift = 0
    assert len(numbers) == count and shift == 0, (len(numbers), count)
    return numbers


def rows(table: dict[str, typing.Any]) -> list[dict[str, int]]:
    columns = {
        name: column(value, table["count"], name == "begin")
        for name, value in table.items()
        if isinstance(value, str)
    }
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


class Data:
    def __init__(self, page: str) -> None:
        self.page = Page(page)
        (self.text,) = [
            text
            for text, (_, attributes) in zip(
                self.page.texts["script"],
                [x for x in self.page.elements if x[0] == "script"],
            )
            if attributes.get("id") == "data"
        ]
        self.json = json.loads(self.text)
        self.began = int(self.json["begin_ns"])
        self.awaits = rows(self.json["awaits"])
        self.spans = rows(self.json["spans"])

    def site(self, number: int) -> Site:
        if not number:
            return "(unknown)", None, 0
        one = self.json["sites"][number - 1]
        return one["function"], one.get("file"), one.get("line", 0)

    def thread(self, number: int) -> tuple[int, int] | None:
        if not number:
            return None
        one = self.json["threads"][number - 1]
        return self.json["processes"][one["process"] - 1]["pid"], one["thread"]

    def key(self, row: int) -> tuple[int, int] | None:
        """The process and the id of an await."""
        if not row:
            return None
        one = self.awaits[row - 1]
        pid = self.json["processes"][one["process"] - 1]["pid"]
        return pid, one["generation"] << 32 | one["slot"]


@dataclasses.dataclass(frozen=True, order=True)
class Span:
    sleeps: bool
    key: tuple[int, int]
    thread: tuple[int, int]
    begin: int
    end: int
    ended: int
    error: int


@dataclasses.dataclass
class Life:
    site: Site
    begin: int
    created: bool = False
    waited: int | None = None
    end: int = 0
    ended: int = BY_TRACE
    state: int = 0
    runs: int = 0
    hits: int = 0


def spans_of(data: Data) -> list[Span]:
    found = []
    for one in data.spans:
        key, thread = data.key(one["await"]), data.thread(one["thread"])
        assert key and thread and one["flags"] & 2, "all is known of these"
        begin = data.began + one["begin"]
        error = one["error"]
        found.append(
            Span(
                bool(one["flags"] & 1),
                key,
                thread,
                begin,
                begin + one["length"],
                one["flags"] >> 4 & 3,
                -(error + 1) // 2 if error % 2 else error // 2,
            )
        )
    return sorted(found)


def lives_of(data: Data) -> dict[tuple[int, int], Life]:
    found = {}
    for row, one in enumerate(data.awaits, 1):
        begin, flags = data.began + one["begin"], one["flags"]
        found[data.key(row)] = Life(
            data.site(one["site"]),
            begin,
            bool(flags & 1),
            begin + one["waited"] if flags & 2 else None,
            begin + one["length"],
            flags >> 2 & 3,
            flags >> 4 & 7,
            one["runs"],
            one["hits"],
        )
    return typing.cast("dict[tuple[int, int], Life]", found)


Chain = tuple[Site, ...]


def chains_of(data: Data) -> dict[Chain, tuple[int, int, int]]:
    """Runs, those of which not all is known, and their own time."""
    nodes = data.json["chains"]["nodes"]

    def chain(i: int) -> Chain:
        parent, site = nodes[i][:2]
        return (*chain(parent), data.site(site)) if i > 1 else ()

    return {chain(i): tuple(node[2:]) for i, node in enumerate(nodes) if i > 1}


WAIT_PARTS = "hits", "runs", "others", "sleeps", "slept", "refused"
Waits = dict[tuple[Site | None, Site], dict[str, int]]


def waits_of(data: Data) -> Waits:
    found = {}
    for source, site, *numbers in data.json["waits"]:
        assert source != 1, "who waits is known of these"
        waiter = data.site(source - 2) if source else None
        found[waiter, data.site(site)] = dict(zip(WAIT_PARTS, numbers))
    return found


class Drawn:
    """Computed again; each process has its number alone."""

    def __init__(self, text: str) -> None:
        self.spans: list[Span] = []
        self.lives: dict[tuple[int, int], Life] = {}
        self.runs: dict[tuple[int, int], tuple[Event, Chain]] = {}
        self.inner: dict[tuple[int, int], int] = collections.Counter()
        self.sleeps: dict[tuple[int, int, int], Event] = {}
        self.chains: dict[Chain, list[int]] = collections.defaultdict(lambda: [0, 0, 0])
        self.waits: Waits = collections.defaultdict(
            lambda: dict.fromkeys(WAIT_PARTS, 0)
        )
        for event in events_of(text):
            self.take(event)

    def take(self, event: Event) -> None:
        handler = getattr(self, f"on_{event.name}", None)
        if not handler:
            return
        fields = event.fields
        key = event.pid, fields["id"]
        if key not in self.lives:
            file = fields.get("file"), fields.get("line", 0)
            self.lives[key] = Life((fields["function"], *file), event.time)
        handler(self.lives[key], key, event)

    def edge(self, life: Life, event: Event, name: str) -> dict[str, int]:
        waiter = event.pid, event.fields[name]
        source = self.lives[waiter].site if waiter[1] else None
        return self.waits[source, life.site]

    def wait(self, life: Life, event: Event) -> None:
        if life.waited is None:
            life.waited = event.time

    def on_create(self, life: Life, _: object, event: Event) -> None:
        life.created = True

    def on_exec_begin(self, life: Life, key: tuple[int, int], event: Event) -> None:
        parent = event.pid, event.fields["parent"]
        above = self.runs[parent][1] if parent[1] else ()
        self.runs[key] = event, (*above, life.site)
        self.inner[key] = 0
        life.state = RUNNING
        if event.fields["source"] != START:
            self.wait(life, event)
            self.edge(life, event, "parent")["runs"] += 1

    def on_exec_end(self, life: Life, key: tuple[int, int], event: Event) -> None:
        begin, chain = self.runs.pop(key)
        took = event.time - begin.time
        parent = event.pid, begin.fields["parent"]
        self.inner[parent] += took
        self.chains[chain][0] += 1
        self.chains[chain][2] += took - self.inner[key]
        life.runs += 1
        life.state = event.fields["outcome"]
        self.add(False, key, begin, event, event.fields["error"])

    def add(
        self, sleeps: bool, key: tuple[int, int], begin: Event, end: Event, error: int
    ) -> None:
        thread = end.pid, end.tid
        self.spans.append(Span(sleeps, key, thread, begin.time, end.time, SEEN, error))

    def on_hit(self, life: Life, _: object, event: Event) -> None:
        self.wait(life, event)
        life.hits += 1
        life.state = RESOLVED
        self.edge(life, event, "waiter")["hits"] += 1

    def on_block_begin(self, life: Life, key: tuple[int, int], event: Event) -> None:
        self.wait(life, event)
        self.sleeps[(*key, event.tid)] = event
        self.edge(life, event, "waiter")["sleeps"] += 1

    def on_block_end(self, life: Life, key: tuple[int, int], event: Event) -> None:
        begin = self.sleeps.pop((*key, event.tid))
        self.edge(life, begin, "waiter")["slept"] += event.time - begin.time
        self.add(True, key, begin, event, event.fields.get("error", 0))

    def on_wait_end(self, life: Life, _: object, event: Event) -> None:
        self.wait(life, event)
        self.edge(life, event, "waiter")["others"] += 1

    def on_cycle(self, life: Life, _: object, event: Event) -> None:
        self.edge(life, event, "waiter")["refused"] += 1

    def on_resolve(self, life: Life, _: object, event: Event) -> None:
        life.state = event.fields["outcome"]

    def on_destroy(self, life: Life, _: object, event: Event) -> None:
        life.ended, life.end = SEEN, event.time
