# SPDX-License-Identifier: MIT
"""What all commands about one await share: `await bt`, `await args`, `await why`."""

from __future__ import annotations

import gdb  # type: ignore

from awaitgdb import completion, error_line, lookup, memory
from awaitmodel.structs import Head


class OneAwait(gdb.Command):
    """Looks up the await that is the argument, and calls show() for it with its
    libawait selected. A subclass has the word after `await`, show(), and as its
    docstring the help."""

    word = ""

    def __init__(self) -> None:
        super().__init__(f"await {self.word}", gdb.COMMAND_DATA)

    @error_line.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        memory.world()  # the error if there is no libawait at all
        head = lookup.by_text(argument)
        with memory.within_owner(head.address):
            self.show(head)
            for warning in memory.world().warnings:
                print(f"warning: {warning}")

    def show(self, head: Head) -> None:
        raise NotImplementedError

    @error_line.quietly
    def complete(self, typed: str, word: str) -> list[str]:
        return completion.ids(typed, word)
