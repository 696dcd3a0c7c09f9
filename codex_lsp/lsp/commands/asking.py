"""From a command's arguments to an ask and its places, as they are at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lsprotocol import types

from codex_lsp.agent.asks.ask import Ask, AskKind
from codex_lsp.agent.overlay import Diagnostic
from codex_lsp.edits import EditError, Focus
from codex_lsp.lsp.commands.arguments import Arguments, decoded, string
from codex_lsp.lsp.convert import diagnostic_from_json, offsets, range_from_json, to_path
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.session import Session
from codex_lsp.workspace.policy import Root

INSTRUCTIONS = {"edit": "", "fix": "Fix the problems listed.", "explain": "Explain this code."}
"""What each kind of ask says where the person says nothing."""


class Refused(Exception):
    """The ask cannot be done, for a reason that is nobody's mistake in writing the arguments."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def refused(session: Session, code: str, message: str) -> dict[str, Any]:
    """The result of a command that began no run; the person is told why."""
    session.tell(types.MessageType.Warning, message)
    session.sums.refused(code, message)
    return {"run": None, "error": {"code": code, "message": message}}


def prepare(session: Session, arguments: Arguments, kind: AskKind, instruction: str) -> tuple[Ask, Places]:
    """The ask that `{uri, range, version?, diagnostics?}` describes; raises `Refused` or `ValueError`."""
    uri, range_ = string(arguments, "uri"), decoded(arguments, "range", range_from_json)
    version = arguments.get("version")
    diagnostics = _diagnostics(arguments)
    document = session.documents.find(uri)
    if document is None:
        raise Refused("not_open", "The document is not open in the editor: open it and ask again.")
    if version is not None and version != document.version:
        raise Refused("stale", "The document changed since the action was offered: ask again.")
    try:
        places = Places(session.documents, session.roots, document)
    except EditError as error:
        raise Refused("edit", str(error)) from error
    start, end = offsets(document.index, range_, session.encoding)
    focus = Focus(places.asked_path, start, end)
    return Ask(instruction, focus, kind, _located(diagnostics, session.roots)), places


def _diagnostics(arguments: Arguments) -> tuple[Diagnostic, ...]:
    value = arguments.get("diagnostics") or []
    if not isinstance(value, list):
        raise ValueError("'diagnostics' must be a list")
    return tuple(decoded({"diagnostics": each}, "diagnostics", diagnostic_from_json) for each in value)


def _located(diagnostics: tuple[Diagnostic, ...], roots: Sequence[Root]) -> tuple[Diagnostic, ...]:
    """The diagnostics with paths of the workspace for the URIs of what they refer to."""
    return tuple(
        replace(each, related=tuple(replace(at, path=_path(at.path, roots)) for at in each.related))
        if each.related
        else each
        for each in diagnostics
    )


def _path(uri: str, roots: Sequence[Root]) -> str:
    """The path in the workspace; of what is elsewhere its last name alone."""
    file = to_path(uri)
    for root in roots:
        if file and (path := root.relative(file)):
            return path
    return file.name if file else uri.rpartition("/")[2]
