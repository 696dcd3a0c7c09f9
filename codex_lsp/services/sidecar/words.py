"""What Codex says, in lines that cannot be taken for the patch at the end of the answer."""

from __future__ import annotations

_MARK = "***"
_ENDS = ("\n", "\r")


class Words:
    """Text as it comes, held back only where a line may begin as a patch's do; such a line is quoted."""

    def __init__(self) -> None:
        self._held = ""
        self._fresh = True
        self.said = False

    def add(self, text: str) -> str:
        """What of `text` can be said now."""
        said = "".join(self._line(line) for line in text.splitlines(keepends=True))
        self.said = self.said or bool(said.strip())
        return said

    def end(self) -> str:
        """What was held back; the next text begins a line, after an empty one."""
        rest, self._held, self._fresh = self._held, "", True
        return rest

    def _line(self, line: str) -> str:
        if not self._fresh:
            self._fresh = line.endswith(_ENDS)
            return line
        self._held += line
        start = self._held.lstrip()
        if start.startswith(_MARK):
            said = "> " + self._held
        elif not self._held.endswith(_ENDS) and _MARK.startswith(start):
            return ""
        else:
            said = self._held
        self._fresh, self._held = said.endswith(_ENDS), ""
        return said
