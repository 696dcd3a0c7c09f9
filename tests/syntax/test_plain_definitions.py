from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits.text import LineIndex
from codex_lsp.syntax.plain_definitions import (
    Definition,
    defined_names,
    definitions_of,
    enclosing_definition,
    outer_definition,
)

PYTHON = """\
from x import alpha, BETA

BETA: int = 1
GAMMA == 2

class Outer:
    alpha = 3

    async def alpha(self):
        def inner():
            return BETA
        return inner

def alphabet(): pass
"""
RUST = "pub const LIMIT: u32 = 3;\n\npub(crate) async fn alpha<T>() {\n    LIMIT\n}\n"
SCRIPT = "export const alpha = () => {\n  beta();\n};\nlet beta = 1\n"
LINE = st.sampled_from(
    [
        "def alpha():\n",
        "  alpha = 1\n",
        "alpha = 1\n",
        "class Beta:\n",
        "    beta.alpha\n",
        "\n",
        "}\n",
        "x\r",
    ]
)


def found(text: str, *names: str) -> list[tuple[str, int, int]]:
    return [(each.name, each.start, each.end) for each in definitions_of(LineIndex(text), names)]


def test_definitions_with_their_blocks() -> None:
    assert found(PYTHON, "alpha", "BETA", "GAMMA") == [("BETA", 2, 3), ("alpha", 8, 12)]
    assert found(PYTHON, "Outer", "alpha", "inner") == [("Outer", 5, 12)]
    assert found(RUST, "alpha", "LIMIT") == [("LIMIT", 0, 1), ("alpha", 2, 5)]
    assert found(SCRIPT, "alpha", "beta") == [("alpha", 0, 3), ("beta", 3, 4)]
    assert found(PYTHON) == []


@pytest.mark.parametrize(
    ("text", "names", "defined"),
    [
        (
            PYTHON,
            ["alpha", "BETA", "GAMMA", "x", "alphabet", "inner"],
            {"alpha", "BETA", "alphabet", "inner"},
        ),
        (RUST, ["alpha", "LIMIT", "u32"], {"alpha", "LIMIT"}),
        (SCRIPT, ["alpha", "beta"], {"alpha", "beta"}),
    ],
)
def test_names_that_a_text_defines(text: str, names: list[str], defined: set[str]) -> None:
    assert defined_names(text, names) == defined


@given(st.lists(LINE, max_size=12).map("".join))
def test_names_are_those_of_the_definitions(text: str) -> None:
    names = ["alpha", "Beta", "beta"]
    each = {name for name in names if found(text, name)}
    assert defined_names(text, names) == each


def test_the_definition_around_another() -> None:
    index = LineIndex(PYTHON)
    inner = enclosing_definition(index, 10)
    assert inner == Definition("inner", 9, 11)
    around = outer_definition(index, inner)
    assert around == Definition("alpha", 8, 12)
    outermost = outer_definition(index, around)
    assert outermost == Definition("Outer", 5, 12)
    assert outer_definition(index, outermost) is None
