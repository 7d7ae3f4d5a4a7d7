# SPDX-License-Identifier: MIT
"""Summaries and children of handles and awaits:

    (lldb) p aw
    (await_page *) $0 = 0x00007ffff7740040 Await<page> #5 resolved fetch(...) = ...
    (lldb) frame variable *aw
    (await_page) *aw = Await<page> #5 resolved fetch(...) = ... {
      [state] = AWAIT_RESOLVED
      id = 5
      value = { lines = 7 }
    }
"""

from __future__ import annotations

from typing import Any

import lldb  # type: ignore

from awaitlldb import memory, text
from awaitmodel import await_text
from awaitmodel.memory import AwaitError
from awaitmodel.printable import printable
from awaitmodel.states import FREE, RESOLVED, state_text

# Types that are not awaits match, too, as lldb's patterns have no look-ahead. They
# get no summary, and their own members as children.
_TYPES = "^(struct )?await_[A-Za-z0-9_]+$|^await::(lazy|promise)<.+>$"
_CATEGORY = "libawait"


def register(debugger: Any) -> None:
    for line in (
        f"type summary add -w {_CATEGORY} -e -x '{_TYPES}'"
        " -F awaitlldb.printers.summary",
        f"type synthetic add -w {_CATEGORY} -x '{_TYPES}'"
        " -l awaitlldb.printers.Children",
        f"type category enable {_CATEGORY}",
    ):
        debugger.HandleCommand(line)


def _await_type(value: lldb.SBValue) -> lldb.SBType | None:
    """The struct, if the value is an await or a handle of one; of C++'s, its own."""
    kind = value.GetType().GetCanonicalType()
    if _head_of(value).IsValid():
        return kind
    if kind.IsPointerType():
        kind = kind.GetPointeeType().GetCanonicalType()
    names = [kind.GetFieldAtIndex(i).GetName() for i in range(kind.GetNumberOfFields())]
    return kind if names == ["head", "value"] else None


def _head_of(value: lldb.SBValue) -> lldb.SBValue:
    """What an await::lazy, or the one in an await::promise, points to; or an invalid
    value."""
    lazy = value.GetChildMemberWithName("lazy_").GetNonSyntheticValue()
    return (lazy if lazy.IsValid() else value).GetChildMemberWithName("aw_")


def _name(kind: lldb.SBType) -> str:
    """page, of await_page and of await::lazy<page>."""
    name = str(kind.GetName()).removeprefix("struct ")
    if name.startswith("await::"):
        return name.partition("<")[2][:-1]
    return name.partition("_")[2]


def _address(value: lldb.SBValue) -> int:
    head = _head_of(value)
    if head.IsValid():
        return int(head.GetValueAsUnsigned())
    if value.GetType().GetCanonicalType().IsPointerType():
        return int(value.GetValueAsUnsigned())
    return int(value.GetLoadAddress())


def summary(value: lldb.SBValue, _names: dict[str, Any]) -> str:
    value = value.GetNonSyntheticValue()
    kind = _await_type(value)
    if kind is None:
        return ""
    name = _name(kind)
    address = _address(value)
    if not address:
        return f"Await<{name}> NULL"
    try:
        is_c = not _head_of(value).IsValid()
        return printable(_line(value.GetTarget(), name, address, is_c))
    except AwaitError as error:
        what = printable(str(error))
        return f"Await<{name}> {what if what.startswith('is ') else f'({what})'}"
    except Exception as error:  # instead of a traceback
        return f"(libawait's scripts failed: {type(error).__name__}: {error})"


def _line(target: lldb.SBTarget, name: str, address: int, is_c: bool) -> str:
    world, head = memory.find(target, address)
    if head.state == FREE:
        return f"Await<{name}> dangling: this await has ended"
    func = world.layout.site(head.site).func
    named = await_text.named_id(world, head.id)
    line = f"Await<{func.type.name}> {named} {state_text(head.state)}"
    line += f" {text.call(world, head, func)}{text.outcome(world, head, func)}"
    thread = text.running_on(target, world, head)
    if thread:
        line += f" on {thread}{await_text.asked_to_stop(head)}"
    if is_c and name != func.type.name:
        line += f" (through a handle of type await_{name})"
    return line


def _kept(kind: lldb.SBType) -> lldb.SBType | None:
    """What is kept of a value of C++: of a reference a pointer, of void nothing."""
    if kind.IsReferenceType():
        return kind.GetDereferencedType().GetPointerType()
    return kind if kind.GetByteSize() else None


class Children:
    """The synthetic children of an await: its state, id and value."""

    def __init__(self, value: lldb.SBValue, _names: dict[str, Any]) -> None:
        self.value = value.GetNonSyntheticValue()
        self.children: list[lldb.SBValue] = []

    def update(self) -> None:
        self.children = []
        try:
            kind = _await_type(self.value)
            if kind is None:
                count = self.value.GetNumChildren()
                self.children = [self.value.GetChildAtIndex(i) for i in range(count)]
            elif _address(self.value):
                self._read(kind)
        except Exception:  # the summary shows what is wrong
            pass

    def _read(self, kind: lldb.SBType) -> None:
        target = self.value.GetTarget()
        world, head = memory.find(target, _address(self.value))
        state = target.FindFirstType("await_state")
        if not state.IsValid():
            state = target.GetBasicType(lldb.eBasicTypeUnsignedInt)
        self._number("[state]", head.state, state)
        if head.state == FREE:
            return
        number = target.GetBasicType(lldb.eBasicTypeUnsignedLong)
        self._number("id", head.id, number)
        func = world.layout.site(head.site).func
        typed = self._value_type(kind, func.type.name)
        if head.state == RESOLVED and typed is not None:
            at = head.address + func.value_offset
            self.children.append(self.value.CreateValueFromAddress("value", at, typed))

    def _value_type(self, kind: lldb.SBType, name: str) -> lldb.SBType | None:
        if str(kind.GetName()).startswith("await::"):
            return _kept(kind.GetTemplateArgumentType(0))
        if _name(kind) != name:
            return None  # a handle of another type
        typed = kind.GetFieldAtIndex(1).GetType()
        if typed.IsArrayType():
            typed = typed.GetArrayElementType()
        return typed

    def _number(self, name: str, number: int, kind: lldb.SBType) -> None:
        target = self.value.GetTarget()
        order, width = target.GetByteOrder(), target.GetAddressByteSize()
        make = lldb.SBData.CreateDataFromUInt64Array
        if kind.GetByteSize() == 4:
            make = lldb.SBData.CreateDataFromUInt32Array
        data = make(order, width, [number])
        self.children.append(self.value.CreateValueFromData(name, data, kind))

    def num_children(self) -> int:
        return len(self.children)

    def has_children(self) -> bool:
        return bool(self.children)

    def get_child_at_index(self, index: int) -> lldb.SBValue | None:
        return self.children[index] if 0 <= index < len(self.children) else None

    def get_child_index(self, name: str) -> int:
        names = [child.GetName() for child in self.children]
        return names.index(name) if name in names else -1
