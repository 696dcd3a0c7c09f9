from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.lsp.wire import messages
from codex_lsp.lsp.wire.messages import Notification, Refused, Request, Response, read


@given(st.binary(max_size=200))
def test_any_bytes_are_messages_or_refused(body: bytes) -> None:
    assert all(isinstance(each, Refused | Request | Notification | Response) for each in read(body))


def test_the_three_kinds() -> None:
    assert list(read(b'{"jsonrpc":"2.0","id":"a","method":"m","params":[1]}')) == [Request("a", "m", [1])]
    assert list(read(b'{"jsonrpc":"2.0","method":"m"}')) == [Notification("m", None)]
    assert list(read(b'{"jsonrpc":"2.0","id":1,"result":null}')) == [Response(1, None, None)]


@pytest.mark.parametrize(
    ("body", "code", "id_"),
    [
        (b"", messages.PARSE_ERROR, None),
        (b"{", messages.PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"x":NaN}}', messages.PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":7,"method":"m\xff"}', messages.PARSE_ERROR, 7),
        (b'{"jsonrpc":"2.0","id":"m\xff","method":"m"}', messages.PARSE_ERROR, None),
        (b"\xff", messages.PARSE_ERROR, None),
        (b"[" * 100_000, messages.PARSE_ERROR, None),
        (b"1" * 5000, messages.PARSE_ERROR, None),
        (b"7", messages.INVALID_REQUEST, None),
        (b"[]", messages.INVALID_REQUEST, None),
        (b'{"id":3,"method":"m"}', messages.INVALID_REQUEST, 3),
        (b'{"jsonrpc":"1.0","id":3,"method":"m"}', messages.INVALID_REQUEST, 3),
        (b'{"jsonrpc":"2.0","id":null,"method":"m"}', messages.INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":true,"method":"m"}', messages.INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"m"}', messages.INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":{},"method":"m"}', messages.INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":3,"method":4}', messages.INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":3}', messages.INVALID_REQUEST, None),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, code: int, id_: int | None) -> None:
    (refused,) = read(body)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.id) == (code, id_)


def test_each_member_of_a_batch_is_refused() -> None:
    batch = [{"jsonrpc": "2.0", "id": 1, "method": "m"}, {"jsonrpc": "2.0", "method": "n"}, 5]
    found = list(read(json.dumps(batch).encode()))
    assert [each.id for each in found if isinstance(each, Refused)] == [1, None, None]


def test_an_answer_is_never_refused() -> None:
    assert list(read(b'{"id":[],"error":3}')) == [Response([], None, 3)]
