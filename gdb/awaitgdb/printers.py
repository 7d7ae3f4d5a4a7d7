# SPDX-License-Identifier: MIT
"""Pretty-printers for handles (await_page *, await::lazy<page>), awaits (*aw) and
creation sites.

    (gdb) p aw
    $1 = Await<page> #5 resolved fetch(...) = {lines = 7}
    (gdb) p other
    $2 = Await<page> #6 pending fetch("/etc/hosts", 0)
    (gdb) p nothing
    $3 = Await<page> NULL

The type in angle brackets is the await's own, whatever the type of the handle; a
note says if they differ. On gdb's command line everything is in that line. A
front-end (MI) does not use the line but the children:

    [state]         enum await_state
    id              a number, which $await() takes
    function        the name
    path, depth     the arguments, by name, while they exist
    value           if it is resolved
    error           if it has failed
    attempts        if it has ever run
    thread          gdb's number, if it is running
    created         file:line in function

A handle that does not point to an await has one child, [no await]: the address.
Front ends that show a text beside the children (gdb 16 and later) get that line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gdb  # type: ignore
import gdb.printing  # type: ignore

from awaitgdb import dwarf, memory, text
from awaitgdb.threads import thread_number
from awaitmodel.memory import AwaitError
from awaitmodel.printable import printable
from awaitmodel.states import FAILED, FREE, LAZY, RESOLVED, RUNNING, state_text
from awaitmodel.structs import Func, Head
from awaitmodel.value_text import DONE

Child = tuple[str, gdb.Value]

# Front-ends do not accept two children of the same name.
_NAMES = "id function value error attempts thread created".split()


class AwaitPrinter:
    """Prints one await. Of the same object gdb's command line calls to_string() and
    then children(), and prints both; a front end shows the children as it likes. In
    the line there are no children, except the members of a value that is a struct, as
    only gdb knows how to indent them and how deep to go.

    The first call tells who asks. To print a line gdb needs display_hint() before
    anything else. Variable objects of MI begin with children() in gdb 13, and with
    to_string() in gdb 16 and 18, as DAP does; they ask for the hint later."""

    def __init__(self, address: int, declared: gdb.Type) -> None:
        self.address = address
        self.declared = declared
        self.in_line: bool | None = None
        self.had_line = False
        self.members: gdb.Value | None = None
        # Empty for a plain struct await, and for those of C++, whose compiler has
        # compared the types.
        tag = declared.tag or ""
        self.name = "" if "::" in tag else tag.partition("_")[2]
        spelled = self.name or (tag.partition("<")[2][:-1] if "::" in tag else "")
        self.prefix = f"Await<{spelled}>" if spelled else "Await"

    def display_hint(self) -> None:
        if self.in_line is None:
            self.in_line = True

    def to_string(self) -> str:
        self.in_line = bool(self.in_line)
        self.had_line = True
        self.members = None
        if not self.address:
            return f"{self.prefix} NULL"
        try:
            with memory.within_owner(self.address):
                return self._line(memory.world().layout.find(self.address))
        except Exception as error:
            return f"{self.prefix} {self.address:#x} {_phrase(error)}"

    def _line(self, head: Head) -> str:
        if head.state == FREE:
            return f"{self.prefix} {self.address:#x} dangling: this await has ended"
        func = memory.world().layout.site(head.site).func
        line = f"Await<{func.type.name}> {text.named_id(head)}"
        if text.brief():
            return f"{line} {state_text(head.state)}"
        line += f" {state_text(head.state)} {text.call(head, func)}"
        if self.name not in ("", func.type.name):
            outcome = text.outcome(head, func, one_line=not self.in_line)
            return f"{line}{outcome} (through a handle of type await_{self.name})"
        if head.state == RESOLVED and self.in_line and func.type.kind != DONE:
            self.members = _plain_struct(dwarf.value_of(head, func))
        if self.members is None:
            line += text.outcome(head, func, one_line=not self.in_line)
        return line

    def children(self) -> Iterator[Child]:
        self.in_line = bool(self.in_line)
        # A container may take the children without the line.
        if self.in_line and self.had_line:
            return self._members()
        return self._parts()

    def _members(self) -> Iterator[Child]:
        if self.members is not None:
            for each in self.members.type.fields():
                yield each.name or "<anonymous>", self.members[each]

    def _parts(self) -> Iterator[Child]:
        try:
            with memory.within_owner(self.address):
                found = list(self._all_children())
            yield from found
        except Exception:  # front-ends cannot show its text
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
        for arg in func.args:
            typed = dwarf.argument(where, func, arg) if where else None
            if typed is not None:
                name = f"{arg.name} (argument)" if arg.name in _NAMES else arg.name
                yield name, typed
        value = dwarf.value_of(head, func)
        done = func.type.kind == DONE  # no value that could be shown
        if value is not None and head.state == RESOLVED and not done:
            yield "value", value
        if head.state == FAILED:
            yield "error", gdb.Value(head.error)
        if head.attempts and func.origin == LAZY:
            yield "attempts", gdb.Value(head.attempts)
        if head.state == RUNNING:
            tid = text.runner(head) or 0
            yield "thread", gdb.Value(thread_number(tid) or 0)
        yield "created", plain["site"].dereference()


class SitePrinter:
    """Prints a struct await_site."""

    def __init__(self, site: gdb.Value) -> None:
        self.site = site

    def to_string(self) -> str:
        try:
            site = memory.world().layout.site(int(self.site.address))
        except AwaitError as error:
            return f"<{error}>"
        return f"{site.file}:{site.line} in {site.function}()"  # with its folders


class Printers(gdb.printing.PrettyPrinter):
    """gdb calls it for every value that it prints, so it must reject quickly."""

    def __init__(self) -> None:
        super().__init__("libawait")

    def __call__(self, value: gdb.Value) -> Any:
        try:
            return _printer(value)
        except (AwaitError, gdb.error):
            return None  # gdb itself prints what is wrong with the value


def _printer(value: gdb.Value) -> Any:
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_STRUCT and _is_lazy(kind):
        return AwaitPrinter(_head_of(value), kind.unqualified())
    if kind.code == gdb.TYPE_CODE_PTR:
        target = kind.target().strip_typedefs().unqualified()
        if _is_await(target):
            return AwaitPrinter(int(value), target)
    elif kind.code == gdb.TYPE_CODE_STRUCT and value.address is not None:
        if kind.tag == "await_site":
            return SitePrinter(value)
        if _is_await(kind):
            # A copy of an await is not in a slot: gdb shows its members.
            address = int(value.address)
            with memory.within_owner(address):
                head = memory.world().layout.find(address)
            if head.state != FREE:
                return AwaitPrinter(address, kind.unqualified())
    return None


def _is_lazy(kind: gdb.Type) -> bool:
    return (kind.tag or "").startswith(("await::lazy<", "await::promise<"))


def _head_of(lazy: gdb.Value) -> int:
    """The address of the await that an await::lazy or await::promise refers to."""
    names = [field.name for field in lazy.type.strip_typedefs().fields()]
    return int((lazy["lazy_"] if "lazy_" in names else lazy)["aw_"])


def _is_await(kind: gdb.Type) -> bool:
    if kind.code != gdb.TYPE_CODE_STRUCT or not (kind.tag or "").startswith("await"):
        return False
    names = [field.name for field in kind.fields()]
    return kind.tag == "await" or names == ["head", "value"]


def _plain(kind: gdb.Type) -> gdb.Type:
    """The type struct await, as the program of the handle knows it."""
    if _is_lazy(kind):
        field = kind.fields()[0].type
        return _plain(field.strip_typedefs() if _is_lazy(field) else field.target())
    return kind if kind.tag == "await" else kind.fields()[0].type


def _plain_struct(value: gdb.Value | None) -> gdb.Value | None:
    """The value, if it is a struct of named members only, for which gdb has no
    pretty-printer; else None."""
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
    what = printable(str(error))
    if isinstance(error, (AwaitError, gdb.error)):
        return what if what.startswith("is ") else f"({what})"
    return f"(libawait's scripts failed: {type(error).__name__}: {what})"
