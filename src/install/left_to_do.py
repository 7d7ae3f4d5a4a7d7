# SPDX-License-Identifier: MIT
"""left_to_do.py LIBDIR BINDIR: what `meson install` ends with, what is left to
do until programs can use libawait. It looks, and writes nothing.

Meson's variables say what was installed. With DESTDIR, where nothing is in its
place yet, this prints nothing.

    $ meson install -C build
    ...
    libawait is in /usr/local. Left to do:
      ldconfig  # as root: programs find libawait.so then
    To debug: awaitctl gdb PROGRAM
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Users' PATH need not have ldconfig's folder.
PATH = os.environ.get("PATH", os.defpath)
WIDE_PATH = f"{PATH}:/usr/sbin:/sbin"


def said(program: str, *args: str) -> str | None:
    """What a program prints; None if there is none, or it fails."""
    found = shutil.which(program, path=WIDE_PATH)
    if not found:
        return None
    done = subprocess.run(
        [found, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
    )
    return done.stdout if done.returncode == 0 else None


def same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def loader(libdir: str) -> list[str]:
    """What the loader needs to find libawait.so below libdir."""
    known = said("ldconfig", "-p")
    if known is None:
        return []
    found = re.findall(r"^\s*libawait\.so\.\S+ .*=> (.*)/[^/]*$", known, re.M)
    if found and same(found[0], libdir):
        return []
    searched = re.findall(r"^(/[^:]*):", said("ldconfig", "-vNX") or "", re.M)
    if any(same(one, libdir) for one in searched):
        return ["ldconfig", "as root: programs find libawait.so then"]
    return [f"export LD_LIBRARY_PATH={libdir}", "programs find libawait.so then"]


def pkg_config(libdir: str) -> list[str]:
    folder = f"{libdir}/pkgconfig"
    found = said(os.environ.get("PKG_CONFIG", "pkg-config"),
                 "--variable=pcfiledir", "await")  # fmt: skip
    if found and same(found.strip(), folder):
        return []
    return [f"export PKG_CONFIG_PATH={folder}", "pkg-config finds await then"]


def path(bindir: str) -> list[str]:
    if any(one and same(one, bindir) for one in PATH.split(":")):
        return []
    return [f"export PATH={bindir}:$PATH", "the shell finds awaitctl then"]


def tell(text: str) -> None:
    """To where Meson itself prints. Meson 1.0 keeps what install scripts print to
    itself, so there this writes to the other end, but not into the middle of a
    file that Meson writes."""
    theirs = f"/proc/{os.getppid()}/fd/1"
    try:
        kept = not os.path.sameopenfile(1, os.open(theirs, os.O_WRONLY | os.O_APPEND))
        if kept and not os.path.isfile(theirs):
            with open(theirs, "w") as out:
                out.write(text)
            return
    except OSError:
        pass
    print(text, end="")


def main(libdir: str, bindir: str) -> None:
    prefix = os.environ["MESON_INSTALL_PREFIX"]
    if Path(prefix) != Path(os.environ["MESON_INSTALL_DESTDIR_PREFIX"]):
        return
    if "MESON_INSTALL_QUIET" in os.environ:
        return
    left = [todo for todo in (loader(libdir), pkg_config(libdir), path(bindir)) if todo]
    lines = [f"\nlibawait is in {prefix}." + (" Left to do:" if left else "")]
    width = max((len(command) for command, _ in left), default=0)
    lines += [f"  {command:{width}}  # {why}" for command, why in left]
    tell("\n".join([*lines, "To debug: awaitctl gdb PROGRAM", ""]))


main(*sys.argv[1:])
