# SPDX-License-Identifier: MIT
"""What the tests of awaitctl share: processes with time limits, what is left
behind on the machine, and a parser of the report.

Nothing here waits for a time: progress is what a process prints or what /proc
says, and a limit only ends a test that hangs, as a failure.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import typing
import unittest

AWAITCTL = os.environ["AWAITCTL"]
APP = os.environ["AWAITCTL_APP"]
SYNTHETIC = os.environ["AWAITCTL_SYNTHETIC"]
SOURCE = pathlib.Path(__file__).with_name("app.c")
LIMIT = 60

# What the report must know of processes, however small the buffers.
OF_PROCESSES = {
    "await:process_child",
    "await:process_cut_off",
    "await:statedump_inherited",
    "await:statedump_process",
}

COLUMNS = ("created", "runs", "failed", "hits", "never_waited")


def run(*args: object, **options: typing.Any) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, with an empty stdin unless given one."""
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    return subprocess.run(
        [str(a) for a in args],
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        timeout=LIMIT,
        check=False,
        **options,
    )


# A command on one processor: all its events of awaits are in one stream.
ON_ONE = "taskset", "-c", str(min(os.sched_getaffinity(0)))


def damage(trace: pathlib.Path) -> pathlib.Path:
    """Overwrites a part inside of a packet of its largest file of events, which is
    returned."""
    data = max(
        (f for f in trace.rglob("awaits_*") if f.suffix != ".idx"),
        key=lambda f: f.stat().st_size,
    )
    with data.open("r+b") as file:
        # Of up to eleven packets of one size that is where none begins.
        file.seek(data.stat().st_size * 5 // 12)
        file.write(b"\xff" * 65536)
    return data


def has_namespaces() -> bool:
    """Whether tests may have mounts of their own, as tests/private-lttng does."""
    wrapper = pathlib.Path(__file__).parents[1] / "private-lttng"
    return run(wrapper, "--has-namespaces").returncode == 0


def processes(name: str) -> set[int]:
    """The processes of this user whose command is called that."""
    found = set()
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and entry.stat().st_uid == os.getuid()
                and (entry / "comm").read_text().strip() == name[:15]
                and "\nState:\tZ" not in (entry / "status").read_text()
            ):
                found.add(int(entry.name))
        except OSError:
            pass  # ended meanwhile
    return found


def daemons() -> set[int]:
    """LTTng's processes of this user."""
    return processes("lttng-sessiond") | processes("lttng-consumerd")


def sessions() -> list[str]:
    """The names of the sessions of the daemon that runs."""
    out = run("lttng", "--mi", "xml", "list")
    if out.returncode:
        raise AssertionError(f"lttng list: {out.stdout}{out.stderr}")
    return re.findall(r"<session><name>([^<]*)<", out.stdout)


def until(
    condition: typing.Callable[[], typing.Any], what: str, limit: int = LIMIT
) -> typing.Any:
    """Waits for something that is going to be true."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"still not: {what}")


class Running:
    """A process one talks to: lines to its stdin, lines from its stdout."""

    def __init__(self, *args: object, **options: typing.Any) -> None:
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [str(a) for a in args],
            stdin=options.pop("stdin", subprocess.PIPE),
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=self.errors,
            start_new_session=True,
            **options,
        )
        self.pid = self.process.pid
        self.input = self.process.stdin.fileno() if self.process.stdin else -1
        self.output = self.process.stdout.fileno() if self.process.stdout else -1
        self.seen = ""

    def expect(self, text: str) -> None:
        """Reads until that was printed, and forgets everything up to it."""
        end = time.monotonic() + LIMIT
        while text not in self.seen:
            left = end - time.monotonic()
            if not select.select([self.output], [], [], max(left, 0))[0]:
                raise AssertionError(f"no {text!r} in {self.seen!r}")
            more = os.read(self.output, 4096).decode()
            if not more:
                raise AssertionError(f"ended without {text!r}: {self.stderr()}")
            self.seen += more
        self.seen = self.seen.split(text, 1)[1]

    def send(self, text: str) -> None:
        os.write(self.input, text.encode())

    def end(self) -> int:
        """Its exit status, once it ended."""
        status = self.process.wait(LIMIT)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        return status

    def stderr(self) -> str:
        """So far. The process shares the file's position, which stays."""
        return os.pread(self.errors.fileno(), 1 << 20, 0).decode()

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.end()
        self.errors.close()


@dataclasses.dataclass
class Report:
    """A report, taken apart."""

    text: str
    totals: dict[str, int]
    functions: dict[str, tuple[int, ...]]
    times: dict[str, tuple[str, str]]  # total, max
    ends: dict[str, tuple[int, ...]]  # waits: timed out, refused, failed, cancelled
    slowest: list[dict[str, str]]
    unfinished: list[list[str]]

    @staticmethod
    def parse(text: str) -> Report:
        totals = {
            what: int(number)
            for number, what in re.findall(
                r"(\d+) (created|runs|failed|cached hits|never waited|"
                r"still running)",
                next(x for x in text.splitlines() if x.startswith("Awaits:")),
            )
        }
        functions, times = {}, {}
        row = re.compile(
            r"(\S+)  +(\S+)" + r"  +(\d+)" * 6 + r"  +(\S+ \w+)  +(\S+ \w+)"
        )
        for match in filter(None, map(row.fullmatch, text.splitlines())):
            created, runs, failed, hits, _, never = map(int, match.groups()[2:8])
            functions[match[1]] = created, runs, failed, hits, never
            times[match[1]] = (match[9], match[10])
        end = re.compile(r"(\S+)  +(\S+)" + r"  +(\d+)" * 4)
        ends = {
            match[1]: tuple(map(int, match.groups()[2:]))
            for match in filter(None, map(end.fullmatch, text.splitlines()))
        }
        slowest = []
        text, _, unfinished = text.partition("\nUnfinished when the recording ended\n")
        unfinished = unfinished.partition("\n\n")[0]
        rows = [re.split("  +", row.strip()) for row in unfinished.splitlines()[1:]]
        _, found, tail = text.partition("\nSlowest first waits\n")
        if found:
            # What follows is behind an empty line.
            for line in tail.partition("\n\n")[0].splitlines()[1:]:
                cells = re.split(r"  +", line.strip())
                names = ("time", "id", "function", "result", "wait", "create")
                slowest.append(dict(zip(names, cells, strict=True)))
        return Report(text, totals, functions, times, ends, slowest, rows)

    def slow(self, function: str) -> list[dict[str, str]]:
        return [row for row in self.slowest if row["function"] == function]


def source_line(marker: str) -> int:
    """The line of app.c that carries that comment."""
    lines = SOURCE.read_text().splitlines()
    found = [i for i, x in enumerate(lines, 1) if f"/* {marker} */" in x]
    if len(found) != 1:
        raise AssertionError(f"{marker}: on lines {found}")
    return found[0]


class Case(unittest.TestCase):
    """Has a directory of its own, and leaves no daemon behind."""

    def setUp(self) -> None:
        # LTTng's buffers end up in it: not on a slow or shared disk.
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.trace = self.dir / "trace"
        self.program = AWAITCTL
        self.before = daemons()
        self.addCleanup(self.no_new_daemons)

    @contextlib.contextmanager
    def consumers_stopped(self) -> typing.Iterator[None]:
        """Meanwhile nobody empties the buffers: a program fills any."""
        consumers = processes("lttng-consumerd") - self.before
        self.assertTrue(consumers)
        for pid in consumers:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in consumers:
                os.kill(pid, signal.SIGCONT)

    def no_new_daemons(self) -> None:
        left = daemons() - self.before
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(left, set(), "daemons were left running")

    def children(self, parent: int, name: str) -> set[int]:
        """The processes called that below that one."""
        found = set()
        for pid in processes(name):
            above = pid
            while above > 1 and above != parent:
                status = pathlib.Path(f"/proc/{above}/stat").read_text()
                above = int(status.rsplit(")", 1)[1].split()[1])
            if above == parent:
                found.add(pid)
        return found

    def kill(self, *pids: int) -> None:
        """All at once: a daemon that outlived another would clean up after it."""
        for end in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                os.kill(pid, end)
        until(
            lambda: not (set(pids) & (daemons() | processes("awaitctl"))),
            "the killed have ended",
        )

    def running(self, *args: object, **options: typing.Any) -> Running:
        process = Running(*args, **options)
        self.addCleanup(process.close)
        return process

    def record(self, *program: object, **options: typing.Any) -> Running:
        """Starts a recording of that program to self.trace."""
        return self.running(
            AWAITCTL, "record", "-o", self.trace, "--", *program, **options
        )

    def recorded(
        self, *program: object, **options: typing.Any
    ) -> subprocess.CompletedProcess[str]:
        return run(self.program, "record", "-o", self.trace, "--", *program, **options)

    def record_with(
        self, *options: object, program: tuple[object, ...] = (APP, "exit", 0)
    ) -> None:
        out = self.recorded_with(*options, program=program)
        self.assertEqual(out.returncode, 0, out.stderr)

    def recorded_with(
        self,
        *options: object,
        program: tuple[object, ...] = (APP, "exit", 0),
        **more: typing.Any,
    ) -> subprocess.CompletedProcess[str]:
        return run(
            AWAITCTL, "record", *options, "-o", self.trace, "--", *program, **more
        )

    def record_lossy(self) -> None:
        """A burst that the buffers do not hold, which nobody empties meanwhile."""
        app = self.running(
            *(AWAITCTL, "record", "--buffers=4kx2", "-o", self.trace),
            *("--", APP, "burst", 3000),
        )
        app.expect("ready")
        with self.consumers_stopped():
            app.send("\n")
            app.expect("done")
        app.send("\n")
        self.assertEqual(app.end(), 0, app.stderr())

    def lines(self) -> list[str]:
        """The await events of self.trace, as babeltrace2 prints them."""
        out = run("babeltrace2", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        lines = [x for x in out.stdout.splitlines() if " await:" in x]
        self.assertTrue(lines)
        return lines

    def counts(self) -> dict[str, int]:
        """How often each event happened; state dumps are LTTng's to time."""
        names = [
            match[1]
            for match in (re.search(r" await:(\w+): ", x) for x in self.lines())
            if match and not match[1].startswith("statedump_")
        ]
        return dict(collections.Counter(names))

    def report(self, *options: str) -> Report:
        """The report on self.trace, which has to succeed without a word."""
        out = run(AWAITCTL, "report", "-n", "1000", *options, self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return Report.parse(out.stdout)

    def traced(
        self, *args: object, program: str = APP, **options: typing.Any
    ) -> Running:
        """An app with the tracer in it, that is ready."""
        environment = {**os.environ, "LIBAWAIT_TRACE": "1"} | options.pop("env", {})
        app = self.running(program, *args, env=environment, **options)
        app.expect("ready")
        return app

    def attach(self, *args: object) -> Running:
        """A recording of a process, that has begun."""
        awaitctl = self.running(AWAITCTL, "record", "-o", self.trace, *args, stdin=None)
        until(
            lambda: "recording process" in awaitctl.stderr()
            or awaitctl.process.poll() is not None,
            "the recording begins",
        )
        self.assertIn("recording process", awaitctl.stderr())
        return awaitctl

    def start_daemon(self) -> int:
        """A session daemon that is not awaitctl's; ended with the test."""
        process = subprocess.Popen(
            ["lttng-sessiond", "--no-kernel"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

        def stop() -> None:
            process.terminate()
            process.wait(LIMIT)

        self.addCleanup(stop)
        until(lambda: run("lttng", "list").returncode == 0, "a daemon answers")
        return process.pid


sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
