"""Where in a file the old lines of a chunk stand: every place, or an error that names the places.

No first match wins. Levels are tried from exact to lenient, and the first level with any candidate decides;
several candidates are narrowed by the file's end, the anchors, the order of the chunks and the selection,
and if that leaves more than one, the chunk is `Ambiguous`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codex_lsp.edits.errors import Ambiguous, NoMatch
from codex_lsp.edits.intents import Chunk

# Each level compares lines after the same treatment of both sides. None ignores case: that finds other code.
LEVELS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("", lambda line: line),
    ("trailing space was ignored", lambda line: line.rstrip()),
)


def occurrences(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """The zero-based first line of every place where `wanted` stands in `lines`, overlapping or not."""
    if not wanted:
        return []
    last = len(lines) - len(wanted)
    first = wanted[0]
    return [
        at
        for at in range(last + 1)
        if lines[at] == first and list(lines[at : at + len(wanted)]) == list(wanted)
    ]


def locate(
    lines: Sequence[str], chunk: Chunk, *, after: int, focus: range | None = None, path: str, number: int
) -> tuple[int, str]:
    """The first line of the chunk's place and the leniency it took (`""` for an exact match).

    `lines` are the file's without their ends, `after` is the line behind the chunk before, `focus` the
    selected lines. Raises `NoMatch` or `Ambiguous`.
    """
    if not chunk.old:
        return _insertion(lines, chunk, path=path, number=number)
    for leniency, treat in LEVELS:
        treated = [treat(line) for line in lines]
        candidates = occurrences(treated, [treat(line) for line in chunk.old])
        if candidates:
            left = _narrow(lines, chunk, candidates, after, focus)
            if len(left) > 1:
                raise _ambiguous("the text to be replaced", left, path, number)
            return left[0], leniency
    raise NoMatch(_no_match(lines, chunk), path=path, hunk=number)


def _insertion(lines: Sequence[str], chunk: Chunk, *, path: str, number: int) -> tuple[int, str]:
    if chunk.at_end or not lines:
        return len(lines), ""
    if not chunk.anchors:
        raise NoMatch(
            "it only adds lines and does not say where: give a context line.", path=path, hunk=number
        )
    places = _anchored(lines, chunk.anchors)
    if len(places) == 1:
        return places[0] + 1, "lines were added below their anchor"
    wanted = chunk.anchors[-1]
    if not places:
        raise NoMatch(f"no line reads {wanted!r}, the anchor.", path=path, hunk=number)
    raise _ambiguous(f"the anchor {wanted!r}", places, path, number)


def _narrow(
    lines: Sequence[str], chunk: Chunk, candidates: list[int], after: int, focus: range | None
) -> list[int]:
    size = len(chunk.old)
    if chunk.at_end:
        candidates = [at for at in candidates if at + size == len(lines)] or candidates
    if len(candidates) > 1 and chunk.anchors and (places := _anchored(lines, chunk.anchors)):
        # The anchor names the section, so the first place below it is meant, as in Codex; but only if there
        # is just one such anchor.
        below = {next((at for at in candidates if at >= place), -1) for place in places} - {-1}
        candidates = sorted(below) or candidates
    if len(candidates) > 1:
        candidates = [at for at in candidates if at >= after] or candidates
    if len(candidates) > 1 and focus is not None:
        inside = [at for at in candidates if focus.start <= at and at + size <= focus.stop]
        candidates = inside or [at for at in candidates if _meets(at, size, focus)] or candidates
    return candidates


def _meets(at: int, size: int, focus: range) -> bool:
    return at < focus.stop and focus.start < at + size


def _anchored(lines: Sequence[str], anchors: Sequence[str]) -> list[int]:
    """The lines that read as the last anchor and stand below the ones before it, indentation aside."""
    stripped = [line.strip() for line in lines]
    places = [-1]
    for anchor in anchors:
        matches = [at for at, line in enumerate(stripped) if line == anchor.strip()]
        places = [at for at in matches if any(at > place for place in places)]
    return places


def _ambiguous(what: str, places: Sequence[int], path: str, number: int) -> Ambiguous:
    shown = ", ".join(str(at + 1) for at in places[:8]) + (", …" if len(places) > 8 else "")
    return Ambiguous(
        f"{what} stands {len(places)} times, at lines {shown}: give more context or an @@ anchor.",
        lines=[at + 1 for at in places],
        path=path,
        hunk=number,
    )


def _no_match(lines: Sequence[str], chunk: Chunk) -> str:
    best, matched = 0, -1
    for at in range(len(lines)):
        count = 0
        for line, wanted in zip(lines[at:], chunk.old, strict=False):
            if line.rstrip() != wanted.rstrip():
                break
            count += 1
        if count > matched:
            best, matched = at, count
    if matched < 1:
        return f"the line {chunk.old[0]!r} is not in the file."
    wanted = chunk.old[matched]
    actual = lines[best + matched] if best + matched < len(lines) else None
    found = "the file ends there" if actual is None else f"the file has {actual!r}"
    return (
        f"the text to be replaced is not in the file; it agrees best at line {best + 1}, but where it has "
        f"{wanted!r}, {found} (line {best + matched + 1})."
    )
