"""What the worker does once LiteLLM is there: answers frames, many at once. See `codex_lsp.endpoint.wire`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any

from codex_lsp.agent.model import Delta
from codex_lsp.endpoint import wire
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import BadReply, EndpointError, to_wire
from codex_lsp.llm.assemble import Assembler
from codex_lsp.llm.failures import from_litellm
from codex_lsp.llm.rest import Rest
from codex_lsp.llm.router import AgentRouter

Send = Callable[[Mapping[str, Any]], None]

# Also those that were answered and whose program has left.
_going: set[asyncio.Task[None]] = set()


def configured(config: EndpointConfig) -> AgentRouter | EndpointError:
    """The Router, or the reason, for every call, why there is none."""
    try:
        return AgentRouter(config)
    except EndpointError as error:
        return error


class Service:
    """Answers the messages of one program. `send` takes one message and does not wait for long."""

    def __init__(self, router: AgentRouter | EndpointError, send: Send, rest: Rest) -> None:
        self._router = router
        self._send = send
        self._rest = rest
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def serve(self, stream: asyncio.StreamReader) -> None:
        """Answer what comes from `stream` until it ends; then nobody waits for anything any more.

        Raises `wire.WireError` at the first thing that is no message.
        """
        try:
            while (message := await wire.read(stream)) is not None:
                self._receive(message)
        finally:
            await self._stop()

    def _receive(self, message: Mapping[str, Any]) -> None:
        """Begin what the message asks for, or stop it."""
        call, operation = message.get("id"), message.get("op")
        if not isinstance(call, int):
            raise wire.WireError("a message has no id")
        if operation == "cancel":
            if call in self._tasks:
                self._tasks[call].cancel()
            return
        if operation not in ("describe", "complete") or call in self._tasks:
            raise wire.WireError("a message asks for nothing that there is")
        self._send({"id": call, "event": "taken"})
        task = asyncio.create_task(self._answer(call, operation, message))
        self._tasks[call] = task
        _going.add(task)
        task.add_done_callback(_going.discard)

    async def _stop(self) -> None:
        """Cancel everything, which closes the connections."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, call: int, operation: str, message: Mapping[str, Any]) -> None:
        with self._rest:
            try:
                if isinstance(self._router, EndpointError):
                    raise self._router
                if operation == "describe":
                    self._result(call, wire.info_to_wire(await self._router.describe()))
                else:
                    await self._complete(self._router, call, message)
            except Exception as error:
                # What LiteLLM does after a reply is over is nobody's failure.
                if call in self._tasks:
                    self._error(call, from_litellm(error, getattr(self._router, "keys", ())))
            finally:
                self._tasks.pop(call, None)

    async def _complete(self, router: AgentRouter, call: int, message: Mapping[str, Any]) -> None:
        burst = _Burst(lambda delta: self._send(_event(call, delta)))
        assembler = Assembler(burst.add)

        def end() -> None:
            burst.flush()
            self._result(call, wire.reply_to_wire(router.priced(assembler.reply(), assembler.deployment)))

        try:
            stream = await router.stream(wire.request_from_wire(message["request"]), burst.add)
            async with aclosing(stream):
                async for chunk in stream:
                    assembler.add(chunk)
                    # Then come LiteLLM's own counts and callbacks, for a millisecond or more; nobody has to
                    # wait for them, and they are not cut short.
                    if assembler.whole and call in self._tasks:
                        end()
        finally:
            burst.flush()
        if call in self._tasks:
            end()

    def _result(self, call: int, value: Mapping[str, Any]) -> None:
        try:
            self._send({"id": call, "event": "result", "value": value})
        except wire.WireError as error:
            self._error(call, BadReply(f"The endpoint's reply cannot be handed on: {error}. Ask for less."))
        # From here on it can be neither cancelled nor answered.
        self._tasks.pop(call, None)

    def _error(self, call: int, failure: EndpointError) -> None:
        self._send({"id": call, "event": "error", "error": to_wire(failure)})
        self._tasks.pop(call, None)


def _event(call: int, delta: Delta) -> dict[str, Any]:
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
