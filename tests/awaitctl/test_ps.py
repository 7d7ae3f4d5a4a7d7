# SPDX-License-Identifier: MIT
"""awaitctl ps, on real processes that run on while it looks."""

from __future__ import annotations

import collections
import os
import pathlib
import re
import textwrap
import time

from harness import LIMIT, until
from pscase import APP, PROMISES, Case, Json, ps, ps_json

import tap
from sample import share

SOURCE = pathlib.Path(__file__).with_name("ps_app.c")
STATES = ("pending", "running", "resolved", "failed", "cancelled")


def line_of(text: str) -> str:
    """ps_app.c:N of the one line that has it."""
    lines = [i for i, x in enumerate(SOURCE.open(), 1) if text in x]
    assert len(lines) == 1, (text, lines)
    return f"ps_app.c:{lines[0]}"


class States(Case):
    def setUp(self) -> None:
        super().setUp()
        self.pid = self.start(APP, "states").pid
        until(
            lambda: sum(len(t["runs"]) or 1 for t in ps_json(self.pid)["threads"]) == 4,
            "one thread runs two awaits, two wait",
        )
        threads = ps_json(self.pid)["threads"]
        self.runner = next(t["tid"] for t in threads if t["runs"])
        self.waiters = {t["waits_for"]: t["tid"] for t in threads if "waits_for" in t}

    def plain(self, text: str) -> str:
        """With names in place of what is another each time."""
        text = text.replace(str(self.runner), "RUNNER")
        for await_, tid in self.waiters.items():
            text = text.replace(f"Thread {tid}", f"Thread WAITS-{await_}")
        lines = [x for x in text.splitlines()]
        threads = sorted(x for x in lines if x.startswith("Thread "))
        return "\n".join([x for x in lines if x not in threads] + threads) + "\n"

    def golden(self, expected: str, *options: object) -> None:
        expected = "".join(map(textwrap.dedent, (expected, self.THREADS)))
        expected = expected.replace("\n\n", "\n").lstrip("\n")
        expected = expected.replace("\nThread", "\n\nThread", 1)
        for marker in re.findall(r"<([^>]+)>", expected):
            expected = expected.replace(f"<{marker}>", line_of(marker))
        self.assertEqual(self.plain(ps(self.pid, *options)), expected)

    THREADS = """
        Thread RUNNER (ps-app) runs #4104 outer, in it #4224 inner
        Thread WAITS-#4098 (ps-app) waits for #4098 promise, which nobody has settled
        Thread WAITS-#4104 (ps-app) waits for #4104 outer, which thread RUNNER runs
        """

    def test_list(self) -> None:
        self.golden(
            r"""
        13 awaits: 4 pending, 2 running, 4 resolved, 2 failed, 1 cancelled
        Id       State      Type  Await                                                         Created       Thread
        #1       failed     page  fetch("/nope", -1): -ENOENT (No such file or directory), ...  <"/nope", -1>
        #2       resolved   page  fetch(...) = {4 bytes}                                        <"/etc/motd", 2>
        #3       pending    page  fetch("/etc/hosts", 1)                                        <"/etc/hosts", 1>
        #4096    resolved   name  greet(...) = "quote \" and \n and 0123456789 012"...          <*name = awaitable>
        #4097    resolved   real  half(...) = 2.5                                               <half, 5.0>
        #4098    pending    int   promise, only who waits holds it unless lent (1 reference)    <*promise = await_>  1 waits
        #4099    failed     int   promise: -EPIPE (Broken pipe)                                 <*rejected = await_>
        #4100    pending    name  greet(NULL)                                                   <greet, NULL>
        #4101    resolved   int   nowait = -33                                                  <await_nowait>
        #4102    cancelled  int   inner(...)                                                    <cancelled = awaitable>
        #4103.1  pending    int   inner(false)                                                  <in its slot>
        #4104    running    int   outer(NULL)                                                   <running = awaitable>  RUNNER, 1 waits
        #4224    running    int   inner(true)                                                   <none == NULL>  RUNNER
            """  # noqa: E501
        )

    def test_filters(self) -> None:
        self.golden(
            """
        13 awaits: 4 pending, 2 running, 4 resolved, 2 failed, 1 cancelled
        Id     State    Type  Await                          Created       Thread
        #4104  running  int   outer(NULL)                    <running = awaitable>  RUNNER, 1 waits
        #4099  failed   int   promise: -EPIPE (Broken pipe)  <*rejected = await_>
        1 more (-n N shows N, -n 0 all; --state, --function and --type select)
        """,  # noqa: E501
            "--state=failed,running",
            "--type=int",
            "--function=[opi][urn][tno]*",
            "--sort=waiters",
            "-n2",
        )

    def test_groups(self) -> None:
        def rows(*options: object) -> list[list[str]]:
            table = ps(self.pid, *options).split("\n\n")[0].splitlines()[1:]
            return [x.split() for x in table]

        self.assertEqual(
            rows("--by=function", "-n3"),
            [
                "Awaits Pending Running Resolved Failed Cancelled Function"
                " Type".split(),
                "3 1 0 1 1 0 fetch page".split(),
                "3 1 1 0 0 1 inner int".split(),
                "2 1 0 1 0 0 greet name".split(),
                "4 more (-n N shows N, -n 0 all; --state, --function and"
                " --type select)".split(),
            ],
        )
        self.assertEqual(
            rows("--by=state"),
            [x.split() for x in ("Awaits State", "4 pending", "4 resolved")]
            + [x.split() for x in ("2 running", "2 failed", "1 cancelled")],
        )
        self.assertEqual(
            rows("--by=type", "--state=pending")[1:],
            [x.split() for x in ("2 2 0 0 0 0 int", "1 1 0 0 0 0 name")]
            + ["1 1 0 0 0 0 page".split()],
        )
        sites = rows("--by=site", "-n0", "--function=inner")[1:]
        self.assertEqual(
            sorted(x[-1] for x in sites),
            sorted(map(line_of, ("none == NULL", "cancelled = ", "in its slot"))),
        )

    def test_sort(self) -> None:
        def ids(*options: object) -> list[str]:
            return [x["id"] for x in ps_json(self.pid, "-n0", *options)["list"]]

        everything = ids()
        self.assertEqual(len(everything), 13)
        self.assertEqual(ids("--reverse"), everything[::-1])
        self.assertEqual(ids("--sort=id"), everything)
        self.assertEqual(ids("--sort=attempts")[0], "#1")
        self.assertEqual(set(ids("--sort=waiters")[:2]), {"#4098", "#4104"})
        for key in ("state", "function", "type", "site"):
            rows = ps_json(self.pid, "-n0", f"--sort={key}")["list"]
            self.assertEqual({x["id"] for x in rows}, set(everything))
            keys = [(x["file"], x["line"]) if key == "site" else x[key] for x in rows]
            if key == "state":
                order = ("running", "failed", "pending", "resolved", "cancelled")
                keys = [order.index(x) for x in keys]
            self.assertEqual(keys, sorted(keys), key)
            # The first few are the same, however few are kept.
            for limit in range(1, 8):
                self.assertEqual(
                    ids(f"--sort={key}", "--reverse")[:limit],
                    [
                        x["id"]
                        for x in ps_json(
                            self.pid, f"-n{limit}", f"--sort={key}", "--reverse"
                        )["list"]
                    ],
                )

    def test_json(self) -> None:
        found = ps_json(self.pid)
        self.assertEqual(found["pid"], self.pid)
        self.assertEqual(found["libraries"], ["libawait.so.0.1.0"])
        self.assertEqual((found["awaits"], found["matching"]), (13, 13))
        self.assertEqual(
            found["states"], dict(zip(STATES, (4, 2, 4, 2, 1), strict=True))
        )
        self.assertEqual((found["deadlocks"], found["warnings"]), ([], []))
        first = found["list"][0]
        self.assertTrue(first.pop("file").endswith("tests/awaitctl/ps_app.c"))
        self.assertEqual(
            first,
            {
                "id": "#1",
                "state": "failed",
                "type": "page",
                "function": "fetch",
                "line": int(line_of('"/nope", -1').split(":")[1]),
                "in": "states",
                "call": 'fetch("/nope", -1)',
                "error": -2,
                "error_name": "-ENOENT",
                "attempts": 2,
                "waiters": 0,
                "library": "libawait.so.0.1.0",
            },
        )
        self.assertIn(
            {
                "tid": self.runner,
                "name": "ps-app",
                "runs": ["#4104", "#4224"],
                "library": "libawait.so.0.1.0",
            },
            found["threads"],
        )
        groups = ps_json(self.pid, "--by=type")["groups"]
        self.assertEqual(sum(x["awaits"] for x in groups), 13)

    def test_process_goes_on(self) -> None:
        """It is never stopped: not traced, and in no stop state."""
        status = pathlib.Path(f"/proc/{self.pid}/status")
        for _ in range(5):
            ps(self.pid)
            self.assertRegex(status.read_text(), r"TracerPid:\t0\n")
            self.assertNotRegex(status.read_text(), r"State:\t[tT]")


class Promises(Case):
    """Which of them only those hold who wait."""

    def test_who_holds(self) -> None:
        process = self.start(PROMISES)
        until(
            lambda: sum(x["waiters"] for x in ps_json(process.pid)["list"]) == 4,
            "four threads wait",
        )
        alone = "promise, only who waits holds it unless lent (1 reference)"
        self.assertEqual(self.rows(process.pid), [alone, "promise", "promise"])
        process.send("\n")
        process.expect("ready\n")
        self.assertEqual(self.rows(process.pid), [alone, alone, "promise"])
        held = [x.get("held") for x in ps_json(process.pid)["list"]]
        self.assertEqual(held, [*2 * [alone.partition(", ")[2]], None])

    def rows(self, pid: int) -> list[str]:
        rows = re.findall(r"^#\d+ +pending +int +(.*?)  +ps_prom", ps(pid), re.M)
        return [str(row) for row in rows]


class Kept(Case):
    def test_arguments(self) -> None:
        process = self.start(APP, "states", env=os.environ | {"LIBAWAIT_DEBUG": "args"})
        calls = {x["id"]: x.get("call") for x in ps_json(process.pid)["list"]}
        self.assertEqual(calls["#2"], 'fetch("/etc/motd", 2)')
        self.assertEqual(calls["#4102"], "inner(...)")


class Churn(Case):
    """A process whose awaits change all the time."""

    RESULTS = {"one": ("resolved", "1"), "two": ("resolved", "2")}

    def check(self, row: Json) -> None:
        """Whatever is told of one await must go together."""
        function, state = row["function"], row["state"]
        self.assertEqual(row["type"], "long" if function == "two" else "int", row)
        if function == "stay":
            self.assertEqual((state, row["attempts"]), ("pending", 0), row)
        elif function == "flip":
            self.assertIn(state, ("pending", "running", "failed"), row)
            self.assertIn(row.get("error", -11), (-11,), row)
        elif state in ("resolved", "failed"):
            wanted = "failed" if function == "bad" else "resolved"
            self.assertEqual(state, wanted, row)
            if state == "failed" and "error" in row:
                self.assertEqual(row["error"], -5, row)
            if "value" in row:
                self.assertEqual(row["value"], self.RESULTS[function][1], row)
        else:
            self.assertIn(state, ("pending", "running"), row)
        if state == "resolved" or (state == "failed" and "attempts" in row):
            self.assertGreater(row["attempts"], 0, row)

    def test_invariants(self) -> None:
        stays = share(25_000, 100_000, "awaits that stay")
        process = self.start(APP, "churn", stays)
        before: dict[str, Json] = {}
        changed = 0
        for _ in range(4):
            found = ps_json(process.pid, "-n0")
            rows = found["list"]
            ids = [x["id"] for x in rows]
            self.assertEqual(len(ids), len(set(ids)), "an await appears twice")
            slots = collections.Counter(x.split(".")[0] for x in ids)
            self.assertEqual(max(slots.values()), 1, "two awaits in one slot")
            stay = [x for x in rows if x["function"] == "stay"]
            # All of them alive throughout: each exactly once.
            self.assertEqual(
                sorted(int(x["call"][5:-1]) for x in stay), list(range(stays))
            )
            self.assertEqual([x["function"] for x in rows].count("flip"), 1)
            for row in rows:
                self.check(row)
            self.assertEqual(found["awaits"], len(rows))
            self.assertEqual(sum(found["states"].values()), len(rows))
            now = {x["id"]: x for x in rows}
            changed += len(now.keys() ^ before.keys()) if before else 0
            before = now
        self.assertGreater(changed, 1000, "nothing changed meanwhile")
        process.send("over\n")
        process.expect(" rounds\n")
        self.assertEqual(process.end(), 0)

    def test_hot(self) -> None:
        """One await that changes at each look is there at each, once."""
        process = self.start(APP, "churn", 0)
        for _ in range(300):
            self.assertRegex(ps(process.pid, "--function=flip"), r"\A1 await: ")

    def test_threads(self) -> None:
        """Who is said to run an await that is told was it."""
        process = self.start(APP, "churn", 50)
        shown = 0
        end = time.monotonic() + LIMIT
        while shown < 20 and time.monotonic() < end:
            found = ps_json(process.pid, "--state=running")
            for thread in found["threads"]:
                self.assertLessEqual(len(thread["runs"]), 1, thread)
                self.assertNotIn("waits_for", thread)
                shown += len(thread["runs"])
            for row in found["list"]:
                self.assertIn(row["function"], ("one", "two", "bad", "flip"))
        self.assertGreater(shown, 0, "never was one seen running")


if __name__ == "__main__":
    tap.main()
