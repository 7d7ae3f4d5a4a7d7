# SPDX-License-Identifier: MIT
"""Runs the real gdb on the test programs and gives back what it printed.

    >>> gdb("break checkpoint", "run", "info awaits", program=APP)
    '16 awaits: ...'

Every run forbids calls of functions in the target, has a time limit, and fails
when Python or gdb itself stumbled, whatever the test looks for. Nothing is
sourced: gdb finds the scripts by itself.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import tempfile
import time
import unittest
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BUILD = Path(os.environ["AWAIT_BUILD"])
LIBRARY = BUILD / "src/libawait" / os.environ["AWAIT_LIBRARY"]
STUB = Path(f"{LIBRARY}-gdb.py")
APP = BUILD / "tests/gdb/app"
OPTIMIZED = BUILD / "tests/gdb/app-optimized"
STATIC = BUILD / "tests/gdb/app-static"
STORY = BUILD / "tests/gdb/story"
HOLDER = BUILD / "tests/gdb/holder"
EVENTS = BUILD / "tests/gdb/events"
EVENTS_OPTIMIZED = BUILD / "tests/gdb/events-optimized"
EVENTS_STATIC = BUILD / "tests/gdb/events-static"
LOG = BUILD / "tests/gdb/log"
LOG_OPTIMIZED = BUILD / "tests/gdb/log-optimized"
LOG_STATIC = BUILD / "tests/gdb/log-static"
TEST_LIBRARY = BUILD / "src/libawait-test" / LIBRARY.name.replace("await", "await-test")
LATE = BUILD / "tests/gdb/late"
LATE_PLUGIN = BUILD / "tests/gdb/late-plugin.so"
LATE_OWN = BUILD / "tests/gdb/late-own.so"
LATE_RECORDED = BUILD / "tests/gdb/late-recorded.so"
SEVERAL = BUILD / "tests/gdb/several"
PLAIN = BUILD / "tests/gdb/plain"
DONE = BUILD / "tests/gdb/done"
SECONDS = 60

# What no output may hold: nobody wants to see how we stumbled.
STUMBLES = (
    "Traceback",
    "Python Exception",
    "scripts failed",
    "internal-error",
    "may-call-functions is off",
)

# What gdb knows, without its own words for it, which differ between versions.
BREAKPOINTS = (
    "python print(*(f'breakpoint {x.number}: {x.hit_count} hits, if {x.condition}'"
    " for x in gdb.breakpoints()), f'breakpoints: {len(gdb.breakpoints())}', sep='\\n')"
)
SELECTED = "python print('selected: thread', gdb.selected_thread().num)"

CHECKPOINT = ("break checkpoint", "run")

# The same, with a recorder of 16 events in a program that knows nothing of it.
RECORDED = (
    "set startup-with-shell off",
    f"set environment LD_PRELOAD {TEST_LIBRARY}",
    "set environment LIBAWAIT_RECORD 10",
    *CHECKPOINT,
)


# What takes most of a start: no test looks into libc, whose debug information gdb
# would read where it is installed, and the scripts need to be compiled just once.
QUICK_START = (
    "set debug-file-directory /nonexistent",
    "python import sys",
    "python sys.dont_write_bytecode = False",
    f"python sys.pycache_prefix = {str(BUILD / 'pycache')!r}",
)


def _command(safe: Path, *more: str) -> list[str]:
    return [
        "gdb",
        "-nx",
        "-q",
        *("-iex", "set debuginfod enabled off"),
        *(word for each in QUICK_START for word in ("-iex", each)),
        *("-iex", f"add-auto-load-safe-path {safe}"),
        *("-iex", "set width 0"),
        *("-ex", "set may-call-functions off"),
        *more,
    ]


@contextmanager
def process(command: list[str], **options: object) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block, and all that it started."""
    running = subprocess.Popen(  # type: ignore[call-overload]
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **options,
    )
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


def knows_no(symbol: str, output: str) -> bool:
    """Whether gdb said so, just once."""
    return len(re.findall(rf"\bsymbol \W?{symbol}\b", output, re.IGNORECASE)) == 1


@contextmanager
def at_terminal(terminal: int, safe: Path, program: Path) -> Iterator[None]:
    """gdb as a person has it, at that terminal."""
    command = ["timeout", "--foreground", "-k", "1", str(SECONDS)]
    command += [*_command(safe), str(program)]
    running = subprocess.Popen(
        command,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=os.environ | {"TERM": "dumb", "INPUTRC": "/dev/null"},
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def check(output: str) -> str:
    for stumble in STUMBLES:
        if stumble in output:
            raise AssertionError(f"{stumble!r} in the output of gdb:\n{output}")
    return output


def gdb(
    *commands: str,
    program: Path = APP,
    arguments: tuple[str, ...] = (),
    core: Path | None = None,
    safe: Path = BUILD,
    library_path: Path | None = None,
    seconds: int = SECONDS,
) -> str:
    """All that these commands print. A command may fail; the next ones run."""
    command = _command(safe, "-batch")
    if library_path:
        command += ["-ex", f"set environment LD_LIBRARY_PATH {library_path}"]
    for each in commands:
        command += ["-ex", each]
    command += [str(program), str(core)] if core else ["--args", str(program)]
    command += arguments
    with process(command) as running:
        output, _ = running.communicate(timeout=seconds)
    return check(output)


def marked(*commands: str) -> tuple[str, ...]:
    """These commands, for answers()."""
    return tuple(part for each in commands for part in ("echo ==\\n", each))


def answers(output: str) -> list[str]:
    """Between lines of == that commands echoed."""
    return output.split("==\n")[1:]


# Runs in gdb: CASES are damages with the commands to run behind each.
_DAMAGES = """
import gdb
inferior = gdb.selected_inferior()
def memory(address, size):
    return address, bytes(inferior.read_memory(address, size))
# `await break` writes to what it believes to be awaits: all that may be hit.
kept = []
for name in ("await_armed", "sink_armed_", "trap"):
    value = gdb.parse_and_eval(name)
    kept.append(memory(int(value.address), value.type.sizeof))
at = gdb.parse_and_eval("await_slabs")
while int(at):
    kept.append(memory(int(at), int(at["size"])))
    at = at["next"]
for damage, commands in CASES:
    place = gdb.parse_and_eval(damage.split(" ", 1)[1].rpartition(" = ")[0])
    kept.append(memory(int(place.address), place.type.sizeof))
    gdb.execute(damage)
    print("==")
    for command in commands:
        try:
            gdb.execute(command)
        except gdb.error as error:
            print(error)
    for address, data in reversed(kept):
        if memory(address, len(data))[1] != data:
            inferior.write_memory(address, data)
    kept.pop()
"""


def damaged(
    cases: Sequence[tuple[str, Sequence[str]]],
    *start: str,
    program: Path = APP,
    arguments: tuple[str, ...] = (),
) -> list[str]:
    """What the commands of each case print where its damage, which is a command
    `set PLACE = VALUE`, is all that is wrong: it is undone behind them."""
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "damages.py"
        script.write_text(f"CASES = {[(d, [*c]) for d, c in cases]}\n{_DAMAGES}")
        output = gdb(
            *(start or CHECKPOINT), f"source {script}", program=program,
            arguments=arguments, seconds=SECONDS + 10 * len(cases),
        )  # fmt: skip
    found = answers(output)
    if len(found) != len(cases):
        raise AssertionError(f"{len(found)} of {len(cases)} cases in {output}")
    return found


@contextmanager
def hung() -> Iterator[int]:
    """The story of the hang, hung: two threads wait for an await, one for the
    lock. Nothing but the lock stops it, and gdb comes later."""
    with process([str(STORY), "hang"]) as running:
        end = time.monotonic() + SECONDS
        while _sleeps(running.pid) != ["0x80", "0x89", "0x89"]:
            if time.monotonic() > end:
                raise AssertionError("the program does not hang")
            time.sleep(0.01)
        yield running.pid


_NUMBERS = (
    "python print('numbers', *(each.num for each in"
    " sorted(gdb.selected_inferior().threads(), key=lambda each: each.ptid[1])))"
)


def attached(*commands: str) -> str:
    """What these commands print of the story, hung. Its threads are numbered as they
    began: gdb 18 numbers those that it finds in another order."""
    with hung() as pid:
        output = gdb(f"attach {pid}", _NUMBERS, *commands, "kill", program=STORY)
    before, line, told = re.split(r"(?m)^numbers (.*)\n", output, maxsplit=1)
    began = {number: str(n) for n, number in enumerate(line.split(), 1)}
    # In a sentence, and in the last column of a table, before what waits.
    numbers = r"(\b[Tt]hread |^#\d.*  (?=\d+(?:, \d+ waits?)?$))(\d+)"
    return before + re.sub(
        numbers, lambda found: found[1] + began[found[2]], told, flags=re.M
    )


def _sleeps(pid: int) -> list[str]:
    """The kinds of futex() that all its threads sleep in."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        words = (task / "syscall").read_text().split()
        found.append(words[2] if len(words) > 2 else "")
    return sorted(found)


class Mi:
    """A session as front-ends hold it.

    >>> with mi() as session:
    ...     session.ask("-var-create p * handles.pending")
    '^done,name="p",...'
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, request: str, until: str = "^") -> str:
        """Sends a request; returns the line that begins with until."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            check(line)
            if line.startswith(until):
                return line.rstrip()
            if line.startswith("^error"):
                raise AssertionError(f"{request}: {line}")
        raise AssertionError(f"gdb ended at {request}")


@contextmanager
def mi(program: Path = APP) -> Iterator[Mi]:
    """A test program at its checkpoint."""
    command = _command(BUILD, "-i=mi", str(program))
    # A read that gdb never answers must not block for good.
    with process(["timeout", "-k", "1", str(SECONDS), *command]) as running:
        session = Mi(running)
        session.ask("-enable-pretty-printing")
        session.ask("-break-insert checkpoint")
        session.ask("-exec-run", until="*stopped")
        yield session
        session.ask("-gdb-exit")


def kernel_core(folder: Path, *command: str | Path) -> Path:
    """The core file that the kernel writes into an empty folder when the command
    dies there. SkipTest if it writes it elsewhere, or none."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith("|") or "/" in pattern:
        raise unittest.SkipTest(f"the kernel writes cores to {pattern}")

    def allow_cores() -> None:
        most = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))

    subprocess.run(
        command, cwd=folder, preexec_fn=allow_cores, timeout=SECONDS, check=False
    )
    cores = list(folder.iterdir())
    if not cores:
        raise unittest.SkipTest("the kernel wrote no core")
    return cores[0]
