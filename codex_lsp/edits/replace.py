"""The edits of a file's text that come without context lines: by its text, by ranges, as a whole."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from codex_lsp.edits import anchors, ellipsis
from codex_lsp.edits.chunks import apply_chunks, joined
from codex_lsp.edits.errors import AlreadyApplied, EditError, NoChange, NoMatch, Overlap
from codex_lsp.edits.focus import Focus
from codex_lsp.edits.intents import Chunk, RangeEdit, ReplaceRanges, ReplaceText
from codex_lsp.edits.levels import Lines
from codex_lsp.edits.misses import ambiguous
from codex_lsp.edits.selection import selected_lines
from codex_lsp.edits.text import LineIndex, line_end, split_lines, strip_end, units, with_ends
from codex_lsp.edits.transplant import transplant

MOST_PLACES = 10_000
LEAST_DONE = 4
# A line end as text writes it: never the half of a CRLF.
_END = r"(?>\r\n|(?<!\r)\n|\r)"


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    start: int
    end: int


def replace_text(
    text: str, intent: ReplaceText, *, path: str, focus: Focus | None = None, end: str = "\n"
) -> tuple[str, list[str]]:
    """`text` with the old text replaced, and the leniencies that took; line ends of both may differ.

    The old text is looked for as it is, anywhere; if it is nowhere, its lines are, as a chunk's. `end` is the
    line end for a text that has none. Raises `EditError`.
    """
    if intent.old == intent.new:
        raise NoChange("the old and the new text are the same.", path=path)
    if not intent.old:
        return _whole(text, intent, path), []
    lines = Lines(text)
    end = lines.end if any(map(line_end, lines.raw[:1])) else end
    spans = _spans(text, intent.old)
    if intent.replace_all and spans:
        return _replace_each(text, spans, intent, path, end)
    if not spans:
        return _by_lines(text, intent, path, focus, end)
    spans = _narrowed(text, spans, intent, focus, path)
    if len(spans) > 1:
        index = LineIndex(text)
        places = [index.line_at(each.start) for each in spans]
        raise ambiguous("the text to be replaced", places, path, None)
    if done := _around(spans[0], _done(text, intent)):
        raise AlreadyApplied(LineIndex(text).line_at(done.start) + 1, path=path)
    return _replaced(text, spans, intent, end), []


def _whole(text: str, intent: ReplaceText, path: str) -> str:
    if text == intent.new:
        raise AlreadyApplied(1, path=path)
    if text.strip():
        raise NoMatch("the old text is empty, which only an empty file's is: give the lines.", path=path)
    return intent.new


def _spans(text: str, old: str) -> list[_Span]:
    """Where `old` stands in `text`, whatever the line ends of both are, overlapping or not."""
    plain = with_ends(old, "\n")
    found: list[_Span] = []
    if "\r" in text and "\n" in plain:
        pattern = re.compile(_END.join(map(re.escape, plain.split("\n"))))
        hit = pattern.search(text)
        while hit and len(found) <= MOST_PLACES:
            found.append(_Span(*hit.span()))
            hit = pattern.search(text, hit.start() + 1)
        return found
    at = text.find(plain)
    while at >= 0 and len(found) <= MOST_PLACES:
        found.append(_Span(at, at + len(plain)))
        at = text.find(plain, at + 1)
    return found


def _narrowed(
    text: str, spans: list[_Span], intent: ReplaceText, focus: Focus | None, path: str
) -> list[_Span]:
    """The spans that agree with the line and the selection; `AlreadyApplied` if those name a done place."""
    if intent.line is None and focus is None:
        return spans
    done = _spans(text, intent.new) if any(map(str.isalnum, intent.new)) else []
    rivals = [each for each in done if not any(s.start < each.end and each.start < s.end for s in spans)]
    if rivals and all(each in rivals for each in _chosen(text, spans + rivals, intent, focus)):
        raise AlreadyApplied(LineIndex(text).line_at(rivals[0].start) + 1, path=path)
    return _chosen(text, spans, intent, focus)


def _chosen(text: str, spans: list[_Span], intent: ReplaceText, focus: Focus | None) -> list[_Span]:
    if len(spans) > 1 and intent.line is not None:
        index = LineIndex(text)
        lines = {each: index.line_at(each.start) for each in spans}
        near = anchors.nearest(list(lines.values()), intent.line - 1)
        spans = [each for each in spans if lines[each] in near]
    if len(spans) > 1 and focus is not None:
        inside = [each for each in spans if focus.start <= each.start and each.end <= focus.end]
        meeting = [each for each in spans if each.start < focus.end and focus.start < each.end]
        spans = inside or meeting or _on_lines(text, spans, selected_lines(text, focus))
    return spans


def _on_lines(text: str, spans: list[_Span], lines: range) -> list[_Span]:
    index = LineIndex(text)
    return [each for each in spans if index.line_at(each.start) in lines] or spans


def _done(text: str, intent: ReplaceText) -> list[_Span]:
    """Where the new text, with the old one in it, stands already."""
    inside = with_ends(intent.old, "\n") in with_ends(intent.new, "\n")
    return _spans(text, intent.new) if inside else []


def _around(span: _Span, done: Sequence[_Span]) -> _Span | None:
    """The one of the sorted `done` spans, all of one size or nearly, that has `span` within it."""
    at = bisect_left(done, span.end, key=lambda each: each.end)
    return next((each for each in done[at : at + 1] if each.start <= span.start), None)


def _replace_each(
    text: str, spans: Sequence[_Span], intent: ReplaceText, path: str, end: str
) -> tuple[str, list[str]]:
    """All occurrences that do not overlap an earlier one; what reads as the new text already stays."""
    apart: list[_Span] = []
    for each in spans:
        if not apart or each.start >= apart[-1].end:
            apart.append(each)
    if len(spans) > MOST_PLACES:
        raise EditError(f"the old text stands more than {MOST_PLACES} times.", path=path)
    done = _done(text, intent)
    fresh = [each for each in apart if _around(each, done) is None]
    if not fresh:
        raise AlreadyApplied(LineIndex(text).line_at(apart[0].start) + 1, path=path)
    leniencies = [f"{path}: {len(apart) - len(fresh)} places had the new text already"]
    return _replaced(text, fresh, intent, end), leniencies if len(fresh) < len(apart) else []


def _replaced(text: str, spans: Sequence[_Span], intent: ReplaceText, end: str) -> str:
    old = [strip_end(line) for line in split_lines(intent.old)]
    new = [strip_end(line) for line in split_lines(intent.new)]
    pieces: list[str] = []
    at = 0
    for each in spans:
        there = split_lines(text[each.start : each.end])
        changed = transplant(old, new, there, end=end)
        pieces += (text[at : each.start], joined(changed, terminated=bool(line_end(intent.new)), end=end))
        at = each.end
    return "".join((*pieces, text[at:]))


def _by_lines(
    text: str, intent: ReplaceText, path: str, focus: Focus | None, end: str
) -> tuple[str, list[str]]:
    old, new = (tuple(map(strip_end, split_lines(side))) for side in (intent.old, intent.new))
    selected = None if focus is None else selected_lines(text, focus)
    try:
        return apply_chunks(text, [Chunk(old, new, line=intent.line)], path=path, focus=selected, end=end)
    except AlreadyApplied:
        raise
    except NoMatch:
        done = _spans(text, intent.new) if len(intent.new.strip()) >= LEAST_DONE else []
        if len(done) == 1:
            raise AlreadyApplied(LineIndex(text).line_at(done[0].start) + 1, path=path) from None
        raise


def replace_ranges(text: str, intent: ReplaceRanges, *, path: str, end: str = "\n") -> str:
    """`text` with its ranges replaced; insertions at one place keep their order.

    Positions beyond the text are an error, not clamped: they show that the model counted wrong. Raises
    `NoMatch` or `Overlap`.
    """
    index = LineIndex(text)
    lines = split_lines(text[: text.find("\n") + 1])
    end = line_end(lines[0]) if lines else end
    hunks = [
        (*_offsets(index, edit, number, intent, path), with_ends(edit.text, end))
        for number, edit in enumerate(intent.edits, 1)
    ]
    pieces: list[str] = []
    at = 0
    for start, stop, new in sorted(hunks, key=lambda hunk: hunk[0]):
        if start < at:
            raise Overlap(f"two edits claim line {index.line_at(start) + 1}.", path=path)
        pieces += (text[at:start], new)
        at = stop
    return "".join((*pieces, text[at:]))


def _offsets(
    index: LineIndex, edit: RangeEdit, number: int, intent: ReplaceRanges, path: str
) -> tuple[int, int]:
    """The offsets of a range; raises `NoMatch` if it is not in the text."""
    offsets = []
    for line, column in (edit.start, edit.end):
        past_end = line == index.line_count and column == 0
        if not past_end:
            width = units(strip_end(index.line(line)), intent.encoding)
            if not (0 <= line < index.line_count and 0 <= column <= width):
                raise NoMatch(
                    f"the position {line}:{column} (both from 0) is not in the file, which has "
                    f"{index.line_count} lines.",
                    path=path,
                    hunk=number,
                )
        offsets.append(index.offset(line, column, intent.encoding))
    start, stop = offsets
    if stop < start:
        raise NoMatch("the range ends before it begins.", path=path, hunk=number)
    return start, stop


def write_whole(text: str, new: str, *, lazy: bool = False, path: str, end: str = "\n") -> str:
    """`new` in place of all of `text`, with the line ends, and the final one or none, that `text` has.

    With `lazy` ellipses stand for what `text` has there: once, or else `NoMatch` or `Ambiguous`.
    """
    lines = Lines(text)
    given: Sequence[str] = [strip_end(line) for line in split_lines(new)]
    if lazy:
        given = ellipsis.expanded(given, lines, bare=True, path=path, number=None)
    end = lines.end if any(map(line_end, lines.raw[:1])) else end
    terminated = bool(line_end(lines.raw[-1])) if lines.raw else bool(line_end(new))
    return joined(transplant(lines.bare, given, lines.raw, end=end), terminated=terminated, end=end)
