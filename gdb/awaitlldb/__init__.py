# SPDX-License-Identifier: MIT
"""libawait in lldb. Load it by hand, or in ~/.lldbinit:

    (lldb) command script import /usr/share/libawait/gdb/awaitlldb
    (lldb) p aw
    (await_page *) $0 = 0x00007ffff7740040 Await<page> #5 resolved fetch(...) = ...
    (lldb) awaits --state running,failed
    (lldb) awaits log fetch -n 3

awaitmodel decodes what is in memory, as it does for gdb. Each of these uses those
to the right of it:

    command_awaits, command_log, printers -> text -> memory -> awaitmodel

Nothing here ever runs code in the process.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

_PACKAGES = Path(__file__).resolve().parent.parent


def __lldb_init_module(debugger: Any, _names: dict[str, Any]) -> None:
    """lldb calls it after the import."""
    if str(_PACKAGES) not in sys.path:
        sys.path.insert(0, str(_PACKAGES))
    from awaitlldb import command_awaits, printers

    printers.register(debugger)
    command_awaits.register(debugger)
