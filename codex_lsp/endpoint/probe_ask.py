"""An ask from one end to the other, as an editor's would go: the worker, the endpoint, an edit, applied.

The file is a few lines in memory; nothing is written. A model with a price is paid for it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Limits, Unfinished
from codex_lsp.agent.model import Delta, ModelError, ModelInfo, NoTools, Reply, Request
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Outcome, execute, new_id
from codex_lsp.edits import EditError, Focus
from codex_lsp.endpoint.config import API_BASE, API_KEY, MODEL, ROUTER_CONFIG, EndpointConfig
from codex_lsp.endpoint.errors import (
    BadReply,
    NotFound,
    RateLimited,
    TimedOut,
    Unauthorized,
    Unconfigured,
    Unreachable,
    WorkerFailed,
    clip,
)
from codex_lsp.endpoint.probe_local import ASK_NAMES, START_ONE, Check, skipped
from codex_lsp.endpoint.remote import RemoteModel

SECONDS = 120.0

_PATH = "doctor.py"
_TEXT = "def add( a,b ):\n    return a+b\n"
_INSTRUCTION = "Tidy up: put spaces where Python's style guide wants them, and change nothing else."
_STEPS = 6
_OWN_LOG = "look at the endpoint's own log"
_NEXT: tuple[tuple[type[Exception], str], ...] = (
    (Unconfigured, f"correct what it names, in the environment or the file of {ROUTER_CONFIG}"),
    (Unreachable, f"check {API_BASE}, or {START_ONE}"),
    (Unauthorized, f"set {API_KEY} to a key that this endpoint knows"),
    (NotFound, f"check {API_BASE} and {MODEL}"),
    (RateLimited, "wait, and run this again"),
    (TimedOut, _OWN_LOG),
    (BadReply, "see whether it speaks OpenAI's Chat Completions, streamed, and look at its own log"),
    (WorkerFailed, "install codex-lsp anew, if it happens again"),
    (Unfinished, "try a model that is better at tools or at edits, or raise its limit of tokens"),
    (EditError, "try a model that is better at edits"),
)


@dataclass(slots=True)
class _Seen:
    """What the ask showed of the endpoint; times in seconds."""

    info: ModelInfo | None = None
    calls: int = 0
    offered: bool = False
    refused: bool = False
    called: int = 0
    pieces: int = 0
    first: float | None = None
    taken: float = 0.0


@dataclass(slots=True)
class _Watched:
    """The model, watched; see `codex_lsp.agent.model.Model`."""

    model: RemoteModel
    seen: _Seen = field(default_factory=_Seen)

    async def start(self) -> None:
        await self.model.start()

    async def close(self) -> None:
        await self.model.close()

    async def describe(self) -> ModelInfo:
        self.seen.info = await self.model.describe()
        return self.seen.info

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        seen, begun = self.seen, time.monotonic()
        seen.offered = seen.offered or bool(request.tools)

        def watched(delta: Delta) -> None:
            if delta.kind != "step":
                seen.pieces += 1
                seen.first = seen.first if seen.first is not None else time.monotonic() - begun
            on_delta(delta)

        try:
            reply = await self.model.complete(request, watched)
        except NoTools:
            seen.refused = True
            raise
        seen.calls += 1
        seen.called += len(reply.tool_calls)
        seen.taken += time.monotonic() - begun
        return reply


async def ask_checks(config: EndpointConfig) -> AsyncIterator[Check]:
    """A check for each of `ASK_NAMES`, each as soon as it is known."""
    model = _Watched(RemoteModel(config))
    try:
        begun = time.monotonic()
        try:
            version = await model.model.ready()
        except ModelError as error:
            yield _failed("worker", error)
            for name in ASK_NAMES[1:]:
                yield skipped(name, "worker")
            return
        yield Check("worker", "ok", f"LiteLLM {version}, ready in {time.monotonic() - begun:.2f} s")
        for check in await _asked(model):
            yield check
    finally:
        await model.close()


async def ask_once(config: EndpointConfig) -> tuple[Check, str]:
    """The check `ask` alone, and the mode that the reply says it was made in; empty if it says nothing."""
    model = _Watched(RemoteModel(config))
    try:
        outcome = await _executed(model)
    except (ModelError, EditError) as error:
        return _failed("ask", error), ""
    finally:
        await model.close()
    return _judged(outcome, model.seen), outcome.mode


async def _executed(model: _Watched) -> Outcome:
    overlay = Overlay({_PATH: Snapshot(_PATH, _TEXT)}, None)
    ask = Ask(_INSTRUCTION, Focus(_PATH, 0, len(_TEXT)))
    limits = Limits(steps=_STEPS, seconds=SECONDS)
    return await execute(ask, overlay, model, run_id=new_id(), limits=limits)


async def _asked(model: _Watched) -> list[Check]:
    try:
        outcome = await _executed(model)
    except (ModelError, EditError) as error:
        return [_failed("ask", error), _tools(model.seen), _streaming(model.seen)]
    return [_judged(outcome, model.seen), _tools(model.seen), _streaming(model.seen)]


def _failed(name: str, error: Exception) -> Check:
    step = next((step for kind, step in _NEXT if isinstance(error, kind)), _OWN_LOG)
    return Check(name, "fail", str(error), step)


def _judged(outcome: Outcome, seen: _Seen) -> Check:
    used = str(outcome.usage) or "it counts no tokens"
    how = f"{seen.taken:.2f} s, {seen.calls} call{'s' * (seen.calls != 1)}, {used}"
    if outcome.proposal is None:
        said = f"it answered, but changed nothing ({how}): {clip(outcome.text[:80])!r}"
        if outcome.mode == "echo":
            return Check("ask", "warn", said, "an echo never does: start the agent with a language model")
        return Check("ask", "fail", said, "try a model that is better at tools or at edits")
    (change,) = outcome.proposal.changes
    if outcome.proposal.verification.status == "failed":
        finding = f"its edit was applied in memory and left no Python behind ({how})"
        return Check("ask", "fail", finding, "try a model that is better at edits")
    lines = len((change.proposed or "").splitlines())
    return Check("ask", "ok", f"an edit was asked for, and applied in memory to {lines} lines: {how}")


def _tools(seen: _Seen) -> Check:
    if seen.info is not None and seen.info.kind == "agent":
        return Check("tools", "ok", "an agent has its own")
    if seen.refused:
        finding = "it takes no tools: edits are asked for in one reply instead"
        return Check(
            "tools", "warn", finding, "start it with tools, or take a model that has them, if it can"
        )
    if not seen.offered or not seen.calls:
        return skipped("tools", "ask")
    used = f"and called {seen.called}" if seen.called else "and called none"
    return Check("tools", "ok", f"it took them, {used}")


def _streaming(seen: _Seen) -> Check:
    if not seen.calls:
        return skipped("streaming", "ask")
    if seen.first is None:
        return Check("streaming", "ok", "the stream came whole; there was no text in it, only calls of tools")
    return Check("streaming", "ok", f"the first piece of text came after {seen.first * 1000:.0f} ms")
