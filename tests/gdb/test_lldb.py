# SPDX-License-Identifier: MIT
"""libawait in lldb: `awaits` and the summaries of handles, on a live process
and a core file. See app.c for what there is to show."""

from __future__ import annotations

import functools
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    APP,
    CHECKPOINT,
    LATE,
    LATE_OWN,
    LATE_PLUGIN,
    PLAIN,
    RECORDED,
    SECONDS,
    STORY,
    STUMBLES,
    gdb,
)

PACKAGE = Path(__file__).resolve().parents[2] / "gdb/awaitlldb"
# lldb 21 often hangs over a core file while its threads load libraries.
PARALLEL = "target.parallel-module-load"
RUN = ("breakpoint set -n checkpoint", "run")


@functools.cache
def environment() -> tuple[dict[str, str], bool]:
    """Where lldb finds its own Python package: Debian's looks elsewhere than
    it is. SkipTest tells why there is none. Also whether it loads in parallel."""
    if not shutil.which("lldb"):
        raise unittest.SkipTest("lldb is not installed")
    for path in ("", *sorted(glob.glob("/usr/lib/llvm-*/lib/python3*/dist-packages"))):
        env = os.environ | {
            "PYTHONDONTWRITEBYTECODE": "1",
            # The Python that it was built with, not the user's own.
            "PATH": f"/usr/bin:{os.environ['PATH']}",
        }
        env.update({"PYTHONPATH": path} if path else {})
        out = subprocess.run(
            [
                *("lldb", "-b", "-x", "-o", "script print(6 * 7)"),
                *("-o", f"settings show {PARALLEL}"),
            ],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if "\n42\n" in out.stdout:
            return env, f"{PARALLEL} (" in out.stdout
    version = subprocess.run(
        ["lldb", "--version"], capture_output=True, text=True, timeout=SECONDS
    )
    raise unittest.SkipTest(f"no Python in {version.stdout.strip()}")


def lldb(*commands: str, program: Path = APP, core: Path | None = None) -> str:
    """What these commands print; an error ends them."""
    env, parallel = environment()
    command = ["lldb", "-b", "-x", "-o", f"command script import {PACKAGE}"]
    command += ["-O", f"settings set {PARALLEL} false"] if parallel else []
    for each in commands:
        command += ["-o", each]
    command += ["-c", str(core)] if core else []
    done = subprocess.run(
        [*command, str(program)],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    for stumble in STUMBLES:
        if stumble in done.stdout:
            raise AssertionError(f"{stumble!r} in the output:\n{done.stdout}")
    return done.stdout


class List(unittest.TestCase):
    def check(self, output: str) -> None:
        self.assertIn(
            "\n18 awaits: 3 pending, 2 running, 10 resolved, 2 failed, 1 cancelled\n",
            output,
        )
        states = "pending|running|resolved|failed|cancelled"
        rows = re.findall(rf"(?m)^#[0-9.]+ +(?:{states}) .*$", output)
        self.assertEqual(len(rows), 18, output)
        for row in (
            r'#1 +pending +page +fetch\("/etc/hosts", 0\) +app\.c:\d+',
            r"#\d+ +resolved +double +half\(\.\.\.\) = 1\.5 +app\.c:\d+",
            r"#\d+ +failed +int +promise: -EPIPE \(Broken pipe\) +app\.c:\d+",
            r"#4105\.1 +pending +int +number\(2\) +app\.c:\d+",
            r"#4103 +running +int +inner\(2\) +app\.c:\d+ +1",
            r"#4104 +running +int +outer\(0x[0-9a-f]+\) +app\.c:\d+ +1, 1 waits",
        ):
            self.assertEqual(len([x for x in rows if re.fullmatch(row, x)]), 1, row)
        self.assertIn("\nThread 1 runs #4104 outer, in it #4103 inner\n", output)
        self.assertIn("waits for #4104 outer, which thread 1 runs", output)

    def test_live(self) -> None:
        self.check(lldb(*RUN, "awaits"))

    def test_version(self) -> None:
        """Of another libawait's debug block."""
        at = 'memory write -s 2 "(unsigned long)&await_debug + {}"'
        said = lldb(*RUN, at.format(8) + " 9", "awaits")
        self.assertRegex(
            said, r"has version 9\.\d+, these scripts know 1\.x: use those"
        )
        # A newer minor version is no trouble.
        self.check(lldb(*RUN, at.format(10) + " 99", "awaits"))

    def test_core(self) -> None:
        environment()
        with tempfile.TemporaryDirectory() as scratch:
            core = Path(scratch) / "core"
            gdb(*CHECKPOINT, f"generate-core-file {core}", "kill")
            self.check(lldb("awaits", core=core))

    def test_only_waiters(self) -> None:
        for story, row in (
            ("forgotten", "promise, only who waits holds it unless lent (1 reference)"),
            ("depth", "promise"),
        ):
            way = ("breakpoint set -n checkpoint", f"run {story}", "awaits")
            output = lldb(*way, program=STORY)
            wanted = rf"(?m)^#1 +pending +int +{re.escape(row)}  +story\.c:\d+ +1 waits"
            self.assertRegex(output, wanted)

    def test_options(self) -> None:
        output = lldb(
            *RUN, "awaits -state failed,running -type int --limit 2 --function *"
        )
        self.assertRegex(output, r"\n#\d+ +failed .*\n#\d+ +running .*\n1 more ")
        self.assertIn("None of them matches.", lldb(*RUN, "awaits --type none"))

    def test_follows(self) -> None:
        """What was read is not shown any more once the process has run on."""
        output = lldb(
            *RUN,
            "awaits --limit 1",
            "breakpoint set -n puts",
            "continue",
            "awaits --limit 1",
        )
        self.assertRegex(output, r"(?s)2 running.*18 awaits: 3 pending, 12 resolved")

    def test_errors(self) -> None:
        for commands, error in (
            (("awaits",), "no process: run the program or open a core file"),
            ((*RUN, "awaits --state x"), "unknown state 'x': it is one of pending"),
            ((*RUN, "awaits --limit x"), "not a number: x"),
            ((*RUN, "awaits --limit"), "expected one argument"),
            ((*RUN, "awaits --bogus"), "unrecognized arguments: --bogus"),
            ((*RUN, "awaits '"), "No closing quotation"),
        ):
            lines = lldb(*commands).splitlines()
            found = [x for x in lines if x.startswith("error: ")]
            self.assertEqual(len(found), 1, lines)
            self.assertIn(error, found[0])
        output = lldb("breakpoint set -n main", "run", "awaits", program=PLAIN)
        self.assertIn("error: this process does not use libawait", output)


# How many frames of libawait are in between is its own affair.
TO_USE = (
    "script lldb.thread.SetSelectedFrame("
    "next(f.idx for f in lldb.thread if f.name == 'use'))"
)


class Twice(unittest.TestCase):
    """A process with two libawaits, whose slabs look the same: see late.c."""

    def test_handles(self) -> None:
        output = lldb(
            *("breakpoint set -n twice", f"run {LATE_PLUGIN} {LATE_OWN}", "continue"),
            *("awaits", TO_USE, "p left", "p aw"),
            program=LATE,
        )
        self.assertRegex(output, r"libawait in libawait\.so\.\S+:\n1 await: 1 pending")
        self.assertIn("libawait in late-own.so:\n2 awaits: 1 pending, 1 run", output)
        self.assertIn("Await<int> #2 pending twice(-8)", output)
        self.assertIn("Await<int> #1 running twice(8) on thread 1", output)


class Log(unittest.TestCase):
    """Of the same core file lldb tells what gdb does."""

    ASKED = ("-n 0", "-n 4", "fetch", "#4104", "f* -thread 1", "nosuch", "-json")

    def test_like_gdb(self) -> None:
        environment()
        with tempfile.TemporaryDirectory() as scratch:
            core = Path(scratch) / "core"
            gdb(*RECORDED, f"generate-core-file {core}", "kill")
            asked = [f"await log {each}" for each in self.ASKED]
            marked = [part for each in asked for part in ("echo ==\\n", each)]
            wanted = gdb(*marked, core=core).split("==\n")[1:]
            asked = [f"awaits log {each}" for each in self.ASKED]
            output = lldb(*asked, core=core)
        self.assertIn("45 events, recording", wanted[0])
        told = re.split(r"\(lldb\) awaits log .*\n", output)[1:]
        self.assertEqual(len(told), len(self.ASKED))
        for what, by_gdb, by_lldb in zip(self.ASKED, wanted, told):
            self.assertEqual(by_lldb.rstrip(), by_gdb.rstrip(), what)

    def test_errors(self) -> None:
        for commands, error in (
            (("awaits log",), "no process: run the program or open a core file"),
            ((*RUN, "awaits log"), "no recorder in this process: link or preload"),
            (
                (*RUN, "awaits log -bogus"),
                "unknown option -bogus: see `awaits --help`",
            ),
        ):
            lines = lldb(*commands).splitlines()
            found = [x for x in lines if x.startswith("error: ")]
            self.assertEqual(len(found), 1, lines)
            self.assertIn(error, found[0])


class Print(unittest.TestCase):
    def test_handles(self) -> None:
        output = lldb(*RUN, "p handles")
        for line in (
            r'pending = 0x\w+ Await<page> #1 pending fetch\("/etc/hosts", 0\)',
            r"resolved = 0x\w+ Await<page> #2 resolved fetch\(...\) = <struct page.*>",
            r"failed = 0x\w+ Await<page> #3 failed fetch\(.*\): -ENOENT .*, 2 attempts",
            r"real = 0x\w+ Await<double> #\d+ resolved half\(...\) = 1.5",
            r'string = 0x\w+ Await<name> #\d+ resolved greet\(...\) = "hello"',
            r"nowait = 0x\w+ Await<int> #\d+ resolved nowait = 33",
            r"outer = 0x\w+ Await<int> #\d+ running outer\(0x\w+\) on thread 1",
            r"foreign = 0x\w+ Await<int> is not an await: no slab holds it",
            r"dangling = 0x\w+ Await<int> dangling: this await has ended",
            r"wild = 0x0*8 Await<int> is not readable memory",
            r"inside = 0x\w+ Await<int> is not an await: .*",
            r"wrong = 0x\w+ .*33 \(through a handle of type await_page\)",
            r"null = NULL",
        ):
            self.assertRegex(output, rf"(?m)^  {line}$")

    def test_children(self) -> None:
        output = lldb(*RUN, "p *handles.resolved", "p *handles.pending")
        self.assertRegex(
            output,
            r"Await<page> #2 resolved .* \{\n"
            r"  \[state\] = AWAIT_RESOLVED\n"
            r"  id = 2\n"
            r"  value = \{\n"
            r"    lines = 7\n"
            r'    title = 0x\w+ "/etc/motd"\n',
        )
        self.assertRegex(output, r"\[state\] = AWAIT_PENDING\n  id = 1\n\}")

    def test_others(self) -> None:
        """What is only called so is shown as it is."""
        output = lldb(*RUN, "p *handles.resolved->head.site")
        self.assertRegex(output, r'function = 0x\w+ "make"\n  line = \d+')


if __name__ == "__main__":
    tap.main()
