from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import LimitReached, Limits, Unfinished
from codex_lsp.agent.model import ModelError, ModelInfo, Reply, ScriptedModel, ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Outcome, execute
from codex_lsp.agent.talk import Listener
from codex_lsp.edits import EditError, Focus
from codex_lsp.workspace.policy import Root
from tests.support.patches import patch

TEXT = "a = 1\nb = 2\n"
ASK = Ask("x", Focus("m.py", 0, 6))


def tool(name: str, **arguments: Any) -> Reply:
    return Reply(tool_calls=(ToolCall("1", name, json.dumps(arguments)),), finish_reason="tool_calls")


async def run(
    *replies: Reply, ask: Ask = ASK, root: Root | None = None, **more: Any
) -> tuple[Outcome, ScriptedModel]:
    model = ScriptedModel(replies, more.pop("info", None))
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)}, root)
    return await execute(ask, overlay, model, run_id="r", **more), model


def result_of(model: ScriptedModel) -> str:
    return str(model.requests[-1].messages[-1]["content"])


async def test_edits_of_one_run_build_on_each_other() -> None:
    outcome, _ = await run(
        tool("edit", patch=patch("m.py", "-a = 1", "+a = 3")),
        tool("edit", patch=patch("m.py", "-a = 3", "+a = 4")),
        Reply("Done."),
    )
    assert outcome.proposal is not None
    (change,) = outcome.proposal.changes
    assert (change.base, change.proposed) == (TEXT, "a = 4\nb = 2\n")
    assert outcome.proposal.verification.status == "passed"


async def test_a_fence_beside_tool_edits_is_talk() -> None:
    outcome, _ = await run(tool("edit", patch=patch("m.py", "-a = 1", "+a = 3")), Reply("Now:\n```\nx\n```"))
    assert outcome.proposal is not None
    assert outcome.proposal.changes[0].proposed == "a = 3\nb = 2\n"


async def test_edits_that_undo_each_other_are_no_proposal() -> None:
    outcome, _ = await run(
        tool("edit", patch=patch("m.py", "-a = 1", "+a = 3")),
        tool("edit", patch=patch("m.py", "-a = 3", "+a = 1")),
        Reply("Never mind."),
    )
    assert outcome.proposal is None


async def test_an_edit_in_words_that_fails_may_be_mended_so_often_and_no_more() -> None:
    bad, good = Reply(patch("m.py", "-q", "+x")), Reply(patch("m.py", "-a = 1", "+a = 3"))
    outcome, model = await run(bad, good)
    assert outcome.proposal is not None
    assert "Your edit was refused" in result_of(model)
    with pytest.raises(EditError):
        await run(bad, bad, bad, good)


async def test_a_model_that_never_finishes_reaches_its_limit() -> None:
    replies = [tool("read_file", path="m.py", start_line=line) for line in (1, 2, 1, 2)]
    with pytest.raises(LimitReached, match="within 3 steps"):
        await run(*replies, limits=Limits(steps=3))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (tool("rm", path="m.py"), "there is no tool 'rm'"),
        (Reply(tool_calls=(ToolCall("1", "edit", "{"),)), "not JSON"),
        (Reply(tool_calls=(ToolCall("1", "edit", "[]"),)), "one JSON object"),
        (tool("edit"), "either patch, or path, old and new"),
        (tool("read_file", path=7), "must be a string"),
        (tool("read_file", path="gone.py"), "no such file"),
        (tool("read_file", path="../secret"), "leaves the workspace"),
        (tool("read_file", path=".env"), "holds secrets"),
        (tool("read_file", path="out/secret"), "link leads out"),
        (tool("edit", patch=patch("m.py", "-a = 1", "+a = 1")), "leave everything as it is"),
        (tool("edit", patch="no patch"), "holds no edits"),
    ],
)
async def test_whatever_the_model_gets_wrong_comes_back_to_it(tmp_path: Path, call: Reply, said: str) -> None:
    (tmp_path / "secret").write_text("key")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / ".env").write_text("KEY=1")
    (tmp_path / "root" / "out").symlink_to(tmp_path)
    outcome, model = await run(call, Reply("Sorry."), root=Root(tmp_path / "root"))
    assert outcome.proposal is None
    assert result_of(model).startswith("error: ")
    assert said in result_of(model)


async def test_files_of_the_root_can_be_read_in_part_and_changed(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    outcome, model = await run(
        tool("edit", patch=patch("other.py", "-two", "+2")),
        tool("read_file", path="other.py", start_line=2, end_line=2),
        Reply("Done."),
        root=Root(tmp_path),
    )
    assert result_of(model) == ("other.py, lines 2-2 of 3:\n2\t2")
    assert outcome.proposal is not None
    assert outcome.proposal.changes[0].proposed == "one\r\n2\r\nthree\r\n"
    assert (tmp_path / "other.py").read_bytes() == b"one\r\ntwo\r\nthree\r\n"


async def test_an_explanation_has_no_tool_that_changes_anything() -> None:
    ask = Ask("why?", ASK.focus, "explain")
    outcome, model = await run(
        tool("edit", patch=patch("m.py", "-a = 1", "+x")), Reply("```\nx\n```"), ask=ask
    )
    assert outcome.proposal is None
    names = [schema["function"]["name"] for schema in model.requests[0].tools]
    assert names == ["read_file", "list_files", "search", "outline", "diagnostics"]
    assert "no tool 'edit'" in result_of(model)


async def test_an_agents_reasoning_is_its_steps() -> None:
    steps: list[str] = []
    reply = Reply("Done.\n" + patch("m.py", "-a = 1", "+a = 3"), reasoning="read m.py\nthought\n\n")
    outcome, model = await run(reply, info=ModelInfo("agent", "llm", "x"), listener=Listener(steps.append))
    assert steps[:2] == ["reaching the endpoint", "asking x (llm)"]
    assert steps[2].startswith("context: ")
    assert steps[3:] == ["read m.py", "thought", "m.py parsed."]
    assert (outcome.text, outcome.mode) == ("Done.", "llm")
    assert model.requests[0].tools == ()


async def test_the_road_can_be_forced() -> None:
    _, model = await run(Reply("No."), info=ModelInfo("agent", "llm", "x"), road="model")
    assert model.requests[0].workspace is None
    assert model.requests[0].tools


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_a_reply_without_its_own_end_is_refused(reason: str) -> None:
    with pytest.raises(ModelError, match="nothing was changed"):
        await run(Reply("```\nx\n```", finish_reason=reason))


async def test_a_run_has_a_deadline() -> None:
    import asyncio

    model = ScriptedModel([asyncio.Event(), Reply("late")])
    with pytest.raises(Unfinished, match=r"longer than 0\.05 s"):
        await execute(
            ASK, Overlay({"m.py": Snapshot("m.py", TEXT)}), model, run_id="r", limits=Limits(seconds=0.05)
        )


async def test_new_and_deleted_and_moved_files_are_changes(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("o\n")
    (tmp_path / "gone.py").write_text("g\n")
    body = (
        "*** Begin Patch\n*** Add File: new.py\n+n\n*** Delete File: gone.py\n"
        "*** Update File: old.py\n*** Move to: moved.py\n-o\n+m\n*** End Patch"
    )
    outcome, _ = await run(Reply(body), root=Root(tmp_path))
    assert outcome.proposal is not None
    found = {(each.path, each.base, each.proposed, each.move_to) for each in outcome.proposal.changes}
    assert found == {
        ("new.py", None, "n\n", None),
        ("gone.py", "g\n", None, None),
        ("old.py", "o\n", "m\n", "moved.py"),
    }
    assert outcome.proposal.cautions() == ["gone.py would be deleted."]


@pytest.mark.parametrize(
    ("block", "after"),
    [
        ("a = 9\n", "a = 9\nb = 2\n"),
        ("import os\na = 9\nb = 2\n", "import os\na = 9\nb = 2\n"),
    ],
)
async def test_a_block_under_the_files_name_never_wipes_out_the_rest(block: str, after: str) -> None:
    outcome, _ = await run(Reply(f"m.py\n```python\n{block}```\n"))
    assert outcome.proposal is not None
    assert outcome.proposal.changes[0].proposed == after


async def test_a_named_block_that_could_be_either_is_refused() -> None:
    text = "a = 1\n" + "".join(f"x{number} = {number}\n" for number in range(10))
    model = ScriptedModel([Reply("m.py\n```\na = 2\nx0 = 0\nx1 = 1\n```")] * 3)
    with pytest.raises(EditError, match="may be the whole file or the selected lines"):
        await execute(ASK, Overlay({"m.py": Snapshot("m.py", text)}), model, run_id="r")
