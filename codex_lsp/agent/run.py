"""One run: an ask over an overlay, by a model, within limits, to an outcome."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import field, replace
from importlib import import_module
from typing import TYPE_CHECKING

from codex_lsp.agent.asks.ask import Ask, whole_ask
from codex_lsp.agent.asks.clearing import clear
from codex_lsp.agent.budget import Ledger, Meter
from codex_lsp.agent.checking.verifier import Verifier, Verify
from codex_lsp.agent.checking.verify import prepare, verify
from codex_lsp.agent.context import gather
from codex_lsp.agent.context.chosen import CONTEXT_TOKENS
from codex_lsp.agent.limits import LimitReached, Limits, StopReason, reason_of
from codex_lsp.agent.loop import work_with_tools
from codex_lsp.agent.memory import Memory
from codex_lsp.agent.model import Model, ModelError, ModelInfo, NoTools, Reply, Usage
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.pace import in_turn
from codex_lsp.agent.plain import work_by_agent, work_in_words
from codex_lsp.agent.talk import Listener, Traced
from codex_lsp.agent.trace import NullTrace, Trace
from codex_lsp.agent.veil import Veil
from codex_lsp.agent.work import Work
from codex_lsp.edits import EditError
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange, Proposal, Verification

if TYPE_CHECKING:
    from codex_lsp.agent.checking.checks import Check
    from codex_lsp.agent.tools.extra import Extra
    from codex_lsp.settings import Road

_loading = threading.Lock()


@record(frozen=True, slots=True)
class Outcome:
    """How a run ended by itself: with a proposal, or with an answer in words and no change.

    Of a run that goes on from pending changes, `withdrawn` says that it took all of them back.
    """

    text: str
    proposal: Proposal | None = None
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    mode: str = ""
    reason: StopReason = "finished"
    withdrawn: bool = False


@record(frozen=True, slots=True)
class Stopped:
    """How a run ended that did not end by itself. `changes`, which nobody checked, are what it had made."""

    reason: StopReason
    message: str
    changes: tuple[FileChange, ...] = ()


@record(frozen=True, slots=True)
class Plan:
    """How a run is to be done. `road` is the person's choice, `context_tokens` what goes with the ask.

    `checks` are the person's own, of the workspace. `memory` is that of the run which this one goes on from;
    `note` tells the model what became of it. `verify` takes the place of all checking, for a replay. `tools`
    are offered to a model beside our own. A program that `lives_on` loads ahead what few replies need, too.
    """

    road: Road = "auto"
    limits: Limits = field(default_factory=Limits)
    context_tokens: int = CONTEXT_TOKENS
    checks: tuple[Check, ...] = ()
    verify: Verify | None = None
    memory: Memory | None = None
    note: str = ""
    tools: tuple[Extra, ...] = ()
    lives_on: bool = False


def new_id() -> str:
    """An id for a run, unique and short enough to type."""
    return os.urandom(6).hex()


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
    trace: Trace | None = None,
    checks: tuple[Check, ...] = (),
) -> Outcome:
    """Run `ask` to its end, as `Job.run` does."""
    plan = Plan(road, limits or Limits(), checks=checks)
    return await Job(ask, overlay, run_id, plan, listener=listener, trace=trace).run(model, ledger)


class Job:
    """One run. After its end, `stopped` and `memory` tell what is left of it."""

    def __init__(
        self,
        ask: Ask,
        overlay: Overlay,
        run_id: str,
        plan: Plan | None = None,
        *,
        listener: Listener | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.stopped: Stopped | None = None
        self._ask = ask
        self._overlay = overlay
        self._id = run_id
        self._plan = plan or Plan()
        self.listener = listener or Listener()
        self._trace = trace or NullTrace()
        overlay.allow(ask.focus.path)
        self._seed = overlay.changes()
        self._work: Work | None = None
        self._meter: Meter | None = None
        self._info = ModelInfo()

    async def run(self, model: Model, ledger: Ledger | None = None) -> Outcome:
        """Run to the end. Raises `ModelError` (no whole reply, a limit) or `EditError` (edits do not fit).

        `ledger` is where a limit for a day is kept; without one there is none. Cancelling the task ends the
        run and drops the connection. Whatever ends it, nothing was applied anywhere.
        """
        self._overlay.on_first_read, self._overlay.on_refused = self._trace.read, self._trace.refused
        self._overlay.on_guarded = self._trace.guarded
        self._trace.started(self._ask, self._overlay, self._plan.limits, road=self._plan.road)
        try:
            outcome = await self._run(model, ledger)
        except BaseException as error:
            self.stopped = Stopped(reason_of(error), str(error), self._left())
            self._tell_end(self.stopped.reason, str(error), self._unchecked())
            raise
        self._tell_end(outcome.reason, outcome.text, outcome.proposal, outcome.model)
        return outcome

    def memory(self) -> Memory | None:
        """What is to be kept of the run, once it is over; None if it did not come to a request."""
        work = self._work
        if work is None or not work.road:
            return None
        ask = replace(work.ask, focus=work.focus)
        return Memory.of(ask, work.road, work.talk.messages, work.text, self._left() if self.stopped else ())

    async def _run(self, model: Model, ledger: Ledger | None) -> Outcome:
        limits = self._plan.limits
        # While the endpoint says what it is: what makes the prompt, and what reads and applies a reply, once.
        loading = asyncio.get_running_loop().run_in_executor(None, self._load)
        try:
            async with asyncio.timeout(limits.seconds):
                meter = await self._reach(model, ledger)
                # Two threads that import the same modules, each from its end, get parts of them.
                await loading
                await in_turn()
                work = self._begin(meter)
                reply = await self._answer(work)
                return await self._end(work, reply)
        except TimeoutError as error:
            raise LimitReached(
                "time",
                f"The run took longer than {limits.seconds:g} s (maxSeconds) and was stopped: "
                "ask about less, or raise it.",
            ) from error

    async def _reach(self, model: Model, ledger: Ledger | None) -> Meter:
        self._step("reaching the endpoint")
        info = self._info = await model.describe()
        self._trace.described(info)
        self._step(f"asking {info.name or 'the agent'}" + (f" ({info.mode})" if info.mode else ""))
        self._meter = Meter(
            *(model, info, self._plan.limits),
            ledger=ledger,
            tell=self._step,
            on_usage=self.listener.on_usage,
        )
        return self._meter

    def _begin(self, meter: Meter) -> Work:
        plan, overlay, veil = self._plan, self._overlay, Veil(self._ask.instruction)
        overlay.guard = veil.require_kept
        self._work = Work(
            ask=whole_ask(overlay.read(self._ask.focus.path), self._ask),
            overlay=overlay,
            model=Traced(meter, self._trace, veil),
            limits=plan.limits,
            listener=self.listener,
            trace=self._trace,
            verifier=Verifier(overlay, plan.verify or self._verify, self._trace),
            memory=plan.memory,
            note=plan.note,
            context_tokens=plan.context_tokens,
            tools=plan.tools,
        )
        return self._work

    async def _verify(self, changes: tuple[FileChange, ...]) -> Verification:
        root = self._overlay.root
        if not self._plan.checks or root is None:
            return await verify(changes)
        from codex_lsp.agent.checking.checks import Checks

        checks = Checks(root.folder, self._plan.checks, self._overlay.live(), self._step)
        return await verify(changes, checks=checks)

    async def _answer(self, work: Work) -> Reply:
        # While the model is waited for: what its changes will be checked against.
        ready = asyncio.get_running_loop().create_task(prepare(work.ask.focus.path, work.text))
        try:
            return await self._by_road(work)
        except (ModelError, EditError) as error:
            reply = work.fallback()
            if reply is None:
                raise
            self._step(f"it was not mended: {error}")
            return reply
        finally:
            if not ready.done():
                # Its parser, a process, ends with the run.
                ready.cancel()
                await asyncio.gather(ready, return_exceptions=True)

    async def _by_road(self, work: Work) -> Reply:
        if (self._info.kind if self._plan.road == "auto" else self._plan.road) == "agent":
            return await work_by_agent(work, self._info.mode)
        try:
            return await work_with_tools(work)
        except NoTools:
            self._step("the endpoint takes no tools; asking for the edit in one reply")
        return await work_in_words(work)

    async def _end(self, work: Work, reply: Reply) -> Outcome:
        text = work.model.shown(_said(reply, work))
        # Each of these steps takes a while on a large file, and the person types meanwhile.
        await in_turn()
        proposal = None
        if work.changed:
            clear(work.ask, self._overlay)
        changes = self._overlay.changes()
        if changes and work.changed:
            proposal = self._proposal(changes, text, await work.verifier.found())
            self._step(proposal.verification.note or "checked")
            await in_turn()
        reason: StopReason = "finished" if work.changed else "answered"
        return Outcome(
            *(text, proposal, self._used or reply.usage, reply.model, self._info.mode, reason),
            withdrawn=bool(self._seed) and not changes,
        )

    def _proposal(
        self, changes: tuple[FileChange, ...], text: str, verification: Verification | None = None
    ) -> Proposal:
        paths = ", ".join(change.path for change in changes)
        return Proposal(
            id=self._id,
            summary=text or f"Changes to {paths}.",
            changes=changes,
            verification=verification or Verification(),
            leniencies=tuple(self._overlay.leniencies),
            mode=self._info.mode,
        )

    def _left(self) -> tuple[FileChange, ...]:
        """What a run that was stopped had changed itself; what it only went on from waits elsewhere."""
        changes = self._overlay.changes()
        return changes if changes != self._seed else ()

    def _unchecked(self) -> Proposal | None:
        left = self._left()
        return self._proposal(left, "") if left else None

    def _load(self) -> None:
        with _loading:
            gather.load(self._ask, self._overlay)
            import_module("codex_lsp.edits.apply")
            if self._plan.lives_on:
                import_module("codex_lsp.edits.fuzzy")

    @property
    def _used(self) -> Usage | None:
        return self._meter.used if self._meter else None

    def _step(self, text: str) -> None:
        self._trace.step(text)
        self.listener.on_step(text)

    def _tell_end(self, reason: StopReason, message: str, proposal: Proposal | None, model: str = "") -> None:
        self._trace.ended(reason, message, self._used or Usage(), model=model, proposal=proposal)


def _said(reply: Reply, work: Work) -> str:
    """What the reply says beside its edits, if those were made."""
    from codex_lsp.agent.replies.prose import beside_edits

    return beside_edits(reply.content) if work.changed else reply.content.strip()
