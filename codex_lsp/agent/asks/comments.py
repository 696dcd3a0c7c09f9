"""Comments that ask: `AI!` wants a change, `AI?` an answer, at the start or the end of a comment.

    # AI! return a generator          // What if it is empty? AI?
    # instead of a list

A mark at the start asks for what follows it, one at the end for what stands before it, both within the
comment's paragraph: neighbouring lines of comments that stand alone, or the lines of one block, up to a line
that says nothing. The mark is written just so; the words keep their case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Literal

from codex_lsp.edits.text import LineIndex, strip_end
from codex_lsp.records import record

if TYPE_CHECKING:
    from codex_lsp.syntax.spans import Span

# Editors look for actions with every move of the cursor; a tree of as much takes 4 ms.
MAX_PARSED_CHARS = 40_000
MAX_COMMENTS = 100

_SOMEWHERE = re.compile(r"AI[!?]")
_AT_START = re.compile(r"AI([!?])(?:[\s:]+|$)")
_AT_END = re.compile(r"(?:^|[\s(])AI([!?])\)?$")

_BLOCK = re.compile(r"/\*|<!--|\(\*|\{-|--\[=*\[|=begin\b|\{#|<#|#=(?=[\s\S]*=#$)")
_OPENING = re.compile(
    r"\s*(?:/\*+!?|<!--+|\(\*+|\{-+|--\[=*\[|=begin\b|\{#|<#+|#="
    r"|//+[/!]?|#+!?|--+|;+|%+|::|[Rr][Ee][Mm]\b|[\"'!])[ \t]*"
)
_CLOSING = re.compile(r"\s*(?:\*+/|--+>|\*+\)|-\}|\]=*\]|=end|#\}|#+>|=#)$")
# Within so many characters from the end; a hostile line is all asterisks.
_CLOSING_CHARS = 200
_DECORATION = re.compile(r"\s*(?:\*+(?!/)[ \t]*)?")
_JSX = (".jsx", ".tsx")

Kind = Literal["edit", "explain"]


@record(frozen=True, slots=True)
class AskComment:
    """A comment that asks: `words` without marks, and its zero-based lines `[line, end_line)`.

    `gone` is what is to go with it, as offsets: whole lines where nothing else stands in them.
    """

    kind: Kind
    words: str
    line: int
    end_line: int
    gone: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        """The offset at which what goes with it begins."""
        return self.gone[0][0]


@record(frozen=True, slots=True)
class _Line:
    """One line of a comment: where it stands, where its words do, and whether it is all of its block."""

    number: int
    start: int
    end: int
    words: str
    words_start: int


def find(path: str, text: str, language: str = "", index: LineIndex | None = None) -> tuple[AskComment, ...]:
    """The comments of a text that ask, in order; `language` is what the editor calls it.

    At once where there is none. Else the text is parsed, if it is short and its grammar is there. `index` is
    the text's, if it is at hand.
    """
    if not _SOMEWHERE.search(text):
        return ()
    return tuple(islice(_found(path, index or LineIndex(text), language), MAX_COMMENTS))


def _found(path: str, index: LineIndex, language: str) -> Iterator[AskComment]:
    braces = path.endswith(_JSX) or language.endswith("react")
    for group in _groups(index, _spans(path, index, language)):
        lines = [line for span in group for line in _lines(index, span)]
        said = sum(1 for line in lines if line.words)
        for kind, part in _asking(lines):
            words = "\n".join(filter(None, (_bare(line.words) for line in part)))
            if words and len(part) == said:
                gone = [_whole(index, group[0].start, group[-1].end, braces=braces)]
            else:
                gone = [_of_line(index, line, alone=len(group) > 1) for line in part]
            if words:
                yield AskComment(kind, words, part[0].number, part[-1].number + 1, tuple(gone))


def without(text: str, comments: Iterable[AskComment]) -> str:
    """The text without these of its comments, and without the lines that they leave empty."""
    for start, end in sorted((each for comment in comments for each in comment.gone), reverse=True):
        text = text[:start] + text[end:]
    return text


def _spans(path: str, index: LineIndex, language: str) -> list[Span]:
    if len(index.text) <= MAX_PARSED_CHARS:
        from codex_lsp.syntax.comments import comments

        found = comments(path, index.text, language)
        if found is not None:
            return found
    from codex_lsp.syntax.plain_comments import plain_comments

    near = [index.line_at(match.start()) for match in _SOMEWHERE.finditer(index.text)]
    return plain_comments(path, index, language, near)


def _groups(index: LineIndex, spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Comments that belong together: a block by itself, lines that follow one another in one column."""
    group: list[Span] = []
    for span in spans:
        if group and not (_is_line(index, span) and _follows(index, group[-1], span)):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _is_line(index: LineIndex, span: Span) -> bool:
    return span.end_line == span.line + 1 and not _BLOCK.match(index.text[span.start : span.end])


def _follows(index: LineIndex, before: Span, span: Span) -> bool:
    return (
        span.line == before.line + 1
        and _is_line(index, before)
        and _column(index, span) == _column(index, before)
        and not _beside(index, span)[0].strip()
        and not _beside(index, before)[0].strip()
    )


def _column(index: LineIndex, span: Span) -> int:
    return span.start - index.start(span.line)


def _beside(index: LineIndex, span: Span) -> tuple[str, str]:
    """What stands before the comment and behind it, in its lines."""
    end = index.start(span.end_line - 1) + len(strip_end(index.line(span.end_line - 1)))
    return index.text[index.start(span.line) : span.start], index.text[span.end : end]


def _lines(index: LineIndex, span: Span) -> Iterator[_Line]:
    for number in range(span.line, span.end_line):
        start = max(span.start, index.start(number))
        end = min(span.end, index.start(number) + len(strip_end(index.line(number))))
        said = index.text[start:end].rstrip()
        opening = (_OPENING if number == span.line else _DECORATION).match(said)
        begin = opening.end() if opening else 0
        closing = (
            _CLOSING.search(said, max(begin, len(said) - _CLOSING_CHARS))
            if number == span.end_line - 1
            else None
        )
        words = said[begin : closing.start() if closing else None]
        yield _Line(number, start, end, words.strip(), start + begin + len(words) - len(words.lstrip()))


def _asking(lines: Sequence[_Line]) -> Iterator[tuple[Kind, list[_Line]]]:
    """The parts of a comment that ask; one that begins with a mark ends with its paragraph or a mark."""
    part: list[_Line] = []
    kind: Kind | None = None
    for line in lines:
        first, last = _AT_START.match(line.words), _AT_END.search(line.words)
        if first or not line.words:
            if kind:
                yield kind, part
            part, kind = [], _kind(first)
        if line.words:
            part.append(line)
        if last and kind in (None, _kind(last)):
            yield _kind(last) or "edit", part
            part, kind = [], None
    if kind:
        yield kind, part


def _kind(mark: re.Match[str] | None) -> Kind | None:
    return None if mark is None else "edit" if mark[1] == "!" else "explain"


def _bare(words: str) -> str:
    return _AT_END.sub("", _AT_START.sub("", words, count=1)).strip()


def _of_line(index: LineIndex, line: _Line, *, alone: bool) -> tuple[int, int]:
    """What is to go of one line of a comment, the rest of which stays; `alone`: a line is a comment."""
    start, end = index.start(line.number), index.start(line.number + 1)
    stop = line.words_start + len(line.words)
    rest = index.text[start : line.words_start] + index.text[stop:end]
    return (start, end) if alone or not re.sub(r"[\s*]", "", rest) else (line.words_start, stop)


def _whole(index: LineIndex, start: int, end: int, *, braces: bool) -> tuple[int, int]:
    """A comment with what it leaves empty: its lines, or the blanks beside it."""
    text = index.text
    first, last = index.line_at(start), index.line_at(max(start, end - 1))
    begin, stop = index.start(first), index.start(last + 1)
    before, behind = text[begin:start].strip(), text[end:stop].strip()
    if (before, behind) == ("", "") or (braces and (before, behind) == ("{", "}")):
        return begin, stop
    if not behind:
        return begin + len(text[begin:start].rstrip()), end
    return start, end + len(text[end:stop]) - len(text[end:stop].lstrip())
