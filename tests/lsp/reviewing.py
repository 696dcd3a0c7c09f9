"""A proposal of two changes in one file, and what an editor shows of it while it waits."""

from __future__ import annotations

import asyncio
from typing import Any

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from tests.lsp.asking import TEXT
from tests.support.editor import FakeEditor

NEW = TEXT.replace("1", "10").replace("2", "20")
BODY = [
    "*** Update File: m.py",
    "-    return 1",
    "+    return 10",
    "@@ def g():",
    "-    return 2",
    "+    return 20",
]


def reply(*body: str) -> str:
    return "\n".join(("Ten times.", "*** Begin Patch", *body, "*** End Patch"))


def agent(*body: str, wait: asyncio.Event | None = None) -> ScriptedModel:
    return ScriptedModel(
        [*([wait] if wait else []), Reply(reply(*(body or BODY)))], ModelInfo("agent", "echo")
    )


async def ask(editor: FakeEditor, text: str = TEXT, **more: Any) -> str:
    uri = editor.uri("m.py")
    if uri not in editor.documents.buffers:
        await editor.open("m.py", text)
    whole = editor.buffer(uri).range(0, len(text), editor.documents.encoding)
    answer = await editor.execute("codexLsp.ask", {"uri": uri, "range": whole, "instruction": "x", **more})
    return str(answer["run"])


async def reviewed(editor: FakeEditor, text: str = TEXT, **more: Any) -> str:
    """Ask, and wait until the proposal is marked; returns its id."""
    run = await ask(editor, text, apply="review", **more)
    await editor.wait(lambda: editor.diagnostics.get(editor.uri("m.py")))
    return run


async def proposals(editor: FakeEditor) -> Any:
    return (await editor.execute("codexLsp.status"))["proposals"]


async def marks(editor: FakeEditor, name: str = "m.py") -> list[dict[str, Any]]:
    """The marks, once the server has had its turn with everything so far."""
    await editor.execute("codexLsp.status")
    return editor.diagnostics.get(editor.uri(name), [])


async def review_actions(editor: FakeEditor, needle: str) -> dict[str, dict[str, Any]]:
    at = editor.buffer("m.py").text.index(needle)
    actions = await editor.code_actions(editor.uri("m.py"), at, at)
    return {action["title"]: action for action in actions}


async def actions_at(editor: FakeEditor, name: str, at: int = 0, **more: Any) -> dict[str, dict[str, Any]]:
    actions = await editor.code_actions(editor.uri(name), at, at, **more)
    return {action["title"]: action for action in actions}
