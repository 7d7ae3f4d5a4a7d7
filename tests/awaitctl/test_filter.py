# SPDX-License-Identifier: MIT
"""awaitctl record --filter: what the trace then holds, what is refused, and what
the report says of it."""

from __future__ import annotations

import os
import pathlib
import re

import harness
from harness import AWAITCTL, daemons, run

import tap

TOP = pathlib.Path(__file__).resolve().parents[2]
SQUARE = (3, 2, 0, 1, 1)


class Filters(harness.Case):
    def test_function(self) -> None:
        """What became of these awaits is recorded with them."""
        self.record_with("--filter", 'function == "square"')
        report = self.report()
        self.assertEqual(report.functions["square"], SQUARE)
        self.assertEqual(set(report.functions), {"square", "(unknown)"})
        self.assertEqual(report.functions["(unknown)"][0], 0)
        named = [x for x in self.lines() if " function = " in x]
        self.assertEqual(len(named), 3 + 2)
        counts = self.counts()
        self.assertEqual((counts["exec_end"], counts["create_stack"]), (27, 29))

    def test_others(self) -> None:
        for text, changed in (
            ("error == -2", {"exec_end": 1}),
            ("attempt > 1", {"exec_begin": 1}),
            ('function == "a_b && id" || line < 0', {"create": 0}),
            ('$ctx.procname == "no such"', None),
            ("$ctx.vpid != 0 && 0x1 == 1", {}),
            ("truncated == 2", {"create_stack": 0}),
            ("waiter != 0", {"hit": 0}),
        ):
            with self.subTest(text=text):
                self.trace = self.dir / f"trace{len(list(self.dir.iterdir()))}"
                if changed is None:
                    self.record_with("--filter", text)
                    out = run("babeltrace2", self.trace).stdout
                    self.assertIn(" lttng_ust_statedump:", out)
                    # It says whose the process is, whatever the filter.
                    self.assertEqual(
                        set(re.findall(r" await:(\w+)", out)), {"statedump_process"}
                    )
                    continue
                self.record_with("--filter", text)
                wanted = {
                    "create": 29,
                    "exec_begin": 27,
                    "exec_end": 27,
                    "hit": 24,
                    "destroy": 29,
                    "create_stack": 29,
                    "process_end": 1,
                } | changed
                wanted = {k: n for k, n in wanted.items() if n}
                self.assertEqual(self.counts(), wanted)

    def test_labels_are_numbers_for_lttng(self) -> None:
        """It would take the label, and record nothing."""
        for text, changed in (
            ('outcome == "failed"', {"exec_end": 2}),
            ('("failed") != outcome', {"exec_end": 25}),
            ('origin == "promise" && function != "lazy"', {"create": 0}),
            ('source == "wait"', {}),
        ):
            with self.subTest(text=text):
                self.trace = self.dir / f"trace{len(list(self.dir.iterdir()))}"
                self.record_with("--filter", text)
                counts = self.counts()
                for event, count in ({"create": 29, "exec_end": 27} | changed).items():
                    self.assertEqual(counts.get(event, 0), count, event)

    def test_labels_and_kinds_are_the_provider_s(self) -> None:
        self.record_with("--stacks=none", "--filter", "id != 0")
        out = run("find", self.trace, "-name", "metadata")
        (metadata,) = {pathlib.Path(x).parent for x in out.stdout.split()}
        out = run("babeltrace2", "-o", "ctf-metadata", metadata)
        self.assertEqual(out.returncode, 0, out.stderr)
        events = re.findall(
            r'event \{\s*name = "(await:\w+)";(.*?)\n\};', out.stdout, re.S
        )
        self.assertGreater(len(events), 12)
        checked = set()
        for event, text in events:
            fields = text.partition("fields := struct")[2]
            for values, name in re.findall(
                r"enum : integer \{[^}]*\} \{([^}]*)\} _(\w+);", fields
            ):
                for label, value in re.findall(r'"(\w+)" = (\d+)', values):
                    checked.add((name, label, value))
            for name in re.findall(r"string _(\w+);", fields):
                checked.add((name, "", ""))
        self.assertGreater(len(checked), 15)
        for name, label, value in sorted(checked):
            with self.subTest(name=name, label=label):
                if name == "recordings":
                    continue  # no filter is for that event
                quoted = f'{name} == "{label or "any"}"'
                out = self.recorded_with("--dry-run", "--filter", quoted)
                self.assertEqual(out.returncode, 0, out.stderr)
                wanted = f"'{name} == {value}'" if label else f"'{quoted}'"
                self.assertIn(f" --filter={wanted}\n", out.stdout)

    def test_refused(self) -> None:
        for text, part in (
            ('outcome == "fail"', 'outcome is never "fail": it is one of pending, '),
            ('"failed" < state', 'state has no order: compare it with "failed" by =='),
            ('id == "3"', 'id is a number: compared with "3" it is never right'),
            ("7 != function", "function is a text: compared with 7 it is never right"),
            ('function == "squ', "LTTng refuses the filter function"),
            ("id = = 3", "Invalid filter"),
            ("id +", "see lttng-enable-event(1)"),
            ("colour == 3", "no event has all the fields of the filter colour"),
            ('function == "a" && outcome == 1', "docs/tracing.md"),
        ):
            with self.subTest(text=text):
                out = self.recorded_with("--filter", text)
                self.assertEqual((out.returncode, out.stdout), (1, ""))
                self.assertRegex(out.stderr, r"\Aawaitctl: [^\n]+\n\Z")
                self.assertIn(part, out.stderr)
                self.assertEqual(daemons(), self.before)
                self.assertFalse(self.trace.exists())

    def test_fields_are_the_documented(self) -> None:
        """The table of the page, which is held to the provider."""
        page = (TOP / "docs/tracing.md").read_text()
        fields = {
            f"await:{name}": set(re.findall(r"`(\w+)`", cell))
            | (set() if re.match("statedump_[bepi]|process_", name) else {"addr"})
            for name, cell in re.findall(
                r"^\| `(\w+)` \| [A-Z_]+ \| ([^|]+) \|", page, re.M
            )
        }
        self.assertGreater(len(fields), 10)
        # No filter is for these, nor is the channel.
        for event in harness.OF_PROCESSES:
            del fields[event]
        for field in sorted(set.union(*fields.values())):
            filtered = set()
            for stacks in "--stacks", "--stacks=none":
                out = self.recorded_with("--dry-run", stacks, "--filter", field)
                filtered |= set(re.findall(r" (await:\w+) --filter", out.stdout))
            self.assertEqual(filtered, {k for k, v in fields.items() if field in v})
        out = self.recorded_with("--dry-run", "--filter", "ppid == 1")
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(out.stderr, r"\Aawaitctl: no event has .* ppid == 1; .*\n\Z")
        out = self.recorded_with("--dry-run")
        names = set(re.findall(r"enable-event .*channel=awaits (\S+)", out.stdout))
        self.assertEqual(names, {k for k in fields if not k.endswith("_stack")})


class Reported(harness.Case):
    """What a filter hid is not what did not happen."""

    def text(self, *options: object, **more: object) -> str:
        self.record_with(*options, **more)
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        return out.stdout

    def test_of_whole_awaits(self) -> None:
        """By name or id: what passes is all of an await that was created."""
        text = self.text("--filter", 'function == "square"')
        self.assertIn(
            'Recorded with the filter function == "square". It was for await:create,',
            text,
        )
        self.assertIn("others of these events are not counted.\n", text)
        self.assertRegex(text, r"square +int +3 +2 +0 +1 +3 +1 ")
        self.assertIn(" 0 still running", text)

    def test_waits(self) -> None:
        """All awaits would be called never waited for by the creations alone."""
        text = self.text("--filter", "attempt > 1 && parent == 0")
        self.assertIn(" unknown never waited, 0 still running", text)
        self.assertRegex(text, r"square +int +3 +2 +0 +1 +\? +\? ")
        self.assertIn("counted, and what a filter hides is unknown.\n", text)

    def test_ends(self) -> None:
        """All but one run would be called running."""
        text = self.text("--filter", "error == -2")
        self.assertIn(" unknown failed, ", text)
        self.assertIn(", unknown still running", text)
        self.assertNotIn("running ", text.partition("Slowest")[2])
        self.assertRegex(text, r"square +int +3 +2 +\? +1 +\? +\? ")

    def test_nothing_passed(self) -> None:
        self.record_with("--filter", '$ctx.procname == "no such"')
        out = run(AWAITCTL, "report", self.trace)
        self.assertEqual((out.returncode, out.stdout), (1, ""))
        self.assertRegex(
            out.stderr, r"passed the filter \$ctx.procname == \"no such\" would be\n\Z"
        )

    def test_of_no_recording(self) -> None:
        """A filter nobody wrote, or that is no file, is not known."""
        self.record_with("--filter", "attempt > 1")
        path = self.trace / "filter"
        for make in (
            path.unlink,
            lambda: os.mkfifo(path),
            lambda: path.write_text("attempt > 1\n"),
        ):
            path.unlink(missing_ok=True)
            if make != path.unlink:
                make()
            text = self.report().text
            self.assertNotIn("filter", text)

    def test_text_is_foreign(self) -> None:
        self.record_with("--filter", "attempt > 1")
        path = self.trace / "filter"
        path.write_text("\x1b[31m" + 300 * "x" + "\nawait:\x9b\n")
        text = self.report().text
        self.assertNotRegex(text, "[\x1b\x9b]")
        self.assertIn("xxx...", text)


if __name__ == "__main__":
    tap.main()
