"""Which refusals are about tools, and which of them are remembered."""

from __future__ import annotations

import pytest

from codex_lsp.agent.model import Request
from codex_lsp.endpoint.errors import EndpointError, ToolsRefused, from_status, unreachable
from codex_lsp.llm.tools import Tools

ORIGIN = "http://127.0.0.1:1"
PLAIN = Request([{"role": "user", "content": "x"}])
WITH_TOOLS = Request(PLAIN.messages, [{"type": "function"}])


def is_known(tools: Tools) -> bool:
    try:
        tools.require(WITH_TOOLS)
    except ToolsRefused:
        return True
    return False


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "registry.ollama.ai/library/gemma:2b does not support tools"),
        (500, "tools param requires --jinja flag"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (404, "No endpoints found that support tool use."),
        (422, "Unknown parameter: tools"),
        (400, "Function calling is not enabled for this model"),
    ],
)
def test_what_says_so_is_remembered(status: int, said: str) -> None:
    tools = Tools()
    refusal = tools.refused(WITH_TOOLS, from_status(status, ORIGIN, said))
    assert refusal is not None
    assert said in str(refusal)
    assert is_known(tools)
    tools.require(PLAIN)


def test_a_model_that_got_its_call_wrong_is_asked_without_once() -> None:
    tools = Tools()
    said = "tool_use_failed: Failed to call a function. Please adjust your prompt."
    assert tools.refused(WITH_TOOLS, from_status(400, ORIGIN, said)) is not None
    tools.answered(PLAIN)
    assert not is_known(tools)


def test_a_doubt_is_remembered_once_the_same_was_answered_without() -> None:
    tools = Tools()
    assert tools.refused(WITH_TOOLS, from_status(400, ORIGIN)) is not None
    assert not is_known(tools)
    tools.answered(PLAIN)
    assert is_known(tools)
    doubtful = Tools()
    assert doubtful.refused(WITH_TOOLS, from_status(400, ORIGIN)) is not None
    doubtful.answered(WITH_TOOLS)
    doubtful.answered(PLAIN)
    assert not is_known(doubtful)


@pytest.mark.parametrize(
    "error",
    [
        from_status(400, ORIGIN, "This model's maximum context length is 8192 tokens"),
        from_status(500, ORIGIN, "Failed to parse tool call arguments as JSON"),
        from_status(404, ORIGIN, "no such model"),
        from_status(401, ORIGIN, "tools are not supported for this key"),
        from_status(422, ORIGIN, "messages: field required"),
        unreachable(ORIGIN, "tools are not supported"),
    ],
)
def test_what_is_about_something_else(error: EndpointError) -> None:
    tools = Tools()
    assert tools.refused(WITH_TOOLS, error) is None
    assert tools.refused(PLAIN, from_status(400, ORIGIN, "no support for tools")) is None
    tools.answered(PLAIN)
    assert not is_known(tools)
