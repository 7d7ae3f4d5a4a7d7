# SPDX-License-Identifier: MIT
"""Calls that the kernel refuses, as container engines make it."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

# What seccomp calls things: include/uapi/linux.
_LOAD, _IS, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _THIRD = 0, 32  # offsets
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM

# Whether the numbers are this machine's.
KNOWN = platform.machine() == "x86_64"
PREAD, PTRACE, PROCESS_VM_READV, MEMBARRIER = 17, 101, 310, 324


def _install(program: list[tuple[int, int, int, int]]) -> None:
    code = b"".join(struct.pack("=HBBI", *each) for each in program)
    buffer = ctypes.create_string_buffer(code)
    filter_ = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    for option, *rest in ((38, 1, 0, 0, 0), (22, 2, filter_)):
        if libc.prctl(option, *rest) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def refuse(*calls: int) -> None:
    """Makes the kernel refuse these calls to this process and its children."""
    program = [(_LOAD, 0, 0, _NUMBER)]
    for i, call in enumerate(calls):
        program.append((_IS, len(calls) - i, 0, call))
    _install(program + [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)])


def refuse_of_size(call: int, size: int) -> None:
    """The same where the third argument is that: the loader needs the others."""
    _install(
        [
            (_LOAD, 0, 0, _NUMBER),
            (_IS, 0, 3, call),
            (_LOAD, 0, 0, _THIRD),
            (_IS, 0, 1, size),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    )
