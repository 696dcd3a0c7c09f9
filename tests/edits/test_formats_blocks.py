from __future__ import annotations

import pytest

from codex_lsp.edits import formats
from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import filenames
from codex_lsp.edits.intents import Chunk, Intent, ReplaceText, UpdateFile


def block(
    search: str = "x", replace: str = "y", head: str = "<<<<<<< SEARCH", tail: str = ">>>>>>> REPLACE"
) -> str:
    return "\n".join((head, *search.splitlines(), "=======", *replace.splitlines(), tail)) + "\n"


def update(path: str | None, old: str = "x", new: str = "y", line: int | None = None) -> Intent:
    return UpdateFile(path, (Chunk(tuple(old.splitlines()), tuple(new.splitlines()), line=line),))


def intents(reply: str) -> list[Intent]:
    return list(formats.parse(reply, "search_replace").intents)


@pytest.mark.parametrize(
    "head",
    [
        "a/b.py\n",
        "a/b.py\n```python\n",
        "```python\na/b.py\n",
        "**a/b.py**\n```\n",
        "### `a/b.py`:\n```python\n",
        "# a/b.py\n```\n",
        "File: a/b.py\n\n```python\n",
        "a/b.py\n<source>python\n",
        "```python a/b.py\n",
        "```python:a/b.py\n",
        '```python title="a/b.py"\n',
        "Now, let's look at `a/b.py`:\n```python\n",
    ],
)
def test_the_file_is_named_above_or_in_the_fence(head: str) -> None:
    assert intents("Here it is.\n\n" + head + block()) == [update("a/b.py")]


def test_a_block_without_a_name_is_for_the_file_before_it() -> None:
    reply = (
        "a.py\n" + block() + "\n...\n\n" + block("p", "q") + "\nb.py\n" + block() + "Then\n" + block("r", "s")
    )
    found = [update("a.py"), update("a.py", "p", "q"), update("b.py"), update("b.py", "r", "s")]
    assert intents(reply) == found
    assert intents("Here is the change:\n" + block()) == [update(None)]


def test_an_empty_search_is_a_whole_file() -> None:
    assert intents("new.sh\n" + block("", "a\nb")) == [ReplaceText("new.sh", "", "a\nb\n")]
    assert intents("a.py\n" + block("x", "")) == [update("a.py", "x", "")]


@pytest.mark.parametrize(
    ("reply", "intent"),
    [
        (block(head="------- SEARCH", tail="+++++++ REPLACE"), update(None)),
        (block(head="----- SEARCH", tail="+++ REPLACE").replace("=======", "====="), update(None)),
        (block(head="<<<<<<< SEARCH>"), update(None)),
        (block("Title\n====="), update(None, "Title\n=====")),
        (block("    x", "    y\n======="), update(None, "    x", "    y")),
        (block("    x", "    y").replace(">>>>>>> REPLACE", "=======\n```"), update(None, "    x", "    y")),
        (block("\\=======\n\\<<<<<<< HEAD\n\\-------"), update(None, "=======\n<<<<<<< HEAD\n-------")),
        (block(":start_line:12\n-------\nx"), update(None, line=12)),
        (block(":start_line:12\n:end_line:13\n-------\nx\n-------"), update(None, "x\n-------", line=12)),
        (block("7 | x\n8 |   z", "7 | y"), update(None, "x\n  z", "y", line=7)),
        (block("7 | x\n9 | z"), update(None, "7 | x\n9 | z")),
        (block("x", "\\:start_line:5"), update(None, "x", ":start_line:5")),
    ],
)
def test_markers(reply: str, intent: Intent) -> None:
    assert intents(reply) == [intent]


@pytest.mark.parametrize(
    "reply",
    [
        "<<<<<<< SEARCH\nx\n=======\ny\n",
        "<<<<<<< SEARCH\nx\n",
        "=======\nx\n>>>>>>> REPLACE\n",
        "<<<<<<< SEARCH\nx\n>>>>>>> REPLACE\n",
        "<<<<<<< SEARCH\nx\n>>>>>>>\n",
        block(head="<<<<<<< SEARCH>>"),
        block(head="<<<<<<< SEARCH  >"),
        block(head="<<-- SEARCH"),
        block(head="-------SEARCH"),
        block(head="------- SEARCH").replace("=======", "======= "),
        block("x", ":start_line:5"),
        block("x", "y\n:end_line:5\nz"),
        block("Title\n======="),
        block("Title", "New\n======="),
        block("x", "<<<<<<< SEARCH\ny"),
        block("<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> theirs"),
        block() + "\n>>>>>>> REPLACE\n",
    ],
)
def test_a_marker_out_of_place_is_refused(reply: str) -> None:
    with pytest.raises(ParseError):
        formats.parse(reply, "search_replace")


def test_prose_holds_no_block() -> None:
    with pytest.raises(UnknownFormat):
        formats.parse("Run `pip install x`.\n```bash\npip install x\n```\n", "search_replace")


FIND = "---FILEPATH a.py\n---FIND\n```py\nx\n```\n---REPLACE\n```py\ny\n```\n"


def test_find_blocks() -> None:
    again = "---FIND\n````md\n```\nx\n```\n````\n---REPLACE\n```md\n```\ny\n```\n```\n"
    assert intents(f"So:\n\n{FIND}{again}---COMPLETE\n") == [
        update("a.py"),
        update("a.py", "```\nx\n```", "```\ny\n```"),
    ]
    assert formats.parse(FIND + "---COMPLETE").intents == (update("a.py"),)


@pytest.mark.parametrize(
    "reply",
    [
        FIND,
        FIND.replace("---REPLACE", "---FIND") + "---COMPLETE",
        FIND.replace("```py\ny\n```", "y") + "---COMPLETE",
        "---FIND\n```\nx\n```\n---COMPLETE",
    ],
)
def test_find_blocks_that_are_not_whole(reply: str) -> None:
    with pytest.raises(ParseError):
        formats.parse(reply)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("a.py", "a.py"),
        ("**`src/a.py`**:", "src/a.py"),
        ("// src/a.ts", "src/a.ts"),
        ("<!-- a.html -->", "a.html"),
        ("1. a.py", "a.py"),
        ("File path: a.py", "a.py"),
        ("dir name/a b.txt", "dir name/a b.txt"),
        ("Makefile", "Makefile"),
        ("...", None),
        ("Here is the change:", None),
        ("Update the code in app.py", None),
        ("See https://example.com/a.py", None),
        ("https://example.com/a.py", None),
        ("Done.", None),
        ("", None),
        ("f(x)", None),
    ],
)
def test_a_name_alone_on_a_line(line: str, name: str | None) -> None:
    assert filenames.alone(line) == name
