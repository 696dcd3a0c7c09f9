"""Calls of tools that a model writes into its reply, for it knows no other way; many small models do not.

    {"name": "read_file", "arguments": {"path": "app.py"}}

alone, in one fence, or in `<tool_call>` elements. Taken for text it would stand in place of the selection.
"""

from __future__ import annotations

import json
from dataclasses import replace

from codex_lsp.agent.model import Reply, ToolCall

_ARGUMENTS = ("arguments", "parameters")
_KEYS = frozenset(("name", "id", "type", *_ARGUMENTS))


def may_be_text(text: str) -> bool:
    """Whether what looks like a call may be meant as text: where the file has such objects itself."""
    return any(f'"{key}"' in text for key in _ARGUMENTS)


def heard(reply: Reply, turn: int) -> Reply:
    """The reply with the calls that all of its text is; as it is where its text is anything else, or edits.

    The edit engine reads edits itself, in more ways than one. `turn` makes the calls' ids different from
    those of other turns.
    """
    if reply.tool_calls or '"name"' not in reply.content:
        return reply
    from codex_lsp.edits.formats.json_values import values

    found = values(reply.content)
    given = [each for value in found for each in (value if isinstance(value, list) else [value])]
    calls = [
        call for n, each in enumerate(given) if (call := _call(each, f"said{turn % 1000:03}{n % 100:02}"))
    ]
    if not calls or len(calls) < len(given) or all(call.name == "edit" for call in calls):
        return reply
    return replace(reply, content="", tool_calls=tuple(calls))


def _call(value: object, id: str) -> ToolCall | None:
    if isinstance(value, dict) and isinstance(value.get("function"), dict):
        value = value["function"]
    if not isinstance(value, dict) or not isinstance(name := value.get("name"), str) or value.keys() - _KEYS:
        return None
    arguments = next((value[key] for key in _ARGUMENTS if key in value), None)
    if isinstance(arguments, dict):
        return ToolCall(id, name, json.dumps(arguments))
    return ToolCall(id, name, arguments) if isinstance(arguments, str) else None
