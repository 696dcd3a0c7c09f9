from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.agent.asks.ask import Marked
from codex_lsp.agent.asks.commented import ask_of
from codex_lsp.agent.asks.comments import find
from codex_lsp.agent.asks.commit import is_message, message_end, tells_change
from codex_lsp.agent.asks.custom import MAX_CHARS, BadAsk, parse
from codex_lsp.agent.asks.ready import OTHERS, READY, TAKEN
from codex_lsp.agent.asks.testing import file_for_tests
from codex_lsp.agent.overlay import Snapshot
from codex_lsp.settings import OPTIONS
from codex_lsp.workspace.policy import is_commit_message

HEAD = "---\ntitle: t\n---\n"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a b", HEAD + "x", "name it with letters"),
        ("tests", HEAD + "x", "rename it: 'tests'"),
        ("fixAll", HEAD + "x", "rename it"),
        ("a", "x", "begin it with a line `---`"),
        ("a", "---\ntitle: t\n", "begin it with a line `---`"),
        ("a", HEAD, "write the instruction below"),
        ("a", HEAD + " \n", "write the instruction below"),
        ("a", "---\nkind: edit\n---\nx", "give it a `title:`"),
        ("a", f"---\ntitle: {'t' * 81}\n---\nx", "at most 80"),
        ("a", "---\ntitle: \u202et\n---\nx", "give it a `title:`"),
        ("a", "---\ntitle: t\nkind: run\n---\nx", "`kind:` must be one of edit, answer"),
        ("a", "---\ntitle: t\ncontext: all\n---\nx", "`context:` must be one of selection, symbol, file"),
        ("a", "---\ntitle: t\ncommand: rm\n---\nx", "and nothing else at its top"),
        ("a", "---\ntitle: t\n  - x\n---\nx", "and nothing else at its top"),
        ("a", HEAD + "x" * MAX_CHARS, "make it shorter than 20,000"),
    ],
)
def test_what_is_no_ask_is_told_with_what_to_do(name: str, text: str, told: str) -> None:
    with pytest.raises(BadAsk, match=told.replace("(", r"\(")):
        parse(name, text)


def test_all_that_an_ask_can_say() -> None:
    text = (
        "\ufeff---\r\n# mine\r\ntitle: \"a {} {b}\"\r\nkind: answer\r\nlanguages: [python, 'go'] \r\n"
        "context: file\r\n---\r\nDo it.\r\n---\r\nAll of it.\r\n"
    )
    ask = parse("mine", text)
    assert ask.title.format("`f`") == "a `f` {b}"
    assert (ask.kind, ask.reach, sorted(ask.languages)) == ("explain", "file", ["go", "python"])
    assert ask.instruction == "Do it.\r\n---\r\nAll of it."
    assert (ask.fits("go"), ask.fits("rust")) == (True, False)


@given(st.text(alphabet="-\n:{}[]te\"' kind", max_size=60))
def test_any_file_is_an_ask_or_told(text: str) -> None:
    try:
        ask = parse("a", "---\ntitle: {}" + text)
    except BadAsk:
        return
    assert ask.title.format("x")
    assert ask.instruction


def test_the_setting_names_every_action() -> None:
    (hidden,) = (option for option in OPTIONS if option.member == "hidden_actions")
    assert all(f"`{name}`" in hidden.doc for name in TAKEN)
    assert hidden.accepts(sorted(TAKEN))
    assert set(OTHERS).isdisjoint(ask.name for ask in READY)


@pytest.mark.parametrize(
    ("path", "language", "there", "expected"),
    [
        ("m.py", "python", (), "tests/test_m.py"),
        ("m.py", "python", ("test_m.py",), "test_m.py"),
        ("m.py", "python", ("test/test_n.py",), "test/test_m.py"),
        ("pkg/sub/a.py", "python", ("tests/sub/test_x.py",), "tests/sub/test_a.py"),
        ("src/pkg/a.py", "python", ("tests/pkg/test_a.py",), "tests/pkg/test_a.py"),
        ("src/pkg/a.py", "python", ("tests/a_test.py",), "tests/a_test.py"),
        ("pkg/a.py", "python", ("pkg/tests/test_b.py",), "pkg/tests/test_a.py"),
        ("tests/test_a.py", "python", (), "tests/test_a.py"),
        ("pkg/a.go", "go", ("tests/b_test.go",), "pkg/a_test.go"),
        ("src/a.rs", "rust", (), "src/a.rs"),
        ("src/a.ts", "typescript", (), "src/a.test.ts"),
        ("src/a.tsx", "typescriptreact", ("test/a.spec.tsx",), "test/a.spec.tsx"),
        ("src/a.js", "javascript", ("src/__tests__/a.test.js",), "src/__tests__/a.test.js"),
        ("src/main/java/x/A.java", "java", (), "src/test/java/x/ATest.java"),
        ("lib/x/a.rb", "ruby", ("spec/x/b_spec.rb",), "spec/x/a_spec.rb"),
        ("lib/x/a.rb", "ruby", ("test/b_test.rb",), "test/a_spec.rb"),
        ("lib/a.ex", "elixir", (), "test/a_test.exs"),
        ("R/a.r", "r", (), "tests/testthat/test-a.r"),
        ("notes.md", "markdown", (), None),
    ],
)
def test_where_tests_go(path: str, language: str, there: tuple[str, ...], expected: str | None) -> None:
    def exists(place: str) -> bool:
        return any(each == place or each.startswith(f"{place}/") for each in there)

    assert file_for_tests(path, language, exists) == expected


def test_the_message_is_what_stands_before_gits_own_lines() -> None:
    verbose = "; ------------------------ >8 ------------------------\ndiff --git a/x b/x\n"
    for text, end in (
        ("\n# Please\n", 1),
        ("fix it\n\n# Please\n", 8),
        ("done\n", 5),
        ("# Please\n", 0),
        (f"#1 is fixed\n; Please\n{verbose}", 12),
    ):
        assert message_end(text) == end
    assert tells_change(verbose)
    assert tells_change("\n#\tnew file:   a.py\n")
    assert not tells_change("fix it\n# modified by hand\n")


def test_only_git_says_which_file_is_a_message() -> None:
    assert is_message("file:///a/.git/COMMIT_EDITMSG")
    assert not is_message("COMMIT_EDITMSG.py")
    assert all(map(is_commit_message, (".git/COMMIT_EDITMSG", "COMMIT_EDITMSG", ".git/MERGE_MSG")))
    assert not any(map(is_commit_message, (".git/hooks/COMMIT_EDITMSG", ".git/config", ".github/MERGE_MSG")))


PLACES = {
    "# AI! x\ndef f():\n    pass\n\n\ny = 1\n": (0, 3),
    "# AI! x\n\n@d\ndef f():\n    pass\n": (0, 5),
    "def f():\n    # AI! x\n    a = 1\n    return a\n": (0, 4),
    "class A:\n    # AI! x\n    def f(self):\n        pass\n\n    b = 1\n": (1, 4),
    "# AI! x\na = 1\nb = 1\n\nc = 1\n": (0, 3),
    "a = 1  # AI! x\nb = 1\n": (0, 1),
    "def f():  # AI! x\n    pass\n": (0, 2),
    "a = 1\n# AI! x": (1, 2),
}


@pytest.mark.parametrize("text", PLACES)
def test_what_a_comment_is_about(text: str) -> None:
    ask = ask_of("m.py", {"m.py": Snapshot("m.py", text)}, {"m.py": find("m.py", text)})
    first, last = text.count("\n", 0, ask.focus.start), text[: ask.focus.end].rstrip("\n").count("\n") + 1
    assert (first, last) == PLACES[text]
    (marked,) = ask.comments
    assert text.splitlines()[marked.line].strip().endswith("# AI! x")
    assert marked == Marked("m.py", marked.line, "x")
