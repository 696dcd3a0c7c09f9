"""Editors and command lines of one user, as processes, and the worker that they share."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.editor import FakeEditor
from tests.support.processes import CODEX_LSP, Agent, workers

ROOT = Path(__file__).parents[2]
TEXT = "import os, sys\ndef f(x):\n    return (x)\n"
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}}


@pytest.fixture
def env(agent: Agent, runtime: Path) -> dict[str, str]:
    return agent.environ(XDG_RUNTIME_DIR=str(runtime), PYTHONPATH=str(ROOT))


async def ask(editor: FakeEditor) -> None:
    ended = len(editor._progress.ended)
    arguments = {"uri": editor.uri("m.py"), "range": WHOLE, "instruction": "tidy up"}
    await editor.execute("codexLsp.ask", arguments)
    await editor.wait_for_progress_end(count=ended + 1)


async def opened(stack: AsyncExitStack, env: dict[str, str], folder: Path) -> FakeEditor:
    folder.mkdir()
    editor = await stack.enter_async_context(FakeEditor.spawn(CODEX_LSP, env=env, root=folder))
    await editor.open("m.py", TEXT)
    return editor


async def command_line(env: dict[str, str], folder: Path) -> dict[str, Any]:
    (folder / "c.py").write_text(TEXT)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "codex_lsp", "ask", "c.py", "tidy up", "--json"),
        env=env,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said, _ = await process.communicate()
    answer: dict[str, Any] = json.loads(said)
    return answer


async def gone(pid: int) -> None:
    async with asyncio.timeout(5):
        while Path(f"/proc/{pid}").exists():
            await asyncio.sleep(0.02)


async def test_editors_and_a_command_line_share_one_to_the_end(
    tmp_path: Path, runtime: Path, env: dict[str, str]
) -> None:
    async with AsyncExitStack() as stack:
        editors = [await opened(stack, env, tmp_path / str(n)) for n in range(3)]
        await asyncio.gather(*(ask(editor) for editor in editors))
        assert [editor.buffer("m.py").text == TEXT for editor in editors] == [False] * 3
        (worker,) = workers(runtime)
        assert (await command_line(env, tmp_path))["diff"]
        assert workers(runtime) == [worker]
        # The first, who started it, dies; the others do not notice.
        first = editors[0]
        assert first.process is not None
        os.kill(first.process.pid, signal.SIGKILL)
        await first.wait_for_process()
        await editors[1].undo(editors[1].uri("m.py"))
        await ask(editors[1])
        assert editors[1].buffer("m.py").text != TEXT
        assert workers(runtime) == [worker]
    await gone(worker)


async def test_a_command_line_alone_leaves_nothing(
    tmp_path: Path, runtime: Path, env: dict[str, str]
) -> None:
    assert (await command_line(env, tmp_path))["diff"]
    for worker in workers(runtime):
        await gone(worker)
    assert sorted(each.name for each in (runtime / "codex-lsp").iterdir()) == ["lock", "salt"]
