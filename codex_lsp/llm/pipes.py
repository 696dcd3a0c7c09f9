"""The worker's event loop between two pipes; see `worker` for how it is started."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn, Protocol

import litellm

from codex_lsp.endpoint import config, wire
from codex_lsp.llm.service import Service


class Input(Protocol):
    """Where the parent's messages come from; see `worker.Input`."""

    def connect(self, take: Callable[[bytes], object]) -> None:
        """Hand everything to `take`, in another thread; empty bytes are the end."""
        ...


def run(source: Input, write: int) -> NoReturn:
    """Answer what comes from `source` until it ends, then end this process at once."""
    _quieten()
    asyncio.run(_serve(source, write))
    # LiteLLM keeps threads that a normal exit would wait for; nobody is left who could miss anything.
    os._exit(0)


def _quieten() -> None:
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    if "LITELLM_LOG" not in os.environ:
        # It logs whole exceptions, with parts of prompts, that our own errors have already told.
        for name in ("LiteLLM", "LiteLLM Router"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


async def _serve(source: Input, write: int) -> None:
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
    stream, loop = asyncio.StreamReader(), asyncio.get_running_loop()
    source.connect(lambda data: loop.call_soon_threadsafe(_feed, stream, data))
    send({"event": "hello", "litellm": version("litellm")})
    try:
        while (message := await wire.read(stream)) is not None:
            service.receive(message)
    finally:
        await service.stop()


def _feed(stream: asyncio.StreamReader, data: bytes) -> None:
    if data:
        stream.feed_data(data)
    else:
        stream.feed_eof()
