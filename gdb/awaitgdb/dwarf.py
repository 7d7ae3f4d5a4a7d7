# SPDX-License-Identifier: MIT
"""The C types of an await's value and arguments, from debug information.

AWAITABLE(page, fetch, ...) defines fetch_await_run(), whose locals are
`struct await_page *await_awaited_` and `struct fetch_await_args await_args_`. The
descriptor points to that function, so its block has exactly the types that the slot was
created with, even if another file has other types of the same names. If there is no
such block (nowait has no function), the types are looked up by name: in the file
that defines the descriptor, then in all files, unless these define the name
differently.

Of C++ (<await/await.hpp>) the function is a template's, and so are its locals: a
pointer to await::handle<T>, and one to args_of<First, More...>, whose members are
`first` and, for the others, `more`. Where there is no function to run, release() has
the same locals.

A type that is found must agree with the descriptor in every size and offset.
Otherwise there is no type, and the caller shows the bytes by their kind.

    >>> handle_type(func)
    <gdb.Type code=TYPE_CODE_STRUCT name=await_page>
    >>> value_of(head, func)["lines"]
    <gdb.Value 7>
"""

from __future__ import annotations

from typing import Any

import gdb  # type: ignore

from awaitmodel.structs import Arg, Func, Head

# The types of the handle and of the arguments by address of the descriptor.
_types: dict[int, tuple[gdb.Type | None, gdb.Type | None]] = {}


def handle_type(func: Func) -> gdb.Type | None:
    """struct await_NAME, or None."""
    return _lookup(func)[0]


def value_of(head: Head, func: Func) -> gdb.Value | None:
    """The value, typed, or None. It is meaningless unless the await is resolved."""
    handle = handle_type(func)
    if handle is None or "value" not in _fields(handle):
        return None
    return at(head.address, handle)["value"]


def args_of(address: int, func: Func) -> gdb.Value | None:
    """The arguments at address as struct FN_await_args, or None. A function without
    arguments has no such struct."""
    args = _lookup(func)[1]
    return at(address, args) if args else None


def argument(address: int, func: Func, arg: Arg) -> gdb.Value | None:
    """One of the arguments at address, typed, or None."""
    args = _lookup(func)[1]
    if args is None:
        return None
    chained = _chain(args).get(arg.offset)
    return at(address + arg.offset, chained) if chained else at(address, args)[arg.name]


def is_sticky(func: Func) -> bool | None:
    """Whether its failures are final (AWAIT_STICKY), or None if that is unknown:
    the flag is not part of the debug block."""
    try:
        flags = at(func.address, gdb.lookup_type("struct await_func"))["flags"]
        return bool(int(flags) & 1)
    except gdb.error:
        return None


def at(address: int, kind: gdb.Type) -> gdb.Value:
    return gdb.Value(address).cast(kind.pointer()).dereference()


def _lookup(func: Func) -> tuple[gdb.Type | None, gdb.Type | None]:
    if func.address not in _types:
        handle, args = _from_thunk(func)
        if not _is_handle(handle, func):
            scope = _scope(f"await_{func.type.name}_type", func.type.address)
            found = _by_name(f"await_{func.type.name}", scope)
            handle = _only([kind for kind in found if _is_handle(kind, func)])
        if not _is_args(args, func):
            scope = _scope(f"{func.name}_await_func", func.address)
            found = _by_name(f"{func.name}_await_args", scope)
            args = _only([kind for kind in found if _is_args(kind, func)])
        _types[func.address] = handle, args
    return _types[func.address]


def _from_thunk(func: Func) -> tuple[gdb.Type | None, gdb.Type | None]:
    code = func.run or _release(func)
    try:
        block = gdb.block_for_pc(code) if code else None
    except gdb.error:
        block = None
    outermost = None  # inner blocks with functions are inlined
    while block and not block.is_static and not block.is_global:
        if block.function:
            outermost = block
        block = block.superblock
    function = outermost.function if outermost else None
    # Not by the block's address, as a cold part may come first.
    if function is None or int(function.value().address) != code:
        return None, None
    found = {symbol.name: symbol.type for symbol in outermost}  # type: ignore
    awaited = found.get("await_awaited_")
    if awaited is not None and awaited.code != gdb.TYPE_CODE_PTR:
        awaited = None
    args = found.get("await_args_")
    if args is not None and args.code == gdb.TYPE_CODE_PTR:
        args = args.target()
    return awaited.target() if awaited else None, args


def _release(func: Func) -> int:
    """The address of its release(), or 0: that is not part of the debug block."""
    try:
        kind = gdb.lookup_type("struct await_func")
        return int(at(func.address, kind)["release"])
    except gdb.error:
        return 0


def _scope(descriptor: str, address: int) -> gdb.Block | None:
    """The static block of the file that defines the descriptor."""
    for symbol in gdb.lookup_static_symbols(descriptor):
        place = symbol.value().address  # None if it is optimized away
        if place is not None and int(place) == address:
            return symbol.symtab.static_block()
    return None


def _by_name(tag: str, scope: gdb.Block | None) -> list[Any]:
    """The types of that name in the scope, or else all of them: optimized as a whole,
    a program keeps its types elsewhere than its descriptors."""
    # gdb.lookup_type() ignores the scope of a struct, and gdb.lookup_symbol() leaves
    # it for the first one that it meets in any file.
    domain = gdb.SYMBOL_STRUCT_DOMAIN
    found = gdb.lookup_static_symbols(tag, domain)
    if scope:
        inside = [each for each in found if _same(each.symtab.static_block(), scope)]
        found = inside or found
        # The types of C++ are global, and of one name there is one.
        one = None if found else gdb.lookup_symbol(tag, scope, domain)[0]
        found = [one] if one else found
    return [symbol.type for symbol in found]


def _same(one: gdb.Block, other: gdb.Block) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _only(kinds: list[gdb.Type]) -> gdb.Type | None:
    """The type, if all of them have the same members; else None."""
    shapes = {_spell(kind) for kind in kinds}
    return kinds[0] if len(shapes) == 1 else None


def _spell(kind: gdb.Type, depth: int = 3) -> str:
    kind = kind.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_STRUCT or not depth:
        return str(kind)
    fields = [
        f"{field.name}: {_spell(field.type, depth - 1)}" for field in kind.fields()
    ]
    return f"{kind.name} {{{', '.join(fields)}}}"


def _is_handle(kind: gdb.Type | None, func: Func) -> bool:
    fields = _fields(kind)
    if not func.type.size:
        return "head" in fields  # C++'s void
    return fields.get("value") == (func.value_offset, func.type.size)


def _is_args(kind: gdb.Type | None, func: Func) -> bool:
    fields = _fields(kind)
    chained = _chain(kind)
    return bool(func.args) and all(
        fields.get(arg.name) == (arg.offset, arg.size)
        or (arg.offset in chained and chained[arg.offset].sizeof == arg.size)
        for arg in func.args
    )


def _chain(kind: gdb.Type | None) -> dict[int, gdb.Type]:
    """The arguments of C++ by their offset, from first and more; else none."""
    found: dict[int, gdb.Type] = {}
    offset = 0
    while kind is not None and (kind.strip_typedefs().tag or "").startswith(
        "await_cxx::args_of<"
    ):
        fields = {field.name: field for field in kind.strip_typedefs().fields()}
        found[offset] = fields["first"].type
        more = fields.get("more")
        offset += more.bitpos // 8 if more else 0
        kind = more.type if more else None
    return found


def _fields(kind: gdb.Type | None) -> dict[str, tuple[int, int]]:
    """The offset and size of each member."""
    if kind is None or kind.strip_typedefs().code != gdb.TYPE_CODE_STRUCT:
        return {}
    return {
        str(field.name): (field.bitpos // 8, field.type.sizeof)
        for field in kind.strip_typedefs().fields()
        if hasattr(field, "bitpos")  # or it is static
    }


def _forget(_event: object) -> None:
    _types.clear()


for _name in ("stop", "exited", "new_objfile", "clear_objfiles"):
    getattr(gdb.events, _name).connect(_forget)
