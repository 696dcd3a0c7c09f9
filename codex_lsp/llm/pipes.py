"""The worker's event loop between two pipes; see `worker` for how it is started."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import litellm

from codex_lsp.endpoint import config, wire
from codex_lsp.llm.service import Service

_GRACE_SECONDS = 1.0


def run(read: int, write: int) -> NoReturn:
    """Answer what comes from `read` until it ends, then end this process at once."""
    _quieten()
    asyncio.run(_serve(read, write))
    # LiteLLM keeps threads that a normal exit would wait for; nobody is left who could miss anything.
    os._exit(0)


def _quieten() -> None:
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    if "LITELLM_LOG" not in os.environ:
        # It logs whole exceptions, with parts of prompts, that our own errors have already told.
        for name in ("LiteLLM", "LiteLLM Router"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


async def _serve(read: int, write: int) -> None:
    output = os.fdopen(write, "wb")

    def send(message: Mapping[str, Any]) -> None:
        # Written at once: the parent reads all the time, and while it does not there is nothing else to do.
        try:
            output.write(wire.encode(message))
            output.flush()
        except OSError:
            os._exit(0)

    # The file was read by the parent, whose word the environment now holds.
    service = Service(config.load(file=Path(os.devnull)), send)
    stream = asyncio.StreamReader()
    threading.Thread(target=_feed, args=(read, stream, asyncio.get_running_loop()), daemon=True).start()
    send({"event": "hello", "litellm": version("litellm")})
    try:
        while (message := await wire.read(stream)) is not None:
            service.receive(message)
    finally:
        await service.stop()


def _feed(read: int, stream: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
    # A thread, because event loops cannot read from an inherited pipe on Windows.
    while data := os.read(read, 1 << 16):
        loop.call_soon_threadsafe(stream.feed_data, data)
    loop.call_soon_threadsafe(stream.feed_eof)
    # If the loop is stuck, the parent's end is still the end.
    threading.Event().wait(_GRACE_SECONDS)
    os._exit(0)
