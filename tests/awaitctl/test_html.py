# SPDX-License-Identifier: MIT
"""The page of `awaitctl report --html`: its data is what the trace has, nothing in it
breaks out of its place."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal

import harness
from harness import APP, AWAITCTL, run

import page_data
import tap
from htmlcase import FOREIGN, Case, scripts
from page_data import BY_PROCESS, BY_TRACE, SEEN, Data, Drawn

PROGRAM = os.environ["AWAITCTL_PROCESSES"]
NAMED = os.environ["AWAITCTL_NAMED"]


class Drawing(Case):
    """Everything that is drawn, computed again."""

    def check(self, *options: str) -> tuple[Data, Drawn]:
        data = self.write(*options)
        drawn = Drawn(run("babeltrace2", "--clock-seconds", self.trace).stdout)
        self.assertEqual(data.json["awaits"]["not_drawn"], 0)
        self.assertEqual(data.json["spans"]["not_drawn"], 0)
        spans = page_data.spans_of(data)
        self.assertEqual(
            [x for x in spans if x.ended == SEEN], sorted(drawn.spans), "runs, sleeps"
        )
        left = [(x.sleeps, x.key, x.begin) for x in spans if x.ended != SEEN]
        open_runs = [(False, key, x[0].time) for key, x in drawn.runs.items()]
        asleep = [(True, key[:2], x.time) for key, x in drawn.sleeps.items()]
        self.assertEqual(left, sorted([*open_runs, *asleep]))
        self.check_lives(page_data.lives_of(data), drawn)
        for _, chain in drawn.runs.values():
            drawn.chains[chain][1] += 1
        self.assertEqual(
            {k: x for k, x in page_data.chains_of(data).items() if any(x)},
            {k: tuple(x) for k, x in drawn.chains.items()},
        )
        self.assertEqual(page_data.waits_of(data), drawn.waits)
        return data, drawn

    def check_lives(
        self, lives: dict[tuple[int, int], page_data.Life], drawn: Drawn
    ) -> None:
        self.assertEqual(lives.keys(), drawn.lives.keys())
        for key, life in lives.items():
            expected = drawn.lives[key]
            if key in drawn.runs:  # until the end
                expected.runs += 1
                if life.ended == BY_PROCESS:
                    expected.state = 0
            if expected.ended != SEEN:
                self.assertIn(life.ended, (BY_PROCESS, BY_TRACE))
                expected.ended, expected.end = life.ended, life.end
            self.assertEqual(life, expected, key)

    def test_whole(self) -> None:
        self.record_with()
        data, _ = self.check()
        out = run(AWAITCTL, "report", "--json", self.trace)
        self.assertEqual(data.json["report"], json.loads(out.stdout))
        text = run(AWAITCTL, "report", self.trace).stdout
        self.assertTrue(text.startswith(data.json["heading"]))
        self.assertIn("Awaits: ", data.json["heading"])
        self.assertEqual(data.json["directory"], str(self.trace))

    def test_chains_and_waits(self) -> None:
        self.headers()
        _, drawn = self.check()
        self.assertGreater(max(map(len, drawn.chains)), 3)
        self.assertTrue(any(x.sleeps for x in drawn.spans) or len(drawn.waits) > 1)

    def test_sleeps(self) -> None:
        lines = []
        for i in range(1, 50):
            lines += [f"create {i} f{i % 3} {i % 5}", f"block {i}"]
            lines += [f"unblock {i}", f"waited {i} 0"]
        self.synthetic(*lines)
        _, drawn = self.check()
        self.assertEqual(sum(x.sleeps for x in drawn.spans), 49)

    def test_processes(self) -> None:
        out = self.recorded(PROGRAM, "fork", "spawn")
        self.assertEqual(out.returncode, 0, out.stderr)
        data, _ = self.check()
        self.assertGreater(len(data.json["processes"]), 1)

    def test_hangs(self) -> None:
        app = self.record(APP, "hang")
        app.expect("ready")
        harness.until(lambda: self.asleep(app), "the app hangs")
        os.kill(app.pid, signal.SIGTERM)
        app.end()
        _, drawn = self.check()
        self.assertTrue(drawn.runs)

    def asleep(self, app: harness.Running) -> bool:
        return bool(self.children(app.pid, "awaitctl-app"))

    def test_evil_names(self) -> None:
        """Of functions, types and files."""
        app = self.record(NAMED, self.dir / "dump")
        app.expect("ready\n")
        assert app.process.stdin
        app.process.stdin.close()
        self.assertEqual(app.end(), 0, app.stderr())
        data = self.write()
        evil = "\x1b[31m\xc2\x9bm\xe2\x80\xae\n\t\xff"
        self.assertIn(f"function{evil}", [x["function"] for x in data.json["sites"]])


class Doubtful(Case):
    """What is not known is said to be so, and nothing is guessed."""

    def test_midway(self) -> None:
        self.synthetic(
            *("end 3 0 500", "begin 4 retry 2", "end 4 -5 7000", "hit 2"),
            *("begin 5 f 1", "begin 5 f 2", "create 6 f 1"),
        )
        data = self.write()
        spans = {(data.key(x["await"]), x["attempt"]): x for x in data.spans}
        by_id = {(key[1], attempt): x for (key, attempt), x in spans.items() if key}
        # It says itself how long it took, but not in the run of which.
        self.assertEqual(by_id[3, 0]["length"], 500)
        # The second run tells that the first one has ended, not when.
        lost = by_id[5, 1]
        self.assertEqual((lost["flags"] >> 4 & 3, lost["length"]), (1, 0))
        lives = {k[1]: x for k, x in page_data.lives_of(data).items()}
        self.assertFalse(lives[2].created)
        self.assertTrue(lives[6].created)
        self.assertIsNone(lives[6].waited)
        unknown = [x for x in data.json["chains"]["nodes"][2:] if x[0] == 1]
        self.assertEqual([(x[2], x[4]) for x in unknown], [(1, 500)])

    def test_attached(self) -> None:
        """What was under way before: since when is not known."""
        app = self.traced("hang")
        awaitctl = self.attach("--attach", app.pid)
        os.kill(awaitctl.pid, signal.SIGTERM)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        data = self.write()
        self.assertTrue(data.spans)
        for one in data.spans:
            self.assertEqual(one["flags"] & 2, 0, "it began before")
            self.assertEqual(one["flags"] >> 4 & 3, BY_TRACE)
        self.assertEqual({x["flags"] & 1 for x in data.spans}, {0, 1})

    def test_filter_hides(self) -> None:
        self.record_with("--filter", "error == -2")
        data = self.write()
        self.assertTrue(data.json["waits_unknown"] and data.json["ends_unknown"])
        self.assertIn("is unknown", data.json["heading"])
        ended = {x["flags"] >> 4 & 3 for x in data.spans if not x["flags"] & 1}
        self.assertLessEqual(ended, {SEEN, page_data.UNSEEN})

    def test_lossy(self) -> None:
        self.record_lossy()
        data = self.write()
        self.assertIn("EVENTS DISCARDED", data.json["heading"].splitlines()[0])
        runs = [x for x in data.spans if not x["flags"] & 1]
        self.assertEqual(len(runs), data.json["report"]["all"]["runs"])

    def test_damaged(self) -> None:
        out = self.recorded_with(program=(APP, "burst", 2000), input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        harness.damage(self.trace)
        out = run(AWAITCTL, "report", f"--html={self.page}", self.trace)
        self.assertEqual(out.returncode, 1)
        data = Data(self.page.read_text())
        self.assertRegex(data.json["heading"], "DAMAGED|LOST|DISCARDED|INCOMPLETE")
        self.assertTrue(data.spans)


class Whole(Case):
    """One file that asks for nothing and cannot be broken out of."""

    def check(self, data: Data) -> None:
        elements = data.page.elements
        self.assertEqual([x for x, _ in elements].count("script"), 2)
        self.assertFalse([x for x, _ in elements if x in ("img", "link", "iframe")])
        for _, attributes in elements:
            self.assertFalse({"src", "href", "style"} & attributes.keys())
            self.assertFalse([x for x in attributes if x.startswith("on")])
        self.assertNotRegex(data.text, "[<>&]")
        self.assertTrue(data.text.isascii())
        (policy,) = (
            attributes["content"] or ""
            for _, attributes in elements
            if attributes.get("http-equiv") == "Content-Security-Policy"
        )
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        for tag in "style", "script":
            text = data.page.texts[tag][-1].encode()
            digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
            self.assertIn(f"{tag}-src 'sha256-{digest}'", policy)

    def test_foreign_names(self) -> None:
        self.foreign()
        self.page = self.dir / "a<b.html"
        data = self.write()
        self.check(data)
        self.assertEqual(
            {x["function"].encode("latin-1") for x in data.json["sites"]}, set(FOREIGN)
        )

    def test_evil_directory(self) -> None:
        self.record_with()
        evil = self.dir / "<b>&amp;'\xff"
        self.trace.rename(evil)
        self.trace = evil
        data = self.write()
        self.check(data)
        self.assertEqual(
            data.json["directory"].encode("latin-1"), os.fsencode(str(evil))
        )

    def test_no_other_ways(self) -> None:
        """To make elements of texts, or requests."""
        for path in scripts().glob("*.js"):
            self.assertNotRegex(
                path.read_text(),
                r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|"
                r"new Function|\bfetch\(|XMLHttp|WebSocket|import\(|\.src\b|\.href\b",
            )


class Options(Case):
    def test_where(self) -> None:
        self.record_with()
        self.usual_name()
        self.stdout()
        self.folder()

    def usual_name(self) -> None:
        for given, folder in (
            *((self.trace, "a"), (f"{self.trace}/", "b"), (f"{self.trace}/.", "c")),
        ):
            where = self.dir / folder
            where.mkdir()
            out = run(AWAITCTL, "report", "--html", given, cwd=where)
            self.assertEqual((out.returncode, out.stdout, out.stderr), (0, "", ""))
            self.assertEqual(os.listdir(where), ["trace.html"])

    def stdout(self) -> None:
        self.write()
        out = run(AWAITCTL, "report", "--html=-", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertEqual(out.stdout, self.page.read_text())

    def folder(self) -> None:
        out = run(AWAITCTL, "report", f"--html={self.dir}", self.trace)
        self.assertEqual(
            (out.returncode, out.stderr),
            (1, f"awaitctl: cannot write {self.dir}: Is a directory\n"),
        )

    def test_nothing_half(self) -> None:
        """What cannot be made is not there, and what was there stays."""
        self.page.write_text("before")
        for directory in self.dir / "none", self.dir:
            out = run(AWAITCTL, "report", f"--html={self.page}", directory)
            self.assertEqual(out.returncode, 1)
            self.assertEqual(out.stderr.count("\n"), 1, out.stderr)
        self.assertEqual(self.page.read_text(), "before")
        self.assertEqual(os.listdir(self.dir), ["page.html"])

    def test_refused(self) -> None:
        for options, said in (
            (("--html", "--json"), "give --json, --csv or --html"),
            (("--html="), "--html= needs a file"),
        ):
            options = (options,) if isinstance(options, str) else options
            out = run(AWAITCTL, "report", *options, self.trace)
            self.assertEqual(out.returncode, 2)
            self.assertEqual(
                out.stderr, f"awaitctl: report: {said}; see awaitctl --help\n"
            )

    def test_check(self) -> None:
        self.synthetic("create 1 f 1", "destroy 1")
        self.write("--check", status=1)


if __name__ == "__main__":
    tap.main()
