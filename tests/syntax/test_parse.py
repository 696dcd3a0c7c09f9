from __future__ import annotations

import gc
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.syntax.languages import GRAMMARS
from codex_lsp.syntax.parse import Parsed, faults, parse, parse_again
from tests.syntax.samples import SAMPLES


def parsed(text: str, name: str) -> Parsed:
    found = parse("x", text, name, seconds=60)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "text", "line", "what"),
    [
        ("c", "int f(void) {\n  return 1;\n", 1, "missing"),
        ("javascript", "f();\nconst = 1;\n", 1, ""),
        ("go", "package p\nfunc F( {\n}\n", 1, ""),
        ("python", "x = 1\ny = (\n", 1, ""),
        ("rust", "fn f() { let x = ; }\n", 0, ""),
    ],
)
def test_faults_have_a_line(name: str, text: str, line: int, what: str) -> None:
    assert not parsed(text, name).is_whole
    found = faults(parsed(text, name))
    assert found[0].line == line
    assert what in found[0].what
    assert found[0].what


@pytest.mark.parametrize("name", GRAMMARS)
def test_what_parses_has_no_faults(name: str) -> None:
    assert faults(parsed(SAMPLES[name].text, name)) == []


def test_there_are_no_more_faults_than_asked_for() -> None:
    assert len(faults(parsed("int a = ;\n" * 50, "c"), 3)) == 3


@given(st.sampled_from(GRAMMARS), st.data())
def test_parsing_again_finds_what_parsing_anew_finds(name: str, data: st.DataObject) -> None:
    text = SAMPLES[name].text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    new = text[:start] + data.draw(st.text("ab1 (){};:\"'\n\té😀", max_size=10)) + text[end:]
    again = parse_again(parsed(text, name), new, seconds=60)
    assert again is not None
    if again.is_whole:
        assert parsed(new, name).is_whole


def test_parsing_again_costs_less() -> None:
    text = "".join(f"def f{number}(a, b):\n    return a + b * {number}\n\n" for number in range(1000))
    before = parsed(text, "python")
    new = text.replace("b * 500", "b - 500")

    began = time.process_time()
    again = parse_again(before, new)
    part = time.process_time() - began
    assert again is not None
    assert again.is_whole
    began = time.process_time()
    assert parsed(new, "python").is_whole
    assert part < (time.process_time() - began) / 2


def test_the_last_texts_are_remembered() -> None:
    assert parsed("x = 1\n", "python") is parsed("x = " + "1\n", "python")
    assert parsed("x = 1\n", "python") is not parsed("x = 1\n", "ruby")


def test_time_is_limited() -> None:
    assert parse("x", "f(" * 200_000, "javascript", seconds=0.0) is None


def test_what_is_too_long_is_not_parsed() -> None:
    assert parse("a.py", "#" * 2_000_001) is None


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 40])
def test_parsing_leaves_no_text_behind(times: int) -> None:
    """tree-sitter 0.26 keeps what a reading function gives it: a session's texts would never be freed."""
    text = "def f(a):\n    return a + 1\n" * 400 * times
    tracemalloc.start()
    try:
        held = []
        for number in range(40):
            parse("a.py", f"{text}# {number}\n", seconds=60)
            gc.collect(0)
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    # The last trees are remembered, with their texts: from then on nothing is added.
    assert held[-1] - held[9] < 3 * len(text)
