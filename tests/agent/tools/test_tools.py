from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import ToolCall
from codex_lsp.agent.overlay import Diagnostic, Overlay, Related, Snapshot
from codex_lsp.agent.tools import Result, Toolbox
from codex_lsp.agent.tools.reading import MAX_CHARS, MAX_LINE_CHARS, MAX_LINES
from codex_lsp.edits import Focus
from codex_lsp.workspace.policy import Root
from tests.support.patches import patch

TEXT = "a = 1\nb = 2\n"
ASK = Ask("x", Focus("m.py", 0, 6))


class Box:
    """A toolbox and its overlay, with `m.py` open."""

    def __init__(self, root: Path | None = None, ask: Ask = ASK, **open_files: Snapshot) -> None:
        snapshots = {"m.py": Snapshot("m.py", TEXT, language="python")}
        snapshots |= {each.path: each for each in open_files.values()}
        self.overlay = Overlay(snapshots, Root(root) if root else None)
        self.overlay.allow(ask.focus.path)
        self.box = Toolbox(self.overlay, ask)

    async def call(self, name: str, **arguments: Any) -> Result:
        return await self.box.call(ToolCall("1", name, json.dumps(arguments)))


@pytest.mark.parametrize("kind", ["edit", "fix", "explain"])
def test_schemas_are_plain_and_strict(kind: Any) -> None:
    schemas = Box(ask=Ask("x", ASK.focus, kind)).box.schemas
    names = [schema["function"]["name"] for schema in schemas]
    assert names[:5] == ["read_file", "list_files", "search", "outline", "diagnostics"]
    assert names[5:] == ([] if kind == "explain" else ["edit", "finish"])
    for schema in schemas:
        parameters = schema["function"]["parameters"]
        jsonschema.Draft202012Validator.check_schema(parameters)
        assert parameters["additionalProperties"] is False
        assert set(parameters["required"]) <= set(parameters["properties"])
        assert {each["type"] for each in parameters["properties"].values()} <= {
            "string",
            "integer",
            "boolean",
        }
        assert all(each["description"] for each in parameters["properties"].values())


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("rm", "{}", "there is no tool 'rm'; the tools are read_file, list_files"),
        ("edit", "{", "not JSON"),
        ("edit", "[]", "one JSON object"),
        ("edit", '{"patch": "x", "path": "m.py"}', "either patch, or path, old and new"),
        ("edit", '{"path": "m.py", "old": "a"}', "new missing"),
        ("edit", '{"patch": null}', "either patch, or path, old and new"),
        ("read_file", "{}", "needs the argument 'path'"),
        ("read_file", "", "needs the argument 'path'"),
        ("read_file", '{"path": 7}', "path must be a string, not 7"),
        ("read_file", '{"path": "m.py", "line": 3}', "has no argument 'line'; it takes path, start_line"),
        ("read_file", '{"path": "m.py", "start_line": true}', "a whole number, not true"),
        ("read_file", '{"path": "m.py", "start_line": "1"}', "a whole number"),
        ("read_file", '{"path": "m.py", "start_line": 0}', "count from 1"),
        ("read_file", '{"path": "m.py", "start_line": 2, "end_line": 1}', "not before start_line"),
        ("read_file", '{"path": "m.py", "start_line": 3}', "has only 2 lines"),
        ("search", '{"pattern": "x", "regex": "yes"}', "true or false"),
        ("search", '{"pattern": ""}', "not empty"),
        ("search", '{"pattern": "a\\nb"}', "of one line"),
        ("search", '{"pattern": "a\\u0000"}', "of one line"),
        ("search", json.dumps({"pattern": "a" * 1_001}), "1000 characters at most"),
        ("search", json.dumps({"pattern": "a", "glob": "{a,b}" * 20}), "is no glob"),
        ("search", json.dumps({"pattern": "a", "glob": "a" * 501}), "is no glob"),
        ("search", '{"pattern": "a(", "regex": true}', "cannot be searched for"),
        ("search", '{"pattern": "a", "glob": "[a"}', "is no glob"),
        ("list_files", '{"glob": "!x"}', "is no glob"),
        ("finish", '{"summary": ["x"]}', "must be a string"),
        ("finish", "[" * 100_000, "not JSON"),
    ],
)
async def test_arguments_that_do_not_fit_are_told_in_words(name: str, raw: str, said: str) -> None:
    result = await Box().box.call(ToolCall("1", name, raw))
    assert result.problem == "arguments"
    assert result.text.startswith("error: ")
    assert said in result.text
    assert result.summary is None


async def test_a_null_is_an_argument_left_out_and_a_float_may_be_whole() -> None:
    result = await Box().call("read_file", path="m.py", start_line=2.0, end_line=None)
    assert result.text == "m.py, lines 2-2 of 2:\n2\tb = 2"


@pytest.mark.parametrize(
    ("call", "path", "problem", "said"),
    [
        ("read_file", "../x", "denied", "leaves the workspace"),
        ("read_file", ".env", "denied", "holds secrets"),
        ("read_file", ".git/config", "denied", "version control"),
        ("read_file", "out/x", "denied", "link leads out"),
        ("read_file", "link", "denied", "holds secrets"),
        ("read_file", "gone.py", "failed", "no such file"),
        ("read_file", "sub", "failed", "no such file"),
        ("read_file", "binary", "failed", "NUL byte"),
        ("outline", "gone.py", "failed", "no such file"),
        ("outline", "data.unknown", "failed", "without outlines"),
        ("diagnostics", "gone.py", "failed", "no such file"),
        ("list_files", "gone", "failed", "no such folder"),
        ("list_files", "out", "denied", "link leads out"),
        ("list_files", "..", "denied", "leaves the workspace"),
        ("list_files", ".git", "denied", "version control"),
    ],
)
async def test_what_cannot_be_had(tmp_path: Path, call: str, path: str, problem: str, said: str) -> None:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x")
    (root / ".env").write_text("KEY=1")
    (root / "binary").write_bytes(b"a\0b")
    (root / "data.unknown").write_text("x")
    (root / "out").symlink_to(tmp_path)
    (root / "link").symlink_to(".env")
    result = await Box(root).call(call, path=path)
    assert (result.problem, said in result.text) == (problem, True), result


async def test_a_file_is_read_with_numbers_as_the_run_sees_it(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_bytes(b"one\r\ntwo\r\n")
    (tmp_path / "empty").write_text("")
    box = Box(tmp_path)
    assert (await box.call("read_file", path="other.py")).text == "other.py, lines 1-2 of 2:\n1\tone\n2\ttwo"
    assert (await box.call("read_file", path="empty")).text == "empty is empty."
    await box.call("edit", path="other.py", old="two", new="2")
    result = await box.call("read_file", path="./other.py", start_line=2, end_line=99)
    assert (result.text, result.step) == ("./other.py, lines 2-2 of 2:\n2\t2", "read ./other.py, lines 2-2")


async def test_a_long_file_is_read_in_parts_that_join(tmp_path: Path) -> None:
    lines = [f"line {number} " + "x" * (number % 97) for number in range(1, MAX_LINES * 2 + 8)]
    (tmp_path / "long.txt").write_text("\n".join(lines))
    box, found, start = Box(tmp_path), [], 1
    for _ in range(20):
        text = (await box.call("read_file", path="long.txt", start_line=start)).text
        assert len(text) < MAX_CHARS * 2
        _, *shown = text.split("\n")
        cut = shown.pop() if shown[-1].startswith("[cut here: read_file with start_line=") else ""
        found += [line.split("\t", 1)[1] for line in shown]
        if not cut:
            break
        start = int(cut.split("=")[1].split(" ")[0])
        assert start == len(found) + 1
    assert found == lines


async def test_a_long_line_is_cut_and_can_be_read_alone(tmp_path: Path) -> None:
    (tmp_path / "min.js").write_text("a\n" + "x" * (MAX_LINE_CHARS + 5) + "\nb\n")
    box = Box(tmp_path)
    text = (await box.call("read_file", path="min.js")).text
    assert "[cut here, 5 characters more: read this line alone for more]\n3\tb" in text
    alone = (await box.call("read_file", path="min.js", start_line=2, end_line=2)).text
    assert alone.endswith("\t" + "x" * (MAX_LINE_CHARS + 5))


async def test_edits_by_patch_by_text_and_by_any_other_format() -> None:
    box = Box()
    assert (await box.call("edit", patch=patch("m.py", "-a = 1", "+a = 3"))).text == "applied to m.py."
    assert (await box.call("edit", path="m.py", old="a = 3", new="a = 4")).step == "edited m.py"
    blocks = "m.py\n<<<<<<< SEARCH\nb = 2\n=======\nb = 4\n>>>>>>> REPLACE\n"
    assert (await box.call("edit", patch=blocks)).problem == ""
    await box.call("edit", path="m.py", old=" = 4", new=" = 5", replace_all=True)
    assert box.overlay.read("m.py") == "a = 5\nb = 5\n"


@pytest.mark.parametrize(
    ("arguments", "problem", "said"),
    [
        ({"patch": patch("m.py", "-q", "+x")}, "edit", "m.py, hunk 1"),
        ({"patch": "no patch"}, "edit", "holds no edits"),
        ({"path": "m.py", "old": " = ", "new": "="}, "edit", "Nothing was applied."),
        ({"path": "gone.py", "old": "a", "new": "b"}, "edit", "gone.py"),
        ({"patch": patch(".hg/hgrc", "-a", "+b")}, "denied", "version control"),
        ({"patch": patch("../m.py", "-a", "+b")}, "denied", "leaves the workspace"),
    ],
)
async def test_a_failed_edit_has_the_engines_words_and_changes_nothing(
    tmp_path: Path, arguments: dict[str, Any], problem: str, said: str
) -> None:
    (tmp_path / "Makefile").write_text("a\n")
    box = Box(tmp_path)
    result = await box.call("edit", **arguments)
    assert (result.problem, said in result.text) == (problem, True), result
    assert box.overlay.changes() == ()


async def test_diagnostics_with_code_and_related_places() -> None:
    other = Related("n.py", 6, "first defined\nhere")
    found = Diagnostic(1, 1, "b is  bad", "E1", "lint", (other,))
    box = Box(n=Snapshot("n.py", "x\n", diagnostics=(found, Diagnostic(0, 0, "plain"))))
    told = "n.py:2: b is bad (lint E1)\n  n.py:7: first defined here\nn.py:1: plain"
    assert (await box.call("diagnostics", path="n.py")).text == told
    assert (await box.call("diagnostics")).text == told
    assert (await box.call("diagnostics", path="m.py")).text == "The editor shows no problems there."
    await box.call("edit", path="n.py", old="x", new="y")
    assert "as it was before your edits" in (await box.call("diagnostics")).text


async def test_many_diagnostics_are_cut_and_the_rest_is_counted() -> None:
    many = tuple(Diagnostic(line, line, "x" * 2_000) for line in range(250))
    text = (await Box(n=Snapshot("n.py", "x\n", diagnostics=many)).call("diagnostics")).text
    assert "[cut here, 1000 characters more]" in text
    assert text.endswith("[cut here: 50 more; ask for one path]")


async def test_an_outline_of_pending_text() -> None:
    box = Box()
    await box.call("edit", path="m.py", old="b = 2", new="class K:\n    def f(self):\n        pass")
    text = (await box.call("outline", path="m.py")).text
    assert "2-4\tclass K" in text
    assert "\n  3-4\tmethod f" in text


async def test_a_long_outline_is_cut() -> None:
    text = "".join(f"def f{number}(): pass\n" for number in range(700))
    result = await Box(n=Snapshot("n.py", text)).call("outline", path="n.py")
    assert result.text.endswith("[cut here: 200 definitions more; search or read_file shows them]")


async def test_finish_is_a_summary() -> None:
    result = await Box().call("finish", summary="All done.")
    assert (result.summary, result.problem) == ("All done.", "")


async def test_what_is_hidden_is_hidden_from_every_tool_but_not_what_was_asked_about(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "hidden.py").write_text("token = 'abc'\n")
    (tmp_path / ".aiignore").write_text("lib/\nm.py\n")
    hidden = Snapshot("lib/hidden.py", "token = 'abc'\n", diagnostics=(Diagnostic(0, 0, "token abc"),))
    box = Box(tmp_path, h=hidden)
    for name, arguments in {
        "read_file": {"path": "lib/hidden.py"},
        "outline": {"path": "lib/hidden.py"},
        "diagnostics": {"path": "lib/hidden.py"},
        "list_files": {"path": "lib"},
        "search": {"pattern": "token", "path": "lib"},
        "edit": {"path": "lib/hidden.py", "old": "token", "new": "x"},
    }.items():
        result = await box.call(name, **arguments)
        assert (result.problem, ".aiignore" in result.text, "abc" in result.text) == (
            "denied",
            True,
            False,
        ), name
    assert (await box.call("edit", path="lib/new.py", old="", new="x")).problem == "denied"
    assert (await box.call("edit", path="hidden.py", old="token", new="x")).problem
    for name, arguments in {
        "list_files": {},
        "diagnostics": {},
        "search": {"pattern": "token"},
    }.items():
        assert "hidden.py" not in (await box.call(name, **arguments)).text, name
    assert (await box.call("read_file", path="m.py")).problem == ""
    assert (await box.call("edit", path="m.py", old="a = 1", new="a = 2")).problem == ""
    assert "m.py\n1\ta = 2" in (await box.call("search", pattern="a = ")).text
    assert [change.path for change in box.overlay.changes()] == ["m.py"]
