# SPDX-License-Identifier: MIT
"""Files and functions that are too long.

    >>> for line, proof in violations(root, files).items():
    ...     print(line, proof)
    src/lttng/session.c is longer than 400 lines (412)
    src/awaitctl/ps/view.c: view_sort() is longer than 60 lines (64)

.clang-format puts the braces around a C function into the first column. Its
length counts from the line of its type, as Python's counts from its def.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60


def violations(root: Path, files: list[str]) -> dict[str, str]:
    """All violations: a line that stays the same, and the length today."""
    found: dict[str, str] = {}
    for path in files:
        text = (root / path).read_text()
        length = len(text.splitlines())
        if length > FILE_LINES:
            found[f"{path} is longer than {FILE_LINES} lines"] = f"({length})"
        functions = _of_python if path.endswith(".py") else _of_c
        for name, length in functions(text):
            if length > FUNCTION_LINES:
                line = f"{path}: {name}() is longer than {FUNCTION_LINES} lines"
                found[line] = f"({length})"
    return found


def _of_python(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def _of_c(text: str) -> Iterator[tuple[str, int]]:
    lines = text.splitlines()
    start = None
    for at, line in enumerate(lines):
        if line == "{":
            start = at
            while start and not re.search(r"^$|[;}/]$|^#", lines[start - 1]):
                start -= 1
        elif line.startswith("}") and start is not None:
            if line != "};":  # of a class
                yield _name(" ".join(lines[start:at])), at - start + 1
            start = None


def _name(text: str) -> str:
    """The name before the first parenthesis, attributes left out."""
    text = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", text.partition("{")[0])
    found = re.search(r"(\w+)\s*\(", text)
    return found.group(1) if found else text.strip()
