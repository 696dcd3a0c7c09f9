"""The stage of one session: the editor, what is at the server's other end, and who watches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Protocol

from tests.faults.editors import PlayedEditor
from tests.faults.oracle import Errand, Oracle
from tests.faults.texts import Maker

PATHS = ("a.py", "b.txt", "pkg/c é.md", "pkg/d.py", "e.txt")


class Stage(Protocol):
    """The server and its endpoint, in this process or in others."""

    editor: PlayedEditor
    timeless: bool

    async def settle(self) -> None:
        """Wait until all has happened that needs no time."""
        ...

    async def pass_time(self, seconds: float) -> None:
        """Let time go by."""
        ...

    def now(self) -> float:
        """Seconds on the server's clock."""
        ...

    def play(self, errand: Errand, replies: Sequence[Any]) -> None:
        """Prepare the endpoint's replies to an errand; `errand.release` lets them come."""
        ...

    def server_text(self, uri: str) -> str | None:
        """What the server takes for the text of an open document; None if that cannot be seen."""
        ...

    async def replace_server(self, how: str) -> None:
        """End the server in one of several ways, and start another for the same editor."""
        ...


@dataclass
class Play:
    """All that an injection needs."""

    seed: str
    random: Random
    maker: Maker
    oracle: Oracle
    stage: Stage
    root: Path
    agent: bool
    apply: str
    versioned: bool
    applies: bool
    creates: bool
    story: list[str] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)

    @property
    def editor(self) -> PlayedEditor:
        """The editor, connected to the present server."""
        return self.stage.editor

    @property
    def uris(self) -> list[str]:
        """The open documents."""
        return sorted(self.editor.documents.buffers)

    def any_uri(self) -> str | None:
        """An open document."""
        return self.random.choice(self.uris) if self.uris else None

    async def breathe(self) -> None:
        """Let the server come to anything between nothing and all that it has to do."""
        if self.random.random() < 0.4 or not self.stage.timeless:
            await self.stage.settle()
        else:
            for _ in range(self.random.choice((0, 0, 1, 2, 3, 5, 8, 13))):
                await asyncio.sleep(0)

    async def before_typing(self) -> None:
        """An editor without versions cannot tell a stale edit: what is on its way comes first."""
        if not self.versioned:
            await self.stage.settle()

    def waiting(self) -> list[Errand]:
        """The errands whose endpoint has not answered yet."""
        return [
            each for each in self.oracle.errands if each.alive and not each.released and each.state is None
        ]

    async def status(self) -> dict[str, Any]:
        """The server's own account."""
        result: dict[str, Any] = await self.editor.execute("codexLsp.status", {})
        return result

    async def compare(self) -> None:
        """At a quiet point: the server's texts are the editor's."""
        await self.stage.settle()
        for uri, buffer in self.editor.documents.buffers.items():
            text = self.stage.server_text(uri)
            if text is not None and text != buffer.text:
                self.oracle.violate(f"the server's text of {uri} is another: {text!r} for {buffer.text!r}")

    async def calm(self) -> None:
        """Let every deadline pass that a delivery can have, and judge what is left."""
        self.editor.manners.clear()
        await self.stage.settle()
        await self.stage.pass_time(150)
        await self.compare()
        status = await self.status()
        active = [run["run"] for run in status["runs"]]
        self.oracle.calm(self.editor, status["proposals"], active)


Injection = Callable[[Play], Awaitable[str | None]]
