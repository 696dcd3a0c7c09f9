"""The table: the ways in which an endpoint misbehaves, and what has to come of each."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import cast

from tests.faults import endpoint_speech as say
from tests.faults.endpoint_play import KEY, PATIENCE, STAMINA, Mode
from tests.faults.endpoint_server import JSON, SSE, Conduct, Turn

BAD, GONE, LATE, OVER = "bad_reply", "unreachable", "timeout", "unfinished"
ABSURD = "9" * 18
LONG_LINE = b"data: " + b"x" * 65536
OLLAMA = json.dumps({"error": {"message": "gemma does not support tools"}}).encode()


def serve(data: bytes, headers: dict[str, str] | None = None) -> Conduct:
    """Status 200 and this body, then the end of the connection."""

    async def conduct(turn: Turn) -> None:
        await turn.head(200, SSE if headers is None else headers)
        await turn.send(data)

    return conduct


def status(code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Conduct:
    """This status, each time."""

    async def conduct(turn: Turn) -> None:
        await turn.answer(code, headers, body)

    return conduct


def first(*conducts: Conduct) -> Conduct:
    """One after the other, and the last from then on."""

    async def conduct(turn: Turn) -> object:
        return await conducts[min(turn.number, len(conducts)) - 1](turn)

    return conduct


def then(*steps: Callable[[Turn], Awaitable[object]]) -> Conduct:
    """Several things in one answer."""

    async def conduct(turn: Turn) -> None:
        for step in steps:
            await step(turn)

    return conduct


def send(data: bytes) -> Conduct:
    """Bytes, and no end."""
    return lambda turn: turn.send(data)


def repeat(data: bytes, every: float = 0.03) -> Conduct:
    """The same for ever."""
    return lambda turn: turn.repeat(data, every)


async def head(turn: Turn) -> None:
    """The start of a stream."""
    await turn.head()


async def hang(turn: Turn) -> None:
    """Nothing more."""
    await turn.gone()


async def reset(turn: Turn) -> None:
    """A reset."""
    turn.reset()


def broken_off(data: bytes) -> Conduct:
    """A stream that says how long its pieces are, and never its end."""

    async def conduct(turn: Turn) -> None:
        await turn.head(200, {**SSE, "Transfer-Encoding": "chunked"})
        await turn.send(say.chunked(data))

    return conduct


async def flood(turn: Turn) -> None:
    """A hundred megabytes, as fast as they are taken."""
    await turn.head()
    for _ in range(1600):
        await turn.send(LONG_LINE)


async def byte_by_byte(turn: Turn) -> None:
    """A good stream, each byte in its own chunk."""
    await turn.head(200, {**SSE, "Transfer-Encoding": "chunked"})
    for byte in say.stream():
        await turn.send(say.chunked(bytes([byte])))
    await turn.send(b"0\r\n\r\n")


async def echoed(turn: Turn) -> None:
    """An error that shows the key, in several forms."""
    sent = turn.headers["authorization"]
    body = json.dumps({"error": {"message": f"{sent} and {KEY!r} and sk-another-key-123456 are odd"}})
    await turn.answer(500, JSON, body.encode())


def moment(seconds: float) -> str:
    """A date, so many seconds from now."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


good = serve(say.stream())
PROLOGUE = say.delta(role="assistant", content="")
GZIP = {**SSE, "Content-Encoding": "gzip"}
BOMB = gzip.compress(b"data: {}\n\n" * 10_000_000, 1)
JINJA = b'{"error": "tools param requires --jinja"}'
TOOL_USE = b'{"error": "No endpoints found that support tool use."}'
DEEP = b"data: " + b"[" * 200_000 + b"\n\n"
HTML = b"<!doctype html><html><body>Log in</body></html>"
TWO_INDEXES = b"".join(
    say.event(
        {"choices": [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "delta": {"content": part}}]}
    )
    for part in (say.PATCH[:30], say.PATCH[30:])
)
SAME_INDEX = say.event({"choices": [{"index": 0, "delta": {"content": each}} for each in "ab"]})
SHORT = replace(STAMINA, patience=PATIENCE)
PAUSE = replace(STAMINA, patience=replace(PATIENCE, total=0.6))
WHOLE = replace(STAMINA, patience=replace(STAMINA.patience, total=1.5))
ONE_TRY = replace(STAMINA, retries=0)


async def late_503(turn: Turn) -> None:
    """A failure that takes its time."""
    await asyncio.sleep(0.25)
    await turn.answer(503)


_SLOW = [
    Mode("headers never come", hang, LATE, 1, 0.4, least=0.45, says="did not begin to answer"),
    Mode("headers drip", then(send(b"HTTP/1.1 200 OK\r\n"), repeat(b"X-A: b\r\n")), LATE, 1, 0.4, least=0.45),
    Mode(
        "stall before the first chunk", then(head, hang), LATE, 1, 0.3, least=0.3, says="nothing of its reply"
    ),
    Mode("stall after the first chunk", then(head, send(say.text()[:90]), hang), LATE, 1, 0.4, least=0.3),
    Mode("stall before [DONE]", then(head, send(say.stream().removesuffix(say.DONE)), hang), LATE, 1, 0.4),
    Mode("pings for ever", then(head, repeat(b": ping\n\n")), LATE, 1, 0.4, least=0.3),
    Mode("pings after the first chunk", then(head, send(say.text()), repeat(b": p\n\n")), LATE, 1, 0.5),
    Mode("empty deltas for ever", then(head, repeat(PROLOGUE)), LATE, 1, 0.4, least=0.3),
    Mode("chunks without choices for ever", then(head, repeat(say.event({"choices": []}))), LATE, 1, 0.4),
    Mode("usage for ever", then(head, repeat(say.event({"choices": [], "usage": say.USAGE}))), LATE, 1, 0.4),
    Mode("content for ever", then(head, repeat(say.delta(content="x"))), LATE, 1, 1.6, least=1.4),
    Mode("reasoning for ever", then(head, repeat(say.delta(reasoning="x"))), LATE, 1, 1.6, least=1.4),
    Mode("one byte at a time", byte_by_byte, "edited", 1, 1.0),
    Mode("whole: headers never come", hang, LATE, 1, 1.6, least=1.4, streamed=False),
    Mode("whole: spaces for ever", then(head, repeat(b" ")), LATE, 1, 1.6, least=1.4, streamed=False),
    Mode("deadline over all tries", first(late_503, late_503, hang), LATE, 3, 1.6, least=1.4, stamina=WHOLE),
]

SLOW = [
    replace(mode, stamina=SHORT) if mode.ends == LATE and mode.stamina is STAMINA else mode for mode in _SLOW
]

LOST = [
    Mode(
        "closes without a word", then(), GONE, 3, 0.5, says="broke off", steps=("trying again",), worker=True
    ),
    Mode("resets", reset, GONE, 3, 0.5),
    Mode("closes without a word, once", first(then(), good), "edited", 2, worker=True),
    Mode("half a head", send(b"HTTP/1.1 200 OK\r\nConte"), GONE, 3, 0.5),
    Mode("no HTTP", send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), GONE, 3, 0.5),
    Mode("breaks before content, once", first(broken_off(PROLOGUE), good), "edited", 2),
    Mode("breaks after content", broken_off(say.text()), GONE, 1, worker=True),
    Mode("ends before content", serve(PROLOGUE), BAD, 1, says="without a finish reason"),
]

STATUSES = [
    *(
        Mode(f"{code}", status(code), kind, 1, worker=code in (401, 404))
        for code, kind in [
            *((401, "unauthorized"), (403, "unauthorized"), (404, "not_found"), (405, "refused")),
            *((409, "refused"), (413, "refused"), (422, "refused"), (418, "refused")),
        ]
    ),
    # A 400 may be about the tools, so that the ask goes out once more, without them.
    Mode("400", status(400), "refused", 2, steps=("takes no tools",), worker=True),
    *(
        Mode(f"{code} three times", status(code), kind, 3, 0.5, steps=(f"({code}); trying again in",))
        for code, kind in [
            *((408, "refused"), (429, "rate_limited"), (500, "server_fault"), (502, "server_fault")),
            *((503, "server_fault"), (504, "server_fault"), (529, "server_fault"), (599, "server_fault")),
        ]
    ),
    *(
        Mode(f"{code}, then well", first(status(code), good), "edited", 2, worker=code == 503)
        for code in (408, 429, 500, 502, 503, 504, 529)
    ),
    Mode("503 twice, then well", first(status(503), status(503), good), "edited", 3, 0.5),
    Mode("503, then 401", first(status(503), status(401)), "unauthorized", 2),
    Mode(
        "429 asks for 1 s",
        first(status(429, {"Retry-After": "1"}), good),
        "edited",
        2,
        1.3,
        1.0,
        worker=True,
        steps=("asks to wait 1 s (429)",),
    ),
    Mode("429 asks for an hour", status(429, {"Retry-After": "3600"}), "rate_limited", 1, says="in 60 min"),
    Mode(
        "429 asks for ages", status(429, {"Retry-After": ABSURD}), "rate_limited", 1, says="more than a day"
    ),
    Mode("429 asks for nonsense", status(429, {"Retry-After": "soon"}), "rate_limited", 3, 0.5),
    Mode("429 asks for less than nothing", status(429, {"Retry-After": "-5"}), "rate_limited", 3, 0.5),
    Mode("429 asks for nothing", status(429, {"Retry-After": "0"}), "rate_limited", 3, 0.5),
    Mode("429 until a past date", first(status(429, {"Retry-After": moment(-60)}), good), "edited", 2),
    Mode("429 until a far date", status(429, {"Retry-After": moment(7200)}), "rate_limited", 1, worker=True),
    Mode("503 asks for an hour", status(503, {"Retry-After": "3600"}), "server_fault", 1, says="60 min"),
    Mode("wait beyond the deadline", status(503, {"Retry-After": "1"}), "server_fault", 1, stamina=PAUSE),
    Mode("an error that shows keys", echoed, "server_fault", 3, 0.5, says="[key]", worker=True),
    Mode("an error without end", then(lambda turn: turn.head(422), repeat(b"no ")), "refused", 1, 2.3),
    Mode("an error of 100 MB", then(lambda turn: turn.head(422), flood), "refused", 1, 1.0),
    Mode("204", status(204), BAD, 1),
    Mode("304", status(304), "refused", 1),
]

BODIES = [
    Mode("HTML", serve(HTML, {"Content-Type": "text/html"}), BAD, worker=True),
    Mode("HTML as a stream", serve(HTML), BAD),
    Mode("JSON where a stream was asked for", serve(say.whole(), JSON), BAD),
    Mode("no content type", serve(say.stream(), {}), BAD),
    Mode("wrong content type", serve(say.stream(), {"Content-Type": "text/plain"}), BAD),
    Mode("an empty body", serve(b""), BAD),
    Mode("100 MB", flood, BAD, 1, 2.0, says="more than 8 MB", worker=True),
    Mode("100 MB announced", serve(b"", {**SSE, "Content-Length": "100000000"}), BAD, 1, says="8 MB"),
    Mode("100 MB compressed", serve(BOMB, GZIP), BAD, 1, 2.0, says="8 MB"),
    Mode("compressed", serve(gzip.compress(say.stream()), GZIP), "edited"),
    Mode("compressed and cut", serve(gzip.compress(say.stream())[:-40], GZIP), BAD),
    Mode("compressed in an unknown way", serve(b"x", {**SSE, "Content-Encoding": "br"}), BAD, says="decoded"),
    Mode("not compressed as it says", serve(say.stream(), GZIP), BAD),
    Mode("half JSON in an event", serve(b'data: {"choices": [{"del\n\n' + say.stream()), BAD),
    Mode("events without blank lines", serve(say.stream().replace(b"\n\n", b"\n")), BAD),
    Mode("no events", serve(b"hello\n\n" * 5), BAD),
    Mode("no UTF-8", serve(say.stream().replace(b"a = 2", b"a = \xff")), BAD),
    Mode("JSON too deep", serve(DEEP), BAD),
    Mode("an error first", serve(say.event({"error": {"message": "no memory"}})), BAD, says="no memory"),
    Mode("an error in the middle", serve(say.text() + say.event({"error": "no memory"})), BAD, worker=True),
    Mode("whole: HTML", serve(HTML, {"Content-Type": "text/html"}), BAD, streamed=False),
    Mode("whole: half JSON", serve(say.whole()[:-20], JSON), BAD, streamed=False),
    Mode("whole: empty choices", serve(b'{"choices": []}', JSON), BAD, streamed=False),
    Mode("whole: null content", serve(say.whole(None), JSON), OVER, streamed=False),
    Mode("whole: no finish reason", serve(say.whole(finish=None), JSON), BAD, streamed=False),
    Mode("whole: length", serve(say.whole(finish="length"), JSON), OVER, streamed=False),
    Mode("whole: well", serve(say.whole(), JSON), "edited", streamed=False),
]

ENDINGS = [
    Mode("no end at all", serve(say.text()), BAD, says="without a finish reason", worker=True),
    Mode("no finish reason", serve(say.text() + say.DONE), BAD),
    Mode("no [DONE]", serve(say.stream().removesuffix(say.DONE)), BAD, says="without [DONE]", worker=True),
    Mode("half of [DONE]", serve(say.stream()[:-4]), BAD),
    Mode("length", serve(say.stream(finish="length")), OVER, says="token limit", worker=True),
    Mode("length in other words", serve(say.stream(finish="max_tokens")), OVER),
    Mode("the content filter", serve(say.stream(finish="content_filter")), OVER),
    Mode("an unknown finish reason", serve(say.stream(finish="network_error")), BAD),
    Mode("two finish reasons", serve(say.text() + say.delta(finish="length") + say.end()), BAD),
    Mode(
        "goes on after its end", serve(say.text() + say.delta(finish="stop") + say.text("!") + say.end()), BAD
    ),
    Mode(
        "goes on after [DONE]", serve(say.stream() + say.text("*** End Patch") + say.end("length")), "edited"
    ),
    Mode("null content", serve(say.delta(content=None) + say.end()), OVER, says="answered with nothing"),
    Mode("only reasoning", serve(say.delta(reasoning=say.PATCH) + say.end()), OVER),
    Mode("two choices", serve(TWO_INDEXES + say.end()), "edited"),
    Mode("two choices, one index", serve(SAME_INDEX + say.end()), BAD),
    Mode("content of another kind", serve(say.delta(content=[{"text": say.PATCH}]) + say.end()), BAD),
]

FINISH = say.call(json.dumps({"summary": "Done."}), name="finish", id="call_9") + say.end("tool_calls")
SORRY = serve(say.stream("Sorry, I cannot."))
CUT_CALL = json.dumps({"patch": say.PATCH})[:-6]
TWICE = say.edit_call() + say.call('{"path": "m.py"}', name="read_file", index=1) + say.end("tool_calls")

TOOLS = [
    Mode(
        "tools",
        first(serve(say.edit_call() + say.end("tool_calls")), serve(FINISH)),
        "edited",
        2,
        worker=True,
    ),
    Mode(
        "tool arguments cut",
        first(serve(say.call(CUT_CALL) + say.end("tool_calls")), SORRY),
        "answered",
        2,
        worker=True,
    ),
    Mode("tool arguments cut by length", serve(say.call(CUT_CALL) + say.end("length")), OVER),
    Mode(
        "tool arguments that are no text",
        first(serve(say.call(cast("str", 7)) + say.end("tool_calls")), SORRY),
        "answered",
        2,
    ),
    Mode("tool call cut off", serve(say.edit_call()), BAD),
    Mode("duplicate tool ids", first(serve(TWICE), serve(FINISH)), "edited", 2),
    Mode(
        "two calls under one index",
        first(serve(TWICE.replace(b'"index":1', b'"index":0')), SORRY),
        "answered",
        2,
    ),
    Mode("a tool without a name", serve(say.edit_call(name=None) + say.end("tool_calls")), BAD),
    Mode("no tool that was called", serve(say.end("tool_calls")), BAD, says="has none"),
    Mode("words, and no tool that was called", serve(say.stream(finish="tool_calls")), BAD),
    Mode(
        "no support for tools",
        first(status(400, JSON, OLLAMA), good),
        "edited",
        2,
        steps=("takes no tools",),
        worker=True,
    ),
    Mode("no support for tools, 500", first(status(500, JSON, JINJA), good), "edited", 2),
    Mode("no support for tools, 404", first(status(404, JSON, TOOL_USE), good), "edited", 2),
    Mode("no support for tools, nor else", status(422, JSON, OLLAMA), "refused", 2),
]

MODES = [*SLOW, *LOST, *STATUSES, *BODIES, *ENDINGS, *TOOLS]
