# SPDX-License-Identifier: MIT
"""Runs unittest cases and prints TAP, one line per test, for `meson test`.

    import unittest
    import tap

    class Report(unittest.TestCase):
        def test_totals(self):
            ...

    if __name__ == "__main__":
        tap.main()

A skipped test prints its reason, in one line. Where a class is skipped, each of its
tests is. Output of a failed test is its traceback, as TAP comments.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import unittest
from collections.abc import Iterator


def _ids_in(suite: unittest.TestSuite) -> Iterator[str]:
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from _ids_in(each)
        else:
            yield each.id()


class _TapResult(unittest.TestResult):
    def __init__(self, ids: list[str]) -> None:
        super().__init__()
        self.ids = ids
        self.count = 0

    def _line(self, ok: bool, id: str, more: str = "") -> None:
        self.count += 1
        name = id.replace("__main__.", "", 1)
        word = "ok" if ok else "not ok"
        print(f"{word} {self.count} - {name}{more}", flush=True)

    def _comment(self, text: str) -> None:
        for line in text.splitlines():
            print(f"# {line}", flush=True)

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self._line(True, test.id())

    def addFailure(self, test, err) -> None:  # type: ignore[no-untyped-def]
        super().addFailure(test, err)
        self._line(False, test.id())
        self._comment(self.failures[-1][1])

    def addError(self, test, err) -> None:  # type: ignore[no-untyped-def]
        super().addError(test, err)
        self._line(False, test.id())
        self._comment(self.errors[-1][1])

    def addSubTest(self, test, subtest, err) -> None:  # type: ignore[no-untyped-def]
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._line(False, subtest.id())
            self._comment(self._exc_info_to_string(err, test))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        why = " ".join(reason.split())
        # All of a class are one test of the name "setUpClass (__main__.Class)".
        all_of = re.fullmatch(r"setUp(?:Class|Module) \((.*)\)", test.id())
        for id in self.ids if all_of else [test.id()]:
            if not all_of or id.startswith(f"{all_of[1]}."):
                self._line(True, id, f" # SKIP {why}")


def unless_sanitized(why: str):  # type: ignore[no-untyped-def]
    """Skips a test in a build with sanitizers (tests/sanitized)."""
    return unittest.skipIf("AWAIT_SANITIZED" in os.environ, f"sanitizers: {why}")


def _heed_signals() -> None:
    """Signals that are ignored, as under nohup, would be by each program that a
    test starts."""
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def main() -> None:
    """Runs all tests of the calling script, or those named on its command
    line (Class or Class.test), and exits."""
    loader = unittest.TestLoader()
    module = sys.modules["__main__"]
    names = sys.argv[1:]
    suite = (
        loader.loadTestsFromNames(names, module)
        if names
        else loader.loadTestsFromModule(module)
    )
    result = _TapResult(list(_ids_in(suite)))
    _heed_signals()
    print(f"1..{suite.countTestCases()}", flush=True)
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() and result.count else 1)
