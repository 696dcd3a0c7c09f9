"""One run: an ask over an overlay, by a model, within limits, to an outcome."""

from __future__ import annotations

import asyncio
import sys
import uuid
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Literal

from codex_lsp.agent.budget import Ledger, Meter
from codex_lsp.agent.context import Ask, whole_focus
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.loop import Listener, Unfinished, ask_agent, ask_model
from codex_lsp.agent.model import Model, Usage
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.verify import verify
from codex_lsp.review.proposal import Proposal

_EDITS = ("codex_lsp.edits.apply", "codex_lsp.edits.fuzzy")

Road = Literal["auto", "model", "agent"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: with a proposal, or with an answer in words and no change."""

    text: str
    proposal: Proposal | None = None
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    mode: str = ""


def new_id() -> str:
    """An id for a run, unique and short enough to type."""
    return uuid.uuid4().hex[:12]


async def execute(
    ask: Ask,
    overlay: Overlay,
    model: Model,
    *,
    run_id: str,
    road: Road = "auto",
    limits: Limits | None = None,
    listener: Listener | None = None,
    ledger: Ledger | None = None,
) -> Outcome:
    """Run `ask` to its end. Raises `ModelError` (no whole reply) or `EditError` (edits that do not fit).

    `ledger` is where a limit for a day is kept; without one there is none.

    Cancelling the task ends the run and drops the connection; the overlay is then thrown away, as after an
    error, and nothing was applied anywhere.
    """
    limits, listener = limits or Limits(), listener or Listener()
    # While the endpoint thinks: what reads and applies its reply takes 50 ms to load, once.
    if _EDITS[-1] not in sys.modules:
        asyncio.get_running_loop().run_in_executor(None, _load_edits)
    ask = replace(ask, focus=whole_focus(overlay.read(ask.focus.path), ask.focus))
    try:
        async with asyncio.timeout(limits.seconds):
            listener.on_step("reaching the endpoint")
            info = await model.describe()
            name = info.name or "the agent"
            listener.on_step(f"asking {name}" + (f" ({info.mode})" if info.mode else ""))
            meter = Meter(
                model, info, limits, ledger=ledger, tell=listener.on_step, on_usage=listener.on_usage
            )
            if (info.kind if road == "auto" else road) == "agent":
                reply = await ask_agent(meter, ask, overlay, listener)
            else:
                reply = await ask_model(meter, ask, overlay, listener, limits)
    except TimeoutError as error:
        raise Unfinished(
            f"The run took longer than {limits.seconds:g} s and was stopped; nothing was changed."
        ) from error
    text = _prose(reply.content)
    # Each of these steps takes a while on a large file, and the person types meanwhile.
    await asyncio.sleep(0)
    proposal = await _proposal(run_id, overlay, text, info.mode)
    if proposal is not None:
        listener.on_step(proposal.verification.note or "checked")
        await asyncio.sleep(0)
    return Outcome(text, proposal, meter.used or reply.usage, reply.model, info.mode)


def _load_edits() -> None:
    for name in _EDITS:
        import_module(name)


async def _proposal(run_id: str, overlay: Overlay, text: str, mode: str) -> Proposal | None:
    changes = overlay.changes()
    if not changes:
        return None
    paths = ", ".join(change.path for change in changes)
    return Proposal(
        id=run_id,
        summary=text or f"Changes to {paths}.",
        changes=changes,
        verification=await verify(changes),
        leniencies=tuple(overlay.leniencies),
        mode=mode,
    )


def _prose(content: str) -> str:
    """What the reply says beside its patch."""
    from codex_lsp.edits.formats import begin_patch

    head, found, _ = content.partition(begin_patch.BEGIN)
    return (head if found else content).strip()
