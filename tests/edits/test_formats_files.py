from __future__ import annotations

import pytest

from codex_lsp.edits import formats
from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import fences, whole_file
from codex_lsp.edits.intents import Intent, ReplaceSelection, WriteFile


@pytest.mark.parametrize(
    "head",
    [
        "a/b.py\n```\n",
        "### a/b.py\n\n```py\n",
        "**File:** `a/b.py`\n```py\n",
        "```py a/b.py\n",
        "```py title=a/b.py\n",
    ],
)
def test_a_name_makes_a_block_a_file(head: str) -> None:
    assert formats.parse(f"So:\n\n{head}x\n```\n").intents == (WriteFile("a/b.py", "x\n"),)


def test_several_files_and_a_block_for_the_reader() -> None:
    found = formats.parse("a.py\n```\nx\n```\n\nb.py\n```\ny\n```\n\nRun it:\n\n```sh\nmake\n```\n")
    assert found.intents == (WriteFile("a.py", "x\n"), WriteFile("b.py", "y\n"))
    assert found.leniencies == ("a code block without a file's name is passed over",)


@pytest.mark.parametrize(
    ("reply", "intent"),
    [
        ("file1\n```\nx\n```\n", WriteFile("file1", "x\n")),
        ("Here is the new `a.py` file:\n\n```\nx\n```\n", WriteFile("a.py", "x\n")),
        ("Here is the new `a.py` file:\n\n```\nx\n```\nRun:\n\n```\ny\n```\n", WriteFile("a.py", "x\n")),
        ("```\nx\n```\n", WriteFile(None, "x\n")),
        ("x\n# ... same ...\n", WriteFile(None, "x\n# ... same ...\n", lazy=True)),
    ],
)
def test_a_name_in_prose_or_none_only_if_the_caller_says_so(reply: str, intent: Intent) -> None:
    found = formats.parse(reply, "whole_file")
    assert found.intents == (intent,)
    assert found.leniencies
    assert formats.detect(reply) in ("fence", None)


def test_blocks_that_nobody_names_are_refused() -> None:
    for name in ("whole_file", "auto"):
        with pytest.raises(ParseError, match="2 code blocks"):
            formats.parse("```\nx\n```\n```\ny\n```\n", name)
    with pytest.raises(UnknownFormat):
        formats.parse(" \n", "whole_file")


@pytest.mark.parametrize("reply", ["a.py\n```\nx\n", "```\nx\n", "a.py\n```md\n```sh\nx\n```\n"])
def test_an_open_block_is_refused(reply: str) -> None:
    with pytest.raises(ParseError, match="never closed"):
        formats.parse(reply)


def test_fences_nest_as_models_nest_them() -> None:
    text = "# T\n```sh\nmake\n```\n   ```\nend\n"
    assert [block.text for block in fences.blocks(f"```md\n{text}```\n")] == [text]
    assert formats.parse(f"README.md\n```md\n{text}```\n").intents == (WriteFile("README.md", text),)


@pytest.mark.parametrize(
    ("text", "lazy"),
    [
        ("def f():\n    ...\n", False),
        ("def f():\n    x\n    ...\n", True),
        ("x\n// ... existing code ...\ny\n", True),
        ("x\n    # ... same ...\ny\n", True),
        ("<a>\n  <!-- ... -->\n</a>\n", True),
        ("<a>\n  {/* ... existing code ... */}\n</a>\n", True),
        ("x = [...]\n# and so on ...\n", False),
    ],
)
def test_a_text_with_ellipsis_lines_is_lazy(text: str, lazy: bool) -> None:
    assert whole_file.is_lazy(text) == lazy
    assert formats.parse(f"```\n{text}```\n").intents == (ReplaceSelection(text, lazy=lazy),)
