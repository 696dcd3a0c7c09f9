from __future__ import annotations

import argparse
import asyncio
import inspect
import time

import pytest

from codex_lsp.agent.checking import parsing as module
from codex_lsp.agent.checking.verify import prepare, verify
from codex_lsp.review.proposal import FileChange, Verification
from codex_lsp.syntax.blocks import MOST

SMALL = "x = 1\n"
LARGE = SMALL * (MOST // len(SMALL) + 1)
SOURCE = inspect.getsource(argparse)


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


@pytest.mark.parametrize("text", [SMALL, LARGE, SOURCE], ids=["small", "large", "real"])
async def test_what_was_prepared_is_judged_the_same(text: str) -> None:
    await prepare("a.py", text)
    found = await verify([FileChange("a.py", text, text + "y = 2\n")])
    assert (found.status, found.note) == ("passed", "a.py parsed.")
    found = await verify([FileChange("a.py", text, text + "def f(:\n")])
    assert found.status == "failed"
    assert f"(line {text.count(chr(10)) + 1})" in found.note
    moved = FileChange("a.py", text, text + "y = (\n", move_to="b.py")
    assert (await verify([moved])).note.startswith("b.py would no longer parse: ")


async def test_a_prepared_file_is_checked_at_the_cost_of_what_changed() -> None:
    await prepare("a.py", SOURCE)
    new = SOURCE.replace("return self._get_positional_kwargs", "return not self._get_positional_kwargs")
    change = FileChange("a.py", SOURCE, new).worked_out()
    began = time.process_time()
    found = await verify([change])
    # Some 0.3 ms; a child process or all of the file costs 10 ms and more.
    assert time.process_time() - began < 0.004
    assert found.status == "passed"


async def test_a_mark_at_the_start_changes_nothing() -> None:
    text = "\ufeff" + SMALL
    await prepare("a.py", text)
    assert (await verify([FileChange("a.py", text, text + SMALL)])).status == "passed"
    assert (await verify([FileChange("a.py", text, text + "(")])).status == "failed"


async def test_what_does_not_parse_can_be_prepared() -> None:
    await prepare("a.py", "(")
    assert (await verify([FileChange("a.py", "(", "((")])).status == "unchecked"
    assert (await verify([FileChange("a.py", "(", SMALL)])).status == "passed"


async def test_a_check_that_cannot_be_made_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert (await verify([FileChange("a.py", None, LARGE)])).status == "unchecked"


async def test_a_check_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_APART", "import time; time.sleep(3600)")
    monkeypatch.setattr(module, "APART_SECONDS", 0.2)
    async with asyncio.timeout(10):
        assert (await verify([FileChange("a.py", None, LARGE)])).status == "unchecked"


@pytest.mark.parametrize("ready", [False, True])
@pytest.mark.parametrize(
    ("path", "good", "bad", "says"),
    [
        ("a.json", "{}", "{", "line 1"),
        ("a.toml", "a = 1", "a =", "Invalid value"),
        ("a.rs", "fn f() {}\n", "fn f() {}\nfn g( {}\n", "(line 2)"),
        ("a.ts", "let a: number = 1;\n", "let a: number = 1;\nlet b: = 2;\n", "(line 2)"),
        ("a.go", "package p\n", "package p\nfunc (\n", "(line 2)"),
        ("a.c", "int a;\n", "int a;\nint f(void) {\n", "'}' is missing (line 2)"),
    ],
)
async def test_other_languages(path: str, good: str, bad: str, says: str, ready: bool) -> None:
    if ready:
        await prepare(path, good)
    found = await verify([FileChange(path, good, good + "\n")])
    assert (found.status, found.note, found.checked) == ("passed", f"{path} parsed.", ("parses",))
    failed = await verify([FileChange(path, good, bad)])
    assert failed.status == "failed"
    assert failed.note.startswith(f"{path} would no longer parse: ")
    assert says in failed.note
    assert (await verify([FileChange(path, None, bad)])).status == "failed"
    assert (await verify([FileChange(path, None, good)])).status == "passed"
    if ready:
        await prepare(path, bad)
    assert (await verify([FileChange(path, bad, bad + bad)])).status == "unchecked"


async def test_all_files_that_do_not_parse_are_named() -> None:
    found = await verify(
        [FileChange("a.py", SMALL, "("), FileChange("b.py", None, ")"), FileChange("c.py", "", "")]
    )
    assert [name in found.note for name in ("a.py", "b.py", "c.py")] == [True, True, False]
    assert found.report == found.note


async def test_what_was_not_checked_is_said() -> None:
    found = await verify([FileChange("a.py", SMALL, SMALL * 2), FileChange("notes.md", "a", "b")])
    assert found == Verification("passed", "a.py parsed.", ("parses",), ("notes.md: whether it parses",))
    assert found.title == "checked: parses"
    assert found.detail == "a.py parsed.\nNot checked: notes.md: whether it parses"


async def test_what_is_deleted_needs_no_check() -> None:
    found = await verify([FileChange("a.py", SMALL, None)])
    assert (found.status, found.title, found.detail) == ("unchecked", "not checked", "Nothing was checked.")
