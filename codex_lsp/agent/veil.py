"""What a model sees of texts, and what it says of them: no secret leaves, nothing is hidden, all comes back.

A run has one veil. Secrets become placeholders and characters that nobody sees become `<U+200B>` in all that
is sent; in what comes back both become what they were, so that edits fit the texts and keep them byte for
byte. A placeholder is worth its secret only in a file that had it: an edit that would carry one elsewhere is
refused, unless the person wrote the secret into the ask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from codex_lsp.agent.model import Reply, Request
from codex_lsp.edits.errors import SecretMoved
from codex_lsp.edits.text import split_lines
from codex_lsp.workspace.hidden import Escapes
from codex_lsp.workspace.secrets import Redactor


class Veil:
    """For the texts of one run. `said` is what the person asked: secrets in it may go anywhere."""

    def __init__(self, said: str = "") -> None:
        self._said = said
        self._redactor = Redactor()
        self._escapes = Escapes()

    def cover(self, request: Request) -> Request:
        """The request as it may be sent."""
        messages = tuple(self._covered(each) for each in request.messages)
        workspace = None if request.workspace is None else self._workspace(request.workspace)
        return replace(request, messages=messages, workspace=workspace)

    def uncover(self, reply: Reply) -> Reply:
        """The reply with what its placeholders stand for. Calls' arguments are JSON, and stay so."""
        calls = tuple(
            replace(each, arguments=self._uncovered(each.arguments, quoted=True)) for each in reply.tool_calls
        )
        return replace(reply, content=self._uncovered(reply.content), tool_calls=calls)

    def require_kept(self, path: str, before: str, after: str) -> None:
        """Raises `SecretMoved` if `after` has a secret that `before`, the file's old text, had not."""
        for secret in self._redactor.secrets:
            if secret in after and secret not in before and secret not in self._said:
                raise SecretMoved(
                    "the edit would put a secret here that stands elsewhere: leave it where it is, and read "
                    "it from the environment or a file that is not shared.",
                    path=path,
                )

    def text(self, text: str) -> str:
        """One text as it may be sent."""
        return self._redactor.redact(self._escapes.escape(text))

    def shown(self, text: str) -> str:
        """A text of the model's as people may be shown it: its secrets are covered again."""
        return self._redactor.redact(text)

    def _covered(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self._covered(each) for name, each in value.items()}
        return [self._covered(each) for each in value] if isinstance(value, list | tuple) else value

    def _workspace(self, workspace: Mapping[str, Any]) -> dict[str, Any]:
        files = [
            {**each, "path": self.text(each["path"]), "text": self.text(each["text"])}
            for each in workspace["files"]
        ]
        focus = dict(workspace["focus"])
        text = next((each["text"] for each in workspace["files"] if each["path"] == focus["path"]), "")
        lines = split_lines(text)
        for side in ("start", "end"):
            focus[side] = self._position(lines, focus[side])
        focus |= {"path": self.text(focus["path"]), "diagnostics": self._covered(focus["diagnostics"])}
        return {**workspace, "files": files, "focus": focus}

    def _position(self, lines: list[str], position: Mapping[str, int]) -> dict[str, int]:
        """Where a position went; what is covered keeps its lines, and none is within a secret for long."""
        line = lines[position["line"]] if position["line"] < len(lines) else ""
        return {**position, "character": len(self.text(line[: position["character"]]))}

    def _uncovered(self, text: str, *, quoted: bool = False) -> str:
        as_text = _in_json if quoted else str
        return self._escapes.restore(self._redactor.restore(text, as_text), as_text)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
