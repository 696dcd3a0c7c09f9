"""The runs in progress: begun by a command, told of by progress, ended by delivery, error or cancel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from lsprotocol import types

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Limits, reason_of
from codex_lsp.agent.model import Usage
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.run import Job, Outcome, Plan, new_id
from codex_lsp.agent.talk import Listener
from codex_lsp.endpoint.checks import load_checks
from codex_lsp.endpoint.ledger import DayLedger
from codex_lsp.lsp.delivery.deliver import deliver
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.runs.answers import answer, place_of, show_answer
from codex_lsp.lsp.runs.followup import give_way
from codex_lsp.lsp.runs.past import GoingOn, Past
from codex_lsp.lsp.runs.progress import RunProgress
from codex_lsp.lsp.runs.stopped import kept, reason, tell_stopped
from codex_lsp.lsp.runs.sums import usage_json
from codex_lsp.lsp.session import Origin, Session
from codex_lsp.lsp.wire.faults import fault
from codex_lsp.lsp.wire.messages import Id
from codex_lsp.settings import Apply, Settings
from codex_lsp.traces import trace_of

RUN_EVENT = "codexLsp/run"
# The end of a progress is a line.
END_CHARS = 300

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Run:
    """One run. `delivering` says that its edit is on its way, from where no cancel can call it back.

    `settings` are those of its beginning; a later change is for later runs.
    """

    id: str
    ask: Ask
    places: Places
    progress: RunProgress
    settings: Settings
    apply: Apply
    job: Job
    follows: str = ""
    supersedes: str = ""
    place: str = ""
    request: Id | None = None
    task: asyncio.Task[None] | None = None
    delivering: bool = False


class Runs:
    """All runs of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._runs: dict[str, Run] = {}

    def start(
        self, ask: Ask, places: Places, apply: Apply | None, origin: Origin, going_on: GoingOn | None = None
    ) -> str:
        """Begin a run on the documents as they are at this moment; returns its id at once.

        Its settings are those of this moment, or the first that the client tells.
        """
        overlay = going_on.overlay(places) if going_on else Overlay(places.snapshots(), places.root)
        title = f"Codex: {_title(ask)}"
        progress = RunProgress(
            self._session.wire, title, can_create=self._session.client.progress, token=origin.token
        )
        uri, run_id = places.uri(ask.focus.path), new_id()
        settings = self._session.settings_for(uri)
        job = self._job(ask, overlay, run_id, settings, going_on)
        run = Run(
            *(run_id, ask, places, progress, settings, apply or settings.apply, job), request=origin.request
        )
        run.place = place_of(ask, places)
        if going_on:
            run.follows, run.supersedes = going_on.follows, going_on.supersedes
        self._runs[run.id] = run
        started = partial(self._event, run, "started", title=title, uri=uri)

        def plan_anew() -> None:
            settings, knew = self._session.settings_for(uri), run.settings.events
            run.settings, run.apply = settings, apply or settings.apply
            run.job = self._job(ask, overlay, run_id, settings, going_on)
            if not knew:
                started()

        run.task = asyncio.get_running_loop().create_task(self._run(run, plan_anew))
        run.task.add_done_callback(lambda task: self._left(run))
        started()
        return run.id

    def _job(
        self, ask: Ask, overlay: Overlay, run_id: str, settings: Settings, going_on: GoingOn | None
    ) -> Job:
        config = self._session.config
        trace = trace_of(run_id, wanted=settings.traces and config.traces, keys=[config.api_key])
        return Job(ask, overlay, run_id, _plan(self._session, settings, going_on), trace=trace)

    def active(self) -> list[dict[str, Any]]:
        """Each run in progress: what it is, which step it is at, how long it takes and what it has used."""
        return [_report(run) for run in self._runs.values()]

    def cancel(self, run_id: str | None = None) -> list[str]:
        """Cancel one run or all; returns the ids of those that will stop."""
        return self._cancel(run for run in self._runs.values() if run_id in (None, run.id))

    def cancel_progress(self, token: types.ProgressToken) -> None:
        """Cancel the run that shows this progress."""
        self._cancel(run for run in self._runs.values() if run.progress.token == token)

    def cancel_run_of(self, request: Id) -> None:
        """Cancel the run that this request has begun, although it was answered with the run's id at once."""
        self._cancel(run for run in self._runs.values() if run.request == request)

    def _cancel(self, runs: Iterable[Run]) -> list[str]:
        stopped = []
        for run in runs:
            if run.task and not run.delivering and not run.task.done():
                run.task.cancel()
                stopped.append(run.id)
        return stopped

    async def close(self) -> None:
        """Cancel all runs and wait until they are gone."""
        tasks = [run.task for run in self._runs.values() if run.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, run: Run, plan_anew: Callable[[], None]) -> None:
        try:
            if not self._session.settings_known:
                await self._session.until_settings()
                plan_anew()
            outcome = await self._execute(run)
            self._session.mode = outcome.mode
            # Packing what was said takes a while: the edit goes out first, and nobody can refer to it before.
            asyncio.get_running_loop().call_soon(self._keep, run)
            await self._end(run, outcome)
        except asyncio.CancelledError as error:
            self._stopped(run, error, "cancelled", "cancelled")
        except Exception as error:
            code, text = reason(error)
            if code == "internal":
                _log.error("A run failed: %s", fault(error))
            self._stopped(run, error, "failed", text, code=code)
        finally:
            self._runs.pop(run.id, None)

    def _keep(self, run: Run) -> tuple[str, ...]:
        """Keep what can be gone on from; the paths of what a run that was stopped had changed."""
        memory, stopped = run.job.memory(), run.job.stopped
        if memory is None:
            return ()
        left = tuple(change.path for change in stopped.changes) if stopped else ()
        reason = stopped.reason if stopped else "finished"
        self._session.past.keep(Past(run.id, memory, run.places, reason, left, run.supersedes))
        return left

    def _stopped(self, run: Run, error: BaseException, state: str, message: str, **more: Any) -> None:
        left = self._keep(run) if run.job.stopped else ()
        if left:
            message = f"{message.rstrip('.')}. {kept(left)}"
            more["offer"] = True
        self._finish(run, state, message, reason=reason_of(error), **more)
        if state != "cancelled":
            tell_stopped(self._session, run.id, message, offers=bool(left))

    def _give_way(self, run: Run) -> None:
        self._session.past.offered(run.follows)
        if run.supersedes:
            give_way(self._session, run.supersedes)

    def _left(self, run: Run) -> None:
        # One that is cancelled in the very turn in which it began never comes to an end of its own.
        if self._runs.pop(run.id, None):
            self._finish(run, "cancelled", "cancelled", reason="cancelled")

    async def _execute(self, run: Run) -> Outcome:
        def on_text(text: str) -> None:
            run.progress.received += len(text)
            self._event(run, "text", text=text)

        def on_usage(usage: Usage) -> None:
            run.progress.usage, run.progress.received = usage, 0

        run.job.listener = Listener(partial(self._step, run), on_text, on_usage)
        return await run.job.run(self._session.model, DayLedger())

    async def _end(self, run: Run, outcome: Outcome) -> None:
        if outcome.proposal is None:
            if outcome.withdrawn:
                self._give_way(run)
            self._finish(run, "answered", answer(run.ask, outcome), reason=outcome.reason)
            # The client may answer whenever it likes.
            self._session.spawn(show_answer(self._session, run.ask, run.place, outcome))
            return
        guarded = run.places.guarded(outcome.proposal)
        paths = [each.path for each in outcome.proposal.changes if each.path not in guarded]
        parts = [f"applying: {_some(paths)}"] if paths else []
        parts += [f"to be confirmed: {_some(list(guarded))}"] if guarded else []

        def on_sending() -> None:
            run.delivering = True
            self._step(run, "; ".join(parts))

        self._give_way(run)
        delivered = await deliver(
            self._session, outcome.proposal, run.places, run.apply, on_sending=on_sending
        )
        self._finish(run, delivered.status, delivered.message, reason=outcome.reason)
        if delivered.warn:
            self._session.tell(types.MessageType.Warning, delivered.message)
        elif not self._session.client.progress:
            self._session.log(delivered.message)

    def _finish(self, run: Run, state: str, message: str, **more: Any) -> None:
        usage = run.progress.usage
        run.progress.end(_line(message))
        self._session.sums.ended(run.id, usage, more.get("code", ""), message)
        self._event(run, state, text=message, ended=True, usage=usage_json(usage), **more)

    def _step(self, run: Run, step: str) -> None:
        run.progress.report(step)
        self._event(run, "step", text=step)

    def _event(self, run: Run, state: str, **more: Any) -> None:
        if run.settings.events:
            self._session.wire.notify(RUN_EVENT, {"run": run.id, "state": state, **more})


def _plan(session: Session, settings: Settings, going_on: GoingOn | None) -> Plan:
    limits = Limits(
        steps=settings.max_steps,
        tool_calls=settings.max_tool_calls,
        bytes=settings.max_bytes,
        seconds=settings.max_seconds,
        tokens=settings.max_tokens,
        cost=settings.max_cost,
        cost_per_day=settings.max_cost_per_day,
    )
    checks, problems = load_checks()
    for problem in problems:
        session.tell_once(types.MessageType.Warning, f"Your checks: {problem}")
    plan = Plan(settings.road, limits, settings.max_context_tokens, checks, lives_on=True)
    return replace(plan, memory=going_on.memory, note=going_on.note) if going_on else plan


def _report(run: Run) -> dict[str, Any]:
    progress = run.progress
    return {
        "run": run.id,
        "title": _title(run.ask),
        "kind": run.ask.kind,
        "uri": run.places.uri(run.places.asked_path),
        "step": progress.step,
        "seconds": round(progress.seconds, 1),
        "usage": usage_json(progress.usage),
    }


def _some(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")


def _line(message: str) -> str:
    line = message.strip().partition("\n")[0]
    return line if len(line) <= END_CHARS else f"{line[:END_CHARS]}…"


def _title(ask: Ask) -> str:
    return " ".join(ask.instruction.split())[:60] or ask.kind
