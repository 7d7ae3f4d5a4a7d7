# SPDX-License-Identifier: MIT
"""Where AWAIT_TYPE and AWAITABLE may stand: at file scope, in C++ namespaces with and
without a name and in blocks; and AWAIT_TYPE in C's blocks."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from compiler import CC, CXX, compile, errors, run  # noqa: E402

FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]

NAMESPACES = """
#include <await/await.h>
#include <await/inspect.h>
#include <cstdio>
#include <cstdlib>
AWAIT_TYPE(int, int);
namespace shop {
AWAIT_TYPE(int, long);
AWAIT_TYPE(text, char *, std::free);
static int price(long *out, int x) { *out = x; return 0; }
AWAITABLE(int, price, (int, x));
namespace {
AWAIT_TYPE(short, short);
AWAIT_TYPE(double, double);
short half(long x) { return static_cast<short>(x / 2); }
AWAITABLE_VALUE(short, half, (long, x));
long use(int x)
{
    await_short *aw = awaitable(half, x);
    long got = await_get(aw);
    await_unref(aw);
    return got;
}
}
struct point { long x, y; };
AWAIT_TYPE(point, point);
AWAITABLE_PART(int, x_of, point, x);
AWAIT_STATIC(seven, price, 7);
namespace {
AWAIT_STATIC(nine, half, 18);
}
}
AWAIT_STATIC(seven, shop::price, 77);
static int price(int x) { return -x; }
AWAITABLE_VALUE(int, price, (int, x));

template <typename T> static T blocks(T x)
{
    struct local { T a, b; };
    AWAIT_TYPE(local, local);
    AWAIT_TYPE(value, T);
    struct add { static int run(T *out, local s) { *out = s.a + s.b; return 0; } };
    static const auto &sum = add::run;
    AWAITABLE(value, sum, (local, s));
    local s = { x, 1 };
    await_value *aw = awaitable(sum, s);
    await_local *kept = await_nowait(local, s);
    T got = await_get(aw) + AWAIT_FIELD(kept, b);
    await_unref(aw);
    await_unref(kept);
    return got;
}

int main()
{
    shop::await_int *first = awaitable(shop::price, 7);
    await_int *second = awaitable(price, 7);
    std::printf("%ld %d %ld", await_get(first), await_get(second), shop::use(9));
    std::printf(" %d %.1f", blocks(40), blocks(1.5));
    auto twice = [](int x) {
        static int (*const given)(int) = [](int y) { return 2 * y; };
        AWAITABLE_VALUE(int, given, (int, y));
        await_int *aw = awaitable(given, x);
        int got = await_get(aw);
        await_unref(aw);
        return got;
    };
    std::printf(" %d\\n", twice(4));
    char line[200];
    await_describe(first, line, sizeof(line));
    std::puts(line);
    await_unref(first);
    await_unref(second);
    long kept = await_get(shop::nine());
    std::printf("%ld %ld", await_get(shop::seven()), kept);
    std::printf(" %ld\\n", await_get(seven()));
    await_static_reset(shop::seven);
    await_static_reset(seven);
}
"""

# Each has a function of that name of its own.
ONE_OF_TWO = """
#include <await/await.h>
#include <stdio.h>
AWAIT_TYPE(int, int);
static int answer(int x) { return WHAT; }
AWAITABLE_VALUE(int, answer, (int, x));
AWAIT_STATIC(shared, answer, 20);
int NAME(void);
int NAME(void)
{
    return await_get(shared());
}
"""

BLOCKS_OF_C = """
#include <await/await.h>
#include <stdio.h>
int main(void)
{
    struct pair { int first, second; } pair = { 3, 4 };
    AWAIT_TYPE(pair, struct pair);
    await_pair *aw = await_nowait(pair, pair);
    int got = AWAIT_FIELD(aw, second);
    {
        AWAIT_TYPE(pair, double);
        AWAIT_TYPE(int, int);
        await_pair *other = await_promise(pair);
        await_resolve(other, 0.5);
        printf("%d %.1f\\n", got, await_get(other));
        await_unref(other);
    }
    await_unref(aw);
    return 0;
}
"""


class Scopes(unittest.TestCase):
    def test_namespaces_and_blocks_of_cpp(self) -> None:
        for standard in ("c++11", "c++20"):
            said = run(CXX, NAMESPACES, *FLAGS, f"-std={standard}", "-O1")
            values, line, statics = said.splitlines()
            self.assertEqual(values, "7 -7 4 42 3.5 8")
            self.assertEqual(statics, "7 9 77")
            self.assertRegex(line, r"^#1 int resolved price\(\.\.\.\) = 7 created")

    def test_functions_of_one_name_in_two_files(self) -> None:
        first = ONE_OF_TWO.replace("WHAT", "x + 1").replace("NAME", "one")
        second = ONE_OF_TWO.replace("WHAT", "x + 2").replace("NAME", "two")
        first += "int two(void);\n"
        first += 'int main(void) { printf("%d %d\\n", one(), two()); return 0; }\n'
        for compiler in (CC, CXX):
            for level in ("-O0", "-O2"):
                said = run(compiler, first, *FLAGS, level, second=second)
                self.assertEqual(said, "21 22\n")

    def test_types_in_blocks_of_c(self) -> None:
        self.assertEqual(run(CC, BLOCKS_OF_C, "-Wall", "-Wextra", "-Werror"), "4 0.5\n")

    def test_functions_are_not_made_in_blocks_of_c(self) -> None:
        source = """
            #include <await/await.h>
            AWAIT_TYPE(int, int);
            static int f(void) { return 1; }
            int main(void) { AWAITABLE_VALUE(int, f); return 0; }
        """
        self.assertRegex(
            errors(compile(CC, source))[0], "invalid storage class|not allowed here"
        )


if __name__ == "__main__":
    tap.main()
