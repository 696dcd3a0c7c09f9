"""A proposal: the checked outcome of a run, over one or more files, until it is taken or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from codex_lsp.edits.diff import Hunk, diff, line_hunks
from codex_lsp.edits.rebase import RebaseConflict, rebase
from codex_lsp.edits.text import split_lines

# Below this many lines, "more than half of the file" is an everyday edit.
SMALL_FILE = 20


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's text as the run saw it and as it shall be.

    `base` is None for a new file, `proposed` is None for a file that is deleted. `move_to` is the new path.
    """

    path: str
    base: str | None
    proposed: str | None
    move_to: str | None = None

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """The minimal hunks from `base` to `proposed`; none for a file that comes or goes."""
        if self.base is None or self.proposed is None:
            return ()
        return diff(self.base, self.proposed)

    @property
    def is_content_only(self) -> bool:
        """Whether the file exists before and after, at the same path."""
        return self.base is not None and self.proposed is not None and self.move_to is None


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
    removed = sum(hunk.end - hunk.start - len(hunk.lines) for hunk in line_hunks(old, new))
    return len(old) >= SMALL_FILE and removed > len(old) / 2


@dataclass(frozen=True, slots=True)
class FileConflict:
    """A place in a file that the person changed while the agent did."""

    path: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Rebased:
    """A proposal on newer texts, and the places where it could not follow them."""

    proposal: Proposal
    conflicts: tuple[FileConflict, ...] = ()


def follow(proposal: Proposal, current: Mapping[str, str | None]) -> Rebased:
    """The proposal carried over to the texts as they are now (path → text, None for a file that is gone).

    Changes that conflict are left out of the result and listed; the others are in it.
    """
    changes: list[FileChange] = []
    conflicts: list[FileConflict] = []
    for change in proposal.changes:
        now = current.get(change.path)
        if now == change.base:
            changes.append(change)
        elif now is None or change.base is None or change.proposed is None:
            conflicts.append(FileConflict(change.path, 0, _existence(change, now)))
        else:
            rebased = rebase(change.base, now, change.proposed)
            conflicts += [_conflict(change.path, each) for each in rebased.conflicts]
            if rebased.text != now or change.move_to is not None:
                changes.append(replace(change, base=now, proposed=rebased.text))
    return Rebased(replace(proposal, changes=tuple(changes)), tuple(conflicts))


def _existence(change: FileChange, now: str | None) -> str:
    if now is None:
        return "was closed or deleted meanwhile"
    return "came into being meanwhile" if change.base is None else "was changed meanwhile"


def _conflict(path: str, conflict: RebaseConflict) -> FileConflict:
    return FileConflict(path, conflict.line, "was changed meanwhile at the same place")
