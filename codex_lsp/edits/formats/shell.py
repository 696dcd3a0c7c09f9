"""Shell commands around a Codex patch: `apply_patch <<'EOF'`, and its call as a list of arguments.

    call    := [SHELL, FLAG..., script] | ["apply_patch" | "applypatch", patch]     (JSON)
    script  := opening NEWLINE patch NEWLINE WORD
    opening := ["cd" DIR "&&"] ("apply_patch" | "applypatch") "<<" (WORD | "'" WORD "'" | '"' WORD '"')

Anything else in the command (another one, a pipe, an argument) would be lost, so it is an error. In prose the
opening's program may be missing or `cat`, and a `bash -lc '` may stand before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from codex_lsp.edits.errors import ParseError
from codex_lsp.records import record

_OPENING = re.compile(
    r"""\s*(?:\$\ )?(?P<shell>(?:ba|z)?sh\ +-l?c\ +['"])?"""
    r"""(?:cd\ +(?P<dir>'[^']+'|"[^"]+"|[^\s'"&|;<>]+)\ *&&\ *)?"""
    r"""(?P<program>apply_?patch\ *|cat\ *)?<<-?\ *(?P<quote>['"]?)(?P<word>\w+)(?P=quote)\s*$""",
    re.VERBOSE,
)
_HEREDOC = re.compile(r"<<-?\ *['\"]?\w+['\"]?\s*$")
_SHELLS = {"bash", "sh", "zsh", "dash", "pwsh", "powershell", "cmd"}
_PROGRAMS = {"apply_patch", "applypatch"}


@record(frozen=True, slots=True)
class Heredoc:
    """An opening: the word that ends the text, and the folder that the command changes to, or `""`."""

    word: str
    directory: str = ""

    def closes(self, line: str) -> bool:
        """Whether the line ends the text."""
        return line.strip().rstrip("'\"") == self.word


def opening(line: str) -> Heredoc | None:
    """The heredoc that a line opens; None if it opens none; `ParseError` if the command is another one."""
    if not _HEREDOC.search(line):
        return None
    if not (found := _OPENING.match(line)):
        raise ParseError(f"The command {line.strip()!r} is no plain call of apply_patch with a heredoc.")
    return Heredoc(found["word"], (found["dir"] or "").strip("'\""))


def arguments(reply: str) -> list[str] | None:
    """The command that a JSON reply calls, as a list of arguments; None if the reply is something else."""
    if not reply.lstrip().startswith(("[", "{")):
        return None
    try:
        value = json.loads(reply)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value = value.get("command", value.get("cmd"))
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return value
    return None


def patch_of(arguments: Sequence[str]) -> tuple[str, str]:
    """The patch that a command applies, and the folder in which; `ParseError` if it does anything else."""
    if len(arguments) == 2 and arguments[0] in _PROGRAMS:
        return arguments[1], ""
    program = re.split(r"[/\\]", arguments[0])[-1].lower().removesuffix(".exe")
    if len(arguments) < 3 or program not in _SHELLS:
        raise ParseError("The command is no call of apply_patch; a patch alone is no command.")
    first, _, rest = arguments[-1].strip().partition("\n")
    found = _OPENING.match(first)
    if not found or found["shell"] or (found["program"] or "").strip() not in _PROGRAMS:
        raise ParseError("The command does something else than apply one patch from a heredoc.")
    text, _, last = rest.rpartition("\n")
    if last.strip() != found["word"]:
        raise ParseError(f"The command's heredoc does not end with the line {found['word']!r}.")
    return text, (found["dir"] or "").strip("'\"")
