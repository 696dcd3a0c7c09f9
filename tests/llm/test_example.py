"""The example of the documentation, as it stands, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from codex_lsp.endpoint.config import API_BASE, API_KEY, GATE
from tests.support.endpoint import Answer, ScriptedEndpoint

ROOT = Path(__file__).parents[2]
IMPORTS = """\
import os, codex_lsp.llm            # registers codex-agent/* with LiteLLM
from litellm import Router
"""
FLAG = """\
os.environ["LITELLM_ENABLE_CODEX_AGENT"] = "1"
"""
REST = """\
router = Router(model_list=[{"model_name": "codex-agent-1", "litellm_params": {
    "model": "codex-agent/mini", "api_base": os.getenv("CODEX_AGENT_API_BASE"), "api_key": os.getenv("CODEX_AGENT_API_KEY", "")}}])
resp = await router.acompletion(model="codex-agent-1", messages=[{"role": "user", "content": "Plan steps and use tools as needed."}])
print(resp.choices[0].message.content)
"""  # noqa: E501  # as the documentation has it
AFTER = IMPORTS + FLAG + REST
BEFORE = "import os\n" + FLAG + IMPORTS + REST


async def run(script: str, base: str, *options: str) -> tuple[str, str, int | None]:
    lines = "".join(f"    {line}\n" for line in script.splitlines())
    program = f"import asyncio\nasync def main():\n{lines}asyncio.run(main())\n"
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in {GATE, "LITELLM_LOCAL_MODEL_COST_MAP"}
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *options, "-c", program),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environ | {API_BASE: base, API_KEY: "sk-1", "PYTHONPATH": str(ROOT)},
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return out.decode(), err.decode(), process.returncode


@pytest.mark.parametrize("script", [AFTER, BEFORE], ids=["flag after imports", "flag before imports"])
async def test_the_example_runs_as_it_stands(endpoint: ScriptedEndpoint, script: str) -> None:
    endpoint.play(Answer("First I would read the file."))
    out, err, code = await run(script, endpoint.base_url, "-X", "dev")
    assert (out, code) == ("First I would read the file.\n", 0)
    assert "ResourceWarning" not in err
    [request] = endpoint.requests
    assert request.json["messages"] == [{"role": "user", "content": "Plan steps and use tools as needed."}]
    assert request.headers["authorization"] == "Bearer sk-1"
