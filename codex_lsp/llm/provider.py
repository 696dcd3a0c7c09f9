"""The provider: what LiteLLM calls for the model `codex-agent/<id>`.

Written against httpx rather than on LiteLLM's own OpenAI route, which sends `OPENAI_API_KEY` and goes to
`OPENAI_BASE_URL` when a key or a base is missing, and calls a stream that was cut off a success.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import Any

from litellm import CustomLLM
from litellm.types.utils import ModelResponse

from codex_lsp.endpoint.errors import EndpointError, bad_reply
from codex_lsp.llm import ahead, transport
from codex_lsp.llm.chat import Call, prepare
from codex_lsp.llm.failures import to_litellm
from codex_lsp.llm.replies import StreamedReply, whole
from codex_lsp.llm.transport import Answer, SyncAnswer


class CodexAgent(CustomLLM):
    """Four ways in, one behaviour. LiteLLM passes everything by name; see `chat.prepare` for what is used.

    Errors are LiteLLM's own exceptions with the sentences of `codex_lsp.endpoint.errors`.
    """

    async def acompletion(self, **options: Any) -> ModelResponse:
        """Answer in one piece."""
        try:
            call = prepare(options, stream=False)
            async with transport.exchange(call, stream=False) as answer:
                data = b"".join([chunk async for chunk in answer.body])
            return whole(call, answer.content_type, data)
        except EndpointError as error:
            raise _raised(error, options) from None

    def astreaming(self, **options: Any) -> Any:
        """Answer in `ModelResponseStream` chunks and a last dict; closing this closes the connection."""
        return ahead.stream(lambda on_sent: self._streaming(options, on_sent))

    async def _streaming(self, options: dict[str, Any], on_sent: Callable[[], None]) -> AsyncGenerator[Any]:
        try:
            call = prepare(options, stream=True)
            async with transport.exchange(call, stream=True, on_sent=on_sent) as answer:
                reply = _streamed(call, answer)
                async with aclosing(transport.events(answer.body)) as events:
                    async for data in events:
                        for chunk in reply.read(data):
                            yield chunk
                        if reply.done:
                            break
                    yield reply.end()
                    await transport.drain(answer.body)
        except EndpointError as error:
            raise _raised(error, options) from None

    def completion(self, **options: Any) -> ModelResponse:
        """`acompletion` without an event loop."""
        try:
            call = prepare(options, stream=False)
            with transport.exchange_sync(call, stream=False) as answer:
                data = b"".join(answer.body)
            return whole(call, answer.content_type, data)
        except EndpointError as error:
            raise _raised(error, options) from None

    def streaming(self, **options: Any) -> Iterator[Any]:
        """`astreaming` without an event loop."""
        try:
            call = prepare(options, stream=True)
            with transport.exchange_sync(call, stream=True) as answer:
                reply = _streamed(call, answer)
                for data in transport.events_sync(answer.body):
                    yield from reply.read(data)
                    if reply.done:
                        break
                yield reply.end()
        except EndpointError as error:
            raise _raised(error, options) from None


def _streamed(call: Call, answer: Answer | SyncAnswer) -> StreamedReply:
    kind = answer.content_type.partition(";")[0].strip().lower()
    if kind != "text/event-stream":
        raise bad_reply(call.origin, f"with {kind or 'no content type'} where a stream was asked for")
    return StreamedReply(call, answer.progress)


def _raised(error: EndpointError, options: dict[str, Any]) -> Exception:
    provider = (options.get("litellm_params") or {}).get("custom_llm_provider") or "codex-agent"
    return to_litellm(error, str(options.get("model", "")), str(provider))
