"""The errors of locating, in words by which a model can repair its edit in one turn."""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.errors import AlreadyApplied, Ambiguous, NoMatch
from codex_lsp.edits.levels import EXACT, TRAILING, TREATMENTS, TYPOGRAPHIC, Lines

SHOWN_PLACES = 8
SHOWN_LENGTH = 160


def ambiguous(what: str, places: Sequence[int], path: str, number: int | None) -> Ambiguous:
    """The error that names the places, by their zero-based lines."""
    shown = ", ".join(str(at + 1) for at in places[:SHOWN_PLACES]) + (
        ", …" if len(places) > SHOWN_PLACES else ""
    )
    return Ambiguous(
        f"{what} stands {len(places)} times, at lines {shown}: give more of the lines around it.",
        lines=[at + 1 for at in places],
        path=path,
        hunk=number,
    )


def no_match(lines: Lines, old: Sequence[str], new: Sequence[str], path: str, number: int | None) -> NoMatch:
    """The error that names the place most like the old lines, and the first line there that differs.

    Raises `AlreadyApplied` instead if the new lines stand in the file exactly once.
    """
    if any(map(str.isalnum, "".join(new))) and len(there := lines.occurrences(new, TRAILING)) == 1:
        raise AlreadyApplied(there[0] + 1, path=path, hunk=number)
    from codex_lsp.edits import fuzzy

    places = fuzzy.alike(lines, old)
    if not places:
        wanted = next((line for line in old if line.strip()), "")
        return NoMatch(
            f"the text to be replaced is not in the file, nor is any line like {clipped(wanted)}.",
            path=path,
            hunk=number,
        )
    best = places[0]
    return NoMatch(
        f"the text to be replaced is not in the file; the place most like it is at line {best.at + 1} "
        f"({best.score:.0%} alike), but {_first_difference(lines, old, best.at)}.",
        line=best.at + 1,
        score=best.score,
        path=path,
        hunk=number,
    )


def _first_difference(lines: Lines, old: Sequence[str], at: int) -> str:
    for level in (TYPOGRAPHIC, EXACT):
        for offset, wanted in enumerate(old):
            line = at + offset
            if line >= len(lines):
                return f"the file ends before the edit's {clipped(wanted)}"
            if lines.treated(level)[line] != TREATMENTS[level](wanted):
                there = clipped(lines.bare[line])
                return f"the edit has {clipped(wanted)} where the file has {there} (line {line + 1})"
    return "the lines around it differ"


def clipped(line: str) -> str:
    """The line as it is quoted in a message."""
    return repr(line if len(line) <= SHOWN_LENGTH else line[:SHOWN_LENGTH] + "…")
