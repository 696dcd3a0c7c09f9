"""Where the comments of a text are."""

from __future__ import annotations

from codex_lsp.syntax import queries
from codex_lsp.syntax.parse import parse
from codex_lsp.syntax.spans import Span, captured


def comments(path: str, text: str, language: str = "") -> list[Span] | None:
    """The text's comments in order, with their marks; None if its language is unknown.

    `language` is what the editor calls it. Comments of one line that follow one another are each its own.
    """
    parsed = parse(path, text, language)
    if parsed is None or parsed.is_beyond_queries:
        return None
    return captured(parsed, queries.comments(parsed.language), "comment")
