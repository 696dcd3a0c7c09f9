"""Text buffers as an editor holds them, written from the LSP 3.17 specification and from nothing of ours.

Offsets count code points of `Buffer.text`; positions are LSP's `{"line", "character"}` in one of the three
encodings. Where the specification lets a client be lenient (a character past the end of its line), a buffer
is not: what it refuses is a mistake of the server that sent it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")

_BREAK = re.compile(r"\r\n|\n|\r")


class StrictError(Exception):
    """What came from the server is no valid edit of this text."""


def units(char: str, encoding: Encoding) -> int:
    """How many code units one code point takes."""
    point = ord(char)
    if encoding == "utf-32":
        return 1
    if encoding == "utf-16":
        return 2 if point > 0xFFFF else 1
    return 1 + (point > 0x7F) + (point > 0x7FF) + (point > 0xFFFF)


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    text: str


class Buffer:
    """One open document. `version` goes up by one with each change, undo included.

    With `one_line_end` all its line ends are made as its first one, those of edits too; a CR alone is none
    that an editor would keep.
    """

    def __init__(
        self,
        uri: str,
        text: str,
        language_id: str = "python",
        version: int = 1,
        *,
        one_line_end: bool = False,
    ) -> None:
        self.uri = uri
        self.language_id = language_id
        self.version = version
        self._former: list[str] = []
        self._line_end = _first_line_end(text) if one_line_end else None
        self._set(self._with_ends(text))

    def __repr__(self) -> str:
        return f"Buffer({self.uri!r}, version={self.version}, {len(self.text)} characters)"

    @property
    def text(self) -> str:
        """The whole text, with its line endings as they are."""
        return self._text

    @property
    def undo_steps(self) -> int:
        """How many changes `undo` can take back."""
        return len(self._former)

    def _with_ends(self, text: str) -> str:
        return text if self._line_end is None else _BREAK.sub(self._line_end, text)

    def _set(self, text: str) -> None:
        self._text = text
        breaks = list(_BREAK.finditer(text))
        self._starts = [0, *(m.end() for m in breaks)]
        self._ends = [*(m.start() for m in breaks), len(text)]

    def position(self, offset: int, encoding: Encoding) -> dict[str, int]:
        """The LSP position of an offset; `StrictError` outside of the text and between CR and LF."""
        if not 0 <= offset <= len(self._text):
            raise StrictError(f"offset {offset} is outside of a text of {len(self._text)} characters")
        line = bisect_right(self._starts, offset) - 1
        if offset > self._ends[line]:
            raise StrictError(f"offset {offset} is between CR and LF")
        character = sum(units(c, encoding) for c in self._text[self._starts[line] : offset])
        return {"line": line, "character": character}

    def offset(self, position: Mapping[str, Any], encoding: Encoding) -> int:
        """The offset of an LSP position; `StrictError` for one that this text does not have."""
        line, character = position.get("line"), position.get("character")
        if type(line) is not int or type(character) is not int or line < 0 or character < 0:
            raise StrictError(f"{dict(position)} is no position")
        if line >= len(self._starts):
            raise StrictError(f"line {line} is outside of a text of {len(self._starts)} lines")
        left = character
        for index in range(self._starts[line], self._ends[line]):
            if left == 0:
                return index
            left -= units(self._text[index], encoding)
            if left < 0:
                raise StrictError(f"{line}:{character} cuts {self._text[index]!r} in {encoding}")
        if left:
            raise StrictError(f"{line}:{character} is past the end of its line in {encoding}")
        return self._ends[line]

    def range(self, start: int, end: int, encoding: Encoding) -> dict[str, dict[str, int]]:
        """The LSP range between two offsets."""
        return {"start": self.position(start, encoding), "end": self.position(end, encoding)}

    def offsets(self, span: Mapping[str, Any], encoding: Encoding) -> tuple[int, int]:
        """The offsets of an LSP range; `StrictError` if it is reversed or not in this text."""
        try:
            start, end = self.offset(span["start"], encoding), self.offset(span["end"], encoding)
        except (KeyError, TypeError, AttributeError) as error:
            raise StrictError(f"{span!r} is no range") from error
        if start > end:
            raise StrictError(f"the range {dict(span)} is reversed")
        return start, end

    def find(self, span: Mapping[str, Any], encoding: Encoding, *, former: bool = False) -> None:
        """Check that an LSP range fits this text, or with `former` one that it had; else `StrictError`."""
        try:
            self.offsets(span, encoding)
        except StrictError:
            if not former or not any(_fits(text, span, encoding) for text in self._former):
                raise

    def touches(self, diagnostic: Mapping[str, Any], start: int, end: int, encoding: Encoding) -> bool:
        """Whether a diagnostic lies at `[start, end]`; one that does not fit any more is nowhere."""
        try:
            first, last = self.offsets(diagnostic["range"], encoding)
        except StrictError:
            return False
        return first <= end and start <= last

    def edited(self, text_edits: Sequence[Mapping[str, Any]], encoding: Encoding) -> str:
        """The text that `apply` would give; the buffer stays as it is."""
        return _join(self._text, self._spans(text_edits, encoding))

    def apply(self, text_edits: Sequence[Mapping[str, Any]], encoding: Encoding) -> list[dict[str, Any]]:
        """Apply TextEdits, all against the present text, as one undo step; `StrictError` changes nothing.

        Returns the incremental content changes, to be applied one after the other, that say the same.
        """
        spans = self._spans(text_edits, encoding)
        changes = self._changes(spans, encoding)
        self._step(_join(self._text, spans))
        return changes

    def last_change(self, encoding: Encoding) -> dict[str, Any]:
        """The last step as one content change of the text before it, the smallest that does it."""
        return _smallest_change(Buffer(self.uri, self._former[-1]), self._text, encoding)

    def splice(self, start: int, end: int, text: str, encoding: Encoding) -> dict[str, Any]:
        """Replace `[start, end)` as a person types; returns the content change. One undo step."""
        if start > end:
            raise StrictError(f"{start} to {end} is reversed")
        text = self._with_ends(text)
        change = {"range": self.range(start, end, encoding), "text": text}
        self._step(self._text[:start] + text + self._text[end:])
        return change

    def undo(self, encoding: Encoding) -> dict[str, Any]:
        """Take the last step back; returns the smallest content change that does it."""
        if not self._former:
            raise StrictError("there is nothing to undo")
        former = self._former.pop()
        change = _smallest_change(self, former, encoding)
        self._set(former)
        self.version += 1
        return change

    def _step(self, text: str) -> None:
        self._former.append(self._text)
        self._set(text)
        self.version += 1

    def _spans(self, text_edits: Sequence[Any], encoding: Encoding) -> list[_Span]:
        spans = []
        for edit in text_edits:
            if not isinstance(edit, Mapping) or not isinstance(edit.get("newText"), str):
                raise StrictError(f"{edit!r} is no TextEdit")
            start, end = self.offsets(edit.get("range") or {}, encoding)
            spans.append(_Span(start, end, self._with_ends(edit["newText"])))
        spans.sort(key=lambda span: span.start)
        for before, after in pairwise(spans):
            if after.start < before.end:
                raise StrictError(f"edits overlap at {self.position(after.start, encoding)}")
        return spans

    def _changes(self, spans: Sequence[_Span], encoding: Encoding) -> list[dict[str, Any]]:
        if not spans:
            return []
        changes = [
            {"range": self.range(span.start, span.end, encoding), "text": span.text}
            for span in reversed(spans)
        ]
        result = _join(self._text, spans)
        # From last to first each range still holds, unless an edit joins a CR and an LF before its place.
        if replay(self._text, changes, encoding) == result:
            return changes
        start, end = spans[0].start, max(span.end for span in spans)
        text = result[start : len(result) - (len(self._text) - end)]
        return [{"range": self.range(start, end, encoding), "text": text}]

    def difference(self, other: str) -> tuple[int, int]:
        """The offsets in this text of the part that differs from `other`, outside of which both agree."""
        here = self._text
        shorter = min(len(here), len(other))
        start = next((i for i in range(shorter) if here[i] != other[i]), shorter)
        tail = next((i for i in range(shorter - start) if here[-1 - i] != other[-1 - i]), shorter - start)
        end = len(here) - tail
        start -= here[start - 1 : start + 1] == "\r\n"
        end += here[end - 1 : end + 1] == "\r\n"
        return start, end


def _first_line_end(text: str) -> str:
    found = _BREAK.search(text)
    return "\r\n" if found and found[0] == "\r\n" else "\n"


def _smallest_change(buffer: Buffer, text: str, encoding: Encoding) -> dict[str, Any]:
    start, end = buffer.difference(text)
    new = text[start : len(text) - (len(buffer.text) - end)]
    return {"range": buffer.range(start, end, encoding), "text": new}


def _fits(text: str, span: Mapping[str, Any], encoding: Encoding) -> bool:
    try:
        Buffer("", text).offsets(span, encoding)
    except StrictError:
        return False
    return True


def _join(text: str, spans: Sequence[_Span]) -> str:
    pieces, done = [], 0
    for span in spans:
        pieces += [text[done : span.start], span.text]
        done = span.end
    return "".join(pieces) + text[done:]


def replay(text: str, changes: Sequence[Mapping[str, Any]], encoding: Encoding) -> str | None:
    """The text after didChange content changes, one after the other; None if one does not fit."""
    buffer = Buffer("", text)
    try:
        for change in changes:
            if "range" in change:
                buffer.splice(*buffer.offsets(change["range"], encoding), change["text"], encoding)
            else:
                buffer = Buffer("", change["text"])
    except StrictError:
        return None
    return buffer.text
