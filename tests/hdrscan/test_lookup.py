# SPDX-License-Identifier: MIT
"""Which #include lines are found and which files they mean."""

from __future__ import annotations

import os

import scan
import tap


class Lookup(scan.Case):
    def path(self, *names: str) -> list[str]:
        args = []
        for name in names:
            (self.root / name).mkdir(exist_ok=True)
            args += ["-I", str(self.root / name)]
        return args

    def test_quotes_look_beside_the_includer_first(self) -> None:
        self.tree({"d/a.h": '#include "b.h"', "d/b.h": "near", "b.h": "faraway"})
        result = self.scan("d/a.h")
        self.assertIn(f"{self.root}/d/b.h", result.rows)
        self.assertNotIn(f"{self.root}/b.h", result.rows)

    def test_angles_do_not(self) -> None:
        self.tree({"d/a.h": "#include <b.h>", "d/b.h": "near", "b.h": "faraway"})
        result = self.scan("d/a.h")
        self.assertIn(f"{self.root}/b.h", result.rows)
        self.assertNotIn(f"{self.root}/d/b.h", result.rows)

    def test_quotes_then_go_along_the_path(self) -> None:
        self.tree({"d/a.h": '#include "b.h"', "b.h": "faraway"})
        self.assertIn(f"{self.root}/b.h", self.scan("d/a.h").rows)

    def test_first_directory_wins(self) -> None:
        self.tree({"1/a.h": "one", "2/a.h": "two!"})
        one = self.scan(*self.path("1", "2"), "a.h")
        self.assertEqual(one.row("1/a.h").bytes, 3)
        two = self.scan(*self.path("2", "1"), "a.h")
        self.assertEqual(two.row("2/a.h").bytes, 4)
        self.assertEqual(two.totals["never waited"], 1)

    def test_include_next(self) -> None:
        self.tree(
            {
                "1/a.h": "#include_next <a.h>\n",
                "2/a.h": '#include_next "a.h"\n',
                "3/a.h": "#include_next <a.h>\n",
            }
        )
        result = self.scan("-v", *self.path("1", "2", "3"), "a.h")
        self.assertEqual(result.row("1/a.h")[::2], (3, 3))
        self.assertEqual(result.totals["cycles cut"], 0)
        self.assertEqual(
            result.errors,
            [
                f"missing: {self.root}/3/a.h includes <a.h>: "
                "No such file or directory"
            ],
        )

    def test_include_next_of_a_directory_inside_another(self) -> None:
        """As /usr/include/x86_64-linux-gnu, which comes before /usr/include."""
        self.tree({"o/i/a.h": "#include_next <a.h>\n", "o/a.h": "outer"})
        result = self.scan(*self.path("o/i", "o"), "a.h")
        self.assertEqual(result.row("i/a.h").files, 2)
        self.assertEqual(result.totals["found"], 2)

    def test_include_next_goes_on_behind_the_inner_directory(self) -> None:
        self.tree({"o/i/a.h": "#include_next <a.h>\n"})
        result = self.scan(*self.path("o", "o/i"), "a.h")
        self.assertEqual(result.totals["missing"], 1)
        self.assertEqual(result.totals["cycles cut"], 0)

    def test_the_shorter_of_two_names_is_shown(self) -> None:
        self.tree({"d/z.h": "z"})
        os.symlink("d/z.h", self.root / "z.h")
        self.assertEqual(self.scan().order, [f"{self.root}/z.h"])

    def test_a_file_by_two_names_is_one(self) -> None:
        text = '#include "d/../b.h"\n#include "link.h"\n#include "b.h"\n'
        self.tree({"a.h": text, "b.h": "12345", "d/x.h": ""})
        os.symlink("b.h", self.root / "link.h")
        os.link(self.root / "b.h", self.root / "d/hard.h")
        os.symlink("d", self.root / "again")
        result = self.scan("a.h")
        self.assertEqual(result.row("a.h"), (2, len(text) + 5, 2))
        self.assertEqual(result.totals["found"], 3)
        self.assertEqual(result.totals["cached"], 2)

    def test_strays(self) -> None:
        """What the walk does not take for a header is met on the way."""
        self.tree(
            {
                "i/a.h": '#include "b.def"\n#include <vector>\n#include "../o.h"',
                "i/b.def": "def",
                "i/vector": "vec",
                "o.h": "out",
                "i/x.hh": "",
                "i/x.hpp": "",
            }
        )
        result = self.scan(*self.path("i"), "a.h")
        self.assertEqual(result.totals["found"], 3)
        self.assertEqual(result.totals["strays"], 3)
        self.assertEqual(result.row("a.h").files, 4)
        self.assertEqual(result.totals["never waited"], 2)

    def test_absolute_name(self) -> None:
        self.tree({"b.h": "bb", "i/a.h": f'#include "{self.root}/b.h"'})
        result = self.scan(*self.path("i"), "a.h")
        self.assertEqual(result.row("a.h").files, 2)

    def test_directory_is_no_header(self) -> None:
        self.tree({"1/a.h/x.h": "", "2/a.h": "two", "r.h": "#include <a.h>"})
        result = self.scan(*self.path("1", "2"), str(self.root / "r.h"))
        self.assertEqual(result.row("2/a.h").bytes, 3)
        self.assertEqual(result.totals["missing"], 0)

    def test_missing_is_counted_once(self) -> None:
        self.tree(
            {
                "a.h": '#include <gone.h>\n#include "b.h"\n',
                "b.h": '#include "gone.h"\n#include <other.h>\n#include <gone.h>\n',
            }
        )
        result = self.scan("-v", "a.h")
        self.assertEqual(result.totals["missing"], 2)
        self.assertEqual(result.totals["failed"], 4)
        self.assertEqual(result.totals["files"], 2)
        self.assertEqual(result.row("a.h").files, 2)
        a, b = f"{self.root}/a.h", f"{self.root}/b.h"
        gone = "No such file or directory"
        self.assertEqual(
            result.errors,
            [
                f"missing: {a} includes <gone.h>: {gone}",
                f"missing: {b} includes <gone.h>: {gone}",
                f"missing: {b} includes <other.h>: {gone}",
                f"missing: {b} includes <gone.h>: {gone}",
            ],
        )

    def test_missing_is_not_looked_for_in_the_working_directory(self) -> None:
        self.tree({"i/a.h": "#include <here.h>\n", "here.h": ""})
        result = self.scan(*self.path("i"), "a.h")
        self.assertEqual(result.totals["missing"], 1)

    def test_dangling_link(self) -> None:
        self.tree({"a.h": '#include "l.h"\n'})
        os.symlink("nowhere", self.root / "l.h")
        result = self.scan("a.h")
        self.assertEqual(result.totals["found"], 1)
        self.assertEqual(result.totals["missing"], 1)


class Lines(scan.Case):
    """Each text includes yes*.h as often as said, and never no.h."""

    def includes(self, text: str, files: int, computed: int = 0) -> None:
        names = ["yes.h", "yes2.h", "yes3.h", "no.h"]
        self.tree({"a.h": text, **{name: "" for name in names}})
        result = self.scan("a.h")
        self.assertEqual(result.row("a.h").files, 1 + files, result.output)
        self.assertNotIn(f"{self.root}/no.h", result.rows)
        self.assertEqual(result.totals["computed"], computed)
        self.assertEqual(result.totals["missing"], 0)

    def test_spaces(self) -> None:
        self.includes(
            ' \t#\tinclude  <yes.h>\n#include"yes2.h"\n  #  include<yes3.h>// x', 3
        )

    def test_carriage_returns(self) -> None:
        self.includes('#include "yes.h"\r\n\r\n#include <yes2.h>\r\n', 2)

    def test_no_newline_at_the_end(self) -> None:
        self.includes("#include <yes.h>", 1)

    def test_import(self) -> None:
        self.includes('#import "yes.h"\n', 1)

    def test_conditions_do_not_matter(self) -> None:
        self.includes("#if 0\n#include <yes.h>\n#else\n#include <yes2.h>\n#endif\n", 2)

    def test_comments(self) -> None:
        self.includes(
            "/* #include <no.h>\n#include <no.h>\n */ #include <yes.h>\n"
            "// #include <no.h> \\\n#include <no.h>\n"
            "int a; /* x\n*/ #include <no.h>\n"
            "/**/ # /* y */ include /* z */ <yes2.h> /*\n#include <no.h>\n*/\n"
            "/* // */\n// /*\n#include <yes3.h>\n",
            3,
        )

    def test_comment_without_end(self) -> None:
        self.includes("#include <yes.h>\n/* #include <no.h>\n#include <no.h>\n", 1)

    def test_strings(self) -> None:
        self.includes(
            '#define A "/*"\n#include <yes.h>\n#define B "\\"/*"\n'
            "#define C '\"' /* ' */\n#include <yes2.h>\n"
            "#error don't /\n#include <yes3.h>\n",
            3,
        )

    def test_continued_lines(self) -> None:
        self.includes(
            "#define A \\\n#include <no.h>\n#include \\\n <yes.h>\n"
            '#define B "x\\\n#include <no.h>\\\n"\n#include <yes2.h>\n',
            2,
        )

    def test_not_includes(self) -> None:
        self.includes(
            "int include; #include <no.h>\n#includes <no.h>\n#include2 <no.h>\n"
            "#define include <no.h>\n#pragma include <no.h>\n#\n"
            "#if __has_include(<no.h>)\n#endif\ninclude <no.h>\n",
            0,
            computed=1,
        )

    def test_computed(self) -> None:
        self.includes(
            "#include MACRO\n#include <yes.h>\n#include\n#include NAME(no.h)\n"
            '#include <no.h\n#include "no.h\n',
            1,
            computed=5,
        )

    def test_computed_counts_once_per_header(self) -> None:
        self.tree({"a.h": '#include "b.h"\n' * 3, "b.h": "#include M\n"})
        self.assertEqual(self.scan("a.h").totals["computed"], 1)


if __name__ == "__main__":
    tap.main()
