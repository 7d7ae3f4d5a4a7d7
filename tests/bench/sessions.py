# SPDX-License-Identifier: MIT
"""LTTng sessions for programs that are measured while they are recorded.

Each session records one process, which it tracks, into buffers that overwrite
themselves: nothing waits for the disk. Inside tests/private-lttng.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from programs import Failed

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from command import command  # noqa: E402

STACKS = "await:*_stack"


def lttng(*args: str) -> str:
    try:
        return command("lttng", *args)
    except AssertionError as error:
        raise Failed(" ".join(str(error).split())) from None


class Session:
    """Records the events of one process, with stacks or without."""

    def __init__(self, pid: int, stacks: bool) -> None:
        self.stacks = stacks
        self.name = f"bench-{os.getpid()}-{pid}"
        self.folder = tempfile.TemporaryDirectory(prefix="await-bench-")
        lttng("create", self.name, "--snapshot", f"--output={self.folder.name}")
        self.do(
            "enable-channel", "-u", "--overwrite", "--subbuf-size=1M",
            "--num-subbuf=4", "c",
        )  # fmt: skip
        # Only now: LTTng 2.16 gives a session that tracks a process buffers of that
        # process, which a snapshot after its end would not find.
        self.do("track", "-u", f"--vpid={pid}")
        self.do("add-context", "-u", "-c", "c", "-t", "vpid", "-t", "vtid")
        self.do(
            "enable-event", "-u", "-c", "c", "await:*",
            *([] if stacks else ["-x", STACKS]),
        )  # fmt: skip
        lttng("start", self.name)

    def do(self, verb: str, *args: str) -> None:
        lttng(verb, "-s", self.name, *args)

    def last_events(self) -> str:
        """What the buffers hold now, as text."""
        self.do("snapshot", "record")
        done = subprocess.run(
            ["babeltrace2", self.folder.name],
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout

    def check(self) -> None:
        """That it has recorded creations, and stacks if it was to."""
        events = self.last_events()
        if "await:create:" not in events:
            raise Failed(f"{self.name}: it recorded nothing")
        if ("_stack:" in events) != self.stacks:
            raise Failed(f"{self.name}: it recorded other events")

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        lttng("destroy", self.name)
        self.folder.cleanup()
