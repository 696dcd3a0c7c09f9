"""A bare pygls server, for comparison: one code action, one command, all the rest as pygls does it."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
    document = server.workspace.get_text_document(params.text_document.uri)
    return [types.CodeAction(f"Nothing, on {len(document.lines)} lines")]


@server.command("codexLsp.status")
def status(*arguments: Any) -> dict[str, Any]:
    return {"state": "off"}


if __name__ == "__main__":
    server.start_io()
