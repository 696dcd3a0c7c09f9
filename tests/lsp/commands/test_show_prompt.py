"""`codexLsp.showPrompt`: exactly what an ask would send first, and nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelError, ModelInfo, Reply, Request, ScriptedModel
from tests.support.editor import FakeEditor, ResponseError
from tests.support.serving import OFF, serving

TEXT = "from util import helper\n\n\ndef f():\n    return helper(1)\n\n\ndef g():\n    return 2\n"
UTIL = "def helper(n):\n    return n\n"
AGENT = ModelInfo(kind="agent", mode="llm", name="a")


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "AGENTS.md").write_text("Write `short` functions.\n")
    return tmp_path


async def opened(editor: FakeEditor, util: str = UTIL) -> dict[str, Any]:
    await editor.open("util.py", util)
    buffer = await editor.open("app.py", TEXT)
    start = TEXT.index("def f")
    end = TEXT.index("\n\n\ndef g")
    return {
        "uri": buffer.uri,
        "range": buffer.range(start, end, editor.documents.encoding),
        "instruction": "Return ‘two’ times as much.",
    }


def sent(request: Request) -> dict[str, Any]:
    """The request as JSON carries it."""
    made: dict[str, Any] = {"messages": list(request.messages)}
    if request.tools:
        made["tools"] = list(request.tools)
    if request.workspace is not None:
        made["codex_agent"] = {"workspace": request.workspace}
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


@pytest.mark.parametrize("info", [ModelInfo(name="m"), AGENT], ids=["model", "agent"])
@pytest.mark.parametrize("kind", ["edit", "fix", "explain"])
async def test_it_is_what_the_ask_then_sends(root: Path, info: ModelInfo, kind: str) -> None:
    model = ScriptedModel([Reply("It is fine.")], info)
    command = {"edit": "ask"}.get(kind, kind)
    place = {"start": {"line": 4, "character": 11}, "end": {"line": 4, "character": 17}}
    diagnostic = {
        "range": place,
        "message": "unknown name",
        "code": "F821",
        "source": "lint",
        "relatedInformation": [
            {"location": {"uri": (root / "util.py").as_uri(), "range": place}, "message": "defined here"}
        ],
    }
    async with serving(model, root) as (editor, _):
        arguments = await opened(editor) | {"diagnostics": [diagnostic]}
        shown = await editor.execute("codexLsp.showPrompt", arguments | {"kind": kind})
        assert model.requests == []
        await editor.execute(f"codexLsp.{command}", arguments)
        await editor.wait_for_progress_end()
    (request,) = model.requests
    assert shown["requests"][info.kind] == sent(request)
    said = json.dumps(sent(request), ensure_ascii=False)
    assert "Write `short` functions." in said
    assert "  see util.py:5: defined here" in str(request.messages[-1]["content"])
    if info.kind == "agent":
        assert [file["path"] for file in sent(request)["codex_agent"]["workspace"]["files"]] == [
            "app.py",
            "util.py",
            "AGENTS.md",
        ]
    else:
        assert bool(request.tools)
        assert "def helper(n):" in said


async def test_once_the_endpoint_is_known_only_its_road_is_told(root: Path) -> None:
    model = ScriptedModel([], AGENT)
    async with serving(model, root) as (editor, _):
        arguments = await opened(editor)
        first = await editor.execute("codexLsp.showPrompt", arguments)
        assert (first["road"], set(first["requests"])) == (None, {"model", "agent"})
        await editor.wait(lambda: editor.shown_documents)
        again = await editor.execute("codexLsp.showPrompt", arguments)
        assert (again["road"], set(again["requests"])) == ("agent", {"agent"})
        assert again["requests"]["agent"] == first["requests"]["agent"]
        assert again["tokens"]["agent"] <= again["budget"]
        assert again["paths"] == {"agent": ["app.py", "util.py", "AGENTS.md"]}
        await editor.wait(lambda: len(editor.shown_documents) == 2)


async def test_the_road_of_the_settings_counts(root: Path) -> None:
    async with serving(ScriptedModel([]), root, initialization_options={"road": "agent"}) as (editor, _):
        shown = await editor.execute("codexLsp.showPrompt", await opened(editor))
        assert shown["road"] == "agent"


async def test_the_budget_of_the_settings_counts(root: Path) -> None:
    settings = {"maxContextTokens": 1000, "road": "model"}
    async with serving(ScriptedModel([]), root, initialization_options=settings) as (editor, _):
        shown = await editor.execute("codexLsp.showPrompt", await opened(editor, UTIL + "# more\n" * 2000))
        assert shown["budget"] == 1000
        assert shown["tokens"]["model"] <= 1000


async def test_the_file_that_is_shown_has_the_messages_as_they_are(root: Path, state: Path) -> None:
    async with serving(ScriptedModel([], ModelInfo()), root) as (editor, _):
        shown = await editor.execute("codexLsp.showPrompt", await opened(editor))
        await editor.wait(lambda: editor.shown_documents)
        (params,) = editor.shown_documents
        (file,) = (state / "codex-lsp" / "shown").iterdir()
        assert params == {"uri": file.as_uri(), "external": False, "takeFocus": False}
        assert file.stat().st_mode & 0o777 == 0o400
        text = file.read_text(encoding="utf-8")
        assert text.startswith("# What would be sent to a model\n\nContext: ")
        for message in shown["requests"]["model"]["messages"]:
            assert f"## {message['role']}\n\n{message['content']}\n" in text
        assert json.dumps(shown["requests"]["model"]["tools"], ensure_ascii=False, indent=2) in text
        assert "an agent" not in text


async def test_it_needs_no_endpoint(root: Path, state: Path) -> None:
    class Closed(ScriptedModel):
        async def describe(self) -> ModelInfo:
            raise ModelError("off")

    async with serving(Closed([]), root, config=OFF) as (editor, _):
        shown = await editor.execute("codexLsp.showPrompt", await opened(editor))
        assert set(shown["requests"]) == {"model", "agent"}
        await editor.wait(lambda: editor.shown_documents)
        (file,) = (state / "codex-lsp" / "shown").iterdir()
        text = file.read_text(encoding="utf-8")
        assert "# What would be sent to a model" in text
        assert "# What would be sent to an agent" in text


async def test_what_does_not_fit(root: Path) -> None:
    async with serving(ScriptedModel([]), root) as (editor, _):
        arguments = await opened(editor)
        with pytest.raises(ResponseError, match="'kind' must be one of"):
            await editor.execute("codexLsp.showPrompt", arguments | {"kind": "rewrite"})
        with pytest.raises(ResponseError, match="relatedInformation"):
            await editor.execute(
                "codexLsp.showPrompt",
                arguments
                | {
                    "diagnostics": [
                        {"range": arguments["range"], "message": "m", "relatedInformation": [{"message": 1}]}
                    ]
                },
            )
        stale = await editor.execute("codexLsp.showPrompt", arguments | {"version": 7})
        assert stale["error"]["code"] == "stale"
        gone = await editor.execute("codexLsp.showPrompt", arguments | {"uri": editor.uri("other.py")})
        assert gone == {
            "road": None,
            "requests": {},
            "error": {
                "code": "not_open",
                "message": "The document is not open in the editor: open it and ask again.",
            },
        }


async def test_what_a_problem_refers_to_travels_with_its_action(root: Path) -> None:
    async with serving(ScriptedModel([]), root, initialization_options={"road": "model"}) as (editor, _):
        arguments = await opened(editor)
        place = {"start": {"line": 4, "character": 11}, "end": {"line": 4, "character": 17}}
        related = [
            {"location": {"uri": editor.uri("util.py"), "range": place}, "message": f"candidate {number}"}
            for number in range(20)
        ]
        diagnostic = {"range": place, "message": "no such call", "relatedInformation": related}
        at = TEXT.index("helper(1)")
        actions = await editor.code_actions(arguments["uri"], at, at, diagnostics=[diagnostic])
        (fix,) = [each for each in actions if each["kind"] == "quickfix.codex"]
        (offered,) = fix["command"]["arguments"]
        shown = await editor.execute("codexLsp.showPrompt", offered | {"kind": "fix"})
        said = shown["requests"]["model"]["messages"][-1]["content"]
        assert "- 5: - (-): no such call\n  see util.py:5: candidate 0\n" in said
        assert "candidate 9" in said
        assert "candidate 10" not in said


async def test_the_document_that_was_typed_in_last_is_the_most_recent(root: Path) -> None:
    async with serving(ScriptedModel([]), root, initialization_options={"road": "agent"}) as (editor, _):
        for number in range(5):
            await editor.open(f"beside{number}.py", f"x = {number}\n")
        arguments = await opened(editor, "y = 1\n")
        await editor.type(editor.uri("beside1.py"), 0, "# typed\n")
        shown = await editor.execute("codexLsp.showPrompt", arguments)
        assert shown["paths"]["agent"] == ["app.py", "util.py", "beside1.py", "beside4.py", "AGENTS.md"]
