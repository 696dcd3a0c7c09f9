"""A server of ours and a `FakeEditor` in the same event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from codex_lsp.agent.model import Model
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.lsp.server import CodexServer
from codex_lsp.lsp.wiring import create_server
from tests.support.editor import FakeEditor, in_process_streams

READY = EndpointConfig(enabled=True, api_base="http://127.0.0.1:9", api_key="key")
OFF = EndpointConfig()
UNCONFIGURED = EndpointConfig(enabled=True)


@asynccontextmanager
async def serving(
    model: Model, root: Path | None = None, *, config: EndpointConfig = READY, **options: Any
) -> AsyncIterator[tuple[FakeEditor, CodexServer]]:
    """The editor, connected, and the server. Options are the editor's."""
    ours, theirs = await in_process_streams()
    server = create_server(config, model)
    task = asyncio.create_task(server.serve(*ours))
    try:
        async with FakeEditor.connect(*theirs, root=root, **options) as editor:
            yield editor, server
    finally:
        async with asyncio.timeout(10):
            await task
