# SPDX-License-Identifier: MIT
"""Misuse that must not compile, each row of the contract by its name: every
snippet is wrong in one place, and right when that place is."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from compiler import CC, CXX, STRICT, compile, errors  # noqa: E402

START = """
#include <await/await.h>
struct page { int lines; };
struct other { long a, b; };
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);
AWAIT_TYPE(count, int);
AWAIT_TYPE(natural, unsigned);
AWAIT_TYPE(other, struct other);
static int fetch(struct page *out, const char *path, int depth)
{ (void)path; out->lines = depth; return 0; }
AWAITABLE(page, fetch, (const char *, path), (int, depth));
static int number(int x) { return x; }
AWAITABLE_VALUE(int, number, (int, x));
int use(await_page *page, await_int *aw);
int use(await_page *page, await_int *aw)
{
    int value = 0; double real = 0;
    (void)page; (void)aw; (void)value; (void)real;
"""


class Rows(unittest.TestCase):
    def refused(
        self, wrong: str, right: str, message: str, outside: bool = False
    ) -> None:
        """What must fail, fails for everybody, without any option. But what stands
        outside of our macros is the compiler's: in C gcc before 14, and clang, warn
        of it, unless they are told that it is an error."""
        for compiler in (CC, CXX):
            flags = STRICT if outside and compiler is CC else []
            said = compile(compiler, f"{START}\n{right}\nreturn value;\n}}\n", *flags)
            self.assertEqual(errors(said), [], f"{compiler} {right}")
            source = f"{START}\n{wrong}\nreturn value;\n}}\n"
            first = errors(compile(compiler, source, *flags))[:1]
            self.assertTrue(first, f"{compiler} accepts {wrong}")
            if compiler is CC:
                self.assertRegex(first[0], message)
            if outside:
                self.assertRegex(compile(compiler, source), "warning:|error:")

    def test_implicit_conversion(self) -> None:
        """A value is reached by a wait or the accessor only."""
        for wrong, right, message, *outside in (
            ("value = aw;", "value = await_get(aw);", "int", True),
            ("value = aw * 2;", "value = await_get(aw) * 2;", "invalid"),
            ("value = number(aw);", "value = number(await_get(aw));", "int", True),
            ("value = page.lines;", "value = AWAIT_FIELD(page, lines);", "page"),
            ("value = page->lines;", "value = AWAIT_FIELD(page, lines);", "lines"),
            (
                "value = AWAIT_FIELD(page, length);",
                "value = AWAIT_FIELD(page, lines);",
                "length",
            ),
            ("await_wait(aw, &real);", "await_wait(aw, &value);", "incompat"),
            ('aw = await_nowait(int, "x");', "aw = await_nowait(int, 1);", "int"),
            ('await_resolve(aw, "x");', "await_resolve(aw, 1);", "int"),
            ("aw = 1;", "aw = await_nowait(int, 1);", "int", True),
        ):
            with self.subTest(wrong):
                self.refused(wrong, right, message, *outside)

    def test_keyword_arguments(self) -> None:
        """Arguments are named and typed, and all of them are needed."""
        good = 'page = awaitable(fetch, "x", 1);'
        for wrong, message in (
            ('page = awaitable(fetch, "x");', "few.*(fetch|arguments)"),
            ('page = awaitable(fetch, "x", 1, 2);', "many.*(fetch|arguments)"),
            ("page = awaitable(fetch, &value, 1);", "incompatible|fetch"),
            ('page = awaitable(fetch, "x", "y");', "int|fetch"),
        ):
            with self.subTest(wrong):
                self.refused(wrong, good, message)
        self.refused("aw = awaitable(number);", "aw = awaitable(number, 1);", "few")
        named = (
            "struct fetch_await_args args; (void)args; value = (int)sizeof(args.{});"
        )
        for name in ("path", "depth"):
            self.refused(named.format("what"), named.format(name), "what")

    def test_subtyping(self) -> None:
        """A cast is explicit and keeps the layout."""
        good = "await_count *count = await_cast(count, aw); (void)count;"
        for other in ("other", "natural"):
            wrong = good.replace("count", other)
            self.refused(wrong, good, "differ in layout")
        self.refused(
            "await_count *count = aw; (void)count;",
            good,
            "incompatible.*await_",
            outside=True,
        )
        self.refused(
            "await_count *count = await_cast(nothing, aw); (void)count;",
            good,
            "await_nothing",
        )
        self.refused(
            "page = awaitable(number, 1);",
            "aw = awaitable(number, 1);",
            "incompatible.*await_",
            outside=True,
        )

    def test_not_awaitable(self) -> None:
        self.refused(
            "aw = awaitable(use, 1);", "aw = awaitable(number, 1);", "use_await"
        )

    def test_not_an_await(self) -> None:
        self.refused("await_unref(&value);", "await_unref(aw);", "head|struct")


if __name__ == "__main__":
    tap.main()
