"""Runs of an editor on record, and `codexLsp.runs`, which tells and shows them."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.traces.place import files
from codex_lsp.traces.record import Record, load
from codex_lsp.traces.replay import replay
from codex_lsp.traces.telling import settle
from tests.lsp.asking import RETURN_10, TEXT, agent, ask
from tests.support.editor import FakeEditor, ResponseError
from tests.support.serving import READY, serving


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # What is still to be written of other tests' runs would be written here.
    settle()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "codex-lsp"


async def recorded(place: Path) -> list[Record]:
    """What is on record by now, the newest first."""
    await asyncio.to_thread(settle)
    return [load(file) for file in files(place / "runs")]


async def asked(editor: FakeEditor) -> str:
    answer = await ask(editor)
    await editor.wait_for_progress_end()
    return str(answer["run"])


async def test_a_run_of_an_editor_is_on_record_and_comes_to_the_same_again(
    tmp_path: Path, place: Path
) -> None:
    model = agent(RETURN_10)
    async with serving(model, tmp_path) as (editor, server):
        assert server.config.api_key == "key"
        run = await asked(editor)
        (record,) = await recorded(place)
    assert record.run == run
    assert record.start["open"] == [{"path": "m.py", "version": 1, "language": "python"}]
    replayed = await replay(record)
    assert replayed.is_same
    assert replayed.changes[0].proposed == TEXT.replace("return 1\n", "return 10\n")


async def test_the_settings_or_the_environment_keep_runs_off_the_record(tmp_path: Path, place: Path) -> None:
    async with serving(agent(RETURN_10), tmp_path, initialization_options={"traces": False}) as (editor, _):
        await asked(editor)
    off = replace(READY, traces=False)
    async with serving(agent(RETURN_10), tmp_path, config=off) as (editor, _):
        await asked(editor)
        assert await editor.execute("codexLsp.runs") == {"folder": str(place / "runs"), "runs": []}
    assert await recorded(place) == []


async def test_the_endpoints_key_is_on_no_record(tmp_path: Path, place: Path) -> None:
    key = "a-key-that-nothing-else-tells"
    said = f"The key is {key}.\n{RETURN_10}"
    async with serving(agent(said), tmp_path, config=replace(READY, api_key=key)) as (editor, _):
        await asked(editor)
        await recorded(place)
        (file,) = files(place / "runs")
    assert key not in file.read_text()
    assert "The key is SECRET_key_1_." in file.read_text()


async def test_a_run_that_was_cancelled_is_on_record_with_its_end(tmp_path: Path, place: Path) -> None:
    async with serving(agent(asyncio.Event(), RETURN_10), tmp_path) as (editor, _):
        run = (await ask(editor))["run"]
        # Right after the start it waits for the settings; what has not begun is not on record.
        await editor.wait(lambda: "asking" in str(editor.progress))
        await editor.execute("codexLsp.cancel", {"run": run})
        await editor.wait_for_progress_end()
        (record,) = await recorded(place)
    assert record.end is not None
    assert record.end["reason"] == "cancelled"


async def test_runs_are_told_the_newest_first(tmp_path: Path, place: Path) -> None:
    async with serving(agent(RETURN_10, "No."), tmp_path) as (editor, _):
        first = await asked(editor)
        second = (await ask(editor))["run"]
        await editor.wait_for_progress_end(count=2)
        await recorded(place)
        told = await editor.execute("codexLsp.runs")
    assert [each["run"] for each in told["runs"]] == [second, first]
    assert [each["reason"] for each in told["runs"]] == ["answered", "finished"]
    assert told["runs"][1]["files"] == ["m.py"]
    assert told["runs"][1]["instruction"] == "Return ten times as much."


async def test_a_runs_page_is_opened_where_the_editor_can(tmp_path: Path, place: Path) -> None:
    async with serving(agent(RETURN_10), tmp_path) as (editor, _):
        run = await asked(editor)
        await recorded(place)
        told = await editor.execute("codexLsp.runs", {"run": run[:5]})
        await editor.wait(lambda: editor.shown_documents)
        (params,) = editor.shown_documents
    page = place / "pages" / f"{run}.html"
    assert told == {"run": run, "page": page.as_uri()}
    assert (params["uri"], params["external"]) == (page.as_uri(), True)
    assert "Return ten times as much." in page.read_text()
    assert (stat.S_IMODE(page.stat().st_mode), stat.S_IMODE(page.parent.stat().st_mode)) == (0o600, 0o700)


async def test_another_editor_is_told_where_the_page_is(tmp_path: Path, place: Path) -> None:
    nothing: dict[str, Any] = {"window": {"showDocument": None}}
    async with serving(agent(RETURN_10), tmp_path, capabilities=nothing) as (editor, _):
        run = await asked(editor)
        await recorded(place)
        await editor.execute("codexLsp.runs", {"run": "last"})
        messages = await editor.wait(lambda: [each for each in editor.messages if run in each["message"]])
    assert messages[0]["message"] == f"Codex: the run's page is {place / 'pages' / run}.html"


async def test_no_run_is_a_result_and_no_file_is_taken_for_one(tmp_path: Path, place: Path) -> None:
    (tmp_path / "other.jsonl").write_text("{}\n")
    async with serving(agent(), tmp_path) as (editor, _):
        for name in ("nope", "", "../x", str(tmp_path / "other.jsonl")):
            told = await editor.execute("codexLsp.runs", {"run": name})
            assert told["run"] is None
            assert told["error"]["code"] == "no_run"
        with pytest.raises(ResponseError, match="'run' must be a string"):
            await editor.execute("codexLsp.runs", {"run": 7})
