# SPDX-License-Identifier: MIT
"""`await break`: on live processes with one thread and with many, attached,
without symbols; and what it leaves behind. See events.c for what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from gdbtest import (  # noqa: E402
    CHECKPOINT,
    EVENTS,
    EVENTS_OPTIMIZED,
    EVENTS_STATIC,
    LATE,
    LATE_PLUGIN,
    LIBRARY,
    SECONDS,
    STUB,
    gdb,
)

START = ("break main", "run", "delete")
LINE = r"(?m)^#[0-9.]+ \w+: .* \(created [\w-]+\.c:\d+\)$"

# What `once` does, as each event is told.
ONCE = {
    "create": [
        "#1 other: created: other(1)",
        "#2 twice: created: twice(-1)",
        "#3 twice: created: twice(21)",
        "#4 promise: created: promise",
        "#4.1 promise: created: promise",
        "#2.1 twice: created: twice(5)",
    ],
    "run": [
        "#1 other: runs other(1) on thread 1",
        "#3 twice: runs twice(21) on thread 1",
        "#2 twice: runs twice(-1) on thread 1",
    ],
    "resolve": [
        "#1 other: resolved = 1",
        "#3 twice: resolved = 42",
        "#4 promise: resolved = 7",
    ],
    "fail": [
        "#2 twice: failed: -ERANGE (Numerical result out of range), 1 attempt",
        "#4.1 promise: failed: -EPIPE (Broken pipe)",
    ],
    "hit": ["#3 twice: hit = 42"],
    "cancel": ["#2.1 twice: cancelled: twice(5)"],
    "destroy": [
        "#4 promise: destroyed, was resolved promise = 7",
        "#4.1 promise: destroyed, was failed promise: -EPIPE (Broken pipe)",
        "#2 twice: destroyed, was failed twice(-1): "
        "-ERANGE (Numerical result out of range), 1 attempt",
        "#2.1 twice: destroyed, was cancelled twice(...)",
        "#3 twice: destroyed, was resolved twice(...) = 42",
        "#1 other: destroyed, was resolved other(...) = 1",
    ],
}


def told(output: str) -> list[str]:
    """What has happened, without the place of creation."""
    return [line.rsplit(" (created", 1)[0] for line in re.findall(LINE, output)]


def once(*commands: str, program: Path = EVENTS, continues: int = 30) -> str:
    """All stops of `once`."""
    more = ["continue"] * continues
    arguments = ("once",)
    return gdb(*START, *commands, *more, program=program, arguments=arguments)


PRELUDE = """
import gdb
def value(text):
    return int(gdb.parse_and_eval(text))
def quietly(command):
    return gdb.execute(command, to_string=True)
"""


class Events(unittest.TestCase):
    maxDiff = None

    def test_each(self) -> None:
        for event, lines in ONCE.items():
            for program in (EVENTS, EVENTS_OPTIMIZED):
                output = once(f"await break {event}", program=program)
                self.assertEqual(told(output), lines, event)
                self.assertIn("\nend 0\n", output)

    def test_of_a_function(self) -> None:
        for event, lines in ONCE.items():
            output = once(f"await break {event} twice")
            wanted = [line for line in lines if " twice: " in line]
            self.assertEqual(told(output), wanted, event)

    def test_names(self) -> None:
        """They are compared in the process: see trap_may_name()."""
        name = "long" + 20 * "_name"
        near = ("twic", "twicf", "swice", "twice2", f"{name[:-1]}f", name[:-1])
        filters = [f"await break create {each}" for each in (*near, "twice", name)]
        output = gdb(
            *START, *filters, *["continue"] * 3, program=EVENTS, arguments=("names",)
        )
        self.assertEqual(
            told(output),
            ["#1 twice: created: twice(1)", f"#2 {name}: created: {name}(2)"],
        )
        self.assertIn("\nend 0\n", output)
        for each in near:
            output = gdb(
                *START,
                f"await break create {each}",
                "continue",
                program=EVENTS,
                arguments=("names",),
            )
            self.assertEqual(told(output), [], each)

    def test_of_an_await(self) -> None:
        for event, lines in ONCE.items():
            for number in ("#2.1", "#4"):
                output = once(f"await break {event} {number}")
                wanted = [line for line in lines if line.startswith(number + " ")]
                self.assertEqual(told(output), wanted, f"{event} {number}")
        self.assertEqual(told(once("await break run other #2")), [])
        self.assertEqual(told(once("await break run twice #2")), [ONCE["run"][2]])

    def test_if(self) -> None:
        output = once("await break destroy twice if $_await->value == 42")
        self.assertEqual(told(output), ["#3 twice: destroyed, was resolved"
                                        " twice(...) = 42"])  # fmt: skip
        output = once("await break create if($_thread == 2)")
        self.assertEqual(told(output), [])
        output = once("await break create if nosuchthing > 1")
        self.assertEqual(told(output), [])
        self.assertIn('\nNo symbol "nosuchthing" in current context.\n', output)

    def test_every_event_at_once(self) -> None:
        commands = [f"await break {event}" for event in ONCE]
        output = once(*commands)
        everything = [line for lines in ONCE.values() for line in lines]
        self.assertEqual(sorted(told(output)), sorted(everything))

    def test_two_want_the_same(self) -> None:
        output = once("await break hit", "await break hit twice", "await break hit")
        self.assertEqual(told(output), ONCE["hit"])
        self.assertIn("\nBreakpoint 2, await_trap", output)
        output = gdb(
            *START, "await break hit", "await break hit twice", "continue",
            "info breakpoints", program=EVENTS, arguments=("once",),
        )  # fmt: skip
        self.assertEqual(output.count("breakpoint already hit 1 time\n"), 2)


class Stop(unittest.TestCase):
    def test_frame_is_the_users(self) -> None:
        output = gdb(
            *START, "await break hit", "continue", "print $_await", "frame",
            "info locals", "up", program=EVENTS, arguments=("once",),
        )  # fmt: skip
        self.assertIn("\n$1 = Await<int> #3 resolved twice(...) = 42\n", output)
        frames = re.findall(r"(?m)^#\d+ +0x\w+ in (\w+) .*events\.c:(\d+)$", output)
        self.assertEqual([name for name, _ in frames], ["once", "once", "main"])
        self.assertIn("\ngood = Await<int> #3 resolved", output.replace("        ", ""))
        source = Path(__file__).with_name("events.c").read_text().splitlines()
        self.assertIn("await_wait(good, &value) != 0;", source[int(frames[0][1]) - 1])

    def test_listed(self) -> None:
        output = gdb(
            *START,
            "await break hit twice #12",
            "await break fail if $_thread == 1",
            "info breakpoints",
            program=EVENTS,
            arguments=("once",),
        )
        self.assertIn("\nawait break 2: hit twice #12\nawait break 3: fail\n", output)
        what = r"\n2 +breakpoint +keep y +0x\w+ in await_trap at .*trap\.c:\d+\n"
        what += r'\tstop only if \$_await_break\("hit twice #12"\)\n3 '
        self.assertRegex(output, what)
        condition = '\tstop only if $_await_break("fail") && ($_thread == 1)\n'
        self.assertIn(condition, output)

    def test_condition(self) -> None:
        output = once("await break create", "condition 2 $_await->value == 42")
        self.assertEqual(told(output), [])
        output = once(
            "await break create",
            "condition 2 $_thread == 1",
            "info breakpoints",
            "condition 2",
            "info breakpoints",
        )
        self.assertEqual(told(output), ONCE["create"])
        first = '\tstop only if $_await_break("create") && ($_thread == 1)\n'
        self.assertIn(first, output)
        self.assertIn('\tstop only if $_await_break("create")\n', output)

    def test_ignore(self) -> None:
        output = once(
            "await break create", "ignore 2 4", "continue", "info breakpoints"
        )
        self.assertEqual(told(output), ONCE["create"][4:])
        self.assertIn("\tbreakpoint already hit 5 times\n", output)

    def test_commands(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script"
            script.write_text(
                "await break run twice\ncommands\nsilent\n"
                'printf "<%d>\\n", $_await->head.refs\ncontinue\nend\n'
            )
            output = once(f"source {script}", continues=1)
        self.assertEqual(output.count("<1>\n"), 2)
        self.assertEqual(told(output), [])
        self.assertIn("\nend 0\n", output)

    def test_commands_come_after_what_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script"
            script.write_text(
                "await break run twice\ncommands\n"
                'printf "<%d>\\n", $_await->head.refs\ncontinue\nend\n'
            )
            output = once(f"source {script}", continues=1)
        lines = re.findall(r"(?m)^(?:<1>|#[\d.]+ twice: runs)", output)
        self.assertEqual(
            lines, ["#3 twice: runs", "<1>", "#2 twice: runs", "<1>"], output
        )

    def test_saved(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            saved = Path(scratch) / "saved"
            gdb(*START, "await break hit twice", f"save breakpoints {saved}",
                program=EVENTS, arguments=("once",))  # fmt: skip
            self.assertEqual(told(once(f"source {saved}")), ONCE["hit"])


def skip_without_debug_information(test: unittest.TestCase) -> None:
    if "listened" not in gdb(*START, "ptype struct trap", program=EVENTS):
        test.skipTest("libawait was built without debug information")


CLEAN = (
    "output/x await_armed",
    "echo \\n",
    "output/x sink_armed_",
    "echo \\n",
    "output trap.events",
    "echo \\n",
    "python import gdb",
    "python print([int(gdb.parse_and_eval(f'trap.filters[{i}].events')) != 0"
    " for i in range(17)].index(False))",
)


class Left(unittest.TestCase):
    """Nothing is left behind, and nothing is lost."""

    def setUp(self) -> None:
        skip_without_debug_information(self)

    def words(self, *commands: str) -> str:
        return gdb(
            *START, *commands, "echo ==\\n", *CLEAN, program=EVENTS, arguments=("once",)
        ).split("==\n")[1]

    def test_armed(self) -> None:
        self.assertEqual(self.words("await break hit"), "0x8\n0x8\n8\n1\n")
        two = ("await break hit", "await break run other")
        self.assertEqual(self.words(*two), "0xa\n0xa\n10\n2\n")

    def test_delete_and_disable(self) -> None:
        two = ("await break hit", "await break run other")
        self.assertEqual(self.words(*two, "delete"), "0x0\n0x0\n0\n0\n")
        self.assertEqual(self.words(*two, "disable"), "0x0\n0x0\n0\n0\n")
        self.assertEqual(self.words(*two, "delete 2"), "0x2\n0x2\n2\n1\n")
        self.assertEqual(self.words(*two, "disable 3"), "0x8\n0x8\n8\n1\n")
        again = ("disable", "enable")
        self.assertEqual(self.words(*two, *again), "0xa\n0xa\n10\n2\n")
        self.assertEqual(
            self.words(*two, "enable once 2", "continue", "continue"),
            "0x2\n0x2\n2\n1\n",
        )
        self.assertEqual(
            self.words(*two, "enable delete 3", "continue"), "0x8\n0x8\n8\n1\n"
        )

    def test_watch_flags(self) -> None:
        flags = (
            "python print([hex(int(gdb.parse_and_eval(f'((struct await *){n})->state'"
            "))) for n in ('aw', 'bad', 'good')])"
        )
        here = ("tbreak await_core_wait", "continue", "up")
        output = gdb(
            *START, *here, flags, "await break hit twice", flags,
            "await break hit #1", flags, "delete 3", flags, "delete", flags,
            program=EVENTS, arguments=("once",),
        )  # fmt: skip
        found = re.findall(r"(?m)^\['0x.*\]$", output)
        self.assertEqual(
            found,
            [
                "['0x1', '0x1', '0x1']",
                "['0x1', '0x9', '0x9']",
                "['0x9', '0x9', '0x9']",
                "['0x9', '0x1', '0x1']",
                "['0x1', '0x1', '0x1']",
            ],
            output,
        )

    def test_sinks_stay_armed(self) -> None:
        # app.c has a sink for BLOCK_BEGIN, which is 0x10.
        commands = ("await break hit", *CLEAN, "delete", *CLEAN)
        output = gdb(*CHECKPOINT, "echo ==\\n", *commands).split("==\n")[1]
        words = "0x18\n0x18\n8\n1\n0x10\n0x10\n0\n0\n"
        self.assertEqual(output, f"await break 2: hit\n{words}")

    def test_sink_added_meanwhile(self) -> None:
        output = gdb(
            "break main", "run", "await break hit inner", "await break create outer",
            "break checkpoint", "continue", "continue", *CLEAN,
        )  # fmt: skip
        self.assertEqual(output.split("\n")[-5:-1], ["0x19", "0x19", "9", "2"])

    def test_sink_removed(self) -> None:
        # While it listens, and after each instruction where it is removed.
        for event, steps in (("hit twice", 10), ("run other", 5)):
            with tempfile.TemporaryDirectory() as scratch:
                script = Path(scratch) / "script.py"
                script.write_text(
                    self.REMOVING.replace("EVENT", event).replace("STEPS", str(steps))
                )
                output = gdb(
                    "start", f"source {script}", program=EVENTS, arguments=("sinks",)
                )
            self.assertEqual(re.findall("(?m)^(?:missed|left armed) .*", output), [])
            self.assertIn(f"\nseen {4 * steps}\n", output)

    REMOVING = (
        PRELUDE
        + """
seen = 0
for start in ("events.c:begin", "await_sink_remove", "slab_walk", "unwatch"):
    for step in range(STEPS):
        quietly("tbreak events.c:begin")
        quietly("continue")
        if start != "events.c:begin":
            quietly(f"tbreak {start}")
            quietly("continue")
        if step:
            quietly(f"stepi {step}")
        where = quietly("info symbol $pc").split(" in section")[0]
        round = value("rounds")
        quietly("await break EVENT")
        number = max(b.number for b in gdb.breakpoints())
        quietly("continue")
        if gdb.newest_frame().name() == "await_trap" and value("rounds") == round:
            seen += 1
        else:
            print("missed at", start, step, where)
        quietly(f"delete {number}")
        if value("trap.events") or value("await_armed"):
            print("left armed at", start, step, where)
print("seen", seen)
"""
    )

    def test_while_a_sink_is_added(self) -> None:
        # After each instruction of the function that stores the same words:
        # what sinks want and what the debugger wants is there at the end.
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script.py"
            script.write_text(self.ARMING)
            output = gdb("start", f"source {script}")
        self.assertEqual(set(re.findall(r"(?m)^set .*$", output)), {"set 18 18 8 8"})
        self.assertEqual(
            set(re.findall(r"(?m)^unset .*$", output)), {"unset 10 10 0 0"}
        )
        self.assertIn("\nsteps 20\n", output)

    ARMING = """
import gdb
def quietly(command):
    return gdb.execute(command, to_string=True)
def words(what):
    names = ("await_armed", "sink_armed_", "trap.events", "trap.filters[0].events")
    print(what, *(format(int(gdb.parse_and_eval(name)), "x") for name in names))
quietly("break checkpoint")
for step in range(20):
    for after in ("set", "unset"):
        arming = gdb.Breakpoint("arm", internal=True)
        quietly("run")
        arming.delete()
        if after == "unset":
            quietly("await break hit outer")
        if step:
            quietly(f"stepi {step}")
        if after == "set":
            quietly("await break hit outer")
            number = max(b.number for b in gdb.breakpoints())
        else:
            quietly(f"delete {max(b.number for b in gdb.breakpoints())}")
        quietly("continue")
        words(after)
        if after == "set":
            quietly(f"delete {number}")
print("steps", step + 1)
"""


class Sweep(unittest.TestCase):
    """From the moment the command returns no hit goes unseen, at whatever
    instruction of the await's life the process was stopped."""

    SCRIPT = (
        PRELUDE
        + """
gdb.execute("break events.c:begin", to_string=True)
gdb.execute("set environment LD_BIND_NOW 1")
gdb.execute("run", to_string=True)
missed = tried = publishing = 0
step = 0
while True:
    if step:
        quietly(f"stepi {step}")
    where = quietly("info symbol $pc").split(" in section")[0]
    if value("at") != 0:
        break
    held = value("await_threads[1].publishing")
    round = value("rounds")
    quietly("await break hit twice")
    number = max(b.number for b in gdb.breakpoints())
    quietly("continue")
    seen = "await_trap" == gdb.newest_frame().name()
    tried += 1
    if not seen or value("rounds") != round:
        if held:
            publishing += 1
        else:
            missed += 1
            print("missed at", step, where, flush=True)
    quietly(f"delete {number}")
    if value("trap.events") or value("await_armed"):
        print("left armed at", step, where)
    if seen:
        quietly("continue")
    step += EVERY
print("tried", tried, "missed", missed, "publishing", publishing)
"""
    )

    def sweep(
        self, *arguments: str, program: Path = EVENTS, every: int = 1
    ) -> tuple[int, int, int]:
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "sweep.py"
            script.write_text(f"EVERY = {every}\n" + self.SCRIPT)
            output = gdb(
                f"source {STUB}", "start", f"source {script}", program=program,
                arguments=("rounds", *arguments), seconds=3 * SECONDS,
            )  # fmt: skip
        found = re.search(r"tried (\d+) missed (\d+) publishing (\d+)\n", output)
        self.assertTrue(found, output)
        self.assertNotIn("left armed", output)
        print("# " + (found[0] if found else "").strip(), flush=True)
        return tuple(map(int, found.groups()))  # type: ignore

    def test_one_thread(self) -> None:
        tried, missed, publishing = self.sweep()
        self.assertGreater(tried, 100)
        self.assertEqual((missed, publishing), (0, 0))

    def test_libawait_in_the_program(self) -> None:
        tried, missed, publishing = self.sweep(program=EVENTS_STATIC, every=5)
        self.assertGreater(tried, 20)
        self.assertEqual((missed, publishing), (0, 0))

    def test_two_threads(self) -> None:
        tried, missed, publishing = self.sweep("idle")
        self.assertGreater(tried, 100)
        self.assertEqual(missed, 0)
        self.assertLessEqual(publishing, 6)  # see docs/gdb.md

    RUN = (
        PRELUDE
        + """
quietly("break events.c:begin")
quietly("set environment LD_BIND_NOW 1")
quietly("run")
seen = missed = 0
for step in range(2000):
    if step:
        quietly(f"stepi {step}")
    where = quietly("info symbol $pc")
    if where.startswith("await_core_wait"):
        break
    round = value("rounds")
    quietly("await break run twice")
    number = max(b.number for b in gdb.breakpoints())
    quietly("continue")
    here = "await_trap" == gdb.newest_frame().name()
    if here and value("rounds") == round:
        seen += 1
    else:
        missed += 1
        print("missed at", step, where, flush=True)
    quietly(f"delete {number}")
    if value("trap.events") or value("await_armed"):
        print("left armed at", step, where)
    if here:
        quietly("continue")
print("seen", seen, "missed", missed)
"""
    )

    def test_run(self) -> None:
        # At every instruction until the wait begins, whose run is seen.
        for arguments in ((), ("idle",)):
            with tempfile.TemporaryDirectory() as scratch:
                script = Path(scratch) / "sweep.py"
                script.write_text(self.RUN)
                output = gdb(
                    "start", f"source {script}", program=EVENTS,
                    arguments=("rounds", *arguments),
                )  # fmt: skip
            found = re.search(r"\nseen (\d+) missed (\d+)\n", output)
            assert found, output
            self.assertGreater(int(found[1]), 30)
            self.assertEqual(int(found[2]), 0, output)
            self.assertNotIn("left armed", output)


class Threads(unittest.TestCase):
    def test_added_and_removed(self) -> None:
        # While 8 threads are wherever they are.
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "script.py"
            script.write_text(self.BUSY)
            output = gdb(
                *START, f"source {script}", *CLEAN, "continue",
                program=EVENTS, arguments=("threads", "8"),
            )  # fmt: skip
        for event in ("hit", "run", "create", "resolve", "destroy"):
            self.assertEqual(output.count(f"\n{event} 10 0\n"), 1, output)
        self.assertIn("\n0x0\n0x0\n0\n0\n", output)
        self.assertIn("end 0\n", output)  # gdb writes there, too

    BUSY = """
import gdb
def quietly(command):
    return gdb.execute(command, to_string=True)
def number():
    return max(b.number for b in gdb.breakpoints())
def is_trapped():
    return gdb.newest_frame().name() == "await_trap"
quietly("break other if n > 8")
elsewhere = number()
quietly("continue")
for event in ("hit", "run", "create", "resolve", "destroy"):
    seen = wrong = 0
    for turn in range(10):
        quietly(f"await break {event} twice")
        ours = number()
        quietly(f"disable {elsewhere}")
        quietly("continue")
        seen += is_trapped()
        quietly(f"delete {ours}")
        quietly(f"enable {elsewhere}")
        quietly("continue")
        wrong += is_trapped()
    print(event, seen, wrong)
quietly("delete")
"""

    def test_all_are_seen(self) -> None:
        # 8 threads, 500 awaits of twice() each; every hit is counted.
        output = gdb(
            *START, "await break hit twice", "ignore 2 100000", "continue",
            "info breakpoints", program=EVENTS, arguments=("threads", "4"),
        )  # fmt: skip
        self.assertIn("end 0\n", output)
        self.assertIn("\tbreakpoint already hit 2000 times\n", output)

    def test_from_when_it_is_set(self) -> None:
        # While four threads are anywhere: each may be in one hit just then.
        output = gdb(
            "break twice if n == 301", "run", "delete", "output begun",
            "echo \\n", "await break hit twice", "ignore 2 100000", "continue",
            "info breakpoints", program=EVENTS, arguments=("threads", "4"),
        )  # fmt: skip
        self.assertIn("end 0\n", output)
        before = re.search(r"(?m)^(\d+)$", output)
        seen = re.search(r"already hit (\d+) times", output)
        assert before and seen
        self.assertGreater(int(before[1]), 0)
        missed = 2000 - int(before[1]) - int(seen[1])
        self.assertTrue(-4 <= missed <= 4, output)

    def test_which_thread(self) -> None:
        output = gdb(
            *START, "await break run other if $_thread == 3", "continue", "thread",
            program=EVENTS, arguments=("threads", "4"),
        )  # fmt: skip
        self.assertRegex(output, r"other: runs other\(\d+\) on thread 3 ")
        self.assertIn("[Current thread is 3 ", output)

    def test_non_stop(self) -> None:
        output = gdb(
            "set non-stop on", "break bottom", "break begin", "run", "delete",
            "continue&", "await break hit twice", "info breakpoints", "interrupt -a",
            program=EVENTS, arguments=("rounds", "idle"),
        )  # fmt: skip
        line = "await break 3: hit twice (from when all threads are stopped; "
        self.assertIn(line, output)


class Begin(unittest.TestCase):
    """Processes that are attached to, start again, or load libawait late."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.input = Path(scratch.name) / "input"
        os.mkfifo(self.input)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """A process that waits for its input."""
        with open(self.input, "r+b", buffering=0) as fifo, subprocess.Popen(
            [EVENTS, "attached"], stdin=fifo, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                self.ask(process)
                yield process
                self.ask(process)
            finally:
                process.kill()

    def ask(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with open(self.input, "w") as fifo:
            fifo.write("a line\n")
        self.assertEqual(process.stdout.readline(), "done\n")

    def attach(self, process: subprocess.Popen[str], *commands: str) -> str:
        return gdb(f"attach {process.pid}", *commands, program=EVENTS)

    def words(self, process: subprocess.Popen[str]) -> str:
        """What a gdb without our scripts finds."""
        off = ("set auto-load python-scripts off", f"attach {process.pid}")
        output = gdb("set auto-load off", *off, "echo ==\\n", *CLEAN, program=EVENTS)
        return output.split("==\n")[1].split("Detaching")[0]

    def test_attached(self) -> None:
        with self.running() as process:
            output = self.attach(
                process, "await break hit twice", f"shell echo > {self.input}",
                "continue", "print $_await", "delete", "detach",
            )  # fmt: skip
            self.assertRegex(output, r"#1\.1 twice: hit = 6")
            self.assertIn("= Await<int> #1.1 resolved twice(...) = 6\n", output)
            assert process.stdout
            self.assertEqual(process.stdout.readline(), "done\n")
            self.assertTrue(self.words(process).startswith("0x0\n0x0\n0\n0\n"))

    def test_quit_disarms(self) -> None:
        with self.running() as process:
            output = self.attach(process, "await break hit", "await break run", *CLEAN)
            self.assertIn("0xa\n0xa\n10\n2\n", output)
            self.assertTrue(self.words(process).startswith("0x0\n0x0\n0\n0\n"))

    def test_detach_disarms(self) -> None:
        with self.running() as process:
            output = self.attach(
                process, "await break hit", "await break run", "detach",
                f"attach {process.pid}", "echo ==\\n", *CLEAN, "detach",
            )  # fmt: skip
            # They are still set, and hold again.
            self.assertIn("==\n0xa\n0xa\n10\n2\n", output)
            self.assertTrue(self.words(process).startswith("0x0\n0x0\n0\n0\n"))
            self.ask(process)

    def test_detach_has_a_hook(self) -> None:
        with self.running() as process, tempfile.TemporaryDirectory() as scratch:
            hook = Path(scratch) / "hook"
            hook.write_text("define hook-detach\necho mine\\n\nend\n")
            output = gdb(
                f"source {hook}", f"attach {process.pid}", "await break hit",
                "detach", program=EVENTS,
            )  # fmt: skip
            self.assertIn("\nmine\n", output)

    def test_next_gdb_disarms(self) -> None:
        # What a gdb that was killed has left.
        with self.running() as process:
            self.attach(process, "await break hit", "define hook-detach\nend", "detach")
            output = self.attach(process, "echo ==\\n", *CLEAN)
            self.assertIn("==\n0x0\n0x0\n0\n0\n", output)

    def test_pending_and_run_again(self) -> None:
        output = gdb(
            f"source {STUB}",
            "await break run twice",
            "info breakpoints",
            "run",
            "print $_await",
            "run",
            "print $_await",
            "continue",
            "continue",
            program=EVENTS,
            arguments=("once",),
        )
        pending = "await break 1: run twice (pending: libawait is not loaded)\n"
        self.assertIn(pending, output)
        self.assertEqual(told(output), [ONCE["run"][1], ONCE["run"][1], ONCE["run"][2]])
        self.assertEqual(output.count(" = Await<int> #3 running twice(21)"), 2)

    def test_loaded_late(self) -> None:
        output = gdb(
            f"source {STUB}", "await break create twice", "run", "print $_await",
            "continue", program=LATE, arguments=(str(LATE_PLUGIN),),
        )  # fmt: skip
        self.assertEqual(told(output), ["#1 twice: created: twice(8)"])
        self.assertIn("$1 = Await<int> #1 pending twice(8)\n", output)
        self.assertIn("\nend 32\n", output)


class Wrong(unittest.TestCase):
    def test_words(self) -> None:
        known = "create, run, fail, hit, resolve, cancel, destroy"
        wrong = {
            "": f"await break needs an event: {known}",
            "wait": f"unknown event 'wait': it is one of {known}",
            "hit #x": "not an await's id: #x (ids look like #12 or #12.3)",
            "hit #1 #2": "one id is enough: #2",
            "hit twice other": "one function is enough: other",
            "hit a*": "no function's name: a* (ids look like #12)",
            "hit if": "await break: `if` needs an expression",
            f"hit {'f' * 112}": "function names of 112 and more characters",
        }
        commands = [f"await break {words}" for words in wrong]
        output = gdb(*CHECKPOINT, *commands, "echo ==\\n", "info breakpoints")
        for message in wrong.values():
            self.assertIn(f"\n{message}", output)
        self.assertNotIn("await_trap", output.split("==\n")[1])

    def test_unknown_function(self) -> None:
        output = gdb(*CHECKPOINT, "await break hit nosuch", "await break hit fetch")
        note = "No function nosuch of an await is known so far.\n"
        self.assertIn(f"await break 2: hit nosuch\n{note}await break 3: hit", output)
        self.assertEqual(output.count("is known so far"), 1)

    def test_too_many(self) -> None:
        commands = [f"await break hit #{i}" for i in range(1, 18)]
        output = gdb(*CHECKPOINT, *commands, "delete 2", commands[-1], *CLEAN)
        self.assertEqual(output.count("\nawait break "), 17)
        self.assertIn("\nlibawait has room for 16 different `await break`s", output)
        self.assertTrue(output.endswith("\n0x18\n0x18\n8\n16\n"), output)

    def test_core(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            core = Path(scratch) / "core"
            gdb(*CHECKPOINT, f"generate-core-file {core}")
            output = gdb("await break hit", "info breakpoints", core=core)
        self.assertIn("\ncannot write memory at 0x", output)
        self.assertIn("No breakpoints or watchpoints.\n", output)

    def test_damaged_or_older(self) -> None:
        cases = {
            "set {long}&await_debug = 5": "the debug block of libawait at 0x",
            "set {short}((char *)&await_debug + 8) = 9": "libawait's debug block has "
            "version 9.2, these",
            "set {int}((char *)&await_debug + 12) = 272": "this libawait has no `await"
            " break`: it is an older one",
            "set {int}&await_thread_count = -1": "await break 2: hit",
            "set await_slabs = 16": "warning: the slab list is damaged",
        }
        for command, message in cases.items():
            output = gdb(
                *CHECKPOINT, command, "await break hit", "echo ==\\n",
                "info breakpoints", "bt 1", "print 6 * 7",
            )  # fmt: skip
            said, after = output.split("==\n")
            self.assertIn(f"\n{message}", said, command)
            self.assertEqual("await_trap" in after, "await break 2" in said, command)
            self.assertIn("= 42\n", after)

    def test_help_and_completion(self) -> None:
        output = gdb(
            *CHECKPOINT,
            "help await break",
            "complete await break ",
            "complete await break re",
            "complete await break hit fe",
            "complete await break hit fetch i",
            "complete await break hit ",
        )
        self.assertIn("Usage: await break EVENT [FUNCTION] [#ID] [if EXPR]\n", output)
        self.assertIn("\nawait break create\nawait break destroy\n", output)
        self.assertIn("\nawait break resolve\nawait break hit fetch\n", output)
        self.assertIn("\nawait break hit fetch if\n", output)
        self.assertRegex(
            output, r"\nawait break hit fetch\n(.+\n)*await break hit if\n"
        )


def plain(text: str) -> list[str]:
    """Without what differs between builds and machines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    text = "\n".join(lines)
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r"at \S*/(\w+\.c)", r"at \1", text)
    text = re.sub(r"(?m)^#\d+  ", "#N  ", text)
    text = re.sub(r"trap\.c:\d+", "trap.c:N", text)
    text = re.sub(r"(?m)^\d+\t+__asm__", "N __asm__", text)
    return [re.sub(r"\s+", " ", line) for line in text.splitlines()]


class Documented(unittest.TestCase):
    """The transcripts of docs/gdb.md."""

    maxDiff = None

    def setUp(self) -> None:
        skip_without_debug_information(self)
        if "GNU C" not in gdb("list main", "info source", program=EVENTS):
            self.skipTest("the transcripts are of a program that gcc compiled")

    def check(self, heading: str, start: tuple[str, ...], *arguments: str) -> None:
        page = Path(__file__).resolve().parents[2] / "docs/gdb.md"
        section = page.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
        block = re.search(r"(?m)^    \(gdb\) .*\n(?:    .*\n)*", section)
        assert block
        lines = [line[4:] for line in block[0].splitlines()]
        commands = [li[6:] for li in lines if li.startswith("(gdb) ")]
        shown = "\n".join(li for li in lines if not li.startswith("(gdb) "))
        output = gdb(
            *start, "echo ==\\n", *commands, program=EVENTS, arguments=arguments
        )
        self.assertEqual(plain(output.split("==\n")[1]), plain(shown))

    def test_stopping(self) -> None:
        self.check("Stopping", START, "once")

    def test_backtraces(self) -> None:
        self.check("Backtraces", ("break bottom", "run"), "depth", "1")


class Stripped(unittest.TestCase):
    def test_live(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name).resolve()
            for path, target in ((EVENTS, "events"), (LIBRARY, LIBRARY.name)):
                subprocess.run(
                    ["strip", "-o", scratch / target, path], check=True, timeout=60
                )
            (scratch / "libawait.so.0").symlink_to(LIBRARY.name)
            shutil.copy(STUB, scratch)
            output = gdb(
                f"source {STUB}", "await break hit twice", "run", "print $_await",
                "info breakpoints", "bt", "continue",
                program=scratch / "events", arguments=("once",), safe=scratch,
                library_path=scratch,
            )  # fmt: skip
        self.assertEqual(told(output), ONCE["hit"])
        self.assertRegex(output, r"\$1 = \(void \*\) 0x\w+\n")
        self.assertIn("<await_trap", output)
        self.assertIn("end 0\n", output)


if __name__ == "__main__":
    tap.main()
