"""To go on from a run: a further instruction, a comment on one change, what a stopped run had made."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelError, Reply, ScriptedModel
from codex_lsp.lsp.runs.past import MAX_PAST
from codex_lsp.lsp.runs.stopped import SHOW
from tests.lsp.asking import BOTH, EDIT_TEN, TEN, TEXT, ask, edit, end_of, patch
from tests.support.editor import FakeEditor, ResponseError
from tests.support.serving import serving

EVENTS: dict[str, Any] = {"initialization_options": {"events": True}}


async def refine(editor: FakeEditor, run: str, instruction: str = "Make it 11.", **more: Any) -> Any:
    return await editor.execute("codexLsp.refine", {"run": run, "instruction": instruction} | more)


def asked(model: ScriptedModel) -> str:
    return str(model.requests[-1].messages[-1]["content"])


async def test_a_pending_proposal_is_refined_in_its_place(tmp_path: Path) -> None:
    eleven = Reply(patch("-    return 10", "+    return 11"))
    model = ScriptedModel([TEN, eleven])
    async with serving(model, tmp_path, **EVENTS) as (editor, _):
        first = (await ask(editor, apply="review"))["run"]
        assert (await end_of(editor, first))["state"] == "review"
        second = (await refine(editor, first))["run"]
        event = await end_of(editor, second)
        assert (event["state"], event["reason"]) == ("review", "finished")
        status = await editor.execute("codexLsp.status")
        assert status["proposals"] == [second]
        assert editor.buffer("m.py").text == TEXT
        await editor.execute("codexLsp.accept", {"proposal": second})
        await editor.wait_for_apply()
        assert editor.buffer("m.py").text == TEXT.replace("return 1\n", "return 11\n")
    assert "Make it 11." in asked(model)
    assert "return 10" in asked(model)
    assert [m["role"] for m in model.requests[1].messages] == ["system", "user", "assistant", "user"]


async def test_what_the_person_typed_meanwhile_is_the_base(tmp_path: Path) -> None:
    model = ScriptedModel([TEN, Reply(patch("-    return 10", "+    return 11"))])
    async with serving(model, tmp_path, **EVENTS) as (editor, _):
        first = (await ask(editor, apply="review"))["run"]
        await end_of(editor, first)
        await editor.type(editor.uri("m.py"), 0, "import os\n")
        second = (await refine(editor, first, apply="direct"))["run"]
        assert (await end_of(editor, second))["state"] == "applied"
        assert editor.buffer("m.py").text == "import os\n" + TEXT.replace("return 1\n", "return 11\n")
    assert "Lines: 2-3" in asked(model)


async def test_an_applied_proposal_is_refined_on_the_text_as_it_is(tmp_path: Path) -> None:
    model = ScriptedModel([TEN, Reply(patch("-    return 10", "+    return 11"))])
    async with serving(model, tmp_path, **EVENTS) as (editor, _):
        first = (await ask(editor))["run"]
        assert (await end_of(editor, first))["state"] == "applied"
        second = (await editor.execute("codexLsp.refine", {"proposal": first, "instruction": "11!"}))["run"]
        assert (await end_of(editor, second))["state"] == "applied"
        assert editor.buffer("m.py").text == TEXT.replace("return 1\n", "return 11\n")
    assert "may have been taken, changed or dropped" in asked(model)


async def test_a_comment_is_on_one_change(tmp_path: Path) -> None:
    model = ScriptedModel([BOTH, Reply("```\n    return 21\n```")])
    async with serving(model, tmp_path, **EVENTS) as (editor, _):
        first = (await ask(editor, apply="review"))["run"]
        await end_of(editor, first)
        second = (await refine(editor, first, path="m.py", hunk=1, apply="direct"))["run"]
        await end_of(editor, second)
        after = TEXT.replace("return 1\n", "return 10\n").replace("return 2\n", "return 21\n")
        assert editor.buffer("m.py").text == after
        for wrong in ({"path": "m.py", "hunk": 7}, {"path": "x.py"}, {"hunk": 1}, {"instruction": " "}):
            with pytest.raises(ResponseError):
                await refine(editor, second, **wrong)
    assert "Lines: 6-6" in asked(model)
    assert asked(model).endswith("this change of m.py:\n-    return 2\n+    return 20")


async def test_all_may_be_taken_back(tmp_path: Path) -> None:
    back = edit(patch("-    return 10", "+    return 1"))
    async with serving(
        ScriptedModel([EDIT_TEN, Reply("Done."), back, Reply("Gone.")]), tmp_path, **EVENTS
    ) as (
        editor,
        _,
    ):
        first = (await ask(editor, apply="review"))["run"]
        await end_of(editor, first)
        event = await end_of(editor, (await refine(editor, first))["run"])
        assert (event["state"], event["reason"]) == ("answered", "finished")
        assert event["text"] == "All proposed changes were taken back. Gone."
        assert (await editor.execute("codexLsp.status"))["proposals"] == []


async def test_words_alone_leave_the_proposal_as_it_is(tmp_path: Path) -> None:
    async with serving(ScriptedModel([TEN, Reply("It is fine.")]), tmp_path, **EVENTS) as (editor, _):
        first = (await ask(editor, apply="review"))["run"]
        await end_of(editor, first)
        event = await end_of(editor, (await refine(editor, first))["run"])
        assert (event["state"], event["reason"]) == ("answered", "answered")
        assert (await editor.execute("codexLsp.status"))["proposals"] == [first]


async def test_what_is_not_kept_is_refused(tmp_path: Path) -> None:
    replies = [Reply("No.")] * (MAX_PAST + 2)
    async with serving(ScriptedModel([TEN, *replies, TEN]), tmp_path, **EVENTS) as (editor, server):
        waiting = (await ask(editor, apply="review"))["run"]
        await end_of(editor, waiting)
        runs = [(await ask(editor))["run"] for _ in replies]
        for run in runs:
            await end_of(editor, run)
        assert len(server.past) == MAX_PAST + 1
        answer = await refine(editor, runs[0])
        assert answer["error"]["code"] == "unknown"
        assert (await refine(editor, waiting))["run"]


async def stopped(editor: FakeEditor) -> Any:
    run = (await ask(editor))["run"]
    return await end_of(editor, run)


async def test_what_a_stopped_run_had_made_is_offered_when_asked_for(tmp_path: Path) -> None:
    model = ScriptedModel([EDIT_TEN, ModelError("The endpoint is gone.")])
    plain: dict[str, Any] = {"capabilities": {"window": {"showMessage": None}}}
    async with serving(model, tmp_path, **EVENTS, **plain) as (editor, _):
        event = await stopped(editor)
        assert (event["state"], event["code"], event["reason"]) == ("failed", "model", "failed")
        assert event["offer"] is True
        await editor.wait_for_message(
            "What was made of m.py until then is kept, not applied. A code action there shows it"
        )
        status = await editor.execute("codexLsp.status")
        assert (status["proposals"], status["offers"]) == ([], [event["run"]])
        assert editor.buffer("m.py").text == TEXT
        assert await editor.execute("codexLsp.offer", {}) == {"offered": event["run"]}
        await editor.wait_for_message("wait as code actions")
        status = await editor.execute("codexLsp.status")
        assert (status["proposals"], status["offers"]) == ([event["run"]], [])
        assert await editor.execute("codexLsp.offer", {"run": "none"}) == {"offered": None}


@pytest.mark.parametrize("pressed", [True, False])
async def test_a_button_offers_it_where_there_are_buttons(tmp_path: Path, pressed: bool) -> None:
    shown: list[Any] = []

    def press(params: Any) -> Any:
        shown.append(params)
        return params["actions"][0] if pressed else None

    model = ScriptedModel([EDIT_TEN, ModelError("The endpoint is gone.")])
    async with serving(model, tmp_path, **EVENTS, answer_message=press) as (editor, _):
        event = await stopped(editor)
        await editor.wait_for_message("The endpoint is gone.")
        if pressed:
            await editor.wait_for_message("wait as code actions")
        status = await editor.execute("codexLsp.status")
        assert status["proposals"] == ([event["run"]] if pressed else [])
    assert [each["actions"] for each in shown] == [[{"title": SHOW}]]


async def test_a_cancelled_run_keeps_it_too_and_shows_no_message(tmp_path: Path) -> None:
    model = ScriptedModel([EDIT_TEN, asyncio.Event()])
    async with serving(model, tmp_path, **EVENTS) as (editor, _):
        run = (await ask(editor))["run"]
        await editor.wait_for_notification(
            "codexLsp/run", lambda params: "edited m.py" in params.get("text", "")
        )
        await editor.execute("codexLsp.cancel", {"run": run})
        event = await end_of(editor, run)
        assert (event["state"], event["reason"], event["offer"]) == ("cancelled", "cancelled", True)
        assert editor.messages == []
        assert (await editor.execute("codexLsp.status"))["offers"] == [run]


async def test_a_stopped_run_is_gone_on_with(tmp_path: Path) -> None:
    model = ScriptedModel(
        [EDIT_TEN, ModelError("gone"), edit(patch("-    return 2", "+    return 20")), Reply("Done.")]
    )
    async with serving(model, tmp_path, **EVENTS) as (editor, _):
        event = await stopped(editor)
        second = (await refine(editor, event["run"], "Go on."))["run"]
        assert (await end_of(editor, second))["state"] == "applied"
        after = TEXT.replace("return 1\n", "return 10\n").replace("return 2\n", "return 20\n")
        assert editor.buffer("m.py").text == after
        assert (await editor.execute("codexLsp.status"))["offers"] == []
    assert "You were stopped before you had finished" in str(model.requests[2].messages[-1]["content"])


async def test_with_nothing_made_there_is_no_offer(tmp_path: Path) -> None:
    async with serving(ScriptedModel([ModelError("gone")]), tmp_path, **EVENTS) as (editor, _):
        event = await stopped(editor)
        assert "offer" not in event
        assert await editor.execute("codexLsp.offer", {"run": event["run"]}) == {"offered": None}
