# SPDX-License-Identifier: MIT
"""A tracer that nobody records for is switched off; from the moment a session
or an event is enabled none is missed, and none is recorded after its end. Each
step begins when the command of LTTng before it has returned. See switching.c."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import tap  # noqa: E402
from test_statedump import Session  # noqa: E402

BUILD = Path(os.environ["AWAIT_BUILD"])
SWITCHING = BUILD / "tests/trace/switching"
TRACER = BUILD / "trace/libawait-trace.so.0"

# Of one `go`.
EACH = {"create": 2, "exec_begin": 2, "exec_end": 2, "hit": 2, "destroy": 2}


def times(count: int, *names: str) -> dict[str, int]:
    return {name: EACH[name] * count for name in names or EACH if count}


class Program:
    def __init__(self, threads: int = 0, tracer: str = "1") -> None:
        self.process = subprocess.Popen(
            [str(SWITCHING), str(threads)],
            env=os.environ | {"LIBAWAIT_TRACE": tracer},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.thread = self.process.stdout.readline().strip()

    def do(self, line: str) -> None:
        assert self.process.stdout and self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def go(self, count: int) -> None:
        for _ in range(count):
            self.do("go")

    def end(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0, self.process.returncode


class Switching(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def session(self, events: str = "await:*") -> Session:
        session = Session("switching", self.folder.name, events)
        self.addCleanup(
            subprocess.run, ["lttng", "destroy", session.name], capture_output=True
        )
        session.do("add-context", "-u", "-c", "c", "-t", "vtid")
        return session

    def program(self, threads: int = 0, tracer: str = "1") -> Program:
        program = Program(threads, tracer)
        self.addCleanup(program.process.kill)
        return program

    def seen(self, session: Session, program: Program) -> list[dict[str, str]]:
        """Events of the program's main thread."""
        session.destroy()
        return [
            e
            for e in session.events()
            if e["vtid"] == program.thread
            and not e["name"].startswith(("statedump", "process_"))
            and not e["name"].endswith("_stack")
        ]

    def count(self, session: Session, program: Program) -> dict[str, int]:
        return dict(Counter(e["name"] for e in self.seen(session, program)))

    def test_session_after_session(self) -> None:
        program = self.program()
        program.go(3)
        first = self.session()
        program.go(3)
        first.start()
        program.go(5)
        first.stop()
        program.go(3)
        second = self.session()
        second.start()
        program.go(2)
        first.start()
        program.go(4)
        second.stop()
        program.go(1)
        self.assertEqual(self.count(second, program), times(2 + 4))
        program.go(1)
        self.assertEqual(self.count(first, program), times(5 + 4 + 1 + 1))
        program.go(1)
        program.end()

    def test_again_and_again_beside_busy_threads(self) -> None:
        program = self.program(threads=2)
        session = self.session("await:cancel")  # there is none
        for name in EACH:
            session.do("enable-event", "-u", "-c", "c", f"await:{name}", "--filter",
                       f"$ctx.vtid == {program.thread}")  # fmt: skip
        for _ in range(10):
            session.start()
            program.go(2)
            session.stop()
            program.go(1)
        program.end()
        self.assertEqual(self.count(session, program), times(20))

    def test_events_of_a_running_session(self) -> None:
        program = self.program()
        session = self.session("await:create")
        session.start()
        program.go(1)
        for name in "hit", "exec_begin", "exec_end", "destroy":
            session.do("enable-event", "-u", "-c", "c", f"await:{name}")
            program.go(1)
        session.do("disable-event", "-u", "-c", "c", "await:hit")
        program.go(1)
        session.do("enable-event", "-u", "-c", "c", "await:hit")
        program.go(1)
        program.end()
        self.assertEqual(
            self.count(session, program),
            times(7, "create")
            | times(5, "hit")
            | times(5, "exec_begin")
            | times(4, "exec_end")
            # As the program ends: `old`, and what the last `go` made.
            | {"destroy": EACH["destroy"] * 3 + 2},
        )

    def test_each_event_alone(self) -> None:
        program = self.program()
        session = self.session("await:statedump_end")
        session.start()
        expected = EACH | {f"{name}_stack": 2 for name in ("create", "exec", "hit")}
        rare = {"block_begin": 1, "block_end": 1, "cycle": 1, "wait_end": 2}
        rare |= {"resolve": 1, "cancel": 1}
        for name in [*expected, *rare]:
            session.do("enable-event", "-u", "-c", "c", f"await:{name}")
            program.do("rare" if name in rare else "go")
            session.do("disable-event", "-u", "-c", "c", f"await:{name}")
        session.destroy()
        program.end()
        names = Counter(e["name"] for e in session.events())
        del names["statedump_end"]
        self.assertEqual(names, expected | rare)

    def test_a_provider_that_is_loaded_late(self) -> None:
        before, after = (self.program(tracer="0") for _ in range(2))
        session = self.session()
        before.go(2)
        after.go(2)
        before.do(f"load {TRACER}")
        session.start()
        before.go(3)
        after.go(2)
        after.do(f"load {TRACER}")
        # The program goes on while its tracer registers, on another thread.
        deadline = time.monotonic() + 20
        while (
            f"<id>{after.process.pid}</id>"
            not in subprocess.run(
                ["lttng", "--mi", "xml", "list", "--userspace"],
                capture_output=True,
                text=True,
            ).stdout
        ):
            self.assertLess(time.monotonic(), deadline)
        time.sleep(0.5)
        after.go(3)
        before.go(1)
        before.end()
        after.end()
        events = self.seen(session, before), [
            e
            for e in session.events()
            if e["vtid"] == after.thread
            and not e["name"].startswith(("statedump", "process_"))
        ]
        for seen, count in zip(events, (4, 3)):
            names = Counter(e["name"] for e in seen if not e["name"].endswith("_stack"))
            self.assertEqual(
                dict(names), times(count) | {"destroy": EACH["destroy"] * count + 2}
            )

    def test_a_program_that_starts_after_the_session(self) -> None:
        session = self.session()
        session.start()
        program = self.program()
        program.go(2)
        program.end()
        found = self.count(session, program)
        # Also what it makes, runs and ends by itself.
        self.assertEqual(
            found,
            {"create": 2 + 4, "exec_begin": 1 + 4, "exec_end": 1 + 4, "hit": 4}
            | {"destroy": 4 + 2},
        )

    def test_latency_where_only_ends_are_recorded(self) -> None:
        program = self.program()
        session = self.session("await:exec_end")
        session.start()
        program.go(1)
        program.end()
        events = self.seen(session, program)
        self.assertEqual(len(events), 2)
        for event in events:
            self.assertGreater(int(event["latency_ns"]), 0)


if __name__ == "__main__":
    tap.main()
