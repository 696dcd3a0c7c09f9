"""The sidecar asked by others: the OpenAI client, LiteLLM, and the language server."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import litellm
import openai
import pytest

from tests.e2e.codex.responses import ScriptedResponses, command, message, patch, thought
from tests.e2e.codex.sidecar import PATIENCE
from tests.support.editor import FakeEditor
from tests.support.processes import CODEX_LSP, Agent, codex_lsp

pytestmark = pytest.mark.timeout(600)

HELLO: Any = [{"role": "user", "content": "Just say hello."}]
TOOL: Any = {
    "type": "function",
    "function": {"name": "look", "parameters": {"type": "object", "properties": {}}},
}
TEXT = "one = 1\ntwo = 2\n"
CHANGE = """\
*** Begin Patch
*** Update File: m.py
@@
-one = 1
+one = 'uno'
*** Add File: new.py
+x = 1
*** End Patch
"""


@pytest.fixture(autouse=True)
def script(model: ScriptedResponses) -> None:
    model.scripts["say hello"] = [[thought("A greeting."), message("Hello there, whoever you are.")]]
    model.scripts["count in Italian"] = [
        [command("sleep 0.2; cat m.py")],
        [patch(CHANGE)],
        [message("Counted.")],
    ]


def test_openais_client(agent: Agent) -> None:
    with openai.OpenAI(
        base_url=f"{agent.url}/v1", api_key=agent.token, timeout=PATIENCE, max_retries=0
    ) as client:
        assert [each.id for each in client.models.list()] == ["codex"]
        answer = client.chat.completions.create(model="codex", messages=HELLO)
        assert answer.choices[0].message.content == "Hello there, whoever you are."
        assert answer.choices[0].finish_reason == "stop"
        assert answer.usage is not None
        assert answer.usage.total_tokens == 18
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(model="codex", messages=HELLO, tools=[TOOL])
        assert refused.value.code == "unsupported_tools"
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="wrong").chat.completions.create(model="codex", messages=HELLO)


def test_openais_client_streams(agent: Agent) -> None:
    with (
        openai.OpenAI(
            base_url=f"{agent.url}/v1", api_key=agent.token, timeout=PATIENCE, max_retries=0
        ) as client,
        client.chat.completions.create(
            model="codex",
            messages=HELLO,
            stream=True,
            stream_options={"include_usage": True},
        ) as stream,
    ):
        chunks = list(stream)
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert "".join(word or "" for word in words) == "Hello there, whoever you are."
    assert sum(bool(word) for word in words) > 1
    assert chunks[-1].usage is not None


async def test_litellm(agent: Agent) -> None:
    asked = {
        "model": "openai/codex",
        "api_base": f"{agent.url}/v1",
        "api_key": agent.token,
        "messages": HELLO,
    }
    answer = await litellm.acompletion(**asked, timeout=PATIENCE, num_retries=0)
    assert answer.choices[0].message.content == "Hello there, whoever you are."
    assert answer.choices[0].message.reasoning_content == "A greeting."
    with pytest.raises(litellm.BadRequestError):
        await litellm.acompletion(**asked, tools=[TOOL], num_retries=0)


async def test_an_edit_from_the_editor_to_codex_and_back(agent: Agent, tmp_path: Path) -> None:
    env = agent.environ() | {"CODEX_AGENT_MODEL": "codex-agent/codex"}
    async with FakeEditor.spawn(CODEX_LSP, env=env, root=tmp_path, timeout=PATIENCE) as editor:
        buffer = await editor.open("m.py", TEXT)
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}
        asked = {"uri": buffer.uri, "range": whole, "instruction": "count in Italian", "apply": "direct"}
        await editor.execute("codexLsp.ask", asked)
        await editor.wait_for_progress_end()
        assert buffer.text == "one = 'uno'\ntwo = 2\n"
        assert editor.buffer("new.py").text == "x = 1\n"


async def test_an_edit_from_the_command_line(agent: Agent, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(TEXT, encoding="utf-8")
    env = agent.environ() | {"CODEX_AGENT_MODEL": "codex-agent/codex"}
    done = await asyncio.to_thread(
        codex_lsp,
        *("ask", "m.py", "count in Italian", "--apply"),
        env=env | {"HOME": os.devnull},
        cwd=tmp_path,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m.py").read_text(encoding="utf-8") == "one = 'uno'\ntwo = 2\n"
    assert (tmp_path / "new.py").read_text(encoding="utf-8") == "x = 1\n"
