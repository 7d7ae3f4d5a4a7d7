# SPDX-License-Identifier: MIT
"""The headers of this system: thousands, with cycles and missing ones."""

from __future__ import annotations

import os
import pathlib
import subprocess
import unittest

import scan
import tap
from sample import share, spread

USUAL = pathlib.Path("/usr/include")


def compiler_says(*args: str) -> str:
    done = subprocess.run(
        ["cc", *args, "-x", "c", "-"],
        input="#include <stdio.h>\n#include <pthread.h>\n#include <limits.h>\n",
        capture_output=True,
        text=True,
        timeout=scan.LIMIT,
        check=False,
    )
    if done.returncode != 0:
        raise unittest.SkipTest(f"cc {' '.join(args)}: {done.stderr}")
    return done.stdout


@unittest.skipUnless((USUAL / "stdio.h").exists(), "no /usr/include/stdio.h")
class System(scan.Case):
    def usual(self, *args: str) -> scan.Result:
        result = self.run_hdrscan(*args, env={"CC": "cc"})
        self.assertEqual(result.status, 0, result.errors)
        return result

    def test_all_that_the_compiler_reads_is_in_the_set(self) -> None:
        names = compiler_says("-M").replace("\\\n", " ").split(":", 1)[1].split()
        # What the preprocessor reads by itself, without an #include.
        read = {os.path.realpath(name) for name in names if name != "-"}
        read = {name for name in read if not name.endswith("stdc-predef.h")}
        self.assertGreater(len(read), 20)
        result = self.usual("-n", "100000", "stdio.h", "pthread.h", "limits.h")
        found = {os.path.realpath(path) for path in result.rows}
        self.assertEqual(read - found, set())

    def test_default_roots_and_threads(self) -> None:
        first = self.usual("-n", "1000000")
        roots = {os.path.realpath(path) for path in USUAL.glob("*.h")}
        found = {os.path.realpath(path) for path in first.rows}
        self.assertEqual(roots - found, set())
        self.assertEqual(first.totals["files"], len(first.rows))
        self.assertEqual(
            first.totals["bytes"],
            sum(os.stat(path).st_size for path in first.rows),
        )
        for threads in ("1", "2", "8") * share(1, 4, "times as many threads"):
            again = self.usual("-n", "0", "-j", threads)
            self.assertEqual(again.stable(), first.stable())

    def test_every_header_as_a_root(self) -> None:
        roots = spread(sorted(map(str, USUAL.rglob("*.h")))[:10000], 2000, "headers")
        first = self.usual("-n", "0", *roots)
        self.assertGreaterEqual(
            first.totals["files"], len({os.path.realpath(path) for path in roots})
        )
        self.assertGreater(first.totals["cached"], 0)
        self.assertEqual(
            first.totals["found"] + first.totals["strays"],
            first.totals["files"] + first.totals["never waited"],
        )
        for threads in ("2", "8"):
            again = self.usual("-n", "0", "-j", threads, *roots)
            self.assertEqual(again.stable(), first.stable())


if __name__ == "__main__":
    tap.main()
