# SPDX-License-Identifier: MIT
"""What <await/await.h> refuses, in a line that says what is wrong; what it warns of;
and what it leaves to the user: warnings in code that has nothing to do with awaits.
"""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from compiler import CC, CXX, IS_CLANG, compile, errors  # noqa: E402

START = """
#include <await/await.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
struct size { int width, height; };
AWAIT_TYPE(int, int);
AWAIT_TYPE(size, struct size);
static inline int f(int *out, int a) { *out = a; return 0; }
static inline char *kept(const char *text) { static char b[2]; b[0] = *text; return b; }
static inline void put_back(char *text) { (void)text; }
static inline void act(int a) { (void)a; }
"""
QUIET = "-Wno-unused-function"
USE = START + "AWAITABLE(int, f, (int, a));\n"

ITEMS = r"AWAITABLE: each argument of f is \(type, name\), and may name a release"

# Only this line, in C and C++.
ONE_LINE = (
    ("AWAITABLE(int, f, int, a);", ITEMS),
    ("AWAITABLE(int, f, (int, a), int);", ITEMS),
    ("AWAITABLE(int, f, (int a));", ITEMS),
    ("AWAITABLE(int, f, (int, a, f, f, f));", ITEMS),
    ("AWAITABLE_VALUE(int, f, int);", ITEMS),
    ("AWAITABLE_STICKY(int, f, int);", ITEMS),
    (
        "AWAITABLE(int, f, (int, a), (int, b), (int, c), (int, d), (int, e), (int, g), "
        "(int, h), (int, i), (int, j));",
        "AWAITABLE: f has more than eight arguments",
    ),
    (
        "static inline bool g(int *out) { return *out; } AWAITABLE(int, g);",
        "AWAITABLE: g must return int",
    ),
    (
        "static inline ssize_t g(int *out, int b) { return *out = b; }"
        "AWAITABLE_STICKY(int, g, (int, b));",
        "AWAITABLE: g must return int",
    ),
    ("AWAIT_TYPE(a, int, put_back, kept);", "AWAIT_TYPE: a has more than a type"),
    ("AWAITABLE_ACTION(act, int);", ITEMS.replace("of f", "of act")),
    (
        "static inline bool g(int b) { return b; } AWAITABLE_ACTION(g, (int, b));",
        "AWAITABLE_ACTION: g must return int, 0 or a negative errno, or nothing",
    ),
    (
        "struct p { int *at; }; AWAIT_TYPE(p, struct p);"
        "AWAITABLE_PART_AT(int, c, p, at);",
        "AWAITABLE_PART_AT: at of await_p is no array",
    ),
    ("AWAIT_STATIC(a);", "AWAIT_STATIC: a has no function"),
)
# The first line, of some.
FIRST_LINE = (
    ("AWAITABLE(nothing, f, (int, a));", "await_nothing"),
    (
        "static inline void g(void) { } AWAITABLE_VALUE(int, g);",
        "AWAITABLE_VALUE: g returns no value",
    ),
    ("AWAITABLE(int, f);", "too few|no matching"),
    (
        "int h(await_int *p) { return await_resolve(p, 1, 2); }",
        "too many arguments|no matching",
    ),
    ("await_int *h(void) { return await_nowait(int, 1, 2); }", "too many|no matching"),
    ("void h(int *p) { await_unref(p); }", "not a struct|non-class type"),
    ("void h(int **p) { await_drop(p); }", "not a struct|non-class type"),
    ("void h(await_int *p) { await_drop(p); }", "pointer|indirection|\\*"),
    ("AWAITABLE_PART_AT(int, c, size, width);", "subscripted|no array"),
    ("AWAITABLE_PART_AT(int, c, size, cells);", "cells"),
    ("AWAITABLE_ACTION(act, (int, a), (int, b));", "too many|no matching"),
    (
        "void h(await_int *p) { await_resolve(p, AWAIT_DONE); }",
        "await_done|int|no matching",
    ),
    (
        "AWAIT_TYPE(later, int, await_drop);",
        "head|not a struct|non-class|\\*|indirection",
    ),
    (
        "static inline int g(int a) { return a; }"
        "AWAITABLE_VALUE(int, g, (int, a, await_unref, await_ref));",
        "head|\\*|indirection",
    ),
    ("AWAIT_STATIC(a, act, 1);", "act_await|act"),
    ("void h(struct size *p) { await_unref(p); }", "head"),
    ("void h(await_int_owner *p) { await_unref(p); }", "head"),
    ("int h(await_int_owner *p) { return await_wait(p, NULL); }", "head"),
    ("int h(await_int *p) { return await_owner_drop(p); }", "await_promise_"),
    (
        "int h(await_int_owner *p) { return await_owner_resolve(p, 1, 2); }",
        "too many arguments|no matching",
    ),
)
PLAIN = (
    ("AWAIT_TYPE(str, std::string);", "AWAIT_TYPE: std::string is not trivially"),
    (
        "static inline int g(int *out, std::string s) { return *out = (int)s.size(); }"
        "AWAITABLE(int, g, (std::string, s));",
        "AWAITABLE: g's argument s, std::string, is not trivially copyable",
    ),
    (
        "static inline int g(std::shared_ptr<int> s, int i) { return *s + i; }"
        "AWAITABLE_VALUE(int, g, (std::shared_ptr<int>, s), (int, i));",
        "argument s, std::shared_ptr<int>, is not trivially copyable",
    ),
    ("struct v { virtual ~v(); }; AWAIT_TYPE(v, v);", "v is not trivially copyable"),
)

# What compilers only warn of, or not at all, and awaits are far.
UNRELATED = """
char *drop_const(void);
char *drop_const(void) { const char *p = "x"; char *q = p; return q; }
void other_sign(void);
void other_sign(void) { unsigned char b[4]; char *p = b; (void)p; }
void other_type(void);
void other_type(void) { int *p = 0; long *q = p; (void)q; }
void number(void);
void number(void) { int i = (int *)0; (void)i; }
void shadow(int i);
void shadow(int i) { { int i = 1; (void)i; } (void)i; }
"""


class Misuse(unittest.TestCase):
    def test_one_line_says_so(self) -> None:
        for wrong, message in ONE_LINE:
            for compiler in (CC, CXX):
                with self.subTest(f"{compiler} {wrong}"):
                    said = errors(compile(compiler, START + wrong))
                    self.assertEqual(len(said), 1, said)
                    self.assertRegex(said[0], message)

    def test_the_first_line_says_so(self) -> None:
        for wrong, message in FIRST_LINE:
            for compiler in (CC, CXX):
                with self.subTest(f"{compiler} {wrong}"):
                    said = errors(compile(compiler, START + wrong))
                    self.assertRegex((said or [""])[0], message)

    def test_cpp_objects_are_no_values(self) -> None:
        """Their bytes are copied, which is not what their copies are."""
        for wrong, message in PLAIN:
            with self.subTest(wrong):
                source = "#include <memory>\n#include <string>\n" + START + wrong
                said = errors(compile(CXX, source))
                self.assertEqual(len(said), 1, said)
                self.assertRegex(said[0], message)

    def test_results_that_are_thrown_away(self) -> None:
        use = USE + "void use(await_int *aw); void use(await_int *aw) { int v; %s }"
        wrong = [
            "await_wait(aw, &v);",
            "await_wait_until(aw, &v, NULL);",
            "awaitable(f, 1);",
        ]
        right = [
            "await_wait(aw, NULL);",
            "await_wait(aw, 0);",
            "(void)await_wait(aw, &v);",
            "(void)awaitable(f, 1);",
            "if (await_wait(aw, &v)) return;",
            "await_get(aw);",
            "await_peek(aw, &v);",
            "await_ref(aw);",
            "await_resolve(aw, 1);",
            "await_cancel(aw);",
        ]
        for compiler in (CC, CXX):
            for statement in wrong:
                said = compile(compiler, use % statement)
                self.assertIn("-Wunused-result", said, statement)
            said = compile(compiler, use % " ".join(right))
            self.assertEqual(said, "")

    def test_compound_literals(self) -> None:
        source = (
            USE
            + """
            AWAITABLE_PART(int, width, size, width);
            static inline int area(struct size s, const int *by)
            { return s.width * s.height * by[0]; }
            AWAITABLE_VALUE(int, area, (struct size, s), (const int *, by));
            int use(const int *by);
            int use(const int *by)
            {
                await_size *p = await_promise(size);
                await_size *q = await_nowait(size, (struct size){ 1, 2 });
                await_int *r = awaitable(area, (struct size){ 1, 2 }, by);
                await_int *s = awaitable(width, p);
                return await_resolve(p, (struct size){ 3, 4 }) + AWAIT_FIELD(q, width)
                    + await_get(r) + await_get(s);
            }
        """
        )
        for compiler in (CC, CXX):
            self.assertEqual(compile(compiler, source, "-Wall", QUIET), "")

    def test_lazy_globals(self) -> None:
        """As strict with arguments as awaitable(); and their own names."""
        for wrong, message in (
            ("AWAIT_STATIC(a, f);", "too few|no matching"),
            ("AWAIT_STATIC(a, f, 1, 2);", "too many|no matching"),
            ('AWAIT_STATIC(a, f, "x");', "int|conversion"),
            ("AWAIT_STATIC(a, f, 1); AWAIT_STATIC(a, f, 2);", "redefinition"),
            ("void u(void) { await_static_reset(f); }", "f_await_static"),
        ):
            for compiler in (CC, CXX):
                with self.subTest(f"{compiler} {wrong}"):
                    said = errors(compile(compiler, USE + wrong))
                    self.assertRegex((said or [""])[0], message)

    def test_strings_that_are_copied(self) -> None:
        """free() takes what strdup() gave, also where the argument is const."""
        source = (
            USE
            + """
            static inline int g(const char *text) { return text[0]; }
            AWAITABLE_VALUE(int, g, (const char *, text, put_back, kept));
            await_int *use(const char *text);
            await_int *use(const char *text) { return awaitable(g, text); }
        """
        )
        for compiler in (CC, CXX):
            self.assertEqual(
                compile(compiler, source, "-Wall", "-Wcast-qual", QUIET), ""
            )

    def test_unrelated_code(self) -> None:
        """With the header a compiler says what it says without, also where there
        are awaits before and behind; and with its warnings off nothing."""
        off = ["-Wno-incompatible-pointer-types", "-Wno-int-conversion"]
        before = USE + "int a(await_int *aw); int a(await_int *aw)\n"
        before += "{ return await_get(aw) + await_wait(aw, NULL); }\n"
        for flags in ([], off, ["-Wall", "-Wshadow"]):
            kinds = [
                re.findall(r"(error|warning): [^\n]*(\[-W[^]]*\])", said)
                for said in (
                    compile(CC, UNRELATED, *flags),
                    compile(CC, before + UNRELATED + before.replace(USE, ""), *flags),
                )
            ]
            self.assertEqual(kinds[0], kinds[1])

    def test_conversions_of_a_user(self) -> None:
        """What is dropped of a pointer to an argument is a warning, as in any call."""
        source = (
            USE
            + """
            static inline int g(char *text) { return text[0]; }
            AWAITABLE_VALUE(int, g, (char *, text));
            await_int *use(const char *text);
            await_int *use(const char *text) { return awaitable(g, text); }
        """
        )
        said = compile(CC, source)
        self.assertRegex(said, r"warning: .*discards.*qualifiers?")
        self.assertEqual(errors(said), [])
        if not IS_CLANG:  # which has no word for "as the user has it"
            self.assertEqual(len(errors(compile(CC, source, "-Werror"))), 1)

    def test_one_type_in_two_headers(self) -> None:
        """docs/api.md's rule: names of one's own, or a guard that both have."""
        guarded = """
            #ifndef AWAIT_HAS_long
            #define AWAIT_HAS_long
            AWAIT_TYPE(long, long);
            #endif
        """
        own = """
            AWAIT_TYPE(a_int, int);
            AWAIT_TYPE(b_int, int);
            static inline await_a_int *one_of(await_b_int *b);
            static inline await_a_int *one_of(await_b_int *b)
            { return await_cast(a_int, b); }
        """
        for compiler in (CC, CXX):
            source = START + guarded + own + guarded
            self.assertEqual(compile(compiler, source, "-Wall", QUIET), "")


if __name__ == "__main__":
    tap.main()
