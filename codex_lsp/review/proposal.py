"""A proposal: the checked outcome of a run, over one or more files, until it is taken or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from codex_lsp.edits.diff import Hunk, diff_lines, refined
from codex_lsp.edits.rebase import Rebased as TextRebased
from codex_lsp.edits.rebase import rebase
from codex_lsp.edits.text import LineIndex, split_lines

# Below this many lines, "more than half of the file" is an everyday edit.
SMALL_FILE = 20


@dataclass(frozen=True, slots=True)
class Held:
    """Lines that the agent and the person both changed: `text` is what the agent made of `[start, end)`.

    Offsets are those of the change's `base`, where the person's lines stand.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's text as the run saw it and as it shall be.

    `base` is None for a new file, `proposed` is None for a file that is deleted. `move_to` is the new path.
    `held` is what conflicts with the base by now, in order: no part of `proposed`; the person decides on it.
    """

    path: str
    base: str | None
    proposed: str | None
    move_to: str | None = None
    held: tuple[Held, ...] = ()
    known: tuple[Hunk, ...] | None = field(default=None, compare=False, repr=False)

    @property
    def line_hunks(self) -> tuple[Hunk, ...]:
        """The hunks of whole lines from `base` to `proposed`; none for a file that comes or goes.

        They are worked out anew unless they are `known`.
        """
        if self.base is None or self.proposed is None:
            return ()
        return diff_lines(self.base, self.proposed) if self.known is None else self.known

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """The minimal hunks from `base` to `proposed`; none for a file that comes or goes."""
        return refined(self.base or "", self.line_hunks)

    def worked_out(self) -> FileChange:
        """The same with its hunks known."""
        return self if self.known is not None else replace(self, known=self.line_hunks)

    @property
    def is_content_only(self) -> bool:
        """Whether the file exists before and after, at the same path."""
        return self.base is not None and self.proposed is not None and self.move_to is None

    @property
    def kind(self) -> str:
        """What becomes of the file, in a word: `"new"`, `"deleted"`, `"moved"` or `"changed"`."""
        if self.base is None:
            return "new"
        return "deleted" if self.proposed is None else "moved" if self.move_to else "changed"


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the proposal found: `"passed"`, `"failed"` or `"unchecked"`, and why in words."""

    status: Literal["passed", "failed", "unchecked"] = "unchecked"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The changes of one run. `mode` is what the agent behind it is (`"offline"`, …), empty for a model."""

    id: str
    summary: str
    changes: tuple[FileChange, ...]
    verification: Verification = Verification()
    leniencies: tuple[str, ...] = ()
    mode: str = ""

    def cautions(self) -> list[str]:
        """Why a person should look before this is applied; empty if nothing speaks against it."""
        found = [self.verification.note] if self.verification.status == "failed" else []
        for change in self.changes:
            if change.base is not None and change.proposed is None:
                found.append(f"{change.path} would be deleted.")
            elif change.base is not None and change.proposed is not None and _removes_most(change):
                found.append(f"more than half of {change.path} would be removed.")
        return found


def _removes_most(change: FileChange) -> bool:
    old, new = split_lines(change.base or ""), split_lines(change.proposed or "")
    return len(old) >= SMALL_FILE and len(new) < len(old) / 2


@dataclass(frozen=True, slots=True)
class FileConflict:
    """What came between a change and its file: at a line, zero-based, or with the file as such (None)."""

    path: str
    line: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Rebased:
    """A proposal on newer texts, and the places where it came to conflict with them just now."""

    proposal: Proposal
    conflicts: tuple[FileConflict, ...] = ()


@dataclass(frozen=True, slots=True)
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
    for change in proposal.changes:
        followed, met = _follow(change, current, (edited or {}).get(change.path))
        conflicts += met
        if followed:
            changes.append(followed)
    return Rebased(replace(proposal, changes=tuple(changes)), tuple(conflicts))


def _follow(
    change: FileChange, current: Mapping[str, str | None], edited: Edited | None
) -> tuple[FileChange | None, list[FileConflict]]:
    now = current.get(change.path)
    if change.path not in current or now == change.base:
        return change, []
    if _is_done(change, current):
        return None, []
    if now == "" and change.base is None:
        # Somebody made the file and left the text to us: an editor that creates no files for a server.
        return replace(change, base="", known=None), []
    if now is None or change.base is None or change.proposed is None:
        return change, [FileConflict(change.path, None, _existence(change, now))]
    theirs = edited.hunks if edited and edited.before == change.base else diff_lines(change.base, now)
    return _rebased(change, now, rebase(change.base, now, change.proposed, change.known, theirs), theirs)


def _is_done(change: FileChange, current: Mapping[str, str | None]) -> bool:
    now = current[change.path]
    if change.move_to is not None:
        return now is None and current.get(change.move_to) == change.proposed
    return now == change.proposed and (now is None or change.base is None)


def _rebased(
    change: FileChange, now: str, rebased: TextRebased, theirs: Iterable[Hunk]
) -> tuple[FileChange | None, list[FileConflict]]:
    held = carried(change.held, theirs, now)
    if rebased.text == now and not rebased.conflicts and not held and change.move_to is None:
        return None, []
    if rebased.conflicts:
        index = LineIndex(now)
        for each in rebased.conflicts:
            start = index.start(each.line)
            held.append(Held(start, start + len(each.current), each.proposed))
        held.sort(key=lambda each: (each.start, each.end))
    what = "was changed meanwhile at the same place"
    conflicts = [FileConflict(change.path, each.line, what) for each in rebased.conflicts]
    followed = replace(change, base=now, proposed=rebased.text, held=tuple(held), known=rebased.hunks)
    return followed, conflicts


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
