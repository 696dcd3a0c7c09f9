"""Frames that are odd, and frames that are wrong (LSP 3.17, Base Protocol)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

MIB = 1 << 20


@dataclass(frozen=True)
class Case:
    """What is written, piece by piece. The requests in `ids` must be answered, if there are any.

    Where there are none the server may also end, with exit code 1.
    """

    name: str
    pieces: tuple[bytes, ...]
    ids: tuple[str, ...] = ()


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many cases, odd and wrong ones in turns; made one at a time, as some are large."""
    return (case(Random(f"{seed}/framing/{index}"), index) for index in range(count))


def case(random: Random, index: int) -> Case:
    """The case of a run with this index."""
    (make,) = random.choices(_KINDS, _WEIGHTS)
    made = make(random, f"f{index}")
    return Case(f"{make.__name__.strip('_')}: {made.name}", made.pieces, made.ids)


def body(id_: str) -> bytes:
    """A request's body."""
    message = {"jsonrpc": "2.0", "id": id_, "method": "fuzz/framing", "params": {"ü": "x" * (len(id_) % 7)}}
    return json.dumps(message, ensure_ascii=False).encode()


def frame(content: bytes) -> bytes:
    """A proper frame."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)


def _letters(random: Random, id_: str) -> Case:
    """The header's name in another case."""
    content = body(id_)
    name = "".join(random.choice((each.lower(), each.upper())) for each in "Content-Length").encode()
    return Case(repr(name), (b"%b: %d\r\n\r\n%b" % (name, len(content), content),), (id_,))


def _spaces(random: Random, id_: str) -> Case:
    content = body(id_)
    before, after = random.choice(("", "  ", "\t", " \t ")), random.choice(("", " ", "\t", "   "))
    value = random.choice(("%d", "0%d", "000%d")) % len(content)
    header = f"Content-Length:{before}{value}{after}\r\n\r\n".encode()
    return Case(repr(header), (header + content,), (id_,))


def _newlines(random: Random, id_: str) -> Case:
    content = body(id_)
    end, blank = random.choice(((b"\n", b"\n"), (b"\r\n", b"\n"), (b"\n", b"\r\n")))
    stray = random.choice((b"", b"\n", b"\r\n", b"\r\n\r\n\n"))
    written = stray + b"Content-Length: %d%b%b" % (len(content), end, blank) + content
    return Case(repr(written[:30]), (written,), (id_,))


def _fields(random: Random, id_: str) -> Case:
    content = body(id_)
    charset = random.choice(("utf-8", "utf8", "UTF-8", "latin-1", "", '"utf-8"'))
    more = random.choice(
        (f"Content-Type: application/vscode-jsonrpc; charset={charset}", "X-Other: 1", "Content-Type:")
    )
    lines = [f"Content-Length: {len(content)}", more]
    random.shuffle(lines)
    header = "\r\n".join([*lines, "", ""]).encode()
    return Case(repr(header), (header + content,), (id_,))


def _split(random: Random, id_: str) -> Case:
    """In two writes, cut at any byte."""
    whole = frame(body(id_))
    place = random.randrange(1, len(whole))
    return Case(f"at byte {place}", (whole[:place], whole[place:]), (id_,))


def _bytewise(random: Random, id_: str) -> Case:
    whole = frame(body(id_))
    size = random.choice((1, 2, 5))
    pieces = tuple(whole[start : start + size] for start in range(0, len(whole), size))
    return Case(f"{size} bytes at a time", pieces, (id_,))


def _many(random: Random, id_: str) -> Case:
    ids = tuple(f"{id_}.{each}" for each in range(random.choice((2, 10, 100))))
    return Case(f"{len(ids)} frames in one write", (b"".join(frame(body(each)) for each in ids),), ids)


def _shorter(random: Random, id_: str) -> Case:
    """The body is shorter than the header says."""
    content = body(id_)
    more = random.choice((1, 2, 10, 30, 64, 100, 1000, MIB, 60 * MIB, 65 * MIB, 1024 * MIB))
    return Case(f"{more} bytes short", (b"Content-Length: %d\r\n\r\n%b" % (len(content) + more, content),))


def _longer(random: Random, id_: str) -> Case:
    """The body is longer than the header says."""
    content = body(id_)
    says = random.choice((0, 1, 2, len(content) // 2, len(content) - 2, len(content) - 1))
    return Case(f"says {says} of {len(content)}", (b"Content-Length: %d\r\n\r\n%b" % (says, content),))


def _cut(random: Random, id_: str) -> Case:
    whole = frame(body(id_))
    place = random.randrange(1, len(whole))
    return Case(f"after {place} of {len(whole)} bytes", (whole[:place],))


def _around(random: Random, id_: str) -> Case:
    """Garbage before, behind or between frames."""
    garbage = random.choice(_GARBAGE)
    parts = [frame(body(f"{id_}.{each}")) for each in range(2)]
    parts.insert(random.randrange(3), garbage)
    return Case(repr(garbage[:40]), (b"".join(parts),))


def _value(random: Random, id_: str) -> Case:
    """A length that is none, or above all limits."""
    content = body(id_)
    value = random.choice(_LENGTHS).replace("N", str(len(content)))
    return Case(repr(value[:40]), (f"Content-Length: {value}\r\n\r\n".encode() + content,))


def _doubled(random: Random, id_: str) -> Case:
    content = body(id_)
    other = len(content) + random.choice((0, 0, 1, -1, 1000))
    header = b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n" % (len(content), other)
    return Case(repr(header), (header + content,))


def _no_blank(random: Random, id_: str) -> Case:
    content = body(id_)
    end = random.choice((b"", b"\r", b"\n", b"\r\n"))
    return Case(repr(end), (b"Content-Length: %d%b%b" % (len(content), end, content),))


def _zeros(random: Random, id_: str) -> Case:
    """NUL or any other byte somewhere in the frame."""
    whole = bytearray(frame(body(id_)))
    place = random.randrange(len(whole))
    byte = random.choice((0, 0, 10, 13, 255, random.randrange(256)))
    if random.random() < 0.5:
        whole[place] = byte
    else:
        whole.insert(place, byte)
    return Case(f"{byte:#04x} at {place}", (bytes(whole),))


def _no_length(random: Random, id_: str) -> Case:
    header = random.choice(
        (b"Content-Type: x", b"Content-Lengt: 5", b"X: y", b": 5", b"Content-Length", b"Content-Length 5")
    )
    return Case(repr(header), (header + b"\r\n\r\n" + body(id_),))


def _endless(random: Random, id_: str) -> Case:
    """A header of more than 64 KiB, with or without an end."""
    content = body(id_)
    length = b"Content-Length: %d\r\n" % len(content)
    filler = random.choice((b"X: " + b"y" * 70_000 + b"\r\n", b"X: y\r\n" * 20_000, b"z" * 100_000))
    return Case(repr(filler[:10]), (random.choice((length + filler, filler + length)) + b"\r\n" + content,))


def _recoded(random: Random, id_: str) -> Case:
    encoding = random.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp037"))
    return Case(encoding, (frame(body(id_)).decode().replace("ü", "u").encode(encoding),))


def _noise(random: Random, id_: str) -> Case:
    return Case("random bytes", (random.randbytes(random.choice((1, 10, 100, 5000))),))


def _oversized(random: Random, id_: str) -> Case:
    """A body above 64 MiB that comes in full."""
    content = body(id_)
    return Case("65 MiB", (frame(content[:-1] + b" " * (65 * MIB) + b"}"),))


_GARBAGE = (
    *(
        b"x",
        b"\x00",
        b"\r",
        b"garbage\r\n",
        b"\r\n\r\n",
        b"{}",
        b'{"jsonrpc": "2.0"}\n',
        b"\xff\xfe",
        b" " * 100,
        b"\t",
    ),
    *(
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"Content-",
        b"Content-Length: ",
        b"warning: something\n",
    ),
    *(
        b"Content-Length: 5\r\n",
        b"Content-Length: 5\r\n\r\n",
        b"Content-Length: 0\r\n\r\n",
        b"\n" * 1000,
        b"\xef\xbb\xbf",
    ),
)
_LENGTHS = (
    *(
        "-1",
        "-N",
        "+N",
        "0",
        "00",
        "",
        " ",
        "x",
        "N x",
        "N;",
        "N,N",
        "N.0",
        "NeN",
        "0xN",
        "0b1",
        "N\x00",
        "\x00N",
        "N N",
    ),
    *(
        "\u0663\u0665",
        "1_0",
        "nan",
        "inf",
        str(2**31),
        str(2**32),
        str(2**63),
        str(2**64),
        str(10**30),
        "9" * 5000,
    ),
    *(
        str(64 * MIB + 1),
        str(1024 * MIB),
        str(1024 * MIB + 1),
        str(100 * MIB),
        "1" + "0" * 30,
        "N\r",
        "\rN",
        "N\t\v",
    ),
)
# What most servers end over is rare: each time a new process has to be started.
_TABLE: dict[Callable[[Random, str], Case], float] = {
    _letters: 6,
    _spaces: 8,
    _newlines: 8,
    _fields: 8,
    _split: 30,
    _bytewise: 4,
    _many: 6,
    _shorter: 12,
    _longer: 12,
    _cut: 7,
    _around: 8,
    _value: 3,
    _doubled: 1.5,
    _no_blank: 2,
    _zeros: 5,
    _no_length: 1,
    _endless: 0.7,
    _recoded: 0.5,
    _noise: 2,
    _oversized: 0.3,
}
_KINDS, _WEIGHTS = tuple(_TABLE), tuple(_TABLE.values())
