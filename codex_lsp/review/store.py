"""The proposals of a session and their lives: what waits of each, what was accepted, what was taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from codex_lsp.edits.diff import Hunk, apply_hunks
from codex_lsp.review.follow import Edited, FileConflict, follow
from codex_lsp.review.proposal import FileChange, Proposal
from codex_lsp.review.steps import Steps

State = Literal["pending", "partly accepted", "applied", "rejected", "conflicted", "undone"]

# So many of which nothing waits any more can still be taken back; then the oldest is forgotten.
MAX_FINISHED = 20


@dataclass(slots=True)
class Item:
    """One proposal. `proposal` is what waits of it, on the texts as they were when it was last followed.

    `back` takes what was accepted back, `forth` brings back what was taken back; `undone` says that the
    latter was done last. `rejected` counts changes. `lent` says that what waited is being delivered. `told`
    are the conflicts with whole files that the person knows of.
    """

    proposal: Proposal
    back: Steps = field(default_factory=Steps)
    forth: Steps = field(default_factory=Steps)
    undone: bool = False
    rejected: int = 0
    lent: bool = False
    told: set[FileConflict] = field(default_factory=set)

    @property
    def waits(self) -> bool:
        """Whether anything of it waits for the person."""
        return bool(self.proposal.changes)

    @property
    def state(self) -> State:
        """How it stands, in a word or two."""
        if any(each.held for each in self.proposal.changes) or (self.waits and self.told):
            return "conflicted"
        if self.waits or self.lent:
            return "partly accepted" if self.back and not self.undone else "pending"
        if self.undone:
            return "undone"
        return "rejected" if self.rejected and not self.back else "applied"

    def hunks(self, path: str) -> tuple[Hunk, ...]:
        """What waits of a file, hunk by hunk; none for a file that comes, goes or moves."""
        return next((hunks_of(each) for each in self.proposal.changes if each.path == path), ())

    def put(self, proposal: Proposal) -> None:
        """Another state of the same proposal; its hunks are worked out once."""
        self.proposal = replace(proposal, changes=tuple(each.worked_out() for each in proposal.changes))

    def reject(self, path: str, number: int | None) -> bool:
        """Drop one hunk of a file, or, counted on, what is held of it, or (None) the file's whole change.

        Says whether there was one.
        """
        changes = self.proposal.changes
        left = [
            kept
            for each in changes
            for kept in ([each] if each.path != path else [] if number is None else [_without(each, number)])
        ]
        if left == list(changes):
            return False
        self.rejected += 1
        kept = [each for each in left if not each.is_content_only or each.base != each.proposed or each.held]
        self.put(replace(self.proposal, changes=tuple(kept)))
        return True


def hunks_of(change: FileChange) -> tuple[Hunk, ...]:
    """The hunks of a change that a person decides on one by one."""
    return change.line_hunks if change.is_content_only else ()


def _without(change: FileChange, number: int) -> FileChange:
    hunks = hunks_of(change)
    if number >= len(hunks):
        held = [each for at, each in enumerate(change.held, len(hunks)) if at != number]
        return replace(change, held=tuple(held))
    kept = [hunk for at, hunk in enumerate(hunks) if at != number]
    return replace(change, proposed=apply_hunks(change.base or "", kept), known=tuple(kept))


class Store:
    """All proposals by id, the oldest first. Nothing here knows where a path is: texts are given."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}

    def waiting(self) -> list[Item]:
        """Those of which something waits."""
        return [item for item in self.items.values() if item.waits]

    def add(self, proposal: Proposal) -> Item:
        """Let a proposal wait; one of the same id is replaced, but for what was accepted of it."""
        item = self.items.setdefault(proposal.id, Item(proposal))
        item.lent = False
        item.told.clear()
        item.put(proposal)
        return item

    def follow(
        self,
        item: Item,
        current: Mapping[str, str | None],
        edited: Mapping[str, Edited] | None = None,
        *,
        record: bool = True,
    ) -> tuple[FileConflict, ...]:
        """Carry over what waits to newer texts, as `review.follow` does; returns the new conflicts.

        What the texts have taken was accepted, if `record` says so.
        """
        followed = follow(item.proposal, current, edited)
        if followed.proposal.changes != item.proposal.changes or followed.taken:
            item.put(followed.proposal)
        if record:
            self._record(item.proposal, followed.taken)
        new = tuple(each for each in followed.conflicts if each not in item.told)
        met = {each for each in followed.conflicts if each.line is None}
        item.told = met | {each for each in item.told if each.path not in current}
        self._forget()
        return new

    def applied(self, proposal: Proposal) -> None:
        """All hunks of a proposal are in the texts now, put there for the person."""
        if not _is_helper(proposal):
            item = self.items.setdefault(proposal.id, Item(replace(proposal, changes=())))
            item.lent = False
        self._record(proposal, [each.inverted() for each in proposal.changes])
        self._forget()

    def take(self, proposal_id: str) -> Proposal | None:
        """What waits of a proposal, which then does not wait any more; None if nothing does."""
        item = self.items.get(proposal_id)
        if item is None or not item.waits:
            return None
        proposal, item.lent = item.proposal, True
        item.put(replace(proposal, changes=()))
        return proposal

    def ended(self, proposal_id: str) -> None:
        """What was taken needs nothing more to be done."""
        if item := self.items.get(proposal_id):
            item.lent = False
        self._forget()

    def reject(self, proposal_id: str) -> bool:
        """Drop all that waits of a proposal; whether anything did."""
        item = self.items.get(proposal_id)
        if item is None or not item.waits:
            return False
        item.rejected += 1
        item.put(replace(item.proposal, changes=()))
        self._forget()
        return True

    def withdraw(self, proposal_id: str) -> bool:
        """Nothing of a proposal waits any more, and nobody rejected it; whether anything did wait."""
        item = self.items.get(proposal_id)
        if item is None or not item.waits:
            return False
        item.put(replace(item.proposal, changes=()))
        if not item.back and not item.forth:
            del self.items[proposal_id]
        return True

    def accepted(self) -> list[Item]:
        """Those that something was accepted of, the last one first."""
        return [item for item in reversed(self.items.values()) if item.back]

    def undo(self, item: Item, current: Mapping[str, str | None]) -> Proposal | None:
        """What takes back all that was accepted of it, or brings it back if that was done last.

        It is made for the texts as they are, which keep what was typed since; lines that were changed in
        what was accepted are held. None if the texts have it already.
        """
        for again in (item.undone, not item.undone):
            changes, _ = (item.forth if again else item.back).back(current)
            if changes:
                what, own = "Redo" if again else "Undo", item.proposal.id
                return Proposal(
                    f"{own}.undo",
                    f"{what}: {item.proposal.summary}",
                    tuple(changes),
                    undoes="" if again else own,
                    redoes=own if again else "",
                )
        return None

    def _record(self, proposal: Proposal, steps: Iterable[FileChange]) -> None:
        own = proposal.own
        item, steps = self.items.get(own), list(steps)
        if item is None or not steps:
            return
        item.undone = bool(proposal.undoes)
        for each in steps:
            (item.forth if item.undone else item.back).add(each)
        # The one that something was done to last comes last.
        self.items[own] = self.items.pop(own)

    def _forget(self) -> None:
        finished = [key for key, item in self.items.items() if not item.waits and not item.lent]
        helpers = [key for key in finished if _is_helper(self.items[key].proposal)]
        others = [key for key in finished if key not in helpers]
        for key in (*helpers, *others[: max(0, len(others) - MAX_FINISHED)]):
            del self.items[key]


def _is_helper(proposal: Proposal) -> bool:
    return bool(proposal.undoes or proposal.redoes)
