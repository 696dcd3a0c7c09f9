"""Starting a worker that is nobody's child, and what is known of how it began."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from contextlib import suppress
from typing import Any

from codex_lsp.endpoint import place
from codex_lsp.endpoint.connection import ended
from codex_lsp.endpoint.place import Place
from codex_lsp.endpoint.private import COMMAND, neutral_folder, not_started

_MAX_WORDS = 1 << 16


async def spawn(where: Place, listener: socket.socket, python: str, env: dict[str, str]) -> None:
    """Start the process; raises `WorkerFailed` if it cannot be started."""
    arguments = (str(listener.fileno()), str(int(listener.family)), str(where.folder), where.name)
    command = (python, *COMMAND, *arguments)
    place.write_private(where.said, b"")
    try:
        with where.said.open("ab") as said:
            code = await _detach(command, listener, {"stderr": said, "env": env, "cwd": neutral_folder()})
    except (OSError, ValueError) as error:
        raise not_started(error) from None
    if code:
        raise ended(code, last_words(where))


def last_words(where: Place) -> str:
    """The last line of what the worker said before it was ready."""
    with suppress(OSError), where.said.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _MAX_WORDS))
        lines = file.read().decode("utf-8", "replace").splitlines()
        return next((line for line in reversed(lines) if line.strip()), "")
    return ""


if sys.platform == "win32":
    import subprocess

    async def _detach(command: tuple[str, ...], listener: socket.socket, options: dict[str, Any]) -> int:
        listener.set_inheritable(True)
        # Not asyncio's, which would kill it at our own end.
        subprocess.Popen(  # noqa: ASYNC220, S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            startupinfo=subprocess.STARTUPINFO(lpAttributeList={"handle_list": [listener.fileno()]}),
            creationflags=subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP,
            **options,
        )
        return 0

else:

    async def _detach(command: tuple[str, ...], listener: socket.socket, options: dict[str, Any]) -> int:
        """Start what no Ctrl-C and no end of ours reaches: it leaves another process behind and ends."""
        nothing = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=nothing,
            stdout=nothing,
            start_new_session=True,
            pass_fds=(listener.fileno(),),
            **options,
        )
        return await process.wait()
