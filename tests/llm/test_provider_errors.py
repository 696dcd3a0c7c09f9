"""Each failure is LiteLLM's own exception of the right class, with one sentence of ours on what to do."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import litellm
import pytest
from litellm import exceptions

from codex_lsp.endpoint.config import GATE
from codex_lsp.llm.chat import MAX_REPLY_BYTES
from tests.llm.routing import MESSAGES, ask, free_port, router
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint, Step, call

HTML = Raw(200, {"Content-Type": "text/html"}, b"<html><body>Log in</body></html>")
SSE = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}

both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


async def failure(asked: Any, *, stream: bool, **options: Any) -> Any:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # the class is what each test looks at
        await ask(asked, stream=stream, **options)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (400, exceptions.BadRequestError, "refused the request (400): check its model and its limits."),
        (401, exceptions.AuthenticationError, "refused the key (401): check CODEX_AGENT_API_KEY."),
        (403, exceptions.PermissionDeniedError, "refused the key (403): check CODEX_AGENT_API_KEY."),
        (404, exceptions.NotFoundError, "does not know the path or the model (404): check"),
        (413, exceptions.BadRequestError, "refused the request (413)"),
        (429, exceptions.RateLimitError, "has too many requests (429). Try again in 3 s."),
        (500, exceptions.InternalServerError, "failed (500). Try again in 3 s."),
        (502, exceptions.BadGatewayError, "failed (502)."),
        (503, exceptions.ServiceUnavailableError, "failed (503)."),
        (504, exceptions.InternalServerError, "failed (504)."),
    ],
)
@both
async def test_statuses(
    endpoint: ScriptedEndpoint, stream: bool, status: int, kind: type[Any], sentence: str
) -> None:
    body = b'{"error": {"message": "the key sk-secret-1 \\u0007 is odd"}}'
    endpoint.play(Raw(status, JSON | {"Retry-After": "3"}, body))
    error = await failure(router(endpoint.base_url, "sk-secret-1"), stream=stream)
    assert type(error) is kind
    assert error.status_code == status
    assert str(error).count(sentence) == 1
    assert str(error).count("It said: the key [key] is odd") == 1
    assert "sk-secret" not in str(error)
    assert len(endpoint.requests) == 1


@both
async def test_retry_after_survives(endpoint: ScriptedEndpoint, stream: bool) -> None:
    endpoint.play(Raw(429, {"Retry-After": "7"}))
    error = await failure(router(endpoint.base_url, "sk-secret-1"), stream=stream)
    assert error.response.headers["retry-after"] == "7"
    assert "authorization" not in error.response.request.headers


@both
async def test_off(endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, stream: bool) -> None:
    asked = router(endpoint.base_url)
    for value in ("", "0", "true"):
        monkeypatch.setenv(GATE, value)
        error = await failure(asked, stream=stream)
        assert type(error) is exceptions.BadRequestError
        assert (
            str(error).count("codex-agent is off and nothing was sent: set LITELLM_ENABLE_CODEX_AGENT=1") == 1
        )
    assert endpoint.requests == []


@pytest.mark.parametrize(
    ("base", "sentence"),
    [
        (None, "No agent endpoint is configured: set CODEX_AGENT_API_BASE"),
        ("127.0.0.1:8010", "is not an address that can be used"),
        ("ftp://127.0.0.1", "is not an address that can be used"),
        ("http://user:pass@127.0.0.1", "must hold no user name, password"),
    ],
)
@both
async def test_unconfigured(stream: bool, base: str | None, sentence: str) -> None:
    error = await failure(router(base), stream=stream)
    assert type(error) is exceptions.BadRequestError
    assert str(error).count(sentence) == 1


@pytest.mark.parametrize("key", ["sk-ü", "sk 1", "sk\n1"])
async def test_a_key_that_cannot_be_sent(endpoint: ScriptedEndpoint, key: str) -> None:
    error = await failure(router(endpoint.base_url, key), stream=False)
    assert type(error) is exceptions.BadRequestError
    assert "CODEX_AGENT_API_KEY holds" in str(error)
    assert endpoint.requests == []


@both
async def test_nobody_listens(stream: bool) -> None:
    base = f"http://127.0.0.1:{free_port()}"
    error = await failure(router(base), stream=stream)
    assert type(error) is exceptions.APIConnectionError
    sentence = f"The endpoint {base} cannot be reached (nobody listens there): start it, or check"
    assert str(error).count(sentence) == 1


@both
async def test_no_tls_there(endpoint: ScriptedEndpoint, stream: bool) -> None:
    error = await failure(router(endpoint.base_url.replace("http:", "https:")), stream=stream)
    assert type(error) is exceptions.APIConnectionError
    assert "cannot be reached (TLS failed" in str(error)


@both
async def test_redirects_are_not_followed(endpoint: ScriptedEndpoint, stream: bool) -> None:
    async with ScriptedEndpoint([Answer("taken")]) as other:
        endpoint.play(Raw(307, {"Location": f"{other.base_url}/v1/chat/completions"}))
        error = await failure(router(endpoint.base_url, "sk-1"), stream=stream)
        assert type(error) is exceptions.BadRequestError
        assert str(error).count("redirects (307), which is not followed") == 1
        assert other.requests == []


BROKEN_WHOLE: list[tuple[Step, str]] = [
    (HTML, "with an HTML page (text/html)"),
    (Raw(200, JSON, b'{"choices": [{"mess'), "with what is no JSON"),
    (Raw(200, JSON, b""), "with what is no JSON"),
    (Raw(200, JSON, b"[1]"), "with JSON that is no object"),
    (Raw(200, JSON, b'{"choices": []}'), "its reply has no choices"),
    (Raw(200, JSON, b'{"choices": [{"finish_reason": "stop"}]}'), "has no message"),
    (Raw(200, JSON, b'{"choices": "x"}'), "choices of its reply is no list"),
    (Answer("fragment", finish_reason=None), "ended without a finish reason"),
    (Answer("fragment", finish_reason="network_error"), "ended with the finish reason 'network_error'"),
    (Answer(tool_calls=(call("a", "", "{}"),), finish_reason="tool_calls"), "has no name"),
    (Raw(200, JSON, b'{"error": {"message": "no memory, sk-1"}}'), "failed in mid-reply"),
]
BROKEN_STREAMS: list[tuple[Step, str]] = [
    (HTML, "with text/html where a stream was asked for"),
    (Raw(200, JSON, b'{"choices": []}'), "with application/json where a stream was asked for"),
    (Raw(200, SSE, b""), "its stream ended without a finish reason"),
    (Raw(200, SSE, b'data: {"choices": [{"del\n\n'), "with what is no JSON"),
    (Raw(200, SSE, b"data: 7\n\n"), "with JSON that is no object"),
    (Raw(200, SSE, b'data: {"choices": [{"delta": []}]}\n\n'), "a chunk of its stream is malformed"),
    (Raw(200, SSE, b'data: {"choices": [{"delta": {"content": 7}}]}\n\n'), "the content of its reply"),
    (Raw(200, SSE, b'data: {"choices": [{"delta": {"tool_calls": [7]}}]}\n\n'), "is malformed"),
    (Raw(200, SSE, b'data: {"error": {"message": "no memory, sk-1"}}\n\n'), "failed in mid-reply"),
    (Answer("fragment", finish_reason=None), "its stream ended without a finish reason"),
    (Answer("fragment", finish_reason="error"), "ended with the finish reason 'error'"),
    (Answer("whole, but is it?", done=False), "its stream ended without [DONE]"),
]


@pytest.mark.parametrize(("step", "what"), BROKEN_WHOLE)
async def test_what_is_no_reply(endpoint: ScriptedEndpoint, step: Step, what: str) -> None:
    await _check_bad_reply(endpoint, step, what, stream=False)


@pytest.mark.parametrize(("step", "what"), BROKEN_STREAMS)
async def test_what_is_no_stream(endpoint: ScriptedEndpoint, step: Step, what: str) -> None:
    await _check_bad_reply(endpoint, step, what, stream=True)


async def _check_bad_reply(endpoint: ScriptedEndpoint, step: Step, what: str, *, stream: bool) -> None:
    endpoint.play(step)
    error = await failure(router(endpoint.base_url, "sk-1"), stream=stream)
    assert type(error) is exceptions.APIResponseValidationError
    assert str(error).count(what) == 1
    assert "sk-1" not in str(error)


@pytest.mark.parametrize("cut_after", [0, 1, 40, 300, 900])
@both
async def test_a_connection_that_breaks(endpoint: ScriptedEndpoint, stream: bool, cut_after: int) -> None:
    endpoint.play(Answer("word " * 300, cut_after=cut_after))
    error = await failure(router(endpoint.base_url), stream=stream)
    assert type(error) is exceptions.APIConnectionError
    assert str(error).count("broke off before its reply was whole") == 1


@both
async def test_a_server_that_says_nothing(endpoint: ScriptedEndpoint, stream: bool) -> None:
    endpoint.play(Raw(0))
    error = await failure(router(endpoint.base_url), stream=stream)
    assert type(error) is exceptions.APIConnectionError


@both
async def test_too_much(endpoint: ScriptedEndpoint, stream: bool) -> None:
    filler = b'data: {"choices": []}\n\n' if stream else b" "
    body = filler * (MAX_REPLY_BYTES // len(filler) + 2)
    endpoint.play(Raw(200, SSE if stream else JSON, body))
    error = await failure(router(endpoint.base_url), stream=stream)
    assert type(error) is exceptions.APIResponseValidationError
    assert "with more than 8 MB" in str(error)


@pytest.mark.parametrize("step", ["begin", "rest"])
async def test_the_timeout(endpoint: ScriptedEndpoint, step: str) -> None:
    endpoint.play(Answer("too late", **{step: asyncio.Event()}))  # type: ignore[arg-type]
    started = time.monotonic()
    error = await failure(router(endpoint.base_url), stream=True, timeout=0.3)
    assert type(error) is exceptions.Timeout
    assert "0.3 s: try again, ask for less" in str(error)
    assert time.monotonic() - started < 3
    await asyncio.wait_for(endpoint.disconnected.wait(), 2)


@both
async def test_a_server_that_never_comes_to_an_end(endpoint: ScriptedEndpoint, stream: bool) -> None:
    def fail() -> Exception:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            list(router(endpoint.base_url).completion("codex-agent-1", MESSAGES, stream=stream, timeout=0.4))
        return caught.value

    drip = Raw(200, SSE if stream else JSON, b": ping\n\n", every=0.05)
    endpoint.play(drip, drip)
    for error in (
        await failure(router(endpoint.base_url), stream=stream, timeout=0.4),
        await asyncio.to_thread(fail),
    ):
        assert type(error) is exceptions.Timeout
        assert "did not finish within 0.4 s" in str(error)
        await asyncio.wait_for(endpoint.disconnected.wait(), 2)


async def test_errors_without_an_event_loop(endpoint: ScriptedEndpoint) -> None:
    def fail(stream: bool, **options: Any) -> Exception:
        asked = router(endpoint.base_url, "sk-1")
        with pytest.raises(Exception) as caught:  # noqa: PT011
            list(asked.completion("codex-agent-1", MESSAGES, stream=stream, **options))
        return caught.value

    endpoint.play(Raw(401), Raw(401), HTML, Answer("x", finish_reason=None))
    for stream in (False, True):
        assert type(await asyncio.to_thread(fail, stream)) is exceptions.AuthenticationError
    for stream in (False, True):
        assert type(await asyncio.to_thread(fail, stream)) is exceptions.APIResponseValidationError
    endpoint.play(Answer("late", begin=asyncio.Event()), Answer("late", rest=asyncio.Event()))
    for stream in (False, True):
        error = await asyncio.to_thread(fail, stream, timeout=0.3)
        assert type(error) is exceptions.Timeout
    endpoint.play(Answer("x" * 50, cut_after=30))
    assert type(await asyncio.to_thread(fail, False)) is exceptions.APIConnectionError


async def test_litellm_itself_without_a_router(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Raw(404, JSON, b'{"error": "no such model"}'))
    with pytest.raises(litellm.NotFoundError, match="It said: no such model"):
        await litellm.acompletion("codex-agent/mini", MESSAGES, api_base=endpoint.base_url)
