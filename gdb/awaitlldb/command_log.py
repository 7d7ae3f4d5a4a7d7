# SPDX-License-Identifier: MIT
"""`awaits log`: the last events, if libawait-test records them in the process.

The text is that of `await log` in gdb.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

import lldb  # type: ignore

from awaitlldb import memory
from awaitmodel import command_options
from awaitmodel.memory import AwaitError
from awaitmodel.recorder_log import NONE, NOT_HERE, UNRECORDED, Log, Process


def lines(target: lldb.SBTarget, words: list[str]) -> Iterator[str]:
    options = command_options.parse_log(words, "see `awaits --help`")
    recorders = memory.recorders(target)
    if not recorders:
        raise AwaitError(NONE)
    recorded = [copy.module for _, _, copy in recorders]
    silent = [
        UNRECORDED.format(copy.module)
        for copy in memory.copies(target)
        if copy.module not in recorded
    ]
    if options.json:
        _, address, copy = recorders[0]
        others = [NOT_HERE.format(module) for module, _, _ in recorders[1:]]
        log = Log(_process(target, copy), address, options)
        yield json.dumps(log.document([*others, *silent]))
        return
    for module, address, copy in recorders:
        if len(recorders) > 1:
            yield f"recorder in {module}:"
        yield from Log(_process(target, copy), address, options).lines()
    yield from silent


def _process(target: lldb.SBTarget, copy: memory.Copy) -> Process:
    return Process(
        world=copy.world,
        tid=functools.partial(memory.thread_tid, target),
        thread=functools.partial(memory.thread_number, target),
        place=functools.partial(memory.place, target),
    )
