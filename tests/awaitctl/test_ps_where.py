# SPDX-License-Identifier: MIT
"""Wherever libawait lies in a process, awaitctl ps finds it."""

from __future__ import annotations

import pathlib
import subprocess
import time

from harness import LIMIT, until
from pscase import APP, CLOSING, LIBRARY, LINKED, PLUGIN, Case, ps, ps_json

import public
import tap
from sample import share


class Places(Case):
    """Where libawait may lie."""

    def sees(self, pid: int, count: int = 3) -> None:
        rows = ps_json(pid)["list"]
        self.assertEqual(
            [x["call"] for x in rows], [f"number({i})" for i in range(count)]
        )

    def copied(self, *changed: str) -> tuple[str, dict[str, str]]:
        program, environment = public.copy(self.dir, str(APP), str(LIBRARY.resolve()))
        return program, environment

    def test_linked_statically(self) -> None:
        process = self.start(LINKED, "many", 3)
        self.sees(process.pid)
        self.assertEqual(ps_json(process.pid)["libraries"], ["ps-app-static"])

    def test_stripped(self) -> None:
        program, environment = self.copied()
        library = pathlib.Path(program).with_name("libawait.so.0")
        for file in (program, library):
            subprocess.run(["strip", "-s", file], check=True, timeout=LIMIT)
        self.sees(self.start(program, "many", 3, env=environment).pid)

    def test_deleted(self) -> None:
        program, environment = self.copied()
        process = self.start(program, "many", 3, env=environment)
        for file in pathlib.Path(program).parent.iterdir():
            file.unlink()
        self.sees(process.pid)

    def test_without_sections(self) -> None:
        """Then it is found in memory."""
        program, environment = self.copied()
        library = pathlib.Path(program).with_name("libawait.so.0")
        with library.open("r+b") as file:
            file.seek(0x28)
            file.write(bytes(8))  # e_shoff
            file.seek(0x3C)
            file.write(bytes(4))  # e_shnum, e_shstrndx
        self.sees(self.start(program, "many", 3, env=environment).pid)

    def test_loaded_late(self) -> None:
        process = self.start(LINKED, "load", PLUGIN)
        self.assertEqual(len(ps_json(process.pid)["libraries"]), 1)
        process.send("go\n")
        process.expect("ready\n")
        found = ps_json(process.pid)
        self.assertEqual(
            sorted(found["libraries"]), ["libps-plugin.so", "ps-app-static"]
        )
        self.assertEqual(found["awaits"], 1)
        self.assertEqual(found["list"][0]["library"], "libps-plugin.so")

    def test_ring_through_two_copies(self) -> None:
        process = self.start(APP, "ring", PLUGIN)
        until(lambda: ps_json(process.pid)["deadlocks"], "both wait")
        found = ps_json(process.pid)
        (ring,) = found["deadlocks"]
        self.assertEqual(set(ring), {x["tid"] for x in found["threads"]})
        self.assertEqual(len(set(ring)), 2)
        text = ps(process.pid)
        self.assertIn("2 copies of libawait, each with ids of its own: ", text)
        self.assertRegex(
            text,
            r"(?m)^DEADLOCK: thread (\d+) waits for #1 (?:call|ours_waits)"
            r" \(lib[^)]*\), run by thread (\d+), which waits for #1"
            r" (?:call|ours_waits) \(lib[^)]*\), run by thread \1$",
        )

    def test_closing(self) -> None:
        """A thread may be kept from running for long just before its wait is
        refused; that is no deadlock."""
        process = self.start(CLOSING)
        found = ps_json(process.pid)
        (thread,) = found["threads"]
        self.assertEqual(thread["runs"], [thread["waits_for"]])
        self.assertEqual(found["deadlocks"], [])
        self.assertNotIn("DEADLOCK", ps(process.pid))

    def test_no_ring(self) -> None:
        """Waits that would close a ring are refused; none is told of. Looks on
        until a thread was seen waiting, which a few hundred looks may miss."""
        process = self.start(APP, "refused")
        looks = share(200, 500, "looks at waits that are refused")
        end = time.monotonic() + LIMIT
        waits = 0
        while looks > 0 or (waits == 0 and time.monotonic() < end):
            looks -= 1
            found = ps_json(process.pid)
            self.assertEqual(found["deadlocks"], [])
            for thread in found["threads"]:
                waits += "waits_for" in thread
                # Each of the two waits for the other one, inside it or not.
                runs, other = thread["runs"], thread.get("waits_for")
                self.assertEqual(len(runs), len(set(runs)), thread)
                self.assertNotIn(other, runs[-1:], thread)
        self.assertGreater(waits, 0, "never was one seen waiting")


if __name__ == "__main__":
    tap.main()
