"""A small editor: starts the server as a process, opens a file, runs actions, applies what comes back.

It is what `codex-lsp demo` shows, and takes the same road as any editor: stdio, code actions, `applyEdit`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.protocol import LanguageServerProtocol

from codex_lsp import __version__
from codex_lsp.edits import Hunk, apply_hunks
from codex_lsp.edits.text import Encoding, LineIndex
from codex_lsp.lsp.convert import offsets, to_range
from codex_lsp.lsp.runs.running import RUN_EVENT

OnStep = Callable[[str], None]
EXIT_SECONDS = 5.0
LOG_CHARS = 4000


class _Protocol(LanguageServerProtocol):
    """pygls' protocol, but code actions stay JSON: lsprotocol takes one with a command for a command."""

    def get_result_type(self, method: str) -> type[Any] | None:  # type: ignore[override] # theirs is cached
        return None if method == types.TEXT_DOCUMENT_CODE_ACTION else super().get_result_type(method)


class Editor(LanguageClient):
    """One server, any number of open files. Files are never written."""

    def __init__(self, on_step: OnStep) -> None:
        super().__init__("codex-lsp-demo", __version__, protocol_cls=_Protocol)
        self.texts: dict[str, str] = {}
        self.messages: list[str] = []
        self.log = ""
        self.encoding: Encoding = "utf-16"
        self._on_step = on_step
        self._versions: dict[str, int] = {}
        self._ended: asyncio.Future[dict[str, Any]] | None = None
        self.feature(types.WORKSPACE_APPLY_EDIT)(_apply_edit)
        self.feature(types.WINDOW_SHOW_MESSAGE)(_show_message)
        self.feature(types.WINDOW_LOG_MESSAGE)(lambda params: None)
        self.feature(RUN_EVENT)(_run_event)

    async def start(self, command: Sequence[str], env: Mapping[str, str], root: Path) -> None:
        """Start the server and shake hands."""
        await self.start_io(*command, env=dict(env))
        assert self._server is not None
        assert self._server.stderr is not None
        self._draining = asyncio.create_task(self._drain(self._server.stderr))
        result = await self.initialize_async(
            types.InitializeParams(
                capabilities=_CAPABILITIES,
                root_uri=root.as_uri(),
                initialization_options={"events": True},
            )
        )
        chosen = result.capabilities.position_encoding
        self.encoding = _encoding(chosen.value if isinstance(chosen, types.PositionEncodingKind) else chosen)
        self.initialized(types.InitializedParams())

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a document."""
        self.texts[uri], self._versions[uri] = text, 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    async def actions(self, uri: str, start: int, end: int) -> list[dict[str, Any]]:
        """The code actions for the selection `[start, end)`, in code points; as JSON values."""
        range_ = to_range(LineIndex(self.texts[uri]), start, end, self.encoding)
        context = types.CodeActionContext([], trigger_kind=types.CodeActionTriggerKind.Invoked)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), range_, context)
        found = await self.protocol.send_request_async(types.TEXT_DOCUMENT_CODE_ACTION, params)
        return list(found or ())

    async def run(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """Run an action's command and wait for the end of its run: the last `codexLsp/run` event."""
        self._ended = asyncio.get_running_loop().create_future()
        command = action["command"]
        params = types.ExecuteCommandParams(command["command"], command["arguments"])
        answer = await self.workspace_execute_command_async(params)
        refusal = _member(answer, "error")
        if refusal is not None:
            return {"state": "refused", "text": _member(refusal, "message")}
        return await self._ended

    async def close(self) -> None:
        """End the session and wait until the server is gone."""
        try:
            async with asyncio.timeout(EXIT_SECONDS):
                await self.shutdown_async(None)
                self.exit(None)
                await self.stop()  # type: ignore[no-untyped-call]
        except TimeoutError:
            if self._server is not None and self._server.returncode is None:
                self._server.kill()

    async def _drain(self, stderr: asyncio.StreamReader) -> None:
        """Keep the end of what the server logs; a full pipe would stop it."""
        while data := await stderr.read(4096):
            self.log = (self.log + data.decode("utf-8", "replace"))[-LOG_CHARS:]

    def apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        """Apply an edit of open documents, by their versions."""
        for change in params.edit.document_changes or ():
            if not isinstance(change, types.TextDocumentEdit):
                return types.ApplyWorkspaceEditResult(applied=False, failure_reason="no file operations here")
            document = change.text_document
            if document.version != self._versions.get(document.uri):
                return types.ApplyWorkspaceEditResult(applied=False, failure_reason="another version")
            index = LineIndex(self.texts[document.uri])
            hunks = [
                Hunk(*offsets(index, edit.range, self.encoding), edit.new_text)
                for edit in change.edits
                if isinstance(edit, types.TextEdit)
            ]
            self._change(document.uri, apply_hunks(index.text, hunks))
        return types.ApplyWorkspaceEditResult(applied=True)

    def _change(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        self._versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(uri=uri, version=self._versions[uri])
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [whole]))

    def run_event(self, params: object) -> None:
        """Tell a run's step, or note its end."""
        if _member(params, "state") == "step":
            self._on_step(str(_member(params, "text")))
        if _member(params, "ended") and self._ended is not None and not self._ended.done():
            self._ended.set_result({name: _member(params, name) for name in ("state", "text")})


def _apply_edit(editor: Editor, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
    return editor.apply(params)


def _show_message(editor: Editor, params: types.ShowMessageParams) -> None:
    editor.messages.append(params.message)


def _run_event(editor: Editor, params: object) -> None:
    editor.run_event(params)


def _member(value: object, name: str) -> Any:
    """A member of what pygls made of a JSON object: a mapping, or an object with attributes."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _encoding(name: str | None) -> Encoding:
    return "utf-8" if name == "utf-8" else "utf-32" if name == "utf-32" else "utf-16"


_CAPABILITIES = types.ClientCapabilities(
    general=types.GeneralClientCapabilities(
        position_encodings=[types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16]
    ),
    workspace=types.WorkspaceClientCapabilities(
        apply_edit=True, workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
    text_document=types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                types.ClientCodeActionKindOptions([types.CodeActionKind.RefactorRewrite])
            )
        )
    ),
)
