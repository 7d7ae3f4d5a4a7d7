# SPDX-License-Identifier: MIT
"""Programs under test for users who may not search the tree, which may lie in
somebody's home.

    program, environment = public.copy(directory, PROGRAM, LIBRARY)
    subprocess.run([program], env=environment, user=NOBODY)
"""

from __future__ import annotations

import os
import pathlib
import shutil

NOBODY = 65534


def copy(
    directory: pathlib.Path, program: str, *libraries: str
) -> tuple[str, dict[str, str]]:
    """Copies a program, and the libraries it loads, to a new directory below
    one that everybody may search. Returns its path, and the environment in
    which it finds them."""
    place = directory / "public"
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    for file in (program, *libraries):
        # libx.so.0.1.0 is loaded as libx.so.0
        name, dot, version = pathlib.Path(file).name.partition(".so.")
        shutil.copy(file, place / (name + dot + version.split(".")[0]))
    environment = {**os.environ, "LD_LIBRARY_PATH": str(place)}
    return str(place / pathlib.Path(program).name), environment
