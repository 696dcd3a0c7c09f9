"""Any model that LiteLLM can reach, for the mini-agent: not the provider `codex-agent`, and without its gate.

Importing this costs seconds; `codex-lsp agent` does it before it listens. LiteLLM says "stop" of a stream
that was cut off, so the end is believed only where the model's server told it.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import field
from typing import Any

import httpx
import litellm

from codex_lsp.agent.model import Delta, ModelInfo, Reply, Request
from codex_lsp.endpoint import tls
from codex_lsp.endpoint.config import origin
from codex_lsp.endpoint.errors import (
    BadReply,
    EndpointError,
    NotFound,
    RateLimited,
    Refused,
    ServerFault,
    TimedOut,
    Unauthorized,
    Unreachable,
    clip,
)
from codex_lsp.endpoint.redact import redact
from codex_lsp.llm.assemble import Assembler
from codex_lsp.llm.failures import retry_after_seconds
from codex_lsp.llm.pipes import quieten
from codex_lsp.llm.tools import Tools
from codex_lsp.llm.tries import Stamina, Tries
from codex_lsp.records import record

# A local model reads a long prompt for minutes before it says a word.
FIRST_SECONDS = 600.0
IDLE_SECONDS = 180.0
REACH_SECONDS = 3.0
_PREFIX = re.compile(r"^(?:(?:litellm\.)?\w*(?:Error|Exception|Timeout)\s*(?::|-)\s*)+")
# Goes where a key must not be missing: LiteLLM would send `OPENAI_API_KEY` to whatever base it is given.
_NO_KEY = "none"
# Made once: that takes longer than to ask.
_tls = functools.cache(tls.context)


@record(frozen=True, slots=True)
class Place:
    """Where a model is: LiteLLM's name for it, and base and key where its provider's own are not meant."""

    model: str
    base: str = ""
    key: str = field(default="", repr=False)

    def as_options(self) -> dict[str, str]:
        """What LiteLLM is told."""
        found = {"model": self.model}
        if self.base:
            found["api_base"] = self.base
        if self.base or self.key:
            found["api_key"] = self.key or _NO_KEY
        return found


class Upstream:
    """A `Model` (see `codex_lsp.agent.model`) by LiteLLM. Errors are those of `codex_lsp.endpoint.errors`."""

    def __init__(self, place: Place, stamina: Stamina | None = None) -> None:
        quieten()
        self._place = place
        self._stamina = stamina or Stamina()
        self._tools = Tools()

    async def start(self) -> None:
        """There is nothing to start."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def describe(self) -> ModelInfo:
        """A plain model, whatever it is."""
        return ModelInfo(name=self._place.model)

    async def reach(self) -> None:
        """See whether anything answers at the base, if there is one; raises `Unreachable`. It is free."""
        if not self._place.base:
            return
        try:
            async with asyncio.timeout(REACH_SECONDS), httpx.AsyncClient(verify=_tls()) as client:
                await client.get(self._place.base)
        except (TimeoutError, httpx.TransportError, httpx.InvalidURL) as error:
            # Which certificates are good is for LiteLLM to say: it has settings of its own.
            if not isinstance(error.__cause__ and error.__cause__.__cause__, ssl.SSLError):
                raise self._unreachable() from None

    async def complete(
        self,
        request: Request,
        on_delta: Callable[[Delta], None],
        options: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Answer `request`; `options` are Chat Completions' own, such as `temperature`.

        It is sent again where that may help, as long as no piece of a reply has come.
        """
        self._tools.require(request)
        tries = Tries(self._stamina, on_delta)
        while True:
            begun = _Begun(on_delta)
            try:
                reply = await self._once(request, begun, options or {})
            except EndpointError as error:
                if (refused := self._tools.refused(request, error)) is not None:
                    raise refused from None
                if begun.yes or not await tries.again(error):
                    raise
            else:
                self._tools.answered(request)
                return reply

    async def _once(self, request: Request, on_delta: _Begun, options: Mapping[str, Any]) -> Reply:
        assembler, usage, said, model = Assembler(on_delta), None, "", ""
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                stream = await litellm.acompletion(**self._asked(request, options))
            async with aclosing(stream):
                async for chunk in _timely(stream):
                    assembler.add(chunk)
                    usage = getattr(chunk, "usage", None) or usage
                    model = chunk.model or model
                    said = next((each.finish_reason for each in chunk.choices if each.finish_reason), said)
                said = said if _ended(stream) else ""
        except EndpointError:
            raise
        except TimeoutError:
            raise TimedOut(f"The model {self._place.model} did not answer in time.") from None
        except Exception as error:
            raise self._failure(error) from None
        if not said:
            raise BadReply(f"The model {self._place.model} broke off before its reply was whole.")
        counted = {name: getattr(usage, name, 0) or 0 for name in _COUNTS} if usage else None
        assembler.end({"finish_reason": said, "usage": counted, "model": model})
        return assembler.reply()

    def _asked(self, request: Request, options: Mapping[str, Any]) -> dict[str, Any]:
        asked: dict[str, Any] = {
            **options,
            **self._place.as_options(),
            "messages": _sendable(request.messages),
        }
        if request.tools:
            asked["tools"] = list(request.tools)
        else:
            asked.pop("tool_choice", None)
            asked.pop("parallel_tool_calls", None)
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
        # What a provider does not know is left out; nothing is repeated but by `Tries`.
        return asked | {"drop_params": True, "num_retries": 0, "max_retries": 0, "timeout": FIRST_SECONDS}

    def _unreachable(self) -> Unreachable:
        at = f" at {origin(self._place.base)}" if self._place.base else ""
        return Unreachable(
            f"The model {self._place.model} cannot be reached{at}: see whether its server runs."
        )

    def _failure(self, error: Exception) -> EndpointError:
        name = f"The model {self._place.model}"
        said = clip(_PREFIX.sub("", redact(str(error), [self._place.key]).partition("Traceback")[0]))
        tail = f" It said: {said}" if said else ""
        if isinstance(error, litellm.Timeout):
            return TimedOut(f"{name} did not answer in time.")
        if isinstance(error, litellm.APIConnectionError) or _is_lost(error):
            return self._unreachable()
        status = getattr(error, "status_code", None)
        if not isinstance(status, int):
            return EndpointError(f"{name} could not be asked.{tail}")
        return _by_status(name, status, tail, _retry_after(error))


def _by_status(name: str, status: int, tail: str, wait: float | None) -> EndpointError:
    if status in (401, 403):
        return Unauthorized(f"{name} refused the key: check it where this endpoint runs.{tail}", status)
    if status == 404:
        return NotFound(f"{name} is not there: check its name, or pull it.{tail}", status)
    if status == 429:
        return RateLimited(f"{name} has too many requests.{tail}", status, wait)
    if status >= 500:
        return ServerFault(f"{name} failed ({status}).{tail}", status, wait)
    return Refused(f"{name} refused the request ({status}).{tail}", status)


def _is_lost(error: BaseException) -> bool:
    """Whether a lost connection is behind it: some of LiteLLM's routes call that a fault of the server."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, httpx.TransportError | ConnectionError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def _sendable(messages: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The messages; halves of characters, which JSON may hold and UTF-8 may not, are question marks."""
    try:
        json.dumps(messages, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return list(json.loads(json.dumps(messages, ensure_ascii=False).encode("utf-8", "replace")))
    return list(messages)


class _Begun:
    """Hands pieces on, and knows whether there was one."""

    def __init__(self, on_delta: Callable[[Delta], None]) -> None:
        self.yes = False
        self._on_delta = on_delta

    def __call__(self, delta: Delta) -> None:
        self.yes = True
        self._on_delta(delta)


async def _timely(stream: Any) -> AsyncIterator[Any]:
    chunks, patience = aiter(stream), FIRST_SECONDS
    while True:
        try:
            async with asyncio.timeout(patience):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        patience = IDLE_SECONDS
        yield chunk


def _ended(stream: Any) -> bool:
    """Whether the server said why it ended, for all that can be known of LiteLLM's stream."""
    names = ("received_finish_reason", "intermittent_finish_reason")
    told = [getattr(stream, name) for name in names if hasattr(stream, name)]
    return not told or any(told)


def _retry_after(error: Exception) -> float | None:
    headers = getattr(error, "litellm_response_headers", None) or {}
    return retry_after_seconds(str(headers.get("retry-after", "")))
