# SPDX-License-Identifier: MIT
"""The models next to this file, searched by spin to the last state: no error
in what libawait does, and one in each variant that is broken on purpose.

Each model says in its head what it stands for and what each variant breaks.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from command import command  # noqa: E402

HERE = Path(__file__).resolve().parent
ASLEEP = "invalid end state"
FALSE = "assertion violated"
# Not optimized: that takes longer than it spares, as most searches are short.
# clang takes half of the time that gcc does.
COMPILER = "clang" if shutil.which("clang") else "gcc"
SEARCH = ["-O0", "-w", "-DSAFETY", "-DMEMLIM=1024"]


def search(model: str, *defines: str) -> str:
    """What the search of a model says."""
    flags = [f"-D{name}" for name in defines]
    with tempfile.TemporaryDirectory() as tmp:
        command("spin", "-a", *flags, HERE / model, cwd=tmp)
        command(COMPILER, *SEARCH, "-o", "pan", "pan.c", cwd=tmp)
        return command("./pan", "-m100000", cwd=tmp)


class Model(unittest.TestCase):
    model: str

    def defined(self, names: tuple[str, ...]) -> None:
        text = (HERE / self.model).read_text()
        for name in names:
            self.assertRegex(text, rf"#\s*if.*\b{name}\b")

    def holds(self, *defines: str) -> None:
        self.defined(defines)
        said = search(self.model, *defines)
        self.assertIn("errors: 0\n", said)
        for incomplete in ("not completed", "too small", "out of memory"):
            self.assertNotIn(incomplete, said)
        states = re.search(r"(\d+) states, stored", said)
        assert states
        print(f"# {self.id()}: {states.group(1)} states", flush=True)

    def fails(self, how: str, *defines: str) -> None:
        self.defined(defines)
        said = search(self.model, *defines)
        self.assertRegex(said, r"errors: [1-9]")
        self.assertIn(how, said)


class Protocol(Model):
    model = "protocol.pml"

    def test_holds(self) -> None:
        self.holds()

    def test_holds_when_failures_are_final(self) -> None:
        self.holds("STICKY")

    def test_holds_for_promises(self) -> None:
        self.holds("PROMISE")

    def test_needs_release_at_resolve(self) -> None:
        self.fails(FALSE, "NO_RELEASE")

    def test_needs_recheck_before_sleep(self) -> None:
        self.fails(ASLEEP, "NO_RECHECK")

    def test_needs_flags_to_be_set_while_held(self) -> None:
        self.fails(ASLEEP, "NO_HOLD")

    def test_needs_barrier_to_hold(self) -> None:
        self.fails(ASLEEP, "NO_BARRIER")

    def test_needs_wait_to_hold(self) -> None:
        self.fails(ASLEEP, "NO_WAIT")

    def test_needs_look_at_holders(self) -> None:
        self.fails(ASLEEP, "HOLDERS_IGNORED")

    def test_needs_clearing_before_wake(self) -> None:
        self.fails(ASLEEP, "WAKE_FIRST")

    def test_needs_waiters_flag(self) -> None:
        self.fails(ASLEEP, "NO_WAITERS")

    def test_needs_atomic_claim(self) -> None:
        self.fails(FALSE, "CLAIM_STORES")

    def test_needs_claim_to_keep_flags(self) -> None:
        self.fails(ASLEEP, "PROMISE", "CLAIM_FORGETS")

    def test_needs_wake_at_cancel(self) -> None:
        self.fails(ASLEEP, "PROMISE", "CANCEL_IS_QUIET")

    def test_needs_unref_to_look_for_a_run(self) -> None:
        self.fails(FALSE, "END_AT_ONCE")

    def test_needs_doomed_by_compare_and_swap(self) -> None:
        self.fails(FALSE, "DOOM_BLINDLY")

    def test_needs_runner_to_end_the_doomed(self) -> None:
        self.fails(FALSE, "DOOM_IGNORED")

    def test_needs_release_at_unref(self) -> None:
        self.fails(FALSE, "UNREF_RELAXED")


class Watch(Model):
    model = "watch.pml"

    def both(self, variant: str) -> None:
        self.fails(FALSE, variant)
        self.fails(FALSE, variant, "NOWAIT")

    def test_holds(self) -> None:
        self.holds()

    def test_holds_for_nowaits(self) -> None:
        self.holds("NOWAIT")

    def test_needs_second_look_at_the_armed_bit(self) -> None:
        self.both("NO_LOOK")

    def test_needs_second_look_before_the_handle_leaves(self) -> None:
        self.both("HANDLE_FIRST")

    def test_needs_barrier_before_walk(self) -> None:
        self.both("NO_BARRIER")

    def test_needs_arming_before_walk(self) -> None:
        self.both("WALK_FIRST")

    def test_needs_walk(self) -> None:
        self.both("NO_WALK")

    def test_needs_walk_while_held(self) -> None:
        self.fails(FALSE, "NO_HOLD")

    def test_needs_wait_to_hold(self) -> None:
        self.fails(FALSE, "NO_WAIT")

    def test_needs_look_at_holders(self) -> None:
        self.fails(FALSE, "HOLDERS_IGNORED")

    def test_needs_claim_to_keep_the_bit(self) -> None:
        self.fails(FALSE, "CLAIM_FORGETS")

    def test_needs_atomic_unwatch(self) -> None:
        self.fails(ASLEEP, "UNWATCH_STORES")

    def test_needs_barrier_at_remove(self) -> None:
        self.fails(FALSE, "REMOVE_NO_BARRIER")

    def test_needs_remove_to_wait_for_callbacks(self) -> None:
        self.fails(FALSE, "REMOVE_NO_WAIT")


if __name__ == "__main__":
    tap.main()
