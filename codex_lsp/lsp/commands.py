"""One table: command name → handler. A handler decodes, calls one function, encodes.

Expected outcomes, a closed gate among them, are results; only arguments that do not fit are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from codex_lsp import __version__
from codex_lsp.agent.context import Ask, AskKind
from codex_lsp.agent.overlay import Diagnostic
from codex_lsp.edits import EditError, Focus
from codex_lsp.edits.text import LineIndex
from codex_lsp.endpoint.errors import EndpointError
from codex_lsp.lsp.convert import diagnostic_from_json, offsets, range_from_json
from codex_lsp.lsp.places import Places
from codex_lsp.settings import Apply

if TYPE_CHECKING:
    from codex_lsp.lsp.server import CodexServer

Arguments = Mapping[str, Any]
Token = types.ProgressToken | None
Handler = Callable[["CodexServer", Arguments, Token], dict[str, Any]]


def execute(server: CodexServer, params: types.ExecuteCommandParams) -> dict[str, Any]:
    """Answer a `workspace/executeCommand`; raises `JsonRpcInvalidParams`."""
    handler = COMMANDS.get(params.command)
    if handler is None:
        raise JsonRpcInvalidParams(f"There is no command {params.command!r}.")
    arguments: list[Any] = list(params.arguments or [{}])
    if len(arguments) != 1 or not isinstance(arguments[0], Mapping):
        raise JsonRpcInvalidParams(f"{params.command} takes one object as its only argument.")
    try:
        return handler(server, arguments[0], params.work_done_token)
    except ValueError as error:
        raise JsonRpcInvalidParams(f"{params.command}: {error}") from error


def _ask(server: CodexServer, arguments: Arguments, token: Token) -> dict[str, Any]:
    instruction = _string(arguments, "instruction")
    if not instruction.strip():
        raise ValueError("'instruction' must not be empty")
    return _start(server, arguments, "edit", instruction, token)


def _fix(server: CodexServer, arguments: Arguments, token: Token) -> dict[str, Any]:
    instruction = _string(arguments, "instruction", "Fix the problems listed.")
    return _start(server, arguments, "fix", instruction, token)


def _explain(server: CodexServer, arguments: Arguments, token: Token) -> dict[str, Any]:
    instruction = _string(arguments, "instruction", "Explain this code.")
    return _start(server, arguments, "explain", instruction, token)


def _start(
    server: CodexServer, arguments: Arguments, kind: AskKind, instruction: str, token: Token
) -> dict[str, Any]:
    uri, range_ = _string(arguments, "uri"), _decoded(arguments, "range", range_from_json)
    version, apply = arguments.get("version"), arguments.get("apply", server.settings.apply)
    diagnostics = _diagnostics(arguments)
    if apply not in get_args(Apply):
        raise ValueError(f"'apply' must be one of {', '.join(get_args(Apply))}")
    document = server.documents.find(uri)
    if document is None:
        return _refused(server, "not_open", "The document is not open in the editor: open it and ask again.")
    if version is not None and version != document.version:
        return _refused(server, "stale", "The document changed since the action was offered: ask again.")
    try:
        server.config.require_ready()
        places = Places(server.documents, server.roots, document)
    except EndpointError as error:
        return _refused(server, error.code, str(error))
    except EditError as error:
        return _refused(server, "edit", str(error))
    start, end = offsets(LineIndex(document.source), range_, server.encoding)
    ask = Ask(instruction, Focus(places.asked_path, start, end), kind, diagnostics)
    return {"run": server.runs.start(ask, places, apply, token)}


def _refused(server: CodexServer, code: str, message: str) -> dict[str, Any]:
    server.tell(types.MessageType.Warning, message)
    return {"run": None, "error": {"code": code, "message": message}}


def _accept(server: CodexServer, arguments: Arguments, token: Token) -> dict[str, Any]:
    return {"accepted": server.accept(_string(arguments, "proposal"))}


def _reject(server: CodexServer, arguments: Arguments, token: Token) -> dict[str, Any]:
    proposal, path, hunk = _string(arguments, "proposal"), arguments.get("path"), arguments.get("hunk")
    if path is None and hunk is None:
        return {"rejected": server.pending.drop(proposal)}
    if not isinstance(path, str) or not isinstance(hunk, int):
        raise ValueError("'path' and 'hunk' go together: a string and a number")
    return {"rejected": server.pending.reject(proposal, path, hunk)}


def _cancel(server: CodexServer, arguments: Arguments, token: Token) -> dict[str, Any]:
    run = arguments.get("run")
    if run is not None and not isinstance(run, str):
        raise ValueError("'run' must be a run's id")
    return {"cancelled": server.runs.cancel(run)}


def _status(server: CodexServer, arguments: Arguments, token: Token) -> dict[str, Any]:
    config = server.config
    return {
        "state": config.state,
        "model": config.model,
        "mode": server.mode,
        "version": __version__,
        "runs": server.runs.active(),
        "proposals": server.pending.ids(),
        "problems": list(config.problems),
    }


T = TypeVar("T")

COMMANDS: dict[str, Handler] = {
    "codexLsp.ask": _ask,
    "codexLsp.fix": _fix,
    "codexLsp.explain": _explain,
    "codexLsp.accept": _accept,
    "codexLsp.reject": _reject,
    "codexLsp.cancel": _cancel,
    "codexLsp.status": _status,
}


def _string(arguments: Arguments, name: str, default: str | None = None) -> str:
    value = arguments.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"{name!r} must be a string")
    return value


def _decoded(arguments: Arguments, name: str, decode: Callable[[object], T]) -> T:
    try:
        return decode(arguments.get(name))
    except ValueError as error:
        raise ValueError(f"{name!r} {error}") from error


def _diagnostics(arguments: Arguments) -> tuple[Diagnostic, ...]:
    value = arguments.get("diagnostics") or []
    if not isinstance(value, list):
        raise ValueError("'diagnostics' must be a list")
    return tuple(_decoded({"diagnostics": each}, "diagnostics", diagnostic_from_json) for each in value)
