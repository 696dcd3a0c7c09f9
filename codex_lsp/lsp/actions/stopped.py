"""Actions for what stopped runs had made: to see it, where it would be."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from codex_lsp.lsp.actions.asked import QUICKFIX, Asked, clip
from codex_lsp.lsp.runs.past import Past, PastRuns

ACTION = "show what the stopped run had changed"
# The latest of a document; who has more of them has forgotten the others.
MAX_OFFERED = 3


def actions(past: PastRuns, asked: Asked) -> Iterator[types.CodeAction]:
    """To see what stopped runs had made of the document's file; only if a person asks."""
    if not (asked.invoked and asked.wants(QUICKFIX)):
        return
    own = [each for each in past.offers() if _concerns(each, asked)][-MAX_OFFERED:]
    for each in reversed(own):
        title = f"Codex: {ACTION}" + (f" ({clip(each.memory.ask.instruction)})" if len(own) > 1 else "")
        command = types.Command(title, "codexLsp.offer", arguments=[{"run": each.id}])
        yield types.CodeAction(title, kind=QUICKFIX, command=command)


def _concerns(past: Past, asked: Asked) -> bool:
    paths = {past.places.asked_path, *past.left}
    return any(past.places.document(path) is asked.document for path in paths)
