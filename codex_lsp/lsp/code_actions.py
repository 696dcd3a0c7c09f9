"""From a selection to actions: instant, no model, nothing to resolve.

The version of the document is captured here and travels in the command's arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from codex_lsp.agent.definitions import Symbol, enclosing_symbol
from codex_lsp.edits.text import Encoding, LineIndex, strip_end
from codex_lsp.endpoint.config import State
from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.lsp.convert import diagnostic_json, offsets, range_json, to_range
from codex_lsp.lsp.documents import Document

QUICKFIX, FIX_ALL = "quickfix.codex", "source.codex.fixAll"
REWRITE, SOURCE = "refactor.rewrite.codex", "source.codex"
KINDS = (QUICKFIX, FIX_ALL, REWRITE, SOURCE)
TITLE_CHARS = 60

_COMMENT = re.compile(r"^\s*(?:#|//|--|;+|%)\s*(?P<text>[^#/;%!\s-].{4,})$")


@dataclass(frozen=True, slots=True)
class Preset:
    """An action that needs no words from the person."""

    title: str
    instruction: str
    kind: str = REWRITE
    command: str = "codexLsp.ask"


PRESETS = (
    Preset(
        "tidy up {}", "Clean up this code: fix what is wrong, modernise the syntax, sort imports, format."
    ),
    Preset("write docstrings for {}", "Write the docstrings or doc comments that are missing."),
    Preset("simplify {}", "Simplify this code and modernise its syntax; keep what it does."),
    Preset("sort the imports of {}", "Sort the imports."),
    Preset("explain {}", "Explain this code.", SOURCE, "codexLsp.explain"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A code action request, and what is known of document and client."""

    document: Document
    params: types.CodeActionParams
    client: ClientCapabilities
    encoding: Encoding
    state: State

    def wants(self, kind: str) -> bool:
        """Whether the request's `only` lets this kind through, by prefix as the specification asks."""
        only = self.params.context.only
        return only is None or any(kind == each or kind.startswith(f"{each}.") for each in map(_value, only))

    @property
    def invoked(self) -> bool:
        """Whether a person asked, rather than the editor by itself."""
        return self.params.context.trigger_kind is not types.CodeActionTriggerKind.Automatic


def actions(asked: Asked) -> list[types.CodeAction]:
    """All actions for the request; none but a disabled hint while the gate is closed."""
    if asked.state == "off":
        return _off(asked)
    index = asked.document.index
    start, end = offsets(index, asked.params.range, asked.encoding)
    found = list(_fixes(asked))
    if asked.invoked:
        symbol = enclosing_symbol(index, index.line_at(start))
        found += _comment(asked, index, start, end, symbol)
        if start != end or symbol:
            found += _presets(asked, _place_name(symbol, index, start, end))
    return found


def _off(asked: Asked) -> list[types.CodeAction]:
    explicit = asked.params.context.trigger_kind is types.CodeActionTriggerKind.Invoked
    if not (asked.client.disabled_actions and explicit and asked.wants(REWRITE)):
        return []
    reason = "codex-agent is off: set LITELLM_ENABLE_CODEX_AGENT=1 and restart the server."
    return [types.CodeAction("Codex: ask the agent", kind=REWRITE, disabled=types.CodeActionDisabled(reason))]


def _fixes(asked: Asked) -> Iterable[types.CodeAction]:
    diagnostics = [each for each in asked.params.context.diagnostics if each.source != "codex-lsp"]
    if asked.wants(QUICKFIX):
        for each in diagnostics:
            yield _action(
                asked, f"fix “{_clip(each.message)}”", QUICKFIX, "codexLsp.fix", [each], range_=each.range
            )
    if len(diagnostics) > 1 and asked.params.context.only and asked.wants(FIX_ALL):
        title = f"fix all {len(diagnostics)} problems"
        yield _action(asked, title, FIX_ALL, "codexLsp.fix", diagnostics)


def _comment(
    asked: Asked, index: LineIndex, start: int, end: int, symbol: Symbol | None
) -> Iterable[types.CodeAction]:
    line = strip_end(index.line(index.line_at(start)))
    found = _COMMENT.match(line)
    if not found or not asked.wants(REWRITE):
        return
    if start == end and symbol:
        start, end = index.start(symbol.start), index.start(symbol.end)
    range_ = to_range(index, start, end, asked.encoding)
    text = found["text"].strip()
    yield _action(
        asked, f"do “{_clip(text)}”", REWRITE, "codexLsp.ask", range_=range_, instruction=f"Do this: {text}"
    )


def _presets(asked: Asked, name: str) -> Iterable[types.CodeAction]:
    for preset in PRESETS:
        if asked.wants(preset.kind):
            title = preset.title.format(name)
            yield _action(asked, title, preset.kind, preset.command, instruction=preset.instruction)


def _action(
    asked: Asked,
    title: str,
    kind: str,
    command: str,
    diagnostics: Sequence[types.Diagnostic] = (),
    *,
    range_: types.Range | None = None,
    instruction: str = "",
) -> types.CodeAction:
    arguments: dict[str, Any] = {
        "uri": asked.document.uri,
        "range": range_json(range_ or asked.params.range),
        "version": asked.document.version,
    }
    if instruction:
        arguments["instruction"] = instruction
    if diagnostics:
        arguments["diagnostics"] = [diagnostic_json(each) for each in diagnostics]
    title = f"Codex: {title}"
    return types.CodeAction(
        title,
        kind=kind,
        diagnostics=list(diagnostics) or None,
        command=types.Command(title, command, arguments=[arguments]),
        tags=[types.CodeActionTag.LlmGenerated] if asked.client.tag_generated else None,
    )


def _place_name(symbol: Symbol | None, index: LineIndex, start: int, end: int) -> str:
    first, last = index.line_at(start), index.line_at(max(start, end - 1))
    if symbol and (start == end or symbol.start == first):
        return f"`{symbol.name}`"
    return f"line {first + 1}" if first == last else f"lines {first + 1}–{last + 1}"


def _clip(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1] + "…"


def _value(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
