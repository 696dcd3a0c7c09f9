"""Sessions of the captured editors with the real server, and what a person does in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from codex_lsp.lsp.server import CodexServer
from tests.support.editor import FakeEditor
from tests.support.editor_clients import NAMES, client, load
from tests.support.editor_options import lookup
from tests.support.serving import serving

URI = "file:///code/m.py"
TEXT = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
NEW = TEXT.replace("1", "10").replace("2", "20")
BODY = (
    "*** Update File: m.py",
    "-    return 1",
    "+    return 10",
    "@@ def g():",
    "-    return 2",
    "+    return 20",
)
ACCEPT, ACCEPT_ALL = "Codex: accept this change", "Codex: accept all"


def can(name: str, *path: str) -> Any:
    return lookup(load(name).capabilities, *path)


APPLYING = [name for name in NAMES if can(name, "workspace", "applyEdit")]
MOVING = [name for name in NAMES if can(name, "workspace", "workspaceEdit", "resourceOperations")]


def agent(*body: str, wait: asyncio.Event | None = None) -> ScriptedModel:
    patch = "\n".join(("Done.", "*** Begin Patch", *(body or BODY), "*** End Patch"))
    return ScriptedModel([*([wait] if wait else []), Reply(patch)], ModelInfo("agent", "echo"))


@asynccontextmanager
async def session(
    name: str, model: ScriptedModel, root: Path | None = None, **more: Any
) -> AsyncIterator[tuple[FakeEditor, CodexServer]]:
    async with serving(model, root, **client(name, **more)) as (editor, server):
        yield editor, server


async def ask(editor: FakeEditor, uri: str, **more: Any) -> str:
    buffer = editor.buffer(uri)
    whole = buffer.range(0, len(buffer.text), editor.documents.encoding)
    answer = await editor.execute("codexLsp.ask", {"uri": uri, "range": whole, "instruction": "x", **more})
    return str(answer["run"])


async def actions_at(editor: FakeEditor, uri: str, start: int, end: int | None = None) -> dict[str, Any]:
    actions = await editor.code_actions(uri, start, start if end is None else end)
    return {action["title"]: action for action in actions}


async def accept(editor: FakeEditor, uri: str, title: str, which: int = 0) -> None:
    """Run the action at one of the marks, and wait until the marks are shown anew."""
    mark = editor.diagnostics[uri][which]
    start, end = editor.buffer(uri).offsets(mark["range"], editor.documents.encoding)
    action = (await actions_at(editor, uri, start, end))[title]
    shown = marks_shown(editor)
    await editor.run_action(action)
    await editor.wait(lambda: marks_shown(editor) > shown)


def marks_shown(editor: FakeEditor) -> int:
    return sum(method == "textDocument/publishDiagnostics" for method, _ in editor.notifications)


async def proposals(editor: FakeEditor) -> list[str]:
    return list((await editor.execute("codexLsp.status", {}))["proposals"])
