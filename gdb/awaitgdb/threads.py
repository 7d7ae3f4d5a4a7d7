# SPDX-License-Identifier: MIT
"""The kernel's thread ids, which libawait keeps, and gdb's threads and numbers.

    >>> thread_number(4711), thread_name(4711)
    (2, 'thread 2')
"""

from __future__ import annotations

import gdb  # type: ignore

from awaitmodel.memory import AwaitError


def find_thread(tid: int) -> gdb.InferiorThread | None:
    """gdb's thread with that thread id, or None if gdb does not know it."""
    for thread in gdb.selected_inferior().threads():
        if thread.ptid[1] == tid:
            return thread
    return None


def thread_number(tid: int) -> int | None:
    found = find_thread(tid)
    return int(found.num) if found else None


def thread_tid(number: int) -> int:
    """The thread id of gdb's thread `number`; AwaitError if there is none."""
    for thread in gdb.selected_inferior().threads():
        if thread.num == number:
            return int(thread.ptid[1])
    raise AwaitError(f"no thread {number}: see `info threads`")


def thread_name(tid: int) -> str:
    """For the middle of a sentence: it may end in a comma."""
    number = thread_number(tid)
    return f"thread {number}" if number else f"LWP {tid}, unknown to gdb,"


def selected_tid() -> int:
    """The thread id of the selected thread, or 0 if none is selected. For some targets
    gdb knows only the id of the process."""
    thread = gdb.selected_thread()
    return int(thread.ptid[1] or thread.ptid[0]) if thread else 0


def any_runs() -> bool:
    """Whether a thread of the selected inferior runs at this moment."""
    return any(thread.is_running() for thread in gdb.selected_inferior().threads())
