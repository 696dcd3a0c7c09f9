"""A terminal that a test types into and reads the screen of: tmux, with a server of its own."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.programs import tmux

SECONDS = 45.0
_WIDTH, _HEIGHT = "110", "32"


class Terminal:
    """One screen. `folder` is where its socket is: a short path."""

    def __init__(self, folder: Path) -> None:
        self._tmux = [*tmux().argv, "-u", "-f", os.devnull, "-S", str(folder / "t")]

    def run(self, *arguments: str) -> str:
        """A command of tmux's."""
        environ = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [*self._tmux, *arguments], env=environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        """Keys by tmux's names, or texts that are none."""
        self.run("send-keys", *keys)

    def screen(self) -> str:
        """What is seen."""
        return self.run("capture-pane", "-p")

    async def shows(self, text: str) -> str:
        """Wait until the screen has this text; all of the screen."""
        return await self.until(repr(text), lambda screen: text in screen)

    async def until(self, what: str, is_so: Callable[[str], bool]) -> str:
        """Wait until the screen is so; all of the screen."""
        deadline = asyncio.get_running_loop().time() + SECONDS
        while not is_so(screen := self.screen()):
            assert asyncio.get_running_loop().time() < deadline, f"{what} never came:\n{screen}"
            await asyncio.sleep(0.05)
        return screen


@contextmanager
def terminal(
    folder: Path, command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None
) -> Iterator[Terminal]:
    """A screen on which a command runs, with `env` over this environment."""
    screen = Terminal(folder)
    assigned = [f"{name}={value}" for name, value in env.items()]
    start = ["-c", str(cwd)] if cwd else []
    # What it says when it falls is to be seen.
    told = [";", "set-option", "-w", "remain-on-exit", "on"]
    line = f"exec env {shlex.join([*assigned, *command])}"
    screen.run("new-session", "-d", "-x", _WIDTH, "-y", _HEIGHT, *start, line, *told)
    try:
        yield screen
    finally:
        screen.run("kill-server")
