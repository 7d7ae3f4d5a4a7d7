# SPDX-License-Identifier: MIT
"""Makes every exception one line of text for the user.

That includes defects of these scripts, so that no traceback is ever shown.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import gdb  # type: ignore

from awaitmodel.memory import AwaitError
from awaitmodel.printable import printable


def in_one_line(invoke: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates invoke() of a command or function: gdb prints a GdbError as a line."""

    @functools.wraps(invoke)
    def wrapper(*args: Any) -> Any:
        try:
            return invoke(*args)
        except gdb.GdbError:
            raise
        except Exception as error:
            raise gdb.GdbError(line(error)) from None

    return wrapper


def line(error: Exception) -> str:
    if isinstance(error, (AwaitError, gdb.error, ValueError)):
        return printable(str(error))
    return printable(f"libawait's scripts failed: {type(error).__name__}: {error}")


def quietly(complete: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Decorates complete() of a command: no completion instead of an exception, as
    text would be printed into the line that the user types. Before gdb asks what a
    word may become it asks, without a word, how words are told apart: as usual."""

    @functools.wraps(complete)
    def wrapper(command: Any, typed: str, word: str | None) -> list[str]:
        try:
            return [] if word is None else complete(command, typed, word)
        except Exception:
            return []

    return wrapper
