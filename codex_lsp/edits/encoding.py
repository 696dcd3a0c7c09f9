"""From a file's bytes to its text, if it is text."""

from __future__ import annotations

from codex_lsp.edits.errors import NotText


def decode(data: bytes, path: str) -> str:
    """The bytes as text, a byte order mark kept; raises `NotText` for binary files and other encodings."""
    if b"\0" in data:
        raise NotText("it holds a NUL byte, so it is binary and no edit can be made.", path=path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotText(
            f"it is not UTF-8 (byte {error.start}): convert it before it can be edited.", path=path
        ) from error
