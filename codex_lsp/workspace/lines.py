"""Lines that a program finds, as it finds them: `path NUL number : column : text`, one a line."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

from codex_lsp.records import record

CHUNK = 64 * 1024
MAX_ERROR = 600

# Windows starts no process without it.
_BARE = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
_LINE = re.compile(rb"(?s)([^\0]*)\0(\d+):(\d+):(.*)")


class BadPattern(Exception):
    """The pattern cannot be searched for; the message is the program's."""


@record(frozen=True, slots=True)
class Line:
    """A line with a match: its path, one-based number, the match's one-based column in bytes, its text.

    A long line's text is only its beginning.
    """

    path: str
    number: int
    column: int
    text: str


async def found_lines(argv: Sequence[str], folder: Path, given: bytes | None) -> AsyncGenerator[Line, None]:
    """Run a program in `folder` with `given` on standard input; its lines. Raises `BadPattern` or `OSError`.

    The program is killed when the iterator is closed, so close it (`contextlib.aclosing`). It gets no
    environment.
    """
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=folder,
        env=_BARE,
        stdin=nothing if given is None else pipe,
        stdout=pipe,
        stderr=pipe,
    )
    said = asyncio.create_task(_said(process))
    fed = asyncio.create_task(_feed(process, given or b""))
    try:
        async for line in _parsed(process):
            yield line
        error = await said
        if await process.wait() not in (0, 1) and error:
            raise BadPattern(error)
    finally:
        said.cancel()
        fed.cancel()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await asyncio.gather(said, fed, process.wait(), return_exceptions=True)


async def _parsed(process: asyncio.subprocess.Process) -> AsyncIterator[Line]:
    assert process.stdout is not None
    rest = b""
    while chunk := await process.stdout.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if match := _LINE.fullmatch(line):
                path, number, column, text = match.groups()
                yield Line(
                    os.fsdecode(path).replace(os.sep, "/").removeprefix("./"),
                    int(number),
                    int(column),
                    text.removesuffix(b"\r").decode("utf-8", "replace"),
                )


async def _feed(process: asyncio.subprocess.Process, given: bytes) -> None:
    if process.stdin is None:
        return
    with suppress(ConnectionError):
        process.stdin.write(given)
        await process.stdin.drain()
    process.stdin.close()


async def _said(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    kept = b""
    while chunk := await process.stderr.read(CHUNK):
        kept = (kept + chunk)[:MAX_ERROR]
    return kept.decode("utf-8", "replace").strip()
