# SPDX-License-Identifier: MIT
"""awaitctl ps, on real processes that run on while it looks."""

from __future__ import annotations

import collections
import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import tempfile
import textwrap
import time
import typing
import unittest

from harness import AWAITCTL, LIMIT, Running, run, until

import public
import tap
from public import NOBODY

BUILD = pathlib.Path(os.environ["AWAIT_BUILD"])
HERE = BUILD / "tests/awaitctl"
APP = HERE / "ps-app"
LINKED = HERE / "ps-app-static"
FAKE = HERE / "ps-fake"
PLUGIN = HERE / "libps-plugin.so"
LIBRARY = BUILD / "src/libawait.so.0"
SOURCE = pathlib.Path(__file__).with_name("ps_app.c")
STATES = ("pending", "running", "resolved", "failed", "cancelled")

Json = dict[str, typing.Any]


def line_of(text: str) -> str:
    """ps_app.c:N of the one line that has it."""
    lines = [i for i, x in enumerate(SOURCE.open(), 1) if text in x]
    assert len(lines) == 1, (text, lines)
    return f"ps_app.c:{lines[0]}"


def ps(pid: int, *options: object) -> str:
    """What it prints; it has to succeed without a word."""
    out = run(AWAITCTL, "ps", *options, pid)
    if out.returncode != 0 or out.stderr:
        raise AssertionError(f"{options}: {out.returncode}: {out.stderr}")
    return out.stdout


def ps_json(pid: int, *options: object) -> Json:
    found: Json = json.loads(ps(pid, "--json", *options))
    return found


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)

    def start(self, *args: object, **options: typing.Any) -> Running:
        """A program that has said "ready"."""
        process = Running(*args, **options)
        self.addCleanup(process.close)
        process.expect("ready\n")
        return process

    def refused(self, pid: object, *parts: str, status: int = 1) -> None:
        out = run(AWAITCTL, "ps", pid)
        self.one_line(out, status, *parts)

    def one_line(
        self, out: subprocess.CompletedProcess[str], status: int, *parts: str
    ) -> None:
        self.assertEqual((out.returncode, out.stdout), (status, ""), out.stderr)
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, out.stderr)


class States(Case):
    def setUp(self) -> None:
        super().setUp()
        self.pid = self.start(APP, "states").pid
        until(
            lambda: sum(len(t["runs"]) or 1 for t in ps_json(self.pid)["threads"]) == 4,
            "one thread runs two awaits, two wait",
        )
        threads = ps_json(self.pid)["threads"]
        self.runner = next(t["tid"] for t in threads if t["runs"])
        self.waiters = {t["waits_for"]: t["tid"] for t in threads if "waits_for" in t}

    def plain(self, text: str) -> str:
        """With names in place of what is another each time."""
        text = text.replace(str(self.runner), "RUNNER")
        for await_, tid in self.waiters.items():
            text = text.replace(f"Thread {tid}", f"Thread WAITS-{await_}")
        lines = [x for x in text.splitlines()]
        threads = sorted(x for x in lines if x.startswith("Thread "))
        return "\n".join([x for x in lines if x not in threads] + threads) + "\n"

    def golden(self, expected: str, *options: object) -> None:
        expected = "".join(map(textwrap.dedent, (expected, self.THREADS)))
        expected = expected.replace("\n\n", "\n").lstrip("\n")
        expected = expected.replace("\nThread", "\n\nThread", 1)
        for marker in re.findall(r"<([^>]+)>", expected):
            expected = expected.replace(f"<{marker}>", line_of(marker))
        self.assertEqual(self.plain(ps(self.pid, *options)), expected)

    THREADS = """
        Thread RUNNER (ps-app) runs #4104 outer, in it #4224 inner
        Thread WAITS-#4098 (ps-app) waits for #4098 promise, which nobody has settled
        Thread WAITS-#4104 (ps-app) waits for #4104 outer, which thread RUNNER runs
        """

    def test_list(self) -> None:
        self.golden(
            r"""
        13 awaits: 4 pending, 2 running, 4 resolved, 2 failed, 1 cancelled
        Id       State      Type  Await                                                 Created       Thread
        #1       failed     page  fetch("/nope", -1): -ENOENT, 2 attempts               <"/nope", -1>
        #2       resolved   page  fetch(...) = {4 bytes}                                <"/etc/motd", 2>
        #3       pending    page  fetch("/etc/hosts", 1)                                <"/etc/hosts", 1>
        #4096    resolved   name  greet(...) = "quote \" and \n and 0123456789 012"...  <*name = awaitable>
        #4097    resolved   real  half(...) = 2.5                                       <half, 5.0>
        #4098    pending    int   promise                                               <*promise = await_>  1 waits
        #4099    failed     int   promise: -EPIPE                                       <*rejected = await_>
        #4100    pending    name  greet(NULL)                                           <greet, NULL>
        #4101    resolved   int   nowait = -33                                          <await_nowait>
        #4102    cancelled  int   inner(...)                                            <cancelled = awaitable>
        #4103.1  pending    int   inner(false)                                          <in its slot>
        #4104    running    int   outer(NULL)                                           <running = awaitable>  RUNNER, 1 waits
        #4224    running    int   inner(true)                                           <none == NULL>  RUNNER
            """  # noqa: E501
        )

    def test_filters(self) -> None:
        self.golden(
            """
        13 awaits: 4 pending, 2 running, 4 resolved, 2 failed, 1 cancelled
        Id     State    Type  Await            Created       Thread
        #4104  running  int   outer(NULL)      <running = awaitable>  RUNNER, 1 waits
        #4099  failed   int   promise: -EPIPE  <*rejected = await_>
        1 more (-n N shows N, -n 0 all; --state, --function and --type select)
        """,
            "--state=failed,running",
            "--type=int",
            "--function=^(outer|promise|inner)$",
            "--sort=waiters",
            "-n2",
        )

    def test_groups(self) -> None:
        def rows(*options: object) -> list[list[str]]:
            table = ps(self.pid, *options).split("\n\n")[0].splitlines()[1:]
            return [x.split() for x in table]

        self.assertEqual(
            rows("--by=function", "-n3"),
            [
                "Awaits Pending Running Resolved Failed Cancelled Function"
                " Type".split(),
                "3 1 0 1 1 0 fetch page".split(),
                "3 1 1 0 0 1 inner int".split(),
                "2 1 0 1 0 0 greet name".split(),
                "4 more (-n N shows N, -n 0 all; --state, --function and"
                " --type select)".split(),
            ],
        )
        self.assertEqual(
            rows("--by=state"),
            [x.split() for x in ("Awaits State", "4 pending", "4 resolved")]
            + [x.split() for x in ("2 running", "2 failed", "1 cancelled")],
        )
        self.assertEqual(
            rows("--by=type", "--state=pending")[1:],
            [x.split() for x in ("2 2 0 0 0 0 int", "1 1 0 0 0 0 name")]
            + ["1 1 0 0 0 0 page".split()],
        )
        sites = rows("--by=site", "-n0", "--function=inner")[1:]
        self.assertEqual(
            sorted(x[-1] for x in sites),
            sorted(map(line_of, ("none == NULL", "cancelled = ", "in its slot"))),
        )

    def test_sort(self) -> None:
        def ids(*options: object) -> list[str]:
            return [x["id"] for x in ps_json(self.pid, "-n0", *options)["list"]]

        everything = ids()
        self.assertEqual(len(everything), 13)
        self.assertEqual(ids("--reverse"), everything[::-1])
        self.assertEqual(ids("--sort=id"), everything)
        self.assertEqual(ids("--sort=attempts")[0], "#1")
        self.assertEqual(set(ids("--sort=waiters")[:2]), {"#4098", "#4104"})
        for key in ("state", "function", "type", "site"):
            rows = ps_json(self.pid, "-n0", f"--sort={key}")["list"]
            self.assertEqual({x["id"] for x in rows}, set(everything))
            keys = [(x["file"], x["line"]) if key == "site" else x[key] for x in rows]
            if key == "state":
                order = ("running", "failed", "pending", "resolved", "cancelled")
                keys = [order.index(x) for x in keys]
            self.assertEqual(keys, sorted(keys), key)
            # The first few are the same, however few are kept.
            for limit in range(1, 8):
                self.assertEqual(
                    ids(f"--sort={key}", "--reverse")[:limit],
                    [
                        x["id"]
                        for x in ps_json(
                            self.pid, f"-n{limit}", f"--sort={key}", "--reverse"
                        )["list"]
                    ],
                )

    def test_json(self) -> None:
        found = ps_json(self.pid)
        self.assertEqual(found["pid"], self.pid)
        self.assertEqual(found["libraries"], ["libawait.so.0.1.0"])
        self.assertEqual((found["awaits"], found["matching"]), (13, 13))
        self.assertEqual(
            found["states"], dict(zip(STATES, (4, 2, 4, 2, 1), strict=True))
        )
        self.assertEqual((found["deadlocks"], found["warnings"]), ([], []))
        first = found["list"][0]
        self.assertTrue(first.pop("file").endswith("tests/awaitctl/ps_app.c"))
        self.assertEqual(
            first,
            {
                "id": "#1",
                "state": "failed",
                "type": "page",
                "function": "fetch",
                "line": int(line_of('"/nope", -1').split(":")[1]),
                "in": "states",
                "call": 'fetch("/nope", -1)',
                "error": -2,
                "error_name": "-ENOENT",
                "attempts": 2,
                "waiters": 0,
                "library": "libawait.so.0.1.0",
            },
        )
        self.assertIn(
            {
                "tid": self.runner,
                "name": "ps-app",
                "runs": ["#4104", "#4224"],
                "library": "libawait.so.0.1.0",
            },
            found["threads"],
        )
        groups = ps_json(self.pid, "--by=type")["groups"]
        self.assertEqual(sum(x["awaits"] for x in groups), 13)

    def test_process_goes_on(self) -> None:
        """It is never stopped: not traced, and in no stop state."""
        status = pathlib.Path(f"/proc/{self.pid}/status")
        for _ in range(5):
            ps(self.pid)
            self.assertRegex(status.read_text(), r"TracerPid:\t0\n")
            self.assertNotRegex(status.read_text(), r"State:\t[tT]")


class Kept(Case):
    def test_arguments(self) -> None:
        process = self.start(APP, "states", env=os.environ | {"LIBAWAIT_DEBUG": "args"})
        calls = {x["id"]: x.get("call") for x in ps_json(process.pid)["list"]}
        self.assertEqual(calls["#2"], 'fetch("/etc/motd", 2)')
        self.assertEqual(calls["#4102"], "inner(...)")


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

    def test_no_ring(self) -> None:
        self.assertNotIn("DEADLOCK", ps(self.start(APP, "many", 3).pid))


class Churn(Case):
    """A process whose awaits change all the time."""

    STAY = 100_000
    RESULTS = {"one": ("resolved", "1"), "two": ("resolved", "2")}

    def check(self, row: Json) -> None:
        """Whatever is told of one await must go together."""
        function, state = row["function"], row["state"]
        self.assertEqual(row["type"], "long" if function == "two" else "int", row)
        if function == "stay":
            self.assertEqual((state, row["attempts"]), ("pending", 0), row)
        elif function == "flip":
            self.assertIn(state, ("pending", "running", "failed"), row)
            self.assertIn(row.get("error", -11), (-11,), row)
        elif state in ("resolved", "failed"):
            wanted = "failed" if function == "bad" else "resolved"
            self.assertEqual(state, wanted, row)
            if state == "failed" and "error" in row:
                self.assertEqual(row["error"], -5, row)
            if "value" in row:
                self.assertEqual(row["value"], self.RESULTS[function][1], row)
        else:
            self.assertIn(state, ("pending", "running"), row)
        if state == "resolved" or (state == "failed" and "attempts" in row):
            self.assertGreater(row["attempts"], 0, row)

    def test_invariants(self) -> None:
        process = self.start(APP, "churn", self.STAY)
        before: dict[str, Json] = {}
        changed = 0
        for _ in range(4):
            found = ps_json(process.pid, "-n0")
            rows = found["list"]
            ids = [x["id"] for x in rows]
            self.assertEqual(len(ids), len(set(ids)), "an await appears twice")
            slots = collections.Counter(x.split(".")[0] for x in ids)
            self.assertEqual(max(slots.values()), 1, "two awaits in one slot")
            stay = [x for x in rows if x["function"] == "stay"]
            # All of them alive throughout: each exactly once.
            self.assertEqual(
                sorted(int(x["call"][5:-1]) for x in stay), list(range(self.STAY))
            )
            self.assertEqual([x["function"] for x in rows].count("flip"), 1)
            for row in rows:
                self.check(row)
            self.assertEqual(found["awaits"], len(rows))
            self.assertEqual(sum(found["states"].values()), len(rows))
            now = {x["id"]: x for x in rows}
            changed += len(now.keys() ^ before.keys()) if before else 0
            before = now
        self.assertGreater(changed, 1000, "nothing changed meanwhile")
        process.send("over\n")
        process.expect(" rounds\n")
        self.assertEqual(process.end(), 0)

    def test_hot(self) -> None:
        """One await that changes at each look is there at each, once."""
        process = self.start(APP, "churn", 0)
        for _ in range(300):
            self.assertRegex(ps(process.pid, "--function=flip"), r"\A1 await: ")

    def test_threads(self) -> None:
        """Who is said to run an await that is told was it."""
        process = self.start(APP, "churn", 50)
        shown = 0
        end = time.monotonic() + LIMIT
        while shown < 20 and time.monotonic() < end:
            found = ps_json(process.pid, "--state=running")
            for thread in found["threads"]:
                self.assertLessEqual(len(thread["runs"]), 1, thread)
                self.assertNotIn("waits_for", thread)
                shown += len(thread["runs"])
            for row in found["list"]:
                self.assertIn(row["function"], ("one", "two", "bad", "flip"))
        self.assertGreater(shown, 0, "never was one seen running")


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
            (["ps", "--function", "(", "1"], "not a regular expression: (;"),
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
        self.refused(child.pid, f"process {child.pid} has no memory: it has ended")
        child.wait(LIMIT)

    def test_no_libawait(self) -> None:
        child = subprocess.Popen(["sleep", str(LIMIT)])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        link = pathlib.Path(f"/proc/{child.pid}/exe")
        until(lambda: link.resolve().name in ("sleep", "coreutils"), "it has begun")
        self.refused(child.pid, f"process {child.pid} does not use libawait")

    def test_blocks(self) -> None:
        for what, part in (
            ("newer", "has version 2.1, this awaitctl knows 1.x: use the awaitctl"),
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

    def regions(self, pid: int) -> list[tuple[int, int]]:
        """Slabs, and what of libawait.so and the program can be written."""
        found = []
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            words = line.split()
            start, end = (int(x, 16) for x in words[0].split("-"))
            path = words[5] if len(words) > 5 else ""
            ours = "libawait" in path or "ps-app" in path
            if (ours and "x" not in words[1]) or (
                not path and words[1].startswith("rw") and end - start <= 1 << 20
            ):
                found.append((start, min(end, start + (64 << 10))))
        return found

    def test_random(self) -> None:
        chance = random.Random(6)
        process = self.start(APP, "states")
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

    def word(self, mem: int, at: int) -> bytes:
        try:
            return os.pread(mem, 8, at)
        except OSError:
            return b""


if __name__ == "__main__":
    if not shutil.which("strip"):
        raise SystemExit("no strip(1)")
    tap.main()
