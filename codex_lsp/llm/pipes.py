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
from codex_lsp.llm.rest import IDLE_SECONDS, Rest
from codex_lsp.llm.service import Service, configured
from codex_lsp.llm.warm import settle


class Input(Protocol):
    """Where the parent's messages come from; see `worker.Input`."""

    def connect(self, take: Callable[[bytes], object]) -> None:
        """Hand everything to `take`, in another thread; empty bytes are the end."""
        ...


def run(source: Input, write: int) -> NoReturn:
    """Answer what comes from `source` until it ends or nothing has come for long, then end this process."""
    quieten()
    asyncio.run(_serve(source, write))
    # LiteLLM keeps threads that a normal exit would wait for; nobody is left who could miss anything.
    os._exit(0)


def quieten() -> None:
    """LiteLLM prints no hints of its own and reports nothing to anybody."""
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    if "LITELLM_LOG" not in os.environ:
        # It logs whole exceptions, with parts of prompts, that our own errors have already told.
        for name in ("LiteLLM", "LiteLLM Router"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def hello() -> dict[str, Any]:
    """What each program is told when the worker is ready."""
    return {"event": "hello", "litellm": version("litellm")}


def configuration() -> config.EndpointConfig:
    """The file was read by the parent, whose word the environment now holds."""
    return config.load(file=Path(os.devnull))


async def _serve(source: Input, write: int) -> None:
    output = os.fdopen(write, "wb")

    def send(message: Mapping[str, Any]) -> None:
        # Written at once: the parent reads all the time, and while it does not there is nothing else to do.
        try:
            output.write(wire.encode(message))
            output.flush()
        except OSError:
            os._exit(0)

    rest = Rest()
    service = Service(configured(configuration()), send, rest)
    stream, loop = asyncio.StreamReader(), asyncio.get_running_loop()
    source.connect(lambda data: loop.call_soon_threadsafe(feed, stream, data))
    send(hello())
    serving = asyncio.create_task(service.serve(stream))
    resting = asyncio.create_task(rest.over(IDLE_SECONDS))
    settling = asyncio.create_task(settle(rest))
    await asyncio.wait([serving, resting], return_when=asyncio.FIRST_COMPLETED)
    settling.cancel()


def feed(stream: asyncio.StreamReader, data: bytes | None) -> None:
    """Hand over what a thread has read; nothing is the end."""
    if data:
        stream.feed_data(data)
    else:
        stream.feed_eof()
