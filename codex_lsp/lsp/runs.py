"""The runs in progress: begun by a command, told of by progress, ended by delivery, error or cancel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lsprotocol import types

from codex_lsp.agent.context import Ask
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import ModelError, Usage
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.run import Outcome, execute, new_id
from codex_lsp.agent.talk import Listener
from codex_lsp.edits import EditError
from codex_lsp.endpoint.ledger import DayLedger
from codex_lsp.lsp.delivery import deliver
from codex_lsp.lsp.faults import fault
from codex_lsp.lsp.messages import Id
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.progress import RunProgress
from codex_lsp.lsp.session import Origin, Session
from codex_lsp.settings import Apply, Settings

RUN_EVENT = "codexLsp/run"

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
    usage: Usage = field(default_factory=Usage)
    request: Id | None = None
    task: asyncio.Task[None] | None = None
    delivering: bool = False


class Runs:
    """All runs of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._runs: dict[str, Run] = {}

    def start(self, ask: Ask, places: Places, apply: Apply, origin: Origin) -> str:
        """Begin a run on the documents as they are at this moment; returns its id at once."""
        overlay = Overlay(places.snapshots(), places.root)
        title = f"Codex: {_title(ask)}"
        progress = RunProgress(
            self._session.wire, title, can_create=self._session.client.progress, token=origin.token
        )
        uri = places.uri(ask.focus.path)
        run = Run(new_id(), ask, places, progress, self._session.settings_for(uri), request=origin.request)
        self._runs[run.id] = run
        run.task = asyncio.get_running_loop().create_task(self._run(run, overlay, apply))
        run.task.add_done_callback(lambda task: self._left(run))
        self._event(run, "started", title=title, uri=uri)
        return run.id

    def active(self) -> list[dict[str, Any]]:
        """Id and title of each run in progress."""
        return [{"run": run.id, "title": _title(run.ask)} for run in self._runs.values()]

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

    async def _run(self, run: Run, overlay: Overlay, apply: Apply) -> None:
        try:
            outcome = await self._execute(run, overlay)
            self._session.mode = outcome.mode
            await self._end(run, outcome, apply)
        except asyncio.CancelledError:
            self._finish(run, "cancelled", "cancelled")
        except (ModelError, EditError) as error:
            code = error.code if isinstance(error, ModelError) else "edit"
            self._finish(run, "failed", str(error), code=code)
            self._session.tell(types.MessageType.Error, str(error))
        except Exception as error:
            _log.error("A run failed: %s", fault(error))
            self._finish(run, "failed", "an internal error; the server's log says more", code="internal")
            self._session.tell(types.MessageType.Error, "codex-lsp: an internal error; its log says more.")
        finally:
            self._runs.pop(run.id, None)

    def _left(self, run: Run) -> None:
        # One that is cancelled in the very turn in which it began never comes to an end of its own.
        if self._runs.pop(run.id, None):
            self._finish(run, "cancelled", "cancelled")

    async def _execute(self, run: Run, overlay: Overlay) -> Outcome:
        def on_step(step: str) -> None:
            run.progress.report(step)
            self._event(run, "step", text=step)

        def on_usage(usage: Usage) -> None:
            run.usage = usage

        return await execute(
            run.ask,
            overlay,
            self._session.model,
            run_id=run.id,
            road=run.settings.road,
            limits=_limits(run.settings),
            listener=Listener(on_step, lambda text: self._event(run, "text", text=text), on_usage),
            ledger=DayLedger(),
        )

    async def _end(self, run: Run, outcome: Outcome, apply: Apply) -> None:
        if outcome.proposal is None:
            text = outcome.text if run.ask.kind == "explain" else f"No change. {outcome.text}"
            self._finish(run, "answered", text)
            self._session.tell(types.MessageType.Info, text)
            return

        def on_sending() -> None:
            run.delivering = True

        delivered = await deliver(self._session, outcome.proposal, run.places, apply, on_sending=on_sending)
        self._finish(run, delivered.status, delivered.message)
        if delivered.warn:
            self._session.tell(types.MessageType.Warning, delivered.message)
        elif not self._session.client.progress:
            self._session.log(delivered.message)

    def _finish(self, run: Run, state: str, message: str, **more: Any) -> None:
        used = str(run.usage)
        run.progress.end(f"{message} ({used})" if used else message)
        self._event(run, state, text=message, ended=True, usage=_usage(run.usage), **more)

    def _event(self, run: Run, state: str, **more: Any) -> None:
        if run.settings.events:
            self._session.wire.notify(RUN_EVENT, {"run": run.id, "state": state, **more})


def _limits(settings: Settings) -> Limits:
    return Limits(
        steps=settings.max_steps,
        seconds=settings.max_seconds,
        tokens=settings.max_tokens,
        cost=settings.max_cost,
        cost_per_day=settings.max_cost_per_day,
    )


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt": usage.prompt_tokens,
        "completion": usage.completion_tokens,
        "total": usage.total_tokens,
        "cost": usage.cost,
    }


def _title(ask: Ask) -> str:
    return " ".join(ask.instruction.split())[:60] or ask.kind
