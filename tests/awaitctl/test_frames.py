# SPDX-License-Identifier: MIT
"""awaitctl report --stacks: the frames of real stacks, by the names and lines that
addr2line gives for the file that ran, which is kept; and none where the file is
another one by now. frames.c is the program."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import tempfile
import typing
import unittest

import framescase
import harness
from framescase import BUILT, build_id, expected, grouped, names
from harness import AWAITCTL, run

import tap

DEBUG = pathlib.Path("/usr/lib/debug")


class Chains(framescase.Case):
    def check(self, name: str) -> None:
        self.take(name, "use")
        if name != "split":  # of which addr2line does not know
            self.check_names(self.kept)
        self.check_chain()

    def check_chain(self) -> None:
        (stacks,) = self.stacks()
        self.assertEqual(set(stacks), {"created", "first_run", "last_hit"})
        for stack in stacks.values():
            self.assertFalse(stack["truncated"])
        made, run, hit = (
            stacks[x]["stack"] for x in ("created", "first_run", "last_hit")
        )
        inlined = ["inner_first", "middle_first"]
        self.assertEqual(
            [f["function"] for f in made[:4]], [*inlined, "make_first", "use_first"]
        )
        self.assertEqual([f["inlined"] for f in made[:4]], [True, True, False, False])
        self.assertEqual(names(run[:2]), ["wait_for_first", "use_first"])
        self.assertEqual(names(hit[:2]), ["wait_for_first", "use_first"])
        self.assertEqual(hit[1]["line"], run[1]["line"] + 1)
        for stack in stacks.values():
            self.assertIn("main", names(stack["stack"]))
        for group in self.ours():
            self.assertEqual(group[0].get("build_id", ""), self.build_id)
        self.assertEqual("no build-id" in self.text(), not self.build_id)


class Builds(Chains):
    """Ways to build a program."""

    def test_no_pie(self) -> None:
        self.check("nopie")

    def test_not_optimized(self) -> None:
        self.check("plain")

    def test_split_dwarf(self) -> None:
        """Its functions are described in another file."""
        self.check("split")

    def test_without_build_id(self) -> None:
        """Nobody can tell whether the file is what ran, unless it differs more."""
        self.check("noid")
        self.assertEqual(self.build_id, "")
        os.truncate(self.file, 0)
        self.check_none("another build than the one that ran")
        self.copy("pie", self.file)
        self.check_none("another build than the one that ran (build-id none, now ")
        self.file.unlink()
        self.check_none("gone")


class Changed(Chains):
    """What becomes of a program after its recording: one, of which all tell."""

    shared: typing.ClassVar[pathlib.Path | None] = None

    def setUp(self) -> None:
        super().setUp()
        first = Changed.shared is None
        if Changed.shared is None:
            holder = tempfile.TemporaryDirectory()
            unittest.addModuleCleanup(holder.cleanup)
            Changed.shared = pathlib.Path(holder.name)
        self.use(Changed.shared)
        if first:
            self.take("pie", "use")
            return
        for left in set(self.dir.iterdir()) - {self.kept, self.trace}:
            (shutil.rmtree if left.is_dir() else os.unlink)(left)
        shutil.copy(self.kept, self.file)
        self.build_id = build_id(self.file)

    def test_not(self) -> None:
        self.check_names(self.kept)
        self.check_chain()

    def test_no_stacks_asked_for(self) -> None:
        """Figures are the same with and without."""
        out = run(AWAITCTL, "report", "--json", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        without, with_stacks = json.loads(out.stdout), self.shown()
        for row in with_stacks["slowest"]:
            del row["stacks"]
        self.assertEqual(without, with_stacks)
        out = run(AWAITCTL, "report", self.trace)
        self.assertNotIn("created by", out.stdout)

    def test_another_build(self) -> None:
        self.copy("second", self.file)
        ids = f"(build-id {self.build_id[:8]}..., now {build_id(self.file)[:8]}...)"
        self.check_none(f"another build than the one that ran {ids}")
        (problem,) = self.shown()["files"]
        self.assertEqual(
            (problem["name"], problem["build_id"], problem["build_id_now"]),
            ("another-build", self.build_id, build_id(self.file)),
        )
        # Also where only places are shown.
        out = run(AWAITCTL, "report", self.trace)
        self.assertIn(f"another build than the one that ran {ids}", out.stdout)
        self.assertRegex(out.stdout, r"resolved +program\+0x")
        shutil.copy(self.kept, self.file)
        self.check_names(self.kept)
        self.assertEqual(self.shown()["files"], [])

    def test_gone(self) -> None:
        self.file.unlink()
        self.check_none("gone")
        self.file.mkdir()
        self.check_none("cannot be read")

    def test_stripped(self) -> None:
        """What is exported still has a name; what is near it has none."""
        self.strip("-s")
        out = run("nm", "--dynamic", "--defined-only", self.kept).stdout
        exported = {line.split()[-1] for line in out.splitlines()}
        self.assertIn("use_first", exported)
        self.assertNotIn("make_first", exported)
        for group in self.ours():
            outer = expected(self.kept, group[0]["offset"])[-1][0]
            self.assertEqual(names(group), [outer if outer in exported else "?"])

    def test_debug_file(self) -> None:
        """In a file of its own, compressed or not."""
        debug = self.dir / "program.debug"
        for options in ((), ("--compress-debug-sections=zlib",)):
            shutil.copy(self.kept, self.file)
            out = run("objcopy", "--only-keep-debug", *options, self.file, debug)
            self.assertEqual(out.returncode, 0, out.stderr)
            self.strip("-s")
            self.strip(f"--add-gnu-debuglink={debug}", program="objcopy")
            self.check_names(self.kept)
            debug.rename(self.dir / "moved")
            self.assertIn("?", names([g[0] for g in self.ours()]))

    def strip(self, option: str, program: str = "strip") -> None:
        out = run(program, option, self.file)
        self.assertEqual(out.returncode, 0, out.stderr)

    def test_dwz(self) -> None:
        """What files share is in a third one: that of the right build."""
        if not shutil.which("dwz"):
            raise unittest.SkipTest("dwz is not here")
        common, other = self.dir / "common.debug", self.dir / "other"
        self.copy("second", other)
        out = run("dwz", "-m", common, self.file, other)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertIn(".gnu_debugaltlink", run("readelf", "-SW", self.file).stdout)
        self.check_names(self.kept)
        debug = self.dir / "program.debug"
        run("objcopy", "--only-keep-debug", self.file, debug)
        self.strip("-s")
        self.strip(f"--add-gnu-debuglink={debug}", program="objcopy")
        self.check_names(self.kept)

    def test_debug_file_of_the_system(self) -> None:
        """It is found by the build id, and will do for a file that is gone."""
        if not harness.has_namespaces() or not DEBUG.is_dir():
            raise unittest.SkipTest("no mounts of one's own over /usr/lib/debug")
        debug = self.dir / self.build_id[:2] / f"{self.build_id[2:]}.debug"
        debug.parent.mkdir()
        run("objcopy", "--only-keep-debug", self.file, debug)
        self.strip("-s")
        shutil.copy(AWAITCTL, self.dir / "awaitctl")
        self.program = str(self.dir / "in-namespace")
        pathlib.Path(self.program).write_text(
            "#!/bin/sh\n"
            f"mount -t tmpfs tmpfs {DEBUG} && mkdir {DEBUG}/.build-id &&\n"
            f'cp -r {debug.parent} {DEBUG}/.build-id && exec {AWAITCTL} "$@"\n'
        )
        for remove in False, True:
            if remove:
                self.file.unlink()
            out = run(
                *("unshare", "--mount", "sh", self.program),
                *("report", "--json", "--stacks", self.trace),
            )
            self.assertEqual((out.returncode, out.stderr), (0, ""))
            shown = json.loads(out.stdout)
            made = shown["slowest"][0]["stacks"]["created"]["stack"]
            self.assertEqual(
                names(made[:4]),
                ["inner_first", "middle_first", "make_first", "use_first"],
            )
            self.assertEqual(shown["files"], [])


class Mappings(framescase.Case):
    """What lies at an address depends on the time."""

    def plugin(self, name: str) -> pathlib.Path:
        to = self.dir / f"{name}.so"
        shutil.copy(BUILT / f"awaitctl-frames-plugin-{name}.so", to)
        return to

    def test_replaced_plugin(self) -> None:
        """Another build of a file, at its path and its address, in one run."""
        one, two = self.plugin("one"), self.plugin("two")
        kept = {}
        for file in one, two:
            kept[file.stem] = self.dir / f"kept-{file.name}"
            shutil.copy(file, kept[file.stem])
        said = self.take(
            "pie",
            *(f"load={one}", "call", "unload"),
            *(f"rename={two}:{one}", f"load={one}", "call", "unload"),
        )
        bases = re.findall(r"\.so (0x\w+)", said)
        self.assertEqual(len(set(bases)), 1, "they lie elsewhere: nothing is tested")
        first, second = self.stacks()
        for stacks, through in (first, None), (second, "two"):
            for stack in stacks.values():
                groups = [
                    g for g in grouped(stack["stack"]) if g[0].get("file") == str(one)
                ]
                self.assertEqual(len(groups), 2)
                for group in groups:
                    wanted = [
                        name for name, _ in expected(kept["two"], group[0]["offset"])
                    ]
                    self.assertEqual(names(group), wanted if through else ["?"])
        self.assertIn(
            f"{one}: another build than the one that ran (build-id "
            f"{build_id(kept['one'])[:8]}..., now {build_id(kept['two'])[:8]}...)",
            self.text(),
        )
        one.unlink()
        self.assertEqual(self.text().count(f"{one}: gone"), 2)

    def test_swapped_plugin(self) -> None:
        """Before its first event: LTTng takes the one file for the other."""
        one, two = self.plugin("one"), self.plugin("two")
        self.take("pie", f"load={one}", f"rename={two}:{one}", "call")
        self.assertIn(
            f"{one}: it was put there while the program ran, so it may be another "
            "build than the one that ran",
            self.text(),
        )

    def test_code_of_no_file(self) -> None:
        """It lies where a plugin was, which is there once more."""
        one, two = self.plugin("one"), self.plugin("two")
        said = self.take(
            "pie", f"load={one}", "call", "unload", "generate", f"load={two}", "call"
        )
        bases = re.findall(r"(0x\w+)", said)
        self.assertEqual(bases[0], bases[1])
        _, generated, loaded = self.stacks()
        for stack in generated.values():
            frames = [f for f in stack["stack"] if "file" not in f]
            self.assertEqual([f["address"] for f in frames], [f"{bases[0][:-3]}105"])
            self.assertEqual(names(frames), ["?"])
        self.assertIn("through_two", names(loaded["created"]["stack"]))

    def test_exec(self) -> None:
        """Both programs lie at the same address."""
        other = self.copy("nopie2", self.dir / "other")
        self.take("nopie", "use", f"exec={other}", "use")
        found = {
            tuple(names(row["stacks"]["created"]["stack"][:4]))
            for row in self.shown()["slowest"]
        }
        self.assertEqual(
            found,
            {
                tuple(f"{x}_{build}" for x in ("inner", "middle", "make", "use"))
                for build in ("first", "second")
            },
        )
        self.check_names(self.kept)
        self.check_names(BUILT / "awaitctl-frames-nopie2", other)

    def test_none_recorded(self) -> None:
        self.record_with("--stacks=none")
        self.assertIn("No stack of these was recorded", self.text())
        self.assertNotIn("stacks", self.shown()["slowest"][0])

    def test_unfinished(self) -> None:
        """What was run when the process was killed; and of stacks no more than two
        frames were recorded."""
        self.take("pie", "use", "end", "use", options=("--depth=2",))
        (stacks,) = self.stacks("unfinished")
        self.assertEqual(set(stacks), {"created", "run"})
        for stack in stacks.values():
            self.assertTrue(stack["truncated"])
            self.assertEqual(len(grouped(stack["stack"])), 2)
        self.assertEqual(
            names(stacks["run"]["stack"][:2]), ["wait_for_first", "use_first"]
        )
        text = self.text().partition("Unfinished")[2]
        self.assertEqual(text.count("and others, which were not recorded"), 2)
        self.assertRegex(text, r"    created by\n +inner_first \(inlined\)  +\S+:\d+\n")
        self.assertRegex(text, r"    run by\n +wait_for_first  +\S+:\d+\n")


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    tap.main()
