# SPDX-License-Identifier: MIT
"""When nothing can be recorded awaitctl says what to do about it, and that is
right."""

from __future__ import annotations

import os

import harness
import public
from harness import APP, AWAITCTL, run

import tap


class Advice(harness.Case):
    def refused(self, *words: str, **options: object) -> None:
        """Not recorded, and told why in a line that has these words."""
        out = run(*options.pop("program"), **options)
        self.assertEqual(out.returncode, 1, out.stderr)
        self.assertEqual(out.stderr.count("\n"), 1, out.stderr)
        for word in words:
            self.assertIn(word, out.stderr)

    def as_nobody(
        self, home: str, *before: str, **options: object
    ) -> dict[str, object]:
        if os.getuid() != 0:
            self.skipTest("needs root, to be another user")
        self.dir.chmod(0o755)
        awaitctl, environment = public.copy(self.dir, AWAITCTL)
        environment.pop("LTTNG_HOME", None)
        environment["HOME"] = home
        ours = self.dir / "nobody"
        ours.mkdir(exist_ok=True)
        os.chown(ours, public.NOBODY, public.NOBODY)
        return {
            "program": (*before, awaitctl, "record", "-o", ours / "trace", "true"),
            "env": environment,
            "user": public.NOBODY,
            "cwd": "/",
        }

    def test_home_of_others(self) -> None:
        for home in str(self.dir), "/nonexistent":
            with self.subTest(home=home):
                self.refused("set LTTNG_HOME to", **self.as_nobody(home))

    def test_root_of_a_namespace(self) -> None:
        options = self.as_nobody(str(self.dir), "unshare", "--map-root-user")
        if run("unshare", "-r", "true", user=public.NOBODY).returncode:
            self.skipTest("users may not have namespaces here")
        self.refused("unshare --map-current-user", **options)

    def test_consumer_has_died(self) -> None:
        self.start_daemon()
        # As it gets a consumer: with the first session.
        self.record_with(program=(APP, "exit", 0))
        consumers = harness.processes("lttng-consumerd")
        self.kill(*consumers)
        self.trace = self.dir / "second"
        record = AWAITCTL, "record", "-o", self.trace, "true"
        self.refused("consumer daemon has died", program=record)

    def test_early_death(self) -> None:
        out = self.recorded("sh", "-c", "kill -SEGV $$")
        self.assertEqual(out.returncode, 128 + 11)
        self.assertIn("sh was ended by signal 11 (Segmentation fault)", out.stderr)


if __name__ == "__main__":
    tap.main()
