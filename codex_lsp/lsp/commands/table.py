"""One table: command name → handler. A handler decodes, calls one function, encodes.

Expected outcomes, a closed gate among them, are results; only arguments that do not fit are errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from codex_lsp.agent.asks.ask import AskKind
from codex_lsp.endpoint.errors import EndpointError
from codex_lsp.lsp.commands import asks, followup, review, runs, show
from codex_lsp.lsp.commands.arguments import Arguments, Handler, string, wished
from codex_lsp.lsp.commands.asking import INSTRUCTIONS, Refused, prepare, refused
from codex_lsp.lsp.commands.status import status
from codex_lsp.lsp.session import Origin, Session
from codex_lsp.lsp.wire.messages import Id


def execute(
    session: Session, params: types.ExecuteCommandParams, request: Id | None = None
) -> dict[str, Any]:
    """Answer a `workspace/executeCommand`, whose id is `request`; raises `JsonRpcInvalidParams`."""
    handler = COMMANDS.get(params.command)
    if handler is None:
        raise JsonRpcInvalidParams(f"There is no command {params.command!r}.")
    # Eglot makes null of an empty object.
    arguments: list[Any] = [{} if each is None else each for each in params.arguments or [{}]]
    if len(arguments) != 1 or not isinstance(arguments[0], Mapping):
        raise JsonRpcInvalidParams(f"{params.command} takes one object as its only argument.")
    try:
        return handler(session, arguments[0], Origin(params.work_done_token, request))
    except ValueError as error:
        raise JsonRpcInvalidParams(f"{params.command}: {error}") from error


def _ask(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    instruction = string(arguments, "instruction")
    if not instruction.strip():
        raise ValueError("'instruction' must not be empty")
    return _start(session, arguments, "edit", instruction, origin)


def _fix(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    instruction = string(arguments, "instruction", INSTRUCTIONS["fix"])
    return _start(session, arguments, "fix", instruction, origin)


def _explain(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    instruction = string(arguments, "instruction", INSTRUCTIONS["explain"])
    return _start(session, arguments, "explain", instruction, origin)


def _start(
    session: Session, arguments: Arguments, kind: AskKind, instruction: str, origin: Origin
) -> dict[str, Any]:
    apply = wished(arguments)
    try:
        ask, places = prepare(session, arguments, kind, instruction)
        session.config.require_ready()
    except EndpointError as error:
        return refused(session, error.code, str(error))
    except Refused as refusal:
        return refused(session, refusal.code, str(refusal))
    return {"run": session.start_run(ask, places, apply, origin)}


def _cancel(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    run = arguments.get("run")
    if run is not None and not isinstance(run, str):
        raise ValueError("'run' must be a run's id")
    return {"cancelled": session.cancel_runs(run)}


COMMANDS: dict[str, Handler] = {
    "codexLsp.ask": _ask,
    "codexLsp.fix": _fix,
    "codexLsp.explain": _explain,
    "codexLsp.askReady": asks.ask_ready,
    "codexLsp.askComments": asks.ask_comments,
    "codexLsp.accept": review.accept,
    "codexLsp.confirm": review.confirm,
    "codexLsp.reject": review.reject,
    "codexLsp.undo": review.undo,
    "codexLsp.showDiff": show.show_diff,
    "codexLsp.jump": review.jump,
    "codexLsp.refine": followup.refine,
    "codexLsp.offer": followup.offer_stopped,
    "codexLsp.cancel": _cancel,
    "codexLsp.status": status,
    "codexLsp.showPrompt": show.show_prompt,
    "codexLsp.runs": runs.runs,
}
