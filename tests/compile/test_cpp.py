# SPDX-License-Identifier: MIT
"""<await/await.hpp> in other people's builds, and what it refuses: each mistake is
one line of ours. user.cc uses each call.
"""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from compiler import CXX, IS_CLANG, compile, errors, run  # noqa: E402
from sample import spread  # noqa: E402
from test_flags import CXX_ONLY, GCC_ONLY, STRICTEST, WAYS  # noqa: E402

USER = (Path(__file__).resolve().parent / "user.cc").read_text()
STANDARDS = "c++17 c++20 c++2b gnu++17".split()
WITHOUT = ["-fno-exceptions", "-fno-rtti"]

START = """
#include <await/await.hpp>
#include <memory>
#include <string>
struct fixed { fixed() = default; fixed(fixed &&) = delete; };
int number(int n);
void use(await::lazy<int> aw);
void use(await::lazy<int> aw)
{
    (void)aw;
"""
REFUSED = (
    ("await::lazy<fixed> a([] { return fixed(); });", "T cannot be moved"),
    ("await::lazy<int> a(number);", "the function takes other arguments"),
    ('await::lazy<int> a(number, "x");', "the function takes other arguments"),
    ("await::lazy a(number, 1, 2);", "the function takes other arguments"),
    ("auto a = AWAIT_LAZY(number);", "the function takes other arguments"),
    ("await::lazy<int> a([](int &n) { return n; }, 1);", "takes other arguments"),
    ("await::lazy<std::string> a(number, 1);", "what the function returns is no T"),
    ("await::lazy<int &> a(number, 1);", "what the function returns is no T"),
    (
        "std::unique_ptr<int> p; await::lazy<int> "
        "a([](std::unique_ptr<int>) { return 1; }, p);",
        "cannot be copied: std::move",
    ),
    (
        "(void)await::lazy<std::unique_ptr<int>>("
        "[] { return std::make_unique<int>(1); }).get();",
        "give the lazy a name",
    ),
    (
        "auto a = await::lazy<double>::adopt(aw.release());",
        "of another type than T",
    ),
)
THROWN_AWAY = (
    "await::lazy<int>(number, 1);",
    "AWAIT_LAZY(number, 1);",
    "await::ready(1);",
    "aw.wait();",
    "aw.try_get();",
)


class Flags(unittest.TestCase):
    def quiet(self, *flags: str) -> None:
        own = [] if IS_CLANG else [*GCC_ONLY, "-Wuseless-cast"]
        all = [*STRICTEST, *CXX_ONLY, *own, *flags]
        for how in WAYS:
            with self.subTest(" ".join([how, *flags])):
                self.assertEqual(compile(CXX, USER, *all, how=how), "")

    def test_every_standard(self) -> None:
        for standard in STANDARDS:
            self.quiet(f"-std={standard}")
        for standard in spread(STANDARDS, 1, "standards without exceptions"):
            self.quiet(f"-std={standard}", *WITHOUT)

    def test_optimized_and_sanitized(self) -> None:
        self.quiet("-std=c++17", "-O2")
        self.quiet("-std=c++17", "-fsanitize=thread")

    def test_before_cpp17(self) -> None:
        said = errors(compile(CXX, USER, "-std=c++14"))
        self.assertRegex(said[0], "is for C\\+\\+17 and later")

    def test_without_exceptions(self) -> None:
        source = (
            "#include <await/await.hpp>\n#include <cstdio>\n"
            "int main() { await::lazy<int> a([] { return 6; });"
            ' std::printf("%d %d", a.get(), await::lazy<int>().wait()); }'
        )
        self.assertEqual(run(CXX, source, "-std=c++17", *WITHOUT), "6 -22")


class Refused(unittest.TestCase):
    def test_each_is_one_line(self) -> None:
        for wrong, message in REFUSED:
            with self.subTest(wrong):
                said = compile(CXX, f"{START}{wrong}\n}}\n", "-std=c++17")
                found = errors(said)
                self.assertEqual(len(found), 1, said)
                self.assertIn(message, re.sub(r'"\s*"', "", found[0]))

    def test_what_is_thrown_away(self) -> None:
        """A warning for each, on its line."""
        first = START.count("\n") + 1
        said = compile(CXX, START + "\n".join(THROWN_AWAY) + "\n}\n", "-std=c++17")
        # Of a macro newer gcc says it at the call inside, and where that comes from.
        which = "nodiscard|unused|in expansion of macro .AWAIT_LAZY."
        warned = re.findall(rf"<stdin>:(\d+):.*(?:{which})", said)
        lines = {first + i for i in range(len(THROWN_AWAY))}
        self.assertEqual(set(map(int, warned)), lines, said)
        kept = "\n".join(f"(void){wrong}" for wrong in THROWN_AWAY)
        said = compile(CXX, f"{START}{kept}\n}}\n", "-std=c++17", "-Wall")
        self.assertEqual(said, "")


if __name__ == "__main__":
    tap.main()
