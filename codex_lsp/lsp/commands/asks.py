"""The commands behind asks that need no words: ready-made ones, and comments that ask."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.overlay import Snapshot
from codex_lsp.edits.text import LineIndex
from codex_lsp.endpoint.errors import EndpointError
from codex_lsp.lsp.commands.arguments import Arguments, string, wished
from codex_lsp.lsp.commands.asking import Refused, prepare, refused
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.session import Origin, Session
from codex_lsp.workspace.view import View

if TYPE_CHECKING:
    from codex_lsp.agent.asks.comments import AskComment
    from codex_lsp.agent.asks.ready import ReadyAsk

_NOWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
_REACHES = ("range", "file", "open")


def ask_ready(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    """Begin the ready-made ask, or the person's own, of the given name."""
    name = string(arguments, "name")

    def make() -> tuple[Ask, Places]:
        ready = session.asks.find(name)
        if ready is None:
            raise Refused(
                "unknown", f"There is no ask {name!r} any more: its file may have another name now."
            )
        ask, places = prepare(session, arguments, ready.kind, ready.instruction)
        return _ready(ready, ask, places), places

    return _begin(session, arguments, origin, make)


def ask_comments(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    """Do what the comments say that ask: those at the range, or all of the file, or of all open files."""
    reach = string(arguments, "reach", "range" if arguments.get("range") is not None else "file")
    if reach not in _REACHES:
        raise ValueError(f"'reach' must be one of {', '.join(_REACHES)}")

    def make() -> tuple[Ask, Places]:
        from codex_lsp.agent.asks.commented import ask_of

        whole = arguments if arguments.get("range") is not None else {**arguments, "range": _NOWHERE}
        ask, places = prepare(session, whole, "edit", "")
        view = View(places.root)
        view.allowed.add(places.asked_path)
        files = {path: file for path, file in places.snapshots().items() if not view.why_not(path)}
        asked = _asked(ask, files, reach)
        if not asked:
            raise Refused("no_comments", "There is no comment here that asks: begin or end one with AI!")
        return ask_of(ask.focus.path, files, asked), places

    return _begin(session, arguments, origin, make)


def _begin(
    session: Session, arguments: Arguments, origin: Origin, make: Callable[[], tuple[Ask, Places]]
) -> dict[str, Any]:
    apply = wished(arguments)
    try:
        session.config.require_ready()
        ask, places = make()
    except (EndpointError, Refused) as error:
        return refused(session, error.code, str(error))
    return {"run": session.start_run(ask, places, apply, origin)}


def _asked(ask: Ask, files: Mapping[str, Snapshot], reach: str) -> dict[str, list[AskComment]]:
    """The comments that are meant, by path: at a range those of the first one's kind, else for edits."""
    from codex_lsp.agent.asks.comments import find
    from codex_lsp.lsp.actions.comments import touching

    path = ask.focus.path
    chosen = {path: files[path]} | (dict(files) if reach == "open" else {})
    found = {each: find(each, file.text, file.language) for each, file in chosen.items()}
    if reach == "range":
        here = touching(LineIndex(files[path].text), found[path], ask.focus.start, ask.focus.end)
        return {path: [each for each in here if each.kind == here[0].kind]} if here else {}
    wanted = {each: [one for one in comments if one.kind == "edit"] for each, comments in found.items()}
    return {each: comments for each, comments in wanted.items() if comments}


def _ready(ready: ReadyAsk, ask: Ask, places: Places) -> Ask:
    from codex_lsp.agent.asks.commit import message_end

    path = ask.focus.path
    file = places.snapshots()[path]
    if ready.reach == "file":
        return replace(ask, focus=replace(ask.focus, start=0, end=len(file.text)))
    if ready.name == "commit":
        return replace(ask, focus=replace(ask.focus, start=0, end=message_end(file.text)))
    if ready.name == "tests":
        return replace(ask, instruction=_tests(ready.instruction, file, places))
    return ask


def _tests(instruction: str, file: Snapshot, places: Places) -> str:
    """The instruction with where the tests are to go."""
    from codex_lsp.agent.asks.testing import file_for_tests

    root = places.root
    if root is None:
        raise Refused("no_folder", "Tests go into a file of their own: open the project's folder first.")

    def exists(path: str) -> bool:
        return os.path.lexists(root.folder / path) or places.document(path) is not None

    found = file_for_tests(file.path, file.language, exists)
    if found is None:
        where = "Put them where the tests of this project are, by the customs of its language."
    elif found == file.path:
        return f"{instruction} Put them into this file, where its tests belong."
    elif exists(found):
        where = f"Add them to {found}, in the way in which it is written."
    else:
        where = f"Put them into the new file {found}."
    return f"{instruction} {where} Leave the selected lines as they are."
