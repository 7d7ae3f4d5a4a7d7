# SPDX-License-Identifier: MIT
"""libawait in lldb. Load it by hand, or in ~/.lldbinit:

    (lldb) command script import /usr/share/libawait/gdb/awaitlldb
    (lldb) p aw
    (await_page *) $0 = 0x00007ffff7740040 Await<page> #5 resolved fetch(...) = ...
    (lldb) awaits --state running,failed
    (lldb) awaits log fetch -n 3

The decoder is that of the scripts for gdb, which knows no debugger:

    commands, printers, log -> text -> memory -> awaitgdb: words, events, query, ...

Nothing here ever runs code in the process that is looked at.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

_PACKAGES = Path(__file__).resolve().parent.parent


def _find_decoder() -> None:
    """Makes awaitgdb's modules importable. The package itself is for gdb and
    asks for it as it is imported, so here it is only a place."""
    if "awaitgdb" not in sys.modules:
        place = types.ModuleType("awaitgdb")
        place.__path__ = [str(_PACKAGES / "awaitgdb")]
        sys.modules["awaitgdb"] = place


def __lldb_init_module(debugger: Any, _names: dict[str, Any]) -> None:
    """lldb calls it after the import."""
    _find_decoder()
    if str(_PACKAGES) not in sys.path:
        sys.path.insert(0, str(_PACKAGES))
    from awaitlldb import commands, printers

    printers.register(debugger)
    commands.register(debugger)
