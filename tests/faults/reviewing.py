"""The person looks at what waits for review, and takes or leaves it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tests.faults.oracle import Errand, text_edits
from tests.faults.play import Play
from tests.faults.texts import bare, split
from tests.support.buffers import StrictError
from tests.support.editor import ResponseError
from tests.support.editor_edits import Refusal


async def accepts_by_command(play: Play) -> str | None:
    """Accept a whole proposal by the command."""
    pending = await _pending(play)
    if not pending:
        return None
    errand = play.random.choice(pending)
    errand.accepting = True
    answer = await play.editor.execute("codexLsp.accept", {"proposal": errand.id})
    await play.breathe()
    return f"accepts errand {errand.number} by command: {answer}"


async def takes_by_action(play: Play) -> str | None:
    """Choose one of the code actions at a mark: accept or reject, one or all."""
    found = await _mark(play)
    if found is None:
        return None
    uri, mark, errand = found
    before = {each: play.editor.text(each) for each in {*play.uris, *errand.uris.values()}}
    version = play.editor.documents.buffers[uri].version
    actions = await _actions(play, uri, mark)
    if play.editor.documents.buffers[uri].version != version or not actions:
        return f"looks at errand {errand.number}"
    action = play.random.choice(actions)
    title = str(action["title"]).removeprefix("Codex: ")
    if title.startswith("put the proposed"):
        await _overwrite(play, uri, mark, action)
    elif title.startswith("keep"):
        await play.editor.run_action(action)
    elif title.startswith("accept"):
        await _accept(play, errand, action, title, before)
    else:
        await _reject(play, uri, mark, errand, action)
    return f"errand {errand.number}: {title}"


async def _pending(play: Play) -> list[Errand]:
    await play.before_typing()
    proposals = (await play.status())["proposals"]
    return [play.oracle.ids[run] for run in proposals if run in play.oracle.ids]


async def _mark(play: Play) -> tuple[str, dict[str, Any], Errand] | None:
    await play.stage.settle()
    marks = [
        (uri, mark, play.oracle.ids[mark["data"]["proposal"]])
        for uri in play.uris
        for mark in play.editor.diagnostics.get(uri, ())
        if (mark.get("data") or {}).get("proposal") in play.oracle.ids
    ]
    return play.random.choice(marks) if marks else None


async def _actions(play: Play, uri: str, mark: dict[str, Any]) -> list[dict[str, Any]]:
    buffer = play.editor.documents.buffers[uri]
    try:
        start, end = buffer.offsets(mark["range"], play.editor.documents.encoding)
    except StrictError:
        play.oracle.violate(f"at a quiet point a mark is out of place in {uri}: {mark['range']}")
        return []
    proposal = mark["data"]["proposal"]
    actions = await play.editor.code_actions(uri, start, play.random.choice((start, end)))
    ours = ("Codex: accept", "Codex: reject", "Codex: put the", "Codex: keep my")
    mine = [each for each in actions if each.get("title", "").startswith(ours)]
    if not mine:
        play.oracle.violate(f"a mark in {uri} at {mark['range']} has no actions")
    others = {each["command"]["arguments"][0]["proposal"] for each in mine if each.get("command")} - {
        proposal
    }
    # With marks of several proposals at one place nothing says whose an accept is: that is its own test.
    return [each for each in mine if "disabled" not in each] if not others else []


async def _accept(
    play: Play, errand: Errand, action: dict[str, Any], title: str, before: dict[str, str]
) -> None:
    errand.accepting = True
    whole = title.startswith("accept all")
    due = errand.due()
    try:
        await play.editor.run_action(action)
    except Refusal:
        return
    except StrictError as error:
        play.oracle.violate(f"{title} does not fit: {error}")
        return
    finally:
        play.oracle.look(play.editor)
    changed = False
    for uri, text in before.items():
        if uri in play.editor.documents.buffers and play.editor.text(uri) != text:
            changed = True
            play.oracle.accepted_by_hand(errand, uri, text, play.editor.text(uri))
    if not changed and due and not whole:
        play.oracle.violate(f"{title} of errand {errand.number} changes nothing")
    if whole and errand.due():
        play.oracle.violate(f"{title} of errand {errand.number} leaves out {errand.due()[0].after}")


async def _overwrite(play: Play, uri: str, mark: dict[str, Any], action: dict[str, Any]) -> None:
    """The person gives up the lines that are marked, and no others."""
    proposal = mark["data"]["proposal"]
    shown = [
        each["range"]
        for each in play.editor.diagnostics[uri]
        if (each.get("data") or {}).get("proposal") == proposal
    ]
    for _, _, edits in text_edits(action["edit"]):
        for edit in edits:
            if edit["range"] not in shown:
                play.oracle.violate(f"{action['title']} changes {edit['range']} of {uri}, marked is {shown}")
    with suppress(Refusal):
        await play.editor.run_action(action)
    play.oracle.look(play.editor)


async def _reject(play: Play, uri: str, mark: dict[str, Any], errand: Errand, action: dict[str, Any]) -> None:
    if action["title"].endswith("all"):
        errand.rejected |= set(errand.changes)
    else:
        lines = [bare(line) for line in split(play.editor.text(uri))]
        near = range(mark["range"]["start"]["line"] - 1, mark["range"]["end"]["line"] + 2)
        for change in errand.changes:
            if errand.uris[change.path] == uri and any(
                not change.before or (0 <= at < len(lines) and lines[at] in change.before) for at in near
            ):
                errand.rejected.add(change)
    await play.editor.run_action(action)


async def reviews_wrongly(play: Play) -> str | None:
    """Accept or reject what is not there."""
    name = play.random.choice(("accept", "reject"))
    answer = await play.editor.execute(f"codexLsp.{name}", {"proposal": "never was"})
    if answer != {f"{name}ed": False}:
        play.oracle.violate(f"to {name} what is not there gives {answer}")
    try:
        await play.editor.execute(f"codexLsp.{name}", {"proposal": 7})
        play.oracle.violate(f"codexLsp.{name} takes a number for an id")
    except ResponseError:
        pass
    return f"{name}s what is not there"


async def looks_around(play: Play) -> str | None:
    """Ask for code actions anywhere, as editors do whenever the cursor moves."""
    from tests.faults.writing import place

    uri = play.any_uri()
    if uri is None:
        return None
    text = play.editor.text(uri)
    start, end = sorted((place(play, text), place(play, text)))
    await play.editor.code_actions(uri, start, end, trigger_kind=play.random.choice((1, 2, None)))
    return "looks at the code actions"
