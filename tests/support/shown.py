"""What an editor was given to show, as a person reads it."""

from __future__ import annotations

from tests.support.editor import FakeEditor
from tests.support.editor_edits import path_of


async def shown_text(editor: FakeEditor, count: int = 1) -> str:
    """Wait until `count` documents were shown in all; the last one's text."""
    await editor.wait(lambda: len(editor.shown_documents) >= count)
    uri: str = editor.shown_documents[count - 1]["uri"]
    if uri.startswith("codex-lsp:"):
        answer = await editor.request("workspace/textDocumentContent", {"uri": uri})
        return str(answer["text"])
    return path_of(uri).read_text(encoding="utf-8")
