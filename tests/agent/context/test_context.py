from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.agent.asks.ask import Ask, header, whole_ask, whole_focus
from codex_lsp.agent.context.gather import gather
from codex_lsp.agent.context.prompting import user_prompt, workspace
from codex_lsp.agent.overlay import Diagnostic, Overlay, Snapshot
from codex_lsp.edits import Focus
from codex_lsp.edits.text import LineIndex
from codex_lsp.syntax.plain_definitions import enclosing_definition

PYTHON = """\
import os

class C:
    @property
    def f(
        self,
    ):
        return 1

    x = 2

async def g():
    if os:
        def inner(): pass
    return 2
"""
RUST = "pub(crate) fn a() {\n    b();\n}\n\nimpl C {\n    fn d(&self) {\n    }\n}\n"
TYPESCRIPT = "export default async function h() {\n  return 1;\n}\n"
GO = "func (s *Server) Serve() {\n\ts.x()\n}\n"


@pytest.mark.parametrize(
    ("text", "line", "name", "span"),
    [
        (PYTHON, 0, None, None),
        (PYTHON, 2, "C", (2, 10)),
        (PYTHON, 4, "f", (4, 8)),
        (PYTHON, 7, "f", (4, 8)),
        (PYTHON, 9, "C", (2, 10)),
        (PYTHON, 13, "inner", (13, 14)),
        (PYTHON, 14, "g", (11, 15)),
        (RUST, 1, "a", (0, 3)),
        (RUST, 2, "a", (0, 3)),
        (RUST, 5, "d", (5, 7)),
        (TYPESCRIPT, 1, "h", (0, 3)),
        (GO, 1, "Serve", (0, 3)),
    ],
)
def test_the_symbol_around_a_line(
    text: str, line: int, name: str | None, span: tuple[int, int] | None
) -> None:
    symbol = enclosing_definition(LineIndex(text), line)
    assert (symbol and symbol.name, symbol and (symbol.start, symbol.end)) == (name, span)


@given(st.text(alphabet="def f():\n \t{}", max_size=80), st.integers(0, 20))
def test_broken_text_has_a_symbol_that_holds_the_line_or_none(text: str, line: int) -> None:
    symbol = enclosing_definition(LineIndex(text), line)
    assert symbol is None or symbol.start <= line < symbol.end


def focus_of(text: str, start: int, end: int) -> str:
    focus = whole_focus(text, Focus("m.py", start, end))
    return text[focus.start : focus.end]


def test_an_empty_selection_is_the_symbol_or_the_line() -> None:
    assert focus_of(PYTHON, PYTHON.index("return 2"), PYTHON.index("return 2")).startswith("async def g")
    assert focus_of(PYTHON, 3, 3) == "import os\n"


def test_a_selection_is_its_lines_as_a_whole() -> None:
    start = PYTHON.index("return 1")
    assert focus_of(PYTHON, start, start + 8) == "        return 1\n"
    assert focus_of(PYTHON, 7, 9) == "import os\n"
    assert focus_of("a = 1\nb = 2\nc = 3", 2, 8) == "a = 1\nb = 2\n"
    assert focus_of("a = 1\nb = 2\nc = 3", 6, 12) == "b = 2\n"
    assert focus_of("a = 1\nb = 2\nc = 3", 14, 15) == "c = 3"


def test_in_a_line_that_a_machine_wrote_it_is_what_it_is() -> None:
    text = "f(1);" * 10_000
    assert focus_of(text, 500, 510) == "f(1);f(1);"


@pytest.mark.parametrize(
    ("start", "end", "part"), [(7, 9, "os"), (0, 10, ""), (0, 9, ""), (3, 3, ""), (0, len(PYTHON), "")]
)
def test_the_part_of_a_line_that_was_selected_is_told(start: int, end: int, part: str) -> None:
    ask = whole_ask(PYTHON, Ask("Do it.", Focus("m.py", start, end)))
    told = f"Selected: {part}\n" if part else ""
    assert f"\n{told}Instruction: Do it." in header(ask, PYTHON)
    assert ("Selected:" in header(ask, PYTHON)) == bool(part)


def test_the_header_is_the_documented_one() -> None:
    diagnostic = Diagnostic(1, 1, "two\nlines", "E1", "lint")
    ask = Ask("Do it.", Focus("m.py", 10, 30), "fix", (diagnostic,))
    assert header(ask, PYTHON) == (
        "Path: m.py\nLines: 2-4\nInstruction: Do it.\nDiagnostics:\n- 2: E1 (lint): two lines"
    )


def prompt_of(ask: Ask, text: str) -> str:
    return user_prompt(gather(ask, Overlay({ask.focus.path: Snapshot(ask.focus.path, text)})))


def test_a_fence_in_the_text_does_not_end_the_prompts_fence() -> None:
    text = "```\nx\n```\n"
    assert "````\n```\nx\n```\n````" in prompt_of(Ask("x", Focus("m.md", 0, 3)), text)


def test_a_large_file_is_sent_around_the_selection_only() -> None:
    text = "".join(f"line {number}\n" for number in range(20_000))
    start = text.index("line 10000\n")
    prompt = prompt_of(Ask("x", Focus("m.txt", start, start + 10)), text)
    assert len(prompt) < 48_000
    assert "line 9999\nline 10000\nline 10001\n" in prompt


def test_the_workspace_counts_code_points() -> None:
    text = "a = '😀😀'\nb\n"
    overlay = Overlay({"m.py": Snapshot("m.py", text)})
    body = workspace(gather(Ask("x", Focus("m.py", 5, 7)), overlay, agent=True))
    assert body is not None
    assert body["focus"]["start"] == {"line": 0, "character": 5}
    assert body["focus"]["end"] == {"line": 0, "character": 7}
