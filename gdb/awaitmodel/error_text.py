# SPDX-License-Identifier: MIT
"""How the failure of an await is spelled.

    >>> error_text(-2)
    '-ENOENT (No such file or directory)'
    >>> failure_text(-2, 2)
    '-ENOENT (No such file or directory), 2 attempts'
    >>> error_text(7)
    '7'
"""

from __future__ import annotations

import errno
import os

# Where two names share a number, the one that libawait's documents use.
_NAMES = {
    **errno.errorcode,
    errno.EAGAIN: "EAGAIN",
    errno.EDEADLK: "EDEADLK",
    errno.EOPNOTSUPP: "EOPNOTSUPP",
    133: "EHWPOISON",  # which Python knows from 3.14 on
}

# The counter of attempts has one byte and stays at its highest value.
_MAX_ATTEMPTS = 255


def error_text(number: int) -> str:
    """What a function has returned, by name if it is a negative errno."""
    name = _NAMES.get(-number)
    return f"-{name} ({os.strerror(-number)})" if name else str(number)


def failure_text(error: int, attempts: int | None) -> str:
    """attempts: None for a promise, which has no function to run again."""
    tried = "" if attempts is None else f", {attempts_text(attempts)}"
    return f"{error_text(error)}{tried}"


def attempts_text(attempts: int) -> str:
    if attempts >= _MAX_ATTEMPTS:
        return f"{_MAX_ATTEMPTS} or more attempts"
    return f"{attempts} attempt{'s' * (attempts != 1)}"
