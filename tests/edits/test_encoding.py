from __future__ import annotations

import pytest

from codex_lsp.edits.encoding import decode
from codex_lsp.edits.errors import NotText


def test_utf8_is_text_with_its_byte_order_mark_and_line_ends() -> None:
    assert decode("\ufeffé\r\n😀\r".encode(), "m") == "\ufeffé\r\n😀\r"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a\0b", "NUL"),
        ("é".encode("latin-1"), "not UTF-8 .byte 0"),
        (b"ok\xed\xa0\x80", "byte 2"),
        ("a".encode("utf-16"), "NUL"),
    ],
)
def test_other_bytes_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(NotText, match=rf"m\.bin: .*{why}.*Nothing was applied"):
        decode(data, "m.bin")
