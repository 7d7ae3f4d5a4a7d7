# SPDX-License-Identifier: MIT
"""How ids, states, errors, values and whole awaits are spelled."""

from __future__ import annotations

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tap  # noqa: E402
from image import Image  # noqa: E402

from awaitmodel import await_text, value_text  # noqa: E402
from awaitmodel.error_text import error_text, failure_text  # noqa: E402
from awaitmodel.ids import id_text, parse_id  # noqa: E402
from awaitmodel.memory import AwaitError  # noqa: E402
from awaitmodel.printable import printable  # noqa: E402
from awaitmodel.states import (  # noqa: E402
    CANCELLED,
    FAILED,
    NOWAIT,
    PROMISE,
    RESOLVED,
    parse_states,
    state_text,
)
from awaitmodel.structs import Arg  # noqa: E402
from awaitmodel.text_table import cut, table  # noqa: E402
from awaitmodel.world import World  # noqa: E402

ENOENT = "-ENOENT (No such file or directory)"


class Spelling(unittest.TestCase):
    def test_ids(self) -> None:
        for number, text in (
            (14, "#14"),
            ((1 << 32) + 14, "#14.1"),
            ((0xFFFFFF << 32) + 0xFFFFFFFF, "#4294967295.16777215"),
        ):
            self.assertEqual(id_text(number), text)
            self.assertEqual(parse_id(text), number)
        self.assertEqual(parse_id(" 14.1 "), (1 << 32) + 14)
        for text in ("", "#", "#-1", "#1.", "#1.2.3", "fetch"):
            with self.assertRaisesRegex(ValueError, "not an await's id"):
                parse_id(text)

    def test_states(self) -> None:
        self.assertEqual(state_text(CANCELLED), "cancelled")
        self.assertEqual(state_text(7), "damaged (7)")
        self.assertEqual(parse_states("failed,pending"), {FAILED, 1})
        for text in ("free", "", "failed,", "Failed"):
            with self.assertRaisesRegex(ValueError, "it is one of pending, running"):
                parse_states(text)

    def test_errors(self) -> None:
        for number, text in (
            (-2, ENOENT),
            (-11, "-EAGAIN (Resource temporarily unavailable)"),
            (-35, "-EDEADLK (Resource deadlock avoided)"),
            (-95, "-EOPNOTSUPP (Operation not supported)"),
            (-5000, "-5000"),
            (0, "0"),
            (-133, "-EHWPOISON (Memory page has hardware error)"),
            (7, "7"),
        ):
            self.assertEqual(error_text(number), text)

    def test_failures(self) -> None:
        for attempts, more in (
            (1, ", 1 attempt"),
            (2, ", 2 attempts"),
            (255, ", 255 or more attempts"),
            (None, ""),
        ):
            self.assertEqual(failure_text(-2, attempts), ENOENT + more)

    def test_printable(self) -> None:
        """As tests/common/line.c has it."""
        name = b'fetch_\xc3\xa9"\\\x1b\xff\xc2\x9b\n'
        shown = 'fetch_\xe9"\\\\x1b\\xff\\xc2\\x9b\\n'
        self.assertEqual(printable(name), shown)
        self.assertEqual(printable(shown), shown)
        for data, text in (
            (b"\a\b\t\n\v\f\r\0\x7f", r"\a\b\t\n\v\f\r\x00\x7f"),
            (b"\xe6\x97x", r"\xe6\x97x"),
            (b"\xc0\xaf\xed\xa0\x80", r"\xc0\xaf\xed\xa0\x80"),
            (b"\xf4\x90\x80\x80", r"\xf4\x90\x80\x80"),
            (
                "\u202e\u2066\u200f\u061c",
                r"\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c",
            ),
        ):
            self.assertEqual(printable(data), text)
        self.assertEqual(printable("a\tb\nc", lines=True), "a\\tb\nc")
        for code in range(0x110000):
            good = (
                0x20 <= code < 0x7F
                or (0xA0 <= code < 0xD800 and code not in (0x61C, 0x200E, 0x200F))
                and not 0x2028 <= code <= 0x202E
                and not 0x2066 <= code <= 0x2069
                or code >= 0xE000
            )
            self.assertEqual(len(printable(chr(code))) == 1, good, hex(code))

    def test_table(self) -> None:
        rows = [["Count", "Name"], ["7", "fetch"], ["123456", ""]]
        self.assertEqual(
            table(rows, right=1), [" Count  Name", "     7  fetch", "123456"]
        )
        self.assertEqual((cut("abcdef", 6), cut("abcdefg", 6)), ("abcdef", "abc..."))


class Values(unittest.TestCase):
    def test_kinds(self) -> None:
        image = Image()
        layout = image.layout()
        text = image.text('say "hi"\n\xe9')
        long = image.text("x" * 300)
        for kind, data, shown in (
            (value_text.SIGNED, struct.pack("=i", -3), "-3"),
            (value_text.UNSIGNED, b"\xff", "255"),
            (value_text.BOOL, b"\1", "true"),
            (value_text.FLOAT, struct.pack("=d", 0.5), "0.5"),
            (value_text.FLOAT, struct.pack("=f", 1.25), "1.25"),
            (value_text.POINTER, bytes(8), "NULL"),
            (value_text.POINTER, struct.pack("=Q", 0x1234), "0x1234"),
            (value_text.STRING, struct.pack("=Q", text), '"say \\"hi\\"\\n\xe9"'),
            (value_text.STRING, struct.pack("=Q", long), f'"{"x" * 200}"...'),
            (value_text.STRING, struct.pack("=Q", 16), "0x10 <unreadable>"),
            (value_text.OPAQUE, b"\7\0\1", "<T, 3 bytes: 07 00 01>"),
            (
                value_text.OPAQUE,
                bytes(range(20)),
                "<T, 20 bytes: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f ...>",
            ),
        ):
            address = image.bytes(data)
            got = value_text.by_kind(layout, kind, len(data), address, "T")
            self.assertEqual(got, shown)
        with self.assertRaisesRegex(AwaitError, "cannot read memory at 0x10"):
            value_text.by_kind(layout, value_text.SIGNED, 4, 16, "int")


class Awaits(unittest.TestCase):
    def setUp(self) -> None:
        self.image = Image()
        fetch = self.image.func(
            "fetch",
            args=[
                ("path", "const char *", 8, value_text.STRING),
                ("depth", "int", 4, value_text.SIGNED),
            ],
        )
        self.fetch = self.image.site(fetch, "/src/main.c", 31)
        self.slab = self.image.slab(first_id=14, slots=8)

    def text(self, address: int) -> str:
        world = World(self.image.layout())
        head = world.layout.find(address)
        func = world.layout.site(head.site).func

        def show(args: int, arg: Arg) -> str:
            at = args + arg.offset
            return await_text.value(world, arg.kind, arg.size, at, arg.spelling)

        def value() -> str:
            at, kind = head.address + func.value_offset, func.type
            return await_text.value(world, kind.kind, kind.size, at, kind.spelling)

        call = await_text.call(func, await_text.args_at(world, head, func), show)
        return (
            await_text.brief(world, head)
            + f": {call}"
            + await_text.outcome(head, func, value)
        )

    def payload(self) -> bytes:
        return struct.pack("=iiQQ", 42, 0, self.image.text("/etc/hosts"), 7)

    def test_lazy(self) -> None:
        for state, more, text in (
            (1, {}, '#14.2 fetch: fetch("/etc/hosts", 7)'),
            (RESOLVED, {}, "#14.2 fetch: fetch(...) = 42"),
            (
                FAILED,
                {"error": -2, "attempts": 2},
                f'#14.2 fetch: fetch("/etc/hosts", 7): {ENOENT}, 2 attempts',
            ),
            (CANCELLED, {}, "#14.2 fetch: fetch(...)"),
        ):
            address = self.image.await_at(
                self.slab, 0, self.fetch, state, 2, payload=self.payload(), **more
            )
            self.assertEqual(self.text(address), text)

    def test_saved_arguments(self) -> None:
        aw = self.image.await_at(
            self.slab, 3, self.fetch, RESOLVED, payload=struct.pack("=i", 42)
        )
        saved = self.image.bytes(self.payload()[8:])
        stride = self.image.block["kept_stride"]
        table = self.image.bytes(bytes(stride * 8))
        self.image.set(table + 3 * stride, kept_args=saved)
        self.image.set(self.slab, slab_kept=table)
        self.assertEqual(self.text(aw), '#17 fetch: fetch("/etc/hosts", 7) = 42')

    def test_nowait_and_promise(self) -> None:
        for origin, state, text in (
            (NOWAIT, RESOLVED, "#14 answer: answer = 42"),
            (PROMISE, FAILED, f"#14 answer: answer: {ENOENT}"),
        ):
            site = self.image.site(
                self.image.func("answer", origin=origin), "main.c", 40
            )
            address = self.image.await_at(
                self.slab, 0, site, state, error=-2, payload=self.payload()
            )
            self.assertEqual(self.text(address), text)

    def test_names_of_what_is_no_await(self) -> None:
        aw = self.image.await_at(self.slab, 0, self.fetch)
        world = World(self.image.layout())
        self.assertEqual(await_text.name(world, aw), "#14 fetch")
        self.assertEqual(
            await_text.name(world, aw + 128), f"<ended await at {aw + 128:#x}>"
        )
        self.assertEqual(await_text.name(world, 16), "<damaged await at 0x10>")

    def test_places(self) -> None:
        site = World(self.image.layout()).layout.site(self.fetch)
        self.assertEqual(await_text.line_of(site), "main.c:31")
        self.assertEqual(await_text.place_of(site), "main.c:31 in main()")


if __name__ == "__main__":
    tap.main()
