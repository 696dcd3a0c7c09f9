"""To go on from a run: with a further instruction, or with what one had made that was stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lsprotocol import types

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.checking.verify import verify
from codex_lsp.edits import Focus, Hunk
from codex_lsp.edits.errors import FileMissing
from codex_lsp.edits.focus import carried
from codex_lsp.lsp.delivery.deliver import deliver
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.runs.past import GoingOn, Past
from codex_lsp.lsp.session import Session
from codex_lsp.records import record
from codex_lsp.review.follow import follow
from codex_lsp.review.proposal import FileChange, Held, Proposal
from codex_lsp.review.store import hunks_of

WAITING = (
    "This goes on from your changes above. They wait for the person to take them; the texts here and those "
    "that the tools show have them already. What you change now is added to them."
)
STOPPED = (
    "You were stopped before you had finished. What you had changed until then is in the texts here and in "
    "those that the tools show. What you change now is added to it."
)
OVER = (
    "This goes on from your work above. The texts here and those that the tools show are the person's now: "
    "your changes may have been taken, changed or dropped since."
)


@record(frozen=True, slots=True)
class Comment:
    """What an instruction is about: a change of a file, by its number among those that wait there, or all."""

    path: str
    hunk: int | None = None


def go_on(
    session: Session, past: Past, instruction: str, comment: Comment | None
) -> tuple[Ask, Places, GoingOn]:
    """What a run is to begin with that follows `past`; raises `EditError`, and `ValueError` for a comment."""
    waiting = session.pending.get(past.id)
    places = _places_now(session, past)
    changes: tuple[FileChange, ...] = ()
    note = WAITING if waiting else STOPPED if past.left else OVER
    if waiting or past.left:
        changes = _now(waiting or Proposal(past.id, "", past.memory.changes), places)
    note += "".join(map(_held, (held for each in changes for held in each.held)))
    going_on = GoingOn(past.memory, note, changes, past.id, past.id if waiting else past.supersedes)
    focus = _focus(past, places, changes)
    if comment is not None:
        focus, said = _commented(comment, changes)
        going_on = replace(going_on, note=f"{note}\n{said}")
    return Ask(instruction, focus, past.memory.ask.kind), places, going_on


async def offer(session: Session, past: Past) -> None:
    """Bring what a stopped run had made into review, checked as far as it can be."""
    changes = past.memory.changes
    summary = f"Unfinished: {' '.join(past.memory.ask.instruction.split())[:80]}"
    proposal = Proposal(past.id, summary, changes, await verify(changes))
    session.past.offered(past.id)
    give_way(session, past.supersedes)
    delivered = await deliver(session, proposal, past.places, "review")
    session.tell(types.MessageType.Warning if delivered.warn else types.MessageType.Info, delivered.message)


def give_way(session: Session, proposal: str) -> None:
    """A proposal waits no longer, for another one comes in its place."""
    session.pending.withdraw(proposal)


def _places_now(session: Session, past: Past) -> Places:
    """The run's places, with what was opened since; its own where those mean other files by now."""
    old = past.places
    document = old.document(old.asked_path)
    if document is None:
        return old
    new = Places(session.documents, session.roots, document)
    waiting = session.pending.get(past.id)
    paths = [each.path for each in (waiting.changes if waiting else past.memory.changes)]
    same = all(new.name(path) == old.name(path) for path in (old.asked_path, *paths))
    return new if same and new.asked_path == old.asked_path else old


def _now(proposal: Proposal, places: Places) -> tuple[FileChange, ...]:
    """Its changes on the texts as they are; without those whose files came or went."""
    paths = [path for each in proposal.changes for path in (each.path, each.move_to) if path]
    texts = places.texts(paths, closed=True)
    followed = follow(proposal, texts).proposal.changes
    return tuple(each for each in followed if each.path in texts and texts[each.path] == each.base)


def _focus(past: Past, places: Places, changes: Iterable[FileChange]) -> Focus:
    """Where the ask was, in the text that the new run sees first; raises `FileMissing`."""
    focus = past.memory.ask.focus
    change = next((each for each in changes if each.path == focus.path), None)
    if change is None:
        text = places.texts([focus.path], closed=True).get(focus.path)
    else:
        text, focus = change.proposed, replace(focus, path=change.move_to or change.path)
    if text is None:
        raise FileMissing("it is gone, or cannot be read.", path=focus.path)
    return carried(focus, past.memory.text, text, own=False)


def _commented(comment: Comment, changes: Iterable[FileChange]) -> tuple[Focus, str]:
    """The place of a change in the text with all changes, and what is said of it."""
    change = next((each for each in changes if each.path == comment.path), None)
    if change is None or change.proposed is None:
        raise ValueError("'path' must be a file with changes that wait")
    path = change.move_to or change.path
    hunks = (Hunk(0, len(change.base or ""), change.proposed),) if comment.hunk is None else hunks_of(change)
    at = comment.hunk or 0
    if at not in range(len(hunks)):
        raise ValueError("'hunk' must be the number of a change of that file that waits")
    start = hunks[at].start + sum(len(each.text) - (each.end - each.start) for each in hunks[:at])
    focus = Focus(path, start, start + len(hunks[at].text))
    if comment.hunk is None:
        return focus, f"The instruction is about your changes of {path}."
    return focus, f"The instruction is about this change of {path}:\n{_diff(change.base or '', hunks[at])}"


def _diff(base: str, hunk: Hunk) -> str:
    removed = [f"-{line}" for line in base[hunk.start : hunk.end].splitlines()]
    return "\n".join(removed + [f"+{line}" for line in hunk.text.splitlines()])


def _held(held: Held) -> str:
    return f"\nThe person changed lines that you changed, too; yours, which are not in the text:\n{held.text}"
