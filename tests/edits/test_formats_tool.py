from __future__ import annotations

import json

import pytest

from codex_lsp.edits import formats
from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.intents import (
    AddFile,
    Chunk,
    DeleteFile,
    Intent,
    RangeEdit,
    ReplaceRanges,
    ReplaceText,
    UpdateFile,
    WriteFile,
)

EDIT = {"path": "a", "old_string": "x", "new_string": "y"}
REPLACED = ReplaceText("a", "x", "y")
BLOCK = "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE"
PATCH = "*** Begin Patch\n*** Delete File: a\n*** End Patch"
LAZY = "x\n// ... existing code ...\n"
POINT = {"line": 1, "character": 2}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (EDIT, [REPLACED]),
        ([EDIT, EDIT], [REPLACED, REPLACED]),
        ({**EDIT, "replace_all": True}, [ReplaceText("a", "x", "y", True)]),
        ({"file_path": "a", "oldString": "x", "newString": "y", "replaceAll": False}, [REPLACED]),
        (
            {"path": "a", "edits": [{"oldText": "x", "newText": "y"}, {**EDIT, "path": "b"}]},
            [REPLACED, ReplaceText("b", "x", "y")],
        ),
        ([{"path": "a", "edits": [{"search": "x", "replace": "y"}]}], [REPLACED]),
        ({"name": "edit", "arguments": EDIT}, [REPLACED]),
        ({"name": "edit", "arguments": json.dumps(EDIT)}, [REPLACED]),
        (
            {"tool_calls": [{"id": "1", "function": {"name": "edit", "arguments": json.dumps(EDIT)}}]},
            [REPLACED],
        ),
        ({"type": "tool_use", "name": "edit", "input": EDIT}, [REPLACED]),
        ({"command": "str_replace", "path": "a", "old_str": "x", "new_str": "y"}, [REPLACED]),
        ({"command": "create", "path": "a", "file_text": "x"}, [AddFile("a", "x")]),
        (
            {"command": "insert", "path": "a", "insert_line": 0, "new_str": "x\ny\n"},
            [UpdateFile("a", (Chunk((), ("x", "y"), line=1),))],
        ),
        ({"path": "a", "content": "x"}, [WriteFile("a", "x")]),
        ({"target_file": "a", "code_edit": LAZY}, [WriteFile("a", LAZY, lazy=True)]),
        ({"old_string": "x", "new_string": "y"}, [ReplaceText(None, "x", "y")]),
        ({"path": "a", "diff": BLOCK}, [UpdateFile("a", (Chunk(("x",), ("y",)),))]),
        ({"name": "apply_patch", "arguments": {"input": PATCH}}, [DeleteFile("a")]),
        (
            {"range": {"start": POINT, "end": POINT}, "newText": "x"},
            [ReplaceRanges(None, (RangeEdit((1, 2), (1, 2), "x"),), "utf-16")],
        ),
        (
            [{"range": [0, 1, 0, 2], "newText": "x"}, {"range": [0, 1, 0, 1], "newText": ""}],
            [ReplaceRanges(None, (RangeEdit((0, 1), (0, 2), "x"), RangeEdit((0, 1), (0, 1), "")), "utf-16")],
        ),
        (
            [{"oldLines": ["x"], "newLines": [], "changeContext": "c", "isEndOfFile": True}],
            [UpdateFile(None, (Chunk(("x",), (), ("c",), True),))],
        ),
    ],
)
def test_calls(value: object, expected: list[Intent]) -> None:
    reply = json.dumps(value)
    assert list(formats.parse(reply).intents) == expected
    assert list(formats.parse(f"```json\n{reply}\n```").intents) == expected


@pytest.mark.parametrize(
    "value",
    [
        {**EDIT, "old_string": None},
        {**EDIT, "new_string": 3},
        {**EDIT, "replace_all": "yes"},
        {**EDIT, "path": 3},
        {**EDIT, "new_string": "\ud800"},
        {"command": "str_replace", "path": "a", "old_str": "x"},
        {"command": "view", "path": "a"},
        {"command": "insert", "path": "a", "insert_line": -1, "new_str": "x"},
        {"command": "insert", "path": "a", "insert_line": True, "new_str": "x"},
        {"range": [0, 2, 0, 1], "newText": "x"},
        {"range": [0, 2, 0], "newText": "x"},
        {"range": {"start": POINT}, "newText": "x"},
        {"path": "a", "diff": "x"},
        {"path": "a", "edits": [3]},
        {"path": "a", "edits": []},
        {"oldLines": "x", "newLines": []},
        {"name": "edit", "arguments": '{"path": "a", '},
        {"a": 1},
        [],
    ],
)
def test_what_says_no_edit_is_refused(value: object) -> None:
    with pytest.raises(ParseError):
        formats.parse(json.dumps(value), "tool_edit")


@pytest.mark.parametrize(
    "reply",
    [
        "{",
        '{"path": "a", "old_string": "x", "new_',
        "[" * 100_000,
        "9" * 10_000,
        '{"a": ' + "9" * 10_000 + "}",
    ],
)
def test_json_that_is_not_whole_or_too_deep_is_no_edit(reply: str) -> None:
    assert not formats.holds_edits(reply)
