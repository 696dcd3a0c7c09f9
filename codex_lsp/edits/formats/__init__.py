"""The formats in which models speak of edits, one module each, and the choice between them.

Each module has `NAME`, `present(reply) -> bool` (its marker is there, whatever follows) and
`parse(reply) -> Parsed`, which raises `ParseError`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codex_lsp.edits.errors import UnknownFormat
from codex_lsp.edits.formats import begin_patch, fence, search_replace, unified_diff
from codex_lsp.edits.intents import Parsed


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name, whether a reply holds its marker, and its parser."""

    name: str
    present: Callable[[str], bool]
    parse: Callable[[str], Parsed]


# The order of detection: a format with markers of its own before one that any Markdown has.
FORMATS = tuple(
    Format(module.NAME, module.present, module.parse)
    for module in (begin_patch, search_replace, unified_diff, fence)
)


def names() -> list[str]:
    """The names that `parse` takes beside `"auto"`."""
    return [each.name for each in FORMATS]


def holds_edits(reply: str) -> bool:
    """Whether any format's marker is in the reply. Without one it is an answer, not an edit."""
    return any(each.present(reply) for each in FORMATS)


def parse(reply: str, format: str = "auto") -> Parsed:
    """The intents of a reply in the format named, or in the first whose marker it holds."""
    for each in FORMATS:
        if format == each.name or (format == "auto" and each.present(reply)):
            return each.parse(reply)
    if format != "auto":
        raise UnknownFormat(f"There is no format {format!r}; known are auto, {', '.join(names())}.")
    raise UnknownFormat(
        "The reply holds no edits: it needs a *** Begin Patch block, or one fenced block in place of the "
        "selection."
    )
