"""From a selection to actions: instant, no model, nothing to resolve.

The version of the document is captured here and travels in the command's arguments. An editor that asks by
itself gets what is bound to a diagnostic, and nothing else; nothing is ever preferred.
"""

from __future__ import annotations

from lsprotocol import types

from codex_lsp.lsp.actions import comments, fixes, ready, review, stopped
from codex_lsp.lsp.actions.asked import REWRITE, Asked
from codex_lsp.lsp.delivery.hunks import PendingHunks
from codex_lsp.lsp.runs.past import PastRuns


def actions(asked: Asked, pending: PendingHunks, past: PastRuns) -> list[types.CodeAction]:
    """All actions for the request; of those that would ask, only a disabled hint while the gate is closed."""
    there = [*review.of_all(pending, asked), *stopped.actions(past, asked)]
    if asked.state == "off":
        return [*there, *_off(asked)]
    return [*there, *fixes.actions(asked), *comments.actions(asked), *ready.actions(asked)]


def _off(asked: Asked) -> list[types.CodeAction]:
    explicit = asked.params.context.trigger_kind is types.CodeActionTriggerKind.Invoked
    if not (asked.client.disabled_actions and explicit and asked.wants(REWRITE)):
        return []
    reason = "codex-agent is off: set LITELLM_ENABLE_CODEX_AGENT=1 and restart the server."
    return [types.CodeAction("Codex: ask the agent", kind=REWRITE, disabled=types.CodeActionDisabled(reason))]
