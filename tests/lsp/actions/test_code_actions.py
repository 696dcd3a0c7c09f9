"""What is offered where, and what is not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from tests.support.editor import FakeEditor
from tests.support.patches import enveloped
from tests.support.serving import serving

AGENT = ModelInfo(kind="agent", mode="llm", name="agent")
TEXT = "import os\nimport sys\n\n\ndef f():\n    return 1\n"
COMMIT = """
# Please enter the commit message for your changes.
# Changes to be committed:
#\tmodified:   m.py
#
# ------------------------ >8 ------------------------
# Do not modify or remove the line above.
diff --git a/m.py b/m.py
--- a/m.py
+++ b/m.py
@@ -1 +1 @@
-return 1
+return 2
"""


def agent(*replies: str) -> ScriptedModel:
    return ScriptedModel([Reply(each) for each in replies], AGENT)


def problem(editor: FakeEditor, uri: str, start: int, end: int, message: str = "wrong") -> dict[str, Any]:
    place = editor.buffer(uri).range(start, end, editor.documents.encoding)
    return {"range": place, "message": message, "source": "lint", "severity": 1}


def titles(actions: Iterable[dict[str, Any]]) -> list[str]:
    return [action["title"].removeprefix("Codex: ") for action in actions]


async def offered(editor: FakeEditor, uri: str, place: str, **more: Any) -> list[str]:
    """The titles at the first place that holds a text."""
    text = editor.buffer(uri).text
    at = text.index(place)
    return titles(await editor.code_actions(uri, at, at, **more))


AT_F = [
    "tidy up `f`", "write docstrings for `f`", "add types to `f`", "simplify `f`", "write tests for `f`",
    "explain `f`",
]  # fmt: skip


async def test_titles_name_the_symbol_or_the_lines(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        assert await offered(editor, uri, "return") == AT_F
        selected = titles(await editor.code_actions(uri, 0, len("import os\nimport sys\n")))
        assert "sort the imports" in selected
        assert "explain lines 1–2" in selected


async def test_where_there_is_nothing_to_ask_about_nothing_is_offered(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        at = TEXT.index("\n\ndef") + 1
        assert await editor.code_actions(uri, at, at) == []
        assert await offered(editor, uri, "import sys") == ["sort the imports"]


async def test_an_editor_that_asks_by_itself_gets_what_a_diagnostic_is_about(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        text = "# AI! do it\n" + TEXT
        uri = (await editor.open("m.py", text)).uri
        whole = (0, len(text))
        assert await editor.code_actions(uri, *whole, trigger_kind=2) == []
        found = [problem(editor, uri, 0, 3), problem(editor, uri, 3, 5, "worse")]
        automatic = await editor.code_actions(uri, *whole, trigger_kind=2, diagnostics=found)
        assert titles(automatic) == ["fix “wrong”", "fix “worse”"]
        for only in (["source.fixAll"], ["source.codex.fixAll"], ["source"], ["source.organizeImports"]):
            saved = await editor.code_actions(uri, *whole, trigger_kind=2, diagnostics=found, only=only)
            assert saved == []


async def test_kinds_are_asked_for_by_prefix_and_nothing_is_preferred(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        at = TEXT.index("return")
        found = [problem(editor, uri, at, at + 6), problem(editor, uri, at, at + 8, "worse")]
        by_kind = {
            "quickfix": ["fix “wrong”", "fix “worse”"],
            "quickfix.codex": ["fix “wrong”", "fix “worse”"],
            "quickfix.cod": [],
            "source.codex.fixAll": ["fix all 2 problems"],
            "source.fixAll": [],
            "source.codex": ["fix all 2 problems", "write tests for `f`", "explain `f`"],
            "refactor": AT_F[:4],
            "refactor.rewrite.codex": AT_F[:4],
            "refactor.extract": [],
        }
        for kind, expected in by_kind.items():
            actions = await editor.code_actions(uri, at, at, only=[kind], diagnostics=found, trigger_kind=1)
            assert titles(actions) == expected
            assert not any("isPreferred" in action for action in actions)


async def test_all_problems_of_a_file_are_one_ask_about_all_their_lines(tmp_path: Path) -> None:
    model = agent(enveloped("*** Update File: m.py", "-import os", "-    return 1", "+    return 2"))
    async with serving(model, tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        last = TEXT.index("return 1")
        found = [problem(editor, uri, last, last + 8, "two"), problem(editor, uri, 0, 9, "unused")]
        (action,) = await editor.code_actions(uri, 0, 0, only=["source.codex.fixAll"], diagnostics=found)
        await editor.run_action(action)
        await editor.wait_for_progress_end()
    said = model.requests[0].messages[-1]["content"]
    assert "Lines: 1-6" in said
    assert said.index("- 1: - (lint): unused") < said.index("- 6: - (lint): two")


async def test_too_many_problems_are_done_in_parts(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        text = "x\n" * 150
        uri = (await editor.open("m.py", text)).uri
        found = [problem(editor, uri, 2 * line, 2 * line + 1) for line in range(150)]
        (action,) = await editor.code_actions(uri, 0, 0, only=["source.codex.fixAll"], diagnostics=found)
        assert titles([action]) == ["fix the first 100 of 150 problems"]
        (arguments,) = action["command"]["arguments"]
        assert arguments["range"]["end"] == {"line": 99, "character": 1}
        assert len(arguments["diagnostics"]) == 100


@pytest.mark.parametrize(
    ("hidden", "left"),
    [
        (["docs", "types"], [AT_F[0], *AT_F[3:]]),
        (["python:explain"], AT_F[:-1]),
        (["ruby:explain", "nothing"], AT_F),
        (["python:*"], []),
        (["*"], []),
    ],
)
async def test_actions_can_be_switched_off(tmp_path: Path, hidden: list[str], left: list[str]) -> None:
    options = {"codexLsp": {"hiddenActions": hidden}}
    async with serving(agent(), tmp_path, initialization_options=options) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        assert await offered(editor, uri, "return") == left


async def test_fixes_and_comments_can_be_switched_off_too(tmp_path: Path) -> None:
    options = {"codexLsp": {"hiddenActions": ["fix", "fixAll", "comments"]}}
    async with serving(agent(), tmp_path, initialization_options=options) as (editor, _):
        uri = (await editor.open("m.py", "# AI! do it\n")).uri
        found = [problem(editor, uri, 0, 3), problem(editor, uri, 3, 5)]
        assert await editor.code_actions(uri, 0, 0, diagnostics=found) == []
        assert await editor.code_actions(uri, 0, 0, diagnostics=found, only=["source.codex"]) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("notes.md", "words\n", ["explain line 1"]),
        ("data.json", "{}\n", ["tidy up line 1", "simplify line 1", "explain line 1"]),
        ("a.go", "func F() {}\n", [each.replace("`f`", "`F`") for each in AT_F if "types" not in each]),
    ],
)  # fmt: skip
async def test_a_language_gets_what_makes_sense_in_it(
    tmp_path: Path, name: str, text: str, expected: list[str]
) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open(name, text)).uri
        found = titles(await editor.code_actions(uri, 0, len(text)))
        assert found == expected


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (["tests/test_other.py"], "Put them into the new file tests/test_m.py."),
        (["tests/test_m.py"], "Add them to tests/test_m.py, in the way in which it is written."),
    ],
)
async def test_tests_go_where_tests_are(tmp_path: Path, there: list[str], told: str) -> None:
    for each in there:
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_text("x = 1\n")
    model = agent(enveloped("*** Add File: tests/test_new.py", "+def test_f():", "+    assert True"))
    async with serving(model, tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        at = TEXT.index("return")
        action = next(each for each in await editor.code_actions(uri, at, at) if "tests for" in each["title"])
        await editor.run_action(action)
        await editor.wait_for_progress_end()
        assert editor.buffer("tests/test_new.py").text == "def test_f():\n    assert True\n"
        assert editor.buffer(uri).text == TEXT
    assert told in model.requests[0].messages[-1]["content"]


async def test_tests_need_a_folder(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open("untitled:Untitled-1", TEXT)).uri
        at = TEXT.index("return")
        arguments = {"uri": uri, "range": editor.buffer(uri).range(at, at, "utf-16"), "name": "tests"}
        answer = await editor.execute("codexLsp.askReady", arguments)
        assert answer["error"]["code"] == "no_folder"
        await editor.wait_for_message("open the project's folder first")


@pytest.mark.parametrize("place", [".git/COMMIT_EDITMSG", ".git/MERGE_MSG"])
async def test_a_commit_message_is_written_from_what_the_editor_shows(tmp_path: Path, place: str) -> None:
    (tmp_path / ".git").mkdir()
    model = agent("```\nReturn two\n```")
    async with serving(model, tmp_path) as (editor, _):
        uri = (await editor.open(place, COMMIT)).uri
        actions = await editor.code_actions(uri, 0, 0)
        assert titles(actions) == ["write the commit message"]
        await editor.run_action(actions[0])
        await editor.wait_for_progress_end()
        assert editor.buffer(uri).text == "Return two" + COMMIT
    workspace = model.requests[0].workspace
    assert workspace is not None
    assert workspace["files"] == [{"path": place, "text": COMMIT}]


async def test_a_commit_message_comes_before_the_lines_that_tell_git_where_it_ends(tmp_path: Path) -> None:
    scissors = COMMIT[COMMIT.index("# ----") :]
    async with serving(agent("```\nReturn two\n```"), tmp_path) as (editor, _):
        uri = (await editor.open("COMMIT_EDITMSG", scissors)).uri
        (action,) = await editor.code_actions(uri, 0, 0)
        await editor.run_action(action)
        await editor.wait_for_progress_end()
        assert editor.buffer(uri).text == "Return two\n" + scissors


async def test_a_commit_message_is_not_offered_where_nothing_is_told_of_the_change(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open(".git/COMMIT_EDITMSG", "\n# Please enter a message.\n")).uri
        assert await editor.code_actions(uri, 0, 0) == []


async def test_of_all_else_in_gits_folder_nothing_is_changed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    model = agent(enveloped("*** Update File: .git/config", "-a = 1", "+a = 2"))
    async with serving(model, tmp_path) as (editor, _):
        uri = (await editor.open(".git/config", "a = 1\n")).uri
        await editor.execute(
            "codexLsp.askReady",
            {"uri": uri, "range": editor.buffer(uri).range(0, 1, "utf-16"), "name": "tidy"},
        )
        await editor.wait_for_message("it is protected")
        assert editor.buffer(uri).text == "a = 1\n"
