# SPDX-License-Identifier: MIT
"""Tables of text, two spaces between columns.

    >>> table([["Id", "Count"], ["#12", "7"]])
    ['Id   Count', '#12  7']
"""

from __future__ import annotations


def table(rows: list[list[str]], right: int = 0) -> list[str]:
    """The lines of a table whose first `right` columns are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if i < right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def cut(text: str, width: int) -> str:
    """At most width characters of text; what is cut ends in dots."""
    return text if len(text) <= width else text[: width - 3] + "..."
