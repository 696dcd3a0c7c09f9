"""How a proposal follows the texts while they change: nothing of it, and nothing of theirs, is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from codex_lsp.edits.diff import Hunk, apply_hunks, diff_lines
from codex_lsp.edits.rebasing import Rebased as TextRebased
from codex_lsp.edits.rebasing import rebase
from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange, Held, Proposal


@record(frozen=True, slots=True)
class FileConflict:
    """What came between a change and its file: at a line, zero-based, or with the file as such (None)."""

    path: str
    line: int | None
    what: str


@record(frozen=True, slots=True)
class Rebased:
    """A proposal on newer texts, and the places where it came to conflict with them just now.

    `taken` takes back, from the newer texts, what these have taken of the proposal just now.
    """

    proposal: Proposal
    conflicts: tuple[FileConflict, ...] = ()
    taken: tuple[FileChange, ...] = ()


@record(frozen=True, slots=True)
class Edited:
    """What was done to a text: the hunks of whole lines from the text `before` to the one as it is now."""

    before: str
    hunks: tuple[Hunk, ...]


def follow(
    proposal: Proposal, current: Mapping[str, str | None], edited: Mapping[str, Edited] | None = None
) -> Rebased:
    """The proposal carried over to the texts as they are now: path → text, or None for a file that is gone.

    Files that `current` does not name, since nobody can tell, are left alone. Nothing is lost: lines that
    conflict are held, and what does not fit a file that came, went or changed stays as it was; all of it is
    listed. What the texts have taken already is left out. Where `edited` knows what was done to a text, texts
    are not compared.
    """
    changes: list[FileChange] = []
    conflicts: list[FileConflict] = []
    taken: list[FileChange] = []
    for change in proposal.changes:
        one = _follow(change, current, (edited or {}).get(change.path))
        changes += one.left
        conflicts += one.conflicts
        taken += one.taken
    return Rebased(replace(proposal, changes=tuple(changes)), tuple(conflicts), tuple(taken))


@record(frozen=True, slots=True)
class _Followed:
    left: tuple[FileChange, ...] = ()
    conflicts: tuple[FileConflict, ...] = ()
    taken: tuple[FileChange, ...] = ()


def _follow(change: FileChange, current: Mapping[str, str | None], edited: Edited | None) -> _Followed:
    now = current.get(change.path)
    if change.path not in current or now == change.base:
        return _Followed((change,))
    if _is_done(change, current):
        return _Followed(taken=(change.inverted(),))
    if now == "" and change.base is None:
        # Somebody made the file and left the text to us: an editor that creates no files for a server.
        return _Followed((replace(change, base="", known=None),))
    if now is None or change.base is None or change.proposed is None:
        return _Followed((change,), (FileConflict(change.path, None, _existence(change, now)),))
    theirs = edited.hunks if edited and edited.before == change.base else diff_lines(change.base, now)
    return _rebased(change, now, rebase(change.base, now, change.proposed, change.known, theirs), theirs)


def _is_done(change: FileChange, current: Mapping[str, str | None]) -> bool:
    now = current[change.path]
    if change.move_to is not None:
        return now is None and current.get(change.move_to) == change.proposed
    return now == change.proposed and (now is None or change.base is None)


def _rebased(change: FileChange, now: str, rebased: TextRebased, theirs: Iterable[Hunk]) -> _Followed:
    held, put = _carried(change, theirs, now)
    taken = _taken(change, now, [*rebased.taken, *put])
    if rebased.text == now and not rebased.conflicts and not held and change.move_to is None:
        return _Followed(taken=taken)
    if rebased.conflicts:
        index = LineIndex(now)
        for each in rebased.conflicts:
            start = index.start(each.line)
            held.append(Held(start, start + len(each.current), each.proposed))
        held.sort(key=lambda each: (each.start, each.end))
    what = "was changed meanwhile at the same place"
    conflicts = tuple(FileConflict(change.path, each.line, what) for each in rebased.conflicts)
    followed = replace(change, base=now, proposed=rebased.text, held=tuple(held), known=rebased.hunks)
    return _Followed((followed,), conflicts, taken)


def _carried(change: FileChange, theirs: Iterable[Hunk], now: str) -> tuple[list[Held], list[Hunk]]:
    """What is held by now, and what takes back those held lines that were put in place just now."""
    base, put = change.base or "", []
    for each in change.held:
        start, end = _moved(each.start, theirs, 0), _moved(each.end, theirs, 1)
        mine = base[each.start : each.end]
        if now[start:end] == each.text != mine:
            put.append(Hunk(start, end, mine))
    return carried(change.held, theirs, now), put


def _taken(change: FileChange, now: str, hunks: Iterable[Hunk]) -> tuple[FileChange, ...]:
    """The change that takes these hunks' places back; of two at one place the first counts."""
    disjoint: list[Hunk] = []
    for hunk in sorted(hunks):
        if not disjoint or hunk.start > disjoint[-1].end:
            disjoint.append(hunk)
    if not disjoint:
        return ()
    return (FileChange(change.path, now, apply_hunks(now, disjoint), known=tuple(disjoint)),)


def carried(held: Iterable[Held], hunks: Iterable[Hunk], now: str) -> list[Held]:
    """What is held, at its places in the text that the hunks made; what stands there by now is left out."""
    moved = (Held(_moved(each.start, hunks, 0), _moved(each.end, hunks, 1), each.text) for each in held)
    return [each for each in moved if now[each.start : each.end] != each.text]


def _moved(offset: int, hunks: Iterable[Hunk], side: int) -> int:
    """Where an offset went; to the start (side 0) or the end (1) of the new text if its own was replaced."""
    shift = 0
    for hunk in hunks:
        if hunk.start < offset < hunk.end:
            return hunk.start + shift + side * len(hunk.text)
        if hunk.end > offset:
            break
        shift += len(hunk.text) - (hunk.end - hunk.start)
    return offset + shift


def _existence(change: FileChange, now: str | None) -> str:
    if now is None:
        return "was deleted meanwhile"
    return "came into being meanwhile" if change.base is None else "was changed meanwhile"
