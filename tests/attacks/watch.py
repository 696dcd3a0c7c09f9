"""Looking at a server from outside: its environment, memory, what it started, and where it went."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

from tests.attacks.hostile import KEY
from tests.attacks.world import World
from tests.support.processes import clean_environ, runtime_folder

HERE = Path(__file__).parents[2]
# What the server may start: the worker, a search, a parser for long files.
MAY_START = ("llm/worker.py", "workspace/grep.py", "'rg'", "/rg'", "syntax/blocks.py")


def environ(world: World, base: str, **more: str) -> dict[str, str]:
    """The environment of a server that is ready, at home in this world. All share one worker."""
    return clean_environ(
        LITELLM_ENABLE_CODEX_AGENT="1",
        CODEX_AGENT_API_BASE=base,
        CODEX_AGENT_API_KEY=KEY,
        CODEX_AGENT_MODEL="codex-agent/mini",
        PYTHONPATH=str(HERE),
        HOME=str(world.home),
        XDG_STATE_HOME=str(world.state),
        XDG_RUNTIME_DIR=runtime_folder(),
        **more,
    )


def memory_mb(pid: int) -> float:
    """The most memory that a process has had, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def strange(report: Path, state: Path) -> Iterator[str]:
    """What an audited server started or went to that is none of its business."""
    if not report.is_file():
        yield "the server left no report"
        return
    for name, what in json.loads(report.read_text(encoding="utf-8"))["events"]:
        if name == "subprocess.Popen":
            if not any(each in what for each in MAY_START):
                yield f"it started {what}"
        elif not what.strip("'").startswith((runtime_folder(), str(state))):
            yield f"{name} {what}"


class Tripwire:
    """An address that nothing leads to but what a model or a repository says; `touched` counts who came."""

    def __init__(self) -> None:
        self.touched: list[str] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Tripwire:
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`"""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(1):
                self.touched.append((await reader.read(200)).decode("latin-1"))
        except (TimeoutError, OSError):
            self.touched.append("somebody")
        writer.close()


def alone(folder: Path) -> None:
    """Make a folder that nobody else may look into."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)  # noqa: PTH101
