"""A request for code actions, with what is known of document and client, and how an action is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from codex_lsp.edits.text import Encoding
from codex_lsp.endpoint.config import State
from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.lsp.convert import diagnostic_json, offsets, range_json
from codex_lsp.lsp.documents import Document
from codex_lsp.settings import Settings

if TYPE_CHECKING:
    from codex_lsp.agent.asks.ready import ReadyAsk

QUICKFIX, FIX_ALL = "quickfix.codex", "source.codex.fixAll"
REWRITE, SOURCE = "refactor.rewrite.codex", "source.codex"
KINDS = (QUICKFIX, FIX_ALL, REWRITE, SOURCE)
TITLE_CHARS = 60
_UNKNOWN = ("", "plaintext", "text")


@dataclass(frozen=True)
class Asked:
    """A code action request, and what is known of document and client.

    `beside` gives the other open documents with comments that want a change, `custom` the person's own asks.
    """

    document: Document
    params: types.CodeActionParams
    client: ClientCapabilities
    encoding: Encoding
    state: State
    settings: Settings = field(default_factory=Settings)
    beside: Callable[[], Sequence[Document]] = tuple
    custom: Callable[[], Sequence[ReadyAsk]] = tuple

    def wants(self, kind: str) -> bool:
        """Whether the request's `only` lets this kind through, by prefix as the specification asks."""
        only = self.params.context.only
        return only is None or any(kind == each or kind.startswith(f"{each}.") for each in map(_value, only))

    def shows(self, name: str) -> bool:
        """Whether the person has not switched the action of this name off."""
        from codex_lsp.agent.asks.ready import is_hidden

        return not is_hidden(name, self.language, self.settings.hidden_actions)

    @property
    def invoked(self) -> bool:
        """Whether a person asked, rather than the editor by itself."""
        return self.params.context.trigger_kind is not types.CodeActionTriggerKind.Automatic

    @property
    def language(self) -> str:
        """What the editor calls the document's language; its grammar's name where the editor knows none."""
        from codex_lsp.agent.asks.commit import is_message
        from codex_lsp.syntax.languages import language_of

        if is_message(self.document.uri):
            return "git-commit"
        said = self.document.language_id or ""
        return said if said not in _UNKNOWN else language_of(self.document.uri) or said

    @cached_property
    def selected(self) -> tuple[int, int]:
        """The offsets of the request's range."""
        return offsets(self.document.index, self.params.range, self.encoding)

    def action(
        self,
        title: str,
        kind: str,
        command: str,
        diagnostics: Sequence[types.Diagnostic] = (),
        *,
        range_: types.Range | None = None,
        **more: Any,
    ) -> types.CodeAction:
        """An action that runs a command on this version of the document, at `range_` or the request's."""
        arguments: dict[str, Any] = {
            "uri": self.document.uri,
            "range": range_json(range_ or self.params.range),
            "version": self.document.version,
            **more,
        }
        if diagnostics:
            arguments["diagnostics"] = [diagnostic_json(each) for each in diagnostics]
        title = f"Codex: {title}"
        return types.CodeAction(
            title,
            kind=kind,
            diagnostics=list(diagnostics) or None,
            command=types.Command(title, command, arguments=[arguments]),
            tags=[types.CodeActionTag.LlmGenerated] if self.client.tag_generated else None,
        )


def clip(text: str) -> str:
    """A text as one short line."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1] + "…"


def _value(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
