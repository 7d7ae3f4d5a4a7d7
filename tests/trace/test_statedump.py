# SPDX-License-Identifier: MIT
"""Sessions that begin while awaits are alive: each gets a state dump, in which
every await that lives throughout is once, in the state it is in. See live.c."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import tap  # noqa: E402
from command import command  # noqa: E402

LIVE = Path(os.environ["AWAIT_BUILD"]) / "tests/trace/trace-live"
APP = LIVE.with_name("trace-app")
FIELDS = re.compile(r'(\w+) = (?:\( "(\w+)" : [^)]*\)|"([^"]*)"|(-?\w+))')


class Session:
    """A session of LTTng; the first lttng create starts the daemon."""

    count = 0

    def __init__(self, name: str, folder: str, events: str, *options: str) -> None:
        Session.count += 1
        self.name = f"{name}-{os.getpid()}-{Session.count}"
        self.folder = f"{folder}/{self.name}"
        command("lttng", "create", self.name, f"--output={self.folder}", *options)
        self.do("enable-channel", "-u", "c", "--subbuf-size=4M", "--num-subbuf=8")
        self.do("enable-event", "-u", "-c", "c", events)

    def do(self, verb: str, *args: str) -> None:
        command("lttng", verb, "-s", self.name, *args)

    def start(self) -> None:
        command("lttng", "start", self.name)

    def stop(self) -> None:
        command("lttng", "stop", self.name)

    def destroy(self) -> None:
        command("lttng", "destroy", self.name)

    def events(self, folder: str = "") -> list[dict[str, str]]:
        found = []
        done = subprocess.run(
            ["babeltrace2", folder or self.folder],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "iscarded" not in done.stderr, done.stderr
        for line in done.stdout.splitlines():
            match = re.search(r" await:(\w+): .*?, \{ (.*)\}$", line)
            if match:
                fields = {m[0]: m[1] or m[2] or m[3] for m in FIELDS.findall(line)}
                found.append(fields | {"name": match.group(1)})
        return found


class Watcher(Session):
    """A flight recorder, which can be read while it goes on: it tells when a
    dump is over that others record, too."""

    def __init__(self, folder: str) -> None:
        super().__init__("watcher", folder, "await:statedump_*", "--snapshot")
        self.generation = 0

    def wait(self) -> None:
        """For the next dump of the program."""
        self.generation += 1
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with tempfile.TemporaryDirectory() as folder:
                url = f"file://{folder}"
                command("lttng", "snapshot", "record", "-s", self.name, url)
                found = self.events(folder)
            ended = [e for e in found if e["name"] == "statedump_end"]
            if ended and int(ended[-1]["generation"]) >= self.generation:
                return
        raise AssertionError(f"no dump {self.generation} within 60 s")


class Live:
    """The program, with what it says is alive."""

    def __init__(self, *args: int) -> None:
        self.process = subprocess.Popen(
            [str(LIVE), *map(str, args)],
            env=os.environ | {"LIBAWAIT_TRACE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout and self.process.stdin
        self.alive: dict[str, tuple[str, ...]] = {}
        for line in iter(self.process.stdout.readline, "ready\n"):
            ident, *rest = line.split()
            self.alive[ident] = tuple(rest)

    def do(self, word: str) -> str:
        assert self.process.stdout and self.process.stdin
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate(timeout=60)
        code = self.process.returncode
        assert code == 0, f"the program ended with {code}"


class Dumps(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def session(self, name: str, events: str = "await:*") -> Session:
        session = Session(name, self.folder.name, events)
        self.addCleanup(
            subprocess.run, ["lttng", "destroy", session.name], capture_output=True
        )
        return session

    def live(self, *args: int) -> Live:
        live = Live(*args)
        self.addCleanup(live.process.kill)
        return live

    def watched(self, *args: int) -> Live:
        """Its first dump was the watcher's."""
        live = self.live(*args)
        self.watcher = Watcher(self.folder.name)
        self.addCleanup(self.watcher.destroy)
        self.watcher.start()
        self.watcher.wait()
        return live

    def check(self, live: Live, events: list[dict[str, str]], dumps: int) -> None:
        """events hold that many dumps, each whole and of all that is alive."""
        open_dump, seen, found = "", {}, 0
        for event in events:
            if event["name"] == "statedump_begin":
                self.assertEqual(open_dump, "")
                open_dump, seen = event["generation"], {}
            elif event["name"] == "statedump_live":
                self.assertEqual(event["generation"], open_dump)
                self.assertNotIn(event["id"], seen)
                what = (event["state"], event["function"], event["line"])
                seen[event["id"]] = what
                self.assertTrue(event["file"].endswith("live.c"))
                self.assertEqual(event["type"], "int")
            elif event["name"] == "statedump_end":
                self.assertEqual(event["generation"], open_dump)
                self.assertEqual(event["count"], str(len(seen)))
                alive = {ident: seen.get(ident) for ident in live.alive}
                self.assertEqual(alive, live.alive)
                open_dump, found = "", found + 1
        self.assertEqual(open_dump, "")
        self.assertEqual(found, dumps)

    def ended(self, session: Session) -> list[dict[str, str]]:
        session.destroy()
        return session.events()

    def test_late_second_and_restarted_sessions(self) -> None:
        live = self.watched(20)
        first, second = self.session("first"), self.session("second")
        first.start()  # 2: an idle program
        self.watcher.wait()
        live.do("hit")
        second.start()  # 3: both get it
        self.watcher.wait()
        first.stop()
        live.do("hit")
        first.start()  # 4: both again
        self.watcher.wait()
        self.assertEqual(live.do("dump"), str(len(live.alive)))  # 5
        one, two = self.ended(first), self.ended(second)
        live.end()
        self.check(live, one, 4)
        self.check(live, two, 3)
        self.assertEqual([e["name"] for e in one].count("hit"), 1)
        self.assertEqual([e["name"] for e in two].count("hit"), 1)
        generations = [e["generation"] for e in one if e["name"] == "statedump_end"]
        self.assertEqual(generations, ["2", "3", "4", "5"])

    def test_while_threads_create_and_drop(self) -> None:
        live = self.watched(200, 8)
        for _ in range(3):
            session = self.session("busy", "await:statedump_*")
            session.start()
            self.watcher.wait()
            session.destroy()
            self.check(live, session.events(), 1)
        live.end()

    def test_nobody_records_dumps(self) -> None:
        live = self.live(1)
        self.assertEqual(live.do("dump"), "0")
        live.end()

    def test_children_that_end_at_once(self) -> None:
        """Their dumps are whole: fork() returns when they are over."""
        session = self.session("forks", "await:statedump_*")
        session.start()
        children = int(command(APP, "short", LIBAWAIT_TRACE="1"))
        counts = [e["count"] for e in self.ended(session) if "count" in e]
        self.assertEqual(counts, ["1"] * children)

    def test_events_before_the_dump_are_those_of_awaits_in_it(self) -> None:
        live = self.watched(5)
        session = self.session("late")
        session.start()
        for _ in range(200):
            live.do("hit")
        self.watcher.wait()
        events = self.ended(session)
        live.end()
        known = {e["id"] for e in events if e["name"] == "statedump_live"}
        made = {e["id"] for e in events if e["name"] == "create"}
        hits = {e["id"] for e in events if e["name"] == "hit"}
        self.assertEqual(len(hits), 1)
        self.assertEqual(made, set())
        self.assertLessEqual(hits, known)


if __name__ == "__main__":
    tap.main()
