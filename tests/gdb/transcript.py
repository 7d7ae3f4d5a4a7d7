# SPDX-License-Identifier: MIT
"""Sessions with gdb, as documents show them, run again and compared.

    <!-- gdb: hang -->

        (gdb) await why #1
        #1 parse runs on thread 2, since the wait at story.c:64 in count().

The name is of one of SCENES, where the session begins. What differs from run to
run (addresses, ids of threads) may differ. A line of `...` stands for any
lines. Where a build, or a way to a process (cells.py), gives another text, that
stands below the line that it replaces, in as many lines as there are, or as an
empty one if there is none:

        Thread 1 is in checkpoint () at app.c:166.
        [attached] Thread 1 is in pause (), called by checkpoint () at app.c:166.

To write what gdb says now into the documents:

    AWAIT_BUILD=build/gcc ... python3 tests/gdb/test_transcripts.py --write
    AWAIT_BUILD=build/gcc ... python3 tests/gdb/test_matrix.py --write
"""

from __future__ import annotations

import difflib
import itertools
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gdbtest import APP, BUILD, CHECKPOINT, LOG, RECORDED, STORY, attached, gdb

_HERE = "@@@@"
_BEGIN = re.compile(r"<!-- gdb: (\w+) -->")
_PROMPT = "(gdb) "
_VARIANT = re.compile(r"\[([\w-]+)\](?: (.*))?")

# The edge that closes the ring is there for some instructions only.
_STEP = (
    "any(gdb.execute('stepi', to_string=True) is None"
    " for _ in iter(lambda: int(gdb.parse_and_eval("
    "'await_threads[2].blocked_on')) != 0, True))"
)

# Programs that docs/adopting.md shows.
_ADOPTING = BUILD / "tests/docs"

# A scene that test_matrix.py has.
OF_MATRIX = "stripped"

# Each with the program, its argument, and the commands that lead there.
SCENES = {
    "app": (APP, "0", CHECKPOINT),
    "kept": (APP, "0", ("set environment LIBAWAIT_DEBUG args", *CHECKPOINT)),
    "recorded": (APP, "0", RECORDED),
    "log": (LOG, "all", CHECKPOINT),
    "few": (LOG, "few", CHECKPOINT),
    "overwritten": (LOG, "ring", CHECKPOINT),
    "ended": (LOG, "ended", CHECKPOINT),
    "nothing": (LOG, "nothing", CHECKPOINT),
    "hang": (STORY, "hang", ("break lock_cache", "run")),
    "attach": (STORY, "hang", ()),
    "depth": (STORY, "depth", ("break checkpoint", "run")),
    "forgotten": (STORY, "forgotten", ("break checkpoint", "run")),
    "ring": (
        STORY,
        "ring",
        (
            "set breakpoint pending on",
            "break cycle_is_closed",
            "run",
            "continue",
            "set scheduler-locking on",
            f"python {_STEP}",
        ),
    ),
    "table": (_ADOPTING / "adopting-table", "", ("break load_table", "run")),
    "logging": (
        _ADOPTING / "adopting-logging",
        "",
        ("break say if text[0] == 't'", "run"),
    ),
    "memo": (_ADOPTING / "adopting-memo", "", ("break weigh if n == 5", "run")),
    "begin": (STORY, "fail", ("break fail", "run")),
    "fail": (STORY, "fail", ("run",)),
}


@dataclass
class Session:
    """Lines begin (the first command) to end of a document."""

    scene: str
    begin: int
    end: int
    lines: list[str]

    def commands(self) -> list[str]:
        return [line[6:] for line in self.lines if line.startswith(_PROMPT)]

    def told(self, *tags: str) -> list[str]:
        """What it looks like in such a cell of the matrix."""
        found: list[str] = []
        replaced = False
        for line in self.lines:
            variant = _VARIANT.match(line)
            if not variant:
                found.append(line)
                replaced = False
            elif variant[1] in tags:
                if not replaced:
                    found.pop()
                found += [variant[2]] if variant[2] is not None else []
                replaced = True
        return found

    def vary(self, tag: str, now: list[str]) -> None:
        """Takes over how that cell differs."""
        base = self.told()
        more: dict[int, list[str]] = {}
        match = difflib.SequenceMatcher(
            None, [loosely(x) for x in base], [loosely(x) for x in now], False
        )
        for what, begin, end, first, last in match.get_opcodes():
            if what == "equal":
                continue
            if what == "insert":  # the next line becomes more
                end, last = end + 1, last + 1
            extra = max((last - first) - (end - begin), 0)
            for i in range(begin, end):
                count = 1 + (extra if i == begin else 0)
                more[i] = [f" {x}" for x in now[first:last][:count]]
                first += count
        lines = []
        index = -1
        for line in self.lines:
            variant = _VARIANT.match(line)
            index += not variant
            if variant and variant[1] == tag:
                continue
            lines.append(line)
            if not variant and index in more:
                lines += [f"[{tag}]{x}" for x in more[index] or [""]]
        self.lines = lines


def sessions(document: list[str]) -> Iterator[Session]:
    for number, line in enumerate(document):
        match = _BEGIN.fullmatch(line)
        if match:
            begin = number + 2
            lines = list(_indented(document, begin))
            yield Session(match[1], begin, begin + len(lines), lines)


def _indented(document: list[str], begin: int) -> Iterator[str]:
    """The lines of a block; a blank one is in it if it goes on behind it."""
    blank = 0
    for line in itertools.islice(document, begin, None):
        if line == "":
            blank += 1
        elif line.startswith("    "):
            yield from [""] * blank
            blank = 0
            yield line[4:]
        else:
            return


def run(scene: str, commands: list[str]) -> list[str]:
    """What the session looks like now."""
    program, argument, way = SCENES[scene]
    here = f"echo \\n{_HERE}\\n"
    marked = [*(part for each in commands for part in (here, each)), here]
    if scene == "attach":
        output = attached(*marked)
    elif scene != "fail":
        output = gdb(*way, *marked, "kill", program=program, arguments=(argument,))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            core = Path(scratch) / "core"
            save = f"generate-core-file {core}"
            gdb(*way, save, program=program, arguments=(argument,))
            output = gdb(*marked, program=program, core=core)
    found = output.split(f"\n{_HERE}\n")[1:-1]
    if len(found) != len(commands):
        raise AssertionError(f"{scene}: {len(found)} answers:\n{output}")
    lines = []
    for command, answer in zip(commands, found):
        lines.append(_PROMPT + command)
        lines += answer.rstrip("\n").split("\n") if answer.strip() else []
    return lines


def differs(told: list[str], now: list[str]) -> bool:
    """Whether a session is another than the document tells."""
    pattern = ""
    for line in told:
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += re.escape(steady(line)) + "\n"
    text = "".join(steady(line) + "\n" for line in now)
    return not re.fullmatch(pattern, text)


def loosely(line: str) -> str:
    """Wide columns and narrow ones are the same; so are gdb's own numbers."""
    line = re.sub(r"(?<=\S)  +", "  ", steady(line))
    line = re.sub(r"^\$\d+ =", "$N =", line)
    return re.sub(r"(bytes:(?: \w\w){4})[ \w.]*", r"\1 ...", line)


def steady(line: str) -> str:
    """Without what differs from run to run."""
    line = re.sub(r"0x[0-9a-f]{6,}", "0xADDRESS", line)
    line = re.sub(r"\bLWP \d+", "LWP N", line)
    if re.match(r" *(\d+\.\d{3}|Time/us)  ", line):  # of `await log`
        line = re.sub(r" *\d+\.\d{3}", "TIME", line, count=1)
        line = re.sub(r"  +", "  ", line).strip()
    line = re.sub(r"^  #\d+ +", "  #N ", line)  # libawait's own frames vary
    return re.sub(r'"tid": \d+', '"tid": N', line.rstrip())


def rewrite(path: Path) -> None:
    """Sessions of a document, as they are now; elided ones are left alone. How
    the cells of the matrix differ is gone then from those that have changed."""
    document = path.read_text().splitlines()
    for each in reversed(list(sessions(document))):
        if each.scene == OF_MATRIX:
            continue
        now = run(each.scene, each.commands())
        if "..." not in each.lines and differs(each.told(), now):
            block = slice(each.begin, each.end)
            document[block] = [f"    {line}".rstrip() for line in now]
    path.write_text("\n".join(document) + "\n")
