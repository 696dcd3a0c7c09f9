"""Fenced code blocks (CommonMark 0.31, section 4.5), found in a reply.

Two rules differ, since models nest fences of the same length and CommonMark would end the outer block inside:
in a block a fence with an info string opens another one, and a fence that is indented deeper closes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from codex_lsp.edits.text import split_lines, strip_end
from codex_lsp.records import record

# Each format looks for its own marks among the same blocks. Those of a longer reply are not kept.
KEPT_CHARACTERS = 1_000_000

_OPEN = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")


@record(frozen=True, slots=True)
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


def closes(line: str, fence: str, indent: int = 0) -> bool:
    """Whether a line without its end closes the block that `fence` opened, indented by `indent` spaces."""
    mark = line.strip(" \t")
    return _indent(line) <= indent and set(mark) == {fence[0]} and len(mark) >= len(fence)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def blocks(reply: str) -> Sequence[Fenced]:
    """All blocks, in order; the last one may be open."""
    return _blocks(reply) if len(reply) > KEPT_CHARACTERS else _blocks_before(reply)


@lru_cache(2)
def _blocks_before(reply: str) -> tuple[Fenced, ...]:
    return tuple(_blocks(reply))


def _blocks(reply: str) -> list[Fenced]:
    found: list[Fenced] = []
    info, start = "", 0
    # The fences that are open, outermost first, with their indentation.
    stack: list[tuple[str, int]] = []
    content: list[str] = []
    for number, line in enumerate(split_lines(reply)):
        bare = strip_end(line)
        if stack and closes(bare, *stack[-1]):
            stack.pop()
            if not stack:
                found.append(Fenced(info, "".join(content), start, number))
                continue
        elif (mark := opened(bare)) and (not stack or _nests(mark, stack[-1][0])):
            stack.append((mark[0], _indent(bare)))
            if len(stack) == 1:
                info, start, content = mark[1], number, []
                continue
        if stack:
            content.append(line)
    return [*found, Fenced(info, "".join(content), start, None)] if stack else found


def _nests(mark: tuple[str, str], fence: str) -> bool:
    """Whether a fence inside a block opens another one: a plain one could as well be text."""
    return bool(mark[1]) and mark[0][0] == fence[0] and len(mark[0]) >= len(fence)


def around(text: str) -> str:
    """A fence that nothing in `text` closes."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)
