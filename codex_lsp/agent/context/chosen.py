"""What was chosen to go with an ask, and how much of the budget it takes."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.budget import BYTES_PER_TOKEN
from codex_lsp.agent.model import Message
from codex_lsp.records import record

if TYPE_CHECKING:
    from codex_lsp.agent.context.excerpt import Part

CONTEXT_TOKENS = 16_000


@record(frozen=True, slots=True)
class Context:
    """What goes with `ask` about a file that holds `text`.

    `around` are parts of that file, `rules` of rules files, the nearest first, `others` of other open
    documents, the most relevant first. For an `agent` they are whole files. `used` of `budget` are tokens.
    `said` are the messages that were made of it, with tools and without.
    """

    ask: Ask
    text: str
    agent: bool = False
    around: tuple[Part, ...] = ()
    rules: tuple[Part, ...] = ()
    others: tuple[Part, ...] = ()
    used: int = 0
    budget: int = CONTEXT_TOKENS
    said: dict[bool, list[Message]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that something is sent of, the one asked about first."""
        return tuple(dict.fromkeys((self.ask.focus.path, *(p.path for p in (*self.others, *self.rules)))))

    @property
    def step(self) -> str:
        """For people: `context: 3,120 of 16,000 tokens: app.py, util.py, AGENTS.md`."""
        return f"context: {self.used:,} of {self.budget:,} tokens: {', '.join(self.paths)}"


def tokens(text: str) -> int:
    """About how many tokens a text takes: one for three bytes, which is rather too many than too few."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
