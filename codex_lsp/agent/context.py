"""What a model or an agent is given with an ask: chosen once, within a budget of tokens, and told.

What the person asked about always goes, whole where it must be: the selection for a model, whose fence would
replace it, and the file for an agent, whose patch is of it. All else shares what is left of the budget, in
this order: the definition around the selection, the rules of the project, the rest of the file, and other
open documents that have to do with it. A file is only there if `Overlay.read` gives it, so that ignore files
and secret names count here as they do for the tools. Nothing is searched for: no folder is listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING

from codex_lsp.agent.ask import Ask, AskKind, diagnostics_json, header, selected_lines, whole_ask, whole_focus
from codex_lsp.agent.definitions import Symbol, enclosing_symbol
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.prompting import first_request, opening, system_prompt, user_prompt, workspace

if TYPE_CHECKING:
    from codex_lsp.agent.excerpt import Part
    from codex_lsp.agent.landmarks import Landmarks
    from codex_lsp.agent.prompting import Message

__all__ = [
    "CONTEXT_TOKENS",
    "Ask",
    "AskKind",
    "Context",
    "Symbol",
    "diagnostics_json",
    "enclosing_symbol",
    "first_request",
    "gather",
    "header",
    "load",
    "opening",
    "selected_lines",
    "system_prompt",
    "tokens",
    "user_prompt",
    "whole_ask",
    "whole_focus",
    "workspace",
]

CONTEXT_TOKENS = 16_000
MAX_RULES_BYTES = 24_000
_BYTES_A_TOKEN = 3

# Tokens for what stands above the parts; bytes for what stands around those of the file asked about.
_HEADINGS = 120
_LABEL = 300


@dataclass(frozen=True, slots=True)
class Context:
    """What goes with `ask` about a file that holds `text`.

    `around` are parts of that file, `rules` of rules files, the nearest first, `others` of other open
    documents, the most relevant first. For an `agent` they are whole files. `used` of `budget` are tokens.
    `said` are the messages that were made of it, with tools and without.
    """

    ask: Ask
    text: str
    agent: bool = False
    around: tuple[Part, ...] = ()
    rules: tuple[Part, ...] = ()
    others: tuple[Part, ...] = ()
    used: int = 0
    budget: int = CONTEXT_TOKENS
    said: dict[bool, list[Message]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that something is sent of, the one asked about first."""
        return tuple(dict.fromkeys((self.ask.focus.path, *(p.path for p in (*self.others, *self.rules)))))

    @property
    def step(self) -> str:
        """For people: `context: 3,120 of 16,000 tokens: app.py, util.py, AGENTS.md`."""
        return f"context: {self.used:,} of {self.budget:,} tokens: {', '.join(self.paths)}"


def tokens(text: str) -> int:
    """About how many tokens a text takes: one for three bytes, which is rather too many than too few."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN)


def load(path: str) -> None:
    """Load what `gather` needs for a file such as this: some 20 ms, once, for a thread beside the loop's."""
    from codex_lsp.syntax.imports import imports
    from codex_lsp.syntax.symbols import enclosing_all

    for name in ("relevance", "rules"):
        import_module(f"codex_lsp.agent.{name}")
    enclosing_all(path, "", 0)
    imports(path, "")


def gather(ask: Ask, overlay: Overlay, *, budget: int = CONTEXT_TOKENS, agent: bool = False) -> Context:
    """Choose what goes with `ask`, for a plain model or an agent; `budget` in tokens.

    Takes a few milliseconds and reads rules files and nothing else. Raises `EditError` if the file asked
    about cannot be read.
    """
    # With the first ask, not at the server's start.
    from codex_lsp.agent import excerpt
    from codex_lsp.agent.landmarks import Landmarks
    from codex_lsp.agent.relevance import related
    from codex_lsp.agent.rules import rules

    path, text = ask.focus.path, overlay.read(ask.focus.path)
    language = overlay.open[path].language if path in overlay.open else ""
    marks = Landmarks(path, text, language)
    bare = Context(ask, text, agent, budget=budget)
    left = max(0, (budget - _used(bare) - _HEADINGS) * _BYTES_A_TOKEN)
    found = rules(path, overlay, min(left // 4, MAX_RULES_BYTES), cut=not agent)
    left -= sum(map(excerpt.cost, found))
    # Of a file that is too long for all of the room, a third of it is others', should there be any.
    own = 0 if agent or _selects_all(ask, text) else excerpt.size(text) + _LABEL
    room = left - own if own <= left else left // 3
    others = related(ask, overlay, marks, room, agent=agent, but=[part.path for part in found])
    left -= sum(map(excerpt.cost, others))
    around = excerpt.around(marks, _lines(ask, marks), left - _LABEL) if own else ()
    context = replace(bare, rules=found, around=around, others=others, said={})
    return replace(context, used=_used(context))


def _selects_all(ask: Ask, text: str) -> bool:
    return text[ask.focus.start : ask.focus.end].strip() == text.strip()


def _lines(ask: Ask, marks: Landmarks) -> tuple[int, int]:
    first, last = selected_lines(marks.index, ask.focus)
    return first, last + 1


def _used(context: Context) -> int:
    said = sum(tokens(message["content"]) for message in opening(context))
    return said + sum(tokens(file["text"]) for file in (workspace(context) or {"files": ()})["files"])
