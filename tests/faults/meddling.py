"""Editors and servers that misbehave, come late, or end."""

from __future__ import annotations

from typing import Any

from tests.faults.editors import MALFORMED, MANNERS, VERSIONED, Manner
from tests.faults.play import Play
from tests.support.editor import ResponseError

ENDS = ("shutdown", "hang up", "exit at once", "abort")
REAL_ENDS = ("shutdown", "kill", "terminate")
# What costs a server no deadline.
QUICK: tuple[Manner, ...] = (
    "apply",
    "reject",
    "silent_skip",
    "typed before",
    "typed after",
    "twice",
    "error",
)


async def misbehaves(play: Play) -> str | None:
    """The editor will treat the next edits it is sent in its own way."""
    kinds = MANNERS if play.stage.timeless else QUICK
    able = [each for each in kinds if play.versioned or each not in VERSIONED]
    manner = play.random.choice(able)
    play.editor.manners.append(manner)
    return f"the next edit: {manner}"


async def changes_its_ways(play: Play) -> str | None:
    """The editor tells of changes before its answer or after it; shows progress, or refuses to."""
    options = play.editor.options
    if play.random.random() < 0.5:
        options.change_before_reply = not options.change_before_reply
        return f"tells changes before its answer: {options.change_before_reply}"
    options.accept_progress = not options.accept_progress
    return f"takes progress: {options.accept_progress}"


async def confirms(play: Play) -> str | None:
    """The person confirms annotated edits from now on, or declines them."""
    says = play.random.random() < 0.7
    play.editor.options.confirm = lambda annotation: says
    return f"confirms annotated edits: {says}"


async def configures(play: Play) -> str | None:
    """Settings change in mid-session; none of them is one that the rules here depend on."""
    settings: Any = play.random.choice(
        ({"max_steps": 20}, {"nonsense": 1}, {"max_steps": "many"}, None, [], 7)
    )
    play.editor.options.settings = {"codexLsp": settings}
    given = play.random.choice(
        ({"settings": {"codexLsp": settings}}, {"settings": None}, {"settings": settings})
    )
    await play.editor.notify("workspace/didChangeConfiguration", given)
    return f"changes its settings: {given}"


async def talks_nonsense(play: Play) -> str | None:
    """Requests and notifications that no server knows, and answers to what was never asked."""
    kind = play.random.choice(("request", "notification", "answer", "error answer", "command"))
    if kind == "request":
        await _expect_error(play, "textDocument/neverHeardOf", {"a": 1}, -32601)
    elif kind == "command":
        params = {"command": "codexLsp.neverHeardOf", "arguments": [{}]}
        await _expect_error(play, "workspace/executeCommand", params, -32602)
    elif kind == "notification":
        await play.editor.notify("$/neverHeardOf", {"a": 1})
        await play.editor.notify("textDocument/neverHeardOf", [1])
    else:
        number = play.random.choice((4711, "never", 0))
        body = {"result": play.random.choice(MALFORMED)}
        if kind == "error answer":
            body = {"error": {"code": -1, "message": "what?"}}
        play.editor._reply(number, body)
    return f"talks nonsense ({kind})"


async def _expect_error(play: Play, method: str, params: Any, code: int) -> None:
    try:
        result = await play.editor.request(method, params)
        play.oracle.violate(f"{method} {params} gives {result}")
    except ResponseError as error:
        if error.code != code:
            play.oracle.violate(f"{method} {params} gives {error.code}, not {code}")


async def waits(play: Play) -> str | None:
    """Some time goes by."""
    if not play.stage.timeless:
        return None
    seconds = play.random.choice((0.1, 1, 4, 31))
    await play.stage.pass_time(seconds)
    return f"{seconds} s go by"


async def has_coffee(play: Play) -> str | None:
    """A while without any doing: everything must have come to its end or wait where it can be seen."""
    await play.calm()
    return "a break, and a look at everything"


async def compares(play: Play) -> str | None:
    """A quiet point: both sides have the same texts."""
    await play.compare()
    return "compares the texts"


async def loses_its_server(play: Play) -> str | None:
    """The server ends, and another one takes its place; texts and files stay."""
    ways = ENDS if play.stage.timeless else REAL_ENDS
    how = play.random.choice(ways)
    play.oracle.counts["restarts"] += 1
    await play.stage.replace_server(how)
    return f"another server ({how})"
