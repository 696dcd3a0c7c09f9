"""The same in a terminal: typed with keys, and read off the screen."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.neovim.driver import SECONDS, Neovim, editing, patch
from tests.e2e.neovim.installed import tmux
from tests.support.endpoint import Answer, ScriptedEndpoint

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
BOTH = patch(("    return 1", "    return 10"), ("    return 2", "    return 20"))


class Terminal:
    """A window of tmux, with a server of its own."""

    def __init__(self, folder: Path) -> None:
        command = tmux()
        self._tmux = [*command.argv, "-u", "-f", os.devnull, "-S", str(folder / "t")]

    def run(self, *arguments: str) -> str:
        environ = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [*self._tmux, *arguments], env=environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    async def shows(self, text: str) -> str:
        """Wait until the screen has this text; all of the screen."""
        deadline = asyncio.get_running_loop().time() + SECONDS
        while text not in (screen := self.run("capture-pane", "-p")):
            assert asyncio.get_running_loop().time() < deadline, f"{text!r} never came:\n{screen}"
            await asyncio.sleep(0.05)
        return screen


@contextmanager
def terminal(nvim: Neovim) -> Iterator[Terminal]:
    """A screen for a Neovim that runs already."""
    screen = Terminal(nvim.socket.parent)
    show = shlex.join([*nvim.argv, "--server", str(nvim.socket), "--remote-ui"])
    environ = [
        f"{name}={value}" for name, value in nvim.env.items() if name.startswith(("VIM", "LUA_", "XDG_"))
    ]
    screen.run("new-session", "-d", "-x", "110", "-y", "30", f"exec env {shlex.join(environ)} {show}")
    try:
        yield screen
    finally:
        screen.run("kill-server")


async def test_a_person_asks_looks_accepts_and_undoes(
    version: str, tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(BOTH))
    async with editing(version, tmp_path, env, TEXT, apply="review") as nvim:
        with terminal(nvim) as screen:
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
