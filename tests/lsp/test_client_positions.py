"""Positions in the encoding of every captured editor: what is meant is the character that is hit."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from tests.support.buffers import Buffer
from tests.support.client_sessions import (
    ACCEPT,
    TEXT,
    URI,
    accept,
    actions_at,
    agent,
    ask,
    proposals,
    session,
)
from tests.support.editor_clients import NAMES, load

_LINE = st.text("ab é\u0301😀𝒳\t\f\v\x85\u2028\u2029\x1c", max_size=6)
_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
_PIECE = st.text("xéo\u0301😀𝒳\t", min_size=1, max_size=3)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Texts of which each line is another, with any line end, and with or without one at the end."""
    lines = draw(st.lists(st.tuples(_LINE, _ENDS), min_size=1, max_size=8))
    text = "".join(f"{number}{line}.{end}" for number, (line, end) in enumerate(lines))
    return text if draw(st.booleans()) else text[: -len(lines[-1][1])]


def changed(text: str, changes: dict[int, tuple[int, int, str]]) -> tuple[str, list[dict[str, str]]]:
    """The text with a `(start, length, piece)` put into some of its lines, and the edits that say so."""
    pieces, edits = [], []
    for number, (line, end) in enumerate(re.findall(r"([^\r\n]*)(\r\n|\n|\r|$)", text)):
        new = line
        if line and number in changes:
            start, length, piece = changes[number]
            start = 1 + start % len(line)
            new = line[:start] + piece + line[start + length :]
            edits += [{"path": "m.py", "old": line, "new": new}] if new != line else []
        pieces += [new, end]
    return "".join(pieces), edits


_CHANGES = st.dictionaries(
    st.integers(0, 7), st.tuples(st.integers(0, 9), st.integers(0, 3), _PIECE), min_size=1, max_size=4
)


@pytest.mark.parametrize("apply", ["direct", "review"])
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None)
@given(text=documents(), changes=_CHANGES, order=st.randoms(use_true_random=False))
async def test_edits_land_on_the_right_characters(
    name: str, apply: str, text: str, changes: dict[int, tuple[int, int, str]], order: Any
) -> None:
    held = Buffer(URI, text, one_line_end=load(name).quirks.one_line_end).text
    expected, edits = changed(held, changes)
    assume(expected != held)
    reply = Reply(json.dumps({"edits": edits}))
    async with session(name, ScriptedModel([reply])) as (editor, server):
        buffer = await editor.open(URI, text)
        await ask(editor, URI, apply=apply)
        await editor.wait_for_progress_end()
        while editor.diagnostics.get(URI):
            await accept(editor, URI, ACCEPT, order.randrange(len(editor.diagnostics[URI])))
        assert buffer.text == expected
        assert await proposals(editor) == []
        document = server.documents.find(URI)
        assert document
        assert document.source == buffer.text


SELECTIONS = [("é = '", "'𝒳\u0301\f"), ("x\u2028", "b"), ("😀c", "c")]


@pytest.mark.parametrize(("first", "last"), SELECTIONS, ids=["in a line", "over lines", "in the last line"])
@pytest.mark.parametrize("name", NAMES)
async def test_the_agent_sees_the_selection_that_the_person_made(name: str, first: str, last: str) -> None:
    model = ScriptedModel([Reply("Nothing to do.")], ModelInfo("agent", "echo"))
    async with session(name, model) as (editor, _):
        buffer = await editor.open(URI, "😀é = '𝒳\u0301\f' + x\u2028 + 1\r\nb = 1\r\n😀c")
        start, end = buffer.text.index(first), buffer.text.index(last) + len(last)
        chosen = next(a for t, a in (await actions_at(editor, URI, start, end)).items() if "simplify" in t)
        await editor.run_action(chosen)
        await editor.wait_for_progress_end()
        workspace = model.requests[0].workspace
        assert workspace
        focus = workspace["focus"]
        assert {"start": focus["start"], "end": focus["end"]} == buffer.range(start, end, "utf-32")


@pytest.mark.parametrize("name", NAMES)
async def test_a_problem_is_fixed_where_the_client_tells_it(name: str) -> None:
    async with session(name, agent()) as (editor, _):
        buffer = await editor.open(URI, TEXT)
        place = buffer.range(13, 21, editor.documents.encoding)
        problem = {"range": place, "message": "too little", "source": "other", "severity": 1}
        titles = [each["title"] for each in await editor.code_actions(URI, 13, 21, diagnostics=[problem])]
        told = load(name).quirks.context_diagnostics == "all"
        assert any("too little" in title for title in titles) == told
