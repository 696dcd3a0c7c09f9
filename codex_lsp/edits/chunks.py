"""All chunks of one file at once: located in the text as it was, then put in together."""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits import anchors, ellipsis, exact
from codex_lsp.edits.choose import assign, done_at, narrow
from codex_lsp.edits.errors import AlreadyApplied, EditError, NoMatch, Overlap
from codex_lsp.edits.intents import Chunk
from codex_lsp.edits.levels import Lines
from codex_lsp.edits.locate import Candidate, Found, find
from codex_lsp.edits.misses import ambiguous, clipped, no_match
from codex_lsp.edits.text import line_end, strip_end
from codex_lsp.edits.transplant import transplant
from codex_lsp.records import record


@record(frozen=True, slots=True)
class _Located:
    """A chunk with its one-based number, and what was found of it."""

    number: int
    chunk: Chunk
    found: Found


def apply_chunks(
    text: str, chunks: Sequence[Chunk], *, path: str, focus: range | None = None, end: str = "\n"
) -> tuple[str, list[str]]:
    """`text` with all chunks put in their places, and the leniencies that took; raises `EditError`.

    `focus` are the selected lines. `end` is the line end for a text that has none. A chunk that is found only
    in what those before it make of the text is put in there, if each is found by itself.
    """
    if (short := exact.replaced(text, chunks)) is not None:
        return short, []
    try:
        return _together(text, chunks, path, focus, end)
    except NoMatch:
        if len(chunks) > 1 and (result := _one_by_one(text, chunks, path, end)):
            return result
        raise


def _one_by_one(text: str, chunks: Sequence[Chunk], path: str, end: str) -> tuple[str, list[str]] | None:
    leniencies: list[str] = ["an edit was put into what the one before it made"]
    for chunk in chunks:
        try:
            text, more = _together(text, [chunk], path, None, end)
        except EditError:
            return None
        leniencies += more
    return text, leniencies


def _together(
    text: str, chunks: Sequence[Chunk], path: str, focus: range | None, end: str
) -> tuple[str, list[str]]:
    lines = Lines(text)
    if any(map(line_end, lines.raw[:1])):
        end = lines.end
    located = [
        _locate(lines, chunk, number, path, focus)
        for number, chunk in enumerate(chunks, 1)
        if chunk.old != chunk.new or len(chunks) == 1 or _is_clear(lines, chunk)
    ]
    chosen = _choose(located, path)
    places = []
    leniencies = []
    for each, candidate in zip(located, chosen, strict=True):
        if (line := done_at(lines, candidate)) is not None:
            raise AlreadyApplied(line + 1, path=path, hunk=each.number)
        if each.found.leniency:
            leniencies.append(f"{path}, hunk {each.number}: {each.found.leniency}")
        places.append((candidate.at, candidate.stop, _new_lines(lines, candidate, end, path, each)))
    return splice(lines.raw, places, end, path), leniencies


def _is_clear(lines: Lines, chunk: Chunk) -> bool:
    """Whether a chunk that changes nothing says at least where its neighbours are to be looked for."""
    found = find(lines, chunk)
    return found is not None and len(found.candidates) == 1


def _locate(lines: Lines, chunk: Chunk, number: int, path: str, focus: range | None) -> _Located:
    if chunk.anchors_bind and not anchors.places_of(lines, chunk.anchors):
        shown = " below ".join(map(clipped, reversed(chunk.anchors)))
        raise NoMatch(f"the anchor {shown} is not in the file.", path=path, hunk=number)
    if not chunk.old:
        return _Located(number, chunk, _insertion(lines, chunk, path, number))
    found = find(lines, chunk)
    if found is None:
        raise no_match(lines, chunk.old, chunk.new, path, number)
    try:
        left = narrow(lines, chunk, found, focus)
    except AlreadyApplied as error:
        raise AlreadyApplied(error.line, path=path, hunk=number) from None
    if not left.candidates:
        raise NoMatch(
            f"the text to be replaced stands at line {found.candidates[0].at + 1}, which is not where the "
            f"anchor {clipped(chunk.anchors[-1])} says.",
            path=path,
            hunk=number,
        )
    return _Located(number, chunk, left)


def _insertion(lines: Lines, chunk: Chunk, path: str, number: int) -> Found:
    """Where lines go that come without any line around them; raises `AlreadyApplied` if they are there."""
    at, leniency = _insertion_place(lines, chunk, path, number)
    new = list(chunk.new)
    for start in (at, at - len(new)):
        if new and start >= 0 and lines.bare[start : start + len(new)] == new:
            raise AlreadyApplied(start + 1, path=path, hunk=number)
    return Found((Candidate(at, (), chunk.new),), leniency)


def _insertion_place(lines: Lines, chunk: Chunk, path: str, number: int) -> tuple[int, str]:
    if chunk.at_end or not len(lines):
        return len(lines), ""
    if chunk.anchors and (places := anchors.places_of(lines, chunk.anchors)):
        if len(places) > 1:
            raise ambiguous(f"the anchor {clipped(chunk.anchors[-1])}", places, path, number)
        return places[0] + 1, "lines were added below their anchor"
    if chunk.anchors:
        raise NoMatch(f"no line reads {clipped(chunk.anchors[-1])}, the anchor.", path=path, hunk=number)
    if chunk.line is None:
        return len(lines), "lines without any around them were added at the file's end"
    if not 1 <= chunk.line <= len(lines) + 1:
        raise NoMatch(
            f"there is no line {chunk.line}: the file has {len(lines)} lines.", path=path, hunk=number
        )
    return chunk.line - 1, ""


def _choose(located: Sequence[_Located], path: str) -> list[Candidate]:
    """One candidate for each chunk: the only one, or the only one that the chunks' order leaves."""
    unclear = [each for each in located if len(each.found.candidates) > 1]
    if not unclear:
        return [each.found.candidates[0] for each in located]
    ordered = [each for each in located if each.chunk.old]
    chosen = assign([each.found.candidates for each in ordered]) if len(ordered) > 1 else None
    if chosen is None:
        places = [each.at for each in unclear[0].found.candidates]
        raise ambiguous("the text to be replaced", places, path, unclear[0].number)
    by_number = dict(zip((each.number for each in ordered), chosen, strict=True))
    return [by_number.get(each.number, each.found.candidates[0]) for each in located]


def _new_lines(lines: Lines, candidate: Candidate, end: str, path: str, located: _Located) -> list[str]:
    new: Sequence[str] = candidate.new
    kept = candidate.kept
    there = lines.raw[candidate.at : candidate.stop]
    elided = [line for line in new if ellipsis.is_marker(line)]
    if elided and not any(line in candidate.old for line in elided):
        kept = None
        new = ellipsis.expanded(new, Lines("".join(there)), bare=False, path=path, number=located.number)
    return transplant(candidate.old, new, there, end=end, reindent=candidate.reindent, kept=kept)


def splice(lines: Sequence[str], places: Sequence[tuple[int, int, list[str]]], end: str, path: str) -> str:
    """The lines, which have their ends, with `[start, stop)` of each place replaced, as one text.

    It has a final line end exactly if it had one before, or had no lines. Raises `Overlap`.
    """
    result: list[str] = []
    done = 0
    for start, stop, new in sorted(places, key=lambda place: place[:2]):
        if start < done:
            raise Overlap(f"two edits claim line {start + 1}.", path=path)
        result += [*lines[done:start], *new]
        done = stop
    result += lines[done:]
    return joined(result, terminated=not lines or bool(line_end(lines[-1])), end=end)


def joined(lines: list[str], *, terminated: bool, end: str) -> str:
    """The lines as a text with an end after each but the last one, which has one if `terminated`."""
    body = "".join(lines[:-1])
    # Counting first: in a long file nearly always every line has its end.
    if body.count("\n") < len(lines) - 1:
        ended = [line if line.endswith(("\n", "\r")) else line + end for line in lines[:-1]]
        # A lone "\r" and the "\n" of an empty line behind it would be one line end.
        body = "".join(
            f"{line}\n" if line.endswith("\r") and behind == "\n" else line
            for line, behind in zip(ended, lines[1:], strict=True)
        )
    last = lines[-1] if lines else ""
    if lines and terminated != bool(line_end(last)):
        last = strip_end(last) + (end if terminated else "")
    return body + last
