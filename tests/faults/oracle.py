"""What must hold whatever happens, judged from the editor's texts and from what came over the wire.

Nothing of the server's is used but what it sends. Every rule that is broken becomes a `Violation`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.faults.texts import Change, beside
from tests.support.buffers import Buffer, StrictError
from tests.support.editor import FakeEditor
from tests.support.editor_edits import path_of, read_text

FINAL = ("applied", "review", "conflict", "unchanged", "answered", "cancelled", "failed")
WAITING = ("review", "conflict")
Kind = Literal["rule", "lost", "false success"]


@dataclass(eq=False)
class Errand:
    """One ask: what its reply asks for, and what became of it.

    `wants` says whether the reply is whole and good. `sure` says that nothing but a person's own doing, or a
    client's, may keep its changes out of the texts. `direct` says that they are to be applied unasked.
    """

    number: int
    uri: str
    changes: Sequence[Change] = ()
    wants: bool = False
    sure: bool = True
    release: Callable[[], None] = lambda: None
    id: str | None = None
    request: int | None = None
    released: bool = False
    asked: float = 0
    state: str | None = None
    message: str = ""
    stopping: bool = False
    acknowledged: bool = False
    lost: bool = False
    sent: int = 0
    held: bool = False
    taken_back: bool = False
    hindered: bool = False
    accepting: bool = False
    direct: bool = False
    whole: bool = False
    uris: dict[str, str] = field(default_factory=dict)
    former: dict[str, set[str]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    touched: set[Change] = field(default_factory=set)
    landed: set[Change] = field(default_factory=set)
    rejected: set[Change] = field(default_factory=set)

    @property
    def alive(self) -> bool:
        """Whether the server may still know of it."""
        return self.id is not None and not self.lost

    def due(self) -> list[Change]:
        """The changes that nobody stood in the way of and that no text has held so far."""
        return [each for each in self.changes if each not in self.touched | self.landed | self.rejected]


class Oracle:
    """The judge of one session. `note` is told of each violation as it is found."""

    def __init__(self, note: Callable[[Kind, str], None]) -> None:
        self._note = note
        self.errands: list[Errand] = []
        self.ids: dict[str, Errand] = {}
        self.counts: Counter[str] = Counter()
        self.lost = 0
        self._texts: dict[str, dict[int, str]] = {}
        self._early: dict[str, list[Mapping[str, Any]]] = {}

    def violate(self, text: str, kind: Kind = "rule") -> None:
        """A rule is broken."""
        self._note(kind, text)

    # What the editor did

    def forget(self) -> None:
        """The server is gone: it knows of nothing any more, and versions begin anew."""
        self._texts.clear()
        for errand in self.errands:
            errand.lost = True

    def look(self, editor: FakeEditor) -> None:
        """Take note of every text as it is now; to be called after each change."""
        news = False
        for uri, buffer in editor.documents.buffers.items():
            versions = self._texts.setdefault(uri, {})
            news = news or versions.get(buffer.version) != buffer.text
            versions[buffer.version] = buffer.text
        for uri in self._texts.keys() - editor.documents.buffers.keys():
            del self._texts[uri]
            news = True
        if news:
            for errand in self.errands:
                if not errand.lost and errand.changes:
                    self.follow(errand, editor)

    def follow(self, errand: Errand, editor: FakeEditor) -> None:
        """See which changes of an errand the texts hold, and at which somebody else has been."""
        present = {change for change in errand.changes if change.in_(self.text(editor, errand, change))}
        errand.landed |= present
        errand.held = errand.held or len(present) == len(errand.changes)
        for change in set(errand.changes) - present - errand.touched:
            if not self._untouched(editor, errand, change):
                errand.touched.add(change)

    def _untouched(self, editor: FakeEditor, errand: Errand, change: Change) -> bool:
        uri = errand.uris[change.path]
        is_open = uri in editor.documents.buffers
        if change.creates:
            return not is_open and not path_of(uri).exists()
        if uri in errand.open and not is_open:
            return False
        return change.untouched_in(self.text(editor, errand, change))

    def moved(self, old: str, new: str) -> None:
        """A document has another URI now: its changes may follow it there, or not."""
        for errand in self.errands:
            for path, uri in errand.uris.items():
                if uri == old and not errand.lost:
                    errand.uris[path] = new
                    errand.former.setdefault(path, set()).add(old)
                    errand.touched |= {change for change in errand.changes if change.path == path}

    def text(self, editor: FakeEditor, errand: Errand, change: Change) -> str:
        """The text that a change is for, as it is now, open or not."""
        return current(editor, errand.uris[change.path])

    # What the server sent

    def started(self, errand: Errand, run: str | None) -> None:
        """The command of an errand was answered."""
        errand.id = run
        if run is None:
            errand.lost = True
            return
        self.counts["runs"] += 1
        if run in self.ids:
            self.violate(f"the run id {run} was given twice")
        self.ids[run] = errand
        for event in self._early.pop(run, []):
            self.event(event)

    def event(self, params: Mapping[str, Any]) -> None:
        """A `codexLsp/run` notification."""
        run, state = str(params["run"]), str(params["state"])
        errand = self.ids.get(run)
        if errand is None:
            self._early.setdefault(run, []).append(params)
            return
        if errand.state is not None:
            self.violate(f"{state!r} after errand {errand.number} had ended as {errand.state!r}")
        if state not in FINAL:
            return
        errand.state, errand.message = state, str(params.get("text"))
        self.counts[state] += 1
        self._judge_end(errand)

    def _judge_end(self, errand: Errand) -> None:
        name = f"errand {errand.number} ended as {errand.state!r} ({errand.message[:200]})"
        if errand.state == "applied" and (not errand.held or errand.taken_back):
            self.violate(f"{name}, but no text holds all of its changes", "false success")
        if errand.acknowledged and errand.state != "cancelled":
            self.violate(f"{name} after its cancel was acknowledged")
        if errand.state == "cancelled" and not errand.stopping:
            self.violate(f"{name}, and nobody had cancelled it")
        if errand.state in ("applied", "review", "conflict", "unchanged") and not errand.wants:
            self.violate(f"{name}, but its reply must not change anything")
        if errand.state == "conflict" and not errand.touched:
            self.violate(f"{name}, but nobody was at its places")
        if errand.state == "failed" and errand.wants and errand.sure and errand.released:
            self.violate(f"{name}, but its reply was good")
        queued = errand.message.startswith("Another change of the same files")
        hindered = errand.touched or errand.sent or not errand.due() or queued
        if errand.state in WAITING and errand.direct and not hindered:
            self.violate(f"{name}, but nothing spoke against it")
        if errand.state == "failed" and "internal" in errand.message:
            self.violate(name)

    def cancelled(self, ids: Sequence[str]) -> None:
        """A cancel was answered with these runs."""
        for run in ids:
            errand = self.ids.get(run)
            if errand is None:
                self.violate(f"a cancel names the run {run}, which nobody started")
            else:
                errand.acknowledged = True
                if errand.state not in (None, "cancelled"):
                    self.violate(f"errand {errand.number} was cancelled after its end, {errand.state!r}")

    def edit_arrives(self, editor: FakeEditor, edit: Mapping[str, Any]) -> Errand | None:
        """An applyEdit, before anything is done with it: whose is it, and is it all and nothing but that?"""
        self.look(editor)
        found: dict[str, tuple[str, str]] = {}
        for uri, version, edits in text_edits(edit):
            texts = self._would_be(editor, uri, version, edits)
            if texts is not None:
                found[uri] = texts
        errands = [each for each in self.errands if any(self._made(each, *found[uri], uri) for uri in found)]
        if not any(True for _ in text_edits(edit)):
            self.violate(f"an edit that changes nothing: {edit}")
        if not found:
            return None  # All of it is for documents that were closed while it was on its way.
        if len(errands) != 1:
            self.violate(
                f"an edit that is of {len(errands)} runs: {[each.number for each in errands]} {edit}"
            )
            return None
        errand = errands[0]
        errand.sent += 1
        self._judge_edit(errand)
        for uri, texts in found.items():
            self._judge_text(errand, uri, *texts)
        unseen = {uri for uri, _, _ in text_edits(edit)} - found.keys()
        self._judge_whole(editor, errand, found, unseen)
        return errand

    def _would_be(
        self, editor: FakeEditor, uri: str, version: int | None, edits: Sequence[Any]
    ) -> tuple[str, str] | None:
        if version is None:
            base = current(editor, uri)
        elif version in self._texts.get(uri, {}):
            base = self._texts[uri][version]
        else:
            # Closed meanwhile, or opened anew: an editor that looks at versions will refuse it.
            return None
        try:
            return base, Buffer(uri, base).edited(edits, editor.documents.encoding)
        except StrictError as error:
            self.violate(f"an edit does not fit version {version} of {uri}: {error}")
            return None

    @staticmethod
    def _made(errand: Errand, before: str, after: str, uri: str) -> list[Change]:
        own = [each for each in errand.changes if errand.uris.get(each.path) == uri]
        return [each for each in own if each.in_(after) and not each.in_(before)]

    def _judge_edit(self, errand: Errand) -> None:
        name = f"an edit of errand {errand.number}"
        if errand.acknowledged or errand.state == "cancelled":
            self.violate(f"{name} after its cancel was acknowledged")
        if errand.lost:
            self.violate(f"{name}, which this server cannot know")
        if not errand.wants:
            self.violate(f"{name}, whose reply must not change anything")
        if errand.state is not None and not errand.accepting:
            self.violate(f"{name} after its end as {errand.state!r}, and nobody accepted it")

    def _judge_text(self, errand: Errand, uri: str, before: str, after: str) -> None:
        wrong = beside(before, after, self._made(errand, before, after, uri))
        if wrong is not None:
            self.lost += wrong.lost
            kind: Kind = "lost" if wrong.lost else "rule"
            self.violate(f"an edit of errand {errand.number} changes {uri} {wrong.what}", kind)

    def _judge_whole(
        self, editor: FakeEditor, errand: Errand, found: Mapping[str, tuple[str, str]], unseen: Set[str]
    ) -> None:
        for change in errand.changes:
            uri = errand.uris[change.path]
            if unseen & {uri, *errand.former.get(change.path, ())}:
                continue
            text = found[uri][1] if uri in found else current(editor, uri)
            excused = errand.accepting and change in errand.touched | errand.rejected
            if not change.in_(text) and not excused:
                self.violate(f"an edit of errand {errand.number} lacks {change.after!r} of {change.path}")

    def accepted_by_hand(self, errand: Errand | None, uri: str, before: str, after: str) -> list[Change]:
        """A pending change was accepted by its code action; returns what that changed."""
        owners = [each for each in self.errands if self._made(each, before, after, uri)]
        if errand is not None and owners not in ([], [errand]):
            self.violate(f"accepting errand {errand.number} changes {[each.number for each in owners]}")
        made = [change for each in owners for change in self._made(each, before, after, uri)]
        wrong = beside(before, after, made)
        if wrong is not None:
            self.lost += wrong.lost
            self.violate(
                f"accepting a change in {uri} changes {wrong.what}", "lost" if wrong.lost else "rule"
            )
        return made

    # Quiet points

    def calm(self, editor: FakeEditor, proposals: Sequence[str], active: Sequence[str]) -> None:
        """Nothing is under way but what waits for the endpoint: nothing may have got lost."""
        for run in proposals:
            if run not in self.ids or self.ids[run].lost:
                self.violate(f"a proposal {run} that nobody asked for")
        for errand in filter(lambda each: each.alive, self.errands):
            waits, ended = errand.id in proposals, errand.state is not None
            if errand.id in active and (errand.released or ended or errand.acknowledged):
                self.violate(f"errand {errand.number} never ends (state {errand.state!r})")
            if ended and errand.id not in active and errand.state in WAITING:
                self._judge_pending(editor, errand, waits)
            if waits and errand.state not in WAITING:
                self.violate(f"errand {errand.number} waits for review, but ended as {errand.state!r}")

    def _judge_pending(self, editor: FakeEditor, errand: Errand, waits: bool) -> None:
        due = errand.due()
        if due and not waits:
            self.violate(f"errand {errand.number} is neither applied nor pending: {due[0].after!r}")
        marked = {uri for uri, marks in editor.diagnostics.items() for mark in marks if _is_of(mark, errand)}
        for uri in {errand.uris[change.path] for change in due if not change.creates}:
            if waits and uri in editor.documents.buffers and uri not in marked:
                self.violate(f"errand {errand.number} is pending, but {uri} has no mark of it")


def _is_of(mark: Mapping[str, Any], errand: Errand) -> bool:
    return (mark.get("data") or {}).get("proposal") == errand.id


def current(editor: FakeEditor, uri: str) -> str:
    """The text of a document: of its buffer, or of its file, or empty."""
    if buffer := editor.documents.buffers.get(uri):
        return buffer.text
    path = path_of(uri)
    return read_text(path) if path.is_file() else ""


def text_edits(edit: Mapping[str, Any]) -> Iterator[tuple[str, int | None, list[Any]]]:
    """URI, version and edits of each document that a WorkspaceEdit changes."""
    for change in edit.get("documentChanges") or ():
        if "kind" not in change:
            document = change["textDocument"]
            yield document["uri"], document.get("version"), change["edits"]
    if edit.get("documentChanges") is None:
        for uri, edits in (edit.get("changes") or {}).items():
            yield uri, None, edits
