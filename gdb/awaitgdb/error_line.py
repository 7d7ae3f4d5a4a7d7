# SPDX-License-Identifier: MIT
"""Every error is one line, a gdb.GdbError; so is a defect of these scripts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import gdb  # type: ignore

from awaitmodel.structs import LayoutError


def in_one_line(invoke: Callable[..., Any]) -> Callable[..., Any]:
    """Makes every exception one line of text."""

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
    """What the user is told of it."""
    if isinstance(error, (LayoutError, gdb.error, ValueError)):
        return str(error)
    return f"libawait's scripts failed: {type(error).__name__}: {error}"


def quietly(complete: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Makes every exception an empty list: completion has no place to tell."""

    @functools.wraps(complete)
    def wrapper(*args: Any) -> list[str]:
        try:
            return complete(*args)
        except Exception:
            return []

    return wrapper
