# SPDX-License-Identifier: MIT
"""compile.py INSTALLED OUT SOURCE...: the bytecode of the scripts, for the Python
that runs this, which is gdb's: see meson.build.

gdb would compile them at each start where it cannot write beside them. Each
names the hash of its source, which Python compares: times, which packages
change, tell nothing, and a script that somebody edits counts.
"""

import py_compile
import sys
from pathlib import Path


def main(installed: str, out: str, *sources: str) -> None:
    for source in map(Path, sources):
        py_compile.compile(
            str(source),
            cfile=str(Path(out) / f"{source.stem}.{sys.implementation.cache_tag}.pyc"),
            dfile=str(Path(installed) / source.name),
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
        )


main(*sys.argv[1:])
