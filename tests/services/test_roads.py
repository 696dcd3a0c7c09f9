"""The three roads, each through HTTP: a workspace, tools, and neither."""

from __future__ import annotations

import ast
import json
from typing import Any

import httpx
import pytest

from codex_lsp.edits import apply_reply, holds_edits
from tests.services.asking import CHAT, Streamed, stream, workspace

TEXT = """\
import sys
import os


def first(a):
    return   a


def second(b):
    if not b in sys.path:
        raise ValueError("no such thing")
    return set([c for c in b])
"""
EDIT = [{"type": "function", "function": {"name": name}} for name in ("read_file", "edit", "finish")]
ASK = "Path: pkg/a.py\nLines: 9-12\nInstruction: fix this\n\nThe file:\nInstruction: explain\n"


def chat(content: str) -> list[dict[str, Any]]:
    return [{"role": "system", "content": "You change code."}, {"role": "user", "content": content}]


def test_the_issues_example_gets_an_honest_answer(client: httpx.Client) -> None:
    said = client.post(
        CHAT,
        json={"model": "mini", "messages": chat("Plan steps and use tools as needed.")},
    ).json()
    assert (said["object"], said["model"], said["codex_agent"]) == (
        "chat.completion",
        "offline",
        {"mode": "offline"},
    )
    (choice,) = said["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"]["role"] == "assistant"
    assert "offline rule engine" in choice["message"]["content"]
    usage = said["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_events_are_chunks_with_the_role_first_and_the_end_last(client: httpx.Client) -> None:
    body = {"messages": chat("hello"), "stream_options": {"include_usage": True}}
    said = stream(client, body)
    assert said.done
    assert said.deltas[0]["role"] == "assistant"
    assert said.finish_reasons == ["stop"]
    assert {event["object"] for event in said.events} == {"chat.completion.chunk"}
    assert {event["id"] for event in said.events} == {said.events[0]["id"]}
    assert all(event["codex_agent"] == {"mode": "offline"} for event in said.events)
    assert said.events[-1]["choices"] == []
    assert said.events[-1]["usage"]["completion_tokens"] == len(said.content.split())


def test_no_usage_event_unless_asked_for(client: httpx.Client) -> None:
    said = stream(client, {"messages": chat("hello")})
    assert not any("usage" in event for event in said.events)


def patched(said: Streamed, path: str = "pkg/a.py", text: str = TEXT) -> str:
    head, found, _ = said.content.partition("*** Begin Patch")
    assert found
    assert head.strip()
    assert said.content.endswith("*** End Patch\n")
    after = apply_reply({path: text}, said.content).files[path]
    assert after is not None
    return after


def test_a_workspace_is_answered_with_a_patch_and_the_steps_as_they_were(client: httpx.Client) -> None:
    body = {"messages": chat("fix this"), "codex_agent": workspace("pkg/a.py", TEXT, 8, 11)}
    said = stream(client, body)
    assert patched(said) == TEXT.replace("not b in", "b not in")
    assert said.steps[0] == "read pkg/a.py (12 lines)\n"
    assert any("E713" in step and "line 10" in step for step in said.steps)
    assert all(step.endswith("\n") and step.count("\n") == 1 for step in said.steps)
    assert said.finish_reasons == ["stop"]


def test_the_same_answer_without_a_stream(client: httpx.Client) -> None:
    body = {"messages": chat("fix this"), "codex_agent": workspace("pkg/a.py", TEXT, 8, 11)}
    streamed = stream(client, body)
    (choice,) = client.post(CHAT, json=body).json()["choices"]
    assert choice["message"]["content"] == streamed.content
    assert choice["message"]["reasoning_content"] == "".join(streamed.steps)


def test_the_instruction_is_taken_from_the_documented_header(client: httpx.Client) -> None:
    said = stream(client, {"messages": chat(ASK), "codex_agent": workspace("pkg/a.py", TEXT, 8, 11)})
    assert patched(said) == TEXT.replace("not b in", "b not in")


def test_diagnostics_alone_are_a_wish(client: httpx.Client) -> None:
    report = {"line": 1, "end_line": 1, "code": "F401", "source": "Ruff", "message": "unused"}
    said = stream(
        client,
        {"messages": chat("Please."), "codex_agent": workspace("pkg/a.py", TEXT, 4, 4, [report])},
    )
    assert patched(said) == TEXT.replace("import os\n", "")


def test_without_a_focus_it_is_the_whole_file(client: httpx.Client) -> None:
    files = [{"path": "pkg/a.py", "text": TEXT}, {"path": "pkg/b.py", "text": "import os\n"}]
    body = {"messages": chat("format"), "codex_agent": {"workspace": {"files": files}}}
    assert patched(stream(client, body)) == TEXT.replace("return   a", "return a")


@pytest.mark.parametrize(
    ("path", "text", "wish", "said"),
    [
        ("a.py", TEXT, "write tests for this", "offline rule engine"),
        ("a.py", TEXT, "explain this", "not meaning"),
        ("a.rs", "fn main() {}\n", "format", "no Python"),
        ("a.py", "x = 1\n", "format", "nothing to change"),
    ],
)
def test_no_patch_but_a_sentence(client: httpx.Client, path: str, text: str, wish: str, said: str) -> None:
    body = {"messages": chat(wish), "codex_agent": workspace(path, text, 0, 10**6)}
    answer = stream(client, body)
    assert not holds_edits(answer.content)
    assert said in answer.content


class Loop:
    """A client with tools, as a plain chat model gets it: the file is read and changed in memory."""

    def __init__(self, client: httpx.Client, tools: list[dict[str, Any]], ask: str = ASK) -> None:
        self._client = client
        self._tools = tools
        self.messages = chat(ask)
        self.files = {"pkg/a.py": TEXT}
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def turn(self) -> dict[str, Any]:
        body = {"messages": self.messages, "tools": self._tools}
        (choice,) = self._client.post(CHAT, json=body).json()["choices"]
        message: dict[str, Any] = choice["message"]
        assert choice["finish_reason"] == ("tool_calls" if message.get("tool_calls") else "stop")
        self.messages.append(message)
        for call in message.get("tool_calls", ()):
            self.calls.append((call["function"]["name"], json.loads(call["function"]["arguments"])))
        return message

    def result(self, content: str) -> None:
        (call,) = self.messages[-1]["tool_calls"]
        self.messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})

    def edit(self, patch: str) -> None:
        after = apply_reply(self.files, patch).files["pkg/a.py"]
        assert after is not None
        self.files["pkg/a.py"] = after


def test_with_tools_it_reads_edits_and_finishes(client: httpx.Client) -> None:
    loop = Loop(client, EDIT)
    loop.turn()
    assert loop.calls == [("read_file", {"path": "pkg/a.py"})]
    loop.result(json.dumps({"path": "pkg/a.py", "text": TEXT}))
    loop.turn()
    name, arguments = loop.calls[-1]
    assert (name, set(arguments)) == ("edit", {"patch"})
    loop.edit(arguments["patch"])
    assert loop.files["pkg/a.py"] == TEXT.replace("not b in", "b not in")
    loop.result(json.dumps({"applied": True}))
    loop.turn()
    name, arguments = loop.calls[-1]
    assert name == "finish"
    assert "E713" in arguments["summary"]
    ids = [call["id"] for message in loop.messages for call in message.get("tool_calls") or ()]
    assert len(set(ids)) == len(ids) == 3


def test_tool_calls_are_streamed_too(client: httpx.Client) -> None:
    said = stream(client, {"messages": chat(ASK), "tools": EDIT})
    (delta,) = [delta for delta in said.deltas if "tool_calls" in delta]
    (call,) = delta["tool_calls"]
    assert (call["index"], call["type"], call["function"]["name"]) == (0, "function", "read_file")
    assert json.loads(call["function"]["arguments"]) == {"path": "pkg/a.py"}
    assert said.finish_reasons == ["tool_calls"]


def test_plain_text_is_a_files_text_as_well(client: httpx.Client) -> None:
    loop = Loop(client, EDIT)
    loop.turn()
    loop.result(TEXT)
    loop.turn()
    assert loop.calls[-1][0] == "edit"


@pytest.mark.parametrize("answer", ['{"error": "no such file"}', '{"error": {"message": "no such file"}}'])
def test_a_file_that_cannot_be_read_is_told(client: httpx.Client, answer: str) -> None:
    loop = Loop(client, EDIT)
    loop.turn()
    loop.result(answer)
    loop.turn()
    name, arguments = loop.calls[-1]
    assert name == "finish"
    assert "no such file" in arguments["summary"]


@pytest.mark.parametrize(
    "answer", ['{"error": "protected"}', "Error: protected", '{"ok": false, "why": "protected"}']
)
def test_an_edit_that_is_refused_is_told_and_not_tried_again(client: httpx.Client, answer: str) -> None:
    loop = Loop(client, EDIT)
    loop.turn()
    loop.result(json.dumps({"path": "pkg/a.py", "text": TEXT}))
    loop.turn()
    loop.result(answer)
    loop.turn()
    name, arguments = loop.calls[-1]
    assert name == "finish"
    assert "nothing was changed" in arguments["summary"]
    assert "protected" in arguments["summary"]


def test_only_declared_tools_are_called(client: httpx.Client) -> None:
    loop = Loop(client, EDIT[:1])
    loop.turn()
    loop.result(json.dumps({"path": "pkg/a.py", "text": TEXT}))
    content = loop.turn()["content"]
    loop.edit(content)
    assert loop.files["pkg/a.py"] == TEXT.replace("not b in", "b not in")


@pytest.mark.parametrize("options", [{"tools": EDIT[1:]}, {"tools": EDIT, "tool_choice": "none"}])
def test_without_eyes_it_says_so(client: httpx.Client, options: dict[str, Any]) -> None:
    (choice,) = client.post(CHAT, json={"messages": chat(ASK), **options}).json()["choices"]
    said = json.dumps(choice["message"])
    assert "read_file" in said
    assert "patch" not in said


def test_an_explanation_is_read_off_the_file(client: httpx.Client) -> None:
    loop = Loop(client, EDIT[:1], "Path: pkg/a.py\nLines: 9-12\nInstruction: Explain this code.")
    loop.turn()
    loop.result(json.dumps({"path": "pkg/a.py", "text": TEXT}))
    content = loop.turn()["content"]
    assert "`def second(b)`" in content
    assert "ValueError" in content


def test_a_new_question_begins_anew(client: httpx.Client) -> None:
    loop = Loop(client, EDIT)
    loop.turn()
    loop.result(json.dumps({"path": "pkg/a.py", "text": TEXT}))
    loop.messages.append({"role": "user", "content": ASK.replace("9-12", "5-6").replace("fix", "format")})
    loop.turn()
    assert loop.calls[-1] == ("read_file", {"path": "pkg/a.py"})
    loop.result(json.dumps({"path": "pkg/a.py", "text": TEXT}))
    loop.turn()
    loop.edit(loop.calls[-1][1]["patch"])
    assert loop.files["pkg/a.py"] == TEXT.replace("return   a", "return a")
    ast.parse(loop.files["pkg/a.py"])
