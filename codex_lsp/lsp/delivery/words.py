"""What is said of a delivery: what it changes, what stands in its way, what is yet to be confirmed."""

from __future__ import annotations

from collections.abc import Mapping

from codex_lsp.review.follow import FileConflict
from codex_lsp.review.proposal import Proposal

# It goes into one line of an editor.
SHOWN_FILES = 5


def with_guarded(text: str, guarded: Mapping[str, str]) -> str:
    """The text, and what the person has yet to confirm."""
    if not guarded:
        return text
    shown = [f"{path} ({why})" for path, why in guarded.items()]
    files = ", ".join(shown[:SHOWN_FILES]) + (" …" if len(shown) > SHOWN_FILES else "")
    waits = f"To be confirmed by itself: {files}."
    return f"{text.rstrip('.')}. {waits}" if text else waits


def of_the_change(missing: set[str], sent: set[str]) -> str:
    """Whether what is missing is all that was sent, or what of it."""
    return "the change" if missing == sent else f"all of the change (missing: {', '.join(sorted(missing))})"


def conflicts(found: tuple[FileConflict, ...]) -> str:
    """What changed meanwhile, in a sentence each, at most three."""
    shown = [
        f"{each.path} {each.what}."
        if each.line is None
        else f"{each.path}, line {each.line + 1}, {each.what}."
        for each in found[:3]
    ]
    more = f" There are {len(found) - 3} more." if len(found) > 3 else ""
    return " ".join(shown) + more


def summary(proposal: Proposal) -> str:
    """How many changes in which files, what checking them found, and which kind of agent made them."""
    counts = [
        f"{each.path}: {len(each.line_hunks)} change{'s' if len(each.line_hunks) != 1 else ''}"
        if each.is_content_only
        else f"{each.path}: {each.kind}"
        for each in proposal.changes[:SHOWN_FILES]
    ]
    if more := len(proposal.changes) - len(counts):
        counts.append(f"{more} more files")
    mode = f" [{proposal.mode}]" if proposal.mode else ""
    checked = f" ({proposal.verification.note.rstrip('.')})" if proposal.verification.note else ""
    return f"{', '.join(counts)}{checked}{mode}"


def label(proposal: Proposal) -> str:
    """What an editor calls the edit, among what can be undone."""
    return "Codex: " + proposal.summary.splitlines()[0][:80]
