# SPDX-License-Identifier: MIT
"""awaitctl ps and top of processes that would keep them busy for days: they end,
and say that they stopped. ps_hostile.c says how."""

from __future__ import annotations

from harness import AWAITCTL, run
from pscase import HOSTILE, Case, ps, ps_json

import tap


class Hostile(Case):
    def stopped(self, what: str, *options: object) -> str:
        process = self.start(HOSTILE, what)
        found = ps_json(process.pid, *options)
        said = f"stopped: process {process.pid} has more to be read"
        self.assertEqual(
            [x for x in found["warnings"] if x.startswith(said)] != [], True
        )
        shown = ps(process.pid, *options)
        self.assertIn(said, shown)
        out = run(AWAITCTL, "top", "--count", 2, "-d", 0.1, *options, process.pid)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertEqual(out.stdout.count(said), 2)
        return shown

    def test_chains_of_runs(self) -> None:
        self.assertIn("1 await: 1 pending", self.stopped("runs"))

    def test_sleepers_on_several(self) -> None:
        self.assertIn("1 await: 1 pending", self.stopped("any"))

    def test_sites(self) -> None:
        self.stopped("sites", "--by", "site")

    def test_copies(self) -> None:
        self.assertIn("64 copies of libawait", self.stopped("copies"))


if __name__ == "__main__":
    tap.main()
