"""What a reply says to the person, its edits aside."""

from __future__ import annotations

from codex_lsp.edits import formats
from codex_lsp.edits.formats import filenames
from codex_lsp.edits.text import split_lines

_ENDS = ("```", "~~~", "*** End Patch", ">>>>>>> REPLACE")


def beside_edits(reply: str) -> str:
    """The words above the first edit of a reply, or else those below the last; all if it holds none."""
    begins = [at for each in formats.FORMATS if (at := each.first(reply)) is not None]
    if not begins:
        return reply.strip()
    lines = split_lines(reply)
    return _above(lines[: min(begins)]) or _below(lines[min(begins) :])


def _above(lines: list[str]) -> str:
    while lines and (not lines[-1].strip() or _names_a_file(lines[-1])):
        lines = lines[:-1]
    return "".join(lines).strip()


def _names_a_file(line: str) -> bool:
    name = filenames.alone(line)
    return name is not None and filenames.is_sure(name)


def _below(lines: list[str]) -> str:
    ends = [number for number, line in enumerate(lines) if line.strip().startswith(_ENDS)]
    return "".join(lines[ends[-1] + 1 :]).strip() if ends else ""
