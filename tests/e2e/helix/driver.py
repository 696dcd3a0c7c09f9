"""A real Helix in a terminal: keys typed into it, its screen and the file that it saves to look at it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e import debian
from tests.e2e.person import configuration, home, project
from tests.e2e.programs import Command, unpacked
from tests.e2e.terminal import Terminal, terminal

HELIX = debian.Program("hx", "hx", "trixie")
NAME = "m.py"


class Helix:
    """One running Helix that shows a file."""

    def __init__(self, screen: Terminal, file: Path) -> None:
        self.screen, self.file = screen, file

    async def command(self, command: str) -> None:
        """Type a command, and wait until its line has closed."""
        self.screen.type("-l", f":{command}")
        await self.screen.until(f":{command}", lambda screen: f":{command}" in screen)
        self.screen.type("Enter")
        await self.screen.until("the command's end", lambda screen: f":{command}" not in screen)

    async def has(self, text: str) -> None:
        """Wait until the text is this one, and no other: what is seen, and then what is saved."""
        lines = text.splitlines()

        def is_seen(screen: str) -> bool:
            shown = [
                found[1] for line in screen.splitlines() if (found := re.match(r"[^\d~]*\d+ ?(.*)$", line))
            ]
            return len(shown) >= len(lines) and all(
                line.strip() in seen for line, seen in zip(lines, shown, strict=False)
            )

        await self.screen.until(repr(text), is_seen)
        await self.command("write!")
        await self.screen.shows("written")
        assert self.file.read_text(encoding="utf-8") == text

    async def waiting(self, count: int) -> None:
        """Wait until so many proposed changes are marked beside the text."""
        await self.screen.until(f"{count} changes that wait", lambda screen: screen.count("●") == count)

    async def _actions(self) -> str:
        """The screen with the list of code actions, or with the word that there are none."""
        # Any key takes a message away; Escape and the next one may be taken for one with Alt.
        self.screen.type("g", "h")
        await self.screen.until("an end of the message", lambda screen: "\nNo " not in screen)
        self.screen.type("Space", "a")
        return await self.screen.until(
            "code actions", lambda screen: "Codex: " in screen or "\nNo " in screen
        )

    async def act(self, line: int, words: str) -> None:
        """Open the code actions of a line, and take the first one with these words."""
        await self.command(f"goto {line}")
        screen = await self._actions()
        while "Codex: " not in screen:
            # Helix does not tell when a server is there.
            screen = await self._actions()
        listed = [row for row in screen.splitlines() if "Codex: " in row]
        number = next((at for at, row in enumerate(listed) if words in row), None)
        assert number is not None, screen
        self.screen.type(*["Down"] * number, "Enter")


def helix() -> Command:
    """Helix and its own files."""
    folder = unpacked(HELIX)
    return Command(HELIX.command(), {"HELIX_RUNTIME": str(folder / "usr" / "lib" / "hx" / "runtime")})


@asynccontextmanager
async def editing(
    folder: Path, env: Mapping[str, str], text: str, *, apply: str = "review"
) -> AsyncIterator[Helix]:
    """Helix on a file of a project, with the server attached to it."""
    command, root = helix(), project(folder, {NAME: text})
    env = home(folder, env) | command.env
    place = Path(env["XDG_CONFIG_HOME"], "helix")
    place.mkdir(parents=True)
    told = configuration("Helix").replace('"review"', f'"{apply}"').replace('"pylsp", ', "")
    (place / "languages.toml").write_text(told, encoding="utf-8")
    with (
        tempfile.TemporaryDirectory(prefix="hx-") as short,
        terminal(Path(short), [*command.argv, NAME], env, root) as screen,
    ):
        await screen.shows("NOR")
        yield Helix(screen, root / NAME)
