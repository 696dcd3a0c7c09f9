"""What was accepted, so that it can be taken back after the person went on typing.

A step is the change that leads back: from the text as it was right after, to the one without what was
accepted. It is kept small, and it costs nothing until somebody wants it: only then it is carried over to the
text as it is by then, which leaves in place what was typed since.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from codex_lsp.edits.diff import Hunk, apply_hunks, diff_lines
from codex_lsp.edits.rebasing import Rebased, rebase
from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record
from codex_lsp.review.follow import FileConflict, carried, follow
from codex_lsp.review.proposal import FileChange, Held, Proposal

# Steps of one file are one step, unless the person changed accepted lines between them.
MAX_STEPS = 20


@record(frozen=True, slots=True)
class Packed:
    """A change in little room: one text, and the hunks to the other where there are two."""

    path: str
    move_to: str | None
    base: bytes | None
    proposed: bytes | None
    hunks: tuple[Hunk, ...] | None = None

    @classmethod
    def of(cls, change: FileChange) -> Packed:
        """Pack a change; what it holds of conflicts is left out."""
        both = change.base is not None and change.proposed is not None
        base, proposed = _packed(change.base), None if both else _packed(change.proposed)
        return cls(change.path, change.move_to, base, proposed, change.line_hunks if both else None)

    def change(self) -> FileChange:
        """The change again."""
        base, proposed = _unpacked(self.base), _unpacked(self.proposed)
        if base is not None and self.hunks is not None:
            proposed = apply_hunks(base, self.hunks)
        return FileChange(self.path, base, proposed, self.move_to, known=self.hunks)

    @property
    def is_content_only(self) -> bool:
        """Whether the file exists before and after, at the same path."""
        return self.hunks is not None and self.move_to is None


def _packed(text: str | None) -> bytes | None:
    return None if text is None else zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _unpacked(data: bytes | None) -> str | None:
    return None if data is None else zlib.decompress(data).decode("utf-8", "surrogatepass")


class Steps:
    """The steps of one proposal, file by file."""

    def __init__(self) -> None:
        self._steps: dict[str, list[Packed]] = {}

    def __bool__(self) -> bool:
        return bool(self._steps)

    def paths(self) -> set[str]:
        """All paths that they have to do with."""
        packed = (each for steps in self._steps.values() for each in steps)
        return {path for each in packed for path in (each.path, each.move_to) if path}

    def targets(self) -> set[str]:
        """The paths that files move to when they are carried out."""
        return {each.move_to for steps in self._steps.values() for each in steps if each.move_to}

    def add(self, change: FileChange) -> None:
        """One more: `change` takes it back. Those of a text that are clear of each other become one."""
        if change.is_content_only and change.base == change.proposed:
            return
        steps = self._steps.get(change.path, [])
        if not change.is_content_only or not all(each.is_content_only for each in steps):
            steps = []
        elif steps and (one := _joined(steps[-1].change(), change)):
            steps, change = steps[:-1], one
        if not change.is_content_only or change.base != change.proposed:
            steps = [*steps, Packed.of(change)][-MAX_STEPS:]
        self._steps[change.path] = steps
        if not steps:
            del self._steps[change.path]

    def back(self, current: Mapping[str, str | None]) -> tuple[list[FileChange], list[FileConflict]]:
        """What takes all of it back from the texts as they are now, and what is in the way.

        What is back already is left out, and so are files that `current` does not name.
        """
        changes: list[FileChange] = []
        conflicts: list[FileConflict] = []
        for path, steps in self._steps.items():
            if path in current:
                found, met = _back([each.change() for each in steps], path, current)
                changes += found
                conflicts += met
        return changes, conflicts


def _joined(former: FileChange, latter: FileChange) -> FileChange | None:
    """Both steps of a text in one; None if something of the former was changed before the latter."""
    assert former.base is not None
    assert former.proposed is not None
    assert latter.proposed is not None
    carried_over = rebase(former.base, latter.proposed, former.proposed, former.known, touching=True)
    if carried_over.conflicts:
        return None
    if carried_over.text == latter.proposed:
        return latter
    return FileChange(latter.path, latter.base, carried_over.text).worked_out()


def _back(
    steps: list[FileChange], path: str, current: Mapping[str, str | None]
) -> tuple[Iterable[FileChange], Iterable[FileConflict]]:
    now = current[path]
    if now is None or not steps[-1].is_content_only:
        followed = follow(Proposal("", "", (steps[-1],)), current)
        return followed.proposal.changes, followed.conflicts
    text, held, known = now, list[Held](), None
    for step in reversed(steps):
        text, held, known = _one_back(step, text, held)
    if len(steps) > 1 or not _apart(known):
        known = None
    held = carried(held, diff_lines(text, now), now) if held else []
    if text == now and not held:
        return (), ()
    change = FileChange(path, now, text, held=tuple(held), known=known).worked_out()
    if not held:
        return [change], ()
    index, what = LineIndex(now), "was changed since it was accepted"
    return [change], [FileConflict(path, index.line_at(each.start), what) for each in held]


def _apart(hunks: Sequence[Hunk] | None) -> bool:
    """Whether something stays between any two of them, as it has to where a person decides on each."""
    return all(former.end < latter.start for former, latter in pairwise(hunks or ()))


def _one_back(
    step: FileChange, text: str, held: list[Held]
) -> tuple[str, list[Held], tuple[Hunk, ...] | None]:
    """The text without this step, what is held of all steps so far at its place there, the hunks if known.

    Where a later step is held already nothing is said of an earlier one: what was there last comes back.
    """
    assert step.base is not None
    assert step.proposed is not None
    rebased = rebase(step.base, text, step.proposed, step.known, touching=True)
    met = (each for each in _clashes(text, rebased) if not any(_meet(each, other) for other in held))
    found = sorted([*held, *met], key=lambda each: (each.start, each.end))
    if found:
        found = carried(found, diff_lines(text, rebased.text), rebased.text)
    return rebased.text, found, rebased.hunks


def _clashes(text: str, rebased: Rebased) -> Iterator[Held]:
    """What could not be taken back, at its place in the text."""
    if not rebased.conflicts:
        return
    index = LineIndex(text)
    for each in rebased.conflicts:
        start = index.start(each.line)
        yield Held(start, start + len(each.current), each.proposed)


def _meet(a: Held, b: Held) -> bool:
    return (a.start < b.end and b.start < a.end) or a.start == b.start
