# SPDX-License-Identifier: MIT
"""check.py finds what a little project does against its own tables.

The project is compiled with CC; a test adds files to one that is clean.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import tap  # noqa: E402

CC = os.environ.get("CC", "cc").split()
KNOWN = "tests/lint/known-violations.txt"

TABLES = """\
# Where things live

| folder | what | may use |
|---|---|---|
| `include/await` | public headers | |
| `src/libawait/core` | the lowest | |
| `src/libawait/start` | above it | `src/libawait/core`, `include/await` |
| `src/tool` | another product | `include/await`, libdw |
| `gdb/model` | a decoder | |
| `gdb/front` | its front end | `gdb/model`, gdb |
| `tests` | tests | everything |

| library | its headers |
|---|---|
| liblttng-ctl | `<lttng/*>` |
| liblttng-ust | `<lttng/tracepoint*>` |
| libdw | `<elfutils/*>`, `<dwarf.h>` |
| gdb | `import gdb` |
"""

# The core asks upward by a weak definition of its own; tests are free.
CLEAN = {
    "CONTRIBUTING.md": TABLES,
    "include/await/await.h": "void await_run(void);\n",
    "src/libawait/core/run.h": "#include <stdint.h>\nint run(void);\n",
    "src/libawait/core/run.c": """\
#include "libawait/core/run.h"

extern int (*const hook)(void);

int run(void)
{
    return hook();
}
""",
    "src/libawait/core/hook.c": """\
static int none(void)
{
    return 0;
}

__attribute__((weak)) int (*const hook)(void) = none;
""",
    "src/libawait/start/hook.c": """\
#include <await/await.h>
#include "libawait/core/run.h"

extern int (*const hook)(void);
int (*const hook)(void) = run;

void await_run(void)
{
    run();
}
""",
    "src/tool/tool.c": """\
#include <await/await.h>

#if 0
#include <dwarf.h>
#endif

int tool(void);
int tool(void)
{
    await_run();
    return 0;
}
""",
    "gdb/model/__init__.py": "import struct\n",
    "gdb/front/__init__.py": "import gdb\nfrom model import struct\n",
    "tests/test.c": """\
#include "tool/tool.h"
int run(void);
int test(void);
int test(void)
{
    return run();
}
""",
}


class Lint(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.build = self.root / "build"
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)
        self.write({".gitignore": "/build/\n", "src/tool/tool.h": ""} | CLEAN)

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)

    def compile(self) -> None:
        """As meson does it: objects of a product are in one folder."""
        commands = []
        for source in sorted(self.root.rglob("*.c")):
            name = source.relative_to(self.root)
            product = "/".join(name.parts[:2]) if name.parts[0] == "src" else "tests/x"
            output = f"{product}.p/{'_'.join(name.parts)}.o"
            (self.build / output).parent.mkdir(parents=True, exist_ok=True)
            flags = ["-iquote", f"{self.root}/src", f"-I{self.root}/include"]
            subprocess.run(
                [*CC, *flags, "-c", str(source), "-o", str(self.build / output)],
                check=True,
            )
            commands.append(
                {"directory": str(self.build), "file": str(source), "output": output}
            )
        (self.build / "compile_commands.json").write_text(json.dumps(commands))

    def check(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                str(HERE / "check.py"),
                *options,
                "--root",
                str(self.root),
                str(self.build),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )

    def found(self, files: dict[str, str]) -> list[str]:
        """What is found in the clean project with these files."""
        self.write(files)
        self.compile()
        done = self.check()
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
        *lines, last = done.stdout.splitlines() or [""]
        if lines:
            self.assertRegex(last, rf"^check.py: {len(lines)} violations?: see ")
        return lines

    def test_clean(self) -> None:
        self.assertEqual(self.found({}), [])

    def test_symbol(self) -> None:
        source = (
            "int up(void);\nint down(void);\nint down(void)\n{\n\treturn up();\n}\n"
        )
        found = self.found(
            {
                "src/libawait/core/down.c": source,
                "src/libawait/start/up.c": "int up(void);\nint up(void)\n{\n}\n",
            }
        )
        self.assertIn(
            "src/libawait/core/down.c uses src/libawait/start/up.c: up", found
        )

    def test_private_symbol_of_another_product(self) -> None:
        source = (
            "int run(void);\nint use(void);\nint use(void)\n{\n\treturn run();\n}\n"
        )
        self.assertEqual(
            self.found({"src/tool/use.c": source}),
            ["src/tool/use.c uses src/libawait/core/run.c: run"],
        )

    def test_public_symbol_without_right_to_its_header(self) -> None:
        tables = TABLES.replace("`include/await`, libdw", "libdw")
        self.assertEqual(
            self.found({"CONTRIBUTING.md": tables}),
            [
                'src/tool/tool.c uses include/await/await.h: "await/await.h"',
                "src/tool/tool.c uses include/await/await.h: await_run",
            ],
        )

    def test_strong_definition_alone(self) -> None:
        self.assertEqual(
            self.found({"src/libawait/core/hook.c": ""})[-1],
            "src/libawait/core/run.c uses src/libawait/start/hook.c: hook",
        )

    def test_include(self) -> None:
        self.assertEqual(
            self.found({"src/tool/use.h": '#  include "libawait/core/run.h"\n'}),
            ["src/tool/use.h uses src/libawait/core/run.h: " '"libawait/core/run.h"'],
        )

    def test_include_of_nothing(self) -> None:
        self.assertEqual(
            self.found({"src/tool/use.h": '#include "run.h"\n'}),
            ['src/tool/use.h uses what no library of the table has: "run.h"'],
        )

    def test_libraries(self) -> None:
        headers = ["lttng/lttng.h", "lttng/tracepoint.h", "zlib.h", "sys/mman.h"]
        text = "".join(f"#include <{header}>\n" for header in headers)
        self.assertEqual(
            self.found({"src/libawait/core/use.h": text}),
            [
                "src/libawait/core/use.h uses liblttng-ctl: <lttng/lttng.h>",
                "src/libawait/core/use.h uses liblttng-ust: <lttng/tracepoint.h>",
                "src/libawait/core/use.h uses what no library of the table has: "
                "<zlib.h>",
            ],
        )

    def test_imports(self) -> None:
        text = (
            "def late() -> None:\n    import gdb.types\n    from front import words\n"
        )
        found = self.found({"gdb/model/late.py": text, "gdb/front/words.py": ""})
        self.assertIn("gdb/model/late.py uses gdb: import gdb", found)
        self.assertIn(
            "gdb/model/late.py uses gdb/front/words.py: import front.words", found
        )

    def test_circle_of_folders(self) -> None:
        tables = TABLES.replace("the lowest | |", "the lowest | `src/libawait/*` |")
        source = '#include "libawait/start/start.h"\n'
        self.assertEqual(
            self.found(
                {
                    "CONTRIBUTING.md": tables,
                    "src/libawait/core/circle.h": source,
                    "src/libawait/start/start.h": "",
                }
            ),
            [
                "circle of folders: src/libawait/core, src/libawait/start "
                '(src/libawait/core/circle.h: "libawait/start/start.h"; '
                "src/libawait/start/hook.c: run)",
                "circle of rows in the table: src/libawait/core, src/libawait/start "
                "(src/libawait/core: by the table; src/libawait/start: by the table)",
            ],
        )

    def test_circle_of_files(self) -> None:
        one = "void {0}(void);\nvoid {1}(void);\nvoid {0}(void)\n{{\n\t{1}();\n}}\n"
        self.assertEqual(
            self.found(
                {
                    "src/libawait/core/a.c": one.format("a", "b"),
                    "src/libawait/core/b.c": one.format("b", "a"),
                }
            ),
            [
                "circle of files: src/libawait/core/a.c, src/libawait/core/b.c "
                "(src/libawait/core/a.c: b; src/libawait/core/b.c: a)"
            ],
        )

    def test_homes(self) -> None:
        tables = TABLES.replace("| `tests`", "| `src/gone` | nothing | |\n| `tests`")
        self.assertEqual(
            self.found({"CONTRIBUTING.md": tables, "src/other/new.h": ""}),
            [
                "src/gone has a row in the table and no file",
                "src/other/new.h is in no folder of the table",
            ],
        )

    def test_long_files(self) -> None:
        line = "/* */\n"
        found = self.found(
            {
                "include/await/fits.h": line * 400,
                "include/await/long.h": line * 401,
                "tests/long.py": "#\n" * 401,
            }
        )
        self.assertEqual(
            found,
            [
                "include/await/long.h is longer than 400 lines (401)",
                "tests/long.py is longer than 400 lines (401)",
            ],
        )

    def test_long_functions(self) -> None:
        found = self.found(
            {
                "src/tool/long.c": "int b(void), c(void);\n\n"
                + "\n__attribute__((noinline))\nint b(void)\n{\n"
                + "\n" * 56
                + "}\n"
                + "\nint\nc(void)\n{\n"
                + "\n" * 57
                + "}\n",
                "tests/long.py": "class Some:\n"
                + "    def fits(self) -> None:\n"
                + "        pass\n" * 59
                + "    def much(self) -> None:\n"
                + "        pass\n" * 60,
            }
        )
        self.assertEqual(
            found,
            [
                "src/tool/long.c: c() is longer than 60 lines (61)",
                "tests/long.py: much() is longer than 60 lines (61)",
            ],
        )

    def test_known(self) -> None:
        known = self.root / KNOWN
        late = {"gdb/model/late.py": "import gdb\n"}
        line = "gdb/model/late.py uses gdb: import gdb"
        self.assertEqual(self.found(late | {str(known): f"# head\n{line}\n"}), [])
        gone = "gdb/model/gone.py uses gdb: import gdb"
        self.assertEqual(
            self.found({str(known): f"{line}\n{gone}\n"}),
            [f"{KNOWN}: remove, not violated any more: {gone}"],
        )
        self.assertEqual(self.check("--write-known").returncode, 0)
        self.assertEqual(known.read_text().splitlines()[1:], [line])
        self.assertEqual(self.check().returncode, 0)
        (self.root / "gdb/model/late.py").unlink()
        self.assertEqual(self.check().returncode, 1)
        self.assertEqual(self.check("--write-known").returncode, 0)
        self.assertFalse(known.exists())

    def test_not_built(self) -> None:
        done = self.check()
        self.assertEqual(done.returncode, 2)
        self.assertIn("build/compile_commands.json is missing: build", done.stderr)
        self.compile()
        (self.build / "src/tool.p/src_tool_tool.c.o").unlink()
        done = self.check()
        self.assertEqual(done.returncode, 2)
        self.assertIn("src_tool_tool.c.o is missing: build", done.stderr)

    def test_bad_tables(self) -> None:
        self.compile()
        for bad, why in (
            (TABLES.replace(", libdw", ", libdwarf"), "line 8: libdwarf is no"),
            (TABLES.replace("`gdb/model`, gdb", "`gdb/decoder`"), "gdb/decoder, which"),
            (TABLES.replace("| public headers |", ""), "line 5: is not | `folder`"),
            ("", "there is no table"),
        ):
            with self.subTest(why):
                self.write({"CONTRIBUTING.md": bad})
                done = self.check()
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(why, done.stderr)


if __name__ == "__main__":
    tap.main()
