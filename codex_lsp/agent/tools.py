"""The tools that a model may call, each on the overlay. No shell, no network, no file is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from codex_lsp.agent.context import Ask, diagnostics_json
from codex_lsp.agent.model import ToolCall
from codex_lsp.agent.overlay import Overlay
from codex_lsp.edits import EditError
from codex_lsp.edits.text import split_lines

MAX_READ_CHARS = 200_000


def _tool(name: str, description: str, **properties: str) -> dict[str, Any]:
    required = [key for key in properties if not key.endswith("_line")]
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": {
                "type": "object",
                "properties": {
                    key: {"type": "integer" if key.endswith("_line") else "string", "description": text}
                    for key, text in properties.items()
                },
                "required": required,
                "additionalProperties": False,
            },
        },
    }


SCHEMAS: tuple[dict[str, Any], ...] = (
    _tool(
        "read_file",
        "Read a file of the workspace as it is in the editor, unsaved changes and your own edits included.",
        path="Path relative to the workspace.",
        start_line="First line to read, one-based; the file's first by default.",
        end_line="Last line to read, inclusive; the file's last by default.",
    ),
    _tool("diagnostics", "List the problems that the editor shows in a file.", path="Path of the file."),
    _tool(
        "edit",
        "Change files by a patch; all of it is applied, or none.",
        patch="*** Begin Patch … *** End Patch",
    ),
    _tool("finish", "Say that the work is done.", summary="One sentence for the person: what was changed."),
)
READ_ONLY = tuple(schema for schema in SCHEMAS if schema["function"]["name"] in ("read_file", "diagnostics"))


class Toolbox:
    """Executes calls. Every outcome is a string for the model; a failed call says what to do instead."""

    def __init__(self, overlay: Overlay, ask: Ask, on_step: Callable[[str], None]) -> None:
        self._overlay = overlay
        self._ask = ask
        self._on_step = on_step
        self._tools: dict[str, Callable[[Mapping[str, Any]], str]] = {
            "read_file": self._read_file,
            "diagnostics": self._diagnostics,
            "edit": self._edit,
            "finish": self._finish,
        }
        self.summary: str | None = None

    @property
    def schemas(self) -> Sequence[Mapping[str, Any]]:
        """What the model is offered: an explanation has no tool that changes anything."""
        return READ_ONLY if self._ask.kind == "explain" else SCHEMAS

    def call(self, call: ToolCall) -> str:
        """Run one call. Whatever the model got wrong comes back to it as `{"error": …}`."""
        offered = [schema["function"]["name"] for schema in self.schemas]
        if call.name not in offered:
            return _error(f"there is no tool {call.name!r}; the tools are {', '.join(offered)}.")
        try:
            arguments = json.loads(call.arguments or "{}")
        except ValueError as error:
            return _error(f"the arguments are not JSON: {error}.")
        if not isinstance(arguments, dict):
            return _error("the arguments must be one JSON object.")
        try:
            return self._tools[call.name](arguments)
        except EditError as error:
            self._on_step(f"{call.name} failed: {error.reason}")
            return _error(str(error))
        except (KeyError, TypeError, ValueError) as error:
            return _error(f"the arguments do not fit {call.name}: {error}.")

    def _read_file(self, arguments: Mapping[str, Any]) -> str:
        path = _text(arguments, "path")
        text = self._overlay.read(path)
        first, last = arguments.get("start_line"), arguments.get("end_line")
        if first is not None or last is not None:
            text = "".join(
                split_lines(text)[max(0, int(first or 1) - 1) : None if last is None else int(last)]
            )
        if len(text) > MAX_READ_CHARS:
            return _error(f"{path} is too long to read at once: give start_line and end_line.")
        self._on_step(f"read {path}")
        return json.dumps({"path": path, "text": text}, ensure_ascii=False)

    def _diagnostics(self, arguments: Mapping[str, Any]) -> str:
        found = self._overlay.diagnostics(_text(arguments, "path"))
        self._on_step(f"looked at {len(found)} diagnostics")
        return json.dumps({"diagnostics": diagnostics_json(found)}, ensure_ascii=False)

    def _edit(self, arguments: Mapping[str, Any]) -> str:
        result = self._overlay.apply(_text(arguments, "patch"), self._ask.focus)
        paths = ", ".join(result.files)
        self._on_step(f"edited {paths}")
        return json.dumps({"applied": True, "files": list(result.files), "notes": list(result.leniencies)})

    def _finish(self, arguments: Mapping[str, Any]) -> str:
        self.summary = _text(arguments, "summary")
        return json.dumps({"finished": True})


def _text(arguments: Mapping[str, Any], name: str) -> str:
    value = arguments[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string")
    return value


def _error(message: str) -> str:
    return json.dumps({"error": message}, ensure_ascii=False)
