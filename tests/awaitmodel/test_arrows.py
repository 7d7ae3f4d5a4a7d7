# SPDX-License-Identifier: MIT
"""Who may import whom: awaitmodel knows no debugger, and the packages for gdb and
lldb know awaitmodel, but not each other."""

from __future__ import annotations

import ast
import subprocess
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402

GDB = Path(__file__).resolve().parents[2] / "gdb"

OURS = {"awaitmodel", "awaitgdb", "awaitlldb"}
MAY_USE = {
    "awaitmodel": {"awaitmodel"},
    "awaitgdb": {"awaitmodel", "awaitgdb", "gdb"},
    "awaitlldb": {"awaitmodel", "awaitlldb", "lldb"},
}

# Each knows those in the lines below its own, see awaitmodel/__init__.py.
LAYERS = (
    {"recorder_log", "await_text", "event_filters"},
    {"command_options"},
    {"query", "wait_graph"},
    {"world"},
    {"columns", "value_text", "recorder_ring"},
    {"layout"},
    {"debug_block"},
    {"structs", "memory", "ids", "states", "error_text", "text_table", "printable"},
)
BESIDE = {("recorder_log", "await_text"), ("recorder_ring", "columns")}


def imports(source: str) -> Iterator[tuple[str, list[str]]]:
    """Each module that the source imports, and the names that it takes from it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, []
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), [a.name for a in node.names]


def forbidden(package: str, source: str) -> set[str]:
    """What a source of the package imports and may not."""
    debuggers = {"gdb", "lldb"}
    found = {module.split(".")[0] for module, _ in imports(source)}
    return found & (OURS | debuggers | {""}) - MAY_USE[package]


def modules_used(package: str, source: str) -> set[str]:
    """The modules of the package that the source imports."""
    used = set()
    for module, names in imports(source):
        if module == package:
            used.update(names)
        elif module.startswith(f"{package}."):
            used.add(module.split(".")[1])
    return used


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """Modules that use each other in a circle; empty if there is none."""

    def search(path: list[str]) -> list[str]:
        for used in arrows[path[-1]]:
            if used in path:
                begin = path.index(used)
                return path[begin:]
            found = search([*path, used])
            if found:
                return found
        return []

    return next(filter(None, (search([name]) for name in arrows)), [])


class Arrows(unittest.TestCase):
    def test_packages(self) -> None:
        for package in MAY_USE:
            sources = sorted((GDB / package).glob("*.py"))
            self.assertGreater(len(sources), 3, package)
            for path in sources:
                with self.subTest(path=path):
                    self.assertEqual(forbidden(package, path.read_text()), set())

    def test_a_forbidden_arrow_is_found(self) -> None:
        for source, name in (
            ("import gdb.printing", "gdb"),
            ("def f():\n    from awaitgdb import memory", "awaitgdb"),
            ("try:\n    import lldb\nexcept ImportError:\n    pass", "lldb"),
            ("from . import memory", ""),
        ):
            self.assertEqual(forbidden("awaitmodel", source), {name})
        self.assertEqual(forbidden("awaitlldb", "import awaitgdb.text"), {"awaitgdb"})
        self.assertEqual(
            forbidden("awaitgdb", "from awaitlldb import x"), {"awaitlldb"}
        )

    def test_layers(self) -> None:
        place = {name: i for i, layer in enumerate(LAYERS) for name in layer}
        paths = {path.stem: path for path in (GDB / "awaitmodel").glob("*.py")}
        self.assertEqual(set(place), set(paths) - {"__init__"})
        for name in place:
            for used in modules_used("awaitmodel", paths[name].read_text()):
                with self.subTest(arrow=f"{name} -> {used}"):
                    down = place[used] > place[name] or (name, used) in BESIDE
                    self.assertTrue(down)

    def test_no_circles(self) -> None:
        self.assertEqual(circle({"a": {"b", "c"}, "b": set(), "c": {"b"}}), [])
        self.assertEqual(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c"])
        for package in MAY_USE:
            arrows = {
                path.stem: modules_used(package, path.read_text())
                for path in (GDB / package).glob("*.py")
            }
            self.assertEqual(circle(arrows), [])

    def test_no_debugger_is_needed(self) -> None:
        """All of awaitmodel, by a Python in which a debugger cannot be imported."""
        names = [path.stem for path in (GDB / "awaitmodel").glob("*.py")]
        imported = "\n".join(f"import awaitmodel.{name}" for name in sorted(names))
        program = (
            "import sys\n"
            "for name in ('gdb', 'lldb', 'awaitgdb', 'awaitlldb'):\n"
            "    sys.modules[name] = None\n"
            f"sys.path.insert(0, {str(GDB)!r})\n"
            f"{imported}\nprint('imported')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
        )
        self.assertEqual((done.stdout, done.stderr), ("imported\n", ""))


if __name__ == "__main__":
    tap.main()
