# SPDX-License-Identifier: MIT
"""The plug-in `await` of babeltrace2, used by its command: reports that are those of
awaitctl to the byte, lives computed again by relive.py, and what goes wrong.

BABELTRACE_PLUGIN is the folder that the plug-in is in.
"""

from __future__ import annotations

import functools
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import typing
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "awaitctl"))

import harness  # noqa: E402
from harness import APP, AWAITCTL, SYNTHETIC, damage, run  # noqa: E402

import tap  # noqa: E402
from relive import Life, last, relive, times, told  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
PLUGIN = os.environ["BABELTRACE_PLUGIN"]
PROGRAM = os.environ["AWAITCTL_PROCESSES"]
ENDING = os.environ["AWAITCTL_ENDING_LIBRARY"]


def babeltrace2(*args: object, **options: typing.Any) -> typing.Any:
    return run("babeltrace2", f"--plugin-path={PLUGIN}", *args, **options)


@functools.cache
def holder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


@functools.cache
def recording(*program: object, number: int = 0) -> pathlib.Path:
    """Of a program that is not looked at while it runs; several tests read it."""
    trace = pathlib.Path(tempfile.mkdtemp(dir=holder().name)) / f"trace{number}"
    out = run(AWAITCTL, "record", "-o", trace, "--", *program, input="\n\n")
    if out.returncode:
        raise AssertionError(out.stderr)
    return trace


@functools.cache
def hanging() -> pathlib.Path:
    """The recording ends before the program's runs and waits do."""
    trace = pathlib.Path(tempfile.mkdtemp(dir=holder().name)) / "trace"
    app = harness.Running(
        *(AWAITCTL, "record", "--stacks", "-o", trace, "--", APP, "hang")
    )
    try:
        app.expect("ready")
        os.kill(app.pid, signal.SIGTERM)
        app.end()
    finally:
        app.close()
    return trace


def whole(number: int = 0) -> pathlib.Path:
    return recording(APP, "exit", 0, number=number)


def processes() -> pathlib.Path:
    """Some are forked in a run, some execute another program."""
    return recording(PROGRAM, "fork", "spawn", "fork-in", "fork-return")


class Case(harness.Case):
    def synthetic(self, *lines: str) -> None:
        out = self.recorded(SYNTHETIC, input="\n".join(lines) + "\n")
        self.assertEqual(out.returncode, 0, out.stderr)

    def reported(self, *traces: object, **parameters: object) -> str:
        """By the plug-in, which has nothing else to say."""
        given = [
            word
            for name, value in parameters.items()
            for word in ("-p", f"{name}={value}")
        ]
        out = babeltrace2(*(traces or (self.trace,)), "-c", "sink.await.report", *given)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return str(out.stdout)

    def refused(self, *command: object) -> str:
        """The cause that is said last."""
        out = babeltrace2(*command)
        self.assertEqual((out.returncode, out.stdout), (1, ""), out.stderr)
        causes = re.split(r"(?m)^(?:ERROR:   |CAUSED BY) \[", out.stderr)
        where, _, cause = causes[-1].partition("\n")
        self.assertIn(".await.", where)
        return " ".join(cause.split())

    def awaitctl(self, *options: object) -> str:
        out = run(AWAITCTL, "report", *options, self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return out.stdout


class Report(Case):
    def same(self) -> None:
        for options, parameters in (
            ((), {}),
            (("--json",), {"format": "json"}),
            (("--csv",), {"format": "csv"}),
            (("--csv", "--by=thread"), {"format": '"csv"', "by": "thread"}),
            (("--by=site", "--sort=name"), {"by": "site", "sort": "name"}),
            (("-n", "1"), {"slowest": 1}),
            (("-n", "0", "--all"), {"slowest": "+0", "all": "yes"}),
        ):
            with self.subTest(options=options):
                expected = self.awaitctl(*options)
                self.assertTrue(expected)
                self.assertEqual(self.reported(**parameters), expected)

    def test_whole(self) -> None:
        self.trace = whole()
        self.same()

    def test_processes(self) -> None:
        self.trace = processes()
        self.same()

    def test_stacks_and_unfinished(self) -> None:
        self.trace = hanging()
        self.same()
        self.assertIn("Unfinished", self.reported())

    def test_several_traces(self) -> None:
        sums = []
        traces = [whole(), whole(1)]
        for self.trace in traces:
            sums.append(json.loads(self.awaitctl("--json"))["all"])
        both = json.loads(self.reported(*traces, format="json"))
        self.assertEqual(len(both["processes"]), 2)
        for name in "created", "runs", "failed", "hits", "waits", "never_waited":
            self.assertEqual(both["all"][name], sum(one[name] for one in sums), name)

    def test_path(self) -> None:
        self.trace = whole()
        path = self.dir / "report.txt"
        path.write_text("older")
        self.assertEqual(self.reported(path=f'"{path}"'), "")
        self.assertEqual(path.read_text(), self.awaitctl())
        self.assertEqual(len(list(self.dir.glob("report*"))), 1)

    def test_search_for_lines_that_ends_its_process(self) -> None:
        self.trace = whole()
        ends = {**os.environ, "LD_PRELOAD": ENDING, "AWAITCTL_ENDS_LOOKUP": "1"}
        expected = run(AWAITCTL, "report", self.trace, env=ends)
        self.assertIn("the report is without them", expected.stderr)
        out = babeltrace2(self.trace, "-c", "sink.await.report", env=ends)
        self.assertEqual((out.returncode, out.stdout), (0, expected.stdout))
        self.assertEqual(
            out.stderr,
            "sink.await.report: the search for lines of source ended its process: the "
            "report is without them\n",
        )
        self.assertNotEqual(out.stdout, self.awaitctl())


class Lives(Case):
    def check(self, lossy: str | None = "No") -> list[Life]:
        """Of self.trace."""
        out = babeltrace2(
            *(self.trace, "-c", "filter.await.lives", "-c", "sink.text.details")
        )
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        lives = told(out.stdout)
        self.assertTrue(lives)
        moments = times(out.stdout)
        self.assertEqual(len(moments), len(lives))
        self.assertEqual(moments, sorted(moments))
        for life, time in zip(lives, moments):
            self.assertGreaterEqual(time, life["ended_at"])
            self.assertEqual(life.pop("host"), os.uname().nodename)
            self.assertIn(life.pop("lossy"), (lossy, "No") if lossy else ("Yes", "No"))
        text = run("babeltrace2", "--clock-seconds", self.trace).stdout
        details = run("babeltrace2", self.trace, "-c", "sink.text.details").stdout
        again = relive(text, last(details))
        for one, other in zip(self.ordered(lives), self.ordered(again)):
            self.assertEqual(one, other)
        self.assertEqual(len(lives), len(again))
        return lives

    def ordered(self, lives: list[Life]) -> list[Life]:
        return sorted(lives, key=lambda x: (x["pid"], x["id"], x["ended_at"]))

    def test_whole(self) -> None:
        self.trace = whole()
        lives = self.check()
        self.assertEqual({x["ended_by"] for x in lives}, {"drop"})
        self.assertIn("failed", {x["outcome"] for x in lives})

    def test_named(self) -> None:
        self.trace = recording(APP, "alive")
        self.assertEqual({x["name"] for x in self.check()}, {None, "two"})

    def test_any_names(self) -> None:
        """They come as they are."""
        recording = self.record(os.environ["AWAITCTL_NAMED"], self.dir / "dump")
        recording.expect("ready\n")
        assert recording.process.stdin
        recording.process.stdin.close()
        self.assertEqual(recording.end(), 0, recording.stderr())
        out = babeltrace2(
            *(self.trace, "-c", "filter.await.lives", "-c", "sink.text.details"),
            errors="surrogateescape",
        )
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertIn("function: function\x1b[31m", out.stdout)

    def test_waits_that_sleep(self) -> None:
        lines = []
        for i in range(1, 30):
            lines += [f"create {i} f{i % 3} {i % 5}"]
            lines += [f"block {i}", f"unblock {i}"] * 2
            lines += [f"waited {i} 0", f"destroy {i}"]
        self.synthetic(*lines, "create 31 f 1", "block 31")
        lives = self.check()
        self.assertTrue(all(x["blocked_ns"] for x in lives))

    def test_midway(self) -> None:
        """Beginnings and ends are missing, runs are repeated."""
        self.synthetic(
            *("begin 1 known 1", "end 1 0 1000", "hit 1", "hit 2", "end 3 0 500"),
            *("begin 4 retry 2", "end 4 -5 7000", "begin 4 retry 3", "destroy 4"),
            *("create 5 f 1", "running 5 f 1", "begin 5 f 1", "end 5 0 2000"),
            *("create 6 f 1", "destroy 6", "create 7 f 2", "begin 7 f 1"),
            *("start 8 f 1", "end 8 0 900", "hit 8", "waited 9 -110 1"),
            *("running 10 g 1", "end 10 -5 3", "block 6", "hit 6"),
        )
        lives = {x["id"]: x for x in self.check()}
        self.assertIsNone(lives[2]["function"])
        self.assertIsNone(lives[1]["created_at"])
        self.assertEqual((lives[10]["outcome"], lives[10]["error"]), ("failed", -5))
        self.assertEqual(lives[7]["outcome"], "running")
        self.assertIsNone(lives[9]["outcome"])
        self.assertIsNone(lives[6]["blocked_ns"])

    def test_processes(self) -> None:
        self.trace = processes()
        lives = self.check()
        self.assertGreater(len({x["pid"] for x in lives}), 3)
        self.assertEqual({x["ended_by"] for x in lives}, {"drop", "process"})

    def test_unfinished(self) -> None:
        self.trace = hanging()
        (life,) = self.check()
        self.assertEqual((life["ended_by"], life["outcome"]), ("trace", "running"))

    def test_several_traces(self) -> None:
        """Each as if it were alone."""
        traces, alone = [whole(), whole(1)], 0
        for self.trace in traces:
            alone += len(self.check())
        out = babeltrace2(
            *traces, "-c", "filter.await.lives", "-c", "sink.text.details"
        )
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertEqual(len(told(out.stdout)), alone)

    def test_as_a_trace(self) -> None:
        """They can be written, and read again."""
        if not re.match(r"Babeltrace 2\.0\.", run("babeltrace2", "--version").stdout):
            self.skipTest("babeltrace2 2.1 cannot read the options that it writes")
        self.trace = whole()
        alone = len(self.check())
        path = self.dir / "lives"
        out = babeltrace2(
            *(self.trace, "-c", "filter.await.lives"),
            *("-c", "sink.ctf.fs", "-p", f'path="{path}"'),
        )
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        out = babeltrace2(path)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertEqual(len(re.findall(r"(?m)^.* life: \{", out.stdout)), alone)

    def test_without_awaits(self) -> None:
        """No event of an await is in this part of the trace."""
        begin = "--begin=2100-01-01 00:00:00"
        out = babeltrace2(whole(), begin, "-c", "filter.await.lives")
        self.assertEqual((out.returncode, out.stderr, out.stdout), (0, "", ""))
        self.assertTrue(
            self.refused(whole(), begin, "-c", "sink.await.report").startswith(
                "there are no events of awaits"
            )
        )


class Wrong(Case):
    def test_parameters(self) -> None:
        self.trace = whole()
        there_are = "there are: format, by, sort, slowest, all, path"
        for given, cause in (
            ("colour=1", f"there is no parameter `colour`; {there_are}"),
            ("format=xml", "the parameter `format` has to be text, json or csv"),
            ("format=[]", "the parameter `format` has to be text, json or csv"),
            ("by=3", "the parameter `by` has to be function, site, process or thread"),
            ("sort=luck", "the parameter `sort` has to be total, average, p99, max"),
            ("slowest=-1", "the parameter `slowest` has to be a number from 0 to"),
            ("slowest=+4294967296", "the parameter `slowest` has to be a number from"),
            ("slowest=ten", "the parameter `slowest` has to be a number from 0 to"),
            ("all=1", "the parameter `all` has to be yes or no"),
            ('path=""', "the parameter `path` has to be the name of a file"),
            ('path="/"', "cannot write /: Is a directory"),
        ):
            with self.subTest(given=given):
                said = self.refused(self.trace, "-c", "sink.await.report", "-p", given)
                self.assertTrue(said.startswith(cause), said)
        self.assertEqual(
            self.refused(self.trace, "-c", "filter.await.lives", "-p", "all=yes"),
            "there is no parameter `all`; there are: none",
        )

    def test_trace_that_breaks_off(self) -> None:
        out = self.recorded(APP, "burst", 3000, input="\n\n")
        self.assertEqual(out.returncode, 0, out.stderr)
        damage(self.trace)
        out = babeltrace2(self.trace, "-c", "sink.await.report")
        self.assertEqual(out.returncode, 1)
        self.assertIn(
            "the trace breaks off: the report is of what was read",
            " ".join(out.stderr.split()),
        )
        self.assertTrue(out.stdout.startswith("*** TRACE DAMAGED, read up to"))
        self.assertRegex(out.stdout, r"\nAwaits: [1-9]\d* created")
        out = babeltrace2(
            *(self.trace, "-c", "filter.await.lives", "-c", "sink.text.details")
        )
        self.assertEqual(out.returncode, 1)
        self.assertNotIn("ssert", out.stderr)

    def test_events_of_another_version(self) -> None:
        out = self.recorded(os.environ["AWAITCTL_OTHER_EVENTS"], 2, 5)
        self.assertEqual(out.returncode, 0, out.stderr)
        for component in "sink.await.report", "filter.await.lives":
            self.assertRegex(
                self.refused(self.trace, "-c", component),
                r"the events of process \d+ have version 2\.5, ",
            )

    def test_full_disk(self) -> None:
        self.trace = whole()
        with open("/dev/full", "w") as full:
            out = babeltrace2(self.trace, "-c", "sink.await.report", stdout=full)
        self.assertEqual(out.returncode, 1)
        self.assertIn(
            "cannot write to stdout: No space left on device",
            " ".join(out.stderr.split()),
        )


class Found(unittest.TestCase):
    def test_listed(self) -> None:
        out = babeltrace2("list-plugins")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn("'filter.await.lives'", out.stdout)
        self.assertIn("'sink.await.report'", out.stdout)

    def test_installed_where_babeltrace2_looks(self) -> None:
        """If that has the same prefix."""
        prefix, libdir = (
            run("pkg-config", f"--variable={name}", "babeltrace2").stdout.strip()
            for name in ("prefix", "libdir")
        )
        with tempfile.TemporaryDirectory() as build:
            arguments = f"--prefix={prefix}", "-Dtests=disabled"
            out = run("meson", "setup", build, TOP, *arguments)
            self.assertEqual(out.returncode, 0, out.stderr)
            told = run("meson", "introspect", "--installed", build).stdout
        places = [x for x in json.loads(told).values() if "babeltrace-plugin" in x]
        self.assertEqual(
            places, [f"{libdir}/babeltrace2/plugins/babeltrace-plugin-await.so"]
        )

    def test_help_names_all_parameters(self) -> None:
        out = babeltrace2("help", "sink.await.report")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(
            re.findall(r"(?m)^ +(\w+)=", out.stdout),
            ["format", "by", "sort", "slowest", "all", "path"],
        )


if __name__ == "__main__":
    tap.main()
