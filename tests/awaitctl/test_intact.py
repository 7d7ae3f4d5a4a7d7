# SPDX-License-Identifier: MIT
"""Reports of traces of which not all is intact: cut off, with zeros behind it
after a power cut, with a file missing, copied. What is intact is read, what is
not is named, and nothing is changed."""

from __future__ import annotations

import os
import pathlib
import re
import select
import shutil
import signal
import struct
import unittest

import gapcase
import harness
from harness import APP, AWAITCTL, run
from rings import HEAD, Ring, event

import tap

ENDING = os.environ["AWAITCTL_ENDING_LIBRARY"]
NUMBER = 5000
# Where they are in a packet's head.
END, CONTENT_SIZE, PACKET_SIZE, DISCARDED = 40, 48, 56, 72


def packets(stream: pathlib.Path) -> list[int]:
    """Where they begin, and where the last ends."""
    data, ends = stream.read_bytes(), [0]
    while ends[-1] < len(data):
        (bits,) = struct.unpack_from("<Q", data, ends[-1] + PACKET_SIZE)
        ends.append(ends[-1] + bits // 8)
    return ends


class Intact(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        options = "--buffers=64kx64", "--stacks=none"
        program = *harness.ON_ONE, APP, "burst", NUMBER
        out = self.recorded_with(*options, program=program, input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        streams = self.trace.rglob("64-bit/awaits_*")
        self.stream = max(streams, key=lambda x: x.stat().st_size)
        self.name = self.stream.relative_to(self.trace)

    def created(self, *said: str, status: int = 1) -> int:
        """How many awaits the report has."""
        before = {x: x.stat() for x in self.trace.rglob("*")}
        temporary = self.dir / "tmp"
        temporary.mkdir(exist_ok=True)
        environment = {**os.environ, "TMPDIR": str(temporary)}
        out = run(AWAITCTL, "report", self.trace, env=environment)
        self.assertEqual(out.returncode, status, out.stderr)
        for text in said:
            self.assertIn(text, out.stderr)
        self.assertEqual(out.stderr.count("\n"), len(said), out.stderr)
        lacks = f"*** INCOMPLETE: {said[0]}" if status else "Awaits: "
        self.assertTrue(out.stdout.startswith(lacks), out.stdout)
        self.assertEqual(list(temporary.iterdir()), [])
        for file, was in before.items():
            self.assertEqual(file.stat().st_mtime_ns, was.st_mtime_ns)
        (line,) = [x for x in out.stdout.splitlines() if x.startswith("Awaits: ")]
        return int(line.split()[1])

    def test_cut(self) -> None:
        """Anywhere in the last packet: the events before that are read."""
        ends = packets(self.stream)
        self.assertGreater(len(ends), 3)
        said, counts = f"{self.name} ends within a packet", []
        data = self.stream.read_bytes()
        (content,) = struct.unpack_from("<Q", data, ends[-2] + CONTENT_SIZE)
        for end in ends[-2] + 100, ends[-2] + content // 16, ends[-1] - 1:
            os.truncate(self.stream, end)
            counts.append(self.created(said))
            self.stream.write_bytes(data)
        self.assertEqual(counts[-1], NUMBER)
        self.assertLess(0, counts[0])
        self.assertLess(counts[0], counts[1])
        self.assertLess(counts[1], NUMBER)

    def test_cut_between(self) -> None:
        os.truncate(self.stream, packets(self.stream)[-2])
        count = self.created(f"{self.name} is shorter than its index says")
        self.assertLess(0, count)
        self.assertLess(count, NUMBER)

    def test_zeros(self) -> None:
        for size in 1, 4096, 100_000:
            with self.stream.open("ab") as file:
                file.write(bytes(size))
            count = self.created(f"{self.name} ends in bytes that are no packet")
            self.assertEqual(count, NUMBER)

    def test_stuck(self) -> None:
        """LTTng 2.13 does not come past an event that was never finished: then a
        stream has no packet, or a full one as its last, long before the end."""
        index = self.stream.parent / "index" / f"{self.stream.name}.idx"
        (entry,) = struct.unpack_from(">I", index.read_bytes(), 12)
        other = next(self.trace.rglob("64-bit/maps_*"))
        data = bytearray(other.read_bytes())
        (end,) = struct.unpack_from("<Q", data, END)
        struct.pack_into("<Q", data, END, end + 10**10)
        other.write_bytes(data)
        said = f"{self.name} ends early: LTTng could not read the rest"
        for packet_count in 3, 1:
            os.truncate(self.stream, packets(self.stream)[packet_count])
            os.truncate(index, 16 + entry * packet_count)
            count = self.created(said)
            self.assertLess(0, count)
            self.assertLess(count, NUMBER)
        os.truncate(self.stream, 0)
        os.truncate(index, 16)
        out = run(AWAITCTL, "report", self.trace)
        self.assertIn(f"is INCOMPLETE: {said}", out.stderr)

    def test_missing(self) -> None:
        self.stream.unlink()
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(
            out.stderr,
            rf"\Aawaitctl: ({self.trace}) is INCOMPLETE: {self.name} is missing\n"
            r"awaitctl: \1: no event of an await is in what was written\n\Z",
        )
        self.assertEqual(out.stdout, "")

    def test_copied(self) -> None:
        """Also where one of the two is damaged: the other is read."""
        shutil.copytree(self.trace / "ust", self.trace / "again")
        said = "uid/0/64-bit is a copy of another trace there and left out"
        self.assertEqual(self.created(said, status=0), NUMBER)
        os.truncate(self.stream, packets(self.stream)[-2])
        said = f"ust/{said}"
        self.assertEqual(self.created(said, status=0), NUMBER)


class Stopped(harness.Case):
    """What is intact is read from a directory of its own, which is never left."""

    def setUp(self) -> None:
        super().setUp()
        out = self.recorded(APP, "exit", 0)
        self.assertEqual(out.returncode, 0, out.stderr)
        for stream in self.trace.rglob("64-bit/awaits_*"):
            with stream.open("ab") as file:
                file.write(bytes(100))
        self.temporary = self.dir / "tmp"
        self.temporary.mkdir()

    def environment(self, **more: object) -> dict[str, str]:
        own = {"TMPDIR": self.temporary, "LD_PRELOAD": ENDING, **more}
        return os.environ | {name: str(value) for name, value in own.items()}

    def nothing_is_left(self) -> None:
        self.assertEqual(list(self.temporary.iterdir()), [])

    def read_from(self, fifo: int) -> bytes:
        self.assertTrue(select.select([fifo], [], [], harness.LIMIT)[0])
        return os.read(fifo, 1)

    def test_while_it_is_read(self) -> None:
        """By a signal to awaitctl alone, and to all of a terminal's."""
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            for send in os.kill, os.killpg:
                path = self.dir / f"{number}-{send.__name__}"
                os.mkfifo(path)
                fifo = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                self.addCleanup(os.close, fifo)
                report = self.running(
                    *(AWAITCTL, "report", self.trace),
                    env=self.environment(AWAITCTL_HOLDS_READING=path),
                )
                self.assertEqual(self.read_from(fifo), b"x", report.stderr())
                self.assertEqual(len(list(self.temporary.iterdir())), 1)
                send(report.pid, number)
                self.assertEqual(report.end(), -number)
                self.nothing_is_left()
                self.assertEqual(self.read_from(fifo), b"", "its child has ended")
                self.assertEqual(report.stderr().count("\n"), 1, report.stderr())

    def test_while_it_is_copied(self) -> None:
        environment = self.environment(AWAITCTL_STOPS_COPY=1)
        out = run(AWAITCTL, "report", self.trace, env=environment)
        self.assertEqual((out.returncode, out.stderr), (-signal.SIGINT, ""))
        self.nothing_is_left()

    def test_nobody_reads_the_report(self) -> None:
        end, pipe = os.pipe()
        os.close(end)
        out = run(AWAITCTL, "report", self.trace, stdout=pipe, env=self.environment())
        os.close(pipe)
        self.assertEqual(out.returncode, -signal.SIGPIPE, out.stderr)
        self.nothing_is_left()

    def test_what_is_said(self) -> None:
        """Has the path that the user gave."""
        streams = self.trace.rglob("64-bit/awaits_*")
        stream = max(streams, key=lambda x: x.stat().st_size)
        with stream.open("r+b") as file:
            file.seek(HEAD)
            file.write(b"\xff" * 16)
        out = run(AWAITCTL, "report", self.trace, env=self.environment())
        self.assertEqual(out.returncode, 1)
        self.assertNotIn(str(self.temporary), out.stdout + out.stderr)
        incomplete, broken = out.stderr.splitlines()
        self.assertIn("ends in bytes that are no packet", incomplete)
        self.assertIn(f" the trace in {self.trace}: ", broken)
        self.nothing_is_left()


class Discarded(gapcase.Case):
    def test_before_the_first_packet(self) -> None:
        """Counted, though babeltrace2 knows of them at most that there are some."""
        ring = Ring()
        for begin in 1, 11, 21:
            ring.add(*(event(i) for i in range(begin, begin + 10)), time=begin * 1000)
        ring.save(self.place)
        stream = self.recover()
        data = bytearray(stream.read_bytes())
        at = 0
        for discarded in 5, 5, 7:
            struct.pack_into("<Q", data, at + DISCARDED, discarded)
            at += struct.unpack_from("<Q", data, at + PACKET_SIZE)[0] // 8
        stream.write_bytes(data)
        out = run(AWAITCTL, "report", self.trace)
        self.assertRegex(out.stdout, r"\A\*\*\* 7 EVENTS DISCARDED \(.*\n\nAwaits: ")


class Recovered(gapcase.Case):
    def test_zeros(self) -> None:
        """What LTTng wrote before a power cut, and what is in the buffers."""
        ring = Ring(read=1)
        ring.add(*(event(i) for i in range(1, 11)), time=0)
        ring.add(*(event(i) for i in range(11, 21)), time=10500)
        ring.save(self.place)
        stream = self.trace / "ust/uid/0/64-bit/awaits_0"
        stream.parent.mkdir(parents=True)
        stream.write_bytes(bytes(ring.subbufs[0].bytes) + bytes(10_000))
        self.assertEqual(self.recovered(), list(range(1, 21)))

    def test_written_already(self) -> None:
        """Packets that LTTng wrote, of buffers that it had not given back: they
        are in the trace once, also where the number of discarded events falls."""
        ring = Ring()
        for begin in 1, 11, 21:
            time = begin * 1000 - 500
            ring.add(*(event(i) for i in range(begin, begin + 10)), time=time)
        struct.pack_into("<Q", ring.subbufs[0].bytes, DISCARDED, 3)
        ring.save(self.place)
        stream = self.trace / "ust/uid/0/64-bit/awaits_0"
        stream.parent.mkdir(parents=True)
        stream.write_bytes(b"".join(x.bytes for x in ring.subbufs[:2]))
        self.recover()
        out = run("babeltrace2", self.trace)
        numbers = [int(x) for x in re.findall(r" id = (\d+)", out.stdout)]
        self.assertEqual(numbers, list(range(1, 31)))
        self.assertNotIn("discarded 18446", out.stderr)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
