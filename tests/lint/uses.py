# SPDX-License-Identifier: MIT
"""Who uses whom: by symbols of built objects, by #include lines, by imports.

A use leads from a file to a file or a library, and names what proves it. Where
user and definition are linked into different products, a symbol that a public
header mentions is a use of that header. Uses of inline functions are those of
their headers.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

# Headers of glibc, the compiler and the kernel, which every folder may use; so
# are those without a suffix, which are C++'s.
LIBC = frozenset(
    "aio alloca argz argp arpa/inet assert byteswap complex cpuid ctype dirent "
    "dlfcn elf endian envz err errno error execinfo fcntl features fenv float "
    "fmtmsg fnmatch fstab fts ftw getopt glob gnu/libc-version grp iconv ifaddrs "
    "immintrin inttypes langinfo libgen limits link locale malloc math mntent "
    "mqueue netdb netinet/in netinet/tcp net/if obstack paths poll printf pthread "
    "pty pwd regex sched search semaphore setjmp signal spawn stdalign stdarg "
    "stdatomic stdbool stddef stdint stdio stdio_ext stdlib stdnoreturn string "
    "strings syscall sysexits syslog termios threads time uchar ucontext unistd "
    "unwind utime utmp wchar wctype wordexp x86intrin".split()
)
PUBLIC = "include"
PRIVATE = "src"


class NotBuilt(Exception):
    """The build directory lacks something; the message says what to do."""


@dataclass(frozen=True)
class Use:
    """user uses used, by a symbol, an #include or an import. In a library, used
    is what table.py's patterns match: <x.h> or import x."""

    user: str
    used: str
    by: str
    library: bool = False


@dataclass(frozen=True)
class _Object:
    source: str
    product: str
    path: str


def _objects(root: Path, build: Path, skip: Iterable[str]) -> list[_Object]:
    """The objects of a build, except for products below the folders of skip."""
    commands = build / "compile_commands.json"
    if not commands.is_file():
        raise NotBuilt(f"{commands} is missing: build first (ninja -C {build})")
    objects = []
    for entry in json.loads(commands.read_text()):
        directory = Path(entry["directory"])
        source = (directory / entry["file"]).resolve()
        path = directory / entry["output"]
        product = str(Path(entry["output"]).parent)
        if not source.is_relative_to(root) or product.startswith(tuple(skip)):
            continue
        if source.is_relative_to(build):  # is made of what has no symbols
            continue
        if not path.exists():
            raise NotBuilt(f"{path} is missing: build first (ninja -C {build})")
        objects.append(_Object(str(source.relative_to(root)), product, str(path)))
    return objects


def _public_names(root: Path) -> dict[str, str]:
    """Exported names, and a public header that has each."""
    names: dict[str, str] = {}
    for header in sorted((root / PUBLIC).rglob("*.h")):
        for name in re.findall(r"\bawait_\w+", header.read_text()):
            names.setdefault(name, str(header.relative_to(root)))
    return names


def by_symbols(root: Path, build: Path, skip: Iterable[str]) -> Iterator[list[Use]]:
    """For each symbol that an object lacks, a use of each file that defines it.
    There are several if products define the same name, or if a strong definition
    overrides a weak one."""
    objects = _objects(root, build, skip)
    at = {one.path: one for one in objects}
    defined: defaultdict[str, list[_Object]] = defaultdict(list)
    lacking: list[tuple[_Object, str]] = []
    listing = subprocess.run(
        ["nm", "-A", "-P", *at], capture_output=True, text=True, check=True
    )
    for line in listing.stdout.splitlines():
        path, _, rest = line.partition(": ")
        name, letter = rest.split()[:2]
        if letter in "Uwv":
            lacking.append((at[path], name))
        elif letter.isupper() or letter == "u":
            defined[name].append(at[path])
    public = _public_names(root)
    for user, name in lacking:
        files = {
            other.source
            if other.product == user.product
            else public.get(name, other.source)
            for other in defined[name]
        }
        if files:
            yield [Use(user.source, file, name) for file in sorted(files)]


def by_includes(root: Path, path: str) -> Iterator[Use]:
    """The #include lines of a C file, without libc's."""
    pattern = r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")'
    for match in re.finditer(pattern, (root / path).read_text(), re.M):
        system, own = match.groups()
        name = own or system
        places = [PUBLIC] if system else [str(Path(path).parent), PRIVATE]
        found = [place for place in places if (root / place / name).is_file()]
        if found:
            yield Use(path, normpath(f"{found[0]}/{name}"), f'"{name}"')
        elif own:
            yield Use(path, f'"{name}"', f'"{name}"', library=True)
        elif not _is_libc(name):
            yield Use(path, f"<{name}>", f"<{name}>", library=True)


def _is_libc(header: str) -> bool:
    name, dot, _ = header.rpartition(".h")
    return (
        not dot
        or name in LIBC
        or header.startswith(("sys/", "linux/", "asm/", "bits/"))
    )


def by_imports(root: Path, path: str, packages: dict[str, str]) -> Iterator[Use]:
    """The imports of a Python file, also those in its functions, without those
    of Python's own modules. packages: the folders of our packages by name."""
    for node in ast.walk(ast.parse((root / path).read_text(), path)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            top, *rest = module.split(".")
            if top in packages:
                file = f"{packages[top]}/{rest[0] if rest else ''}.py"
                if not (root / file).is_file():
                    file = f"{packages[top]}/__init__.py"
                yield Use(path, file, f"import {'.'.join([top, *rest[:1]])}")
            elif top not in sys.stdlib_module_names:
                yield Use(path, f"import {top}", f"import {top}", library=True)
