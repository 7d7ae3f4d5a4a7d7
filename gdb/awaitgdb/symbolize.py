# SPDX-License-Identifier: MIT
"""Code addresses as places in the source code.

    >>> place(0x401234)
    'main.c:31 in main()'

What is inlined from <await/await.hpp> is a part of the caller's line.
"""

from __future__ import annotations

import re

import gdb  # type: ignore

from awaitmodel.await_text import called, file_name
from awaitmodel.printable import printable

_OF_AWAIT_HPP = re.compile("await(_cxx)?::")


def place(address: int) -> str:
    """The place of a call whose address libawait keeps."""
    line = _line(address)
    function = _function(address)
    if line:
        return printable(f"{line} in {called(function)}" if function else line)
    return printable(called(function)) if function else f"{address:#x}"


def _line(address: int) -> str | None:
    call = _call(_block(address))
    found = call or gdb.find_pc_line(address)
    if not found.symtab or not found.line:
        return None
    return f"{file_name(found.symtab.filename)}:{found.line}"


def _call(block: gdb.Block | None) -> gdb.Symbol | None:
    """The outermost function that is inlined there as a part of its caller; its line
    is that of the call."""
    outer = None
    while block and (not block.function or _is_part_of_caller(block)):
        outer = block.function or outer
        block = block.superblock
    return outer


def _is_part_of_caller(block: gdb.Block) -> bool:
    """By its name: the file of a symbol is that of the call, too."""
    outer, function = block.superblock, block.function
    if not outer or outer.is_static or not function:
        return False
    return bool(_OF_AWAIT_HPP.match(function.print_name))


def _block(address: int) -> gdb.Block | None:
    try:
        return gdb.block_for_pc(address)
    except (RuntimeError, gdb.error):
        return None


def _function(address: int) -> str | None:
    block = _block(address)
    while block and (not block.function or _is_part_of_caller(block)):
        block = block.superblock
    if block and block.function:
        return str(block.function.print_name)
    symbol = str(gdb.execute(f"info symbol {address:#x}", to_string=True))
    if symbol.startswith("No symbol"):
        return None
    return symbol.split(" in section ")[0].split(" + ")[0].strip()
