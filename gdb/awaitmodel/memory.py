# SPDX-License-Identifier: MIT
"""What the decoder needs of a debugger: the memory of a process.

The process may be live or a core file. All threads are stopped while it is
read, or what is read may contradict itself.
"""

from __future__ import annotations

from typing import Protocol


class AwaitError(Exception):
    """Why there is no answer, as one line for the user: memory that cannot be
    read or is damaged, or an await, thread or libawait that does not exist."""


class Memory(Protocol):
    def read(self, address: int, size: int) -> bytes:
        """All size bytes; AwaitError if any of them cannot be read."""


class WritableMemory(Memory, Protocol):
    def write(self, address: int, data: bytes) -> None:
        """AwaitError if it cannot be written."""
