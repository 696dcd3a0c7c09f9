"""The same in a terminal: typed with keys, and read off the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.neovim.driver import Neovim, editing, patch
from tests.e2e.terminal import Terminal, terminal
from tests.support.endpoint import Answer, ScriptedEndpoint

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
BOTH = patch(("    return 1", "    return 10"), ("    return 2", "    return 20"))


@contextmanager
def shown(nvim: Neovim) -> Iterator[Terminal]:
    """A screen for a Neovim that runs already."""
    command = [*nvim.argv, "--server", str(nvim.socket), "--remote-ui"]
    own = {name: value for name, value in nvim.env.items() if name.startswith(("VIM", "LUA_", "XDG_"))}
    with terminal(nvim.socket.parent, command, own) as screen:
        yield screen


async def test_a_person_asks_looks_accepts_and_undoes(
    version: str, tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(BOTH))
    async with editing(version, tmp_path, env, TEXT, apply="review") as nvim:
        with shown(nvim) as screen:
            await screen.shows("return 2")
            screen.type(":%LspCodexAsk", "Enter")
            await screen.shows("Ask codex-agent:")
            screen.type("more of both", "Enter")
            seen = await screen.shows("1 to review")
            assert "Press ENTER" not in seen
            assert "Proposed change 1 of 2" in seen
            screen.type(":LspCodexReview", "Enter")
            seen = await screen.shows("a accept, r reject")
            assert "return 20" in seen
            screen.type("gg]ca")
            await nvim.waiting(1)
            screen.type("Gr")
            # Nothing waits any more, and the window beside is gone.
            await nvim.waiting(0)
            await nvim.until("#vim.api.nvim_list_wins() == 1")
            assert await nvim.text() == TEXT.replace("return 1", "return 10")
            screen.type(":LspCodexUndo", "Enter")
            await nvim.until("vim.fn.search('return 10', 'n') == 0")
            seen = await screen.shows("return 1\n")
            assert "Press ENTER" not in seen
    assert nvim.file.read_text(encoding="utf-8") == TEXT, "nobody has saved"
