# SPDX-License-Identifier: MIT
"""Programs of all shapes are traced as any: that load what uses awaits and
unload it, that execute others, whose threads end, that have libawait.a in
them. A static one cannot be, and says so. See host.c and app.c.

Run inside tests/private-lttng, with the build directory as AWAIT_BUILD.
"""

from __future__ import annotations

import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402
from test_trace import APP, BUILD, LINKED, TRACER, Trace, start_daemon  # noqa: E402

HERE = BUILD / "tests/trace"
HOST = HERE / "trace-host"
USER = HERE / "trace-user.so"
ARCHIVE = HERE / "trace-app-archive"
EXPORTED = HERE / "trace-app-exported"
STATIC = HERE / "trace-app-static"
HDRSCAN = os.environ["HDRSCAN"]
LIFE = ["create", "exec_begin", "exec_end", "destroy"]
# Of host.c.
ROUNDS, ABREAST, EACH = 10, 20, 3


def names(trace: Trace) -> list[str]:
    return [e.name for e in trace.events if not e.stack_of]


class Loaded(unittest.TestCase):
    def test_and_unloaded_and_loaded_again(self) -> None:
        for how in ({"LIBAWAIT_TRACE": "1"}, {"LD_PRELOAD": str(TRACER)}):
            trace = Trace(HOST, "reload", USER, **how)
            self.assertEqual(trace.output, command(HOST, "reload", USER))
            self.assertEqual(names(trace), LIFE * EACH * 2)
            # Its functions have names, in the second life too.
            self.assertEqual(
                [e.function for e in trace.of("create")], ["twice"] * EACH * 2
            )
            self.assertEqual(len({e.id for e in trace.of("create")}), EACH * 2)

    def test_in_threads_that_end(self) -> None:
        trace = Trace(HOST, "threads", USER, LIBAWAIT_TRACE="1")
        threads = collections.defaultdict(list)
        for event in trace.events:
            if not event.stack_of:
                threads[event.vtid].append(event.name)
        total = ROUNDS * ABREAST * EACH
        self.assertEqual(len({e.id for e in trace.of("create")}), total)
        self.assertEqual(len(trace.of("create_stack")), total)
        # The kernel may give an id of a thread that ended to another.
        for events in threads.values():
            self.assertEqual(events, LIFE * (len(events) // len(LIFE)))
            self.assertEqual(len(events) % (len(LIFE) * EACH), 0)
        self.assertEqual(sum(map(len, threads.values())), total * len(LIFE))
        self.assertGreaterEqual(len(threads), ABREAST)


class Executed(unittest.TestCase):
    def check(self, parent_on: str, child_on: str) -> None:
        trace = Trace(HOST, "exec", USER, child_on, LIBAWAIT_TRACE=parent_on)
        parent, child = trace.output.split()[-2:]
        found = collections.Counter(e.vpid for e in trace.of("create"))
        expected = {parent: 2 * EACH} if parent_on == "1" else {}
        if child_on == "1":
            expected[child] = 2 * EACH
        self.assertEqual(found, expected)
        self.assertEqual(names(trace), LIFE * sum(expected.values()))

    def test_both(self) -> None:
        self.check("1", "1")

    def test_parent_is_not_traced(self) -> None:
        self.check("0", "1")

    def test_child_is_not_traced(self) -> None:
        self.check("1", "0")


class Ended(unittest.TestCase):
    def check(self, program: Path, **env: str) -> None:
        """Once for each process that ends in order, after all that it does."""
        trace = Trace(program, "ends", **env)
        pids = dict(pair.split("=") for pair in trace.output.split())
        self.assertEqual(
            [(e.vpid, e.alive) for e in trace.ends],
            [(pids["inside"], "3"), (pids["thread"], "2"), (pids["return"], "2")],
        )
        for end in trace.ends:
            self.assertNotIn("addr = ", end.text)

    def test_however_it_was_loaded(self) -> None:
        self.check(APP, LIBAWAIT_TRACE="1")
        self.check(APP, LIBAWAIT_TRACE=str(TRACER))
        self.check(APP, LD_PRELOAD=str(TRACER))
        self.check(LINKED)
        self.check(EXPORTED, LIBAWAIT_TRACE=str(TRACER))

    def test_where_a_plug_in_brought_the_library_along(self) -> None:
        (end,) = Trace(HOST, "reload", USER, LIBAWAIT_TRACE="1").ends
        self.assertEqual(end.alive, "0")

    def test_not_without_a_session_that_wants_it(self) -> None:
        trace = Trace(APP, "ends", events="await:create", LIBAWAIT_TRACE="1")
        self.assertEqual(trace.ends, [])


class Hardened(unittest.TestCase):
    """With the checks of glibc and the compiler that distributions switch on."""

    def test_app(self) -> None:
        trace = Trace(HERE / "trace-app-hardened", LIBAWAIT_TRACE="1")
        self.assertEqual(trace.output, command(APP))
        self.assertEqual(names(trace), names(Trace(APP, LIBAWAIT_TRACE="1")))

    def test_example(self) -> None:
        """Its awaits' arguments and values are strings, lists and structures."""
        include = Path(__file__).resolve().parents[2] / "include"
        arguments = "-I", str(include), "await/await.h", "await/test.h"
        hardened = HERE / "trace-hdrscan-hardened"
        trace = Trace(hardened, *arguments, LIBAWAIT_TRACE="1")
        self.assertEqual(trace.output, command(HDRSCAN, *arguments))
        self.assertGreater(len(trace.of("create")), 10)
        self.assertEqual(len(trace.of("create")), len(trace.of("destroy")))

    def test_checks_are_there(self) -> None:
        for name in "trace-app-hardened", "trace-hdrscan-hardened":
            symbols = command("readelf", "-W", "--dyn-syms", HERE / name)
            self.assertIn(" __stack_chk_fail@", symbols)
            self.assertRegex(symbols, r" __\w+_chk@")


class Ends(unittest.TestCase):
    def test_dumps_stop_before_their_provider_ends(self) -> None:
        """A thread that dumped while its process ended called functions that
        LTTng's destructors had taken away. The last destructor runs first."""
        lttng = TRACER.with_name("libawait-lttng.so")
        names = {}
        for line in command("nm", lttng).splitlines():
            if re.match(r"[0-9a-f]+ t ", line):
                address, _, name = line.split()
                names[int(address, 16)] = name
        relocations = command("readelf", "-rW", lttng)
        order = [
            names.get(int(address, 16), "")
            for address in re.findall(r"_RELATIVE +([0-9a-f]+)$", relocations, re.M)
        ]
        self.assertIn("lttng_ust__tracepoints__destroy", order)
        self.assertIn("stop_dumping", order)
        last = max(i for i, n in enumerate(order) if n.startswith("lttng_ust__tracep"))
        self.assertLess(last, order.index("stop_dumping"))


class Beside(unittest.TestCase):
    """libawait.so with the tracer beside it, as installed, where no path that the
    loader is given leads."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.top = Path(holder.name)
        # The program finds libawait.so as in the build directory.
        self.app = self.top / APP.relative_to(BUILD)
        self.app.parent.mkdir(parents=True)
        shutil.copy(APP, self.app)
        self.libraries = self.top / "src/libawait"
        self.libraries.mkdir(parents=True)
        for name in "src/libawait/libawait", "trace/libawait-lttng":
            shutil.copy(BUILD / f"{name}.so.0", self.libraries)
        given = os.environ.get("LD_LIBRARY_PATH", "").split(":")
        self.paths = ":".join(x for x in given if x and not x.startswith(f"{BUILD}/"))

    def test_is_traced(self) -> None:
        shutil.copy(TRACER, self.libraries)
        for how in "1", str(self.libraries / TRACER.name):
            trace = Trace(self.app, LIBAWAIT_TRACE=how, LD_LIBRARY_PATH=self.paths)
            self.assertEqual(names(trace), names(Trace(APP, LIBAWAIT_TRACE="1")))

    def test_without_it(self) -> None:
        done = subprocess.run(
            [self.app],
            env=os.environ | {"LIBAWAIT_TRACE": "1", "LD_LIBRARY_PATH": self.paths},
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, 0)
        if done.stderr == "" and TRACER.name in command("ldconfig", "-p"):
            self.skipTest("libawait is installed here: its tracer is found")
        self.assertRegex(
            done.stderr,
            r"\Aawait: LIBAWAIT_TRACE: running untraced: libawait-trace\.so\.0: "
            r"cannot open [^\n]*\n\Z",
        )


class Archive(unittest.TestCase):
    """libawait.a in the program."""

    def warned(self, program: Path) -> str:
        done = subprocess.run(
            [str(program)],
            env=os.environ | {"LIBAWAIT_TRACE": str(TRACER)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stdout), (0, command(APP)))
        return done.stderr

    def test_exported_is_traced(self) -> None:
        trace = Trace(EXPORTED, LIBAWAIT_TRACE=str(TRACER))
        self.assertEqual(trace.output, command(APP))
        self.assertEqual(names(trace), names(Trace(APP, LIBAWAIT_TRACE="1")))
        self.assertEqual(self.warned(EXPORTED), "")

    def test_not_exported_is_one_warning(self) -> None:
        warning = self.warned(ARCHIVE)
        self.assertRegex(
            warning, r"\Aawait: LIBAWAIT_TRACE: running untraced: .*-rdynamic.*\n\Z"
        )
        self.assertEqual(command(ARCHIVE), command(APP))
        trace = Trace(ARCHIVE, LIBAWAIT_TRACE=str(TRACER))
        self.assertEqual(trace.events, [])

    @tap.unless_sanitized("they are for dynamic programs")
    def test_static_is_one_warning(self) -> None:
        self.assertEqual(
            self.warned(STATIC),
            "await: LIBAWAIT_TRACE: running untraced: a static program cannot "
            "load it\n",
        )
        self.assertEqual(command(STATIC), command(APP))
        done = subprocess.run([STATIC], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    sessiond = start_daemon()
    try:
        tap.main()
    finally:
        sessiond.terminate()
        sessiond.wait(20)
