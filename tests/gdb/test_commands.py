# SPDX-License-Identifier: MIT
"""await tree, bt, why, args, mark, the $await functions, and -json: what golden
sessions (test_transcripts.py) do not show. See app.c and story.c."""

from __future__ import annotations

import json
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
    BUILD,
    CHECKPOINT,
    LIBRARY,
    PLAIN,
    SELECTED,
    STORY,
    STUB,
    answers,
    attached,
    gdb,
)

GAP = BUILD / "tests/gdb/gap"
GUIDE = Path(__file__).resolve().parents[2] / "docs/gdb.md"
COMMANDS = ["await tree", "await bt", "await why", "await args", "await mark"]
FUNCTIONS = ["await", "await_value", "await_state", "await_args"]
HANG = ("break lock_cache", "run")


class Json(unittest.TestCase):
    def ask(self, *options: str, before: tuple[str, ...] = ()) -> list[dict]:
        commands = [f"info awaits -json {each}" for each in options]
        output = gdb(*CHECKPOINT, *before, *commands)
        found = [json.loads(x) for x in output.splitlines() if x.startswith("{")]
        self.assertEqual(len(found), len(options), output)
        return found

    def test_awaits(self) -> None:
        everything, two, none = self.ask("-limit 0", "-limit 2", "-function no_such")
        counts = {"pending": 3, "running": 2, "resolved": 10}
        self.assertEqual(everything["counts"], {**counts, "failed": 2, "cancelled": 1})
        self.assertEqual(everything["total"], len(everything["awaits"]))
        self.assertEqual((two["total"], len(two["awaits"])), (18, 2))
        self.assertEqual((none["total"], none["awaits"]), (0, []))
        by_id = {each["id"]: each for each in everything["awaits"]}
        first = by_id["#1"]
        self.assertEqual(first["arguments"], {"path": '"/etc/hosts"', "depth": "0"})
        self.assertEqual((first["value"], first["error"]), (None, None))
        self.assertEqual(by_id["#3"]["error"], -2)
        self.assertEqual(by_id["#3"]["attempts"], 2)
        self.assertTrue(by_id["#3"]["file"].endswith("gdb/app.c"))
        # What a run left behind that was repeated is no error of the await.
        self.assertEqual(
            {x["id"] for x in by_id.values() if x["error"] is not None},
            {x["id"] for x in by_id.values() if x["state"] == "failed"},
        )
        (outer,) = (x for x in everything["awaits"] if x["function"] == "outer")
        self.assertEqual((outer["thread"], outer["waiting"]), (1, [2]))
        self.assertEqual(outer["tid"], everything["threads"][0]["tid"])
        self.assertEqual(everything["threads"][0]["runs"][0], outer["id"])
        self.assertEqual(everything["threads"][1]["waits_for"], outer["id"])
        self.assertEqual({type(x["damage"]) for x in by_id.values()}, {type(None)})

    def test_as_documented(self) -> None:
        guide = GUIDE.read_text().split("### JSON")[1].split("\n## ")[0]
        tables = re.findall(r"(?:^\|.*\n)+", guide, re.MULTILINE)
        told = [
            set(re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", each))))
            for each in tables
        ]
        listed, grouped = self.ask("-limit 1", "-group state -limit 1")
        self.assertEqual(set(listed) | set(grouped), told[0])
        self.assertEqual(set(listed["awaits"][0]), told[1])
        self.assertEqual(set(grouped["groups"][0]), {"state", "count", "states"})
        for member in listed["threads"][0]:
            self.assertIn(f"`{member}`", guide)

    def test_groups_add_up(self) -> None:
        keys = ("function", "site", "state", "type", "thread")
        for document in self.ask(*(f"-group {key} -limit 0" for key in keys)):
            groups = document["groups"]
            self.assertEqual(sum(each["count"] for each in groups), 18)
            for each in groups:
                self.assertEqual(sum(each["states"].values()), each["count"])

    def test_anything_in_a_string(self) -> None:
        (document,) = self.ask("-limit 0", before=("set {char}first_page.title = -1",))
        arguments = {each["function"]: each["arguments"] for each in document["awaits"]}
        self.assertIn('"\\xffirst"', arguments["mix"]["page"])
        paths = [each["arguments"] for each in document["awaits"][:3]]
        self.assertEqual(paths[2], {"path": '"/no\\"pe\\n"', "depth": "-1"})


class Words(unittest.TestCase):
    def test_help(self) -> None:
        names = [*COMMANDS, *(f"function {name}" for name in FUNCTIONS)]
        marked = [part for n in names for part in ("echo ==\\n", f"help {n}")]
        found = answers(gdb(*CHECKPOINT, *marked))
        self.assertEqual(len(found), len(names))
        for name, text in zip(names, found):
            self.assertRegex(text, r"(?m)^Usage: ", name)
            self.assertRegex(text, r"(?m)^Example:\n  \(gdb\) ", name)
            self.assertLessEqual(max(map(len, text.splitlines())), 80, name)

    def test_prefix(self) -> None:
        output = gdb(*CHECKPOINT, "await", "help aw", "complete aw")
        for command in COMMANDS:
            self.assertIn(f"\n{command} -- ", output)
        self.assertIn("Set an access watchpoint for EXPRESSION", output)
        self.assertIn("\naw\nawait\nawatch\n", output)

    def test_sourced_twice(self) -> None:
        output = gdb(*CHECKPOINT, f"source {STUB}", "help aw", "await why #1")
        self.assertIn("Set an access watchpoint", output)
        self.assertIn("#1 fetch is pending", output)

    def test_completion(self) -> None:
        wanted = {
            "info awaits -gr": ["-group"],
            "info awaits --js": ["--json"],
            "info awaits -state running,f": ["-state running,failed"],
            "info awaits -json -state ca": ["-json -state cancelled"],
            "info awaits -function f": ["-function fetch", "-function fill"],
            "info awaits -type p": ["-type page"],
            "info awaits -site other.c:": ["-site other.c:23", "-site other.c:25"],
            "info awaits -thread ": ["-thread 1", "-thread 2"],
            "info awaits -group s": ["-group site", "-group state"],
            "info awaits -sort t": ["-sort type"],
            "info awaits -limit ": [],
        }
        ids = ["#4100", "#4101", "#4102", "#4103", "#4104", "#4105.1"]
        commands = [*wanted, "await why #410", "await bt #4105.", "await args #5"]
        marked = [part for c in commands for part in ("echo ==\\n", f"complete {c}")]
        found = answers(gdb(*CHECKPOINT, *marked))
        self.assertEqual(len(found), len(commands))
        for (command, ends), text in zip(wanted.items(), found):
            expected = [f"info awaits {end}" for end in ends]
            self.assertEqual(text.splitlines(), expected, command)
        last = [text.splitlines() for text in found[-3:]]
        self.assertEqual(last[0], [f"await why {each}" for each in ids])
        self.assertEqual(last[1:], [["await bt #4105.1"], ["await args #5"]])

    def test_completion_without_process(self) -> None:
        output = gdb(
            f"source {STUB}",
            "complete await why #",
            "complete info awaits -function ",
            "complete info awaits -sta",
            program=PLAIN,
        )
        self.assertEqual(output.strip().splitlines()[-1], "info awaits -state")


class Places(unittest.TestCase):
    def test_selection_is_kept(self) -> None:
        output = gdb(
            *HANG,
            "thread 1",
            "frame function hang",
            "await tree",
            "await why #1",
            "await bt #4096",
            "info awaits",
            "echo ==\\n",
            "frame",
            SELECTED,
            program=STORY,
            arguments=("hang",),
        )
        (end,) = answers(output)
        self.assertIn("in hang () at", end)
        self.assertIn("\nselected: thread 1\n", end)

    def test_thread_that_runs(self) -> None:
        # All but the thread at the breakpoint go on: their stacks are no one's.
        output = gdb(
            "set non-stop on",
            *HANG,
            "await tree",
            "thread 2",
            "continue&",
            "await tree",
            "await bt #1",
            "await why #1",
            program=STORY,
            arguments=("hang",),
        )
        self.assertIn("`- thread 2 is in lock_cache () at story.c:", output)
        self.assertIn("`- thread 2, whose stack gdb cannot see now", output)
        self.assertIn("\nThread 2, whose stack gdb cannot see now.\n", output)

    def test_true_hang(self) -> None:
        output = attached("await tree", "await bt #1")
        self.assertRegex(
            output,
            r"Thread 1, LWP \d+\n"
            r"`- #4096 count on thread 2, waited for at story\.c:\d+ in hang\(\)\n"
            r"   `- #1 parse, waited for at story\.c:\d+ in count\(\)\n"
            r"      `- thread 2 is in pthread_mutex_lock \(\), called by lock_cache ",
        )
        # The C library's own frames are left out, whatever is known of them.
        frames = re.findall(r"(?m)^  #\d+ +(.*?) \(\)", output)
        self.assertEqual(
            frames, ["pthread_mutex_lock", "lock_cache", "parse", "parse_await_run"]
        )

    def test_failures_that_are_final(self) -> None:
        way = ("break answer", "run", "await why #1")
        output = gdb(*way, program=GAP, arguments=("2",))
        told = "#1 number failed: -EDOM (Numerical argument out of domain), 1 attempt."
        self.assertIn(f"\n{told} Every wait returns that.\n", output)

    def test_mark_is_of_one_process(self) -> None:
        output = gdb(*CHECKPOINT, "await mark", "kill", "run", "info awaits -new")
        self.assertIn("18 awaits are marked", output)
        self.assertIn("nothing is marked: `await mark` marks what there", output)

    def test_mark_sees_what_took_a_place(self) -> None:
        output = gdb(
            "break make_other",
            "run",
            "await mark",
            "break checkpoint",
            "continue",
            *("echo ==\\n", "info awaits -new -sort id"),
            *("echo ==\\n", "info awaits -old -group state"),
        )
        new, old = answers(output)
        functions = re.findall(r"(?m)^#\S+ +\w+ +\w+ +(\w+)", new)
        self.assertEqual(sorted(functions), ["fetch", "nowait"])
        self.assertIn("16 awaits are marked", output)
        total = sum(int(n) for n in re.findall(r"(?m)^ +(\d+) ", old))
        self.assertEqual(total, 16)

    def test_mark_knows_lives(self) -> None:
        # #4105 ends, and #4105.1 begins in its place.
        output = gdb(
            *("set breakpoint pending on", "break await_core_unref", "run"),
            *("await mark", "delete", "break make_other", "continue"),
            *("echo ==\\n", "info awaits -new", "info awaits -old -group state"),
        )
        (told,) = answers(output)
        self.assertIn("16 awaits are marked", output)
        self.assertEqual(re.findall(r"(?m)^#\S+", told), ["#4105.1"])
        total = sum(int(n) for n in re.findall(r"(?m)^ +(\d+) ", told))
        self.assertEqual(total, 15)

    def test_no_process(self) -> None:
        commands = ["await tree", "await why #1", "await bt #1", "await mark"]
        commands += ["print $await_value(1)", "info awaits -group site -json"]
        output = gdb(f"source {STUB}", *commands, program=PLAIN)
        told = "no process: run the program or open a core file\n"
        self.assertEqual(output.count(told), len(commands), output)


# Every instruction from the first create to the failed wait, and what each
# command says there. What is not sound at every one of them is printed.
STEPS = """
import json
kinds = set()
steps = 0
while steps < 6000:
    steps += 1
    gdb.execute("stepi", to_string=True)
    frame = gdb.selected_frame()
    if "abort" in str(frame.name()):
        break
    # Not each of libc's: the first create maps memory.
    if "/libc." in (gdb.solib_name(frame.pc()) or ""):
        gdb.execute("finish", to_string=True)
    document = json.loads(gdb.execute("info awaits -json", to_string=True))
    if document["warnings"]:
        print("unsound", document["warnings"])
    kinds.add(tuple(sorted(document["counts"].items())))
    for command in ("await tree", "await why #1", "await bt #2"):
        try:
            told = gdb.execute(command, to_string=True)
            if "warning" in told:
                print("unsound", command, told)
        except gdb.error as error:
            if not str(error).startswith("no await #"):
                print("unsound", command, error)
print("stepped", steps > 500, len(kinds))
for kind in sorted(kinds):
    print("seen", dict(kind))
"""


class Steps(unittest.TestCase):
    def test_every_instruction(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            script = Path(scratch) / "steps.py"
            script.write_text(STEPS)
            output = gdb(
                "set environment LD_BIND_NOW 1",
                *("break fail", "run", f"source {script}"),
                program=STORY,
                arguments=("fail",),
            )
        self.assertRegex(output, r"(?m)^stepped True \d+$")
        self.assertNotIn("unsound", output)
        for counts in (
            {},
            {"pending": 4},
            {"pending": 3, "running": 1},
            {"pending": 3, "resolved": 1},
            {"pending": 2, "resolved": 1, "running": 1},
            {"failed": 1, "pending": 2, "resolved": 1},
        ):
            self.assertIn(f"\nseen {counts}\n", output)


class Stripped(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name).resolve()
        for path, name in ((APP, "app"), (LIBRARY, LIBRARY.name)):
            target = self.scratch / name
            subprocess.run(["strip", "-o", target, path], check=True, timeout=60)
        (self.scratch / "libawait.so.0").symlink_to(LIBRARY.name)
        shutil.copy(STUB, self.scratch)

    def test_all_commands(self) -> None:
        commands = [
            "await tree",
            "await why #1",
            "await why #4104",
            "await bt #4104",
            "await args #1",
            "await args #13309",
            "print $await_state(1)",
            "print $await_value(4097)",
            "print $await_value(4098)",
            "print $await_value(4099)",
            "print $await_value(2)",
            "print $await_args(1)",
            "info awaits -group site -function fetch",
        ]
        marked = [part for c in commands for part in ("echo ==\\n", c)]
        core = self.scratch / "core"
        live = gdb(
            "run",
            *marked,
            "echo ==\\n",
            f"generate-core-file {core}",
            program=self.scratch / "app",
            arguments=("0", "abort"),
            safe=self.scratch,
            library_path=self.scratch,
        )
        self.check(live)
        dead = gdb(*marked, program=self.scratch / "app", core=core, safe=self.scratch)
        self.check(dead)

    def check(self, output: str) -> None:
        found = answers(output)
        tree, pending, running, bt, args, mixed, state, real, text = found[:9]
        self.assertRegex(tree, r"`- #4104 outer on thread 1, waited for at 0x\w+\n")
        self.assertRegex(tree, r"\n      `- thread 1 is in ")
        self.assertIn("#1 fetch is pending", pending)
        self.assertIn("In it, thread 1 runs #4103 inner", running)
        self.assertRegex(bt, r"\nwaited by    thread 2, at 0x\w+\n")
        self.assertRegex(bt, r"\n  #\d+ ")
        self.assertEqual(args, 'const char *path = "/etc/hosts"\nint depth = 0\n')
        self.assertIn("struct page page = <struct page, 16 bytes: 01 00", mixed)
        self.assertRegex(state, r"^\$1 = 1\n")
        self.assertRegex(real, r"= 1\.5\n")
        self.assertRegex(text, r'= 0x\w+ "hello"\n')
        number, page, arguments, groups = found[9:13]
        self.assertRegex(number, r"= 33\n")
        self.assertRegex(page, r'= "\\a\\000')
        self.assertIn("no debug information tells the types of fetch's", arguments)
        self.assertRegex(groups, r"other\.c:\d+ fetch\n")


if __name__ == "__main__":
    tap.main()
