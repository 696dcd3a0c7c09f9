"""What a waiting proposal looks like in a document: hints that tell the change and lead to the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lsprotocol import types

from codex_lsp.edits import Hunk
from codex_lsp.edits.text import split_lines, strip_end
from codex_lsp.lsp.convert import to_range
from codex_lsp.lsp.documents import Document
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.plain import plain
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange, Held, Proposal
from codex_lsp.review.store import Item, hunks_of

SOURCE = "codex-lsp"
SHOWN_CHARS = 400
SHOWN_LINES = 6
# Editors list related places one by one; the next ones are enough to go round. Each costs at every keystroke.
SHOWN_RELATED = 4


@record(frozen=True, slots=True)
class Spot:
    """One place of a proposal in an open document: what is proposed for it, and its number in its file."""

    document: Document
    change: FileChange
    number: int
    what: Hunk | Held

    @property
    def range(self) -> types.Range:
        """Where it is."""
        return to_range(self.document.index, self.what.start, self.what.end, self.document.encoding)


@record(frozen=True, slots=True)
class Waiting:
    """A proposal that waits, and where its files are."""

    item: Item
    places: Places

    @property
    def proposal(self) -> Proposal:
        """What waits."""
        return self.item.proposal

    def change_of(self, document: Document) -> FileChange | None:
        """What is proposed for an open document, whose text, to be safe, must be the one that it is for."""
        for change in self.proposal.changes:
            if self.places.document(change.path) is document:
                return change if change.base == document.source else None
        return None

    def spots(self) -> list[Spot]:
        """All its places in open documents, file by file; what is held comes behind the file's changes."""
        found: list[Spot] = []
        for change in self.proposal.changes:
            document = self.places.document(change.path)
            if document and change.is_content_only and change.base == document.source:
                whats: list[Hunk | Held] = [*hunks_of(change), *change.held]
                found += (Spot(document, change, number, what) for number, what in enumerate(whats))
        return found

    def elsewhere(self) -> list[FileChange]:
        """The changes that no open document of their own shows: files that come, or are not open."""
        return [change for change in self.proposal.changes if not self._is_shown(change)]

    def _is_shown(self, change: FileChange) -> bool:
        document = self.places.document(change.path)
        return document is not None and (change.is_content_only or change.base == document.source)

    def deleted(self) -> dict[str, str | None]:
        """None for each file that was to be deleted and is gone: few editors tell of it by themselves."""
        return {
            change.path: None
            for change in self.proposal.changes
            if change.kind == "deleted" and not self.places.occupied(change.path)
        }

    def speaks_for_others(self, document: Document) -> bool:
        """Whether this document tells of what is shown nowhere else: the one that was asked about.

        If that is not open it is the first one that shows anything.
        """
        speaker = self.places.document(self.places.asked_path) or next(iter(self.documents()), None)
        return speaker is document and bool(self.elsewhere())

    def documents(self) -> list[Document]:
        """The open documents that show something of it."""
        paths = {self.places.asked_path, *(change.path for change in self.proposal.changes)}
        return [document for path in sorted(paths) if (document := self.places.document(path))]

    def note(self, change: FileChange) -> str:
        """That the person must confirm a change by itself, and why, to be put behind it; "" if not."""
        return (
            f", to be confirmed by itself: it {why}"
            if (why := self.places.why_guarded(self.proposal, change))
            else ""
        )

    def whole_file(self, document: Document) -> FileChange | None:
        """What is to become of the document's file as such: to be moved or deleted."""
        change = self.change_of(document)
        return change if change and not change.is_content_only else None


def marks(waiting: Waiting, document: Document) -> Iterator[types.Diagnostic]:
    """The diagnostics that show it in an open document."""
    top = types.Range(types.Position(0, 0), types.Position(0, 0))
    if waiting.speaks_for_others(document):
        yield _mark(waiting, top, f"Proposed elsewhere: {names(waiting.elsewhere(), waiting.note)}")
    if change := waiting.whole_file(document):
        yield _mark(waiting, top, f"Proposed: {deed(change)}{waiting.note(change)}")
    if change := waiting.change_of(document):
        yield from _hunks(waiting, document, change)


def _hunks(waiting: Waiting, document: Document, change: FileChange) -> Iterator[types.Diagnostic]:
    spots = waiting.spots()
    places = [
        types.DiagnosticRelatedInformation(types.Location(each.document.uri, each.range), f"change {number}")
        for number, each in enumerate(spots, 1)
    ]
    note = waiting.note(change)
    for at, spot in enumerate(spots):
        if spot.document is not document:
            continue
        yield _spot(waiting, spot, at, places, note)


def _spot(
    waiting: Waiting, spot: Spot, at: int, places: list[types.DiagnosticRelatedInformation], note: str
) -> types.Diagnostic:
    document, what = spot.document, spot.what
    number = f" {at + 1} of {len(places)}" if len(places) > 1 else ""
    if isinstance(what, Held):
        title = f"Proposed change{number} conflicts with what was typed"
    else:
        removed, added = _lines(document.source, what.start, what.end), _lines(what.text, 0, len(what.text))
        title = f"Proposed change{number} (−{removed} +{added})"
    mark = _mark(waiting, places[at].location.range, title + note)
    if isinstance(what, Held):
        mark.severity = types.DiagnosticSeverity.Information
        mark.message += f"\nProposed was:\n{_clip(what.text)}"
    else:
        mark.message += "\n" + preview(document.source[what.start : what.end], what.text)
    others = [*range(at + 1, len(places)), *range(at)][:SHOWN_RELATED]
    if others:
        mark.related_information = [places[other] for other in others]
    return mark


def _lines(text: str, start: int, end: int) -> int:
    """How many lines a piece of whole lines has; a file's last one may have no end."""
    return text.count("\n", start, end) + int(start < end and text[end - 1] != "\n")


def _mark(waiting: Waiting, range_: types.Range, title: str) -> types.Diagnostic:
    return types.Diagnostic(
        range_,
        f"{title}: {plain(waiting.proposal.summary)}",
        severity=types.DiagnosticSeverity.Hint,
        source=SOURCE,
        data={"proposal": waiting.proposal.id},
    )


def preview(old: str, new: str) -> str:
    """The lines that go and the lines that come, as many as a message bears."""
    return "\n".join([*_signed("−", old), *_signed("+", new)])


def _signed(sign: str, text: str) -> list[str]:
    lines = split_lines(text[: SHOWN_CHARS * 2])
    shown = [_clip(f"{sign} {strip_end(line)}") for line in lines[:SHOWN_LINES]]
    more = text.count("\n") - len(shown)
    return [*shown, f"{sign} … {more} more"] if more > 0 else shown


def names(changes: list[FileChange], note: Callable[[FileChange], str] = lambda change: "") -> str:
    """What becomes of which files, at most five of them, with a note on each."""
    return ", ".join(f"{each.path} ({each.kind}{note(each)})" for each in changes[:5]) + (
        " …" if len(changes) > 5 else ""
    )


def deed(change: FileChange) -> str:
    """What a change of a file does, as an order."""
    verbs = {"new": "create", "deleted": "delete", "moved": "move", "changed": "change"}
    return f"{verbs[change.kind]} {change.path}" + (f" to {change.move_to}" if change.move_to else "")


def _clip(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"
