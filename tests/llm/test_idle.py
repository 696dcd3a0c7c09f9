"""A worker that has had nothing to do for long ends by itself, and never in the midst of a call."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.endpoint import meeting, wire
from codex_lsp.endpoint.place import Place
from codex_lsp.llm.rest import Rest
from tests.support.endpoint import Answer, ScriptedEndpoint
from tests.support.processes import clean_environ

ROOT = Path(__file__).parents[2]
IDLE = 0.5
ASK = {"id": 1, "op": "complete", "request": {"messages": [], "tools": [], "workspace": None}}

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Met = tuple[asyncio.subprocess.Process, asyncio.StreamReader, asyncio.StreamWriter]

SHARED = f"""
import sys
from pathlib import Path
from codex_lsp.endpoint import meeting
from codex_lsp.endpoint.door import Door
from codex_lsp.endpoint.place import Place
from codex_lsp.llm import sockets
sockets.IDLE_SECONDS = {IDLE}
place = Place(Path(sys.argv[1]), "n")
listener, _ = meeting.listen(place, unix=True)
door = Door(listener, place)
print(flush=True)
sockets.run(door, place)
"""
OWN = f"""
import os
from codex_lsp.llm import pipes
from codex_lsp.llm.worker import Input
pipes.IDLE_SECONDS = {IDLE}
pipes.run(Input(0), os.dup(1))
"""


async def test_a_rest_begins_with_the_end_of_the_last_call() -> None:
    rest, gate = Rest(), asyncio.Event()

    async def call() -> float:
        with rest:
            await gate.wait()
        return time.monotonic()

    calls = [asyncio.create_task(call()) for _ in range(2)]
    await asyncio.sleep(0)
    over = asyncio.create_task(rest.over(0.1))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(over), 0.3)
    gate.set()
    ended = max(await asyncio.gather(*calls))
    await asyncio.wait_for(over, 10)
    assert time.monotonic() - ended >= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("program", [SHARED, OWN], ids=["shared", "own"])
async def test_it_ends_after_a_rest_and_not_in_a_call(runtime: Path, program: str) -> None:
    rest = asyncio.Event()
    async with (
        ScriptedEndpoint([Answer("whole", rest=rest)]) as endpoint,
        asyncio.timeout(60),
        worker(program, runtime, endpoint) as (process, reader, writer),
    ):
        # At once: a slow machine could let the whole rest pass between the worker's first word and an answer.
        writer.write(wire.encode(ASK))
        while (await told(reader))["event"] != "delta":
            pass
        with pytest.raises(TimeoutError):
            # The call goes on, and goes on for longer than any rest may last.
            await asyncio.wait_for(process.wait(), 3 * IDLE)
        rest.set()
        while (message := await told(reader))["event"] == "delta":
            pass
        assert message["value"]["content"] == "whole"
        assert await reader.read() == b""
        assert await process.wait() == 0


@asynccontextmanager
async def worker(program: str, runtime: Path, endpoint: ScriptedEndpoint) -> AsyncIterator[Met]:
    """A worker as a process, and the streams on which it is spoken with."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(runtime)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=clean_environ(
            LITELLM_ENABLE_CODEX_AGENT="1",
            CODEX_AGENT_API_BASE=endpoint.base_url,
            LITELLM_LOCAL_MODEL_COST_MAP="True",
            XDG_RUNTIME_DIR=str(runtime),
        ),
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    reader, writer = process.stdout, process.stdin
    try:
        if program is SHARED:
            reader, writer = await at_its_socket(process.stdout, runtime)
        yield process, reader, writer
    finally:
        writer.close()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def at_its_socket(said: asyncio.StreamReader, runtime: Path) -> Streams:
    """A connection to a shared worker, once it has said that it listens."""
    await said.readline()
    address = meeting.address(Place(runtime, "n"), unix=True)
    assert address is not None
    return await asyncio.open_unix_connection(address[0])


async def told(reader: asyncio.StreamReader) -> dict[str, Any]:
    message = await wire.read(reader)
    assert message is not None
    return message
