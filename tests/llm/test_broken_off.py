"""A reply that breaks off: an agent that had told nothing but its steps is asked again, nobody else is."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest

from codex_lsp.agent.model import Delta, Reply, Request
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import Unreachable
from codex_lsp.llm.assemble import Assembler
from codex_lsp.llm.failures import from_litellm
from codex_lsp.llm.router import AgentRouter
from tests.support.endpoint import Answer, ScriptedEndpoint

MESSAGES = [{"role": "user", "content": "Tidy up."}]
WORKSPACE = {"files": [{"path": "m.py", "text": "x=1\n"}]}
WHOLE = Answer("done", reasoning="looked at m.py\n")
# The first step is out by then, and no more.
IN_ITS_STEPS = Answer("done", reasoning="looked at m.py\n" * 20, piece=15, cut_after=700)
IN_ITS_WORDS = Answer("done " * 100, reasoning="looked\n", piece=15, cut_after=1500)


async def asked(endpoint: ScriptedEndpoint, workspace: Any, deltas: list[Delta]) -> Reply:
    router = AgentRouter(EndpointConfig(enabled=True, api_base=endpoint.base_url))
    assembler = Assembler(deltas.append)
    async with aclosing(await router.stream(Request(MESSAGES, (), workspace), deltas.append)) as stream:
        async for chunk in stream:
            assembler.add(chunk)
    return assembler.reply()


async def test_an_agent_that_was_at_its_steps_is_asked_again(endpoint: ScriptedEndpoint) -> None:
    deltas: list[Delta] = []
    endpoint.play(IN_ITS_STEPS, WHOLE)
    assert (await asked(endpoint, WORKSPACE, deltas)).content == "done"
    assert len(endpoint.requests) == 2
    kinds = [delta.kind for delta in deltas]
    assert kinds.index("reasoning") < kinds.index("step") < kinds.index("text")


@pytest.mark.parametrize(
    ("answer", "workspace"), [(IN_ITS_STEPS, None), (IN_ITS_WORDS, WORKSPACE), (IN_ITS_WORDS, None)]
)
async def test_what_was_told_of_an_answer_is_never_asked_for_again(
    endpoint: ScriptedEndpoint, answer: Answer, workspace: Any
) -> None:
    deltas: list[Delta] = []
    endpoint.play(answer, WHOLE)
    with pytest.raises(Exception, match="broke off") as raised:
        await asked(endpoint, workspace, deltas)
    assert isinstance(from_litellm(raised.value, set()), Unreachable)
    assert len(endpoint.requests) == 1
    assert deltas
