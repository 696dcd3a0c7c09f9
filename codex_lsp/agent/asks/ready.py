"""Ready-made asks: what can be asked with one click, by this project and by the person."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from codex_lsp.agent.asks.ask import AskKind
from codex_lsp.records import record

Reach = Literal["selection", "symbol", "file"]
"""What goes with an ask: a selection only, a selection or else the definition around, or all of the file."""


@record(frozen=True, slots=True)
class ReadyAsk:
    """An ask that needs no words. `{}` in the title is where the place's name goes.

    It is for the languages of `languages`, as editors call them; for none means for all but those of `but`.
    """

    name: str
    title: str
    instruction: str
    kind: AskKind = "edit"
    reach: Reach = "symbol"
    languages: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()

    def fits(self, language: str) -> bool:
        """Whether it makes sense in a language."""
        return language in self.languages if self.languages else language not in self.but


COMMIT = frozenset(("git-commit", "gitcommit", "git_commit", "commitmsg"))
# What is no code has no definitions, types or tests.
PROSE = COMMIT | frozenset(
    (
        "plaintext", "text", "markdown", "restructuredtext", "rst", "asciidoc", "org", "latex", "tex",
        "bibtex", "log", "csv", "tsv", "diff", "git-rebase", "gitrebase", "ignore", "gitignore", "help",
        "mail",
    )
)  # fmt: skip
DATA = PROSE | frozenset(
    (
        "json", "jsonc", "json5", "jsonl", "yaml", "yml", "toml", "ini", "properties", "dotenv", "xml", "svg",
        "html", "css", "dockerfile", "makefile",
    )
)  # fmt: skip
TYPED_AT_WILL = frozenset(
    ("python", "javascript", "javascriptreact", "typescript", "typescriptreact", "php", "ruby", "lua")
)

READY = (
    ReadyAsk(
        "tidy",
        "tidy up {}",
        "Clean up this code: fix what is wrong, modernise the syntax, sort imports, format.",
        but=PROSE,
    ),
    ReadyAsk(
        "docs",
        "write docstrings for {}",
        "Write the docstrings or doc comments that are missing.",
        but=DATA,
    ),
    ReadyAsk(
        "types",
        "add types to {}",
        "Add the type annotations that are missing, in the language's own way. Change nothing else.",
        languages=TYPED_AT_WILL,
    ),
    ReadyAsk(
        "simplify",
        "simplify {}",
        "Simplify this code and modernise its syntax; keep what it does.",
        but=PROSE,
    ),
    ReadyAsk("imports", "sort the imports", "Sort the imports.", but=DATA),
    ReadyAsk("tests", "write tests for {}", "Write tests for this code.", but=DATA),
    ReadyAsk("explain", "explain {}", "Explain this code.", "explain", but=COMMIT),
    ReadyAsk(
        "commit",
        "write the commit message",
        "Write the commit message for the change that this file tells of, in place of the selected lines: a "
        "subject of at most 72 characters in the imperative, an empty line, and what the change does and why "
        "where the subject does not say it all. What the person has written already is what they mean: keep "
        "its sense. Lines that begin with # and all that is below them stay as they are.",
        languages=COMMIT,
    ),
)
OTHERS = ("fix", "fixAll", "comments")
"""Names of actions that are no ready-made asks, and none of the person's may have."""

TAKEN = frozenset((*OTHERS, *(ask.name for ask in READY)))


def is_hidden(name: str, language: str, hidden: Collection[str]) -> bool:
    """Whether the setting `hiddenActions` names an action, for every language or this one."""
    return not {name, "*", f"{language}:{name}", f"{language}:*"}.isdisjoint(hidden)
