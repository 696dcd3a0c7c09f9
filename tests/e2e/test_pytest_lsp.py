"""The server under pytest-lsp, a client that is not of this project."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from tests.support.processes import clean_environ

# The fixture needs its environment when it is made, so it is an agent that nobody reaches.
ENVIRON = clean_environ(
    LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE="http://127.0.0.1:9", CODEX_AGENT_API_KEY="k"
)
CONFIG = ClientServerConfig(server_command=[sys.executable, "-m", "codex_lsp"], server_env=ENVIRON)


@pytest_lsp.fixture(config=CONFIG)  # type: ignore[untyped-decorator]
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    params = types.InitializeParams(capabilities=client_capabilities("neovim"))
    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


async def test_neovims_capabilities_are_met(client: LanguageClient) -> None:
    status: Any = await client.workspace_execute_command_async(types.ExecuteCommandParams("codexLsp.status"))
    assert status["state"] == "ready"


async def test_an_unreachable_endpoint_is_told(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "m.py").as_uri()
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, "x = 1\n"))
    )
    place = {"line": 0, "character": 0}
    arguments = {"uri": uri, "range": {"start": place, "end": place}, "instruction": "tidy up"}
    await client.workspace_execute_command_async(types.ExecuteCommandParams("codexLsp.ask", [arguments]))
    await client.wait_for_notification("window/showMessage")
    assert "127.0.0.1:9 cannot be reached" in client.messages[-1].message
