"""What `codexLsp.showPrompt` tells is what arrives at an endpoint, through server, worker and network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.editor import FakeEditor
from tests.support.endpoint import Answer, ScriptedEndpoint
from tests.support.processes import CODEX_LSP, clean_environ

TEXT = "from util import helper\n\n\ndef f():\n    return helper('é😀')\n"
AGENT = {"object": "list", "data": [{"id": "mini", "codex_agent": {"workspace": True, "mode": "llm"}}]}


@pytest.mark.parametrize(("road", "models"), [("model", None), ("agent", AGENT)])
async def test_the_prompt_that_is_shown_is_the_one_that_arrives(
    tmp_path: Path, road: str, models: dict[str, Any] | None
) -> None:
    (tmp_path / "AGENTS.md").write_text("Write `short` functions…\n", encoding="utf-8")
    async with ScriptedEndpoint([Answer("It is fine.")], models) as endpoint:
        env = clean_environ(
            LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE=endpoint.base_url, CODEX_AGENT_API_KEY="key"
        )
        async with FakeEditor.spawn(CODEX_LSP, env=env, root=tmp_path, timeout=60) as editor:
            await editor.open("util.py", "def helper(n):\n    return n\n")
            buffer = await editor.open("app.py", TEXT)
            arguments = {"uri": buffer.uri, "range": buffer.range(30, 55, editor.documents.encoding)}
            shown = await editor.execute("codexLsp.showPrompt", arguments | {"kind": "explain"})
            await editor.wait(lambda: editor.shown_documents)
            assert [each for each in endpoint.requests if each.method == "POST"] == []
            await editor.execute("codexLsp.explain", arguments)
            await editor.wait_for_progress_end()
        (arrived,) = [each.json for each in endpoint.requests if each.method == "POST"]
    expected = shown["requests"][road]
    assert {name: arrived.get(name) for name in expected} == expected
    assert ("codex_agent" in arrived) == (road == "agent")
    assert ("tools" in arrived) == (road == "model")
