# SPDX-License-Identifier: MIT
"""Rows of the contract that say what a trace shows, in an LTTng trace.

Run inside tests/private-lttng, with the build directory as AWAIT_BUILD.
"""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "trace")]
import tap  # noqa: E402
import test_trace  # noqa: E402

APP = Path(os.environ["AWAIT_BUILD"]) / "tests/contract/contract-trace-app"


def line_of(mark: str) -> int:
    """The number of the line in traced.c that is marked so."""
    lines = (HERE / "traced.c").read_text().splitlines()
    (found,) = (n for n, text in enumerate(lines, 1) if f"HERE {mark} */" in text)
    return found


class Traced(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.trace = test_trace.Trace(APP, LIBAWAIT_TRACE="1")

    def made_at(self, mark: str) -> test_trace.Event:
        line = str(line_of(mark))
        (event,) = (e for e in self.trace.of("create") if e.line == line)
        return event

    def of(self, name: str, created: test_trace.Event) -> list[test_trace.Event]:
        return [e for e in self.trace.of(name) if e.id == created.id]

    def line(self, event: test_trace.Event) -> int:
        return self.trace.where(int(event.addr, 16))[1]

    def test_await_class_return(self) -> None:
        created = self.made_at("class return")
        self.assertEqual(len(self.of("exec_begin", created)), 1)
        (end,) = self.of("exec_end", created)
        self.assertEqual(end.outcome, "resolved")
        self.assertEqual(len(self.of("hit", created)), 2)

    def test_await_getattr_implicit_convertion(self) -> None:
        created = self.made_at("getattr")
        (begin,) = self.of("exec_begin", created)
        (hit,) = self.of("hit", created)
        self.assertEqual(self.line(begin), line_of("first field"))
        self.assertEqual(self.line(hit), line_of("second field"))

    def test_await_func_arg(self) -> None:
        arg, callee = self.made_at("creator"), self.made_at("callee")
        (waited,) = self.of("exec_begin", arg)
        (waiter,) = self.of("exec_begin", callee)
        self.assertEqual((arg.parent, waiter.parent), ("0", "0"))
        self.assertEqual(waited.parent, callee.id)
        self.assertEqual(self.line(arg), line_of("creator"))
        self.assertEqual(self.line(waited), line_of("callee waits"))
        self.assertEqual(self.line(waiter), line_of("caller waits"))


if __name__ == "__main__":
    sessiond = test_trace.start_daemon()
    try:
        tap.main()
    finally:
        sessiond.terminate()
        sessiond.wait(20)
