"""JSON-RPC 2.0 with Content-Length framing, strictly: one frame in, one frame out."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Mapping
from typing import Any

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_LENGTH = re.compile(rb"Content-Length: (\d+)\r\n")
_TYPE = re.compile(rb"Content-Type: application/vscode-jsonrpc; ?charset=utf-?8\r\n", re.IGNORECASE)


class FrameError(Exception):
    """What came is no frame: a header that LSP does not know, no JSON, or an end in mid-frame."""


class ResponseError(Exception):
    """A JSON-RPC error response."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.data = data


def encode(message: Mapping[str, Any]) -> bytes:
    """One frame, with text as UTF-8; lone surrogates, which UTF-8 cannot hold, as escapes."""
    try:
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        body = json.dumps(message, separators=(",", ":")).encode("ascii")
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


async def read_frame(reader: asyncio.StreamReader) -> Any:
    """The next message, or None at the end of the stream; raises `FrameError`."""
    length = None
    while (line := await _header_line(reader)) != b"\r\n":
        if not line and length is None:
            return None
        if found := _LENGTH.fullmatch(line):
            length = int(found[1])
        elif not _TYPE.fullmatch(line):
            raise FrameError(f"no LSP header: {line[:200]!r}")
    if length is None:
        raise FrameError("a frame without Content-Length")
    try:
        return json.loads(await reader.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise FrameError(f"the stream ended after {len(error.partial)} of {length} bytes") from error
    except ValueError as error:
        raise FrameError(f"a body that is no JSON: {error}") from error


async def _header_line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError as error:
        raise FrameError("bytes without a line break where a header should be") from error


async def in_process_streams() -> tuple[Streams, Streams]:
    """Two ends of one connection, each a (reader, writer), for an editor and a server in the same loop."""
    left, right = socket.socketpair()
    return await asyncio.open_connection(sock=left), await asyncio.open_connection(sock=right)
