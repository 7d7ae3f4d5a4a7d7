# SPDX-License-Identifier: MIT
"""awaitctl doctor and LTTng's session daemon: which runs, whose it is, and what
keeps one from being started. What it says of a place is held to what awaitctl
record does there."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess

import doctorcase
import harness
from doctorcase import NOBODY
from harness import AWAITCTL, run, until

import public
import tap

DAEMON, HOME, GROUP = "session daemon", "LTTng's home", "group tracing"


class Daemon(doctorcase.Case):
    def test_none(self) -> None:
        answer = self.doctor()
        self.finds(answer, DAEMON, "ok", "none runs; awaitctl record starts one")
        self.assertEqual(harness.daemons() - self.before, set())

    def test_runs(self) -> None:
        pid = self.start_daemon()
        self.before |= harness.daemons()
        user = "root" if os.getuid() == 0 else "of"
        answer = self.doctor()
        self.finds(answer, DAEMON, "ok", f"process {pid} of {user}", "answers")
        # It is as it was.
        self.assertEqual(harness.sessions(), [])
        self.assertIn(pid, harness.processes("lttng-sessiond"))

    def test_does_not_answer(self) -> None:
        pid = self.start_daemon()
        self.before |= harness.daemons()
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        answer = self.doctor()
        self.finds(answer, DAEMON, "problem", "does not answer", "Continue or end it")

    def test_program_was_replaced(self) -> None:
        found = shutil.which("lttng-sessiond")
        assert found
        program = self.dir / "lttng-sessiond"
        shutil.copy(found, program)
        process = subprocess.Popen(
            [program, "--no-kernel"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

        def stop() -> None:
            process.terminate()
            process.wait(harness.LIMIT)

        self.addCleanup(stop)
        until(lambda: run("lttng", "list").returncode == 0, "a daemon answers")
        self.before |= harness.daemons()
        program.unlink()
        answer = self.doctor()
        self.finds(answer, DAEMON, "warning", "was replaced", "restart it")


class Home(doctorcase.Case):
    """Of a user that has nothing; root's daemons are in /run."""

    def place(self, length: int) -> pathlib.Path:
        """A folder of nobody, whose path is that long."""
        folder = self.dir / "x"
        folder = pathlib.Path(str(folder) + "x" * (length - len(str(folder))))
        folder.mkdir()
        os.chown(folder, NOBODY, NOBODY)
        self.assertEqual(len(str(folder)), length)
        return folder

    def records(self, home: str) -> bool:
        """Whether awaitctl record does there."""
        program, environment = public.copy(
            self.dir, harness.APP, *(os.environ[x] for x in self.LIBRARIES)
        )
        options = self.options
        out = run(
            options["program"],
            *("record", "-o", self.place(60) / "trace", "--", program, "exit", 0),
            **{k: v for k, v in options.items() if k != "program"}
            | {"env": environment | {"LTTNG_HOME": home, "HOME": home}},
        )
        self.assertTrue(out.returncode == 0 or out.stderr, out)
        return out.returncode == 0

    LIBRARIES = ("LIBAWAIT", "LIBAWAIT_TRACER", "LIBAWAIT_LTTNG")

    def look(self, home: str | None, **more: str) -> doctorcase.Answer:
        self.options = self.as_nobody()
        environment = self.options["env"]
        environment.pop("HOME", None)
        if home is not None:
            environment["HOME"] = home
        environment.update(more)
        return self.doctor(**self.options)

    def test_well(self) -> None:
        home = str(self.place(50))
        self.finds(self.look(home), HOME, "ok", f"{home}/.lttng")
        self.assertEqual(os.listdir(home), [])
        self.assertTrue(self.records(home))

    def test_not_there(self) -> None:
        answer = self.look("/nonexistent")
        self.finds(
            answer, HOME, "problem", "/nonexistent/.lttng: No such", "LTTNG_HOME"
        )
        self.assertFalse(self.records("/nonexistent"))

    def test_another_place(self) -> None:
        answer = self.look("/nonexistent", LTTNG_HOME=str(self.place(50)))
        self.finds(answer, HOME, "ok")

    def test_of_somebody_else(self) -> None:
        answer = self.look("/usr")
        self.finds(answer, HOME, "problem", "Permission denied")
        self.assertFalse(self.records("/usr"))

    def test_longest_path(self) -> None:
        """The longest that is called right is, and the next is not."""
        for length, level in ((77, "ok"), (78, "problem")):
            with self.subTest(length=length):
                home = str(self.place(length))
                answer = self.look(home)
                self.finds(answer, HOME, level)
                self.assertEqual(self.records(home), level == "ok")
                shutil.rmtree(home)
                shutil.rmtree(self.dir / ("x" * (60 - len(str(self.dir)) - 1)))
        self.assertIn("at most 77 characters", answer.said[HOME])

    def test_none_for_root(self) -> None:
        """Which needs none."""
        if os.getuid() != 0:
            self.skipTest("needs root")
        environment = {**os.environ, "HOME": "/nonexistent"}
        environment["LTTNG_HOME"] = "/nonexistent"
        self.finds(self.doctor(env=environment), HOME, "ok", "/var/run/lttng")
        out = self.recorded(harness.APP, "exit", 0, env=environment)
        self.assertEqual(out.returncode, 0, out.stderr)

    def test_root_cannot_write(self) -> None:
        before = self.among_mounts("mount -t tmpfs -o ro tmpfs /run")
        answer = self.doctor(*before)
        self.finds(answer, HOME, "problem", "Read-only file system", "/run")
        out = run(*before, AWAITCTL, "record", "-o", self.trace, "--", "true")
        self.assertEqual(out.returncode, 1, out.stderr)


class Group(doctorcase.Case):
    def look(self, members: str, *more: object) -> doctorcase.Answer:
        groups = self.dir / "group"
        groups.write_text(f"root:x:0:\ntracing:x:777:{members}\nnogroup:x:65534:\n")
        options = self.as_nobody()
        for option in ("user", "group", "extra_groups"):
            options.pop(option)
        return self.doctor(
            *self.among_mounts(f"mount --bind {groups} /etc/group"),
            *("setpriv", "--reuid=65534", "--regid=65534"),
            *(more or ("--clear-groups",)),
            **options,
        )

    def test_root(self) -> None:
        if os.getuid() == 0:
            self.finds(self.doctor(), GROUP, "ok", "root needs none")

    def test_in_it(self) -> None:
        answer = self.look("nobody", "--groups=777")
        self.finds(answer, GROUP, "ok", "nobody is in it")

    def test_not_in_it(self) -> None:
        self.finds(self.look(""), GROUP, "ok", "nobody is not in it")

    def test_not_in_it_and_root_has_a_daemon(self) -> None:
        if os.getuid() == 0:
            self.start_daemon()
            self.before |= harness.daemons()
        answer = self.look("")
        self.finds(answer, GROUP, "warning", "usermod -aG tracing nobody")

    def test_login_is_older(self) -> None:
        answer = self.look("nobody")
        self.finds(answer, GROUP, "warning", "log in again")


if __name__ == "__main__":
    tap.main()
