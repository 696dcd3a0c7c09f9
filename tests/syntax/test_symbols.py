from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.syntax.comments import comments
from codex_lsp.syntax.imports import imports
from codex_lsp.syntax.languages import GRAMMARS, grammar, language_of
from codex_lsp.syntax.parse import parse
from codex_lsp.syntax.spans import Span
from codex_lsp.syntax.symbols import Symbol, enclosing, enclosing_all, outline
from tests.syntax.samples import SAMPLES


def told(symbols: Iterable[Symbol], depth: int = 0) -> Iterator[str]:
    for symbol in symbols:
        yield f"{'  ' * depth}{symbol.kind} {symbol.name} {symbol.line + 1}-{symbol.end_line}"
        yield from told(symbol.children, depth + 1)


def everything(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    for symbol in symbols:
        yield symbol
        yield from everything(symbol.children)


@pytest.mark.parametrize("name", GRAMMARS)
def test_each_grammar_is_installed_and_has_a_sample(name: str) -> None:
    assert grammar(name) is not None
    parsed = parse("x", SAMPLES[name].text, name)
    assert parsed is not None
    assert parsed.is_whole


@pytest.mark.parametrize("name", GRAMMARS)
def test_outlines(name: str) -> None:
    found = outline("x", SAMPLES[name].text, name)
    assert found is not None
    assert list(told(found)) == SAMPLES[name].outline


@pytest.mark.parametrize("name", GRAMMARS)
def test_imports_and_comments(name: str) -> None:
    sample = SAMPLES[name]
    lines = sample.text.splitlines()
    there = imports("x", sample.text, name)
    assert there is not None
    assert [lines[number] for each in there for number in range(each.line, each.end_line)] == sample.imports
    found = comments("x", sample.text, name)
    assert found is not None
    assert [sample.text[each.start : each.end] for each in found] == sample.comments


@pytest.mark.parametrize("name", GRAMMARS)
def test_each_definition_is_around_its_own_characters(name: str) -> None:
    text = SAMPLES[name].text
    for symbol in everything(outline("x", text, name) or []):
        for offset in (symbol.start, symbol.end - 1):
            around = enclosing_all("x", text, offset, name)
            assert (symbol.kind, symbol.name) in [(each.kind, each.name) for each in around], (symbol, offset)


PYTHON = """\
import a

@decorated(
    1)
class Größe:
    '''Ü'''

    @property
    def höhe(self):

        return 1  # “here”

    x = 1


y = 2
"""


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("import a", None),
        ("@decorated", "Größe"),
        ("1)", "Größe"),
        ("'''Ü", "Größe"),
        ("    @property", "höhe"),
        ("\n        return", "höhe"),
        ("return", "höhe"),
        ("“here”", "höhe"),
        ("x = 1", "Größe"),
        ("\ny = 2", None),
    ],
)
def test_what_is_around_a_place(at: str, name: str | None) -> None:
    found = enclosing("a.py", PYTHON, PYTHON.index(at))
    assert (found.name if found else None) == name


def test_a_symbols_place_is_in_code_points_with_its_decorators() -> None:
    size, height = enclosing_all("a.py", PYTHON, PYTHON.index("return"))
    assert PYTHON[size.start : size.end].startswith("@decorated(")
    assert PYTHON[size.start : size.end].endswith("x = 1")
    assert PYTHON[height.start : height.end].startswith("@property\n    def höhe(self):\n\n        return 1")
    assert (height.kind, height.line, height.end_line) == ("method", 7, 11)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_lsps(end: str) -> None:
    text = PYTHON.replace("\n", end)
    found = outline("a.py", text)
    assert found is not None
    assert list(told(found)) == ["class Größe 3-13", "  method höhe 8-11"]


def test_an_unknown_language_is_told_as_such() -> None:
    assert outline("notes.md", "# A\n") is None
    assert comments("notes.md", "# A\n") is None
    assert imports("notes.md", "# A\n") is None
    assert enclosing("notes.md", "# A\n", 1) is None


@pytest.mark.parametrize(
    ("path", "language_id", "name"),
    [
        ("a/b.py", "", "python"),
        ("a\\B.PYI", "", "python"),
        ("a.d.ts", "", "typescript"),
        ("x", "typescriptreact", "tsx"),
        ("x.txt", "cpp", "cpp"),
        ("x.rs", "plaintext", "rust"),
        ("app/Gemfile", "", "ruby"),
        ("py", "", ""),
        ("a.unknown", "klingon", ""),
        ("", "", ""),
    ],
)
def test_languages(path: str, language_id: str, name: str) -> None:
    assert language_of(path, language_id) == name


BROKEN = st.lists(
    st.sampled_from(
        [*"(){}[]\"'`#/*:;=<>@\\\n\r\t é\ud800\x00", "def f", "class A", "function", "import x", "=>", "end"]
    )
)


@given(st.sampled_from(GRAMMARS), BROKEN.map("".join), st.integers(0, 60), st.integers(0, 60))
def test_any_text_will_do(name: str, broken: str, start: int, end: int) -> None:
    sample = SAMPLES[name].text
    text = sample[: len(sample) * start // 60] + broken + sample[len(sample) * end // 60 :]
    places: list[Symbol | Span] = [*everything(outline("x", text, name) or [])]
    places += (comments("x", text, name) or []) + (imports("x", text, name) or [])
    for each in places:
        assert 0 <= each.start <= each.end <= len(text)
        assert 0 <= each.line < max(each.end_line, 1)
    for symbol in enclosing_all("x", text, len(text) * start // 60, name):
        assert 0 <= symbol.start <= symbol.end <= len(text)


@pytest.mark.parametrize("deep", ["(" * 100_000, "-" * 100_000, "a" + ".b" * 50_000, "[{" * 30_000])
@pytest.mark.parametrize("name", ["python", "javascript"])
def test_what_is_nested_without_end_does_no_harm(name: str, deep: str) -> None:
    began = time.process_time()
    assert enclosing("x", deep, len(deep) // 2, name) is None
    assert outline("x", deep, name) in ([], None)
    assert comments("x", deep, name) in ([], None)
    assert imports("x", deep, name) in ([], None)
    # Of which parsing may take the most.
    assert time.process_time() - began < 2.5
