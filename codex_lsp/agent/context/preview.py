"""What a run would send first, without a run: made by the functions that a run makes it with."""

from __future__ import annotations

from codex_lsp.agent.asks.ask import Ask, whole_ask
from codex_lsp.agent.context.chosen import CONTEXT_TOKENS, Context
from codex_lsp.agent.context.gather import gather
from codex_lsp.agent.context.prompting import first_request
from codex_lsp.agent.model import Request
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools import Toolbox
from codex_lsp.agent.veil import Veil


def preview(
    ask: Ask, overlay: Overlay, *, agent: bool = False, context_tokens: int = CONTEXT_TOKENS
) -> tuple[Context, Request]:
    """What goes with `ask`, and the request, for a plain model or an agent; raises `EditError`."""
    overlay.allow(ask.focus.path)
    ask = whole_ask(overlay.read(ask.focus.path), ask)
    context = gather(ask, overlay, budget=context_tokens, agent=agent)
    request = first_request(context, () if agent else Toolbox(overlay, ask).schemas)
    return context, Veil(ask.instruction).cover(request)
