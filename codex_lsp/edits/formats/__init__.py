"""The formats in which models speak of edits, one module each, and the choice between them.

Each module has `NAME`, `first(reply)`, the zero-based line of its first marker or None,
`parse(reply) -> Parsed`, which raises `ParseError` or `UnknownFormat`, and `unparse(intents) -> str`, its
inverse, which raises `ValueError` for what the format cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from codex_lsp.edits.errors import UnknownFormat
from codex_lsp.edits.formats import begin_patch, fence, search_replace, tool_edit, unified_diff, whole_file
from codex_lsp.edits.formats.fences import KEPT_CHARACTERS
from codex_lsp.edits.intents import Intent, Parsed
from codex_lsp.edits.text import dominant_end, split_lines
from codex_lsp.records import record


class _Module(Protocol):
    NAME: str

    def first(self, reply: str, /) -> int | None: ...
    def parse(self, reply: str, /) -> Parsed: ...
    def unparse(self, intents: Sequence[Intent], /) -> str: ...


@record(frozen=True, slots=True)
class Format:
    """One format: its name, where a reply has its first marker, its parser and its writer."""

    name: str
    first: Callable[[str], int | None]
    parse: Callable[[str], Parsed]
    unparse: Callable[[Sequence[Intent]], str]


def _formats(*modules: _Module) -> tuple[Format, ...]:
    return tuple(Format(each.NAME, _remembering(each.first), each.parse, each.unparse) for each in modules)


def _remembering(first: Callable[[str], int | None]) -> Callable[[str], int | None]:
    """A reply is asked for its marks again and again: has it edits, which ones, what stands beside them?"""
    before = lru_cache(2)(first)
    return lambda reply: (first if len(reply) > KEPT_CHARACTERS else before)(reply)


# Of formats with markers of their own the one whose marker comes first is meant: what follows is its content.
MARKED = _formats(begin_patch, tool_edit, search_replace, unified_diff)
# Any Markdown has fences, and those formats are often put in one.
FENCED = _formats(whole_file, fence)
FORMATS = (*MARKED, *FENCED)


def names() -> list[str]:
    """The names that `parse` takes beside `"auto"`."""
    return [each.name for each in FORMATS]


def detect(reply: str) -> str | None:
    """The name of the format that a reply is in; None for an answer that holds no edit."""
    found = [
        (at, rank, each.name) for rank, each in enumerate(MARKED) if (at := each.first(reply)) is not None
    ]
    if found:
        return min(found)[2]
    return next((each.name for each in FENCED if each.first(reply) is not None), None)


def holds_edits(reply: str) -> bool:
    """Whether any format's marker is in the reply. Without one it is an answer, not an edit."""
    return detect(reply) is not None


def parse(reply: str, format: str = "auto") -> Parsed:
    """The intents of a reply in the format named, or in the one that it shows."""
    name = detect(reply) if format == "auto" else format
    if name is None:
        raise UnknownFormat(
            "The reply holds no edits: it needs a *** Begin Patch block, or one fenced block in place of the "
            "selection."
        )
    return replace(_named(name).parse(reply), end=dominant_end(split_lines(reply)))


def render(intents: Sequence[Intent], format: str) -> str:
    """The reply that `parse` reads as these intents; `ValueError` for what the format cannot say."""
    return _named(format).unparse(intents)


def _named(format: str) -> Format:
    for each in FORMATS:
        if format == each.name:
            return each
    raise UnknownFormat(f"There is no format {format!r}; known are auto, {', '.join(names())}.")
