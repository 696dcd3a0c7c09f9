"""What the worker does once LiteLLM is there: answers frames, many at once. See `codex_lsp.endpoint.wire`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any

from codex_lsp.agent.model import Delta
from codex_lsp.endpoint import wire
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import EndpointError, to_wire
from codex_lsp.llm.assemble import Assembler
from codex_lsp.llm.failures import from_litellm
from codex_lsp.llm.router import AgentRouter

Send = Callable[[Mapping[str, Any]], None]


class Service:
    """Answers the parent's messages. `send` takes one message and does not wait for long."""

    def __init__(self, config: EndpointConfig, send: Send) -> None:
        self._send = send
        self._tasks: dict[Any, asyncio.Task[None]] = {}
        self._router: AgentRouter | EndpointError
        try:
            self._router = AgentRouter(config)
        except EndpointError as error:
            self._router = error

    def receive(self, message: Mapping[str, Any]) -> None:
        """Begin what the message asks for, or stop it."""
        call, operation = message.get("id"), message.get("op")
        if operation == "cancel":
            if call in self._tasks:
                self._tasks[call].cancel()
            return
        task = asyncio.create_task(self._answer(call, operation, message))
        self._tasks[call] = task
        task.add_done_callback(lambda _: self._tasks.pop(call, None))

    async def stop(self) -> None:
        """Cancel everything, which closes the connections."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, call: Any, operation: Any, message: Mapping[str, Any]) -> None:
        try:
            if isinstance(self._router, EndpointError):
                raise self._router
            if operation == "describe":
                value = wire.info_to_wire(await self._router.describe())
            else:
                value = await self._complete(self._router, call, message)
        except Exception as error:
            failure = from_litellm(error, getattr(self._router, "keys", ()))
            self._send({"id": call, "event": "error", "error": to_wire(failure)})
        else:
            self._send({"id": call, "event": "result", "value": value})

    async def _complete(self, router: AgentRouter, call: Any, message: Mapping[str, Any]) -> dict[str, Any]:
        burst = _Burst(lambda delta: self._send(_event(call, delta)))
        assembler = Assembler(burst.add)
        try:
            stream = await router.stream(wire.request_from_wire(message["request"]), burst.add)
            async with aclosing(stream):
                async for chunk in stream:
                    assembler.add(chunk)
        finally:
            burst.flush()
        return wire.reply_to_wire(assembler.reply())


def _event(call: Any, delta: Delta) -> dict[str, Any]:
    return {"id": call, "event": "delta", "kind": delta.kind, "text": delta.text}


class _Burst:
    """Joins what arrives within one turn of the loop: servers send tokens, people read lines."""

    def __init__(self, send: Callable[[Delta], None]) -> None:
        self._send = send
        self._pending: Delta | None = None

    def add(self, delta: Delta) -> None:
        if self._pending is None:
            asyncio.get_running_loop().call_soon(self.flush)
        elif self._pending.kind == delta.kind != "step":
            delta = Delta(delta.kind, self._pending.text + delta.text)
        else:
            self._send(self._pending)
        self._pending = delta

    def flush(self) -> None:
        if self._pending is not None:
            self._send(self._pending)
            self._pending = None
