# SPDX-License-Identifier: MIT
"""Runs a command with an LTTNG_HOME of its own, and ends what it leaves running.

    $ python3 tests/lttng_home.py COMMAND ARGS...

The status is the command's; 128 and the signal's number if a signal ended it.

Three processes: this one, which may be killed by anything; below it a keeper, in
a session of its own, whom no signal to our process group reaches; below that the
command. Whatever loses its parent among the command's descendants becomes a child
of the keeper (PR_SET_CHILD_SUBREAPER), and the kernel tells the keeper when this
process is gone (PR_SET_PDEATHSIG). So the keeper knows by its id each process
that is to end, a daemon, too, and no other.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
PATIENCE = 20  # seconds until what does not heed SIGTERM is killed


def prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        sys.exit(f"lttng_home.py: prctl: {os.strerror(ctypes.get_errno())}")


def descendants() -> list[int]:
    """The processes below this one, but for zombies; parents come first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, parent = (entry / "stat").read_text().rpartition(") ")[2].split()[:2]
        except OSError:
            continue  # ended meanwhile
        if state != "Z":
            children.setdefault(int(parent), []).append(int(entry.name))
    found, at = [os.getpid()], 0
    while at < len(found):
        found += children.get(found[at], [])
        at += 1
    return found[1:]


def end(number: int) -> None:
    for pid in descendants():
        try:
            os.kill(pid, number)
            os.kill(pid, signal.SIGCONT)  # one that is stopped heeds nothing
        except OSError:
            pass  # ended meanwhile, or another user's


def end_all() -> None:
    """Daemons end their own children and files, if they are asked."""
    deadline = time.monotonic() + PATIENCE
    end(signal.SIGTERM)
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        if time.monotonic() > deadline:
            end(signal.SIGKILL)
        time.sleep(0.02)


class Told(Exception):
    """To end."""


def tell(_number: int, _frame: object) -> None:
    raise Told


def start(command: list[str], home: str) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, os.environ | {"LTTNG_HOME": home})
    except OSError as error:
        print(f"lttng_home.py: {command[0]}: {error.strerror}", file=sys.stderr)
    os._exit(127)


def keep(command: list[str], above: int) -> int:
    """The keeper: its status is the command's."""
    os.setsid()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    home = tempfile.mkdtemp()
    code = -signal.SIGTERM
    try:
        signal.signal(signal.SIGTERM, tell)
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == above:  # it is not gone already
            child = start(command, home)
            pid = 0
            while pid != child:
                pid, status = os.wait()
            code = os.waitstatus_to_exitcode(status)
    except Told:
        pass
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_all()
    shutil.rmtree(home, ignore_errors=True)
    return code if code >= 0 else 128 - code


def main() -> int:
    if len(sys.argv) < 2:
        print("usage: lttng_home.py COMMAND ARGS...", file=sys.stderr)
        return 2
    above = os.getpid()
    keeper = os.fork()
    if not keeper:
        os._exit(keep(sys.argv[1:], above))

    def pass_on(_number: int, _frame: object) -> None:
        os.kill(keeper, signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, pass_on)
    _, status = os.waitpid(keeper, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
