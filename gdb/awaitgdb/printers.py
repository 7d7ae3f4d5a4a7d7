# SPDX-License-Identifier: MIT
"""Printers for handles (await_page *), awaits (*aw) and creation sites.

    (gdb) p aw
    $1 = Await<page> #5 resolved fetch(...) = {lines = 7}
    (gdb) p other
    $2 = Await<page> #6 pending fetch("/etc/hosts", 0)
    (gdb) p nothing
    $3 = Await<page> NULL

The type in angle brackets is the await's own, whatever the handle says it is;
a handle of another type is told. On gdb's command line all is in that line. A
front-end (MI) never asks for it, it lists children:

    [state]         enum await_state
    id              as $await() takes it
    function        its name
    path, depth     the arguments, by name, while they are there
    value           when resolved
    error           when failed
    attempts        when it ever ran
    thread          gdb's number of it, when running
    created         file:line in function

What is no await has [no await] alone, its address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gdb  # type: ignore
import gdb.printing  # type: ignore

from awaitgdb import dwarf, memory, text
from awaitmodel.structs import (
    FAILED,
    FREE,
    LAZY,
    RESOLVED,
    RUNNING,
    Func,
    Head,
    LayoutError,
)
from awaitmodel.world import print_id

Child = tuple[str, gdb.Value]

# Two children of one name would be an error of the front-end's.
_NAMES = "id function value error attempts thread created".split()


class AwaitPrinter:
    """One handle. gdb's command line calls to_string(), then children() of the
    same object, and would print both; variable objects of MI call children()
    alone. So whoever had the line gets no children but the members of a value
    that is a struct: gdb alone knows how far to indent them, and how deep."""

    def __init__(self, address: int, declared: gdb.Type) -> None:
        self.address = address
        self.declared = declared
        self.had_line = False
        self.members: gdb.Value | None = None
        # "" for a plain struct await.
        self.name = (declared.tag or "").partition("_")[2]
        self.prefix = f"Await<{self.name}>" if self.name else "Await"

    def to_string(self) -> str:
        self.had_line = True
        if not self.address:
            return f"{self.prefix} NULL"
        try:
            with memory.of(self.address):
                return self._line(memory.world().layout.find(self.address))
        except Exception as error:
            return f"{self.prefix} {self.address:#x} {_phrase(error)}"

    def _line(self, head: Head) -> str:
        if head.state == FREE:
            return f"{self.prefix} {self.address:#x} dangling: this await has ended"
        func = memory.world().layout.site(head.site).func
        line = f"Await<{func.type.name}> {print_id(head.id)}"
        if text.brief():
            return f"{line} {text.state(head)}"
        line += f" {text.state(head)} {text.call(head, func)}"
        if self.name not in ("", func.type.name):
            outcome = text.outcome(head, func, one_line=False)
            return f"{line}{outcome} (through a handle of type await_{self.name})"
        if head.state == RESOLVED:
            self.members = _plain_struct(dwarf.value_of(head, func))
        if self.members is None:
            line += text.outcome(head, func, one_line=False)
        return line

    def children(self) -> Iterator[Child]:
        if self.had_line:
            if self.members is not None:
                for each in self.members.type.fields():
                    yield each.name or "<anonymous>", self.members[each]
            return
        try:
            with memory.of(self.address):
                found = list(self._all_children())
            yield from found
        except Exception:  # a front-end can do nothing with its text
            void = gdb.lookup_type("void").pointer()
            yield "[no await]", gdb.Value(self.address).cast(void)

    def _all_children(self) -> Iterator[Child]:
        head = memory.world().layout.find(self.address)
        if head.state == FREE:
            yield "[state]", text.state_value(head)
        else:
            yield from self._children(head, memory.world().layout.site(head.site).func)

    def _children(self, head: Head, func: Func) -> Iterator[Child]:
        plain = dwarf.at(self.address, _plain(self.declared))
        yield "[state]", text.state_value(head)
        yield "id", gdb.Value(head.id)
        yield "function", plain["site"]["func"]["name"]
        where = text.args_at(head, func)
        args = dwarf.args_of(where, func) if where else None
        if args is not None:
            for arg in func.args:
                name = f"{arg.name} (argument)" if arg.name in _NAMES else arg.name
                yield name, args[arg.name]
        value = dwarf.value_of(head, func)
        if value is not None and head.state == RESOLVED:
            yield "value", value
        if head.state == FAILED:
            yield "error", gdb.Value(head.error)
        if head.attempts and func.origin == LAZY:
            yield "attempts", gdb.Value(head.attempts)
        if head.state == RUNNING:
            tid = text.runner(head) or 0
            yield "thread", gdb.Value(memory.thread_number(tid) or 0)
        yield "created", plain["site"].dereference()


class SitePrinter:
    """struct await_site."""

    def __init__(self, site: gdb.Value) -> None:
        self.site = site

    def to_string(self) -> str:
        try:
            site = memory.world().layout.site(int(self.site.address))
        except LayoutError as error:
            return f"<{error}>"
        return f"{site.file}:{site.line} in {site.function}()"


class Printers(gdb.printing.PrettyPrinter):
    """What gdb asks for a printer of every value: quick to say no."""

    def __init__(self) -> None:
        super().__init__("libawait")

    def __call__(self, value: gdb.Value) -> Any:
        try:
            return _printer(value)
        except (LayoutError, gdb.error):
            return None  # gdb says what is wrong with the value


def _printer(value: gdb.Value) -> Any:
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_PTR:
        target = kind.target().strip_typedefs().unqualified()
        if _is_await(target):
            return AwaitPrinter(int(value), target)
    elif kind.code == gdb.TYPE_CODE_STRUCT and value.address is not None:
        if kind.tag == "await_site":
            return SitePrinter(value)
        if _is_await(kind):
            # A copy of an await is none: gdb shows its members.
            address = int(value.address)
            with memory.of(address):
                head = memory.world().layout.find(address)
            if head.state != FREE:
                return AwaitPrinter(address, kind.unqualified())
    return None


def _is_await(kind: gdb.Type) -> bool:
    if kind.code != gdb.TYPE_CODE_STRUCT or not (kind.tag or "").startswith("await"):
        return False
    names = [field.name for field in kind.fields()]
    return kind.tag == "await" or names == ["head", "value"]


def _plain(kind: gdb.Type) -> gdb.Type:
    """struct await of that process."""
    return kind if kind.tag == "await" else kind.fields()[0].type


def _plain_struct(value: gdb.Value | None) -> gdb.Value | None:
    """It, if all it is are named members that gdb prints as they are."""
    if value is None or gdb.default_visualizer(value) is not None:
        return None
    kind = value.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_STRUCT or not kind.fields():
        return None
    for each in kind.fields():
        if each.is_base_class or not each.name or not hasattr(each, "bitpos"):
            return None
    return value


def _phrase(error: Exception) -> str:
    what = str(error)
    if isinstance(error, (LayoutError, gdb.error)):
        return what if what.startswith("is ") else f"({what})"
    return f"(libawait's scripts failed: {type(error).__name__}: {what})"
