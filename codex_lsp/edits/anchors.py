"""What tells several places apart: `@@` anchors, a line number, the end of the file, the selection.

A hint that names a place is kept to: what it excludes is not taken, even if nothing else is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.levels import EXACT, TYPOGRAPHIC, Lines, indent, plain

_CLOSERS = (")", "]", "}", "end")
LEAST_ANCHOR = 3
# A line number counts if the next best place is this much farther from it, in lines and as a multiple.
HINT_MARGIN, HINT_FACTOR = 3, 3


def places_of(lines: Lines, anchors: Sequence[str]) -> list[int]:
    """The lines that read as the last anchor and stand below the ones before it; an empty anchor is none.

    Each anchor is looked for as it is, then trimmed, then as a line's beginning, then anywhere in a line.
    """
    places = [-1]
    for anchor in anchors:
        if anchor.strip():
            first = min(places, default=len(lines))
            places = [at for at in _reading(lines, anchor) if at > first]
    return places


def _reading(lines: Lines, anchor: str) -> list[int]:
    wanted = plain(anchor)
    for level, text in ((EXACT, anchor), (TYPOGRAPHIC, wanted)):
        if found := [at for at, line in enumerate(lines.treated(level)) if line == text]:
            return found
    if len(wanted) < LEAST_ANCHOR:
        return []
    trimmed = lines.treated(TYPOGRAPHIC)
    return [at for at, line in enumerate(trimmed) if line.startswith(wanted)] or [
        at for at, line in enumerate(trimmed) if wanted in line
    ]


def section(lines: Lines, at: int) -> range:
    """The lines that belong to the one at `at`: the indented block below it, or all below it."""
    own = len(indent(lines.bare[at]))
    stop = len(lines)
    opened = False
    for number in range(at + 1, len(lines)):
        line = lines.bare[number]
        if not line.strip():
            continue
        if len(indent(line)) > own:
            opened = True
        elif not opened:
            break
        elif not line.strip().startswith(_CLOSERS):
            stop = number
            break
    return range(at, stop)


def below(lines: Lines, anchors: Sequence[int], candidates: Sequence[int], size: int) -> list[int]:
    """The candidates that stand where an anchor says: at it or right below it, or else in its section."""
    found: set[int] = set()
    for anchor in anchors:
        following = anchor + 1
        while following < len(lines) and not lines.bare[following].strip():
            following += 1
        touching = [at for at in candidates if at <= anchor < at + size or anchor < at <= following]
        own = section(lines, anchor)
        found.update(touching or [at for at in candidates if at in own])
    return sorted(found)


def nearest(candidates: Sequence[int], line: int) -> list[int]:
    """The candidate nearest to the zero-based line, if clearly nearest; else all."""
    ranked = sorted(candidates, key=lambda at: abs(at - line))
    if len(ranked) < 2:
        return ranked
    first, second = (abs(at - line) for at in ranked[:2])
    clear = second >= first + HINT_MARGIN and second >= first * HINT_FACTOR
    return ranked[:1] if clear else list(candidates)


def selected(candidates: Sequence[int], size: int, focus: range) -> list[int]:
    """The candidates inside the selected lines, or else those that meet them, or else all."""
    inside = [at for at in candidates if focus.start <= at and at + size <= focus.stop]
    meeting = [at for at in candidates if at < focus.stop and focus.start < at + size]
    return inside or meeting or list(candidates)
