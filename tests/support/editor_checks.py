"""What a server may send to a client with given capabilities: each function yields the breaches it finds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from tests.support.buffers import Buffer, Encoding, StrictError
from tests.support.editor_options import lookup

Json = Mapping[str, Any]

BEFORE_INITIALIZED = {
    "window/showMessage",
    "window/logMessage",
    "window/showMessageRequest",
    "telemetry/event",
    "$/progress",
    "$/logTrace",
}
_NEEDS = {
    "workspace/applyEdit": ("workspace", "applyEdit"),
    "workspace/configuration": ("workspace", "configuration"),
    "workspace/workspaceFolders": ("workspace", "workspaceFolders"),
    "workspace/codeLens/refresh": ("workspace", "codeLens", "refreshSupport"),
    "workspace/diagnostic/refresh": ("workspace", "diagnostics", "refreshSupport"),
    "workspace/inlayHint/refresh": ("workspace", "inlayHint", "refreshSupport"),
    "workspace/semanticTokens/refresh": ("workspace", "semanticTokens", "refreshSupport"),
    "window/workDoneProgress/create": ("window", "workDoneProgress"),
    "window/showDocument": ("window", "showDocument", "support"),
    "textDocument/publishDiagnostics": ("textDocument", "publishDiagnostics"),
}
_DIAGNOSTIC_FIELDS = {
    "relatedInformation": "relatedInformation",
    "codeDescription": "codeDescriptionSupport",
    "data": "dataSupport",
}
_ACTION_FIELDS = {
    "isPreferred": "isPreferredSupport",
    "disabled": "disabledSupport",
    "data": "dataSupport",
    "tags": "tagSupport",
}


def check_method(method: str, capabilities: Json, initialized: bool) -> Iterator[str]:
    """A request or notification of the server's, before its params are looked at."""
    if not initialized and method not in BEFORE_INITIALIZED:
        yield f"{method} before initialize was answered"
    path = _NEEDS.get(method)
    if path and lookup(capabilities, *path) in (None, False):
        yield f"{method} without the client's {'.'.join(path)}"


def check_registration(registration: Json, capabilities: Json) -> Iterator[str]:
    """One Registration of client/registerCapability."""
    area, _, feature = str(registration["method"]).partition("/")
    if area == "textDocument" and feature.startswith(("did", "will")):
        feature = "synchronization"
    if area == "workspace" and feature.endswith("Files") and feature != "didChangeWatchedFiles":
        feature = "fileOperations"
    if not lookup(capabilities, area, feature, "dynamicRegistration"):
        yield f"{registration['method']} registered without {area}.{feature}.dynamicRegistration"


def check_workspace_edit(edit: Json, capabilities: Json) -> Iterator[str]:
    """The form of a WorkspaceEdit; that its ranges and versions fit is for `editor_edits` to say.

    Resource operations have no place but documentChanges: a client with those takes them without saying so.
    """
    able = lookup(capabilities, "workspace", "workspaceEdit") or {}
    able_changes = able.get("documentChanges") or able.get("resourceOperations")
    if "documentChanges" in edit and not able_changes:
        yield "documentChanges without the client's workspace.workspaceEdit.documentChanges"
    annotations = edit.get("changeAnnotations") or {}
    if annotations and not able.get("changeAnnotationSupport"):
        yield "changeAnnotations without the client's changeAnnotationSupport"
    for change in edit.get("documentChanges") or ():
        kind = change.get("kind")
        if kind is not None and kind not in (able.get("resourceOperations") or ()):
            yield f"a {kind} operation without the client's resourceOperations"
        for part in (change, *change.get("edits", ())):
            annotation = part.get("annotationId")
            if annotation is not None and annotation not in annotations:
                yield f"the annotation {annotation!r} has no entry in changeAnnotations"


def check_code_actions(
    actions: Sequence[Json], only: Sequence[str] | None, capabilities: Json, commands: Collection[str]
) -> Iterator[str]:
    """The answer to textDocument/codeAction. `commands` is what the server declared it executes."""
    able = lookup(capabilities, "textDocument", "codeAction") or {}
    for action in actions:
        title = action["title"]
        if not isinstance(title, str) or not title.strip():
            yield f"a code action without a title: {action!r}"
        literal = not isinstance(action.get("command"), str)
        if literal and not able.get("codeActionLiteralSupport"):
            yield f"{title!r} is a literal without the client's codeActionLiteralSupport"
        command = action.get("command") if literal else action
        if command is not None and command["command"] not in commands:
            yield f"{title!r} runs {command['command']!r}, which the server does not execute"
        for name, support in _ACTION_FIELDS.items():
            if literal and name in action and not able.get(support):
                yield f"{title!r} has {name!r} without the client's {support}"
        unknown = set(action.get("tags") or ()) - set(lookup(able, "tagSupport", "valueSet") or ())
        if unknown and able.get("tagSupport"):
            yield f"{title!r} has tags {sorted(unknown)} that the client does not know"
        if literal and action.get("edit"):
            yield from _check_action_edit(title, action["edit"], capabilities)
        if only is not None and not any(_is_kind(action.get("kind", ""), wanted) for wanted in only):
            yield f"{title!r} of kind {action.get('kind')!r} was not asked for: {list(only)}"


def _check_action_edit(title: str, edit: Json, capabilities: Json) -> Iterator[str]:
    for breach in check_workspace_edit(edit, capabilities):
        yield f"{title!r} has {breach}"
    honoured = lookup(capabilities, "textDocument", "codeAction", "honorsChangeAnnotations")
    if edit.get("changeAnnotations") and not honoured:
        yield f"{title!r} has changeAnnotations without the client's honorsChangeAnnotations"


def _is_kind(kind: str, wanted: str) -> bool:
    return not wanted or kind == wanted or kind.startswith(wanted + ".")


def check_diagnostics(
    params: Json, buffer: Buffer | None, encoding: Encoding, capabilities: Json
) -> Iterator[str]:
    """PublishDiagnosticsParams; ranges are checked when they say that they are for the present version."""
    able = lookup(capabilities, "textDocument", "publishDiagnostics") or {}
    version = params.get("version")
    if version is not None and not able.get("versionSupport"):
        yield "diagnostics with a version without the client's versionSupport"
    if buffer is not None and version is not None and version > buffer.version:
        yield f"diagnostics for version {version} of a document that is at {buffer.version}"
    for diagnostic in params["diagnostics"]:
        for name, support in _DIAGNOSTIC_FIELDS.items():
            if diagnostic.get(name) is not None and not able.get(support):
                yield f"a diagnostic with {name!r} without the client's {support}"
        unknown = set(diagnostic.get("tags") or ()) - set(lookup(able, "tagSupport", "valueSet") or ())
        if unknown:
            yield f"a diagnostic with tags {sorted(unknown)} that the client does not know"
        if buffer is not None and version in (None, buffer.version):
            try:
                # Without a version it may be for a text that was changed meanwhile.
                buffer.find(diagnostic["range"], encoding, former=version is None)
            except StrictError as error:
                yield f"the diagnostic {diagnostic['message']!r} is out of place: {error}"


class ProgressBook:
    """The work-done progress of a session: the values by token, and the tokens in the order they ended."""

    def __init__(self) -> None:
        self.values: dict[int | str, list[dict[str, Any]]] = {}
        self.ended: list[int | str] = []
        self._refused: set[int | str] = set()

    def offer(self, token: int | str) -> None:
        """The client sent this token with a request of its own."""
        self.values.setdefault(token, [])

    def create(self, token: int | str, accepted: bool) -> Iterator[str]:
        """The server asked for a token; `accepted` is what the client answered."""
        if token in self.values or token in self._refused:
            yield f"the progress token {token!r} was created twice"
        if accepted:
            self.values[token] = []
        else:
            self._refused.add(token)

    def take(self, token: int | str, value: Mapping[str, Any]) -> Iterator[str]:
        """One $/progress came."""
        kind = value.get("kind")
        if token not in self.values:
            yield f"progress {kind!r} for {token!r}, which was never created"
        elif token in self.ended:
            yield f"progress {kind!r} for {token!r} after its end"
        elif bool(self.values[token]) == (kind == "begin"):
            yield f"progress {kind!r} for {token!r} out of order"
        if kind not in ("begin", "report", "end"):
            yield f"progress of no known kind: {dict(value)!r}"
        if kind == "begin" and not isinstance(value.get("title"), str):
            yield f"progress begins without a title: {dict(value)!r}"
        percentage = value.get("percentage", 0)
        if type(percentage) is not int or not 0 <= percentage <= 100:
            yield f"a percentage of {percentage!r}"
        self.values.setdefault(token, []).append(dict(value))
        if kind == "end" and token not in self.ended:
            self.ended.append(token)
