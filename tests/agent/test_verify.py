from __future__ import annotations

import asyncio

import pytest

from codex_lsp.agent import verify as module
from codex_lsp.agent.verify import MAX_HERE, verify
from codex_lsp.review.proposal import FileChange

SMALL = "x = 1\n"
LARGE = SMALL * (MAX_HERE // len(SMALL) + 1)


@pytest.mark.parametrize(
    "text", [SMALL, LARGE, "\ufeff" + LARGE], ids=["small", "large", "large with a mark"]
)
async def test_what_parses_is_passed(text: str) -> None:
    found = await verify([FileChange("a.py", "", text)])
    assert (found.status, found.note) == ("passed", "a.py parsed.")


@pytest.mark.parametrize("text", [SMALL, LARGE], ids=["small", "large"])
async def test_what_no_longer_parses_is_failed_with_its_line(text: str) -> None:
    found = await verify([FileChange("a.py", text, text + "def f(:\n")])
    assert found.status == "failed"
    assert f"(line {text.count(chr(10)) + 1})" in found.note


@pytest.mark.parametrize("text", [SMALL, LARGE], ids=["small", "large"])
async def test_what_did_not_parse_before_is_not_held_against_it(text: str) -> None:
    assert (await verify([FileChange("a.py", text + "(", text + "((")])).status == "unchecked"


@pytest.mark.parametrize("deep", ["-" * 100_000, "a" + ".b" * 100_000, "1" + "+1" * 100_000])
async def test_what_no_parser_can_take_does_no_harm(deep: str) -> None:
    assert (await verify([FileChange("a.py", SMALL, deep)])).status == "failed"


async def test_lone_surrogates_are_a_matter_of_the_parser() -> None:
    text = LARGE + "s = '\ud800'\n"
    assert (await verify([FileChange("a.py", text, text + SMALL)])).status in ("passed", "unchecked")


async def test_a_check_that_cannot_be_made_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert (await verify([FileChange("a.py", SMALL, LARGE)])).status == "unchecked"


async def test_a_check_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_APART", "import time; time.sleep(3600)")
    monkeypatch.setattr(module, "APART_SECONDS", 0.2)
    async with asyncio.timeout(10):
        assert (await verify([FileChange("a.py", SMALL, LARGE)])).status == "unchecked"


@pytest.mark.parametrize(("path", "good", "bad"), [("a.json", "{}", "{"), ("a.toml", "a = 1", "a =")])
async def test_other_languages(path: str, good: str, bad: str) -> None:
    assert (await verify([FileChange(path, good, good + "\n")])).status == "passed"
    assert (await verify([FileChange(path, good, bad)])).status == "failed"
