"""The last runs of a session that are over: what can be gone on from, and what was made by those stopped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import replace

from codex_lsp.agent.limits import StopReason
from codex_lsp.agent.memory import Memory
from codex_lsp.agent.overlay import Overlay
from codex_lsp.lsp.places import Places
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange

MAX_PAST = 10
# Those whose proposals wait are kept beyond that, up to so many.
MAX_WAITING = 50


@record(frozen=True, slots=True)
class Past:
    """A run that is over, and why. `supersedes` is the proposal that it went on from while it waited.

    `offered` says that what a stopped run had made was brought into review.
    """

    id: str
    memory: Memory
    places: Places
    reason: StopReason
    left: tuple[str, ...] = ()
    supersedes: str = ""
    offered: bool = False


@record(frozen=True, slots=True)
class GoingOn:
    """What a run begins with that goes on from another one.

    `changes` of the run `follows` are pending from its beginning, on the texts as they are. What comes of it
    takes the place of the proposal `supersedes`, if that waits.
    """

    memory: Memory
    note: str
    changes: tuple[FileChange, ...] = ()
    follows: str = ""
    supersedes: str = ""

    def overlay(self, places: Places) -> Overlay:
        """The texts as they are now, with the changes."""
        overlay = Overlay(places.snapshots(), places.root)
        overlay.pend(self.changes)
        return overlay


class PastRuns:
    """The runs by id. `waiting` tells the ids of the proposals that wait."""

    def __init__(self, waiting: Callable[[], Collection[str]]) -> None:
        self._waiting = waiting
        self._runs: OrderedDict[str, Past] = OrderedDict()

    def __len__(self) -> int:
        return len(self._runs)

    def keep(self, past: Past) -> None:
        """Keep a run; the oldest ones go."""
        self._runs[past.id] = past
        if len(self._runs) <= MAX_PAST:
            return
        waiting = self._waiting()
        for run_id in list(self._runs)[: len(self._runs) - MAX_PAST]:
            if run_id not in waiting or len(self._runs) > MAX_WAITING:
                del self._runs[run_id]

    def get(self, run_id: str) -> Past | None:
        """A run, if it is still kept."""
        return self._runs.get(run_id)

    def offers(self) -> list[Past]:
        """The stopped runs that had made changes which nobody has asked for yet; the latest last."""
        return [past for past in self._runs.values() if past.left and not past.offered]

    def offered(self, run_id: str) -> None:
        """What a run had made was brought into review, or another one went on from it."""
        if run_id in self._runs:
            self._runs[run_id] = replace(self._runs[run_id], offered=True)
