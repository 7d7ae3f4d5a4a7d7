# SPDX-License-Identifier: MIT
"""libawait.a is one among the objects of a program: all names but those that
begin with await_ are the program's.

ARCHIVE is the library; CC is the compiler it was built with.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402

TOP = Path(__file__).resolve().parent.parent.parent
ARCHIVE = os.environ["ARCHIVE"]
CC = os.environ["CC"].split()

PROGRAM = r"""
#include <await/await.h>

AWAIT_TYPE(int, int);

static int user_adds(int a, int b)
{
    return a + b;
}
AWAITABLE_VALUE(int, user_adds, (int, a), (int, b));

int main(void)
{
    await_int *aw = awaitable(user_adds, 40, 2);
    int value = await_get(aw);

    await_unref(aw);
    return value == 42 && user_calls() ? 0 : 1;
}
"""


def symbols(letters: str) -> set[str]:
    """The names that have one of these letters in nm's table."""
    table = command("nm", "--defined-only", ARCHIVE)
    return set(re.findall(rf"^\w+ [{letters}] (\S+)$", table, re.M))


class Archive(unittest.TestCase):
    def test_has_the_names_of_the_map_alone(self) -> None:
        text = (TOP / "src/libawait/libawait.map").read_text()
        self.assertEqual(
            symbols("A-MO-Ziuv"),
            set(re.findall(r"^\t(await_\w+);$", text, re.M)),
        )

    def test_links_with_a_program_that_uses_its_private_names(self) -> None:
        private = {n for n in symbols("tbdr") if re.fullmatch(r"[a-z]\w*", n)}
        self.assertLessEqual({"walk_all", "peek", "slab_lock", "trap"}, private)
        text = "".join(f"int {n}(void) {{ return {i}; }}\n"
                       for i, n in enumerate(sorted(private)))  # fmt: skip
        names = ", ".join(sorted(private))
        text += f"static int (*const all[])(void) = {{ {names} }};\n"
        text += "static int user_calls(void) {\n"
        text += "for (int i = 0; i < (int)(sizeof(all) / sizeof(all[0])); i++)\n"
        text += "if (all[i]() != i) return 0;\nreturn 1; }\n"
        for flags in ([], ["-O2", "-flto"], ["-static"]):
            with self.subTest(flags=flags), tempfile.TemporaryDirectory() as tmp:
                source, program = Path(tmp) / "user.c", Path(tmp) / "user"
                source.write_text(text + PROGRAM)
                command(*CC, "-fno-builtin", *flags, f"-I{TOP}/include", source,
                        ARCHIVE, "-pthread", "-o", program)  # fmt: skip
                command(program)


if __name__ == "__main__":
    tap.main()
