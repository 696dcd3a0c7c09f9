"""Lines like `...` and `// ... existing code ...`, which stand for what the file has there.

An ellipsis is taken only where its neighbours say exactly once what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from codex_lsp.edits.errors import Ambiguous, NoMatch
from codex_lsp.edits.levels import EXACT, TRAILING, TRIMMED, Lines

_COMMENT = re.compile(r"(?://+|#+|--+|;+|%+|/\*+|<!--|\{/\*|\(\*)\s*(.*?)\s*(?:\*+/|-->|\*/\}|\*\))?")
_DOTS = re.compile(r"\[?\s*(?:\.{3}|…)\s*\]?")
_WORDS = re.compile(
    r"(?=.*(?:\.{3}|…)).*\b(?:existing|rest|remaining|remains?|unchanged|same|other|previous|omitted|keep|kept)\b.*",
    re.IGNORECASE,
)
MOST_PLACES = 64
# Longer lines say something else, and their white space could keep the patterns above busy for minutes.
LONGEST_MARKER = 200
MOST_CONTEXT = 24

Expanded = tuple[int, tuple[tuple[str, ...], tuple[str, ...]]]


def is_ellipsis(line: str) -> bool:
    """Whether the line can stand for others: bare dots, or a comment that is dots or says so."""
    return bool(_DOTS.fullmatch(line.strip())) or is_marker(line)


def is_marker(line: str) -> bool:
    """Whether the line cannot be code: a comment of dots, or one that says that code was left out."""
    if len(line) > LONGEST_MARKER:
        return False
    comment = _COMMENT.fullmatch(line.strip())
    return comment is not None and bool(_DOTS.fullmatch(comment[1]) or _WORDS.fullmatch(comment[1]))


def segments(lines: Sequence[str], among: Sequence[bool]) -> list[tuple[str, ...]]:
    """The lines between the ellipses, which `among` marks; one more than there are ellipses."""
    parts: list[list[str]] = [[]]
    for line, elided in zip(lines, among, strict=True):
        if elided:
            parts.append([])
        else:
            parts[-1].append(line)
    return [tuple(part) for part in parts]


def expanded_pairs(lines: Lines, old: Sequence[str], new: Sequence[str]) -> list[Expanded]:
    """Every first line, with both sides as they are when their ellipses are written out from the file.

    Empty unless both sides have as many ellipses, the old side begins and ends with lines that are in the
    file, and each of its parts is there, in order.
    """
    in_old, in_new = [[is_ellipsis(line) for line in side] for side in (old, new)]
    if not any(in_old) or sum(in_old) != sum(in_new) or in_old[0] or in_old[-1]:
        return []
    parts, new_parts = segments(old, in_old), segments(new, in_new)
    if not all(parts):
        return []
    options = []
    for part in parts:
        found = next(
            (at for level in (EXACT, TRAILING, TRIMMED) if (at := lines.occurrences(part, level))), []
        )
        options.append(found)
    return [_expanded(lines, starts, parts, new_parts) for starts in _increasing(options, parts)]


def _increasing(options: Sequence[Sequence[int]], parts: Sequence[Sequence[str]]) -> list[list[int]]:
    chains: list[list[int]] = [[]]
    for number, starts in enumerate(options):
        longer = (
            [*chain, start]
            for chain in chains
            for start in starts
            if not chain or start >= chain[-1] + len(parts[number - 1])
        )
        chains = list(islice(longer, MOST_PLACES))
    return chains


def _expanded(
    lines: Lines,
    starts: Sequence[int],
    parts: Sequence[tuple[str, ...]],
    new_parts: Sequence[tuple[str, ...]],
) -> Expanded:
    old: list[str] = []
    new: list[str] = []
    done = starts[0]
    for start, part, new_part in zip(starts, parts, new_parts, strict=True):
        old += [*lines.bare[done:start], *part]
        new += [*lines.bare[done:start], *new_part]
        done = start + len(part)
    return starts[0], (tuple(old), tuple(new))


def expanded(new: Sequence[str], lines: Lines, *, bare: bool, path: str, number: int | None) -> list[str]:
    """`new` with each ellipsis replaced by the lines of `lines` between those that stand around it.

    With `bare` lines of dots alone count, too. A line that is in the file is no ellipsis. Raises `NoMatch`
    or `Ambiguous`.
    """
    test = is_ellipsis if bare else is_marker
    there = set(lines.treated(TRIMMED))
    elided = [test(line) and line.strip() not in there for line in new]
    first, *rest = _without_blanks(segments(new, elided))
    result = list(first)
    before, done = first, 0
    for after in rest:
        start = _end_of(before, lines, done, path, number) if before else done
        stop = _start_of(after, lines, start, path, number) if after else len(lines)
        result += [*lines.bare[start:stop], *after]
        before, done = after, stop
    return result


def _without_blanks(parts: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The parts without the blank lines beside ellipses, which the file has itself, or not."""
    last = len(parts) - 1
    trimmed: list[tuple[str, ...]] = []
    for number, part in enumerate(parts):
        full = [at for at, line in enumerate(part) if line.strip()]
        start = full[0] if number > 0 and full else 0
        stop = full[-1] + 1 if number < last and full else len(part)
        trimmed.append(part[start:stop] if full or last == 0 else ())
    return [part for number, part in enumerate(trimmed) if part or number in (0, last)]


def _end_of(part: Sequence[str], lines: Lines, done: int, path: str, number: int | None) -> int:
    """The line behind the place where the part's last lines stand."""
    sizes = range(1, min(len(part), MOST_CONTEXT) + 1)
    size, at = _unique([part[-size:] for size in sizes], lines, done, path, number)
    return at + size


def _start_of(part: Sequence[str], lines: Lines, done: int, path: str, number: int | None) -> int:
    """The line at which the part's first lines stand."""
    sizes = range(1, min(len(part), MOST_CONTEXT) + 1)
    return _unique([part[:size] for size in sizes], lines, done, path, number)[1]


def _unique(
    contexts: Sequence[Sequence[str]], lines: Lines, done: int, path: str, number: int | None
) -> tuple[int, int]:
    """The size and the place of the first, shortest context that stands exactly once below `done`."""
    last: list[int] = []
    for context in contexts:
        found = [at for at in lines.occurrences(context, TRIMMED) if at >= done]
        if len(found) == 1 and any(line.strip() for line in context):
            return len(context), found[0]
        if not found:
            break
        last = found
    shown = next((line for line in contexts[-1] if line.strip()), "")
    if last:
        raise Ambiguous(
            f"what an ellipsis beside {shown!r} stands for is not clear: give more lines beside it.",
            lines=[at + 1 for at in last],
            path=path,
            hunk=number,
        )
    raise NoMatch(
        f"an ellipsis stands beside {contexts[0][0]!r}, which is not in the file: the lines beside it must "
        "be the file's own.",
        path=path,
        hunk=number,
    )
