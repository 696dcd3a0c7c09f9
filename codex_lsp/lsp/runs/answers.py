"""What a run says that changed nothing: the answer to a question, or why there is no change."""

from __future__ import annotations

from lsprotocol import types

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.run import Outcome
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.session import Session
from codex_lsp.lsp.shown import MAX_MESSAGE


def answer(ask: Ask, outcome: Outcome) -> str:
    """It in words; of an ask for a change these say first that there is none."""
    if ask.kind == "explain":
        return outcome.text
    nothing = "All proposed changes were taken back." if outcome.withdrawn else "No change."
    return f"{nothing} {outcome.text}"


async def show_answer(session: Session, ask: Ask, place: str, outcome: Outcome) -> None:
    """Show it: as a document what was asked for, or is too long for a message.

    `place` is what was asked about, in words.
    """
    text = answer(ask, outcome)
    if outcome.mode:
        text = f"{text} [{outcome.mode}]"
    if ask.kind != "explain" and len(text) <= MAX_MESSAGE:
        session.tell(types.MessageType.Info, text)
        return
    by = f"; answered by {outcome.model}" if outcome.model else ""
    head = f"{' '.join(ask.instruction.split())}\n({place}{by})\n\n"
    await session.shown.show(f"answer about {ask.focus.path.rpartition('/')[2]}", text, head=head)


def place_of(ask: Ask, places: Places) -> str:
    """What is asked about, in words, as the text is at this moment."""
    document, focus = places.document(ask.focus.path), ask.focus
    if document is None:
        return focus.path
    first = document.index.line_at(focus.start)
    last = document.index.line_at(max(focus.start, focus.end - 1))
    return f"{focus.path}, " + (f"line {first + 1}" if first == last else f"lines {first + 1}–{last + 1}")
