"""A hunk's lines, marked `-`, `+` or with a space, as a `Chunk`: for the formats that have such lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from codex_lsp.edits.intents import Chunk

Kept = tuple[tuple[int, int], ...]

EMPTY_CONTEXT = "an empty line stands for an empty context line"
NO_SPACE = "a context line lacks its leading space"


def is_unmarked(line: str) -> bool:
    """Whether a line of a hunk has content but none of the three marks."""
    return bool(line) and line[0] not in " -+"


def is_loose(lines: Sequence[str]) -> bool:
    """Whether most context lines among these have no mark, so that a leading space is their indentation."""
    unmarked = sum(is_unmarked(line) for line in lines)
    return unmarked > sum(line.startswith(" ") and bool(line.strip()) for line in lines)


def without_layout(body: Sequence[str]) -> list[str]:
    """The lines without empty ones at their end, which are layout."""
    size = len(body)
    while size and not body[size - 1]:
        size -= 1
    return list(body[:size])


def changes(body: Sequence[str]) -> bool:
    """Whether any line is removed or added."""
    return any(line.startswith(("-", "+")) for line in body)


def chunk_of(body: Sequence[str], place: Chunk, *, loose: bool) -> Chunk:
    """`place` with the lines of a hunk's body, and with its other readings.

    `loose` decides what the first space of a context line is in the first reading; see `is_loose`.
    """
    read: dict[tuple[tuple[str, ...], tuple[str, ...]], Kept] = {}
    blank, spaced = "" in body, any(line.startswith(" ") for line in body)
    addeds, leads = ((False, True), (True, False)) if blank else ((False,), (True,))
    for added, lead, whole in product(addeds, leads, (loose, not loose) if spaced else (loose,)):
        old, new, kept = _read(body, whole=whole, lead=lead, added=added)
        read.setdefault((old, new), kept)
    first, *others = (replace(place, old=old, new=new, kept=kept) for (old, new), kept in read.items())
    return replace(first, readings=tuple(each for each in others if each.old or not first.old))


def leniencies_of(body: Sequence[str]) -> list[str]:
    """What had to be forgiven in a hunk's body."""
    forgiven = [EMPTY_CONTEXT] if "" in body else []
    return forgiven + ([NO_SPACE] if any(map(is_unmarked, body)) else [])


def _read(
    body: Sequence[str], *, whole: bool, lead: bool, added: bool
) -> tuple[tuple[str, ...], tuple[str, ...], Kept]:
    """Old, new and kept lines in one reading: `whole` keeps a context line's first space, `lead` keeps empty
    lines at the beginning, `added` takes empty lines between added ones as added.
    """
    old: list[str] = []
    new: list[str] = []
    kept: list[tuple[int, int]] = []
    between = _between_added(body) if added else set()
    begun = lead
    for number, line in enumerate(body):
        begun = begun or bool(line)
        mark, content = line[:1], line[1:]
        if mark == "-":
            old.append(content)
        elif mark == "+":
            new.append(content)
        elif not line:
            if not begun:
                continue
            if number not in between:
                kept.append((len(old), len(new)))
                old.append("")
            new.append("")
        else:
            text = content if mark == " " and not whole else line
            kept.append((len(old), len(new)))
            old.append(text)
            new.append(text)
    return tuple(old), tuple(new), tuple(kept)


def _between_added(body: Sequence[str]) -> set[int]:
    """The numbers of the empty lines whose next neighbours with content, above and below, are added ones."""
    between: set[int] = set()
    blank: list[int] = []
    above = ""
    for number, line in enumerate(body):
        if not line:
            blank.append(number)
            continue
        if above.startswith("+") and line.startswith("+"):
            between.update(blank)
        above, blank = line, []
    return between


def marked(chunk: Chunk) -> list[str]:
    """The chunk's lines with their marks: those that both ends share are context, then old before new."""
    old, new = chunk.old, chunk.new
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return [
        *(" " + line for line in old[:head]),
        *("-" + line for line in old[head : len(old) - tail]),
        *("+" + line for line in new[head : len(new) - tail]),
        *(" " + line for line in old[len(old) - tail :]),
    ]
