# SPDX-License-Identifier: MIT
"""`awaits log`: the last events, if libawait-test records them, as `await log`
shows them in gdb."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

import lldb  # type: ignore

from awaitlldb import memory
from awaitmodel import command_options, recorder_log
from awaitmodel.recorder_log import Log, Process
from awaitmodel.structs import LayoutError


def lines(target: lldb.SBTarget, words: list[str]) -> Iterator[str]:
    asked = command_options.parse_log(words, "see `awaits --help`")
    recorders = memory.recorders(target)
    if not recorders:
        raise LayoutError(recorder_log.NONE)
    recorded = [copy.module for _, _, copy in recorders]
    silent = [
        recorder_log.UNRECORDED.format(copy.module)
        for copy in memory.copies(target)
        if copy.module not in recorded
    ]
    if asked.json:
        _, address, copy = recorders[0]
        others = [
            recorder_log.NOT_HERE.format(module) for module, _, _ in recorders[1:]
        ]
        log = Log(_process(target, copy), address, asked)
        yield json.dumps(log.document([*others, *silent]))
        return
    for module, address, copy in recorders:
        if len(recorders) > 1:
            yield f"recorder in {module}:"
        yield from Log(_process(target, copy), address, asked).lines()
    yield from silent


def _process(target: lldb.SBTarget, copy: memory.Copy) -> Process:
    return Process(
        world=copy.world,
        tid=functools.partial(memory.thread_tid, target),
        thread=functools.partial(memory.thread_number, target),
        place=functools.partial(memory.place, target),
    )
