"""What a text imports."""

from __future__ import annotations

from codex_lsp.syntax import queries
from codex_lsp.syntax.parse import parse
from codex_lsp.syntax.spans import Span, captured

# The file's own, those of a guard around it all, and those of `if TYPE_CHECKING:`.
MAX_DEPTH = 3


def imports(path: str, text: str, language: str = "") -> list[Span] | None:
    """Where the file's imports are, in order; None if its language is unknown.

    Imports inside functions are not the file's. `language` is what the editor calls it.
    """
    parsed = parse(path, text, language)
    if parsed is None or parsed.is_beyond_queries:
        return None
    found = captured(parsed, queries.imports(parsed.language), "import", MAX_DEPTH)
    return [each for number, each in enumerate(found) if not number or each.start >= found[number - 1].end]
