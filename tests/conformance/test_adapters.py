"""Each adapter on a case made here: what it hands to the engine is what the source means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.adapters import APPLIED, code_point
from tests.conformance.cases import Case
from tests.conformance.run import run
from tests.conformance.structure import FOUND

OLD = "def f():\n    return 1\n"
NEW = "def f():\n    return 2\n"
PATCH = "*** Begin Patch\n*** Update File: {0}\n@@ def f():\n-    return 1\n+    return 2\n*** End Patch"
BLOCK = "<<<<<<< SEARCH\n    return 1\n=======\n    return 2\n>>>>>>> REPLACE\n"
CALL = {"path": "f.py", "old_string": "return 1", "new_string": "return 2"}
CHUNK = {
    "changeContext": "def f():", "oldLines": ["    return 1"], "newLines": ["    return 2"],
    "isEndOfFile": False,
}  # fmt: skip
HEREDOC = "cd 'a b' && apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: n\n+x\n*** End Patch\nEOF"
MERGE = {"base.txt": "abc", "ours.txt": "bc", "theirs.txt": "abcd"}
REBASE = {"base.txt": "a\nb\nc\n", "current.txt": "a\nb\nc\nd\n"}


def case(
    format: str,
    reply: object,
    *,
    input: dict[str, str] | None = None,
    expected: dict[str, str] | None = None,
    structured: dict[str, Any] | None = None,
    outcome: str = "ok",
    **more: Any,
) -> Case:
    return Case(
        id=format,
        corpus="made here",
        format=format,
        outcome=outcome,
        reply=reply if isinstance(reply, str) else json.dumps(reply),
        input={"f.py": OLD} if input is None else input,
        expected={"f.py": NEW} if expected is None and structured is None else expected,
        options=more.get("options", {}),
        flags={"target": "f.py", **more.get("flags", {})},
        structured=structured,
        expected_error="",
    )


CASES = (
    case("apply_patch", PATCH.format("f.py")),
    case("apply_patch", PATCH.format("/f.py")),
    case("apply_patch_chunks", [CHUNK]),
    case(
        "apply_patch_parse",
        PATCH.format("f.py"),
        structured={"hunks": [{"type": "UpdateFile", "path": "f.py", "movePath": None, "chunks": [CHUNK]}]},
    ),
    case(
        "extract_apply_patch",
        ["bash", "-lc", HEREDOC],
        structured={
            "result": "patch",
            "workdir": "a b",
            "hunks": [{"op": "add", "path": "n", "contents": "x\n"}],
        },
    ),
    case(
        "extract_apply_patch", ["bash", "-lc", "echo; " + HEREDOC], structured={"result": "not_apply_patch"}
    ),
    case(
        "find_filename",
        {
            "lines_before_block": ["# b.py", "```"],
            "fence": ["```", "```"],
            "valid_fnames": ["a.py", "b.py"],
        },
        structured={"filename": "b.py"},
    ),
    case(
        "lazy_ellipsis",
        "def f():\n    return 2\n\n\ndef g():\n    # ... existing code ...\n",
        input={"f.py": OLD + "\n\ndef g():\n    pass"},
        flags={"compare": "ignore blank-line whitespace"},
        expected={"f.py": NEW + " \n\ndef g():\n    pass\n"},
    ),
    case(
        "locate",
        "return",
        input={"f.py": "😀 return\nreturn\n"},
        structured={
            "mode": "all",
            "matches": [{"startIndex": 3, "endIndex": 9}, {"startIndex": 10, "endIndex": 16}],
        },
    ),
    case("locate", "nowhere", structured={"mode": "first", "matches": []}),
    case("lsp_text_edits", [{"range": [1, 11, 1, 12], "newText": "2"}]),
    case(
        "markdown_find_replace_blocks",
        "---FILEPATH /home/x/y.py\n---FIND\n```python\n    return 1\n```\n"
        "---REPLACE\n```python\n    return 2\n```\n---COMPLETE",
    ),
    case("merge3_char", "", input=MERGE, expected={"merged.txt": "bcd"}),
    case(
        "min_diff",
        "",
        input={"before.txt": "ab\n", "after.txt": "aXb\n"},
        structured={
            "char_edits": [[1, 1, "X"]],
            "unified_is_exact": True,
            "unified": "--- a\n+++ b\n@@ -1 +1 @@\n-ab\n+aXb\n",
        },
    ),
    case(
        "multi_string_replace",
        {"path": "f.py", "edits": [CALL, CALL | {"old_string": "2", "new_string": "3"}]},
        expected={"f.py": NEW.replace("2", "3")},
    ),
    case("rebase", {"ours": [[0, 1, "A"]]}, input=REBASE, expected={"merged.txt": "A\nb\nc\nd\n"}),
    case(
        "rebase_sequential",
        {"ours_sequential": [[0, 1, "AAA"], [0, 1, ""]]},
        input=REBASE,
        structured={"rebased": [{"index": 0, "edit": [0, 1, "AA"]}]},
    ),
    case("replace_chunk", CALL | {"old_string": "    return 1", "new_string": "    return 2"}),
    case("search_replace_blocks", "f.py\n" + BLOCK),
    case(
        "search_replace_blocks_parse",
        "f.py\n" + BLOCK,
        structured={"blocks": [["f.py", "    return 1\n", "    return 2\n"], [None, "pip install x\n"]]},
    ),
    case("search_replace_markers_cline", BLOCK.replace("<<<<<<<", "-------").replace(">>>>>>>", "+++++++")),
    case(
        "search_replace_markers_roo",
        "other.py\n" + BLOCK.replace("SEARCH\n", "SEARCH\n:start_line:2\n-------\n"),
    ),
    case("search_replace_markers_roo_validate", BLOCK, structured={"valid": True}),
    case("search_replace_markers_roo_validate", BLOCK[16:], outcome="error", structured={}),
    case(
        "seek_sequence",
        {"lines": ["a", "b", "a"], "pattern": ["a"], "start": 1, "eof": False},
        structured={"index": 2},
    ),
    case("seek_sequence", {"lines": ["a", "b"], "pattern": ["c"]}, structured={"index": None}),
    case("string_replace", CALL),
    case(
        "text_editor_tool",
        {"command": "create", "path": "n", "file_text": "x"},
        input={},
        expected={"n": "x"},
    ),
    case(
        "udiff_parse",
        "```diff\n--- f.py\n+++ f.py\n@@ ... @@\n a\n-b\n+c\n```\n",
        structured={"edits": [["f.py", [" a\n", "-b\n", "+c\n"]]]},
    ),
    case(
        "unified_diff",
        "--- original.py\n+++ new.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n",
    ),
    case("v4a_diff", "@@ def f():\n-    return 1\n+    return 2", options={"mode": "default"}),
    case("v4a_diff", "+def f():\n+    return 2\n+", input={}, options={"mode": "create"}),
    case("wholefile_fenced", f"f.py\n```python\n{NEW}```\n"),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.format)
def test_a_case_that_is_right_passes(one: Case) -> None:
    verdict = run(one)
    assert verdict.kind == "passed", verdict


def test_every_format_has_a_case() -> None:
    assert {one.format for one in CASES} == APPLIED.keys() | FOUND.keys()


def test_offsets_are_counted_in_utf_16() -> None:
    assert [code_point("a😀b", units) for units in (0, 1, 3, 4)] == [0, 1, 2, 3]
