# SPDX-License-Identifier: MIT
"""Code addresses as places in the source code.

    >>> place(0x401234)
    'main.c:31 in main()'
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitmodel.await_text import file_name


def place(address: int) -> str:
    """The place of a call whose address libawait keeps."""
    line = _line(address)
    function = _function(address)
    if line:
        return f"{line} in {function}()" if function else line
    return f"{function}()" if function else f"{address:#x}"


def _line(address: int) -> str | None:
    found = gdb.find_pc_line(address)
    if not found.symtab or not found.line:
        return None
    return f"{file_name(found.symtab.filename)}:{found.line}"


def _function(address: int) -> str | None:
    try:
        block = gdb.block_for_pc(address)
    except (RuntimeError, gdb.error):
        block = None
    while block and not block.function:
        block = block.superblock
    if block and block.function:
        return str(block.function.print_name)
    symbol = str(gdb.execute(f"info symbol {address:#x}", to_string=True))
    if symbol.startswith("No symbol"):
        return None
    return symbol.split(" in section ")[0].split(" + ")[0].strip()
