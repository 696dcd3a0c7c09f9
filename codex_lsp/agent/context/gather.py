"""What a model or an agent is given with an ask: chosen once, within a budget of tokens, and told.

What the person asked about always goes, whole where it must be: the selection for a model, whose fence would
replace it, and the file for an agent, whose patch is of it. All else shares what is left of the budget, in
this order: the definition around the selection, the rules of the project, the rest of the file, and other
open documents that have to do with it. A file is only there if `Overlay.read` gives it, so that ignore files
and secret names count here as they do for the tools. Nothing is searched for: no folder is listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from codex_lsp.agent.asks.ask import Ask, selected_lines
from codex_lsp.agent.budget import BYTES_PER_TOKEN
from codex_lsp.agent.context.chosen import CONTEXT_TOKENS, Context, tokens
from codex_lsp.agent.context.prompting import opening, workspace
from codex_lsp.agent.overlay import Overlay

if TYPE_CHECKING:
    from codex_lsp.agent.context.excerpt import Part
    from codex_lsp.syntax.landmarks import Landmarks

MAX_RULES_BYTES = 24_000

# Tokens for what stands above the parts; bytes for what stands around those of the file asked about.
_HEADINGS = 120
_LABEL = 300

# A file of so many characters fits whole into any budget that somebody would set.
_SHORT = 10_000


def load(ask: Ask, overlay: Overlay) -> None:
    """Load what `gather` needs for such an ask: up to some 20 ms, once, for a thread beside the loop's."""
    import_module("codex_lsp.agent.context.rules")
    path, asked = ask.focus.path, overlay.open.get(ask.focus.path)
    if _has_others(ask, overlay):
        import_module("codex_lsp.agent.context.relevance")
    elif asked and len(asked.text) <= _SHORT and ask.focus.start != ask.focus.end:
        return  # It goes as a whole, and nothing in it is looked for.
    from codex_lsp.syntax.imports import imports
    from codex_lsp.syntax.symbols import enclosing_all

    enclosing_all(path, "", 0)
    imports(path, "")


def gather(ask: Ask, overlay: Overlay, *, budget: int = CONTEXT_TOKENS, agent: bool = False) -> Context:
    """Choose what goes with `ask`, for a plain model or an agent; `budget` in tokens.

    Takes a few milliseconds and reads rules files and nothing else. Raises `EditError` if the file asked
    about cannot be read.
    """
    # With the first ask, not at the server's start.
    from codex_lsp.agent.context import excerpt
    from codex_lsp.agent.context.rules import rules
    from codex_lsp.syntax.landmarks import Landmarks

    path, text = ask.focus.path, overlay.read(ask.focus.path)
    language = overlay.open[path].language if path in overlay.open else ""
    marks = Landmarks(path, text, language)
    bare = Context(ask, text, agent, budget=budget)
    left = max(0, (budget - _used(bare) - _HEADINGS) * BYTES_PER_TOKEN)
    found = rules(path, overlay, min(left // 4, MAX_RULES_BYTES), cut=not agent)
    left -= sum(map(excerpt.cost, found))
    # Of a file that is too long for all of the room, a third of it is others', should there be any.
    own = 0 if agent or _selects_all(ask, text) else excerpt.size(text) + _LABEL
    room = left - own if own <= left else left // 3
    others = _others(ask, overlay, marks, room, agent=agent, but=[part.path for part in found])
    left -= sum(map(excerpt.cost, others))
    around = excerpt.around(marks, _lines(ask, marks), left - _LABEL) if own else ()
    context = replace(bare, rules=found, around=around, others=others, said={})
    return replace(context, used=_used(context))


def _has_others(ask: Ask, overlay: Overlay) -> bool:
    """Whether documents are open that the ask is not about."""
    return any(path != ask.focus.path for path in overlay.open)


def _others(
    ask: Ask, overlay: Overlay, marks: Landmarks, room: int, *, agent: bool, but: Sequence[str]
) -> tuple[Part, ...]:
    if not _has_others(ask, overlay):
        return ()
    from codex_lsp.agent.context.relevance import related

    return related(ask, overlay, marks, room, agent=agent, but=but)


def _selects_all(ask: Ask, text: str) -> bool:
    return text[ask.focus.start : ask.focus.end].strip() == text.strip()


def _lines(ask: Ask, marks: Landmarks) -> tuple[int, int]:
    first, last = selected_lines(marks.index, ask.focus)
    return first, last + 1


def _used(context: Context) -> int:
    said = sum(tokens(message["content"]) for message in opening(context))
    return said + sum(tokens(file["text"]) for file in (workspace(context) or {"files": ()})["files"])
