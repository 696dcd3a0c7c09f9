"""Doctor's ask, against an endpoint that does well and badly. All tests share one worker."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint.config import API_BASE, API_KEY, GATE, MODEL, EndpointConfig
from codex_lsp.endpoint.probe import Check, examine
from codex_lsp.endpoint.remote import RemoteModel
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint, Step, call

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

KEY = "sk-open-sesame"
PATCH = """\
*** Begin Patch
*** Update File: doctor.py
-def add( a,b ):
-    return a+b
+def add(a, b):
+    return a + b
*** End Patch"""
EDIT = Answer(tool_calls=(call("1", "edit", json.dumps({"patch": PATCH})),), finish_reason="tool_calls")
DONE = Answer("Spaces are where they belong.")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[tuple[ScriptedEndpoint, EndpointConfig]]:
    async with ScriptedEndpoint() as endpoint:
        environ = {GATE: "1", API_BASE: endpoint.base_url, API_KEY: KEY, MODEL: "codex-agent/mini"}
        config = configuration.load(environ, Path("/no/such/config.toml"))
        holder = RemoteModel(config)  # so that the worker stays from one test to the next
        await holder.ready()
        yield endpoint, config
        await holder.close()


async def asked(running: tuple[ScriptedEndpoint, EndpointConfig], *script: Step) -> dict[str, Check]:
    endpoint, config = running
    endpoint.play(*script)
    environ = {GATE: "1", API_KEY: KEY}
    return {check.name: check async for check in examine(config, environ, ask=True)}


async def test_all_is_well(running: tuple[ScriptedEndpoint, EndpointConfig]) -> None:
    checks = await asked(running, replace(EDIT, model="gpt-4o"), replace(DONE, model="gpt-4o"))
    assert {check.status for check in checks.values()} == {"ok"}
    assert list(checks)[-5:] == ["worker", "ask", "tools", "streaming", "versions"]
    assert checks["worker"].finding.startswith("LiteLLM 1.")
    assert "applied in memory to 2 lines" in checks["ask"].finding
    # By the served model's price, which came from the worker.
    assert checks["ask"].finding.endswith("2 calls, 36 tokens, $0.0002")
    assert checks["tools"].finding == "it took them, and called 1"
    assert checks["streaming"].finding.startswith("the first piece of text came after ")
    sent = running[0].requests[-1].json
    assert sent["model"] == "mini"
    assert "doctor.py" in json.dumps(sent["messages"])


async def test_an_endpoint_without_tools_is_a_warning(
    running: tuple[ScriptedEndpoint, EndpointConfig],
) -> None:
    refusal = Raw(400, body=b'{"error": {"message": "this model does not support tools"}}')
    checks = await asked(running, refusal, Answer(PATCH))
    assert (checks["ask"].status, checks["tools"].status) == ("ok", "warn")
    assert "takes no tools" in checks["tools"].finding
    assert checks["tools"].next


@pytest.mark.parametrize(
    ("script", "finding", "step"),
    [
        ([Raw(401)], "refused the key (401)", f"set {API_KEY}"),
        ([Raw(404)], "404", f"check {API_BASE} and {MODEL}"),
        ([Raw(429, {"Retry-After": "3600"})], "429", "wait, and run this again"),
        ([Raw(503)] * 3, "failed (503)", "own log"),
        ([Raw(422, body=b"no")], "422", "own log"),
        ([Raw(200, {"Content-Type": "text/html"}, b"<html>")], "text/html", "Chat Completions"),
        ([Answer("half", done=False, finish_reason=None)], "without", "Chat Completions"),
        ([Answer(PATCH[:60], finish_reason="length")], "token limit", "limit of tokens"),
        ([Answer("")], "answered with nothing", "better at tools"),
        ([Answer("I would rather not.")], "changed nothing", "better at tools"),
        ([Answer(PATCH.replace("add( a,b )", "sub"))] * 3, "is not in the file", "better at edits"),
        (
            [Answer(PATCH.replace("add(a, b):", "add(a, b:")), Answer("Done.")],
            "left no Python",
            "better at edits",
        ),
    ],
)
async def test_each_failure_has_its_next_step(
    running: tuple[ScriptedEndpoint, EndpointConfig], script: list[Step], finding: str, step: str
) -> None:
    checks = await asked(running, *script)
    assert checks["ask"].status == "fail"
    assert finding in checks["ask"].finding
    assert step in checks["ask"].next
    shown = "".join(check.finding + check.next for check in checks.values())
    assert KEY not in shown
    assert shown.isprintable()


async def test_the_key_is_not_shown_and_nothing_steers_the_terminal(
    running: tuple[ScriptedEndpoint, EndpointConfig],
) -> None:
    checks = await asked(running, Answer(f"no\x1b[31m {KEY}"))
    assert "[key]" in checks["ask"].finding
    assert checks["ask"].finding.isprintable()
