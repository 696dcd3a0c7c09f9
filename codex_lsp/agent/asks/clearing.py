"""An ask's own comments go away with what they asked for, whether the model thought of it or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from codex_lsp.agent.asks.ask import Ask, Marked
from codex_lsp.agent.overlay import Overlay
from codex_lsp.edits import EditError, Focus
from codex_lsp.edits.focus import carried
from codex_lsp.review.proposal import FileChange

if TYPE_CHECKING:
    from codex_lsp.agent.asks.comments import AskComment


def clear(ask: Ask, overlay: Overlay) -> None:
    """Take the comments that asked out of the texts as the run has left them; nothing if it changed nothing.

    A single one goes whatever was changed. Of several, those in files that the run did not touch may not have
    been done, and stay.
    """
    changes = {change.path: change for change in overlay.changes()}
    if not ask.comments or not changes:
        return
    marked: defaultdict[str, list[Marked]] = defaultdict(list)
    for each in ask.comments:
        marked[each.path].append(each)
    for path, comments in marked.items():
        change = changes.get(path)
        if change is None and len(ask.comments) == 1:
            change = _unchanged(overlay, path)
        if change is not None and change.base is not None and change.proposed is not None:
            left = _cleared(overlay, change, comments)
            if left != change.proposed:
                overlay.pend([replace(change, proposed=left, known=None)])


def _unchanged(overlay: Overlay, path: str) -> FileChange | None:
    try:
        text = overlay.read(path)
    except EditError:
        return None
    return FileChange(path, text, text)


def _cleared(overlay: Overlay, change: FileChange, comments: Iterable[Marked]) -> str:
    # Few runs have any.
    from codex_lsp.agent.asks.comments import find, without

    base, text = change.base or "", change.proposed or ""
    language = overlay.open[change.path].language if change.path in overlay.open else ""
    before, after = find(change.path, base, language), find(change.move_to or change.path, text, language)
    gone: list[AskComment] = []
    for words in dict.fromkeys(each.words for each in comments):
        lines = {each.line for each in comments if each.words == words}
        asked = [each for each in before if each.words == words and each.line in lines]
        others = sum(each.words == words for each in before) - len(asked)
        gone += _nearest([each for each in after if each.words == words], others, asked, base, text)
    return without(text, gone)


def _nearest(
    left: list[AskComment], others: int, asked: Iterable[AskComment], base: str, text: str
) -> list[AskComment]:
    """Those that are left of the ones that asked: the same words may stand elsewhere, and did not ask."""
    places = [carried(Focus("", each.start, each.start), base, text).start for each in asked]
    left = sorted(left, key=lambda each: min((abs(each.start - at) for at in places), default=0))
    return left[: max(0, len(left) - others)] if places else []
