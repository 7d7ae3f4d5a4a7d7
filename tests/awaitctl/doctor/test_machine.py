# SPDX-License-Identifier: MIT
"""awaitctl doctor on machines and in containers that lack or refuse something:
/dev/shm, ptrace, programs of 32 bits."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

import doctorcase
import harness
from harness import AWAITCTL, run

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


# What seccomp calls things: include/uapi/linux.
_LOAD_NUMBER, _IS, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_PTRACE, _PROCESS_VM_READV, _MEMBARRIER = 101, 310, 324


def refuse(*calls: int) -> None:
    """Makes the kernel refuse these calls of x86-64, as container engines do."""
    program = [(_LOAD_NUMBER, 0, 0, 0)]
    for i, call in enumerate(calls):
        program.append((_IS, len(calls) - i, 0, call))
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = b"".join(struct.pack("=HBBI", *each) for each in program)
    buffer = ctypes.create_string_buffer(code)
    filter_ = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    for option, *rest in ((38, 1, 0, 0, 0), (22, 2, filter_)):
        if libc.prctl(option, *rest) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


class Membarrier(doctorcase.Case):
    def test_well(self) -> None:
        self.finds(self.doctor(), "membarrier", "ok")

    def test_refused_by_seccomp(self) -> None:
        """So it is with programs, which then run untraced."""
        if platform.machine() != "x86_64":
            self.skipTest("knows the numbers of x86-64's system calls only")
        answer = self.doctor(preexec_fn=lambda: refuse(_MEMBARRIER))
        self.finds(answer, "membarrier", "problem", "is refused", "seccomp profile")
        app = harness.APP
        out = self.recorded(app, "exit", 0, preexec_fn=lambda: refuse(_MEMBARRIER))
        self.assertIn("running untraced", out.stderr)


class Ptrace(doctorcase.Case):
    def test_well(self) -> None:
        self.finds(self.doctor(), "ptrace", "ok", "read and stopped")

    def test_refused_by_seccomp(self) -> None:
        if platform.machine() != "x86_64":
            self.skipTest("knows the numbers of x86-64's system calls only")
        for calls, what in (
            ((_PTRACE,), "stopped (gdb, lldb)"),
            ((_PROCESS_VM_READV,), "read (awaitctl ps, top)"),
            ((_PTRACE, _PROCESS_VM_READV), "read or stopped"),
        ):
            with self.subTest(what=what):
                answer = self.doctor(preexec_fn=lambda: refuse(*calls))
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
