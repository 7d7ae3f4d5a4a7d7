# SPDX-License-Identifier: MIT
"""What `awaitctl ps` takes for a million awaits of a process that runs on, from
its start to its end. Argument: the build directory.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

BUILD = Path(sys.argv[1])
AWAITCTL = BUILD / "src/awaitctl/awaitctl"
APP = BUILD / "tests/awaitctl/ps-app"
ROUNDS = 15
VIEWS = {
    "first 20 of 1000000": (),
    "20 of one state": ("--state=failed,pending",),
    "counted by function": ("--by=function",),
    "last 20 by id": ("--reverse",),
    "20 by function": ("--sort=function",),
}


def milliseconds(pid: int, options: tuple[str, ...]) -> float:
    start = time.perf_counter()
    subprocess.run(
        [AWAITCTL, "ps", *options, str(pid)],
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    return (time.perf_counter() - start) * 1e3


def main() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([APP, "many", "1000000"], stdin=pipe, stdout=pipe) as process:
        try:
            assert process.stdout and process.stdout.readline() == b"ready\n"
            times: dict[str, list[float]] = {name: [] for name in VIEWS}
            for _ in range(ROUNDS):
                for name, options in VIEWS.items():
                    times[name].append(milliseconds(process.pid, options))
        finally:
            process.kill()
    print("\nawaitctl ps           median    best   ms")
    for name, each in times.items():
        print(f"{name:20} {statistics.median(each):7.1f} {min(each):7.1f}")


main()
