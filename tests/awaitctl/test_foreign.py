# SPDX-License-Identifier: MIT
"""What awaitctl record and recover leave alone: whatever does not prove to be the
recording's, by its identity and its owner, and whatever a link leads to."""

from __future__ import annotations

import os
import pathlib
import shutil
import unittest

import harness
import public
from harness import APP, AWAITCTL, daemons, run, sessions

import tap

SQUARE = {"square": (50, 50, 0, 0, 0)}


def contents(place: pathlib.Path) -> dict[str, object]:
    """All below a directory: the bytes of files, where links lead."""
    return {
        str(path.relative_to(place)): (
            os.readlink(path)
            if path.is_symlink()
            else path.read_bytes()
            if path.is_file()
            else path.stat().st_ino
        )
        for path in place.rglob("*")
    }


class Case(harness.Case):
    def setUp(self) -> None:
        super().setUp()
        self.others = self.dir / "others"
        (self.others / "ust").mkdir(parents=True)
        (self.others / "letter").write_text("dear friend")
        (self.others / "ust/metadata").write_text("not yours")

    def needs_root(self) -> None:
        if os.getuid() != 0:
            self.skipTest("needs root, to be another user")

    def killed(self, trace: pathlib.Path) -> pathlib.Path:
        """A recording of which nobody is left; the directory of its buffers."""
        self.trace = trace
        awaitctl = self.record(APP, "burst", 50)
        awaitctl.expect("ready")
        awaitctl.send("\n")
        awaitctl.expect("done")
        (app,) = self.children(awaitctl.pid, pathlib.Path(APP).name)
        self.kill(awaitctl.pid, app, *(daemons() - self.before))
        awaitctl.end()
        return (trace / "shm").readlink().parent

    def recover(self, status: int, said: str) -> None:
        """Of self.trace; in one line."""
        out = run(AWAITCTL, "recover", self.trace)
        self.assertEqual((out.returncode, out.stdout), (status, ""), out.stderr)
        self.assertRegex(out.stderr, rf"\Aawaitctl: [^\n]*{said}[^\n]*\n\Z")


class Recover(Case):
    def untouched(self, place: pathlib.Path, status: int, said: str) -> None:
        before = contents(place)
        self.recover(status, said)
        self.assertEqual(contents(place), before)

    def test_link_to_anything(self) -> None:
        """It proves nothing: what it leads to is read, at most."""
        self.trace.mkdir()
        (self.trace / "shm").symlink_to(self.others)
        self.untouched(self.others, 0, r"\(from \S+/others, which .* stays\)")

    def test_relative_link(self) -> None:
        self.trace.mkdir()
        (self.trace / "shm").symlink_to("../others")
        self.untouched(self.others, 0, r"\(from \S+/others, which .* stays\)")

    def test_link_through_a_link(self) -> None:
        self.trace.mkdir()
        (self.dir / "way").symlink_to(self.others)
        (self.trace / "shm").symlink_to(self.dir / "way")
        self.untouched(self.others, 1, "neither read nor removed")
        (self.trace / "shm").unlink()
        (self.trace / "shm").symlink_to(self.dir / "way/ust")
        self.untouched(self.others, 1, "neither read nor removed")

    def test_kept_beside(self) -> None:
        """NAME.kept is no better for being there."""
        self.trace.mkdir()
        kept = self.others.rename(self.dir / "others.kept")
        (self.trace / "shm").symlink_to(self.others)
        self.untouched(kept, 0, r"\(from \S+/others.kept, which .* stays\)")

    def test_of_another_user(self) -> None:
        """Whoever made it at a name that was free again."""
        self.needs_root()
        self.trace.mkdir()
        (self.trace / "shm").symlink_to(self.others)
        os.chown(self.others, public.NOBODY, public.NOBODY)
        self.untouched(self.others, 1, "another user's: it is neither read")

    def test_buffers_of_another_user(self) -> None:
        self.needs_root()
        buffers = self.killed(self.trace)
        os.chown(buffers, public.NOBODY, public.NOBODY)
        self.untouched(buffers, 1, "not this recording's: it is neither read")
        os.chown(buffers, 0, 0)
        buffers.chmod(0o777)
        self.untouched(buffers, 1, "not this recording's: it is neither read")
        buffers.chmod(0o700)
        self.recover(0, "recovered the trace in")

    def test_buffers_of_another_recording(self) -> None:
        mine = self.killed(self.trace)
        theirs = self.killed(self.dir / "theirs")
        self.trace = self.dir / "trace"
        (self.trace / "shm").unlink()
        (self.trace / "shm").symlink_to(theirs / "rings")
        self.untouched(theirs, 1, "not this recording's: it is neither read")
        # The tag, which is no secret, is not enough.
        tag = theirs.name.rsplit("-", 1)[1]
        (self.trace / "recording").write_text(tag + 16 * "0" + "\n")
        self.untouched(theirs, 1, "not this recording's: it is neither read")
        shutil.rmtree(mine)
        self.trace = self.dir / "theirs"
        self.recover(0, "recovered the trace in")
        self.assertFalse(theirs.exists())
        self.assertEqual(self.report().functions, SQUARE)

    def test_session_that_has_the_name(self) -> None:
        self.start_daemon()
        self.before |= daemons()
        place = self.dir / "elsewhere"
        run("lttng", "create", "others", f"--output={place}")
        self.trace.mkdir()
        (self.trace / "shm").symlink_to(self.others)
        self.recover(0, "recovered the trace in")
        self.assertEqual(sessions(), ["others"])
        run("lttng", "destroy", "others")
        # Of an older awaitctl: it goes on writing.
        run("lttng", "create", "others", f"--output={self.trace}")
        (self.trace / "shm").symlink_to(self.others)
        self.untouched(self.others, 1, "`lttng destroy others` first")
        self.assertEqual(sessions(), ["others"])

    def test_links_in_the_trace(self) -> None:
        """What is made anew takes their place, or is an error; nothing is written
        through them."""
        victim = self.dir / "victim"
        for name in "incomplete", "found.new", "kept.new", "ust", "found":
            with self.subTest(name=name):
                buffers = self.killed(self.dir / f"with-{name}")
                shutil.rmtree(victim, ignore_errors=True)
                written = self.trace / "ust"
                shutil.copytree(written, victim)
                if name == "ust":
                    shutil.rmtree(written)
                to = victim if name != "incomplete" else victim / "file"
                (self.trace / name).symlink_to(to)
                before = contents(victim)
                out = run(AWAITCTL, "recover", self.trace)
                self.assertIn(out.returncode, (0, 1))
                self.assertRegex(out.stderr, r"\A(awaitctl: [^\n]*\n){1,3}\Z")
                self.assertEqual(contents(victim), before)
                shutil.rmtree(buffers, ignore_errors=True)


class Output(Case):
    def refused(self, place: pathlib.Path, said: str, name: object = None) -> None:
        before = contents(self.dir), place.stat()
        ran = self.dir / "ran"
        out = run(AWAITCTL, "record", "-o", name or place, "touch", ran)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(out.stderr, rf"\Aawaitctl: [^\n]*{said}[^\n]*\n\Z")
        self.assertEqual((contents(self.dir), place.stat()), before)

    def test_of_another_user(self) -> None:
        self.needs_root()
        place = self.dir / "theirs"
        place.mkdir()
        os.chown(place, public.NOBODY, public.NOBODY)
        self.refused(place, "is another user's: ")
        link = self.dir / "link"
        link.symlink_to(place)
        self.refused(place, "is another user's: ", name=link)

    def test_others_may_write(self) -> None:
        for mode in 0o777, 0o770, 0o702, 0o1777:
            with self.subTest(mode=oct(mode)):
                place = self.dir / oct(mode)
                place.mkdir()
                place.chmod(mode)
                self.refused(place, r"others may write \(chmod go-w\): ")

    def test_is_for_nobody_else(self) -> None:
        """LTTng lets the group write below."""
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        self.assertEqual(self.recorded(APP, "exit", 0).returncode, 0)
        self.assertEqual(self.trace.stat().st_mode & 0o777, 0o700)

    def test_recover(self) -> None:
        self.needs_root()
        self.killed(self.trace)
        os.chown(self.trace, public.NOBODY, public.NOBODY)
        self.recover(1, "is another user's: ")


class Names(Case):
    def test_in_containers(self) -> None:
        """They are process 1 in each, and share LTTng's session daemon."""
        self.needs_root()
        self.start_daemon()
        self.before |= daemons()
        container = "unshare", "--pid", "--fork", "--mount-proc", "--kill-child"
        both = []
        for name in "one", "two":
            self.trace = self.dir / name
            awaitctl = self.running(
                *container,
                *(AWAITCTL, "record", "-o", self.trace, "--", APP, "burst", 50),
            )
            awaitctl.expect("ready")
            both.append(awaitctl)
        self.assertEqual(len(set(sessions())), 2)
        for awaitctl in both:
            awaitctl.send("\n")
            awaitctl.expect("done")
            awaitctl.send("\n")
            self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
