# SPDX-License-Identifier: MIT
"""The tables of CONTRIBUTING.md that say where things live.

    | folder | what | may use |
    |---|---|---|
    | `src/a` | the first | libx |
    | `src/b` | the second | `src/a`, `src/c/*`, libc |
    | `tests` | its tests | everything |

    | library | its headers |
    |---|---|
    | libx | `<x/*.h>` |
    | gdb | `import gdb` |

A file belongs to the row of the innermost folder. Every folder may use libc, the
kernel's headers and Python's own modules.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDERS = "folder"
LIBRARIES = "library"


class BadTable(Exception):
    """Says which line of the tables cannot be read, and why."""


@dataclass
class Row:
    """A folder, and the folders (patterns) and libraries that it may use."""

    folder: str
    everything: bool = False
    folders: list[str] = field(default_factory=list)
    libraries: list[str] = field(default_factory=list)

    def may_use(self, folder: str) -> bool:
        """Whether files of this folder may use files of that one."""
        return (
            self.everything
            or folder == self.folder
            or any(fnmatch.fnmatchcase(folder, one) for one in self.folders)
        )


@dataclass
class Table:
    """Rows by folder, and the library that a header or module belongs to."""

    rows: dict[str, Row]
    headers: dict[str, str]

    def row_of(self, path: str) -> Row | None:
        """The row of a file or folder, by its path below the root."""
        parts = path.split("/")
        for end in range(len(parts), 0, -1):
            row = self.rows.get("/".join(parts[:end]))
            if row:
                return row
        return None

    def library_of(self, spelled: str) -> str | None:
        """The library of `<x/y.h>` or `import x`; the longest pattern wins."""
        fits = [one for one in self.headers if fnmatch.fnmatchcase(spelled, one)]
        return self.headers[max(fits, key=len)] if fits else None


def _tables(text: str) -> dict[str, list[tuple[int, list[str]]]]:
    """The cells of all tables, with their line numbers, by their first head."""
    tables: dict[str, list[tuple[int, list[str]]]] = {}
    rows: list[tuple[int, list[str]]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            rows = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if rows is None:
            rows = tables.setdefault(cells[0], [])
        elif not set(line) <= set("|-: "):
            rows.append((number, cells))
    return tables


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _row(number: int, cells: list[str], libraries: set[str]) -> Row:
    if len(cells) != 3 or len(_quoted(cells[0])) != 1:
        raise BadTable(f"line {number}: is not | `folder` | what | may use |")
    row = Row(_quoted(cells[0])[0])
    for word in filter(None, map(str.strip, cells[2].split(","))):
        if word == "everything":
            row.everything = True
        elif _quoted(word) == [word.strip("`")]:
            row.folders.append(word.strip("`"))
        elif word in libraries:
            row.libraries.append(word)
        else:
            raise BadTable(f"line {number}: {word} is no library of the table below")
    return row


def read(path: Path) -> Table:
    """The tables of a file; raises BadTable."""
    tables = _tables(path.read_text())
    headers: dict[str, str] = {}
    for number, cells in tables.get(LIBRARIES, []):
        if len(cells) != 2 or not _quoted(cells[1]):
            raise BadTable(f"line {number}: is not | library | `<header>` |")
        headers |= {header: cells[0] for header in _quoted(cells[1])}
    rows: dict[str, Row] = {}
    for number, cells in tables.get(FOLDERS, []):
        row = _row(number, cells, set(headers.values()))
        rows[row.folder] = row
    if not rows:
        raise BadTable("there is no table | folder | what | may use |")
    for row in rows.values():
        for pattern in row.folders:
            if not fnmatch.filter(rows, pattern):
                raise BadTable(f"{row.folder} may use {pattern}, which has no row")
    return Table(rows, headers)
