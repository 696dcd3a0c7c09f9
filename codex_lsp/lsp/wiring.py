"""What arrives goes to the one function that handles it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from codex_lsp.agent.model import Model
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.lsp.actions.asked import KINDS, Asked
from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.lsp.commands.table import COMMANDS
from codex_lsp.lsp.convert import to_path
from codex_lsp.lsp.documents import Documents
from codex_lsp.lsp.server import CodexServer
from codex_lsp.workspace.policy import Root

ALL_FILES = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**"))]
)


def create_server(config: EndpointConfig, model: Model) -> CodexServer:
    """A server with all its handlers, not yet connected."""
    server = CodexServer(config, model)
    options = types.CodeActionOptions(code_action_kinds=list(KINDS), resolve_provider=False)
    server.feature(types.INITIALIZE)(_initialize)
    server.feature(types.INITIALIZED)(_initialized)
    server.feature(types.SHUTDOWN)(_shutdown)
    server.feature(types.WORKSPACE_DID_RENAME_FILES, ALL_FILES)(_did_rename_files)
    server.feature(types.WORKSPACE_DID_DELETE_FILES, ALL_FILES)(_did_delete_files)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(_code_actions)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(_did_change_configuration)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(_did_change_folders)
    server.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT)(_text_content)
    for name in COMMANDS:
        # Only the name counts, for the capabilities: CodexProtocol answers commands itself.
        server.command(name)(lambda *arguments: None)
    return server


def _initialize(server: CodexServer, params: types.InitializeParams) -> None:
    name = params.client_info.name if params.client_info else ""
    server.client = ClientCapabilities.of(params.capabilities, name)
    server.protocol.use(Documents(server.workspace, server.pending.changed))
    server.roots = _roots(params)
    options, server.asks.trusted = _without_trust(params.initialization_options)
    server.settings.begin(options, _folders(params), server.config.problems)
    if server.process is not None:
        asyncio.get_running_loop().call_soon(server.process.settle)


def _without_trust(options: object) -> tuple[object, bool]:
    """The options without `trusted`, by which an editor vouches for the workspace: no setting may say it."""
    if not isinstance(options, Mapping) or "trusted" not in options:
        return options, False
    return {key: value for key, value in options.items() if key != "trusted"}, options["trusted"] is True


def _initialized(server: CodexServer, params: types.InitializedParams) -> None:
    server.settings.start()
    server.wake_model()


async def _shutdown(server: CodexServer, params: None) -> None:
    await server.close()


def _did_rename_files(server: CodexServer, params: types.RenameFilesParams) -> None:
    for each in params.files:
        server.documents.renamed(each.old_uri, each.new_uri)


def _did_delete_files(server: CodexServer, params: types.DeleteFilesParams) -> None:
    for each in params.files:
        server.pending.deleted(each.uri)


def _did_change_configuration(server: CodexServer, params: types.DidChangeConfigurationParams) -> None:
    server.settings.changed(params)


def _did_change_folders(server: CodexServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
    server.settings.folders_changed(params)


def _text_content(
    server: CodexServer, params: types.TextDocumentContentParams
) -> types.TextDocumentContentResult:
    text = server.shown.text(params.uri)
    if text is None:
        raise JsonRpcInvalidParams("This text is not kept any more.")
    return types.TextDocumentContentResult(text)


def _folders(params: types.InitializeParams) -> list[str]:
    uris = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
    return [uri for uri in uris if uri]


def _roots(params: types.InitializeParams) -> list[Root]:
    folders = [to_path(uri) for uri in _folders(params)]
    if not folders and params.root_path and "\0" not in params.root_path:
        folders = [Path(params.root_path)]
    return [Root(folder) for folder in folders if folder]


def _code_actions(server: CodexServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = server.documents.find(params.text_document.uri)
    if document is None or not server.client.action_literals:
        return []
    server.wake_model()
    # With the first request, not at the server's start.
    from codex_lsp.lsp.actions import comments
    from codex_lsp.lsp.actions.all import actions

    asked = Asked(
        document,
        params,
        server.client,
        server.encoding,
        server.config.state,
        server.settings_for(document.uri),
        partial(comments.beside, server.documents, server.roots, document),
        server.asks.all,
    )
    return actions(asked, server.pending, server.past)
