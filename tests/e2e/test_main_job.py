"""The main job on files that nobody wrote for it: the standard library, through the real server."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from codex_lsp.edits.text import LineIndex
from tests.support.buffers import Buffer
from tests.support.editor import FakeEditor
from tests.support.processes import CODEX_LSP, Agent

MODULES = (
    "argparse", "bisect", "calendar", "colorsys", "csv", "fractions",
    "heapq", "json/decoder", "sched", "shlex", "statistics", "cmd",
)  # fmt: skip
FUNCTIONS = 2
TITLES = ("tidy up", "write docstrings")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["agent", "model"])
async def editor(
    request: pytest.FixtureRequest, agent: Agent, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FakeEditor]:
    """One server for all files, once for each road: workspace in and patch out, and tools."""
    root = tmp_path_factory.mktemp("stdlib")
    options = {"road": request.param}
    async with FakeEditor.spawn(
        CODEX_LSP, env=agent.environ(), root=root, initialization_options=options, timeout=60
    ) as editor:
        yield editor


def functions(text: str) -> list[tuple[int, int]]:
    """Offsets of the first functions, decorators left out."""
    index = LineIndex(text)
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return [(index.start(node.lineno - 1), index.start(node.end_lineno or 0)) for node in found[:FUNCTIONS]]


async def act(editor: FakeEditor, buffer: Buffer, title: str, start: int, end: int) -> bool:
    """Run the action; whether the text changed. Checks what must hold in any case."""
    before, runs, edits = buffer.text, len(editor._progress.ended), len(editor.applied)
    actions = await editor.code_actions(buffer.uri, start, end)
    await editor.run_action(next(action for action in actions if title in action["title"]))
    values = await editor.wait_for_progress_end(count=runs + 1)
    if len(editor.applied) == edits:
        assert buffer.text == before, values[-1]
        return False
    assert editor.applied[-1].applied
    assert "[offline]" in values[-1]["message"]
    ast.parse(buffer.text)
    # Formatting may move blank lines around a function; nothing else outside the selection may differ.
    assert buffer.text.startswith(before[:start].rstrip())
    assert buffer.text.endswith(before[end:].lstrip())
    after = buffer.text
    await editor.undo(buffer.uri)
    assert buffer.text == before
    return after != before


@pytest.mark.parametrize("module", MODULES)
async def test_actions_on_functions_of_the_standard_library(editor: FakeEditor, module: str) -> None:
    source = Path(sysconfig.get_path("stdlib")) / f"{module}.py"
    text = source.read_bytes().decode()
    if module == "calendar":
        text = text.replace("\n", "\r\n")
    buffer = await editor.open(f"{module.replace('/', '_')}.py", text)
    changed = [
        await act(editor, buffer, title, start, end) for start, end in functions(text) for title in TITLES
    ]
    assert any(changed), "nothing was changed, so nothing was tried"
    assert not (editor.options.root / "argparse.py").exists(), "a server never writes a file"  # type: ignore[operator]
    await editor.close(buffer.uri)
