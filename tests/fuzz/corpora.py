# SPDX-License-Identifier: MIT
"""Makes the inputs that the fuzzers begin with: small, sound, and ours. What is in
corpus/ is what this makes.

    python3 tests/fuzz/corpora.py
"""

from __future__ import annotations

import pathlib
import struct

CORPUS = pathlib.Path(__file__).with_name("corpus")
HEAD = 84
SUBBUF = 256


def event(number: int, thread: int = 1, stack: int = 0) -> bytes:
    """As the metadata of ring.c has it."""
    data = struct.pack("<HI", 0, number * 1000)
    data += struct.pack("<iiQ", 7, 7 + thread, number) + b"f\0"
    return data + bytes([stack]) + struct.pack(f"<{stack}Q", *range(stack))


def packet(number: int, content: bytes, size: int, ended: bool = True) -> bytes:
    bits = 8 * (HEAD + len(content)) if ended else 2**64 - 1
    head = struct.pack("<I16sIQ", 0xC1FC1FC1, bytes(16), 0, 0)
    head += struct.pack("<QQ", 1 + number * 10000, 9000 * ended)
    head += struct.pack("<QQ", bits, 8 * size if ended else 2**64 - 1)
    head += struct.pack("<QQI", number, 0, 0)
    return (head + content).ljust(size, b"\0")


def ring(subbufs: list[tuple[bytes, int, int]], end: int, major: int = 0) -> bytes:
    """The bytes of each sub-buffer, what is committed of it, and in one piece."""
    count = len(subbufs)
    magic = bytes.fromhex("177bf177bf177bf177bf177bf177bf17")
    abi = magic + struct.pack("<Q", 0) + struct.pack("<HHHBB", 0x1234, major, 0, 8, 0)
    abi += struct.pack("<11I", 128, 136, 144, 8, 192, 0, 224, 0, 16, 40, 48)
    abi += bytes([8] * 8) + struct.pack("<3I", 16, 8, 8)
    abi += struct.pack("<3QI", SUBBUF * count, SUBBUF, count, 1)
    data = bytearray(abi.ljust(512, b"\0"))
    struct.pack_into("<QQ", data, 128, end, 0)
    for i, (content, committed, contiguous) in enumerate(subbufs):
        struct.pack_into("<QQ", data, 144 + 16 * i, committed, contiguous)
        struct.pack_into("<Q", data, 192 + 8 * i, i)
        struct.pack_into("<Q", data, 224 + 8 * i, 256 + 32 * i)
        struct.pack_into("<3Q", data, 256 + 32 * i, SUBBUF, 0, 512 + SUBBUF * i)
        data += content
    return bytes(data)


def rings() -> dict[str, bytes]:
    events = [event(1), event(2, 2), event(3), event(4, 2, 2), event(5)]
    full = packet(0, b"".join(events), SUBBUF)
    begun = packet(1, b"".join(events), SUBBUF, ended=False)
    size = HEAD + len(b"".join(events))
    gap = bytearray(begun)
    at = HEAD + len(events[0])
    for i in range(at, at + len(events[1])):
        gap[i] = 0
    left = size - len(events[1])
    delivered = (full, SUBBUF, SUBBUF)
    return {
        "delivered": ring([delivered, (begun, size, size)], SUBBUF + size),
        "gap": ring([delivered, (bytes(gap), left, at)], SUBBUF + size),
        "owned": ring([delivered, (begun, size, size)], SUBBUF + size, major=1),
    }


def index(*entries: tuple[int, int]) -> bytes:
    data = struct.pack(">4I", 0xC1F1DCC1, 1, 1, 56)
    for offset, bits in entries:
        data += struct.pack(">7Q", offset, bits, bits, 1, 2, 0, 0)
    return data


def packets() -> dict[str, bytes]:
    text = b'/* CTF 1.8 */\nenv {\n\ttracer_name = "lttng-ust";\n};\n'
    head = struct.pack("<I16sIIIBBBBB", 0x75D11D57, bytes(16), 0, 0, 0, 0, 0, 0, 1, 8)
    size = len(head) + len(text)
    head = head[:24] + struct.pack("<II", 8 * size, 8 * size) + head[32:]
    return {
        "two": packet(0, event(1), 256) + packet(1, event(2), 256),
        "overwritten": packet(0, event(1), 1024)[:256] + packet(1, b"", 256) * 4,
        "torn": packet(0, event(1), 256) + packet(1, event(2), 256)[:100],
        "index": index((0, 80), (4, 48)),
        "text": text,
        "metadata": head + text,
    }


TSDL = """/* CTF 1.8 */
stream {
\tid = 0;
\tevent.header := struct event_header_large;
\tevent.context := struct {
\t\tinteger { size = 32; align = 8; signed = 1; } _vpid;
\t\tinteger { size = 8; align = 8; encoding = UTF8; } _procname[17];
\t};
};

event {
\tname = "await:made";
\tid = 0;
\tstream_id = 0;
\tfields := struct {
\t\tinteger { size = 64; align = 8; } _id;
\t\tstring _function;
\t\tenum : integer { size = 8; align = 8; } { "no" = 0, "yes" = 1, } _odd;
\t\tinteger { size = 64; align = 8; } __stack_length;
\t\tinteger { size = 64; align = 8; } _stack[ __stack_length ];
\t};
};
"""
TSDL_2_15 = """
stream {
\tid = 0;
\tevent.header := struct {
\t\tenum : integer { size = 16; align = 8; } { compact = 0 ... 65534 } id;
\t\tvariant <id> {
\t\t\tstruct {
\t\t\t\tinteger { size = 32; align = 8; } timestamp;
\t\t\t} compact;
\t\t\tstruct {
\t\t\t\tinteger { size = 32; align = 8; } id;
\t\t\t\tinteger { size = 64; align = 8; } timestamp;
\t\t\t} extended;
\t\t} v;
\t};
};
"""


def integer(bits: int) -> str:
    return f'{{"type":"fixed-length-unsigned-integer","length":{bits},"alignment":8}}'


def members(**classes: str) -> str:
    each = (f'{{"name":"{x}","field-class":{y}}}' for x, y in classes.items())
    return f'{{"type":"structure","member-classes":[{",".join(each)}]}}'


def json() -> str:
    compact = members(timestamp=integer(32))
    extended = members(id=integer(32), timestamp=integer(64))
    variant = (
        f'{{"type":"variant","options":[{{"name":"compact","field-class":{compact}}},'
        f'{{"name":"extended","field-class":{extended}}}]}}'
    )
    header = members(id=integer(16), v=variant)
    sequence = (
        '{"type":"dynamic-length-array","length-field-location":{"path":["n"]},'
        f'"element-field-class":{integer(64)}}}'
    )
    fields = members(
        id=integer(64),
        function='{"type":"null-terminated-string"}',
        name='{"type":"static-length-string","length":17}',
        blob='{"type":"static-length-blob","length":3}',
        four=f'{{"type":"static-length-array","length":4,"element-field-class":'
        f"{integer(8)}}}",
        n=integer(8),
        stack=sequence,
    )
    return "".join(
        f"\x1e{record}\n"
        for record in (
            '{"type":"preamble","version":2}',
            '{"type":"trace-class"}',
            '{"type":"data-stream-class","id":0,"event-record-header-field-class":'
            f"{header},"
            f'"event-record-common-context-field-class":{members(vpid=integer(32))}}}',
            '{"type":"event-record-class","id":0,"data-stream-class-id":0,'
            f'"payload-field-class":{fields}}}',
        )
    )


def metadata() -> dict[str, bytes]:
    context = struct.pack("<i17s", 7, b"program")
    first = struct.pack("<HI", 0, 9) + context + struct.pack("<Q", 1) + b"f\0\1"
    first += struct.pack("<QQ", 1, 2)
    long = struct.pack("<HIQ", 0xFFFF, 0, 99) + first[6:]
    second = struct.pack("<HIIQ", 0, 9, 7, 1) + b"f\0" + b"program".ljust(17, b"\0")
    second += b"abc1234\1" + struct.pack("<Q", 2)
    return {
        "tsdl": TSDL.encode() + b"\0" + first + long,
        "tsdl-2.15": TSDL_2_15.encode(),
        "json": json().encode() + b"\0" + second,
    }


def text() -> dict[str, bytes]:
    return {
        "name": b'fetch_\xc3\xa9\x1b[2J\xff\xc2\x9b\xe2\x80\xae"\\',
        "long": "日本語".encode() * 8,
        "number": b"0004096",
        "identity": b"await-prog-0123456789abcdef-4711",
        "list": b"any,number=7,,number=x,other",
    }


def options() -> dict[str, bytes]:
    lines = (
        "-o trace --stacks=create,hit --depth 7 --buffers 1Mx8 -- prog x",
        "--snapshot-on exec_end --filter function=1 --format ctf-2 prog",
        "--stream host:1:2:3 --live=100000 --shm=/tmp prog",
        "--attach 4711 --blocking --dry-run",
        "--state failed,running --function f* --type int --sort id -n 5 4711",
        "--by site --reverse --json --limit 0 -d 0.5 --count 3 1",
    )
    return {
        str(i): "\0".join(line.split(" ")).encode() + b"\0"
        for i, line in enumerate(lines)
    }


def process() -> dict[str, bytes]:
    """The block at 0x10000; the slab at 0x11000, strings and the rest behind it."""
    base, slab = 0x10000, 0x11000
    site, func, kind, arg = 0x10400, 0x10440, 0x104A0, 0x104E0
    threads, run, any_at, anys = 0x10540, 0x105A0, 0x105C0, 0x105F0
    names, head, count = 0x10600, 0x10640, 0x10648
    image = bytearray(0x1200)

    def put(at: int, form: str, *values: int | bytes) -> None:
        struct.pack_into("=" + form, image, at - base, *values)

    put(base, "QHHI", 0x5542474454495741, 1, 4, 408)
    put(base + 16, "5Q", head, threads, count, 0, 0x1234567887654321)
    put(base + 56, "8I", 0, 8, 16, 24, 32, 36, 40, 4096)
    put(base + 88, "6I", 0, 4, 8, 16, 20, 24)
    put(base + 112, "5I", 7, 8, 16, 32, 16)
    put(base + 132, "4I", 0, 8, 16, 24)
    put(base + 148, "9I", 0, 8, 16, 24, 32, 36, 40, 44, 48)
    put(base + 184, "4I", 0, 8, 16, 20)
    put(base + 200, "6I", 0, 8, 16, 20, 24, 32)
    put(base + 224, "5I", 0, 8, 16, 24, 32)
    put(base + 244, "3I", 0, 8, 16)
    put(base + 256, "4I", 48, 0, 16, 0)
    # Since minor 4, behind what traps need.
    put(base + 0x178, "Q5I", anys, 0, 8, 16, 0, 64)
    put(head, "QI", slab, 2)
    put(slab, "4Q3I", 0x1234567887654321, 0, 1, 4096, 32, 64, 4)
    for i, state in enumerate((1, 2 | 1 << 16, 3, 4)):
        put(slab + 64 + 32 * i, "IIQIi", state, 1, site, i << 8 | 1, -2 * (state == 4))
    put(site, "3QI", func, names + 8, names, 7)
    put(func, "4Q5I", names, kind, arg, 0x400000, 1, 24, 24, 32, 0)
    put(kind, "QQII", names + 16, names + 16, 8, 5)
    put(arg, "QQIII", names, names + 16, 0, 8, 5)
    put(threads, "IIQQQ", 7, 0, 0, slab + 96, 0)
    put(threads + 32, "IIQQQ", 8, 0, run, 0, 0)
    put(run, "3Q", slab + 96, 0, 0)
    put(anys, "QQ", any_at, 0)
    put(any_at, "IIQQQQ", 2, 0, slab + 64, 0, slab + 96, 0)
    put(names, "20s", b"fetch\0\0\0a.c\0\0\0\0\0int\0")
    return {"two-threads": bytes(image)}


def events() -> dict[str, bytes]:
    def of(kind: int, flags: int = 16, number: int = 1, time: int = 1) -> bytes:
        return struct.pack("<4B6BH", kind, flags, 3, 3, *[number] * 6, time)

    life = [of(14, 16, 5), of(0), of(15), of(1), of(16), of(2), of(3), of(11)]
    return {
        "life": b"".join(life),
        "waits": b"".join(of(kind, 16, kind, kind) for kind in range(18)),
        "files": of(14, 4 | 8) + of(14, 4) + of(12, 32, 2, 9) + of(13),
        "foreign": of(0, 1) + of(1, 2),
    }


def made() -> dict[str, dict[str, bytes]]:
    """Of each fuzzer."""
    return {
        "ring": rings(),
        "packets": packets(),
        "metadata": metadata(),
        "text": text(),
        "options": options(),
        "process": process(),
        "events": events(),
    }


if __name__ == "__main__":
    for name, inputs in made().items():
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for each, data in inputs.items():
            (folder / each).write_bytes(data)
