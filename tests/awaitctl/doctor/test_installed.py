# SPDX-License-Identifier: MIT
"""awaitctl doctor and an installed libawait, from the state that a newcomer is
in to the one where all is well: each remedy is carried out as it is printed. And
installations that are not of one piece."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import doctorcase
from doctorcase import VERSION
from harness import LIMIT, run

import tap

PREFIX, LIBDIR = os.environ["PREFIX"], os.environ["LIBDIR"]
CC = os.environ["CC"].split()
BUILD = os.environ["AWAIT_BUILD"]
GDB_LINE = re.compile(r"add-auto-load-[\w-]+ \S+")


class Installed(doctorcase.Case):
    """libawait is installed over what is in its prefix, for this test alone."""

    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.root = pathlib.Path(holder.name)
        done = subprocess.run(
            ["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", cls.root],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def setUp(self) -> None:
        super().setUp()
        self.needs_namespaces()
        self.home = self.dir / "home"
        self.etc = self.dir / "etc"
        for each in (self.home, self.etc, self.dir / "work"):
            each.mkdir()
        self.env = {**os.environ, "HOME": str(self.home)}
        for name in ("LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "XDG_CONFIG_HOME"):
            self.env.pop(name, None)

    def look(self, script: str = ":") -> doctorcase.Answer:
        """After a script that may change /etc and HOME; the next sees it."""
        ours = f"{self.root}{PREFIX}"
        # An upper folder must not be in an overlay itself.
        work = f"{self.dir}/work"
        mounts = f"""
            mount -t tmpfs tmpfs {work}
            mkdir {work}/up {work}/work
            cp -a {self.etc}/. {work}/up
            mount -t overlay -o lowerdir={ours}:{PREFIX} overlay {PREFIX}
            upper=upperdir={work}/up,workdir={work}/work
            mount -t overlay -o lowerdir=/etc,$upper overlay /etc
            {script}
            cp -a --remove-destination {work}/up/. {self.etc}"""
        return self.doctor(*self.among_mounts(mounts), env=self.env)

    def test_from_nothing_to_well(self) -> None:
        # As after meson install, on a system that has never heard of it.
        answer = self.look("rm -f /etc/ld.so.cache")
        self.finds(answer, "libawait", "problem", LIBDIR, "run ldconfig as root")
        self.finds(answer, "gdb", "warning", "does not know info awaits")
        self.assertEqual(answer.status, 1)
        lines = GDB_LINE.findall(answer.said["gdb"])
        self.assertTrue(lines)
        (self.home / ".gdbinit").write_text("\n".join(lines) + "\n")
        answer = self.look("ldconfig")
        if answer.levels["libawait"] == "problem":
            answer = self.look(
                f"echo {LIBDIR} >/etc/ld.so.conf.d/libawait.conf; ldconfig"
            )
        if answer.levels["pkg-config"] == "problem":
            found = re.search(r"PKG_CONFIG_PATH=(\S+)", answer.said["pkg-config"])
            assert found
            self.env["PKG_CONFIG_PATH"] = found.group(1)
            answer = self.look()
        self.assertEqual(answer.status, 0, answer.text)
        for name in doctorcase.NAMES:
            if name != "lldb":  # Debian 12's finds its Python by itself nowhere
                self.finds(answer, name, "ok")
        self.assertIn("knows info awaits", answer.said["gdb"])
        self.assertIn(f"{LIBDIR}/libawait.so.", answer.said["libawait"])
        self.assertIn(f"{LIBDIR}/libawait-lttng.so.", answer.said["tracer"])

    def test_safe_path(self) -> None:
        """gdb looks where the script is, and may not run it."""
        lines = f"add-auto-load-scripts-directory {PREFIX}/share/gdb/auto-load\n"
        (self.home / ".gdbinit").write_text(lines)
        self.env["PATH"] = self.in_front("gdb")["PATH"]
        answer = self.look("ldconfig")
        self.finds(answer, "gdb", "warning", "its safe-path", "add-auto-load-safe-path")

    def test_init_file_that_fails(self) -> None:
        (self.home / ".gdbinit").write_text("frobnicate\nquit\n")
        self.env["PATH"] = self.in_front("gdb")["PATH"]
        answer = self.look("ldconfig")
        self.assertNotEqual(answer.levels["gdb"], "ok")

    def test_pkg_config_looks_elsewhere(self) -> None:
        self.env["PATH"] = self.in_front()["PATH"]
        self.env["PKG_CONFIG_LIBDIR"] = "/nonexistent"
        answer = self.look("ldconfig")
        self.finds(
            answer, "pkg-config", "problem", f"PKG_CONFIG_PATH={LIBDIR}/pkgconfig"
        )
        self.env["PKG_CONFIG_PATH"] = f"{LIBDIR}/pkgconfig"
        self.finds(self.look("ldconfig"), "pkg-config", "ok", f"knows await {VERSION}")


class Mixed(doctorcase.Case):
    """Copies of libraries, found by LD_LIBRARY_PATH."""

    def setUp(self) -> None:
        super().setUp()
        self.place = self.dir / "lib"
        self.place.mkdir()
        self.env = self.in_front() | {"LD_LIBRARY_PATH": str(self.place)}

    def library(self, name: str, source: str, *flags: object) -> pathlib.Path:
        (self.dir / "x.c").write_text(source)
        command = (*CC, "-shared", "-fPIC", "-o", self.place / name, self.dir / "x.c")
        out = run(*command, *flags)
        self.assertEqual(out.returncode, 0, out.stderr)
        return self.place / name

    def ours(self, *names: str) -> None:
        for variable in names or ("LIBAWAIT", "LIBAWAIT_LTTNG"):
            file = pathlib.Path(os.environ[variable])
            name, dot, version = file.name.partition(".so.")
            shutil.copy(file, self.place / file.name)
            link = self.place / f"{name}.so.{version.split('.')[0]}"
            link.symlink_to(file.name)

    def test_well(self) -> None:
        self.ours()
        answer = self.doctor(env=self.env)
        self.finds(answer, "tracer", "ok", str(self.place))
        self.assertNotEqual(answer.levels["libawait"], "problem", answer.text)
        self.assertIn(f"{self.place}/libawait.so.", answer.said["libawait"])
        self.assertNotEqual(answer.levels["LTTng-UST"], "problem", answer.text)

    def test_gdb_in_a_build_tree(self) -> None:
        """The remedy names the tree's own folder, and is one."""
        home = self.dir / "home"
        home.mkdir()
        folder = pathlib.Path(os.environ["LIBAWAIT"]).parent
        self.env = {**os.environ, "LD_LIBRARY_PATH": str(folder), "HOME": str(home)}
        self.env.pop("XDG_CONFIG_HOME", None)
        answer = self.doctor(env=self.env)
        self.finds(answer, "gdb", "warning", "its safe-path", str(folder))
        lines = GDB_LINE.findall(answer.said["gdb"])
        (home / ".gdbinit").write_text("\n".join(lines) + "\n")
        self.finds(self.doctor(env=self.env), "gdb", "ok", "knows info awaits")

    def test_tracer_is_not_loaded(self) -> None:
        """A look at it registers with no session daemon: the tracer says so
        when it is loaded, and is not."""
        self.ours("LIBAWAIT")
        mark = self.dir / "loaded"
        self.library(
            "libawait-lttng.so.0",
            "#include <fcntl.h>\n__attribute__((constructor)) static void f(void)\n"
            f'{{ open("{mark}", O_CREAT, 0600); }}',
        )
        self.env["LIBAWAIT_TRACE"] = "1"
        self.doctor(env=self.env)
        self.assertFalse(mark.exists())

    def test_other_version(self) -> None:
        self.library(
            "libawait.so.0", "unsigned await_version(void) { return 2000003; }"
        )
        answer = self.doctor(env=self.env)
        self.finds(
            answer, "libawait", "problem", f"is 2.0.3, this awaitctl is {VERSION}"
        )

    def test_no_version(self) -> None:
        self.library("libawait.so.0", "int await_core_wait;")
        answer = self.doctor(env=self.env)
        self.finds(answer, "libawait", "problem", "is older than this awaitctl")

    def test_dies(self) -> None:
        self.library(
            "libawait.so.0",
            "__attribute__((constructor)) static void f(void) { __builtin_trap(); }",
        )
        answer = self.doctor(env=self.env)
        self.finds(answer, "libawait", "problem", "does not end as it should")

    def test_no_tracer(self) -> None:
        self.ours("LIBAWAIT")
        answer = self.doctor(env=self.env)
        self.finds(answer, "tracer", "problem", "no ", "libawait-lttng.so.0")

    def test_tracer_lacks_a_library(self) -> None:
        self.ours("LIBAWAIT")
        gone = self.library("libgone.so", "int gone;")
        self.library(
            "libawait-lttng.so.0", "extern int gone; int *f(void) { return &gone; }",
            f"-L{self.place}", "-lgone",
        )  # fmt: skip
        gone.unlink()
        answer = self.doctor(env=self.env)
        self.finds(answer, "tracer", "problem", "needs libgone.so", "run untraced")

    def test_tracer_of_other_version(self) -> None:
        self.ours()
        (file,) = self.place.glob("libawait-lttng.so.*.*.*")
        file.rename(self.place / "libawait-lttng.so.0.7.0")
        (self.place / "libawait-lttng.so.0").unlink()
        (self.place / "libawait-lttng.so.0").symlink_to("libawait-lttng.so.0.7.0")
        answer = self.doctor(env=self.env)
        self.finds(answer, "tracer", "problem", f"is 0.7.0, libawait.so is {VERSION}")

    def with_ust(self, version: str) -> doctorcase.Answer:
        self.ours()
        self.in_front(
            dpkg_query=f'case $1 in\n-S) echo "ust: $2" ;;\n*) echo {version} ;;\nesac'
        )
        return self.doctor(env=self.env)

    def test_lttng_ust_is_too_old(self) -> None:
        answer = self.with_ust("2.12.4-1")
        self.finds(answer, "LTTng-UST", "problem", "2.12.4, too old: install 2.13")

    def test_lttng_ust_is_older_than_the_headers(self) -> None:
        built = run("pkg-config", "--modversion", "lttng-ust").stdout.split(".")
        if int(built[1]) < 14:
            self.skipTest("needs headers of LTTng-UST 2.14, as no older one is known")
        answer = self.with_ust("2.13.9-1")
        self.finds(answer, "LTTng-UST", "problem", "whose events it rejects")

    def test_lttng_ust_and_tools_differ(self) -> None:
        built = run("pkg-config", "--modversion", "lttng-ust").stdout.split(".")
        other = "2.16.0" if int(built[1]) < 16 else "2.13.9"
        answer = self.with_ust(other)
        self.finds(answer, "lttng-tools", "warning", "both of one minor version")

    def test_no_package_manager(self) -> None:
        self.ours()
        env = self.without("dpkg-query") | {"LD_LIBRARY_PATH": str(self.place)}
        answer = self.doctor(env=env)
        self.finds(
            answer, "LTTng-UST", "unknown", "no dpkg-query in PATH", "built with"
        )

    def test_pkg_config_of_other_version(self) -> None:
        (self.dir / "await.pc").write_text(
            "Name: await\nDescription: x\nVersion: 9.8.7\n"
        )
        self.env["PKG_CONFIG_PATH"] = str(self.dir)
        answer = self.doctor(env=self.env)
        self.finds(answer, "pkg-config", "problem", "knows await 9.8.7, this awaitctl")


if __name__ == "__main__":
    tap.main()
