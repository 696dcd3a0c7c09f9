"""The reference: a bare pygls server with one code action and one command. `python -m tests.bench.bare`.

The command tells the digest of a document's text, so that its text can be compared with what it should be.
"""

from __future__ import annotations

import hashlib

from lsprotocol import types
from pygls.lsp.server import LanguageServer

COMMAND = "bare.digest"
KIND = types.CodeActionKind.RefactorRewrite

server = LanguageServer("bare", "1")


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[KIND]))
def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
    command = types.Command("Digest", COMMAND, arguments=[params.text_document.uri])
    return [types.CodeAction("Digest", kind=KIND, command=command)]


@server.command(COMMAND)
def digest(uri: str) -> str:
    return hashlib.sha256(server.workspace.get_text_document(uri).source.encode()).hexdigest()


if __name__ == "__main__":
    server.start_io()
