"""An agent for the person's own asks, and what is offered beside the ready-made ones."""

from __future__ import annotations

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from tests.support.editor import FakeEditor

AGENT = ModelInfo(kind="agent", mode="llm", name="agent")
TEXT = "a = 1\n\n\ndef f():\n    return 1\n"


def model(*replies: str) -> ScriptedModel:
    return ScriptedModel([Reply(each) for each in replies], AGENT)


async def titles(editor: FakeEditor, start: int, end: int, only: str = "", name: str = "m.py") -> list[str]:
    uri = editor.uri(name)
    actions = await editor.code_actions(uri, start, end, only=[only] if only else None)
    known = ("tidy", "write", "add types", "simplify", "explain", "sort")
    return [
        title for each in actions if not (title := each["title"].removeprefix("Codex: ")).startswith(known)
    ]
