# SPDX-License-Identifier: MIT
"""awaitctl diff: times that have shifted, of runs that took exactly as long as is said,
and what is unknown, of recordings that lack something."""

from __future__ import annotations

import functools
import json
import pathlib
import shutil
import typing

import harness
from diffcase import CASES, Case, made, printed, shared
from harness import APP, AWAITCTL, SYNTHETIC, run

import tap
from rediff import rediff


def runs_of(line: int, durations: typing.Iterable[int]) -> str:
    """For SYNTHETIC: runs of so many ns at that line."""
    return "".join(
        f"create 1 f {line}\nstart 1 f 1\nend 1 0 {ns}\ndestroy 1\n" for ns in durations
    )


@functools.cache
def burst() -> pathlib.Path:
    """A recording of many awaits, which lacks nothing."""
    trace = shared() / "burst"
    out = run(AWAITCTL, "record", "-o", trace, "--", APP, "burst", 3000, input="\n\n")
    assert out.returncode == 0, out.stderr
    return trace


FAST = [1000, 1100, 1200, 1300, 1400, 1500]
SLOW = [1470, 1600, 1700, 1800, 1900, 5000]
# So far apart that what differs is counted apart.
BASE = [round(10000 * 1.025 ** (i % 50)) for i in range(200)]
SHIFTED = [round(10000 * 1.025 ** (i % 50 + 9)) for i in range(150)]
# In A, in B, and whether that is more than chance.
OF_LINES = {
    1: (FAST, SLOW, True),
    2: (FAST, FAST[::-1], False),
    3: (FAST[:3], SLOW[3:], False),  # with three of each nothing could be told
    4: (BASE, SHIFTED, True),
    5: (BASE, BASE[::-1] + BASE[:7], False),
    6: (BASE, SHIFTED[:2], False),
}
# Of functions, which A alone has.
HOSTILE = "\x1b[31m", '"quoted\\', "\x7f\x01", "a,b", "\u202e"


@functools.cache
def synthetic(which: int) -> pathlib.Path:
    """The recording of such runs, A or B."""
    lines = [runs_of(line, runs[which]) for line, runs in OF_LINES.items()]
    for i in range(1, 40):
        lines.append(f"create {i} g 1\nblock {i}\nunblock {i}\nwaited {i} 0\n")
        lines.append(f"destroy {i}\n")
    for i, name in enumerate(HOSTILE):
        lines += [] if which else [f"create {100 + i} {name} 9\n"]
    trace = shared() / f"synthetic-{which}"
    out = run(*(AWAITCTL, "record", "-o", trace, "--", SYNTHETIC), input="".join(lines))
    assert out.returncode == 0, out.stderr
    return trace


class Synthetic(Case):
    """Of runs that took exactly as long as is said."""

    def setUp(self) -> None:
        super().setUp()
        self.traces = [synthetic(0), synthetic(1)]

    def test_times(self) -> None:
        found = self.diff(*self.traces, status=0)
        expected = rediff(*map(printed, self.traces), "synthetic")["times"]
        sleeps = [x for x in found["times"] if x["what"] == "blocked_time"]
        self.assertEqual([x["a"]["count"] for x in sleeps], [39])
        self.check_times(found["times"], expected)
        runs = {x["line"]: x for x in found["times"] if x["what"] == "run_time"}
        self.assertEqual(set(runs), set(OF_LINES))
        for line, row in runs.items():
            times = expected["run_time", ("f", "thing", "thing.c", line)]
            self.assertAlmostEqual(row["p"], times["p"], 5)
            self.assertAlmostEqual(row["b_greater"], times["greater"], 5)
            self.assertEqual(row["shifted"], OF_LINES[line][2], line)

    def test_text(self) -> None:
        text = self.text(*self.traces, status=0)
        self.assertRegex(
            text,
            r"(?m)^run time +thing.c:1 +f +6 +1\.2\d us +6 +1\.[67]\d us +\+4\d % +"
            r"97 % +0\.0\d\d\d$",
        )
        self.assertRegex(text, r"(?m)^run time +thing.c:4 .*< 0\.0001$")
        # Whether those of real sleeps have is chance.
        self.assertRegex(text, r"\nTimes: [23] of 7 have shifted\n")
        self.assertNotRegex(text, r"(?m)^run time +thing.c:[2356]")

    def test_hostile_names(self) -> None:
        """They are shown, and nothing of them is obeyed."""
        found = self.diff(*self.traces, status=0)
        self.assertEqual(
            {
                (x["function"], x["line"], x["what"])
                for x in found["in_one_only"]
                if x["function"] != "f"
            },
            # Bytes are characters.
            {(x.encode().decode("latin-1"), 9, "made") for x in HOSTILE},
        )
        text = self.text(*self.traces, status=0)
        self.assertIn("\\x1b[31m", text)
        self.assertFalse({"\x1b", "\x7f", "\x01", "\u202e"} & set(text))


class Unknown(Case):
    """What may be missing is not said to be."""

    def test_lost(self) -> None:
        self.record_lossy()
        whole = burst()
        for traces in (self.trace, whole), (whole, self.trace):
            found = self.diff(*traces, status=1, quiet=False)
            lossy = "a" if traces[0] == self.trace else "b"
            self.assertEqual(found["order"], "unknown")
            self.assertIn(
                "events-discarded", [x["name"] for x in found[lossy]["doubts"]]
            )
            self.assertEqual({x["order"] for x in found["threads"]}, {"unknown"})
            self.assertTrue(found["in_one_only"])
            for row in found["in_one_only"]:
                for of in "ab":
                    self.assertFalse(row[of].get("known"))
            self.assertEqual({x["shifted"] for x in found["times"]}, {None})
            text = self.text(*traces, status=1, quiet=False)
            self.assertIn(f"{lossy.upper()}: ", text)
            self.assertRegex(text, r"\d EVENTS DISCARDED")
            self.assertIn("Order of waits: UNKNOWN", text)
            self.assertRegex(text, r"(?m)^made .* \d+\? ")
            self.assertIn("whether any have shifted is unknown", text)

    def test_filter(self) -> None:
        """One by function leaves that function's awaits whole; of another kind, or
        on one side, nobody knows."""
        by_function = "--filter", 'function == "alpha"'
        steps = CASES["plain"]
        a, b = (
            self.make(
                "plain" + "-other" * i,
                shared() / "plain",
                *x.split(),
                options=by_function,
            )
            for i, x in enumerate(steps)
        )
        found = self.diff(a, b, status=0)
        self.assertEqual(found["a"]["filter"], by_function[1])
        self.assertEqual(found["a"]["doubts"] + found["b"]["doubts"], [])
        (thread,) = found["threads"]
        self.assertEqual((thread["a"]["waits"], thread["b"]["waits"]), (2, 2))
        self.assertIn(f"B: Filter: {by_function[1]}", self.text(a, b, status=0))
        found = self.diff("--process", "plain", a, made(0), status=1)
        self.assertEqual(found["order"], "unknown")
        self.assertEqual([x["name"] for x in found["b"]["doubts"]], ["filters"])
        c = self.make_steps("c", steps[0], options=("--filter", "error == -2"))
        found = self.diff(c, c, status=1)
        self.assertEqual(found["order"], "unknown")
        self.assertIn("filter", [x["name"] for x in found["a"]["doubts"]])
        self.assertEqual({x["order"] for x in found["threads"]}, {"unknown"})
        self.assertEqual(found["times"], [])

    def test_attached(self) -> None:
        """What had been created and waited for before is not known."""
        made(0)
        steps = "+a +b a hold +c b c"
        app = self.traced(*steps.split(), program=str(shared() / "plain"))
        awaitctl = self.attach("--attach", app.pid)
        app.send("\n")
        self.assertEqual(app.end(), 0)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        found = self.diff("--process", "plain", self.trace, made(0), status=1)
        self.assertEqual(found["order"], "unknown")
        self.assertLessEqual(
            {"attached", "not-created"}, {x["name"] for x in found["a"]["doubts"]}
        )
        self.assertEqual(found["b"]["doubts"], [])
        (thread,) = found["threads"]
        self.assertEqual(thread["order"], "unknown")
        first = thread["a"]["around"][0]
        self.assertEqual((first["function"], first["nth"]), ("beta", None))
        self.assertEqual(
            self.diff(self.trace, self.trace, status=1)["order"], "unknown"
        )

    def test_snapshot(self) -> None:
        a = self.make(
            *("a", APP, "burst", 500),
            options=("--snapshot", "--buffers=4kx2"),
            input="\n\n",
        )
        found = self.diff(a, a, status=1)
        self.assertIn("snapshot", [x["name"] for x in found["b"]["doubts"]])
        self.assertEqual(found["order"], "unknown")

    def test_damaged(self) -> None:
        """It is read up to there; what does not begin is one line."""
        a = burst()
        b = self.dir / "b"
        shutil.copytree(a, b)
        harness.damage(b)
        out = run(AWAITCTL, "diff", "--json", a, b)
        self.assertEqual(out.returncode, 1)
        found = json.loads(out.stdout)
        self.assertEqual(found["order"], "unknown")
        self.assertTrue(found["b"]["doubts"])
        (self.dir / "empty").mkdir()
        for wrong in self.dir / "empty", self.dir / "none", __file__:
            for pair in (a, wrong), (wrong, a):
                out = run(AWAITCTL, "diff", *pair)
                self.assertEqual((out.returncode, out.stdout), (1, ""))
                self.assertRegex(out.stderr, rf"\A(awaitctl: .*{wrong}.*\n)+\Z")


if __name__ == "__main__":
    tap.main()
