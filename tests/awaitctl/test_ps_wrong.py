# SPDX-License-Identifier: MIT
"""awaitctl ps given what it can't look at, or what is damaged: one line that
says so."""

from __future__ import annotations

import collections
import json
import os
import pathlib
import shutil
import struct
import subprocess

from harness import AWAITCTL, LIMIT, run, until
from pscase import APP, FAKE, LINKED, Case, ps, ps_json

import public
import seccomp
import tap
from chance import Chance
from public import NOBODY


class Refused(Case):
    def test_usage(self) -> None:
        wrong: tuple[tuple[list[str], str], ...] = (
            (["ps"], "give one process id"),
            (["ps", "1", "2"], "give one process id"),
            (["top"], "give one process id"),
            (["ps", "x"], "not a process id: x"),
            (["ps", "0"], "not a process id: 0"),
            (["ps", "--", "-1"], "not a process id: -1"),
            (["ps", "99999999999"], "not a process id: 9"),
            (["ps", "--state", "", "1"], "--state takes"),
            (["ps", "--state", "free", "1"], "not free;"),
            (["ps", "--state", "pending,", "1"], "not pending,;"),
            (["ps", "--by", "id", "1"], "--by takes"),
            (["ps", "--sort", "age", "1"], "not age;"),
            (["ps", "-n", "x", "1"], "--limit takes a number, not x;"),
            (["ps", "--delay", "1", "1"], "unknown option --delay"),
            (["top", "--json", "1"], "unknown option --json"),
            (["top", "-d", "0", "1"], "--delay takes seconds"),
            (["top", "-d", "nan", "1"], "not nan;"),
            (["top", "--count", "0", "1"], "--count takes"),
            (["ps", "--state"], "missing after --state"),
        )
        for args, part in wrong:
            self.one_line(run(AWAITCTL, *args), 2, part, "see awaitctl --help")

    def test_help(self) -> None:
        for command in ("ps", "top"):
            out = run(AWAITCTL, command, "--help")
            self.assertEqual((out.returncode, out.stderr), (0, ""))
            self.assertIn("awaitctl ps [OPTION]... PID", out.stdout)

    def test_no_process(self) -> None:
        child = subprocess.Popen(["true"])
        child.wait(LIMIT)
        self.refused(child.pid, f"no process {child.pid}")

    def test_ended_and_not_reaped(self) -> None:
        child = subprocess.Popen(["true"])
        stat = pathlib.Path(f"/proc/{child.pid}/stat")
        until(lambda: ") Z " in stat.read_text(), "it has ended")
        ended = f"process {child.pid} has no memory: it has ended"
        self.refused(child.pid, ended)
        if os.getuid() == 0:  # others may open nothing of it
            program, environment = public.copy(self.dir, AWAITCTL)
            self.dir.chmod(0o755)
            out = run(program, "ps", child.pid, env=environment, user=NOBODY)
            self.one_line(out, 1, ended)
        child.wait(LIMIT)

    def test_no_libawait(self) -> None:
        child = subprocess.Popen(["sleep", str(LIMIT)])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        link = pathlib.Path(f"/proc/{child.pid}/exe")
        until(lambda: link.resolve().name in ("sleep", "coreutils"), "it has begun")
        self.refused(child.pid, f"process {child.pid} does not use libawait")

    def test_blocks(self) -> None:
        header = pathlib.Path(__file__).parents[2] / "src/abi/debug.h"
        minor = header.read_text().split("AWAIT_DEBUG_MINOR ")[1].split()[0]
        ours = run(AWAITCTL, "--version").stdout.split()[1]
        knows = f"has version 2.{minor}, this awaitctl ({ours}) knows 1.x: use the"
        for what, part in (
            ("newer", knows),
            ("short", "is damaged"),
            ("offsets", "is damaged"),
            ("none", "does not use libawait"),
            ("untouched", "does not use libawait"),
        ):
            self.refused(self.start(FAKE, what).pid, part)

    def test_not_permitted(self) -> None:
        if os.getuid() != 0:
            self.skipTest("needs root, to look as somebody else")
        process = self.start(APP, "many", 1)
        program, environment = public.copy(self.dir, AWAITCTL)
        self.dir.chmod(0o755)
        out = run(program, "ps", process.pid, env=environment, user=NOBODY)
        self.one_line(out, 1, f"may not read the memory of process {process.pid}")
        self.assertRegex(out.stderr, "be its user, or root|ptrace_scope is [1-9]")

    def test_refused_by_seccomp(self) -> None:
        if not seccomp.KNOWN:
            self.skipTest("knows the numbers of x86-64's system calls only")
        process = self.start(APP, "many", 1)
        out = run(
            AWAITCTL,
            "ps",
            process.pid,
            preexec_fn=lambda: seccomp.refuse_of_size(seccomp.PREAD, 1),
        )
        self.one_line(
            out,
            1,
            f"cannot read the memory of process {process.pid}: Operation not permitted",
            "is awaitctl in a sandbox? (awaitctl doctor)",
        )

    def test_32_bit(self) -> None:
        source = self.dir / "pause.s"
        # pause() for ever.
        source.write_text(
            ".globl _start\n_start: movl $29, %eax\nint $0x80\njmp _start\n"
        )
        program = self.dir / "pause"
        made = subprocess.run(
            f"as --32 -o {program}.o {source} &&"
            f" ld -m elf_i386 -o {program} {program}.o",
            shell=True,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        if made.returncode:
            self.skipTest(f"this machine makes no 32-bit programs: {made.stderr}")
        try:
            child = subprocess.Popen([program])
        except OSError as error:
            self.skipTest(f"this kernel runs no 32-bit programs: {error}")
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.refused(child.pid, f"process {child.pid} is a 32-bit program")

    def test_full_disk(self) -> None:
        process = self.start(APP, "many", 1)
        with open("/dev/full", "w") as full:
            out = run(AWAITCTL, "ps", process.pid, stdout=full)
        self.assertEqual(out.returncode, 1)
        self.assertIn("cannot write: No space left on device", out.stderr)


class Damage(Case):
    """Memory that is not what it should be is told in words, or not seen."""

    IMAGES = 40

    def regions(self, pid: int, everything: bool = False) -> list[tuple[int, int]]:
        """Slabs, and what of libawait.so and the program is no code, of each the
        beginning or everything."""
        found = []
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            words = line.split()
            start, end = (int(x, 16) for x in words[0].split("-"))
            path = words[5] if len(words) > 5 else ""
            ours = "libawait" in path or "ps-app" in path
            if (ours and "x" not in words[1]) or (
                not path and words[1].startswith("rw") and end - start <= 1 << 20
            ):
                some = end if everything else start + (64 << 10)
                found.append((start, min(end, some)))
        return found

    def is_still(self, pid: int) -> bool:
        """Whether both of its waits have begun, and no thread does anything."""
        waiters = sum(row["waiters"] for row in ps_json(pid)["list"])
        stats = pathlib.Path(f"/proc/{pid}/task").glob("*/stat")
        return waiters == 2 and all(") S " in stat.read_text() for stat in stats)

    def test_random(self) -> None:
        chance = Chance(6)
        process = self.start(APP, "states")
        # What its threads write to until they sleep would be put back, which is
        # damage of another kind, and for good.
        until(lambda: self.is_still(process.pid), "all of its threads sleep")
        regions = self.regions(process.pid)
        self.assertGreater(len(regions), 4)
        numbers = (0, 1, 7, 1 << 31, 1 << 63, (1 << 64) - 1, 0x1234)
        views: tuple[tuple[str, ...], ...] = (
            ("-n0",),
            ("--json", "-n0"),
            ("--by=site",),
            ("--sort=function", "--function=a"),
        )
        statuses = collections.Counter()
        mem = os.open(f"/proc/{process.pid}/mem", os.O_RDWR)
        self.addCleanup(os.close, mem)
        for image in range(self.IMAGES):
            written = []
            for _ in range(20):
                start, end = chance.choice(regions)
                at = start + chance.randrange((end - start) // 8) * 8
                number = chance.choice((*numbers, at, start, chance.getrandbits(64)))
                written.append((at, os.pread(mem, 8, at)))
                os.pwrite(mem, struct.pack("=Q", number), at)
            out = run(AWAITCTL, "ps", *views[image % len(views)], process.pid)
            statuses[out.returncode] += 1
            self.assertIn(out.returncode, (0, 1), f"image {image}: {out.stderr}")
            if out.returncode:
                self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
            elif "--json" in views[image % len(views)]:
                json.loads(out.stdout)
            # Each image is a healthy process with a little damage.
            for at, data in reversed(written):
                os.pwrite(mem, data, at)
        self.assertGreater(statuses[0], self.IMAGES // 4)

    def test_list_breaks_off(self) -> None:
        process = self.start(APP, "many", 100)
        rows = ps_json(process.pid)
        self.assertEqual(rows["warnings"], [])
        # The slab's magic number is its first word.
        magic = struct.pack("=Q", 0x42414C5354495741)
        mem = os.open(f"/proc/{process.pid}/mem", os.O_RDWR)
        self.addCleanup(os.close, mem)
        size = 256 << 10  # of a slab, which it is aligned to
        slabs = [
            at
            for start, _ in self.regions(process.pid)
            for at in range(-(-start // size) * size, start + (1 << 20), size)
            if self.word(mem, at) == magic
        ]
        self.assertTrue(slabs)
        for slab in slabs:
            os.pwrite(mem, bytes(8), slab)
        text = ps(process.pid)
        self.assertIn("0 awaits\n", text)
        self.assertIn("warning: memory of awaits is damaged in libawait.so", text)

    def test_versions(self) -> None:
        """Of another minor: what both know is shown."""
        process = self.start(APP, "states")
        mem = os.open(f"/proc/{process.pid}/mem", os.O_RDWR)
        self.addCleanup(os.close, mem)
        magic = struct.pack("=QH", 0x5542474454495741, 1)
        blocks = [
            at
            for start, end in self.regions(process.pid, everything=True)
            for at in range(start, end, 8)
            if os.pread(mem, len(magic), at) == magic
        ]
        self.assertTrue(blocks)
        shown = ps(process.pid)

        def pretend(minor: int, size: int) -> None:
            for block in blocks:
                os.pwrite(mem, struct.pack("=HI", minor, size), block + 10)

        for minor, size in ((0, 256), (1, 272), (99, 1000)):
            pretend(minor, size)
            self.assertEqual(ps_json(process.pid)["warnings"], [])
            self.assertEqual(ps(process.pid), shown)
        for minor in (0, 1, 99):
            pretend(minor, 255)
            self.refused(process.pid, "is damaged")

    def test_names(self) -> None:
        """What would be a command to a terminal is not printed."""
        program = self.dir / os.fsdecode(b"\x1b[2J\xc0x")
        shutil.copy(LINKED, program)
        process = self.start(program, "states")
        text = until(
            lambda: "Thread" in (found := ps(process.pid)) and found, "one waits"
        )
        self.assertRegex(text, r"Thread \d+ \(\\x1b\[2J\\xc0x\) ")
        self.assertNotIn("\x1b", text)
        names = {x["name"] for x in ps_json(process.pid)["threads"]}
        self.assertEqual(names, {"\x1b[2J\xc0x"})

    def word(self, mem: int, at: int) -> bytes:
        try:
            return os.pread(mem, 8, at)
        except OSError:
            return b""


if __name__ == "__main__":
    tap.main()
