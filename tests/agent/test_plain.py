"""An endpoint that takes no tools is asked once without them, and its words hold the edit."""

from __future__ import annotations

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Unfinished
from codex_lsp.agent.model import ModelError, NoTools, Reply, ScriptedModel, ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Outcome, execute
from codex_lsp.agent.talk import Listener
from codex_lsp.edits import Focus

TEXT = "a = 1\nb = 2\n"
PATCH = "*** Begin Patch\n*** Update File: m.py\n-a = 1\n+a = 2\n*** End Patch"
REFUSAL = NoTools("The endpoint takes no tools.")


async def run(
    *script: Reply | Exception, kind: str = "edit", steps: list[str] | None = None
) -> tuple[Outcome, ScriptedModel]:
    model = ScriptedModel(script)
    ask = Ask("x", Focus("m.py", 0, 6), "explain" if kind == "explain" else "edit")
    listener = Listener(on_step=([] if steps is None else steps).append)
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)})
    return await execute(ask, overlay, model, run_id="r", listener=listener), model


@pytest.mark.parametrize("content", [PATCH, "```\na = 2\n```"])
async def test_the_edit_is_in_the_words(content: str) -> None:
    steps: list[str] = []
    outcome, model = await run(REFUSAL, Reply(content), steps=steps)
    assert outcome.proposal is not None
    assert outcome.proposal.changes[0].proposed == "a = 2\nb = 2\n"
    with_tools, without = model.requests
    assert with_tools.tools
    assert not without.tools
    assert "`read_file`" not in str(without.messages)
    assert "the endpoint takes no tools; asking for the edit in one reply" in steps


async def test_an_explanation_too() -> None:
    outcome, model = await run(REFUSAL, Reply("It counts."), kind="explain")
    assert (outcome.text, outcome.proposal) == ("It counts.", None)
    assert not model.requests[1].tools


async def test_once_and_no_more() -> None:
    with pytest.raises(NoTools):
        await run(REFUSAL, REFUSAL)
    with pytest.raises(ModelError, match="no memory"):
        await run(REFUSAL, ModelError("no memory"))


async def test_an_edit_that_does_not_fit_may_be_mended() -> None:
    outcome, model = await run(REFUSAL, Reply(PATCH.replace("a = 1", "q")), Reply(PATCH))
    assert outcome.proposal is not None
    assert "Your edit was refused" in str(model.requests[2].messages[-1])


async def test_tools_that_were_not_offered_are_not_called() -> None:
    call = ToolCall("1", "edit", '{"patch": "*** Begin Patch"}')
    with pytest.raises(Unfinished, match="answered with nothing"):
        await run(REFUSAL, Reply(tool_calls=(call,), finish_reason="tool_calls"))
    outcome, _ = await run(REFUSAL, Reply(PATCH, tool_calls=(call,)))
    assert outcome.proposal is not None


async def test_a_refusal_in_the_middle_of_the_work_ends_it() -> None:
    read = Reply(tool_calls=(ToolCall("1", "read_file", '{"path": "m.py"}'),), finish_reason="tool_calls")
    with pytest.raises(Unfinished, match="takes no tools"):
        await run(read, REFUSAL)
