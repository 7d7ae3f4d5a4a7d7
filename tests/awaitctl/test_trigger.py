# SPDX-License-Identifier: MIT
"""awaitctl record --snapshot-on: a snapshot when an event happens, by a trigger
of LTTng, which is removed."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import unittest

import harness
from harness import APP, AWAITCTL, Running, daemons, run, until

import relays
import tap

TRIGGERED = os.environ["AWAITCTL_TRIGGERED"]
FAILURE = "exec_end if error != 0"

# So many awaits fit into rings of the usual size, and so many do not.
FEW, MANY = 1000, 100000


def snapshots(directory: pathlib.Path) -> list[pathlib.Path]:
    """In the order in which they were made."""
    found = directory.glob("snapshot-*")
    return sorted(found, key=lambda x: int(x.name.split("-")[-1]))


def active_sessions() -> str:
    """As LTTng's XML says."""
    listed = run("lttng", "--mi", "xml", "list").stdout
    each = re.findall("<session>.*?</session>", listed, re.S)
    return "".join(x for x in each if "<enabled>true</enabled>" in x)


def triggers() -> str:
    """Those of the session daemon that runs."""
    out = run("lttng", "list-triggers")
    if out.returncode:
        raise AssertionError(out.stderr)
    return out.stdout


class Case(relays.Case):
    def failing(
        self, count: int, every: int, *options: object, event: str = FAILURE
    ) -> Running:
        """A recording of a program that has made its awaits."""
        awaitctl = self.running(
            *(AWAITCTL, "record", "--snapshot-on", event, *options, "--"),
            *(TRIGGERED, "fail", count, every),
        )
        awaitctl.expect("ready")
        awaitctl.send("\n")
        awaitctl.expect("done")
        return awaitctl

    def made(self, count: int) -> None:
        until(lambda: len(snapshots(self.trace)) >= count, "a snapshot is made")

    def finish(self, awaitctl: Running) -> None:
        awaitctl.send("\n")
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())

    def failures(self, directory: pathlib.Path) -> list[str]:
        """The ids of the runs that failed."""
        text = run("babeltrace2", directory).stdout
        return re.findall(
            r" await:exec_end: .* id = (\d+), outcome = \( \"failed\"", text
        )


class Snapshots(Case):
    def test_first_match(self) -> None:
        """Long before its end: what led to it, and not what came first."""
        awaitctl = self.failing(MANY + FEW, MANY, "-o", self.trace)
        self.made(1)
        self.finish(awaitctl)
        self.assertEqual(
            awaitctl.stderr(),
            f"awaitctl: the trace in {self.trace}; next: awaitctl report "
            f"{self.trace}\n",
        )
        first, _ = snapshots(self.trace)
        (failed,) = self.failures(first)
        text = run("babeltrace2", first).stdout
        names = re.findall(rf" await:(\w+): .*[ {{]id = {failed}, ", text)
        self.assertEqual(
            names[:4], ["create", "create_stack", "exec_begin", "exec_end"]
        )
        before = text[: text.index('"failed"')].count(" await:exec_end: ")
        self.assertGreater(before, FEW)
        self.assertLess(text.count(" await:exec_end: "), MANY)
        out = run(AWAITCTL, "report", self.trace)
        self.assertIn("this is the last of 2 snapshots", out.stderr)

    def test_no_match(self) -> None:
        awaitctl = self.failing(FEW, FEW + 1, "-o", self.trace)
        self.finish(awaitctl)
        said, _ = awaitctl.stderr().splitlines()
        self.assertEqual(
            said,
            "awaitctl: no await:exec_end made a snapshot: none matched before the end",
        )
        self.assertEqual(len(snapshots(self.trace)), 1)
        self.assertEqual(self.report().totals["created"], FEW)

    def test_storm(self) -> None:
        """Half of all match, and one snapshot is made; more if asked for."""
        awaitctl = self.failing(FEW, 2, "-o", self.trace)
        self.made(1)
        os.kill(awaitctl.pid, signal.SIGUSR1)
        self.made(2)
        self.finish(awaitctl)
        self.assertEqual(len(snapshots(self.trace)), 3)
        self.assertEqual(len(self.failures(snapshots(self.trace)[-1])), FEW // 2)

    def test_event_alone(self) -> None:
        self.finish(self.failing(FEW, 2, "-o", self.trace, event="cycle"))
        self.assertEqual(len(snapshots(self.trace)), 1)
        self.trace = self.dir / "matches"
        awaitctl = self.failing(FEW, 2, "-o", self.trace, event="destroy")
        self.made(1)
        self.finish(awaitctl)
        self.assertEqual(len(snapshots(self.trace)), 2)

    def test_crash(self) -> None:
        awaitctl = self.failing(FEW, FEW, "-o", self.trace)
        self.made(1)
        (program,) = harness.processes(pathlib.Path(TRIGGERED).name)
        os.kill(program, signal.SIGKILL)
        self.assertEqual(awaitctl.end(), 128 + signal.SIGKILL)
        first, last = snapshots(self.trace)
        self.assertEqual(last.name, "snapshot-recovered-1")
        for each in first, last:
            self.assertEqual(len(self.failures(each)), 1)

    def test_attached(self) -> None:
        """Another process that fails does not matter."""
        self.start_daemon()
        program, other = (
            self.traced("fail", FEW, 2, program=TRIGGERED) for _ in range(2)
        )
        awaitctl = self.attach("--snapshot-on", FAILURE, "--attach", program.pid)
        # A trigger that the other does meet: it tells that LTTng has acted.
        run("lttng", "create", "witness", f"--output={self.dir}/witness")
        run("lttng", "enable-event", "-s", "witness", "-u", "await:cycle")
        out = run(
            *("lttng", "add-trigger", "--name=witness"),
            *("--condition=event-rule-matches", "--type=user"),
            "--name=await:exec_end",
            *("--filter=error != 0", "--action=start-session", "witness"),
        )
        self.assertEqual(out.returncode, 0, out.stderr)
        other.send("\n")
        other.expect("done")
        until(
            lambda: "<name>witness</name>" in active_sessions(),
            "LTTng has acted",
        )
        self.assertEqual(snapshots(self.trace), [])
        program.send("\n")
        program.expect("done")
        self.made(1)
        for each in program, other:
            each.send("\n")
            self.assertEqual(each.end(), 0)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        first, last = (len(self.failures(x)) for x in snapshots(self.trace))
        # LTTng may act before the event itself is in the ring: it comes second.
        self.assertLessEqual(first, last)
        self.assertEqual(last, FEW // 2)
        self.assertEqual(re.findall("name: (.*)", triggers()), ["witness"])
        run("lttng", "remove-trigger", "witness")
        run("lttng", "destroy", "witness")
        self.before |= daemons()

    def test_streamed(self) -> None:
        self.relay()
        awaitctl = self.failing(FEW, FEW, "--stream", self.address)
        (self.trace,) = until(
            lambda: list(self.folder.glob("*/*")), "something arrives"
        )
        self.made(1)
        self.finish(awaitctl)
        self.assertEqual([len(self.failures(x)) for x in snapshots(self.trace)], [1, 1])

    def test_dry_run(self) -> None:
        """What is printed makes the same snapshots with the same trigger."""
        self.start_daemon()
        self.before |= daemons()
        program = (TRIGGERED, "fail", FEW, FEW)
        options = ("--snapshot-on", FAILURE, "-o")
        out = run(
            *(AWAITCTL, "record", "--dry-run", *options, self.dir / "printed"),
            *program,
        )
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        (self.dir / "script").write_text(out.stdout)
        described = set()
        for command in (
            ("sh", self.dir / "script"),
            (AWAITCTL, "record", *options, self.dir / "recorded", *program),
        ):
            process = self.running(*command)
            process.expect("ready\n")
            described.add(
                re.sub(r"await-awaitctl-trig\S*?-[0-9a-f]{16}", "*", triggers())
            )
            process.send("\n")
            process.expect("done")
            name = "printed" if command[0] == "sh" else "recorded"
            until(lambda: snapshots(self.dir / name), "a snapshot is made")
            process.send("\n")
            self.assertEqual(process.end(), 0, process.stderr())
            self.assertEqual(triggers(), "")
            first, last = snapshots(self.dir / name)
            self.assertEqual(len(self.failures(first)), 1)
        self.assertEqual(len(described), 1, described)
        self.before |= daemons()

    def test_dry_run_of_process(self) -> None:
        for event, filtered in (
            (FAILURE, f"'(error != 0) && ($ctx.vpid == {os.getpid()})'"),
            ("cycle", f"'$ctx.vpid == {os.getpid()}'"),
        ):
            program = self.traced("ready")
            out = run(
                *(AWAITCTL, "record", "--dry-run", "--snapshot-on", event),
                *("--attach", program.pid),
            )
            wanted = filtered.replace(str(os.getpid()), str(program.pid))
            self.assertIn(f" --filter={wanted} ", out.stdout)


class Removed(Case):
    """A session daemon that goes on keeps no trigger."""

    def setUp(self) -> None:
        super().setUp()
        self.start_daemon()
        self.addCleanup(self.keep_daemons)

    def keep_daemons(self) -> None:
        self.before |= daemons()

    def test_interrupted(self) -> None:
        for asked in signal.SIGINT, signal.SIGTERM:
            self.trace = self.dir / asked.name
            awaitctl = self.failing(FEW, 2, "-o", self.trace)
            self.assertIn(":snapshot\n", triggers())
            os.kill(awaitctl.pid, asked)
            self.assertEqual(awaitctl.end(), 128 + asked, awaitctl.stderr())
            self.assertEqual((triggers(), harness.sessions()), ("", []))

    def test_program_cannot_start(self) -> None:
        program = self.dir / "program"
        program.write_text("#!/no such interpreter\n")
        program.chmod(0o755)
        out = run(
            *(AWAITCTL, "record", "--snapshot-on", FAILURE, "-o", self.trace),
            program,
        )
        self.assertNotEqual(out.returncode, 0)
        self.assertEqual((triggers(), harness.sessions()), ("", []))

    def test_filter_is_refused(self) -> None:
        out = run(
            *(AWAITCTL, "record", "--snapshot-on", "hit if id +"),
            *("-o", self.trace, APP, "exit", 0),
        )
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(
            out.stderr, r"\Aawaitctl: LTTng refuses the filter id \+: [^\n]+\n\Z"
        )
        self.assertFalse(self.trace.exists())
        self.assertEqual((triggers(), harness.sessions()), ("", []))

    def test_awaitctl_is_killed(self) -> None:
        """Then by who recovers; others' triggers stay."""
        run(
            *("lttng", "add-trigger", "--name=await-mine", "--condition"),
            *("event-rule-matches", "--type=user", "--action=notify"),
        )
        awaitctl = self.failing(FEW, 2, "-o", self.trace)
        (program,) = harness.processes(pathlib.Path(TRIGGERED).name)
        awaitctl.process.kill()
        awaitctl.process.wait(harness.LIMIT)
        os.kill(program, signal.SIGKILL)
        self.assertIn(":snapshot\n", triggers())
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(re.findall("name: (.*)", triggers()), ["await-mine"])
        self.assertEqual(harness.sessions(), [])
        run("lttng", "remove-trigger", "await-mine")


class Refused(Case):
    def refused(self, status: int, part: str, *options: object) -> None:
        out = run(AWAITCTL, "record", *options, APP, "exit", 0, cwd=self.dir)
        self.assertEqual((out.returncode, out.stdout), (status, ""))
        self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
        self.assertIn(part, out.stderr)
        self.assertEqual(list(self.dir.iterdir()), [])
        self.assertEqual(daemons(), self.before)

    def test_texts(self) -> None:
        for text, status, part in (
            ("exec_endx", 2, "there is no event exec_endx; see"),
            ("exec", 2, "there is no event exec; see"),
            ("await:cycle", 2, "there is no event await:cycle; see"),
            ("", 2, "there is no event"),
            ("exec_end error", 2, "'EVENT if EXPR', not exec_end error;"),
            ("exec_end if", 2, "'EVENT if EXPR', not exec_end if;"),
            ("exec_end if  ", 2, "'EVENT if EXPR', not exec_end if  ;"),
            ("hit iffy == 3", 2, "'EVENT if EXPR', not hit iffy"),
            ('exec_end if function == "f"', 1, "exec_end events have no field func"),
            ("hit if id == 3 && idx > 2", 1, "hit events have no field idx; see"),
            ("hit if id == = 3", 1, "LTTng refuses the filter id == = 3: "),
        ):
            with self.subTest(text=text):
                self.refused(status, part, "--snapshot-on", text)

    def test_other_options(self) -> None:
        for options, part in (
            (("--snapshot-on=hit",), "one --snapshot-on, not also hit"),
            (("--live",), "leave out --live or --snapshot"),
            (("--blocking",), "nothing to wait for"),
        ):
            with self.subTest(options=options):
                self.refused(2, part, "--snapshot-on", "cycle", *options)
        out = run(AWAITCTL, "record", "--snapshot-on", "hit", "--attach", "session")
        self.assertEqual(out.returncode, 2)
        self.assertIn("who made the session", out.stderr)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
