"""A worker of this process' own: a child behind pipes, which ends with it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import codex_lsp
from codex_lsp.endpoint.config import VARIABLES, EndpointConfig
from codex_lsp.endpoint.connection import Connection
from codex_lsp.endpoint.errors import WorkerFailed

CLOSE_SECONDS = 2.0
LAST_WORDS_SECONDS = 1.0

# -P: nothing is imported from the current folder or from the script's own.
COMMAND = ("-P", str(Path(codex_lsp.__file__).parent / "llm" / "worker.py"))
# Would make the child's interpreter run or read something before, or after, what it is started for.
_UNWANTED = ("PYTHONSTARTUP", "PYTHONINSPECT")

_log = logging.getLogger(__name__)


async def spawn(python: str, config: EndpointConfig) -> Connection:
    """Start a worker; raises `WorkerFailed`."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *(python, *COMMAND),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=environ(os.environ, config),
            cwd=neutral_folder(),
        )
    except (OSError, ValueError) as error:
        raise not_started(error) from None
    assert process.stdin is not None
    assert process.stdout is not None
    return Connection(_Child(process), process.stdout, process.stdin)


def not_started(error: Exception) -> WorkerFailed:
    """The error for a process that the system did not start."""
    return WorkerFailed(f"The process that talks to the endpoint could not be started: {error}.")


class _Child:
    """See `connection.Worker`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        self.pid = process.pid
        self._process = process
        self._last_words = ""
        self._listening = asyncio.create_task(self._listen(process.stderr))

    async def ended(self) -> tuple[int | None, str]:
        await self._gone(LAST_WORDS_SECONDS)
        await asyncio.wait([self._listening], timeout=LAST_WORDS_SECONDS)
        return self._process.returncode, self._last_words

    async def close(self) -> None:
        try:
            await self._gone(CLOSE_SECONDS)
        finally:
            self.give_up()
            await asyncio.gather(self._listening, return_exceptions=True)

    def give_up(self) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(1 << 16):
            for line in data.decode("utf-8", "replace").splitlines():
                if line.strip():
                    self._last_words = line
                    _log.info("worker: %s", line)

    async def _gone(self, seconds: float) -> None:
        # Not killed at once: to send a signal Python first looks whether the process has ended, and would
        # take its exit code from the one who waits for it.
        try:
            async with asyncio.timeout(seconds):
                await self._process.wait()
        except TimeoutError:
            self.give_up()
            await self._process.wait()


def environ(environ: Mapping[str, str], config: EndpointConfig) -> dict[str, str]:
    """A worker's environment: this one, with the configuration in its place."""
    unwanted = {*VARIABLES, *_UNWANTED}
    kept = {name: value for name, value in environ.items() if name not in unwanted}
    # Without a console Python guesses an encoding for standard error; frames are bytes in any case.
    return kept | {"PYTHONUTF8": "1"} | config.as_environ()


def neutral_folder() -> str:
    """Not the repository that the server was started in: libraries look for their files where they run."""
    return Path(sys.prefix).anchor
