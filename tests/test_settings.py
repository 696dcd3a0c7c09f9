from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from codex_lsp.settings import Settings, parse

PROTOCOL = Path(__file__).parent.parent / "docs" / "PROTOCOL.md"


def test_nothing_set_is_the_defaults() -> None:
    assert parse(None) == (Settings(), [])
    assert parse({}) == (Settings(), [])


def test_what_is_right_is_taken() -> None:
    settings, problems = parse({"apply": "review", "events": True, "max_steps": 3, "max_seconds": 1.5})
    assert problems == []
    assert (settings.apply, settings.events, settings.max_steps, settings.max_seconds) == (
        "review",
        True,
        3,
        1.5,
    )


@pytest.mark.parametrize(
    "options",
    [
        {"apply": "no"},
        {"events": 1},
        {"max_steps": 0},
        {"max_steps": 1.5},
        {"max_seconds": True},
        {"x": 1},
        [],
        "x",
    ],
)
def test_what_is_wrong_is_told_and_keeps_its_default(options: object) -> None:
    settings, problems = parse(options)
    assert settings == Settings()
    assert len(problems) == 1


def test_the_documents_list_every_setting_with_its_default() -> None:
    listed = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", PROTOCOL.read_text(), re.MULTILINE))
    wanted = {each.name: each.default for each in fields(Settings)}
    shown = {
        name: f'"{value}"' if isinstance(value, str) else str(value).lower().removesuffix(".0")
        for name, value in wanted.items()
    }
    assert listed == shown
