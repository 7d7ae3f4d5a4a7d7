# SPDX-License-Identifier: MIT
"""awaitctl report of what cannot be trusted: a trace that names FIFOs, one whose
packets cannot be, and what ends the process that reads. test_bad_input.py has
damage that libbabeltrace2 finds itself."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import unittest

import harness
from harness import APP, AWAITCTL, run

import tap

ENDING = os.environ["AWAITCTL_ENDING_LIBRARY"]


class Untrusted(harness.Case):
    def record_copy(self) -> pathlib.Path:
        """Records a copy of the program, that can be taken away."""
        copy = self.dir / "copy"
        shutil.copy(APP, copy)
        out = self.recorded(copy, "exit", 0)
        self.assertEqual(out.returncode, 0, out.stderr)
        return copy

    def stream(self) -> pathlib.Path:
        streams = sorted(self.trace.rglob("awaits_[0-9]"))
        return max(streams, key=lambda x: x.stat().st_size)

    def refused(self, *parts: str, **options: object) -> None:
        out = run(AWAITCTL, "report", self.trace, **options)
        self.assertEqual((out.returncode, out.stdout), (1, ""), out.stderr)
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, out.stderr)

    def left_out(self, stream: pathlib.Path, why: str) -> None:
        """It is named; the rest is read."""
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 1, out.stderr)
        said = f"INCOMPLETE: {stream.relative_to(self.trace)} {why}"
        self.assertEqual(out.stderr, f"awaitctl: {self.trace} is {said}\n")
        self.assertTrue(out.stdout.startswith(f"*** {said}"), out.stdout)

    # What a trace names.

    def test_mapped_files(self) -> None:
        """Each would be waited for, or read without an end."""
        copy = self.record_copy()
        self.assertIn("app.c:", self.report().text)
        copy.unlink()
        os.mkfifo(copy)
        self.assertIn("copy+0x", self.report().text)
        for other in ("/dev/zero", "/dev/tty", str(self.dir)):
            copy.unlink()
            copy.symlink_to(other)
            self.assertIn("copy+0x", self.report().text)

    def test_debug_files(self) -> None:
        """A file beside the program is believed if it has the same build id, and
        opened if it is one."""
        copy = self.record_copy()
        debug = self.dir / "copy.debug"
        for words in (
            ["objcopy", "--only-keep-debug", copy, debug],
            ["objcopy", "--strip-debug", "--add-gnu-debuglink", debug, copy],
        ):
            subprocess.run(words, check=True, timeout=60)
        if "app.c:" not in self.report().text:
            raise unittest.SkipTest("this compiler gives programs no build id")
        os.rename(debug, self.dir / "kept")
        self.assertNotIn("app.c:", self.places())
        os.mkfifo(debug)
        self.assertNotIn("app.c:", self.places())
        debug.unlink()
        debug.write_bytes(self.of_another_build(self.dir / "kept"))
        self.assertNotIn("app.c:", self.places())
        debug.unlink()
        os.rename(self.dir / "kept", debug)
        self.assertIn("app.c:", self.places())

    def of_another_build(self, file: pathlib.Path) -> bytes:
        """The same, but for its build id."""
        found = re.search("Build ID: ([0-9a-f]+)", run("readelf", "-n", file).stdout)
        assert found
        before = bytes.fromhex(found[1])
        after = bytes([before[0] ^ 1]) + before[1:]
        data = file.read_bytes()
        self.assertEqual(data.count(before), 1)
        return data.replace(before, after)

    def places(self) -> str:
        """Where awaits were waited for."""
        return " ".join(row["wait"] for row in self.report().slowest)

    def test_debuginfod(self) -> None:
        """Is asked if the user asks for it."""
        copy = self.record_copy()
        subprocess.run(["strip", copy], check=True, timeout=60)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            env = {
                **os.environ,
                "DEBUGINFOD_URLS": f"http://127.0.0.1:{server.getsockname()[1]}",
                "DEBUGINFOD_CACHE_PATH": str(self.dir / "cache"),
                "DEBUGINFOD_TIMEOUT": "1",
            }
            out = run(AWAITCTL, "report", self.trace, env=env)
            self.assertEqual((out.returncode, out.stderr), (0, ""))
            with self.assertRaises(BlockingIOError):
                server.accept()
            out = run(AWAITCTL, "report", "--debuginfod", self.trace, env=env)
            self.assertEqual(out.returncode, 0, out.stderr)
            try:
                server.accept()[0].close()
            except BlockingIOError:
                raise unittest.SkipTest("libdebuginfod is not here") from None

    def test_files_of_a_trace(self) -> None:
        cpus = os.sched_getaffinity(0)
        if len(cpus) == 1:
            self.skipTest("one processor, so one stream: none would be left")
        script = "; ".join(f'taskset -c {cpu} "$0" exit 0' for cpu in cpus)
        out = self.recorded("sh", "-c", script, APP)
        self.assertEqual(out.returncode, 0, out.stderr)
        stream = self.stream()
        index = stream.parent / "index" / f"{stream.name}.idx"
        for file in (index, stream, stream.parent / "metadata"):
            kept = self.dir / "kept"
            os.rename(file, kept)
            for make in os.mkfifo, lambda path: path.symlink_to("/dev/zero"):
                make(file)
                if file == stream:  # the others are read
                    self.left_out(stream, "is shorter than its index says")
                else:
                    self.refused(str(file), "is no regular file")
                file.unlink()
            os.rename(kept, file)
        self.report()

    # Sizes.

    def test_sizes_of_packets(self) -> None:
        """That of the first packet's content, and its own, in bits."""
        self.record_copy()
        stream = self.stream()
        sound = stream.read_bytes()
        for content, packet in ((8, 8), (0, 632), (1 << 20, 1 << 15)):
            stream.write_bytes(sound[:48] + struct.pack("=QQ", content, packet))
            with stream.open("ab") as file:
                file.write(sound[64:])
            self.refused(f"the packet at byte 0 of {stream}", "impossible size")

    # What ends the process that reads.

    def ended(self, **env: str) -> tuple[int, str, str]:
        out = run(
            AWAITCTL,
            "report",
            self.trace,
            env={**os.environ, "LD_PRELOAD": ENDING, **env},
            cwd=self.dir,
        )
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        self.assertEqual(list(self.dir.glob("core*")), [])
        return out.returncode, out.stdout, out.stderr

    def test_reading_ends(self) -> None:
        lines = "".join(f"create {i} f 1\n" for i in range(1, 1001))
        out = self.recorded(harness.SYNTHETIC, input=lines)
        self.assertEqual(out.returncode, 0, out.stderr)
        whole = self.report().functions["f"][0]
        self.assertEqual(whole, 1000)
        before = 0
        for calls in (20, 40, 60):
            status, text, said = self.ended(AWAITCTL_ENDS_READING=str(calls))
            found = re.search(r"signal 6 \(Aborted\).* after (\d+) events", said)
            assert found, said
            self.assertEqual(status, 1)
            report = harness.Report.parse(text)
            self.assertIn("TRACE DAMAGED", text)
            created = report.functions["f"][0]
            # Other events are LTTng's own, and those of the process.
            self.assertLess(before, created)
            self.assertLess(created, min(whole, int(found[1])))
            before = created

    def test_reading_ends_at_once(self) -> None:
        self.record_copy()
        status, text, said = self.ended(AWAITCTL_ENDS_READING="1")
        self.assertEqual((status, text), (1, ""))
        self.assertIn("before its first event", said)

    def test_looking_up_ends(self) -> None:
        self.record_copy()
        whole = self.report()
        status, text, said = self.ended(AWAITCTL_ENDS_LOOKUP="1")
        self.assertEqual(status, 1)
        self.assertIn("signal 6", said)
        self.assertIn("lines of source", said)
        report = harness.Report.parse(text)
        self.assertEqual(report.functions, whole.functions)
        self.assertEqual({x["wait"][:2] for x in report.slowest}, {"0x"})


if __name__ == "__main__":
    tap.main()
