"""A real Vim with ALE, in a terminal: keys typed into it, its own channel to look at it."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.e2e import debian
from tests.e2e.person import configuration, home, project
from tests.e2e.programs import Command, unpacked
from tests.e2e.terminal import SECONDS, Terminal, terminal

VIM = debian.Program("vim.basic", "vim-ale", "trixie")
NAME = "m.py"
_LIST = "filter(copy(ale#engine#GetLoclist(bufnr(''))), {_, x -> x.text =~#"
# What a person has beside the part that the document tells; the last line is the test's own.
BEFORE = """
set nocompatible hidden noswapfile laststatus=2
filetype plugin on
packadd ale
"""
AFTER = """
let g:test = ch_open($TEST_CHANNEL, {'mode': 'json'})
"""


class Vim:
    """One running Vim that shows the file `NAME`."""

    def __init__(self, screen: Terminal, channel: Channel) -> None:
        self.screen, self._channel = screen, channel

    async def value(self, expression: str) -> Any:
        """What an expression of Vim's comes to."""
        return await self._channel.value(expression)

    async def until(self, what: str, expression: str) -> None:
        """Wait until an expression is true."""
        deadline = asyncio.get_running_loop().time() + SECONDS
        while not await self.value(expression):
            late = asyncio.get_running_loop().time() > deadline
            assert not late, f"{what} never came:\n{self.screen.screen()}"
            await asyncio.sleep(0.05)

    async def command(self, command: str) -> None:
        """Type an Ex command; it is taken when the text of the command line is seen no more."""
        self.screen.type("-l", f":{command}")
        self.screen.type("Enter")

    async def text(self) -> str:
        """The buffer's."""
        return "\n".join(await self.value("getline(1, '$')")) + "\n"

    async def has(self, text: str) -> None:
        """Wait until the buffer has this text, and no other."""
        await self.until(repr(text), f"getline(1, '$') ==# {json.dumps(text.splitlines())}")

    async def waiting(self, count: int) -> None:
        """Wait until so many proposed changes are in ALE's list."""
        await self.until(f"{count} changes that wait", f"len({_LIST} 'Proposed change'}})) == {count}")

    async def act(self, line: int, words: str) -> None:
        """Open ALE's list of code actions for a line, and take the one with these words."""
        await self.command(f"call cursor({line}, 1)")
        await self.command("ALECodeAction")
        screen = await self.screen.shows("Type number")
        found = re.findall(rf"^(\d+)\) .*{re.escape(words)}", screen, re.MULTILINE)
        assert found, screen
        self.screen.type(found[0], "Enter")


class Channel:
    """Vim's JSON channel: it asks nothing, and tells what it is asked."""

    def __init__(self) -> None:
        self._streams: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._streams.put((reader, writer))

    async def opened(self) -> None:
        """Wait until Vim has called."""
        self._open = await asyncio.wait_for(self._streams.get(), SECONDS)

    async def value(self, expression: str) -> Any:
        assert self._open is not None
        reader, writer = self._open
        writer.write(json.dumps(["expr", expression, -1]).encode())
        line = await asyncio.wait_for(reader.readline(), SECONDS)
        return json.loads(line)[1]

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()


def vim() -> Command:
    """Vim, its own files, and ALE as a package."""
    folder = unpacked(VIM)
    return Command(VIM.command(), {"VIMRUNTIME": str(next(folder.glob("usr/share/vim/vim9?")))})


@asynccontextmanager
async def editing(folder: Path, env: Mapping[str, str], text: str, more: str = "") -> AsyncIterator[Vim]:
    """Vim on a file of a project, with the server attached to it; `more` comes after the document's part."""
    command, root = vim(), project(folder, {NAME: text})
    env = home(folder, env)
    package = Path(env["HOME"], ".vim", "pack", "p", "opt")
    package.mkdir(parents=True)
    (package / "ale").symlink_to(VIM.folder / "usr" / "share" / "vim-ale")
    vimrc = BEFORE + configuration("Vim (ALE)") + more + AFTER
    Path(env["HOME"], ".vimrc").write_text(vimrc, encoding="utf-8")
    channel = Channel()
    server = await asyncio.start_server(channel.connected, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    env = {**env, **command.env, "TEST_CHANNEL": f"{host}:{port}"}
    with (
        tempfile.TemporaryDirectory(prefix="vi-") as short,
        terminal(Path(short), [*command.argv, "-i", "NONE", NAME], env, root) as screen,
    ):
        try:
            await channel.opened()
            editor = Vim(screen, channel)
            ready = "values(map(copy(ale#lsp#GetConnections()), {_, c -> c.capabilities.code_actions}))"
            await editor.until("a server", f"index({ready}, 1) >= 0")
            yield editor
        finally:
            channel.close()
            server.close()
