from __future__ import annotations

import contextlib

import pytest

from codex_lsp.edits import formats
from codex_lsp.edits.errors import EditError, ParseError, UnknownFormat
from codex_lsp.edits.intents import AddFile, Chunk, DeleteFile, Intent, ReplaceText, UpdateFile


def intents(reply: str) -> list[Intent]:
    return list(formats.parse(reply, "unified_diff").intents)


def chunk(line: int | None = None, heading: str = "", at_end: bool = False) -> Chunk:
    return Chunk(("x",), ("y",), (heading,) if heading else (), at_end, line)


BODY = "@@ -4 +4 @@\n-x\n+y\n"


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ("--- a/d/a.py\n+++ b/d/a.py\n", "d/a.py"),
        ("--- d/a.py\n+++ d/a.py\n", "d/a.py"),
        ("--- a.py\n+++ b/a.py\n", "a.py"),
        ("--- a/a.py\t2024-01-01 00:00:00\n+++ b/a.py\t2024-01-02 00:00:00.1 +0100\n", "a.py"),
        ("--- a.py  2024-01-01 00:00:00\n+++ a.py  2024-01-02 00:00:00\n", "a.py"),
        ("--- dir name/a.py\n+++ dir name/a.py\n", "dir name/a.py"),
        ("--- a.py.orig\n+++ a.py\n", "a.py"),
        ("diff --git a/a.py b/a.py\nindex 1234567..89abcde 100644\n--- a/a.py\n+++ b/a.py\n", "a.py"),
        ("", None),
    ],
)
def test_names(headers: str, path: str | None) -> None:
    for reply in (headers + BODY, f"So:\n```diff\n{headers}{BODY}```\nBye."):
        assert intents(reply) == [UpdateFile(path, (chunk(4),))]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("@@ -4,9 +4,9 @@", chunk(4)),
        ("@@ -4 +4 @@ def f():", chunk(4, "def f():")),
        ("@@ ... @@", chunk()),
        ("@@ ... @@ def f():", chunk(None, "def f():")),
        ("@@ def f(): @@", chunk(None, "def f():")),
        ("@@", chunk()),
    ],
)
def test_hunk_headers(header: str, expected: Chunk) -> None:
    assert intents(f"```diff\n--- a\n+++ a\n{header}\n-x\n+y\n```") == [UpdateFile("a", (expected,))]


def test_files_are_made_deleted_and_renamed() -> None:
    reply = (
        "diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1,2 @@\n+x\n+y\n"
        "\\ No newline at end of file\n"
        "diff --git a/o b/o\ndeleted file mode 100644\n--- a/o\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        "diff --git a/p b/q\nsimilarity index 100%\nrename from p\nrename to q\n"
        "diff --git a/r b/s\nrename from r\nrename to s\n--- a/r\n+++ b/s\n@@ -1 +1 @@\n-x\n+y\n"
        "diff --git a/e b/e\nnew file mode 100644\nindex 0000000..e69de29\n"
    )
    assert intents(reply) == [
        AddFile("n", "x\ny"),
        DeleteFile("o"),
        UpdateFile("p", (), "q"),
        UpdateFile("r", (chunk(1),), "s"),
        AddFile("e", ""),
    ]


def test_several_hunks_and_files_with_wrong_counts_in_prose() -> None:
    reply = (
        "I changed two files.\n\n--- a/a\n+++ b/a\n@@ -1,7 +1,9 @@\n-x\n+y\n@@ -9 +9 @@\n\tkept\n-x\n+y\n\n"
        "--- a/b\n+++ b/b\n@@ -4 +4 @@\n-x\n+y\n\nThat is all:\n- nothing more\n"
    )
    kept = Chunk(("\tkept", "x"), ("\tkept", "y"), line=9)
    assert intents(reply) == [UpdateFile("a", (chunk(1), kept)), UpdateFile("b", (chunk(4),))]


def test_lines_that_look_like_headers_count_as_content_where_the_counts_say_so() -> None:
    reply = "--- a\n+++ a\n@@ -1,2 +1,2 @@\n--- x\n+++ y\n z\n@@ -5 +5 @@\n-x\n+y\n"
    first = Chunk(("-- x", "z"), ("++ y", "z"), line=1)
    assert intents(reply) == [UpdateFile("a", (first, chunk(5)))]


def test_a_fence_in_a_diff_ends_nothing() -> None:
    reply = "```diff\n--- a.md\n+++ a.md\n@@ -1,3 +1,3 @@\n ```py\n-x\n+y\n ```\n```\n"
    (intent,) = intents(reply)
    assert intent == UpdateFile("a.md", (Chunk(("```py", "x", "```"), ("```py", "y", "```"), line=1),))


def test_no_newline_is_the_files_end() -> None:
    assert intents(
        "--- a\n+++ a\n@@ -4 +4 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n"
    ) == [UpdateFile("a", (chunk(4, at_end=True),))]


def test_an_insertion_needs_context_unless_the_file_is_empty() -> None:
    assert intents("--- a\n+++ a\n@@ -0,0 +1 @@\n+y\n") == [ReplaceText("a", "", "y\n")]
    with pytest.raises(ParseError, match="context"):
        intents("--- a\n+++ a\n@@ -7,0 +8 @@\n+y\n")


@pytest.mark.parametrize(
    "reply",
    [
        "```diff\n--- a\n+++ a\n@@ -1 +1 @@\n-x\n",
        "--- a\n+++ a\n@@ -1 +1 @@\n x\n",
        "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n x\n",
        "--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-x\n",
        "diff --git a/a b/b\ncopy from a\ncopy to b\n",
        "diff --git a/a b/a\nBinary files a/a and b/a differ\n",
    ],
)
def test_what_is_no_whole_diff_is_refused(reply: str) -> None:
    with pytest.raises(ParseError):
        formats.parse(reply, "unified_diff")


def test_prose_holds_no_diff() -> None:
    with pytest.raises(UnknownFormat):
        formats.parse("- a\n- b\n", "unified_diff")


def test_numbers_without_end_are_no_header() -> None:
    digits = "9" * 10_000
    for name in ("unified_diff", "begin_patch", "search_replace"):
        for reply in (f"@@ -{digits} +1 @@\n-x\n+y\n", f":start_line:{digits}\n", f"@@ -{digits} +1\n-x\n"):
            with contextlib.suppress(EditError):
                formats.parse(reply, name)
