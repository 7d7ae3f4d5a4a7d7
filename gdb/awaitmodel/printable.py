# SPDX-License-Identifier: MIT
"""The text of others, be it a name or a message, as it may be shown: what could
control a terminal, the order of its text or its lines is escaped, as
src/common/line.h does it in C.

    >>> printable("fetch\\x1b[2J")
    'fetch\\\\x1b[2J'
    >>> printable(b"fetch\\xff")
    'fetch\\\\xff'
"""

from __future__ import annotations

import re

# Controls, lines and directions; and halves of characters, which is what bytes become
# that are no UTF-8.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LETTERS = dict(zip("\a\b\t\n\v\f\r", "abtnvfr"))


def printable(text: str | bytes, lines: bool = False) -> str:
    """Backslashes stay as they are, so that doing it twice changes nothing. lines:
    those of the text stay, too."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if text.isprintable():
        return text
    if lines:
        return "\n".join(_CONTROL.sub(_escape, line) for line in text.split("\n"))
    return _CONTROL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _LETTERS:
        return "\\" + _LETTERS[char]
    if "\udc80" <= char <= "\udcff":
        data = char.encode("utf-8", "surrogateescape")
    else:
        data = char.encode("utf-8", "surrogatepass")
    return "".join(f"\\x{byte:02x}" for byte in data)
