from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.lsp.wire.framing import MAX_BODY, MAX_HEADERS, MAX_SKIPPED, Framer, TooLarge, Unreadable

BODY = b'{"jsonrpc":"2.0"}'


def framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def cut(*chunks: bytes) -> list[bytes | TooLarge]:
    framer = Framer()
    return [body for chunk in chunks for body in framer.feed(chunk)]


def bodies() -> st.SearchStrategy[bytes]:
    texts = st.text() | st.just("Content-Length: 5\r\n\r\n{}") | st.just("\r\n")
    return st.dictionaries(texts, texts, max_size=3).map(lambda value: json.dumps(value).encode())


@given(st.lists(bodies(), max_size=5), st.lists(st.integers(0, 400), max_size=6))
def test_bodies_come_out_as_they_went_in_however_they_are_split(sent: list[bytes], places: list[int]) -> None:
    stream = b"".join(map(framed, sent))
    edges = [0, *sorted(min(place, len(stream)) for place in places), len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    assert cut(*chunks) == sent


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 17\r\n\r\n",
        b"CONTENT-LENGTH:17\r\n\r\n",
        b"Content-Length  : \t 17  \r\n\r\n",
        b"Content-Length: 17\n\n",
        b"Content-Length: 17\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: 17\r\n\r\n",
        b"Content-Length: 17\r\nContent-Type: x\r\n\r\n",
        b"Content-Length: 17\r\nContent-Length: 17\r\n\r\n",
        b"Content-Length: 0017\r\n\r\n",
        b"\r\n\r\n\nContent-Length: 17\r\n\r\n",
        b"X-Anything: content-length\r\nContent-Length: 17\r\n\r\n",
        b"rubbish Content-Length: 17\r\n\r\n",
    ],
)
def test_odd_headers_are_read(header: bytes) -> None:
    assert cut(header + BODY + framed(BODY)) == [BODY, BODY]
    assert cut(*(bytes([byte]) for byte in header + BODY)) == [BODY]


@pytest.mark.parametrize(
    "header",
    [
        b"\x00\r\n\r\n",
        b"Content-Type: x\r\n\r\n",
        b"Content-Length: abc\r\n\r\n",
        b"Content-Length: -17\r\n\r\n",
        b"Content-Length: +17\r\n\r\n",
        b"Content-Length: 1.7e1\r\n\r\n",
        b"Content-Length:\r\n\r\n",
        b"Content-Length: 17\r\nContent-Length: 18\r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % (MAX_SKIPPED + 1),
        b"Content-Length: 1%b\r\n\r\n" % (b"0" * 4000),
        "Content-Length: ١٧\r\n\r\n".encode(),
        b"x" * (MAX_HEADERS + 1),
    ],
)
def test_impossible_headers_end_it(header: bytes) -> None:
    with pytest.raises(Unreadable):
        cut(framed(BODY) + header + BODY)


def test_a_body_longer_than_it_said_costs_itself_alone() -> None:
    stream = b"Content-Length: 5\r\n\r\n" + BODY + framed(BODY)
    assert cut(stream) == [BODY[:5], BODY]


@pytest.mark.parametrize("kind", [b"", b"Content-Type: application/vscode-jsonrpc\r\n"])
def test_a_body_much_shorter_than_it_said_ends_at_the_next_header(kind: bytes) -> None:
    stream = b"Content-Length: 5000\r\n\r\n%b%b%b" % (BODY, kind, framed(BODY))
    assert cut(stream + framed(BODY)) == [BODY, BODY, BODY]
    assert cut(*(bytes([byte]) for byte in stream + framed(BODY))) == [BODY, BODY, BODY]


@pytest.mark.parametrize("kind", [b"", b"Content-Type: application/vscode-jsonrpc\r\n"])
@pytest.mark.parametrize("more", range(1, 40))
def test_a_body_a_little_shorter_than_it_said_takes_nobody_with_it(more: int, kind: bytes) -> None:
    stream = b"Content-Length: %d\r\n\r\n%b%b%b" % (len(BODY) + more, BODY, kind, framed(BODY))
    assert cut(stream + framed(BODY))[-2:] == [BODY, BODY]
    assert cut(*(bytes([byte]) for byte in stream + framed(BODY)))[-1] == BODY


def test_a_header_inside_a_text_is_text() -> None:
    body = json.dumps({"text": "Content-Length: 5\r\n\r\n{}"}).encode()
    assert cut(framed(body)) == [body]


def test_what_is_too_large_is_skipped_and_told() -> None:
    size = MAX_BODY + 1
    framer = Framer()
    found = list(framer.feed(b"Content-Length: %d\r\n\r\n" % size))
    piece = b"x" * (1 << 20)
    for _ in range(size // len(piece)):
        found += framer.feed(piece)
    found += framer.feed(piece[: size % len(piece)] + framed(BODY))
    assert found == [TooLarge(size), BODY]


def test_what_is_too_large_and_does_not_come_ends_at_the_next_header() -> None:
    assert cut(b"Content-Length: 99999999\r\n\r\n" + BODY, framed(BODY)) == [TooLarge(99999999), BODY]
