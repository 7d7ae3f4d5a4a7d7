# SPDX-License-Identifier: MIT
"""What `print` shows of handles, and what front-ends list. See app.c."""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    APP,
    CHECKPOINT,
    DONE,
    HOLDER,
    OPTIMIZED,
    gdb,
    knows_no,
    mi,
)

# What `print handles.NAME` gives, in part. Numbers of awaits vary.
FORMS = {
    "pending": r'Await<page> #\d+ pending fetch\("/etc/hosts", 0\)',
    "resolved": r"Await<page> #\d+ resolved fetch\(\.\.\.\) ="
    r' \{lines = 7, title = 0x\w+ "/etc/motd"\}',
    "failed": r'Await<page> #\d+ failed fetch\("/no\\"pe\\n", -1\):'
    r" -ENOENT \(No such file or directory\), 2 attempts",
    "pointer": r"Await<node> #\d+ resolved node\(\) = 0x\w+ <first_page>",
    "real": r"Await<double> #\d+ resolved half\(\.\.\.\) = 1\.5",
    "string": r'Await<name> #\d+ resolved greet\(\.\.\.\) = "hello"',
    "big": r"Await<big> #\d+ resolved fill\(\.\.\.\) = \{text = .*, last = 99\}",
    "mixed": r"Await<int> #\d+ pending mix\(true, 99 'c', 5, 0\.5,"
    r' \{lines = 1, title = 0x\w+ "first"\}, 0x\w+ <first_page>, GREEN, 0x0\)',
    "nowait": r"Await<int> #\d+ resolved nowait = 33",
    "nowait_page": r"Await<page> #\d+ resolved nowait ="
    r' \{lines = 3, title = 0x\w+ "now"\}',
    "rejected": r"Await<int> #\d+ failed promise: -EPIPE \(Broken pipe\)",
    "cancelled": r"Await<int> #\d+ cancelled number\(\.\.\.\)",
    "nested": r"Await<later> #\d+ resolved later\(\.\.\.\) ="
    r" Await<int> #\d+ resolved nowait = 33",
    "inner": r"Await<int> #\d+ running inner\(2\) on thread 1",
    "outer": r"Await<int> #\d+ running outer\(Await<int> #\d+ running\) on thread 1",
    "reused": r"Await<int> #\d+\.1 pending number\(2\)",
    "null": r"Await<int> NULL",
    "foreign": r"Await<int> 0x\w+ is not an await: no slab holds it",
    "dangling": r"Await<int> 0x\w+ dangling: this await has ended",
    "wild": r"Await<int> 0x8 is not readable memory",
    "inside": r"Await<int> 0x\w+ is not an await: it is not where one begins",
    "wrong": r"Await<int> #\d+ resolved nowait = 33"
    r" \(through a handle of type await_page\)",
}


class Print(unittest.TestCase):
    def check_forms(self, program: Path, forms: dict[str, str]) -> None:
        commands = [f"output handles.{name}" for name in forms]
        marked = [part for c in commands for part in ("echo \\n==", c)]
        output = gdb(*CHECKPOINT, *marked, "echo \\n", program=program)
        shown = re.findall(r"^==(.*)$", output, re.MULTILINE)
        self.assertEqual(len(shown), len(forms), output)
        for (name, form), line in zip(forms.items(), shown):
            self.assertRegex(line, f"^{form}$", name)

    def test_every_form(self) -> None:
        self.check_forms(APP, FORMS)

    def test_an_action_has_no_bytes(self) -> None:
        output = gdb(
            *CHECKPOINT, "up", "print done", "print *done", "info awaits", program=DONE
        )
        line = r"Await<action> #\d+ resolved start\(\) = done"
        self.assertEqual(len(re.findall(f"= {line}$", output, re.M)), 2, output)
        self.assertRegex(output, r"#\d+ +resolved +action +start\(\) = done +done\.c:9")

    def test_kept_arguments(self) -> None:
        output = gdb(
            "set environment LIBAWAIT_DEBUG args",
            *CHECKPOINT,
            "output handles.resolved",
            "echo \\n",
            "output handles.nowait",
            program=APP,
        )
        self.assertRegex(
            output, r'resolved fetch\("/etc/motd", \d+\) = \{lines = 7, title'
        )
        self.assertRegex(output, r"resolved nowait = 33")

    def test_every_form_optimized(self) -> None:
        # Optimized as a whole, little may be left to say which of the two
        # files' struct page a nowait holds: then its bytes, never the wrong
        # members.
        start = r"Await<page> #\d+ resolved nowait = "
        either = start + r"(\{lines = 3, .*\}|<struct page, 16 bytes: 03 .*>)"
        self.check_forms(OPTIMIZED, {**FORMS, "nowait_page": either})

    def test_members_are_ordinary_values(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "print handles.resolved->value.lines",
            "print handles.resolved->value",
            "print *handles.pending",
            "print handles.pending->head",
            "print/r handles.pending->head.refs",
            "print handles.pending == handles.resolved",
            "print not_an_await",
        )
        self.assertIn("$1 = 7\n", output)
        self.assertRegex(output, r"\$2 = \{lines = 7, title = 0x\w+ \"/etc/motd\"\}\n")
        self.assertRegex(output, r"\$3 = Await<page> #\d+ pending fetch\(")
        self.assertRegex(output, r"\$4 = Await<page> #\d+ pending fetch\(")
        self.assertIn("$5 = 1\n", output)
        self.assertIn("$6 = 0\n", output)
        self.assertRegex(output, r"\$7 = \{head = \{state = 0, .*\}, value = 0\}\n")

    def test_types_of_the_file_that_made_it(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "print (struct await *)handles.other",
            "info awaits -type page -limit 0",
        )
        shape = r"\{width = 4, height = 4, area = 16\}"
        self.assertRegex(output, rf"\$1 = Await<page> .* = {shape}\n")
        self.assertRegex(output, rf"fetch\(\.\.\.\) = {shape} .*other\.c:\d+\n")
        self.assertRegex(output, r"nowait = \{width = 5, height = 6, area = 30\}")
        self.assertRegex(output, r"nowait = \{lines = 3, title")

    def test_frames_are_brief(self) -> None:
        output = gdb(*CHECKPOINT, "backtrace -no-filters")
        self.assertRegex(
            output, r"outer_await_run \(await_aw_=Await<int> #\d+ running\)"
        )

    def test_convenience_function(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "print $await(handles.resolved->head.site ? 1 : 0) == handles.pending",
            'print $await("#1")',
            'print $await("#2")->value.lines',
            'print $await("#4000000000")',
            'print $await("#first")',
            'print $await("first")',
        )
        self.assertIn("$1 = 1\n", output)
        self.assertIn('$2 = Await<page> #1 pending fetch("/etc/hosts", 0)\n', output)
        self.assertIn("$3 = 7\n", output)
        self.assertIn("no await #4000000000\n", output)
        self.assertIn("not an await's id: #first (ids look like", output)
        self.assertTrue(knows_no("first", output), output)


class Settings(unittest.TestCase):
    def test_pretty(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "set print pretty on",
            "print handles.resolved",
            "print handles",
            "print handles.wrong",
            "info awaits -limit 5",
        )
        page = r'fetch\(\.\.\.\) = \{\n  lines = 7,\n  title = 0x\w+ "/etc/motd"\n\}\n'
        self.assertRegex(output, r"\$1 = Await<page> #2 resolved " + page)
        inside = page.replace(r"\n ", r"\n   ").replace(r"\n\}\n", r"\n  \},\n")
        self.assertRegex(output, r"\n  resolved = Await<page> #2 resolved " + inside)
        # Arguments, and awaits inside, stay in the line.
        self.assertIn(", {lines = 1, title = 0x", output)
        self.assertRegex(
            output, r"nested = Await<later> .* = Await<int> #\d+ resolved nowait = 33,"
        )
        self.assertRegex(output, r"nowait = 33 \(through a handle of type await_page")
        self.assertIn(" fetch(...) = {lines = 7, title = 0x", output)

    def test_max_depth(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "print -max-depth 0 -- handles.resolved",
            "print -max-depth 1 -- handles.resolved",
            "print -max-depth 0 -- handles.nested",
            "print -pretty -max-depth 1 -- handles",
        )
        self.assertRegex(
            output, r"\$1 = Await<page> #2 resolved fetch.* = \{\.\.\.\}\n"
        )
        self.assertRegex(output, r"\$2 = Await<page> .* = \{lines = 7, title = ")
        self.assertRegex(output, r"\$3 = .* later\(\.\.\.\) = Await<int> .* = 33\n")
        self.assertRegex(output, r"\n  resolved = .* = \{\.\.\.\},\n")


class Containers(unittest.TestCase):
    def setUp(self) -> None:
        if not HOLDER.exists():
            self.skipTest("there is no C++ compiler")

    def test_members(self) -> None:
        output = gdb(*CHECKPOINT, "print h", "print aw", program=HOLDER)
        first, second, third = (
            r"Await<int> #2 pending number\(0\)",
            r"Await<int> #3 resolved number\(\.\.\.\) = 1",
            r"Await<int> #4 pending number\(2\)",
        )
        self.assertRegex(output, rf"both = \{{{first}, {second}\}}")
        self.assertRegex(output, rf"constant = {third}\}}")
        self.assertRegex(output, rf"\$2 = .*{second}\n")
        if "std::vector of length 3" not in output:
            self.skipTest("gdb has no printers of libstdc++")
        self.assertRegex(
            output, rf"length 3, capacity \d = \{{{first}, {second}, {third}\}}"
        )
        self.assertRegex(output, rf"elements = \{{\[0\] = {first}, \[10\] = {second}")

    def test_front_end(self) -> None:
        with mi(HOLDER) as session:
            session.ask("-var-create v * h.list")
            line = session.ask("-var-list-children --all-values v")
            self.assertIn('exp="[0]"', line)
            line = session.ask("-var-list-children --all-values v.[1]")
        names = re.findall(r'exp="([^"]*)"', line)
        self.assertEqual(names[:3], ["[state]", "id", "function"])
        self.assertIn("value", names)
        self.assertIn('value="AWAIT_RESOLVED"', line)


# A child's name and value, as MI lists it.
CHILD = r'child=\{name="[^"]*",exp="([^"]*)".*?value="((?:\\.|[^"])*)"'

ORDERS = """
for order in (
    "children",
    "children display_hint to_string children",
    "display_hint children",
    "display_hint to_string children",
    "to_string",
    "to_string children",
    "to_string display_hint children to_string display_hint children",
):
    printer = gdb.default_visualizer(gdb.parse_and_eval("handles.resolved"))
    got = {"to_string": "none", "children": ()}
    for call in order.split():
        got[call] = getattr(printer, call)()
    names = " ".join(name for name, _ in got["children"])
    print(f"{order}: {got['to_string']} [{names}]")
"""


class FrontEnd(unittest.TestCase):
    def children(self, session, name):  # type: ignore[no-untyped-def]
        session.ask(f"-var-create {name} * handles.{name}")
        line = session.ask(f"-var-list-children --all-values {name}")
        return re.findall(CHILD, line)

    def test_children(self) -> None:
        with mi() as session:
            pending = self.children(session, "pending")
            resolved = self.children(session, "resolved")
            failed = self.children(session, "failed")
            running = self.children(session, "inner")
            nowait = self.children(session, "nowait")
            lines = session.ask("-var-list-children --all-values resolved.value")
            line = session.ask("-data-evaluate-expression handles.pending")

        names = ["[state]", "id", "function", "path", "depth", "created"]
        self.assertEqual([name for name, _ in pending], names)
        values = dict(pending)
        self.assertEqual(values["[state]"], "AWAIT_PENDING")
        self.assertEqual(values["id"], "1")
        self.assertIn("fetch", values["function"])
        self.assertIn("/etc/hosts", values["path"])
        self.assertEqual(values["depth"], "0")
        self.assertRegex(values["created"], r"app\.c:\d+ in make\(\)$")

        names = ["[state]", "id", "function", "value", "attempts", "created"]
        self.assertEqual([name for name, _ in resolved], names)
        self.assertEqual(dict(resolved)["[state]"], "AWAIT_RESOLVED")
        self.assertIn('exp="lines",numchild="0",value="7",type="int"', lines)

        names = [*"[state] id function path depth error attempts created".split()]
        self.assertEqual([name for name, _ in failed], names)
        self.assertEqual(dict(failed)["error"], "-2")
        self.assertEqual(dict(failed)["attempts"], "2")

        names = [*"[state] id function depth attempts thread created".split()]
        self.assertEqual([name for name, _ in running], names)
        self.assertEqual(dict(running)["thread"], "1")

        self.assertEqual(dict(nowait)["value"], "33")
        self.assertNotIn("attempts", dict(nowait))
        self.assertIn('value="Await<page> #1 pending fetch(', line)

    def test_value(self) -> None:
        # gdb 13 shows no text of what has children.
        with mi() as session:
            made = session.ask("-var-create v * handles.resolved")
            asked = session.ask("-var-evaluate-expression v")
            session.ask("-var-create m * handles")
            listed = session.ask("-var-list-children --all-values m")
        line = r"Await<page> #2 resolved fetch\(\.\.\.\) = \{lines = 7, title = .*\}"
        shown = rf'value="(\{{\.\.\.\}}|{line})"'
        for answer in (made, asked, listed):
            self.assertRegex(answer, shown)
        self.assertIn('name="m.resolved",exp="resolved"', listed)

    def test_follows(self) -> None:
        with mi() as session:
            before = dict(self.children(session, "inner"))
            session.ask("-break-insert puts")
            session.ask("-exec-continue", until="*stopped")
            session.ask("-var-update --all-values *")
            line = session.ask("-var-list-children --all-values inner")
            after = dict(re.findall(CHILD, line))
        self.assertEqual(before["[state]"], "AWAIT_RUNNING")
        self.assertEqual(after["[state]"], "AWAIT_RESOLVED")

    def test_any_order(self) -> None:
        """What gdb may call, and in which order: of any object but the command
        line's it gets all children."""
        output = gdb(*CHECKPOINT, f"python exec({ORDERS!r})", program=APP)
        told = re.findall(r"(?m)^(\w.*): (.*) \[(.*)\]$", output)
        whole = r"Await<page> #2 resolved fetch\(\.\.\.\) = \{lines = 7, .*\}"
        parts = "[state] id function value attempts created"
        self.assertEqual(len(told), 7, output)
        for order, line, children in told:
            if order == "display_hint to_string children":
                self.assertEqual(line, "Await<page> #2 resolved fetch(...)")
                self.assertEqual(children, "lines title")
                continue
            self.assertEqual(children, parts if "children" in order else "", order)
            if "to_string" in order and not order.startswith("display_hint"):
                self.assertRegex(line, f"^{whole}$", order)

    def test_no_await(self) -> None:
        with mi() as session:
            for name in ("null", "foreign", "wild", "inside"):
                children = self.children(session, name)
                self.assertEqual([n for n, _ in children], ["[no await]"], name)
            dangling = self.children(session, "dangling")
        self.assertEqual(dangling, [("[state]", "AWAIT_FREE")])


if __name__ == "__main__":
    tap.main()
