# SPDX-License-Identifier: MIT
"""awaitctl doctor on machines and in containers that lack or refuse something:
/dev/shm, ptrace, programs of 32 bits."""

from __future__ import annotations

import os

import doctorcase
import harness
from harness import AWAITCTL, run

import seccomp
import tap

SHM = "/dev/shm"


class Shm(doctorcase.Case):
    def with_options(self, options: str) -> doctorcase.Answer:
        return self.doctor(
            *self.among_mounts(f"mount -t tmpfs -o {options} tmpfs {SHM}")
        )

    def test_well(self) -> None:
        answer = self.with_options("size=256m")
        self.finds(answer, SHM, "ok", "256 MiB, 256 MiB free")

    def test_too_small(self) -> None:
        """So small that awaitctl record refuses, too."""
        answer = self.with_options("size=64k")
        self.finds(answer, SHM, "problem", " KiB are free", "remount,size=")
        before = self.among_mounts(f"mount -t tmpfs -o size=64k tmpfs {SHM}")
        out = run(*before, AWAITCTL, "record", "-o", self.trace, "--", "true")
        self.assertIn(" KiB are free in /dev/shm", out.stderr)

    def test_read_only(self) -> None:
        answer = self.with_options("ro")
        self.finds(answer, SHM, "problem", "Read-only file system", "remount,rw")

    def test_no_room_for_files(self) -> None:
        answer = self.with_options("nr_inodes=1")
        self.finds(answer, SHM, "problem", "No space left", "nr_inodes=0")

    def test_not_for_all(self) -> None:
        user = self.as_nobody()
        before = self.among_mounts(f"mount -t tmpfs -o mode=0755 tmpfs {SHM}")
        for option in ("user", "group", "extra_groups"):
            user.pop(option)
        answer = self.doctor(
            *before,
            *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
            **user,
        )
        self.finds(answer, SHM, "problem", "Permission denied", "chmod 1777")

    def test_not_there(self) -> None:
        script = (
            "mount -t tmpfs tmpfs /dev && mknod /dev/null c 1 3 && chmod 666 /dev/null"
        )
        answer = self.doctor(*self.among_mounts(script))
        self.finds(answer, SHM, "problem", "is not there", "mount -t tmpfs")


class Membarrier(doctorcase.Case):
    def test_well(self) -> None:
        self.finds(self.doctor(), "membarrier", "ok")

    def test_refused_by_seccomp(self) -> None:
        """So it is with programs, which then run untraced."""
        if not seccomp.KNOWN:
            self.skipTest("knows the numbers of x86-64's system calls only")
        answer = self.doctor(preexec_fn=lambda: seccomp.refuse(seccomp.MEMBARRIER))
        self.finds(answer, "membarrier", "problem", "is refused", "seccomp profile")
        app = harness.APP
        out = self.recorded(
            app, "exit", 0, preexec_fn=lambda: seccomp.refuse(seccomp.MEMBARRIER)
        )
        self.assertIn("running untraced", out.stderr)


class Ptrace(doctorcase.Case):
    def test_well(self) -> None:
        self.finds(self.doctor(), "ptrace", "ok", "read and stopped")

    def test_refused_by_seccomp(self) -> None:
        if not seccomp.KNOWN:
            self.skipTest("knows the numbers of x86-64's system calls only")
        for calls, what in (
            ((seccomp.PTRACE,), "stopped (gdb, lldb)"),
            ((seccomp.PROCESS_VM_READV,), "read (awaitctl ps, top)"),
            ((seccomp.PTRACE, seccomp.PROCESS_VM_READV), "read or stopped"),
        ):
            with self.subTest(what=what):
                answer = self.doctor(preexec_fn=lambda: seccomp.refuse(*calls))
                self.finds(
                    answer,
                    "ptrace",
                    "problem",
                    f"a child cannot be {what}",
                    "Operation not permitted",
                    "--cap-add=SYS_PTRACE",
                )

    def with_scope(self, scope: int, *before: str, **options: object) -> None:
        # The kernel's own file, if there is one, is the same for the machine.
        script = f"mount -t tmpfs tmpfs /proc/sys/kernel && cd /proc/sys/kernel &&\
            mkdir yama && echo {scope} >yama/ptrace_scope && cd /"
        self.answer = self.doctor(*self.among_mounts(script), *before, **options)

    def test_scope_for_root(self) -> None:
        """Who may look at all is not held by it, but for 3."""
        for scope, level in ((0, "ok"), (1, "ok"), (2, "ok"), (3, "problem")):
            self.with_scope(scope)
            self.finds(self.answer, "ptrace", level)
        self.assertIn("not even by root", self.answer.said["ptrace"])

    def test_scope_for_others(self) -> None:
        capless = ("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace")
        for scope, level in ((0, "ok"), (1, "warning"), (2, "problem")):
            self.with_scope(scope, *capless)
            self.finds(self.answer, "ptrace", level)
            if scope:
                said = f"kernel.yama.ptrace_scope is {scope}"
                self.assertIn(said, self.answer.said["ptrace"])
                self.assertIn("sysctl", self.answer.said["ptrace"])


class Programs32(doctorcase.Case):
    NAME = "32-bit programs"

    def test_none(self) -> None:
        environment = dict(os.environ)
        environment.pop("LTTNG_CONSUMERD32_BIN", None)
        answer = self.doctor(*self.with_ust(), env=environment)
        self.finds(answer, self.NAME, "warning", "set LTTNG_CONSUMERD32_BIN")
        environment["LTTNG_CONSUMERD32_BIN"] = "/bin/true"
        answer = self.doctor(*self.with_ust(), env=environment)
        self.finds(answer, self.NAME, "ok", "has a consumer daemon")

    def with_ust(self) -> list[str]:
        """A library of 32 bits where Debian would have LTTng-UST."""
        lower = self.dir / "lower/i386-linux-gnu"
        lower.mkdir(parents=True, exist_ok=True)
        (lower / "liblttng-ust.so.1").write_bytes(b"\x7fELF\1\1\1".ljust(52, b"\0"))
        return self.among_mounts(
            f"mount -t overlay -o lowerdir={lower.parent}:/usr/lib overlay /usr/lib"
        )

    def test_wrong_variable(self) -> None:
        environment = {**os.environ, "LTTNG_CONSUMERD32_BIN": "/nonexistent"}
        answer = self.doctor(env=environment)
        self.finds(answer, self.NAME, "warning", "/nonexistent: No such file", "unset")


if __name__ == "__main__":
    tap.main()
