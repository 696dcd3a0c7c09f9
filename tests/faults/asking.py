"""The person asks, the endpoint answers, and either changes its mind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.faults.endpoints import SPOILT, good, marker, spoilt
from tests.faults.oracle import Errand
from tests.faults.play import PATHS, Play
from tests.faults.texts import Change
from tests.faults.writing import place
from tests.support.editor import ResponseError
from tests.support.editor_edits import read_text


async def asks(play: Play) -> str | None:
    """Ask for something; the endpoint answers later."""
    uri = play.any_uri()
    if uri is None or len(play.waiting()) > 4:
        return None
    errand = Errand(len(play.oracle.errands) + 1, uri, asked=play.stage.now())
    kind = play.random.choice(("ask", "ask", "ask", "fix", "explain"))
    replies, what = _prepare(play, errand, kind)
    play.oracle.errands.append(errand)
    play.stage.play(errand, replies)
    arguments = _arguments(play, errand, uri)
    if play.random.random() < 0.3 and not errand.whole:
        await play.before_typing()
        arguments = await _by_action(play, uri, arguments)
    play.oracle.follow(errand, play.editor)
    errand.sure = errand.sure and not errand.touched
    token = play.editor.offer_progress(marker(errand.number)) if play.random.random() < 0.2 else None
    _send(play, errand, f"codexLsp.{kind}", arguments, token)
    await play.breathe()
    return f"asks ({kind}, errand {errand.number}: {what}) about {uri.rsplit('/', 1)[-1]}"


def _prepare(play: Play, errand: Errand, kind: str) -> tuple[Sequence[Any], str]:
    texts = _texts(play, errand)
    changes = _changes(play, errand, texts)
    for change in changes:
        errand.uris[change.path] = play.editor.uri(change.path)
    errand.open = {uri for uri in errand.uris.values() if uri in play.editor.documents.buffers}
    path = _path(play, errand.uri)
    what = "good" if play.random.random() < 0.7 else play.random.choice(SPOILT)
    if not changes:
        what = "prose"
    if what == "ambiguous" and texts[path].count("the same line") < 2:
        what = "empty"
    if what != "good":
        errand.whole = what == "ambiguous"
        return spoilt(what, path, changes, play.random), what
    errand.changes, errand.wants = changes, kind != "explain"
    errand.direct = play.apply in ("auto", "direct") and errand.wants and play.applies
    if not play.creates and any(change.creates for change in changes):
        errand.direct = False
    if play.random.random() < 0.15:
        what, asked = "good, but for review", play.random.choice(("review", "annotated"))
        errand.direct = False
        errand.message = asked
    return good(changes, play.random, play.agent), what


def _path(play: Play, uri: str) -> str:
    from tests.support.editor_edits import path_of

    return path_of(uri).relative_to(play.root).as_posix()


def _texts(play: Play, errand: Errand) -> dict[str, str]:
    """The files that this errand is about: mostly the one asked about, sometimes others, open or not."""
    texts = {_path(play, errand.uri): play.editor.text(errand.uri)}
    if play.random.random() < 0.25:
        others = [path for path in PATHS if path not in texts and (play.root / path).is_file()]
        opened = [path for path in others if play.editor.uri(path) in play.uris]
        choice = opened if play.random.random() < 0.8 else others
        for path in play.random.sample(choice, min(len(choice), play.random.choice((1, 2)))):
            uri = play.editor.uri(path)
            texts[path] = play.editor.text(uri) if uri in play.uris else read_text(play.root / path)
    return texts


def _changes(play: Play, errand: Errand, texts: dict[str, str]) -> list[Change]:
    word = f"k{errand.number}"
    changes = [
        change
        for number, (path, text) in enumerate(texts.items())
        for change in play.maker.changes(path, text, f"{word}f{number}")
    ]
    if play.random.random() < 0.08:
        path = f"made/{play.maker.token('n')}.txt"
        changes.append(Change(path, (), (f"{word} first", f"{word} second"), creates=True))
    return changes


def _arguments(play: Play, errand: Errand, uri: str) -> dict[str, Any]:
    buffer = play.editor.documents.buffers[uri]
    start, end = sorted((place(play, buffer.text), place(play, buffer.text)))
    if errand.whole:
        start, end = 0, len(buffer.text)
    arguments: dict[str, Any] = {
        "uri": uri,
        "range": buffer.range(start, end, play.editor.documents.encoding),
        "instruction": f"do {marker(errand.number)} please",
    }
    if play.random.random() < 0.5:
        arguments["version"] = buffer.version
    if errand.message:
        arguments["apply"], errand.message = errand.message, ""
    return arguments


async def _by_action(play: Play, uri: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments that a code action carries, with the errand's words."""
    text = play.editor.text(uri)
    at = place(play, text)
    for action in await play.editor.code_actions(uri, at, min(len(text), at)):
        command = action.get("command") or {}
        if command.get("command") == "codexLsp.ask":
            given: dict[str, Any] = command["arguments"][0]
            return given | {"instruction": arguments["instruction"]} | _only(arguments, "apply")
    return arguments


def _only(arguments: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: arguments[name]} if name in arguments else {}


def _send(play: Play, errand: Errand, command: str, arguments: Any, token: int | str | None) -> None:
    params: dict[str, Any] = {"command": command, "arguments": [arguments]}
    if token is not None:
        params["workDoneToken"] = token
    call = play.editor.send_request("workspace/executeCommand", params)
    errand.request = call.id
    play.editor.on_answer[call.id] = lambda result: play.oracle.started(errand, result["run"])


async def answers(play: Play) -> str | None:
    """The endpoint answers one of those that wait."""
    waiting = play.waiting()
    if not waiting:
        return None
    await play.before_typing()
    errand = play.random.choice(waiting)
    errand.released = True
    errand.release()
    await play.breathe()
    return f"the endpoint answers errand {errand.number}"


async def answers_many(play: Play) -> str | None:
    """The endpoint answers all at once."""
    waiting = play.waiting()
    if len(waiting) < 2:
        return None
    await play.before_typing()
    for errand in waiting:
        errand.released = True
        errand.release()
    await play.breathe()
    return f"the endpoint answers {len(waiting)} errands at once"


async def cancels(play: Play) -> str | None:
    """Cancel a run in one of the ways that there are, before or while its reply comes."""
    able = [each for each in play.oracle.errands if each.alive and each.state is None]
    if not able:
        return None
    errand = play.random.choice(able)
    await play.before_typing()
    if play.random.random() < 0.4 and not errand.released:
        errand.released = True
        errand.release()
        for _ in range(play.random.choice((0, 1, 2, 4, 8))):
            await asyncio.sleep(0)
    way = play.random.choice(("command", "command", "all", "progress", "request"))
    all_ = [each for each in play.oracle.errands if not each.lost and each.state is None]
    for each in all_ if way == "all" else [errand]:
        each.stopping = True
    if way in ("command", "all"):
        arguments = {"run": errand.id} if way == "command" else {}
        params = {"command": "codexLsp.cancel", "arguments": [arguments]}
        call = play.editor.send_request("workspace/executeCommand", params)
        play.editor.on_answer[call.id] = lambda result: play.oracle.cancelled(result["cancelled"])
    elif way == "progress":
        for token in _tokens(play, errand):
            await play.editor.cancel_progress(token)
    elif errand.request is not None:
        await play.editor.cancel_request(errand.request)
    await play.breathe()
    return f"cancels errand {errand.number} (by {way})"


def _tokens(play: Play, errand: Errand) -> list[int | str]:
    word = marker(errand.number)
    return [
        token
        for token, values in play.editor.progress.items()
        if values and word in str(values[0].get("title"))
    ]


async def cancels_nothing(play: Play) -> str | None:
    """Cancel what is not there."""
    way = play.random.choice(("command", "progress", "request"))
    if way == "command":
        answer = await play.editor.execute("codexLsp.cancel", {"run": "never was"})
        if answer != {"cancelled": []}:
            play.oracle.violate(f"cancelling a run that is not there gives {answer}")
    elif way == "progress":
        await play.editor.cancel_progress("never was")
    else:
        await play.editor.notify("$/cancelRequest", {"id": play.random.choice((987654, "never was"))})
    return f"cancels what is not there (by {way})"


async def asks_wrongly(play: Play) -> str | None:
    """Ask with arguments that do not fit, about a stale version, or about what is not open."""
    uri = play.any_uri()
    if uri is None:
        return None
    zero = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    buffer = play.editor.documents.buffers[uri]
    fine = {"uri": uri, "range": zero, "instruction": "never mind"}
    wrong, code = play.random.choice(
        (
            (fine | {"version": buffer.version + 1}, "stale"),
            (fine | {"uri": "file:///not/open.py"}, "not_open"),
            (fine | {"range": None}, None),
            (fine | {"instruction": " "}, None),
            (fine | {"apply": "by magic"}, None),
        )
    )
    try:
        answer = await play.editor.execute("codexLsp.ask", wrong)
        told = answer["run"] is None and answer["error"]["code"] == code
    except ResponseError as error:
        told = code is None and error.code == -32602
    if not told:
        play.oracle.violate(f"an ask that does not fit was taken: {wrong}")
    return f"asks wrongly ({code})"
