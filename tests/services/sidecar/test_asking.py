from __future__ import annotations

import json
from typing import Any

import pytest

from codex_lsp.services.errors import ApiError
from codex_lsp.services.requests import ChatRequest, parse
from codex_lsp.services.sidecar.asking import instructions, question


def request(*messages: tuple[str, str], **more: Any) -> ChatRequest:
    sent = [{"role": role, "content": text} for role, text in messages]
    return parse(json.dumps({"messages": sent, **more}).encode())


def test_one_message_is_the_question_itself() -> None:
    assert question(request(("system", "Be brief."), ("user", "Why?"))) == "Why?"


def test_a_conversation_is_told_in_turns() -> None:
    asked = request(("user", "Why?"), ("assistant", "Because."), ("user", "And how?"))
    assert question(asked) == "The person said:\nWhy?\n\nYou said:\nBecause.\n\nThe person said:\nAnd how?"


def test_what_the_client_says_of_the_work_is_kept_apart() -> None:
    told = instructions(request(("system", "Be brief."), ("developer", "Be kind."), ("user", "Why?")))
    assert (
        told
        == "There is no workspace: the current folder is empty. Answer in words.\n\nBe brief.\n\nBe kind."
    )


def test_the_selection_is_told() -> None:
    focus = {"path": "a.py", "start": {"line": 3, "character": 0}, "end": {"line": 4, "character": 0}}
    workspace = {"files": [{"path": "a.py", "text": "1\n"}], "focus": focus}
    asked = request(("user", "Why?"), codex_agent={"workspace": workspace})
    assert question(asked) == "Why?\n\nWhat is asked is about line 4 of a.py."
    assert "current folder, a copy" in instructions(asked)


@pytest.mark.parametrize("last", [("assistant", "Hello."), ("user", "  ")])
def test_without_a_question_there_is_no_answer(last: tuple[str, str]) -> None:
    with pytest.raises(ApiError) as refused:
        question(request(last))
    assert refused.value.code == "no_question"
