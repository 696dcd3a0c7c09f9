"""What tells several places apart: `@@` anchors, a line number, the end of the file, the selection.

A hint that names a place is kept to: what it excludes is not taken, even if nothing else is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.levels import EXACT, TYPOGRAPHIC, Lines, indent, plain

_CLOSERS = (")", "]", "}", "end")
LEAST_ANCHOR = 3
# An anchor that stands more often says nothing.
MOST_ANCHORS = 64
# Models count badly: a line number tells places apart only if one is this near and no other one nearly so.
HINT_REACH, HINT_MARGIN = 2, 4


def places_of(lines: Lines, anchors: Sequence[str]) -> list[int]:
    """The lines that read as the last anchor, each in the block of the one before it, or else below it.

    Each is looked for as it is, then trimmed, then as a line's beginning, then anywhere in a line; an empty
    one is passed over.
    """
    places: list[int] | None = None
    for anchor in anchors:
        if not anchor.strip():
            continue
        reading = _reading(lines, anchor)
        if places is None or len(places) > MOST_ANCHORS:
            places = reading
        else:
            places = sorted({at for place in places for at in _under(lines, place, reading)})
    return places or []


def _under(lines: Lines, place: int, reading: Sequence[int]) -> list[int]:
    own = block(lines, place)
    inside = [at for at in reading if own is not None and at in own and at > place]
    return inside or [at for at in reading if at > place]


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


def block(lines: Lines, at: int) -> range | None:
    """The indented lines below the one at `at`, which they belong to, and it; None if there are none."""
    own = len(indent(lines.bare[at]))
    opened = False
    for number in range(at + 1, len(lines)):
        line = lines.bare[number]
        if not line.strip():
            continue
        if len(indent(line)) > own:
            opened = True
        elif not opened:
            return None
        elif not line.strip().startswith(_CLOSERS):
            return range(at, number)
    return range(at, len(lines)) if opened else None


def below(lines: Lines, anchors: Sequence[int], candidates: Sequence[int], size: int) -> list[int]:
    """The candidates that stand where an anchor says: around it, or else in its block.

    An anchor without a block says where the next line is, or else only what is above.
    """
    if len(anchors) > MOST_ANCHORS:
        return list(candidates)
    found: set[int] = set()
    for anchor in anchors:
        around = [at for at in candidates if at <= anchor < at + size]
        own = block(lines, anchor)
        if own is None:
            following = _following(lines, anchor)
            around = around or [at for at in candidates if at == following]
            own = range(anchor, len(lines))
        found.update(around or [at for at in candidates if at in own])
    return sorted(found)


def _following(lines: Lines, at: int) -> int:
    """The next line that is not blank."""
    return next((number for number in range(at + 1, len(lines)) if lines.bare[number].strip()), len(lines))


def nearest(candidates: Sequence[int], line: int) -> list[int]:
    """The candidate nearest to the zero-based line, if clearly nearest; else all."""
    ranked = sorted(candidates, key=lambda at: abs(at - line))
    if len(ranked) < 2:
        return ranked
    first, second = (abs(at - line) for at in ranked[:2])
    clear = first <= HINT_REACH and second >= first + HINT_MARGIN
    return ranked[:1] if clear else list(candidates)


def selected(candidates: Sequence[int], size: int, focus: range) -> list[int]:
    """The candidates inside the selected lines, or else those that meet them, or else all."""
    inside = [at for at in candidates if focus.start <= at and at + size <= focus.stop]
    meeting = [at for at in candidates if at < focus.stop and focus.start < at + size]
    return inside or meeting or list(candidates)
