"""From bytes to message bodies (LSP 3.17, Base Protocol), without I/O.

Editors are read as they write: header names in any case, any spaces, `\\n` for `\\r\\n`, stray blank lines
and `Content-Type` do no harm. Where a length is wrong, the next header shows it: `Content-Length: N` with a
raw line break cannot stand inside JSON, whose strings escape line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codex_lsp.records import record

MAX_BODY = 64 * 1024 * 1024
# A length above this is nobody's document, and skipping so much would look like a server that is deaf.
MAX_SKIPPED = 1024 * 1024 * 1024
MAX_HEADERS = 64 * 1024

_HEADER = re.compile(
    rb"(?:content-type[ \t]*:[^\r\n]*\r?\n)?content-length[ \t]*:[ \t]*\d+[ \t]*\r?\n", re.IGNORECASE
)
# The last one of a line counts: before it there may be the rest of a body that was longer than it said.
_LENGTH = re.compile(rb".*content-length[ \t]*:[ \t]*(?P<value>[^\r\n]*?)[ \t]*\r?$", re.IGNORECASE)
_FIELD = re.compile(rb"content-length[ \t]*:", re.IGNORECASE)
_SECTION_END = re.compile(rb"\n\r?\n")
# A header that has begun is at most this long before its line break comes.
_LONGEST = 256


class Unreadable(Exception):
    """The input cannot be read any further: nothing says where the next message begins."""


@record(frozen=True, slots=True)
class TooLarge:
    """Stands for a body above `MAX_BODY`, of `size` bytes, which is skipped."""

    size: int


class Framer:
    """Cuts what arrives into bodies. Of no use any more after it raised `Unreadable`."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._size: int | None = None
        self._skip = 0
        self._searched = 0
        self._tail = b""

    def feed(self, data: bytes) -> Iterator[bytes | TooLarge]:
        """The bodies that are complete now; raises `Unreadable`. To be exhausted before the next call."""
        self._buffer += data
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> bytes | TooLarge | None:
        if self._skip and not self._skipped():
            return None
        if self._size is None:
            self._size = self._header()
            self._searched = 0
        if self._size is None:
            return None
        if self._size > MAX_BODY:
            self._skip, self._size = self._size, None
            return TooLarge(self._skip)
        return self._body(self._size)

    def _skipped(self) -> bool:
        """Drop what has come of a body that is too large; whether that was all of it."""
        header = self._find_header(0, min(len(self._buffer), self._skip))
        if header is not None:
            self._skip = header
        come = min(self._skip, len(self._buffer))
        if come < self._skip:
            # A header may have begun at its end.
            come = max(0, come - _LONGEST)
        del self._buffer[:come]
        self._skip -= come
        return self._skip == 0

    def _body(self, size: int) -> bytes | None:
        come = min(size, len(self._buffer))
        header = self._find_header(self._searched, come)
        if header is None and come < size:
            self._searched = max(0, come - _LONGEST)
            return None
        body = bytes(self._buffer[: size if header is None else header])
        del self._buffer[: len(body)]
        self._size, self._tail = None, body[-_LONGEST:]
        return body

    def _find_header(self, start: int, end: int) -> int | None:
        """Where in this part of the buffer a header begins; it may go on behind it."""
        # Few editors send a raw line break at all, and to look for one is a hundred times faster.
        if self._buffer.find(b"\n", start, end) < 0:
            start = max(start, end - _LONGEST)
        found = _HEADER.search(self._buffer, start, end + _LONGEST)
        return found.start() if found and found.start() < end else None

    def _header(self) -> int | None:
        """The length that a complete header section gives; None if it is not complete."""
        blank = len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))
        del self._buffer[:blank]
        end = _SECTION_END.search(self._buffer)
        if end is None:
            if len(self._buffer) > MAX_HEADERS:
                raise Unreadable(f"there are {len(self._buffer)} bytes without the end of a header")
            return None
        section = bytes(self._buffer[: end.end()])
        del self._buffer[: end.end()]
        if not _FIELD.search(section):
            # A body that was a little shorter than it said has taken the header's first bytes.
            section = self._tail + section
        return _content_length(section)


def _content_length(section: bytes) -> int:
    values = {found["value"] for line in section.split(b"\n") if (found := _LENGTH.match(line))}
    if len(values) != 1:
        raise Unreadable(f"a header has {'contradicting' if values else 'no'} Content-Length")
    (value,) = values
    if not re.fullmatch(rb"\d{1,30}", value):
        raise Unreadable("a Content-Length is no number of bytes")
    if int(value) > MAX_SKIPPED:
        raise Unreadable(f"a Content-Length of {int(value)} bytes is above {MAX_SKIPPED}")
    return int(value)
