# SPDX-License-Identifier: MIT
"""Recordings for tests of `awaitctl report --html`, and pages of them."""

from __future__ import annotations

import os
import pathlib
import subprocess

import harness
from harness import AWAITCTL, SYNTHETIC, run

from page_data import Data

HDRSCAN = os.environ["HDRSCAN"]

# Each would do something in a page, or break out of its place in it. The second
# is 31 bytes long, as names may be in synthetic.c.
FOREIGN = (
    b"</script><script>evil()</script>"[:31],
    b"<img/src=x/onerror=evil()>",
    b"<!--<script>",
    b"'\"\\`${evil()}",
    b"a\xe2\x80\xa8b",  # U+2028
    b"\xff\xfe\xc3",
    b"\x01\x1b[31m\x7f",
    b"\xe2\x80\xaeevil",  # U+202E
    b"&lt;b&gt;]]>",
)


class Case(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.page = self.dir / "page.html"

    def synthetic(self, *lines: str | bytes) -> None:
        text = b"".join(
            (x.encode() if isinstance(x, str) else x) + b"\n" for x in lines
        )
        out = subprocess.run(
            [AWAITCTL, "record", "-o", self.trace, "--", SYNTHETIC],
            input=text,
            capture_output=True,
            check=False,
            timeout=harness.LIMIT,
        )
        self.assertEqual(out.returncode, 0, out.stderr)

    def foreign(self) -> None:
        self.synthetic(
            *(b"create %d %s 7" % x for x in enumerate(FOREIGN, 1)),
            *(b"begin %d %s 1" % x for x in enumerate(FOREIGN, 1) if x[0] % 2),
            *(f"end {i} 0 500" for i in range(1, len(FOREIGN) + 1, 2)),
        )

    def headers(self, threads: int = 2) -> None:
        """Awaits that wait for one another, some in a circle, some for what is not
        there."""
        folder = self.dir / "headers"
        folder.mkdir(exist_ok=True)
        for i in range(40):
            names = [f"h{k}.h" for k in (2 * i + 1, 2 * i + 2, i // 3) if k < 44]
            folder.joinpath(f"h{i}.h").write_text(
                "".join(f'#include "{name}"\n' for name in names)
            )
        self.record_with(program=(HDRSCAN, "-j", threads, "-I", folder))

    def write(self, *options: str, status: int = 0) -> Data:
        out = run(AWAITCTL, "report", f"--html={self.page}", *options, self.trace)
        self.assertEqual((out.returncode, out.stdout), (status, ""), out.stderr)
        return Data(self.page.read_text(encoding="ascii"))


def scripts() -> pathlib.Path:
    return pathlib.Path(__file__).parents[2] / "src/awaitctl/html/page"
