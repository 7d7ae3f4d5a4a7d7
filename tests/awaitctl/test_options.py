# SPDX-License-Identifier: MIT
"""awaitctl record's options: what the trace then holds. --dry-run is held to
all of them: LTTng describes the session of its commands as it does the one that
awaitctl makes."""

from __future__ import annotations

import os
import pathlib
import re
import unittest

import harness
from harness import APP, AWAITCTL, daemons, run, sessions, until

import tap
import versions

TOP = pathlib.Path(__file__).resolve().parents[2]
SQUARE = (3, 2, 0, 1, 1)
LTTNG = versions.installed("lttng")


def without(text: str, *names: str) -> str:
    """Text without what differs from one recording to the next."""
    for name in names:
        text = text.replace(name, "*")
    return text


class DryRun(harness.Case):
    def commands(self, *options: object, program: tuple[object, ...]) -> str:
        out = self.recorded_with("--dry-run", *options, program=program)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        # Which `lttng save` knows nothing of, and LTTng 2.14 does not allow.
        metadata = re.search(r"lttng enable-channel .*=1000000 metadata\n", out.stdout)
        self.assertEqual(bool(metadata), versions.installed("lttng") < (2, 14))
        return out.stdout

    def describe(self, *command: object) -> tuple[str, str]:
        """What LTTng says of the session that records while command runs `app
        ready`, and its environment."""
        process = self.running(*command)
        process.expect("\nready\n" if command[0] == "sh" else "ready\n")
        (name,) = sessions()
        out = run("lttng", "save", "--force", "-o", self.dir / "saved", name)
        self.assertEqual(out.returncode, 0, out.stderr)
        saved = (self.dir / "saved" / f"{name}.lttng").read_text()
        # `lttng create` adds a directory to the path that it is given.
        saved = re.sub(
            r"(/[^/]*-\d{8}-\d{6}|/rings)(?=</shared_memory_path>)", "", saved
        )
        (app,) = harness.processes(pathlib.Path(APP).name)
        environment = pathlib.Path(f"/proc/{app}/environ").read_text().split("\0")
        process.send("\n\n")
        self.assertEqual(process.end(), 0, process.stderr())
        self.assertEqual(sessions(), [])
        # In no order that means anything.
        channels = re.findall(r"<channel>.*?</channel>", saved, re.S)
        self.assertGreaterEqual(len(channels), 2)
        rest = re.sub(r"<channels>.*</channels>", "", saved, flags=re.S)
        set_here = sorted(x for x in environment if re.match("LIBAWAIT|LTTNG_UST", x))
        described = "\n".join([without(rest, name), *sorted(channels), *set_here])
        tag = name.rsplit("-", 1)[1]
        return without(without(described, tag), str(self.trace)), name

    def test_is_the_same_session(self) -> None:
        self.start_daemon()
        self.before |= daemons()
        described = set()
        for i, options in enumerate(
            (
                [],
                ["--stacks=exec,hit", "--depth", 7],
                ["--stacks=none"],
                ["--filter", 'function == "it\'s" && line > 3'],
                ["--buffers", "8kx8", "--blocking"],
                ["--buffers=16k", "--snapshot"],
                [f"--shm={self.dir}"],
            )
        ):
            with self.subTest(options=options):
                self.trace = self.dir / f"it's {i}a"
                script = self.dir / "script"
                script.write_text(self.commands(*options, program=(APP, "ready")))
                printed, _ = self.describe("sh", script)
                self.trace = self.dir / f"it's {i}b"
                record = [AWAITCTL, "record", *options, "-o", self.trace, "--"]
                recorded, _ = self.describe(*record, APP, "ready")
                self.assertEqual(printed, recorded)
                described.add(printed)
        self.assertEqual(len(described), 7)
        self.before |= daemons()

    def test_records_the_same(self) -> None:
        self.start_daemon()
        for options in ([], ["--stacks"], ["--snapshot"]):
            with self.subTest(options=options):
                self.trace = self.dir / f"printed{options}"
                text = self.commands(*options, program=(APP, "exit", 0))
                out = run("sh", input=text)
                self.assertEqual((out.returncode, out.stderr), (0, ""))
                printed = self.counts()
                self.assertEqual(self.report().functions["square"], SQUARE)
                self.trace = self.dir / f"recorded{options}"
                self.record_with(*options)
                self.assertEqual(printed, self.counts())
        self.before |= daemons()

    def test_does_nothing(self) -> None:
        out = run(AWAITCTL, "record", "--dry-run", "touch", "made", cwd=self.dir)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertEqual(list(self.dir.iterdir()), [])
        self.assertEqual(daemons(), self.before)
        self.assertRegex(
            out.stdout,
            r"\Alttng create (await-touch-[0-9a-f]{16}) (--trace-format=ctf-1\.8 )?"
            r"--output=await-touch-\d{8}-\d{6} "
            r"--shm-path=/dev/shm/\1\n(lttng .*\n)+"
            r"LIBAWAIT_TRACE=1 LIBAWAIT_RECORDING=[0-9a-f]{16} "
            r"LTTNG_UST_REGISTER_TIMEOUT=10000 "
            r"touch made\nlttng stop .*\nlttng destroy .*\n\Z",
        )

    def test_words(self) -> None:
        """What a shell would take for more than a word."""
        words = ("a b", "$HOME", "it's", "", "*", "x;y", "\\", '"', "~", "#", "a\nb")
        text = self.commands(program=("printf", "<%s>", *words))
        found = re.search(r"^LIBAWAIT_TRACE=.*?(?=^lttng stop)", text, re.M | re.S)
        assert found, text
        out = run("sh", input=found[0])
        self.assertEqual(out.stdout, "".join(f"<{word}>" for word in words))

    def test_cannot_write(self) -> None:
        with open("/dev/full", "w", encoding="ascii") as full:
            out = self.recorded_with("--dry-run", stdout=full)
        self.assertEqual(out.returncode, 1)
        self.assertIn("awaitctl: cannot write: No space", out.stderr)


class Events(harness.Case):
    def test_none_is_left_out(self) -> None:
        """Those that LTTng lists of a program with the tracer in it."""
        self.start_daemon()
        app = self.traced("ready")
        listed = until(
            lambda: re.findall(
                r"<name>(await:\w+)<",
                run("lttng", "--mi", "xml", "list", "--userspace").stdout,
            ),
            "LTTng lists the program's events",
        )
        out = self.recorded_with("--dry-run", "--stacks")
        rules = re.findall(r"enable-event .*channel=(\w+) (await:\S+)", out.stdout)
        self.assertEqual(sorted(event for _, event in rules), sorted(listed))
        for channel, event in rules:
            wanted = "stacks" if event.endswith("_stack") else "awaits"
            self.assertEqual(
                channel, "maps" if event in harness.OF_PROCESSES else wanted
            )
        app.send("\n\n")
        app.end()

    def test_can_be_listed(self) -> None:
        """As `lttng`, and IDEs, look at a session: it must not be the daemon's
        end, as it is where events are excluded before LTTng 2.13.10."""
        pid = self.start_daemon()
        for options in [], ["--stacks"], ["--filter", "id > 0"], ["--snapshot"]:
            with self.subTest(options=options):
                self.trace = self.dir / f"trace{options}"
                record = [AWAITCTL, "record", *options, "-o", self.trace, "--"]
                awaitctl = self.running(*record, APP, "ready")
                awaitctl.expect("ready\n")
                (name,) = sessions()
                for _ in range(3):
                    out = run("lttng", "list", name)
                    self.assertEqual((out.returncode, out.stderr), (0, ""))
                    self.assertIn("await:statedump_end", out.stdout)
                    self.assertNotIn("exclusion", out.stdout)
                self.assertEqual(sessions(), [name])
                self.assertIn(pid, daemons())
                awaitctl.send("\n\n")
                self.assertEqual(awaitctl.end(), 0, awaitctl.stderr())
        self.before |= daemons()


class Format(harness.Case):
    def metadata(self) -> bytes:
        (path,) = self.trace.rglob("metadata")
        return path.read_bytes()

    def test_is_ctf_1_8(self) -> None:
        """Whatever the session daemon would choose."""
        for options in [], ["--format=ctf-1.8"]:
            for wish in "ctf-1.8", "ctf-2":
                with self.subTest(options=options, wish=wish):
                    self.trace = self.dir / f"{options}{wish}"
                    environment = os.environ | {
                        "LTTNG_SESSIOND_DEFAULT_TRACE_FORMAT": wish
                    }
                    out = self.recorded_with(*options, env=environment)
                    self.assertEqual(out.returncode, 0, out.stderr)
                    self.assertIn(b"/* CTF 1.8 */", self.metadata())

    def test_ctf_2(self) -> None:
        out = self.recorded_with("--format=ctf-2")
        if LTTNG >= (2, 15):
            self.assertEqual(out.returncode, 0, out.stderr)
            self.assertRegex(self.metadata(), rb'\A\x1e{\s*"type": *"preamble"')
            return
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(
            out.stderr,
            r"\Aawaitctl: CTF 2 needs LTTng 2\.15 or later, and this awaitctl is "
            r"built with liblttng-ctl 2\.\S+: leave out --format=ctf-2\n\Z",
        )
        self.assertEqual(daemons(), self.before)
        self.assertFalse(self.trace.exists())

    @unittest.skipUnless(LTTNG >= (2, 15), f"{versions.text('lttng')} has no CTF 2")
    def test_who_can_follow(self) -> None:
        """The relay daemon hides the session from babeltrace2 2.0."""
        out = self.recorded_with("--live", "--format=ctf-2")
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn("to follow, with babeltrace2 2.1 or later: ", out.stderr)

    def test_refused(self) -> None:
        for args, part in (
            (("--format=ctf-3", "true"), "--format takes ctf-1.8 or ctf-2, not ctf-3"),
            (("--format=ctf-1.8", "--attach", "name"), "and --format with --attach"),
        ):
            out = run(AWAITCTL, "record", *args)
            self.assertEqual((out.returncode, out.stdout), (2, ""))
            self.assertIn(part, out.stderr)


class Stacks(harness.Case):
    def test_which(self) -> None:
        all_three = {"create_stack": 29, "exec_stack": 27, "hit_stack": 24}
        for option, which in (
            ([], ("create",)),
            (["--stacks"], ("create", "exec", "hit")),
            (["--stacks=hit,exec"], ("exec", "hit")),
            (["--stacks=create"], ("create",)),
            (["--stacks=none"], ()),
        ):
            with self.subTest(option=option):
                self.trace = self.dir / f"trace{option}"
                self.record_with(*option)
                stacks = {k: n for k, n in self.counts().items() if "_stack" in k}
                wanted = {f"{k}_stack": all_three[f"{k}_stack"] for k in which}
                self.assertEqual(stacks, wanted)
                self.assertEqual(self.report().functions["square"], SQUARE)

    def test_depth(self) -> None:
        echo = ("sh", "-c", 'echo "$LIBAWAIT_TRACE_DEPTH"')
        given = {**os.environ, "LIBAWAIT_TRACE_DEPTH": "3"}
        out = self.recorded_with("--depth", 5, program=echo, env=given)
        self.assertEqual((out.returncode, out.stdout), (0, "5\n"))
        self.trace = self.dir / "kept"
        out = self.recorded_with(program=echo, env=given)
        self.assertEqual((out.returncode, out.stdout), (0, "3\n"))

    def test_depth_is_the_tracers(self) -> None:
        header = (TOP / "src/stack/stack.h").read_text()
        (most,) = map(int, re.findall(r"#define STACK_MAX (\d+)", header))
        out = self.recorded_with("--dry-run", "--depth", most)
        self.assertIn(f" LIBAWAIT_TRACE_DEPTH={most} ", out.stdout)
        out = self.recorded_with("--dry-run", "--depth", most + 1)
        self.assertEqual(out.returncode, 2)
        self.assertIn(f"1 to {most}, not {most + 1};", out.stderr)
        self.assertIn(f"1 to {most} ", run(AWAITCTL, "--help").stdout)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
