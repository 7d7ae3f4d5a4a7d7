# SPDX-License-Identifier: MIT
"""Recordings at the same time hold each other's programs. The report counts the
program that was recorded and its descendants, and names the rest."""

from __future__ import annotations

import os
import re
import unittest

import harness
import public
from harness import APP, AWAITCTL, daemons, run

import tap

LEFT_OUT = "Left out, as they are not of this recording: "
MINE, OTHERS = 50, 7


class Belonging(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.start_daemon()
        self.before |= daemons()
        self.addCleanup(lambda: self.before.update(daemons()))
        self.started = 0

    def other(self, **options: object) -> harness.Running:
        """A program that is traced, of no recording, and is waiting."""
        environment = {**os.environ, "LIBAWAIT_TRACE": "1"}
        environment.pop("LIBAWAIT_RECORDING", None)
        app = self.running(APP, "burst", OTHERS, env=environment, **options)
        app.expect("ready")
        return app

    def burst(self, app: harness.Running) -> None:
        app.send("\n")
        app.expect("done")

    def end(self, app: harness.Running) -> None:
        app.send("\n")
        self.assertEqual(app.end(), 0, app.stderr())

    def begin(self, *program: object, **options: object) -> harness.Running:
        """A recording, whose program is waiting."""
        self.started += 1
        self.trace = self.dir / str(self.started)
        awaitctl = self.record(*(program or (APP, "burst", MINE)), **options)
        awaitctl.expect("ready")
        return awaitctl

    def counted(self, *options: str) -> tuple[int, str]:
        """The runs in the report on self.trace, and what it says of others."""
        report = self.report(*options)
        left = re.findall(rf"^{LEFT_OUT}(.*); see --all$", report.text, re.M)
        return report.functions["square"][1], "".join(left)

    def test_begun_before_and_after(self) -> None:
        """Another program, without a recording: as any of this user, or where the
        session daemon is root's, of any user."""
        before = self.other()
        awaitctl = self.begin()
        after = self.other()
        for app in before, awaitctl, after:
            self.burst(app)
        for app in after, awaitctl, before:
            self.end(app)
        runs, others = self.counted()
        self.assertEqual(runs, MINE)
        names = {f"awaitctl-app ({x.pid})" for x in (before, after)}
        self.assertEqual(set(others.split(", ")), names)
        self.assertEqual(self.counted("--all"), (MINE + 2 * OTHERS, ""))
        self.assertIn(", processes: 1)", self.report().text)
        self.assertIn(", processes: 3)", self.report("--all").text)

    def test_of_another_user(self) -> None:
        if os.getuid() != 0:
            self.skipTest("needs root, whose session daemon records all users")
        self.dir.chmod(0o755)
        tracer = (os.environ["LIBAWAIT_TRACER"], os.environ["LIBAWAIT_LTTNG"])
        program, environment = public.copy(
            self.dir, APP, os.environ["LIBAWAIT"], *tracer
        )
        awaitctl = self.begin()
        environment["LIBAWAIT_TRACE"] = "1"
        app = self.running(
            *(program, "burst", OTHERS),
            **{"env": environment, "user": public.NOBODY, "cwd": "/"},
        )
        app.expect("ready")
        for one in app, awaitctl:
            self.burst(one)
            self.end(one)
        self.assertEqual(self.counted(), (MINE, f"awaitctl-app ({app.pid})"))

    def test_two_recordings(self) -> None:
        """Read together, too, each program counts once."""
        place = self.dir / "both"
        place.mkdir()
        both = []
        for name in "one", "two":
            self.trace = place / name
            both.append(self.record(APP, "burst", MINE))
        for awaitctl in both:
            awaitctl.expect("ready")
        for awaitctl in both:
            self.burst(awaitctl)
        for awaitctl in both:
            self.end(awaitctl)
        for name in "one", "two":
            self.trace = place / name
            runs, others = self.counted()
            self.assertEqual(runs, MINE)
            self.assertRegex(others, r"\Aawaitctl-app \(\d+\)\Z")
        self.trace = place
        self.assertEqual(self.counted()[0], 2 * MINE)
        self.assertEqual(self.counted("--all")[0], 4 * MINE)

    def test_one_in_another(self) -> None:
        """The inner one's program belongs to both."""
        inner = self.dir / "inner"
        script = f'"$0" record -o {inner} "$1" burst {MINE}; "$1" burst {OTHERS}'
        awaitctl = self.begin("sh", "-c", script, AWAITCTL, APP)
        self.burst(awaitctl)
        awaitctl.send("\n")
        awaitctl.expect("ready")
        self.burst(awaitctl)
        self.end(awaitctl)
        self.assertEqual(self.counted(), (MINE + OTHERS, ""))
        self.trace = inner
        self.assertEqual(self.counted(), (MINE, ""))

    def test_descendants(self) -> None:
        """Far away: in a session of its own, and with no parent that is left."""
        other = self.other()
        end = self.dir / "end"
        os.mkfifo(end)
        child = f'"$0" burst {MINE} <&3; echo > {end}'
        script = f"""
            exec 3<&0
            ( (setsid sh -c '{child}' "$0") & )
            read line < {end}"""
        awaitctl = self.begin("sh", "-c", script, APP)
        self.burst(other)
        self.burst(awaitctl)
        self.end(awaitctl)
        self.end(other)
        self.assertEqual(self.counted(), (MINE, f"awaitctl-app ({other.pid})"))

    def test_cleared_environment(self) -> None:
        """What has the tracer, and a parent that belongs."""
        script = (
            "import os, subprocess, sys, ctypes\n"
            "ctypes.CDLL(sys.argv[1])\n"
            "env = {k: os.environ[k] for k in ('LD_LIBRARY_PATH', 'PATH', "
            "'LTTNG_HOME', 'HOME') if k in os.environ}\n"
            "env['LIBAWAIT_TRACE'] = '1'\n"
            "subprocess.run(sys.argv[2:], env=env, check=True)\n"
            "os.execve(sys.argv[2], sys.argv[2:], env)\n"
        )
        other = self.other()
        program = ("python3", "-c", script, os.environ["LIBAWAIT_TRACER"])
        awaitctl = self.begin(*program, APP, "burst", MINE)
        self.burst(other)
        self.burst(awaitctl)
        awaitctl.send("\n")
        awaitctl.expect("ready")
        self.burst(awaitctl)
        self.end(awaitctl)
        self.end(other)
        self.assertEqual(self.counted(), (2 * MINE, f"awaitctl-app ({other.pid})"))

    def test_only_others(self) -> None:
        other = self.other()
        awaitctl = self.begin("sh", "-c", "echo ready; read line")
        self.burst(other)
        self.end(awaitctl)
        self.end(other)
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(
            out.stderr, r"\Aawaitctl: [^\n]* all are of others; see report --all\n\Z"
        )
        self.assertEqual(self.counted("--all")[0], OTHERS)

    def test_attached(self) -> None:
        """In the session of a process is nothing else."""
        app, other = self.other(), self.other()
        awaitctl = self.attach("--attach", app.pid)
        for one in app, other:
            self.burst(one)
            self.end(one)
        self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.assertEqual(self.counted(), (OTHERS, ""))

    def test_by_hand(self) -> None:
        """In a session with another name nobody knows: all count."""
        run("lttng", "create", "mine", f"--output={self.trace}")
        run("lttng", "enable-event", "--userspace", "await:*")
        run("lttng", "add-context", "--userspace", "--type=vpid")
        run("lttng", "start")
        for app in self.other(), self.other():
            self.burst(app)
            self.end(app)
        run("lttng", "destroy", "mine")
        self.assertEqual(self.counted(), (2 * OTHERS, ""))

    def test_flight_recorder(self) -> None:
        """Whose a process is stays in the rings whatever is overwritten."""
        other = self.other()
        self.trace = self.dir / "rings"
        awaitctl = self.running(
            *(AWAITCTL, "record", "--snapshot", "--buffers=64kx2"),
            *("-o", self.trace, "--", APP, "burst", 20000),
        )
        awaitctl.expect("ready")
        self.burst(other)
        self.burst(awaitctl)
        self.end(awaitctl)
        self.end(other)
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn(f"{LEFT_OUT}awaitctl-app ({other.pid}); ", out.stdout)
        self.assertIn(", processes: 1)", out.stdout)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
