# SPDX-License-Identifier: MIT
"""The prefix `await` of the commands `await tree`, `await why` and so on.

With it, `aw` would no longer be gdb's abbreviation of `awatch`, so that becomes an
alias.
"""

from __future__ import annotations

import gdb  # type: ignore


class AwaitPrefix(gdb.Command):
    """Look at awaits: what they are, who waits for whom, and why.
    Usage: await COMMAND ...

    `info awaits` lists them. Nothing here runs code in the process.

    Example:
      (gdb) await why #5"""

    def __init__(self) -> None:
        super().__init__("await", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, argument: str, _from_tty: bool) -> None:
        if argument:
            word = argument.split()[0]
            raise gdb.GdbError(f"no command `await {word}`: see `help await`")
        gdb.execute("help await")


def register() -> None:
    AwaitPrefix()
    try:
        gdb.execute("alias aw = awatch", to_string=True)
    except gdb.error:
        pass  # the alias exists: the scripts have been sourced before
