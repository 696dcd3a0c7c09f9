"""One table: command name → handler. A handler decodes, calls one function, encodes.

Expected outcomes, a closed gate among them, are results; only arguments that do not fit are errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from codex_lsp.agent.context import Ask, AskKind
from codex_lsp.agent.overlay import Diagnostic
from codex_lsp.edits import EditError, Focus
from codex_lsp.endpoint.errors import EndpointError
from codex_lsp.lsp import review_commands
from codex_lsp.lsp.arguments import Arguments, Handler, decoded, string
from codex_lsp.lsp.convert import diagnostic_from_json, offsets, range_from_json
from codex_lsp.lsp.messages import Id
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.session import Origin, Session
from codex_lsp.settings import Apply


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
    instruction = string(arguments, "instruction", "Fix the problems listed.")
    return _start(session, arguments, "fix", instruction, origin)


def _explain(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    instruction = string(arguments, "instruction", "Explain this code.")
    return _start(session, arguments, "explain", instruction, origin)


def _start(
    session: Session, arguments: Arguments, kind: AskKind, instruction: str, origin: Origin
) -> dict[str, Any]:
    uri, range_ = string(arguments, "uri"), decoded(arguments, "range", range_from_json)
    version, apply = arguments.get("version"), arguments.get("apply", session.settings_for(uri).apply)
    diagnostics = _diagnostics(arguments)
    if apply not in get_args(Apply):
        raise ValueError(f"'apply' must be one of {', '.join(get_args(Apply))}")
    document = session.documents.find(uri)
    if document is None:
        return _refused(session, "not_open", "The document is not open in the editor: open it and ask again.")
    if version is not None and version != document.version:
        return _refused(session, "stale", "The document changed since the action was offered: ask again.")
    try:
        session.config.require_ready()
        places = Places(session.documents, session.roots, document)
    except EndpointError as error:
        return _refused(session, error.code, str(error))
    except EditError as error:
        return _refused(session, "edit", str(error))
    start, end = offsets(document.index, range_, session.encoding)
    ask = Ask(instruction, Focus(places.asked_path, start, end), kind, diagnostics)
    return {"run": session.start_run(ask, places, apply, origin)}


def _refused(session: Session, code: str, message: str) -> dict[str, Any]:
    session.tell(types.MessageType.Warning, message)
    return {"run": None, "error": {"code": code, "message": message}}


def _cancel(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    run = arguments.get("run")
    if run is not None and not isinstance(run, str):
        raise ValueError("'run' must be a run's id")
    return {"cancelled": session.cancel_runs(run)}


COMMANDS: dict[str, Handler] = {
    "codexLsp.ask": _ask,
    "codexLsp.fix": _fix,
    "codexLsp.explain": _explain,
    "codexLsp.accept": review_commands.accept,
    "codexLsp.reject": review_commands.reject,
    "codexLsp.cancel": _cancel,
    "codexLsp.status": review_commands.status,
}


def _diagnostics(arguments: Arguments) -> tuple[Diagnostic, ...]:
    value = arguments.get("diagnostics") or []
    if not isinstance(value, list):
        raise ValueError("'diagnostics' must be a list")
    return tuple(decoded({"diagnostics": each}, "diagnostics", diagnostic_from_json) for each in value)
