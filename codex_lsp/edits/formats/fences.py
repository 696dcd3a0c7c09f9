"""Fenced code blocks (CommonMark 0.31, section 4.5), found in a reply."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codex_lsp.edits.text import split_lines, strip_end

_OPEN = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")


@dataclass(frozen=True, slots=True)
class Fenced:
    """One block: its info string, its text, the zero-based lines of its fences; `end` is None if open."""

    info: str
    text: str
    start: int
    end: int | None


def opened(line: str) -> tuple[str, str] | None:
    """The fence and the info string of a line without its end that can open a block."""
    found = _OPEN.match(line)
    return (found[1], found[2].strip()) if found else None


def closes(line: str, fence: str) -> bool:
    """Whether a line without its end closes the block that `fence` opened."""
    mark = line.strip(" \t")
    return len(line) - len(line.lstrip(" ")) <= 3 and set(mark) == {fence[0]} and len(mark) >= len(fence)


def blocks(reply: str) -> list[Fenced]:
    """All blocks, in order; the last one may be open."""
    found: list[Fenced] = []
    fence, info, start = "", "", 0
    content: list[str] = []
    for number, line in enumerate(split_lines(reply)):
        bare = strip_end(line)
        if not fence:
            if mark := opened(bare):
                (fence, info), start, content = mark, number, []
        elif closes(bare, fence):
            found.append(Fenced(info, "".join(content), start, number))
            fence = ""
        else:
            content.append(line)
    return [*found, Fenced(info, "".join(content), start, None)] if fence else found


def around(text: str) -> str:
    """A fence that nothing in `text` closes."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)
