"""A proposal: the checked outcome of a run, over one or more files, until it is taken or dropped."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Literal

from codex_lsp.edits.diff import Hunk, diff_lines, inverted, refined
from codex_lsp.edits.text import split_lines
from codex_lsp.records import record

# Below this many lines, "more than half of the file" is an everyday edit.
SMALL_FILE = 20


@record(frozen=True, slots=True)
class Held:
    """Lines that the agent and the person both changed: `text` is what the agent made of `[start, end)`.

    Offsets are those of the change's `base`, where the person's lines stand.
    """

    start: int
    end: int
    text: str


@record(frozen=True, slots=True)
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

    def inverted(self) -> FileChange:
        """What takes it back from the text that it made."""
        known = None if self.known is None or self.base is None else tuple(inverted(self.base, self.known))
        place, target = (self.move_to, self.path) if self.move_to else (self.path, None)
        return FileChange(place, self.proposed, self.base, target, known=known)

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


@record(frozen=True, slots=True)
class Verification:
    """What checking the proposal found: `"passed"`, `"failed"` or `"unchecked"`, and why in words.

    `checked` are the checks that were made, and passed unless `note` says otherwise; `unchecked` those that
    were not, each with the reason: `"mypy: …"`. `report` is what a model is told of a failure: the note, and
    what the checks said.
    """

    status: Literal["passed", "failed", "unchecked"] = "unchecked"
    note: str = ""
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    report: str = ""

    @property
    def title(self) -> str:
        """For a proposal's title, in a few words: `"checked: parses, ruff"`, `"not checked"`."""
        what = ", ".join(self.checked)
        if self.status == "failed":
            return "a check failed"
        return f"checked: {what}" if what else "not checked"

    @property
    def detail(self) -> str:
        """All of it, a line each; what was not checked with the reason."""
        lines = [self.note or "Nothing was checked."]
        return "\n".join((*lines, *(f"Not checked: {each}" for each in self.unchecked)))


@record(frozen=True, slots=True)
class Proposal:
    """The changes of one run. `mode` is what the agent behind it is (`"offline"`, …), empty for a model.

    `undoes` is the id of the proposal whose changes these take back, `redoes` of that whose they bring back.
    """

    id: str
    summary: str
    changes: tuple[FileChange, ...]
    verification: Verification = Verification()
    leniencies: tuple[str, ...] = ()
    mode: str = ""
    undoes: str = ""
    redoes: str = ""

    @property
    def own(self) -> str:
        """The id of the proposal whose changes these are, take back or bring back."""
        return self.undoes or self.redoes or self.id

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
