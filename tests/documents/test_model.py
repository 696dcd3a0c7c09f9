"""The README's three lines lead to a model, and doctor and ask do what is told of them then."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from tests.documents.reading import blocks
from tests.documents.world import World
from tests.support.endpoint import Answer, ScriptedEndpoint, call

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SHOWN = {
    re.sub(r"\s+#.*", "", line)
    for each in blocks("README.md")
    if each.heading == "A real model"
    for line in each.text.splitlines()
}
OLLAMA = "http://127.0.0.1:11434"


def edit(path: str, *body: str) -> Answer:
    """A model's call of our tool."""
    patch = "\n".join(("*** Begin Patch", f"*** Update File: {path}", *body, "*** End Patch"))
    made = call("1", "edit", json.dumps({"patch": patch}))
    return Answer(tool_calls=(made,), finish_reason="tool_calls")


DOCTORS = edit("doctor.py", "-def add( a,b ):", "-    return a+b", "+def add(a, b):", "+    return a + b")
MINE = edit("m.py", "-def f( x ):", "+def f(x):")


async def test_three_lines_are_a_real_model(tmp_path: Path) -> None:
    (block,) = (each for each in blocks("README.md") if each.heading == "A real model")
    assert len(block.text.splitlines()) == 3
    models = {"object": "list", "data": [{"id": "qwen2.5-coder:7b", "object": "model"}]}
    async with ScriptedEndpoint(models=models) as endpoint:
        lines = block.text.replace(OLLAMA, endpoint.base_url)
        assert lines != block.text
        world = World(tmp_path)
        endpoint.play(DOCTORS, Answer("Done."))
        told = await asyncio.to_thread(world.sh, f"{lines}\ncodex-lsp doctor")
        assert "codex-agent is ready." in told
        assert endpoint.requests[-1].json["model"] == "qwen2.5-coder:7b"
        assert "authorization" not in endpoint.requests[-1].headers
        endpoint.play(MINE, Answer("Done."))
        told = await asyncio.to_thread(world.sh, f'{lines}\ncodex-lsp ask m.py:5-6 "tidy up"')
        assert "+def f(x):" in told
