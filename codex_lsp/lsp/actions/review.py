"""The code actions of a waiting proposal: accept and reject, with literal edits, and what there is to see.

The edits are made of the current version each time they are asked for, so they fit in every editor, even one
that ignores versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lsprotocol import types

from codex_lsp.edits import Hunk
from codex_lsp.edits.text import LineIndex
from codex_lsp.lsp.actions.asked import QUICKFIX, Asked
from codex_lsp.lsp.convert import offsets, range_json, to_text_edits
from codex_lsp.lsp.delivery.hunks import PendingHunks
from codex_lsp.lsp.delivery.marks import Spot, Waiting, deed
from codex_lsp.lsp.delivery.workspace_edit import Undeliverable, to_workspace_edit
from codex_lsp.lsp.plain import plain
from codex_lsp.review.follow import follow
from codex_lsp.review.proposal import FileChange, Held, Proposal

# Where there is no way to ask for words these are the ones that help most often.
REFINEMENTS = (
    (
        "refine: make this change smaller",
        "Make this change smaller: only what is needed, all else as it was.",
    ),
    ("refine: do this another way", "I do not like how this change does it: find another way."),
)


def of_all(pending: PendingHunks, asked: Asked) -> Iterator[types.CodeAction]:
    """Accept and reject, for what waits of all proposals where the request's range touches it."""
    if asked.wants(QUICKFIX):
        for waiting in pending.waiting():
            yield from actions(waiting, asked)


def actions(waiting: Waiting, asked: Asked) -> Iterator[types.CodeAction]:
    """What can be done about what the request's range touches."""
    document, index = asked.document, asked.document.index
    start, end = offsets(index, asked.params.range, asked.encoding)
    spots = waiting.spots()
    touched = [
        spot
        for spot in spots
        if spot.document is document and spot.what.start <= end and start <= _reach(index, spot.what)
    ]
    guarded = waiting.places.guarded(waiting.proposal)
    for spot in touched:
        yield from _one(waiting, asked, spot, free=spot.change.path not in guarded)
    for path in dict.fromkeys(spot.change.path for spot in touched):
        yield from _confirm(waiting, guarded, path)
    files = _files(waiting, asked) if index.line_at(start) == 0 else []
    if touched or files:
        yield from _all(waiting, asked, guarded)
        for change in files:
            if change.path in guarded and change.path not in {spot.change.path for spot in touched}:
                yield from _confirm(waiting, guarded, change.path)
            if len(waiting.proposal.changes) > 1:
                yield from _file(waiting, asked, change, free=change.path not in guarded)
        yield from _more(waiting, asked, touched, spots)


def _reach(index: LineIndex, what: Hunk | Held) -> int:
    """The last offset at which it is touched: of lines that only come, in the line that they come before."""
    if what.end > what.start:
        return what.end
    return max(what.start + 1, index.start(index.line_at(what.start) + 1) - 1)


def _files(waiting: Waiting, asked: Asked) -> list[FileChange]:
    """The changes of whole files, and of files that are not open, that this document tells of."""
    own = waiting.whole_file(asked.document)
    others = waiting.elsewhere() if waiting.speaks_for_others(asked.document) else []
    return [own, *others] if own else others


def _confirm(waiting: Waiting, guarded: Mapping[str, str], path: str) -> Iterator[types.CodeAction]:
    """The only way to take the change of such a file: no literal edit that an "accept all" could reach."""
    if path in guarded:
        title = f"confirm the change to {plain(path)} ({guarded[path]})"
        yield _command(title, "codexLsp.confirm", {"proposal": waiting.proposal.id, "path": path})


def _one(waiting: Waiting, asked: Asked, spot: Spot, *, free: bool) -> Iterator[types.CodeAction]:
    what = spot.what
    edits = to_text_edits(asked.document.index, [Hunk(what.start, what.end, what.text)], asked.encoding)
    arguments = {"proposal": waiting.proposal.id, "path": spot.change.path, "hunk": spot.number}
    if isinstance(what, Hunk):
        if free:
            yield _edit("accept this change", _literal(asked, edits))
        yield _command("reject this change", "codexLsp.reject", arguments)
    else:
        if free:
            yield _edit("put the proposed lines in place of mine", _literal(asked, edits))
        yield _command("keep my lines, drop the proposed ones", "codexLsp.reject", arguments)


def _all(waiting: Waiting, asked: Asked, guarded: Mapping[str, str]) -> Iterator[types.CodeAction]:
    free = tuple(each for each in waiting.proposal.changes if each.path not in guarded)
    if any(not each.is_content_only or each.base != each.proposed for each in free):
        title = "accept all but what is to be confirmed" if guarded else "accept all"
        yield from _accept(title, waiting, asked, replace(waiting.proposal, changes=free))
    yield _command("reject all", "codexLsp.reject", {"proposal": waiting.proposal.id})


def _file(waiting: Waiting, asked: Asked, change: FileChange, *, free: bool) -> Iterator[types.CodeAction]:
    what = deed(change)
    if free:
        yield from _accept(what, waiting, asked, replace(waiting.proposal, changes=(change,)))
    arguments = {"proposal": waiting.proposal.id, "path": change.path}
    yield _command(f"do not {what}", "codexLsp.reject", arguments)


def _more(
    waiting: Waiting, asked: Asked, touched: list[Spot], spots: list[Spot]
) -> Iterator[types.CodeAction]:
    hunks = [spot for spot in touched if isinstance(spot.what, Hunk)]
    if asked.invoked and len(hunks) == 1:
        one = {"proposal": waiting.proposal.id, "path": hunks[0].change.path, "hunk": hunks[0].number}
        if not waiting.proposal.undoes and not waiting.proposal.redoes:
            for title, instruction in REFINEMENTS:
                yield _command(title, "codexLsp.refine", {**one, "instruction": instruction})
        if len(spots) > 1:
            yield _command("show diff of this change", "codexLsp.showDiff", one)
    yield _command("show diff", "codexLsp.showDiff", {"proposal": waiting.proposal.id})
    others = [spot for spot in spots if spot not in touched]
    if asked.client.show_document and others:
        last = spots.index(touched[-1]) if touched else -1
        spot = next((each for each in spots[last + 1 :] if each in others), others[0])
        place = {"uri": spot.document.uri, "range": range_json(spot.range)}
        yield _command("go to the next change", "codexLsp.jump", place)


def _accept(title: str, waiting: Waiting, asked: Asked, proposal: Proposal) -> Iterator[types.CodeAction]:
    """All of a proposal in one edit, files that are not open as they are on disk now."""
    places = waiting.places
    closed = [each.path for each in proposal.changes if places.document(each.path) is None]
    rebased = follow(proposal, places.texts(closed, closed=True))
    try:
        if rebased.conflicts:
            raise Undeliverable(f"{rebased.conflicts[0].path} {rebased.conflicts[0].what}.")
        edit = to_workspace_edit(rebased.proposal, places, asked.client, asked.encoding).edit
        yield _edit(title, edit)
    except Undeliverable as error:
        if asked.client.disabled_actions:
            reason = types.CodeActionDisabled(str(error))
            yield types.CodeAction(f"Codex: {title}", kind=QUICKFIX, disabled=reason)


def _literal(asked: Asked, edits: list[types.TextEdit]) -> types.WorkspaceEdit:
    document = asked.document
    if not asked.client.document_changes:
        return types.WorkspaceEdit(changes={document.uri: edits})
    identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(edits))])


def _edit(title: str, edit: types.WorkspaceEdit) -> types.CodeAction:
    return types.CodeAction(f"Codex: {title}", kind=QUICKFIX, edit=edit)


def _command(title: str, name: str, arguments: dict[str, Any]) -> types.CodeAction:
    title = f"Codex: {title}"
    return types.CodeAction(title, kind=QUICKFIX, command=types.Command(title, name, arguments=[arguments]))
