# SPDX-License-Identifier: MIT
"""Programs where LTTng is absent or ill: without its libraries, without a
session daemon, with one that is stopped, with an older LTTng-UST. They
run as if untraced.

Run inside tests/private-lttng, with the build directory as AWAIT_BUILD. There
is no session daemon but those of a test.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402
from test_trace import APP, BUILD, LINKED, TRACER, Trace, start_daemon  # noqa: E402

LTTNG = BUILD / "trace/libawait-lttng.so.0"
OLDER = BUILD / "tests/trace/libtrace-older.so"
UST = command("pkg-config", "--modversion", "lttng-ust").strip()
FOREVER = {"LTTNG_UST_REGISTER_TIMEOUT": "-1"}
LIMIT = 60


def needed(file: Path) -> set[str]:
    return set(re.findall(r"(/\S+) \(0x", command("ldd", file)))


@tap.unless_sanitized("there is no /proc, which they read")
@unittest.skipUnless(os.getuid() == 0, "only root can change its root")
class Libraries(unittest.TestCase):
    """In a root directory that has what the program needs and no more."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)
        for file in (
            needed(APP) | needed(LTTNG) | set(map(str, (APP, LINKED, TRACER, LTTNG)))
        ):
            # As they are looked for.
            place = self.root / os.path.normpath(file)[1:]
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)
        self.plain = command(APP)

    def said(self, program: Path, **env: str) -> list[str]:
        """On stderr; the rest is as without all this."""
        kept = {k: v for k, v in os.environ.items() if k != "LIBAWAIT_TRACE"}
        done = subprocess.run(
            [program],
            env=kept | env,
            cwd="/",
            preexec_fn=lambda: os.chroot(self.root),
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        self.assertEqual((done.returncode, done.stdout), (0, self.plain), done.stderr)
        return done.stderr.splitlines()

    def test_one_warning_if_asked_for(self) -> None:
        wishes: tuple[tuple[Path, dict[str, str]], ...] = (
            (APP, {"LIBAWAIT_TRACE": "1"}),
            (APP, {"LIBAWAIT_TRACE": str(TRACER)}),
            (APP, {"LD_PRELOAD": str(TRACER)}),
            (APP, {"LD_PRELOAD": str(TRACER), "LIBAWAIT_TRACE": "1"}),
            (LINKED, {"LIBAWAIT_TRACE": "1"}),
            (LINKED, {"LD_PRELOAD": str(TRACER)}),
        )
        others = ((APP, {}), (LINKED, {}), (LINKED, {"LIBAWAIT_TRACE": "0"}))
        # The root directory is good for more than failing.
        for program, env in (*wishes, *others):
            self.assertEqual(self.said(program, **env), [])
        for name in (
            "liblttng-ust.so.1",
            "liblttng-ust-tracepoint.so.1",
            "libunwind.so.8",
            LTTNG.name,
        ):
            (file,) = self.root.rglob(name)
            hidden = file.with_name("hidden")
            file.rename(hidden)
            for program, env in wishes:
                with self.subTest(name=name, program=program.name, env=env):
                    (line,) = self.said(program, **env)
                    self.assertRegex(line, r"\Aawait: running untraced: ")
                    self.assertIn(f"{name}: cannot open shared object", line)
            for program, env in others:
                with self.subTest(name=name, program=program.name, env=env):
                    self.assertEqual(self.said(program, **env), [])
            hidden.rename(file)


class Older(unittest.TestCase):
    """An LTTng-UST that does not take the tracer's provider: see older.c."""

    def said(self, program: Path, **env: str) -> list[str]:
        kept = {k: v for k, v in os.environ.items() if k != "LIBAWAIT_TRACE"}
        done = subprocess.run(
            [program],
            env=kept | env | {"LD_PRELOAD": str(OLDER)},
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        self.assertEqual((done.returncode, done.stdout), (0, command(APP)), done.stderr)
        return done.stderr.splitlines()

    def test_versions_are_named_if_asked_for(self) -> None:
        for program in APP, LINKED:
            (line,) = self.said(program, LIBAWAIT_TRACE="1")
            found = re.fullmatch(
                r"await: running untraced: the tracer was built for LTTng-UST "
                rf"{UST} \(provider version (\d+)\), but {OLDER} takes versions "
                r"up to (\d+)(, as LTTng-UST 2.13 to 2.15 do)?: build libawait where "
                r"its programs run, or upgrade LTTng-UST there",
                line,
            )
            assert found, line
            self.assertEqual(int(found[1]), int(found[2]) + 1)
            self.assertEqual(found[3] is not None, found[2] == "3")
        self.assertEqual(self.said(APP), [])
        self.assertEqual(self.said(LINKED), [])

    def test_untraced(self) -> None:
        """Also by a session that records: nothing of it is left in LTTng."""
        daemon = start_daemon()
        self.addCleanup(daemon.wait, 20)
        self.addCleanup(daemon.terminate)
        trace = Trace(APP, LIBAWAIT_TRACE="1", LD_PRELOAD=str(OLDER))
        self.assertEqual(trace.events, [])
        self.assertEqual(trace.output, command(APP))
        self.assertIn("trace-app", {Path(path).name for *_, path in trace.modules})


class Daemon(unittest.TestCase):
    def start(self, *args: str, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(APP), *args],
            env=os.environ | {"LIBAWAIT_TRACE": "1"} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def check(self, process: subprocess.Popen[str]) -> None:
        out, errors = process.communicate(timeout=LIMIT)
        self.assertEqual((process.returncode, errors), (0, ""))
        self.assertEqual(out, command(APP))

    def stopped(self) -> subprocess.Popen[bytes]:
        daemon = start_daemon()
        self.addCleanup(daemon.wait, 20)
        self.addCleanup(daemon.terminate)
        self.addCleanup(daemon.send_signal, signal.SIGCONT)
        daemon.send_signal(signal.SIGSTOP)
        return daemon

    def test_none_is_not_waited_for(self) -> None:
        """A program that were to wait at all would do so for ever."""
        self.check(self.start(**FOREVER))
        process = self.start("fork", **FOREVER)
        _, errors = process.communicate(timeout=LIMIT)
        self.assertEqual((process.returncode, errors), (0, ""))

    def test_stopped_is_waited_for_no_longer_than_the_limit(self) -> None:
        daemon = self.stopped()
        self.check(self.start())
        self.check(self.start(LTTNG_UST_REGISTER_TIMEOUT="0"))
        # That limit it is, and it is this daemon that is waited for.
        process = self.start(**FOREVER)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(2)
        daemon.send_signal(signal.SIGCONT)
        self.check(process)


if __name__ == "__main__":
    tap.main()
