# SPDX-License-Identifier: MIT
"""`await log`: the last events, if libawait-test records them in the process."""

from __future__ import annotations

from collections.abc import Iterator

import gdb  # type: ignore

from awaitgdb import completion, error_line, memory, text
from awaitgdb.memory import Recorder
from awaitgdb.symbolize import place
from awaitgdb.threads import thread_number, thread_tid
from awaitmodel import command_options, recorder_log
from awaitmodel.command_options import LogOptions
from awaitmodel.memory import AwaitError
from awaitmodel.recorder_log import Log, Process


class AwaitLog(gdb.Command):
    """Show the last events of awaits, if the process records them.
    Usage: await log [#ID] [FUNCTION] [-thread N] [-n COUNT] [-json]

    Between await_trace_begin() and await_trace_end() of libawait-test a process
    does; so does any with libawait-test and LIBAWAIT_RECORD=EVENTS in its
    environment. Oldest first; times are microseconds since that began.

      #ID        of that await, which may have ended
      FUNCTION   of awaits whose function's name matches, such as fetch_*
      -thread N  that happened on thread N
      -n COUNT   show at most the last COUNT (20; 0 shows all)
      -json      one JSON document, described in libawait's docs/gdb.md

    Example:
      (gdb) await log fetch -n 3
      31 events, recording
      Time/us  Thread  Event    Await      In  Where
       12.031  1       begins   #2 fetch       main.c:40 in main()
       14.518  1       ran      #2 fetch       main.c:40 in main()
       14.702  2       hit      #2 fetch   #7  main.c:52 in show()"""

    def __init__(self) -> None:
        super().__init__("await log", gdb.COMMAND_DATA)

    @error_line.in_one_line
    def invoke(self, argument: str, _from_tty: bool) -> None:
        options = command_options.parse_log(gdb.string_to_argv(argument))
        recorders = _recorders()
        if options.json:
            others = [*_others(recorders[1:]), *_unrecorded(recorders)]
            text.print_json(_log(recorders[0], options).document(others))
            return
        for recorder in recorders:
            if len(recorders) > 1:
                print(f"recorder in {recorder.name}:")
            _show(recorder, options, alone=len(recorders) == 1)
            if recorder is not recorders[-1]:
                print()
        for line in _unrecorded(recorders):
            print(line)

    @error_line.quietly
    def complete(self, typed: str, word: str) -> list[str]:
        return completion.log(typed, word)


def _recorders() -> list[Recorder]:
    memory.worlds()  # the error if there is no libawait at all
    found = memory.recorders()
    if not found:
        raise AwaitError(recorder_log.NONE)
    return found


def _others(recorders: list[Recorder]) -> Iterator[str]:
    """Lines that name the recorders which a JSON document leaves out."""
    for recorder in recorders:
        yield recorder_log.NOT_HERE.format(recorder.name)


def _unrecorded(recorders: list[Recorder]) -> Iterator[str]:
    """Lines that name the libawaits without a recorder."""
    recorded = [recorder.copy.address for recorder in recorders]
    for copy in memory.copies():
        if copy.address not in recorded:
            yield recorder_log.UNRECORDED.format(copy.name)


def _show(recorder: Recorder, options: LogOptions, alone: bool) -> None:
    try:
        for line in _log(recorder, options).lines():
            print(line)
    except AwaitError as error:
        if alone:
            raise
        print(error_line.line(error))


def _log(recorder: Recorder, options: LogOptions) -> Log:
    process = Process(
        world=recorder.copy.world(),
        tid=thread_tid,
        thread=thread_number,
        place=place,
    )
    return Log(process, recorder.address, options)
