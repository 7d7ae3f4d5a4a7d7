# SPDX-License-Identifier: MIT
"""libawait-trace.so under real LTTng sessions: what is recorded, in which
order, with which fields; and the ways to switch it on.

Run inside tests/private-lttng, with the build directory as AWAIT_BUILD.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ["AWAIT_BUILD"])
APP = BUILD / "tests/trace/trace-app"
LINKED = BUILD / "tests/trace/trace-app-linked"
TRACER = BUILD / "trace/libawait-trace.so.0"
SOURCE = (HERE / "app.c").read_text().splitlines()


def line_of(mark: str) -> int:
    """The number of the line in app.c that is marked so."""
    found = [n for n, text in enumerate(SOURCE, 1) if f"HERE {mark} */" in text]
    assert len(found) == 1, f"{mark}: {found}"
    return found[0]


@dataclass
class Event:
    name: str
    text: str

    def __getattr__(self, field: str) -> str:
        match = re.search(rf'\b{field} = (?:\( )?"?([^",}})]*?)"?[ ,}})]', self.text)
        if not match:
            raise AssertionError(f"no field {field}: {self.text}")
        return match.group(1).strip()

    @property
    def stack_of(self) -> str:
        """Of which event it is the stack; "" if of none."""
        return self.name.removesuffix("_stack") if "_stack" in self.name else ""

    @property
    def frames(self) -> list[int]:
        return [int(pc, 16) for pc in re.findall(r"\[\d+\] = (0x\w+)", self.text)]


class Trace:
    """One session around one run of a program."""

    def __init__(self, *program: str | Path, events: str = "await:*", **env: str):
        with tempfile.TemporaryDirectory() as output:
            name = f"test-{os.getpid()}"
            command("lttng", "create", name, f"--output={output}")
            try:
                command("lttng", "enable-event", "-u", "-s", name, events)
                command("lttng", "enable-event", "-u", "-s", name, "lttng_ust_stated*")
                command(
                    "lttng", "add-context", "-u", "-s", name, "-tip", "-tvpid", "-tvtid"
                )
                command("lttng", "start", name)
                self.output = command(*program, **env)
            finally:
                command("lttng", "destroy", name)
            # A session in which nobody took part leaves no trace at all.
            recorded = any(Path(output).rglob("metadata"))
            text = command("babeltrace2", output) if recorded else ""
        self.events: list[Event] = []
        self.ends: list[Event] = []  # of processes
        self.modules: list[tuple[int, int, str]] = []
        for line in text.splitlines():
            match = re.search(r" await:(\w+): ", line)
            # Another thread's, at any time: see test_statedump.py.
            if match and match.group(1) == "process_end":
                self.ends.append(Event(match.group(1), line))
            elif match and not match.group(1).startswith(("statedump", "process_")):
                self.events.append(Event(match.group(1), line))
            match = re.search(r":bin_info: .*baddr = (\w+), memsz = (\d+)", line)
            if match:
                base, size = int(match.group(1), 16), int(match.group(2))
                path = re.search(r'path = "([^"]*)"', line)
                self.modules.append((base, size, path.group(1) if path else ""))

    def of(self, *names: str) -> list[Event]:
        return [e for e in self.events if e.name in names]

    def chain(self, pc: int) -> list[tuple[str, int]]:
        """Function and line of app.c that an address lies in, and what they
        are inlined into; nothing for other files."""
        for base, size, path in self.modules:
            if base <= pc < base + size and "trace-app" in path:
                out = command("addr2line", "-fi", "-e", path, hex(pc - base))
                words = out.splitlines()
                lines = [re.search(r":(\d+)", place) for place in words[1::2]]
                return [
                    (function, int(line.group(1)))
                    for function, line in zip(words[::2], lines)
                    if line
                ]
        return []

    def where(self, pc: int) -> tuple[str, int]:
        return (self.chain(pc) or [("?", 0)])[0]


class Recorded(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.trace = Trace(APP, LIBAWAIT_TRACE="1")

    def addr_line(self, event: Event) -> int:
        self.assertEqual(int(event.addr, 16), int(event.ip, 0))
        return self.trace.where(int(event.addr, 16))[1]

    def test_program_result_is_unchanged(self) -> None:
        self.assertEqual(self.trace.output, command(APP))

    def test_events_in_order(self) -> None:
        names = [e.name for e in self.trace.events if not e.stack_of]
        inner = "create exec_begin exec_end exec_begin exec_end destroy".split()
        self.assertEqual(
            names,
            ["create", "create", "create", "exec_begin"]
            + inner
            + ["exec_end", "hit", "hit", "hit", "hit"]
            + ["destroy", "destroy", "destroy"],
        )

    def test_create_fields(self) -> None:
        outer, pending, now, inner = self.trace.of("create")
        self.assertEqual(outer.function, "nest")
        self.assertEqual(outer.type, "int")
        self.assertEqual(outer.origin, "lazy")
        self.assertEqual(outer.parent, "0")
        self.assertTrue(outer.file.endswith("app.c"))
        self.assertEqual(int(outer.line), line_of("outer create"))
        self.assertEqual(now.origin, "nowait")
        self.assertEqual(now.function, "nowait")
        self.assertEqual(pending.function, "leaf")
        self.assertEqual(inner.parent, outer.id)
        self.assertEqual(len({outer.id, pending.id, now.id, inner.id}), 4)

    def test_exec_fields(self) -> None:
        outer = self.trace.of("create")[0]
        inner = self.trace.of("create")[3]
        begins, ends = self.trace.of("exec_begin"), self.trace.of("exec_end")
        self.assertEqual([b.id for b in begins], [outer.id, inner.id, inner.id])
        self.assertEqual([b.parent for b in begins], ["0", outer.id, outer.id])
        self.assertEqual([b.attempt for b in begins], ["1", "1", "2"])
        self.assertEqual({b.source for b in begins}, {"wait"})
        self.assertEqual([b.function for b in begins], ["nest", "leaf", "leaf"])
        self.assertEqual([e.id for e in ends], [inner.id, inner.id, outer.id])
        self.assertEqual([e.outcome for e in ends], ["failed", "resolved", "resolved"])
        self.assertEqual([e.error for e in ends], ["-5", "0", "0"])
        inside = sum(int(e.latency_ns) for e in ends[:2])
        self.assertGreaterEqual(int(ends[2].latency_ns), inside)

    def test_hit_and_destroy_fields(self) -> None:
        outer, pending, now, inner = (e.id for e in self.trace.of("create"))
        hits = self.trace.of("hit")
        self.assertEqual([h.id for h in hits], [outer] * 3 + [now])
        self.assertEqual([h.waiter for h in hits], ["0"] * 4)
        destroys = [(d.id, d.state) for d in self.trace.of("destroy")]
        self.assertEqual(
            destroys,
            [
                (inner, "resolved"),
                (outer, "resolved"),
                (now, "resolved"),
                (pending, "pending"),
            ],
        )

    def test_addr_is_the_users_call(self) -> None:
        creates, begins = self.trace.of("create"), self.trace.of("exec_begin")
        destroys = self.trace.of("destroy")
        for event, mark in [
            (creates[0], "outer create"),
            (creates[3], "inner create"),
            (begins[0], "outer wait"),
            (begins[1], "inner wait"),
            (begins[2], "inner retry"),
            (self.trace.of("exec_end")[1], "inner retry"),
            (self.trace.of("hit")[0], "hit"),
            (destroys[0], "inner destroy"),
            (destroys[3], "pending destroy"),
        ]:
            self.assertEqual(self.addr_line(event), line_of(mark), mark)

    def test_creation_stack(self) -> None:
        stacks = self.trace.of("create_stack")
        self.assertEqual(
            [s.id for s in stacks], [c.id for c in self.trace.of("create")]
        )
        places = [self.trace.where(pc) for pc in stacks[0].frames]
        self.assertEqual(places[0], ("make_outer", line_of("outer create")))
        self.assertEqual(places[1][0], "main")
        self.assertEqual(int(stacks[0].addr, 16), stacks[0].frames[0])
        self.assertEqual(stacks[0].truncated, "0")
        # The inner one: through the runtime to the wait that ran it.
        names = [name for pc in stacks[3].frames for name, _ in self.trace.chain(pc)]
        self.assertEqual(names[0], "nest")
        self.assertIn("nest_await_run", names)
        self.assertIn("main", names)

    def test_stacks_of_waits(self) -> None:
        stacks = self.trace.of("exec_stack")
        self.assertEqual(
            [s.id for s in stacks], [b.id for b in self.trace.of("exec_begin")]
        )
        places = [self.trace.where(pc) for pc in stacks[0].frames]
        self.assertEqual(places[0], ("main", line_of("outer wait")))
        stacks = self.trace.of("hit_stack")
        self.assertEqual([s.id for s in stacks], [h.id for h in self.trace.of("hit")])
        places = [self.trace.where(pc) for pc in stacks[0].frames]
        self.assertEqual(places[0], ("hit", line_of("hit")))
        self.assertEqual(places[1][0], "main")


class Rare(unittest.TestCase):
    """Blocking, cycles, promises and cancelling."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.trace = Trace(APP, "rare", LIBAWAIT_TRACE="1")
        names = "settler cancelled promise rejected itself".split()
        cls.ids = dict(zip(names, (e.id for e in cls.trace.of("create"))))

    def check(self, event: Event, awaited: str, mark: str) -> None:
        self.assertEqual(event.id, self.ids[awaited])
        self.assertEqual(int(event.addr, 16), int(event.ip, 0))
        self.assertEqual(self.trace.where(int(event.addr, 16))[1], line_of(mark))

    def test_blocks(self) -> None:
        begins, ends = self.trace.of("block_begin"), self.trace.of("block_end")
        self.assertEqual((len(begins), len(ends)), (2, 2))
        for late, (event, end) in enumerate(zip(begins, ends)):
            mark = "block" if late else "timed out"
            self.check(event, "promise", mark)
            self.check(end, "promise", mark)
            self.assertEqual((event.waiter, event.owner), ("0", "0"))
            self.assertEqual(end.state, "resolved" if late else "pending")

    def test_ends_of_waits(self) -> None:
        late, promise, cycle = self.trace.of("wait_end")
        self.check(late, "promise", "timed out")
        self.assertEqual(
            (late.waiter, late.state, late.error), ("0", "pending", "-110")
        )
        self.check(cycle, "itself", "cycle")
        self.assertEqual((cycle.state, cycle.error), ("running", "-35"))
        self.assertEqual(cycle.waiter, self.ids["itself"])
        self.check(promise, "promise", "block")
        self.assertEqual((promise.state, promise.error), ("resolved", "0"))
        waits = [e for e in self.trace.events if e.vtid == promise.vtid]
        self.assertEqual(
            [e.name for e in waits], ["block_begin", "block_end", "wait_end"]
        )

    def test_promises(self) -> None:
        resolved, rejected = self.trace.of("resolve")
        self.check(resolved, "promise", "resolve")
        self.assertEqual((resolved.outcome, resolved.error), ("resolved", "0"))
        self.assertEqual(resolved.parent, self.ids["settler"])
        self.check(rejected, "rejected", "reject")
        self.assertEqual((rejected.outcome, rejected.error), ("failed", "-32"))
        self.assertEqual(rejected.parent, "0")

    def test_cycle(self) -> None:
        (cycle,) = self.trace.of("cycle")
        self.check(cycle, "itself", "cycle")
        self.assertEqual(cycle.waiter, self.ids["itself"])
        self.assertEqual(cycle.owner, self.trace.output.split()[0])

    def test_name(self) -> None:
        (name,) = self.trace.of("name")
        self.check(name, "itself", "name")
        self.assertEqual(name.parent, "0")
        self.assertIn(', name = "its own", addr = ', name.text)

    def test_cancel(self) -> None:
        (cancel,) = self.trace.of("cancel")
        self.check(cancel, "cancelled", "cancel")
        self.assertEqual(cancel.parent, "0")
        states = {d.id: d.state for d in self.trace.of("destroy")}
        self.assertEqual(states[self.ids["cancelled"]], "cancelled")


class SwitchedOn(unittest.TestCase):
    def names(self, trace: Trace) -> list[str]:
        return [e.name for e in trace.events]

    def test_linked_preloaded_or_asked_for_are_the_same(self) -> None:
        asked = self.names(Trace(APP, LIBAWAIT_TRACE="1"))
        self.assertEqual(asked.count("create"), 4)
        self.assertEqual(self.names(Trace(APP, LIBAWAIT_TRACE=str(TRACER))), asked)
        self.assertEqual(self.names(Trace(APP, LD_PRELOAD=str(TRACER))), asked)
        self.assertEqual(self.names(Trace(LINKED)), asked)

    def test_off_by_default(self) -> None:
        self.assertEqual(Trace(APP).events, [])
        self.assertEqual(Trace(APP, LIBAWAIT_TRACE="0").events, [])

    def test_what_is_started_says_so(self) -> None:
        trace = Trace(APP, LIBAWAIT_TRACE="1", LIBAWAIT_PERTURB="eager")
        self.assertEqual(
            [(b.function, b.attempt, b.source) for b in trace.of("exec_begin")],
            [
                ("nest", "1", "start"),
                ("leaf", "1", "start"),
                ("leaf", "2", "wait"),
                ("leaf", "1", "start"),
            ],
        )

    def test_stack_is_an_event_of_its_own(self) -> None:
        names = self.names(Trace(APP, events="await:create", LIBAWAIT_TRACE="1"))
        self.assertEqual(names, ["create"] * 4)

    def test_a_forked_child_is_itself(self) -> None:
        trace = Trace(APP, "fork", LIBAWAIT_TRACE="1")
        parent, child = trace.output.split()
        seen = [(e.name, e.vpid) for e in trace.events if not e.stack_of]
        self.assertEqual(
            seen,
            [("create", parent), ("destroy", parent)]
            + [(n, child) for n in "create exec_begin exec_end destroy".split()]
            + [("create", parent), ("destroy", parent)],
        )
        self.assertEqual([e.vpid for e in trace.ends], [child, parent])

    def test_no_tracer_is_one_warning(self) -> None:
        done = subprocess.run(
            [str(APP)],
            env=os.environ | {"LIBAWAIT_TRACE": "/nowhere/libawait-trace.so"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("LIBAWAIT_TRACE: running untraced: /nowhere", done.stderr)

    def test_ten_thousand_hits_are_all_there(self) -> None:
        trace = Trace(APP, "10000", events="await:hit", LIBAWAIT_TRACE="1")
        self.assertEqual(len(trace.of("hit")), 10001)


def start_daemon() -> subprocess.Popen[bytes]:
    """A session daemon of our own, ready."""
    daemon = subprocess.Popen(
        ["lttng-sessiond", "--no-kernel"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        if subprocess.run(["lttng", "list"], capture_output=True).returncode == 0:
            return daemon
        time.sleep(0.1)
    daemon.kill()
    raise RuntimeError("lttng-sessiond does not answer within 10 s")


if __name__ == "__main__":
    sessiond = start_daemon()
    try:
        tap.main()
    finally:
        sessiond.terminate()
        sessiond.wait(20)
