# SPDX-License-Identifier: MIT
"""libFuzzer on every parser of ours: of ring buffers, packets, metadata, indexes,
memory of other processes, events, command lines, and of the text of others.

Each gets as many inputs, made from those in corpus/ by a fixed seed, and says which
part of the code it is about was reached. Needs clang with libFuzzer, and is left out
aloud without."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

import corpora  # noqa: E402
import sample  # noqa: E402
import tap  # noqa: E402

# What each is about: compiled for it, and its coverage counts. All else comes from the
# libraries that are built already.
FUZZERS: dict[str, tuple[str, ...]] = {
    "ring": (
        *("ctf/shm_ring", "ctf/torn_subbuf", "ctf/event_size", "ctf/unconsumed"),
        *("ctf/event_places", "ctf/event_readings", "ctf/event_unseen"),
        *("ctf/event_paths", "ctf/event_sums"),
    ),
    "packets": ("ctf/packet", "ctf/index", "ctf/metadata_file"),
    "metadata": (
        *("ctf/metadata_layout", "ctf/metadata_tsdl", "ctf/metadata_json"),
        *("ctf/json", "ctf/event_size"),
    ),
    "text": (
        *("common/line", "common/number", "common/printable"),
        *("libawait/start/env", "libawait/inspect/out"),
    ),
    "options": (
        *("awaitctl/record/options", "awaitctl/record/filter"),
        *("awaitctl/record/filter_labels", "awaitctl/common/filter_tokens"),
        *("awaitctl/ps/options", "awaitctl/common/usage"),
    ),
    "process": (
        *("process/layout", "process/names", "process/slabs", "process/slots"),
        "process/threads",
    ),
    "events": (
        *("awaitctl/read/belonging", "awaitctl/read/findings"),
        *(
            "lives/alive",
            "lives/await_events",
            "lives/events_known",
            "lives/figures",
            "lives/histogram",
        ),
        *("lives/lives", "lives/processes", "lives/sites", "lives/slowest"),
        *("lives/sums", "lives/threads", "lives/asleep", "lives/unfinished"),
        "libawait-test/load/fields_needed",
        "libawait-test/records/given_names",
        *("libawait-test/load/events", "libawait-test/load/known"),
    ),
}
ARCHIVES = os.environ["AWAIT_ARCHIVES"].split(":")
LIBRARIES = "-llttng-ctl -lbabeltrace2 -ldw -lelf -lncursesw -ltinfo -ldl -lpthread"
SHORT, LONG = 20000, 200000
# Without what would add a place to each access, that is never reached.
SANITIZERS = (
    "-fsanitize=address,shift,integer-divide-by-zero,bounds,signed-integer-overflow",
    "-fno-sanitize-recover=all",
)
SECONDS = 1800


FLAGS = ("-std=gnu11", "-g", "-O1", "-iquote", "src", "-Iinclude")


def clang(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["clang", *FLAGS, *SANITIZERS, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=SOURCE,
        timeout=SECONDS,
    )


class Fuzz(unittest.TestCase):
    dir: pathlib.Path

    @classmethod
    def setUpClass(cls) -> None:
        if not shutil.which("clang"):
            raise unittest.SkipTest("there is no clang")
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.dir = pathlib.Path(holder.name)
        empty = cls.dir / "empty.c"
        empty.write_text("int LLVMFuzzerTestOneInput(void) { return 0; }\n")
        out = clang("-fsanitize=fuzzer", empty, "-o", cls.dir / "empty")
        if out.returncode:
            raise unittest.SkipTest(f"clang has no libFuzzer: {out.stderr[:200]}")

    def build(self, name: str) -> pathlib.Path:
        sources = [f"src/{x}.c" for x in FUZZERS[name]]
        objects = []
        for source in (*sources, f"tests/fuzz/{name}.c", "tests/fuzz/fuzz.c"):
            made = self.dir / f"{name}-{source.replace('/', '-')}.o"
            # The fuzzer itself is not what is to be reached.
            counted = ["-fsanitize=fuzzer-no-link"] if source in sources else []
            out = clang(*counted, "-c", source, "-o", made)
            self.assertEqual(out.returncode, 0, out.stderr)
            objects.append(made)
        program = self.dir / name
        group = ("-Wl,--start-group", *ARCHIVES, "-Wl,--end-group")
        out = clang(
            *("-fsanitize=fuzzer", *objects, *group, *LIBRARIES.split()),
            *("-o", program),
        )
        self.assertEqual(out.returncode, 0, out.stderr)
        return program

    def fuzz(self, name: str) -> None:
        program = self.build(name)
        runs = sample.share(SHORT, LONG, f"inputs for {name}")
        grown = self.dir / f"{name}-grown"
        grown.mkdir()
        out = subprocess.run(
            [
                *(program, f"-runs={runs}", "-seed=1", "-max_len=8192"),
                *("-timeout=20", "-malloc_limit_mb=256", "-rss_limit_mb=2048"),
                *("-detect_leaks=1", "-close_fd_mask=3"),
                *(f"-artifact_prefix={self.dir}/", grown, HERE / "corpus" / name),
            ],
            capture_output=True,
            text=True,
            errors="backslashreplace",
            cwd=self.dir,
            timeout=SECONDS,
        )
        said = out.stderr[-6000:]
        self.assertEqual(out.returncode, 0, said)
        counters = re.search(r"\((\d+) inline 8-bit counters\)", out.stderr)
        reached = re.findall(r"cov: (\d+) ", out.stderr)
        done = re.search(r"Done (\d+) runs in (\d+) second", out.stderr)
        assert counters and reached and done, said
        self.assertGreaterEqual(int(done[1]), runs)
        print(
            f"# {name}: {done[1]} inputs in {done[2]} s reached {reached[-1]} of"
            f" {counters[1]} places",
            flush=True,
        )
        # Otherwise it reads nothing of what it is about.
        self.assertGreater(3 * int(reached[-1]), int(counters[1]), said)

    def test_ring(self) -> None:
        self.fuzz("ring")

    def test_packets(self) -> None:
        self.fuzz("packets")

    def test_metadata(self) -> None:
        self.fuzz("metadata")

    def test_text(self) -> None:
        self.fuzz("text")

    def test_options(self) -> None:
        self.fuzz("options")

    def test_process(self) -> None:
        self.fuzz("process")

    def test_events(self) -> None:
        self.fuzz("events")


class Corpora(unittest.TestCase):
    def test_what_is_stored(self) -> None:
        """Is what corpora.py makes, and nothing else."""
        stored = {
            folder.name: {x.name: x.read_bytes() for x in folder.iterdir()}
            for folder in corpora.CORPUS.iterdir()
        }
        self.assertEqual(stored, corpora.made())
        self.assertEqual(set(stored), set(FUZZERS))


if __name__ == "__main__":
    tap.main()
