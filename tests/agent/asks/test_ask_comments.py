from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.agent.asks.ask import Ask, Marked
from codex_lsp.agent.asks.clearing import clear
from codex_lsp.agent.asks.comments import MAX_COMMENTS, find, without
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.edits import Focus

# A file's name, its text, what asks in it (its mark, its words, its first line), and the text without.
CASES = [
    ("a.py", "# AI! use a set\n# and Be quick\nx = 1\n", [("!", "use a set\nand Be quick", 0)], "x = 1\n"),
    ("a.py", "x = 1  # AI! make it 2\ny = 1\n", [("!", "make it 2", 0)], "x = 1\ny = 1\n"),
    ("a.py", "x = 1  # why one? AI?\n", [("?", "why one?", 0)], "x = 1\n"),
    ("a.py", "# Use a set.\n# Be quick. AI!\nx = 1\n", [("!", "Use a set.\nBe quick.", 0)], "x = 1\n"),
    (
        "a.py",
        "def f():\n    # Returns x.\n    #\n    # make it faster AI!\n    return 1\n",
        [("!", "make it faster", 3)],
        "def f():\n    # Returns x.\n    #\n    return 1\n",
    ),
    ("a.py", "# AI! one\n# AI? two\n", [("!", "one", 0), ("?", "two", 1)], ""),
    ("a.py", "# AI! one\n    # AI! two\n", [("!", "one", 0), ("!", "two", 1)], ""),
    ("a.py", "# AI!: one\r\nx = 1\r\n", [("!", "one", 0)], "x = 1\r\n"),
    ("a.py", "s = '# AI! no'\n", [], "s = '# AI! no'\n"),
    ("a.py", "# what AI! means\n# AI!\n# ai! no\n", [], "# what AI! means\n# AI!\n# ai! no\n"),
    ("a.py", "x = 1\n# AI! two", [("!", "two", 1)], "x = 1\n"),
    ("a.ts", "f(/* AI! add a type */ a)\n", [("!", "add a type", 0)], "f(a)\n"),
    ("a.ts", "/*\n * AI! rename\n * both\n */\nf()\n", [("!", "rename\nboth", 1)], "f()\n"),
    (
        "a.ts",
        "/**\n * Returns x.\n *\n * AI! rename it\n */\nf()\n",
        [("!", "rename it", 3)],
        "/**\n * Returns x.\n *\n */\nf()\n",
    ),
    ("a.ts", "/** Doc.\n *\n * AI! x */\nf()\n", [("!", "x", 2)], "/** Doc.\n *\n *  */\nf()\n"),
    ("a.tsx", "<a>\n  {/* AI! a button */}\n</a>\n", [("!", "a button", 1)], "<a>\n</a>\n"),
    ("a.js", "f = () =>\n  {/* AI! write it */}\n", [("!", "write it", 1)], "f = () =>\n  {}\n"),
    ("a.c", "int x; /* AI! y */\n", [("!", "y", 0)], "int x;\n"),
    ("a.rs", "/// Doc\n/// AI! an example\nfn f() {}\n", [("!", "an example", 1)], "/// Doc\nfn f() {}\n"),
    ("a.go", "// AI! x\nfunc f() {}\n", [("!", "x", 0)], "func f() {}\n"),
    ("a.java", "/* AI! x */ int a;\n", [("!", "x", 0)], "int a;\n"),
    ("a.html", "<p>a</p> <!-- AI! bold --> b\n", [("!", "bold", 0)], "<p>a</p> b\n"),
    ("a.css", "/* AI! red */\na {}\n", [("!", "red", 0)], "a {}\n"),
    ("a.sh", "# AI! quote it\necho $x\n", [("!", "quote it", 0)], "echo $x\n"),
    ("a.lua", "--[[ AI! do\nit ]]\nx = 1\n", [("!", "do\nit", 0)], "x = 1\n"),
    ("a.rb", "=begin\nAI! do it\n=end\nx = 1\n", [("!", "do it", 1)], "x = 1\n"),
    # No grammar for these.
    ("a.sql", "-- AI! index\nselect 1 -- AI? what\n", [("!", "index", 0), ("?", "what", 1)], "select 1\n"),
    ("a.hs", "{- AI! make it\n   total -}\nmain = 1\n", [("!", "make it\ntotal", 0)], "main = 1\n"),
    ("a.yaml", "a: 'x # AI! no'\nb: 1 # AI! two\n", [("!", "two", 1)], "a: 'x # AI! no'\nb: 1\n"),
    ("a.vim", '" AI! faster\nlet x = 1\n', [("!", "faster", 0)], "let x = 1\n"),
    ("a.tex", "% AI! shorter\nx\n", [("!", "shorter", 0)], "x\n"),
    ("a.clj", ";; AI! x\n(f)\n", [("!", "x", 0)], "(f)\n"),
    ("a.ini", "; AI! x\n# AI? y\na=1 ; AI! z\n", [("!", "x", 0), ("?", "y", 1), ("!", "z", 2)], "a=1\n"),
    ("a.bat", "REM AI! x\r\necho 1\r\n", [("!", "x", 0)], "echo 1\r\n"),
    ("Dockerfile", "# AI! slim\nFROM a\n", [("!", "slim", 0)], "FROM a\n"),
    ("notes.md", "# AI! no\n<!-- AI! yes -->\n", [("!", "yes", 1)], "# AI! no\n"),
    ("a.unknown", "// AI! do it\nfoo // AI! no\n", [("!", "do it", 0)], "foo // AI! no\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "asked", "left"), CASES)
def test_comments_that_ask_are_found_and_go(
    path: str, text: str, asked: list[tuple[str, str, int]], left: str
) -> None:
    found = find(path, text)
    assert [("!" if each.kind == "edit" else "?", each.words, each.line) for each in found] == asked
    assert without(text, found) == left


def test_the_editor_may_tell_the_language() -> None:
    assert find("untitled", "-- AI! x\n", "lua")[0].words == "x"


@pytest.mark.parametrize("path", ["a.py", "a.ts", "a.sql", "a.unknown", "a.lua"])
@given(
    st.lists(st.sampled_from(["# ", "// ", "AI! x", "AI? y", "\n", " ", "/*", "*/", "--[[", "'", "a = 1"]))
)
def test_any_text_will_do(path: str, pieces: list[str]) -> None:
    text = "".join(pieces)
    found = find(path, text)
    gone = sorted(each for comment in found for each in comment.gone)
    assert all(0 <= start < end <= len(text) for start, end in gone)
    assert all(first[1] <= second[0] for first, second in pairwise(gone))


TEXT = "# AI! use a set\nx = []\n\n# AI! use a set\ny = []\n"


def overlay(**texts: str) -> Overlay:
    return Overlay({f"{name}.py": Snapshot(f"{name}.py", text) for name, text in texts.items()})


def change(files: Overlay, path: str, old: str, new: str) -> None:
    patch = "\n".join(
        ("*** Begin Patch", f"*** Update File: {path}", *old.splitlines(), *new.splitlines(), "*** End Patch")
    )
    files.apply(patch)


def ask(*comments: tuple[str, int, str]) -> Ask:
    return Ask("x", Focus("a.py", 0, 0), comments=tuple(Marked(*each) for each in comments))


def test_only_the_comment_that_asked_goes() -> None:
    files = overlay(a=TEXT)
    change(files, "a.py", "-y = []", "+y = set()")
    clear(ask(("a.py", 3, "use a set")), files)
    assert files.read("a.py") == "# AI! use a set\nx = []\n\ny = set()\n"
    clear(ask(("a.py", 3, "use a set")), files)
    assert files.read("a.py") == "# AI! use a set\nx = []\n\ny = set()\n"


def test_one_that_the_model_took_out_is_not_taken_out_twice() -> None:
    files = overlay(a=TEXT)
    change(files, "a.py", "-# AI! use a set\n-y = []", "+y = set()")
    clear(ask(("a.py", 3, "use a set")), files)
    assert files.read("a.py") == "# AI! use a set\nx = []\n\ny = set()\n"


def test_nothing_goes_while_nothing_was_changed() -> None:
    files = overlay(a=TEXT)
    clear(ask(("a.py", 0, "use a set")), files)
    assert files.changes() == ()


def test_a_single_one_goes_whatever_file_was_changed() -> None:
    files = overlay(a="# AI! name it c in b\n", b="b = 1\n")
    change(files, "b.py", "-b = 1", "+c = 1")
    clear(ask(("a.py", 0, "name it c in b")), files)
    assert files.read("a.py") == ""


def test_of_several_those_in_files_that_were_not_changed_stay() -> None:
    files = overlay(a="# AI! one\nx = 1\n", b="# AI! two\ny = 1\n")
    change(files, "a.py", "-x = 1", "+x = 2")
    clear(ask(("a.py", 0, "one"), ("b.py", 0, "two")), files)
    assert (files.read("a.py"), files.read("b.py")) == ("x = 2\n", "# AI! two\ny = 1\n")


HOSTILE = {
    "openings": "/*" * 50_000 + " AI! x",
    "asterisks": "/*" + "*" * 100_000 + "AI! x\n*/",
    "one comment": "# AI! x\n" * 20_000,
    "one line": "'" + " #" * 100_000 + " AI! x",
    "blanks": "# AI! x" + " " * 200_000 + "\n",
    "blocks": "/* AI! x */\n" * 20_000,
    "blocks in lines": "// /* AI! x\n" * 20_000 + "*/",
    "paragraphs": "# AI! x\n#\n" * 20_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("path", ["a.unknown", "a.py", "a.c"])
def test_a_hostile_text_takes_no_longer_than_its_length(kind: str, path: str) -> None:
    started = time.process_time()
    assert len(find(path, HOSTILE[kind])) <= MAX_COMMENTS
    # What grows with the square of the length takes ten times as long, and more.
    assert time.process_time() - started < 2
