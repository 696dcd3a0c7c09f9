"""What most tests of runs ask, of which text, and what the model answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel, ToolCall
from tests.support import patches
from tests.support.editor import FakeEditor

AGENT = ModelInfo(kind="agent", mode="echo", name="echo")
TEXT = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"


def patch(*body: str, path: str = "m.py") -> str:
    return patches.patch(path, *body)


def agent(*replies: Reply | Exception | asyncio.Event | str) -> ScriptedModel:
    return ScriptedModel([Reply(each) if isinstance(each, str) else each for each in replies], AGENT)


RETURN_10 = "Done.\n" + patch(" def f():", "-    return 1", "+    return 10")
TEN = Reply(patch(" def f():", "-    return 1", "+    return 10"))
BOTH = Reply(
    "*** Begin Patch\n*** Update File: m.py\n def f():\n-    return 1\n+    return 10\n"
    "@@ def g():\n-    return 2\n+    return 20\n*** End Patch"
)


def edit(text: str) -> Reply:
    call = ToolCall("1", "edit", json.dumps({"patch": text}))
    return Reply(tool_calls=(call,), finish_reason="tool_calls")


EDIT_TEN = edit(TEN.content)


async def ask(editor: FakeEditor, text: str = TEXT, path: str = "m.py", **more: Any) -> Any:
    uri = editor.uri(path)
    if uri not in editor.documents.buffers:
        await editor.open(path, text)
    buffer = editor.buffer(uri)
    arguments: dict[str, Any] = {
        "uri": uri,
        "range": buffer.range(0, len("def f():\n    return 1\n"), editor.documents.encoding),
        "version": buffer.version,
        "instruction": "Return ten times as much.",
    }
    return await editor.execute("codexLsp.ask", arguments | more)


async def end_of(editor: FakeEditor, run: str) -> dict[str, Any]:
    def matches(params: Any) -> bool:
        return bool(params["run"] == run and params.get("ended"))

    event: dict[str, Any] = await editor.wait_for_notification("codexLsp/run", matches)
    return event
