"""Server-sent events from bytes, one by one; and a body that was compressed although it should not be."""

from __future__ import annotations

import re
import zlib

# Only these end a line in an event stream; text may hold U+2028 and its like, where `splitlines` would cut.
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


class Events:
    """Takes the pieces of a stream with `feed`, which returns the data of the events that they complete.

    What is not UTF-8 stays as it is: the JSON in it then fails, instead of being mended. Names, ids and
    comments are left out, and so is what follows the last blank line: an event that was cut off is none.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[bytes] = []
        self._begun = False
        self._half_end = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of each event that is whole now."""
        if self._half_end and piece:
            self._half_end = False
            piece = piece.removeprefix(b"\n")
        searched = len(self._rest)  # a line that grows by pieces is not searched anew from its beginning
        self._rest += piece
        if not self._begun:
            if len(self._rest) < len(_BOM) and _BOM.startswith(self._rest):
                return []
            self._begun, searched = True, 0
            if self._rest.startswith(_BOM):
                del self._rest[: len(_BOM)]
        found: list[bytes] = []
        start = 0
        for end in _LINE_END.finditer(self._rest, searched):
            self._line(bytes(self._rest[start : end.start()]), found)
            start = end.end()
        if piece:
            self._half_end = piece.endswith(b"\r")
        del self._rest[:start]
        return found

    def _line(self, line: bytes, found: list[bytes]) -> None:
        if not line:
            if self._data:
                found.append(b"\n".join(self._data))
                self._data.clear()
            return
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))


class CannotDecode(Exception):
    """The body is not compressed in the way that its header says, or in one that is not known here."""


class Decoder:
    """Undoes a `Content-Encoding`: none, gzip or deflate.

    What is asked for is `identity`, but some proxies compress all the same. Never more than `limit` + 1 bytes
    come out in all: a few kilobytes can hold gigabytes.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._left = limit + 1
        self._inflate = None
        if encoding.strip().lower() in ("gzip", "x-gzip", "deflate"):
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)
        elif encoding.strip().lower() not in ("", "identity"):
            raise CannotDecode(encoding)

    def feed(self, data: bytes) -> bytes:
        """What `data` decodes to; empty once the limit was passed."""
        if self._inflate is not None and self._left:
            try:
                data = self._inflate.decompress(data, self._left)
            except zlib.error as error:
                raise CannotDecode(str(error)) from None
        data = data[: self._left]
        self._left -= len(data)
        return data

    def end(self) -> None:
        """There is no more; raises `CannotDecode` if there should be."""
        if self._inflate is not None and not self._inflate.eof:
            raise CannotDecode("cut off")
