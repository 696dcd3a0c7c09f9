"""Event streams in pieces, and bodies that hold more than they weigh."""

from __future__ import annotations

import gzip
import zlib
from random import Random

import pytest

from codex_lsp.llm.events import CannotDecode, Decoder, Events

STREAM = (
    '\ufeff: hi\ndata: {"a":\r\ndata: 1}\r\n\r\nid: 3\nretry: 9\n\n'
    "data:x\u2028y\x85\n\nevent: e\rdata: [DONE]\r\rdata: cut"
).encode()
FOUND = [b'{"a":\n1}', "x\u2028y\x85".encode(), b"[DONE]"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pieces_of_one_size(size: int) -> None:
    events = Events()
    pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    assert [data for piece in pieces for data in events.feed(piece)] == FOUND


@pytest.mark.parametrize("seed", range(50))
def test_pieces_of_any_size_and_empty_ones(seed: int) -> None:
    random, events, found, at = Random(seed), Events(), list[bytes](), 0
    while at < len(STREAM):
        size = random.randint(0, 9)
        found += events.feed(STREAM[at : at + size])
        at += size
    assert found == FOUND


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends(end: bytes) -> None:
    events = Events()
    stream = end.join([b"data: a", b"", b"data: b", b"data", b"", b"data:  c", b"", b""])
    assert events.feed(stream) == [b"a", b"b\n", b" c"]


def test_a_stream_without_a_mark_begins_at_once() -> None:
    assert Events().feed(b"data: a\n\n") == [b"a"]


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "X-GZIP", "deflate"])
def test_encodings(encoding: str) -> None:
    plain = bytes(range(256)) * 50
    packed = {"gzip": gzip.compress(plain), "X-GZIP": gzip.compress(plain), "deflate": zlib.compress(plain)}
    data = packed.get(encoding, plain)
    decoder = Decoder(encoding, len(plain))
    assert b"".join(decoder.feed(data[at : at + 100]) for at in range(0, len(data), 100)) == plain
    decoder.end()


def test_never_more_than_one_byte_too_much() -> None:
    for encoding, data in (("gzip", gzip.compress(bytes(10_000_000))), ("", bytes(10_000_000))):
        decoder = Decoder(encoding, 1000)
        assert len(decoder.feed(data)) == 1001
        assert decoder.feed(data) == b""


def test_what_cannot_be_decoded() -> None:
    with pytest.raises(CannotDecode):
        Decoder("br", 10)
    with pytest.raises(CannotDecode):
        Decoder("gzip", 10).feed(b"no gzip at all")
    cut = Decoder("gzip", 1000)
    cut.feed(gzip.compress(b"x" * 100)[:-10])
    with pytest.raises(CannotDecode):
        cut.end()
