"""The figures that a stranger asks for first, in words: for the table at the top of the page and its plot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.outcome import Beside, Outcome
from tests.bench.records import Record


@dataclass(frozen=True)
class Headline:
    """One figure: `name` is `suite.what`; `beside` is whom it is compared with, if not its reference."""

    name: str
    words: str
    beside: str = ""

    def outcome(self, records: Mapping[str, Record]) -> Outcome | None:
        """What came out, if it was measured, with the one it is compared with alone."""
        suite, _, what = self.name.partition(".")
        found = records[suite].find(what) if suite in records else None
        if found is None or not self.beside:
            return found
        other = found.find(self.beside)
        beside = (other,) if other else ()
        missing = {key: why for key, why in found.missing.items() if key == self.beside}
        return Outcome(found.what, found.unit, found.ours, beside, found.target, missing)


def reference(outcome: Outcome) -> Beside | None:
    """What a headline is compared with, if it was measured too."""
    first = outcome.beside[0] if outcome.beside else None
    return first if first and first.ratio else None


HEADLINES = (
    Headline("cli.wall", "one edit from the command line, beside Codex CLI", "codex"),
    Headline("cli.wall", "… beside llm", "llm"),
    Headline("cli.wall", "… beside Aider", "aider"),
    Headline("cli.peak", "its memory, beside Codex CLI", "codex"),
    Headline("cli.peak", "… beside llm", "llm"),
    Headline("cli.peak", "… beside Aider", "aider"),
    Headline("cli.version_above", "`codex-lsp --version` above the interpreter's own start"),
    Headline("edits.apply_100k", "a patch put into 100,000 lines"),
    Headline("edits.diff_100k", "two texts of 100,000 lines compared"),
    Headline("edits.fuzzy_100k", "a patch with slips placed in 100,000 lines"),
    Headline("edits.rebase_100k", "an edit carried over to newer text"),
    Headline("server.start_ready", "the server's start until `initialize` is answered"),
    Headline("server.rss_ready", "the server's memory"),
    Headline("server.changes_10k", "200 changes in 10,000 lines, then an answer"),
    Headline("server.change_100k", "one change in 100,000 lines"),
    Headline("server.code_action_p99", "code actions in 10,000 lines, p99"),
    Headline("server.busy_code_action_p99", "… while 100 documents are open and ten runs stream, p99"),
    Headline("server.memory", "memory gained over 10,000 requests"),
    Headline("router.call", "a whole reply by the Router, beside LiteLLM's own route", "openai"),
    Headline("router.chunk", "a streamed chunk, beside LiteLLM's own route", "openai"),
    Headline("router.edit", "an edit but for its model, beside a plain request"),
    Headline("router.cancel", "cancel until the connection is closed"),
    Headline("agent.turn_p50", "own time of a run's turn"),
    Headline("agent.context_10k", "the context of 10,000 lines"),
    Headline("agent.first_turn_100k", "a run's first turn with 100,000 files"),
    Headline("agent.search_10k", "search in 10,000 files"),
    Headline("review.action_p99", "code actions with 50 changes to review, p99"),
    Headline("stack.run", "a run by the mini-agent, beside its model's server"),
    Headline("stack.sidecar", "a run by the Codex sidecar, beside `codex exec`"),
)
