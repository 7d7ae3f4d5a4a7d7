# SPDX-License-Identifier: MIT
"""What a command that tests/lttng_home.py runs leaves running ends with it, also
where it, or what it was started by, is killed. This is how tests/private-lttng
works for those who cannot make namespaces.

Inside tests/private-lttng.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
import tap  # noqa: E402

HOME = [sys.executable, str(TESTS / "lttng_home.py")]
LIMIT = 60

# A daemon of LTTng; another with a child; and one that is stopped.
LEAVING = """\
lttng-sessiond --daemonize --no-kernel >&2 || exit 99
for home in "$LTTNG_HOME/.lttng" /run/lttng; do
    [ ! -f "$home/lttng-sessiond.pid" ] || read -r pid <"$home/lttng-sessiond.pid"
done
setsid sh -c 'kill -STOP $$' >&- &
setsid sh -c 'sleep 1000 & echo $0 $! $$ $LTTNG_HOME; exec >&-; wait' $pid &
"""


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


class Ended(unittest.TestCase):
    def start(self, script: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*HOME, "sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def left(self, process: subprocess.Popen[str]) -> tuple[list[int], Path]:
        """Processes that it started, and its home."""
        assert process.stdout
        *pids, home = process.stdout.readline().split()
        self.assertEqual(len(pids), 3)
        for pid in pids:
            self.assertTrue(alive(int(pid)))
        self.assertTrue(Path(home).is_dir())
        return [int(pid) for pid in pids], Path(home)

    def check_gone(self, pids: list[int], home: Path) -> None:
        """At once, or once the keeper has seen what happened."""
        end = time.monotonic() + LIMIT
        while any(map(alive, pids)) or home.exists():
            self.assertLess(time.monotonic(), end, (pids, home))
            time.sleep(0.01)

    def test_status(self) -> None:
        for script, status in ("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 137):
            self.assertEqual(self.start(script).wait(LIMIT), status)
        done = subprocess.run([*HOME, "./none"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 127)
        self.assertEqual(
            done.stderr, "lttng_home.py: ./none: No such file or directory\n"
        )

    def test_the_command_ends(self) -> None:
        process = self.start(LEAVING + "read line; exit 4")
        pids, home = self.left(process)
        process.communicate(timeout=LIMIT)  # ends its input
        self.assertEqual(process.returncode, 4)
        self.assertFalse(any(map(alive, pids)) or home.exists())

    def test_killed(self) -> None:
        process = self.start(LEAVING + "wait")
        left = self.left(process)
        process.kill()
        self.check_gone(*left)

    def test_its_group_is_told_to_end(self) -> None:
        process = self.start(LEAVING + "wait")
        left = self.left(process)
        os.killpg(process.pid, signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 128 + signal.SIGTERM)
        self.check_gone(*left)


if __name__ == "__main__":
    tap.main()
