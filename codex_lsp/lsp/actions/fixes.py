"""Actions bound to diagnostics, and so the only ones that an editor gets without a person's asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from codex_lsp.lsp.actions.asked import FIX_ALL, QUICKFIX, Asked, clip
from codex_lsp.lsp.delivery.marks import SOURCE as OWN

# What one run can be asked to mend with some hope.
MAX_AT_ONCE = 100


def actions(asked: Asked) -> Iterator[types.CodeAction]:
    """One for each diagnostic of the request, and, where it is asked for by kind, one for all of them."""
    found = [each for each in asked.params.context.diagnostics if each.source != OWN]
    if asked.wants(QUICKFIX) and asked.shows("fix"):
        for each in found:
            title = f"fix “{clip(each.message)}”"
            yield asked.action(title, QUICKFIX, "codexLsp.fix", [each], range_=each.range)
    by_kind = asked.params.context.only and asked.wants(FIX_ALL) and asked.invoked
    if len(found) > 1 and by_kind and asked.shows("fixAll"):
        batch = sorted(found, key=_start)[:MAX_AT_ONCE]
        count = f"all {len(found)}" if len(batch) == len(found) else f"the first {len(batch)} of {len(found)}"
        yield asked.action(f"fix {count} problems", FIX_ALL, "codexLsp.fix", batch, range_=_around(batch))


def _start(diagnostic: types.Diagnostic) -> tuple[int, int]:
    return diagnostic.range.start.line, diagnostic.range.start.character


def _around(diagnostics: Sequence[types.Diagnostic]) -> types.Range:
    ends = [(each.range.end.line, each.range.end.character) for each in diagnostics]
    return types.Range(types.Position(*min(map(_start, diagnostics))), types.Position(*max(ends)))
