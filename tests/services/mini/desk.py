"""The mini-agent as a process, a scripted model behind it, and what is asked of it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.endpoint import Answer, ScriptedEndpoint, call
from tests.support.processes import CODEX_LSP, clean_environ

CHAT = "/v1/chat/completions"
FILES = {"pkg/a.py": "x = 1\ny = 2\n", "b.txt": "one\ntwo"}
PATCH = """*** Begin Patch
*** Update File: pkg/a.py
@@
-x = 1
+x = 3
 y = 2
*** End Patch
"""


@dataclass
class Desk:
    """A running mini-agent: its model's server, its address, its token."""

    endpoint: ScriptedEndpoint
    url: str
    token: str
    pid: int
    headers: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers=dict(self.headers), timeout=200, trust_env=False)

    async def post(self, body: Mapping[str, Any]) -> httpx.Response:
        async with self.client() as client:
            return await client.post(CHAT, json=body)

    def memory(self) -> int:
        """The most memory that the process has had, in bytes."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@asynccontextmanager
async def serving(*options: str, **environ: str) -> AsyncIterator[Desk]:
    """`codex-lsp agent` over a scripted model's server, through LiteLLM; gone at the end."""
    async with ScriptedEndpoint() as endpoint:
        base = f"{endpoint.base_url}/v1"
        command = [*CODEX_LSP, "agent", "--port", "0", "--json", "--until-eof", "--upstream-base", base]
        process = await asyncio.create_subprocess_exec(
            *(*command, *(options or ("--model", "mini=openai/real"))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=clean_environ(**{"PATH": os.environ["PATH"]} | environ),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            said = json.loads(await process.stdout.readline())
            yield Desk(endpoint, said["url"], said["token"], said["pid"])
        finally:
            process.stdin.close()
            await process.wait()


def ask(instruction: str = "Set x to 3.", **more: Any) -> dict[str, Any]:
    """A request with a workspace, as the server sends it."""
    text = FILES["pkg/a.py"]
    focus = {
        "path": "pkg/a.py",
        "start": {"line": 0, "character": 0},
        "end": {"line": text.count("\n"), "character": 0},
        "diagnostics": [],
    }
    files = [{"path": path, "text": text} for path, text in FILES.items()]
    header = f"Path: pkg/a.py\nLines: 1-2\nInstruction: {instruction}"
    return {
        "model": "mini",
        "messages": [{"role": "user", "content": header}],
        "codex_agent": {"workspace": {"files": files, "focus": focus}},
        **more,
    }


def chat(text: str = "Hello.", **more: Any) -> dict[str, Any]:
    """A request without one."""
    return {"model": "mini", "messages": [{"role": "user", "content": text}], **more}


def calling(name: str, number: int = 1, **arguments: Any) -> Answer:
    """A model's reply that calls a tool."""
    made = call(f"call_{number}", name, json.dumps(arguments))
    return Answer(tool_calls=(made,), finish_reason="tool_calls")


def finishing(summary: str = "Set x.") -> Answer:
    """A model's last reply."""
    return calling("finish", 99, summary=summary)
