"""From an editor's ask to its edit: language server, worker, mini-agent, LiteLLM, a model's server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.mini.desk import Desk, calling, finishing
from tests.support.editor import FakeEditor
from tests.support.processes import CODEX_LSP, clean_environ

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
TEXT = "def total(prices):\n    return 0\n"
PATCH = """*** Begin Patch
*** Update File: shop.py
@@
 def total(prices):
-    return 0
+    return sum(prices)
*** End Patch
"""


@pytest.mark.slow
async def test_an_ask_of_the_language_server_becomes_an_edit(desk: Desk, tmp_path: Path) -> None:
    desk.endpoint.play(
        calling("read_file", path="shop.py"), calling("edit", 2, patch=PATCH), finishing("It adds up.")
    )
    env = clean_environ(
        LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE=desk.url, CODEX_AGENT_API_KEY=desk.token
    )
    async with FakeEditor.spawn(
        CODEX_LSP, env=env, root=tmp_path, initialization_options={"apply": "direct"}, timeout=200
    ) as editor:
        buffer = await editor.open("shop.py", TEXT)
        where = buffer.range(0, len(TEXT), editor.documents.encoding)
        arguments = {"uri": buffer.uri, "range": where, "instruction": "Add the prices up."}
        await editor.execute("codexLsp.ask", arguments)
        said = await editor.wait_for_progress_end()
        assert buffer.text == TEXT.replace("return 0", "return sum(prices)")
        assert "[llm]" in said[-1]["message"]
    first = desk.endpoint.requests[0].json
    assert first["model"] == "real"
    assert "Add the prices up." in first["messages"][-1]["content"]
