"""The documents as data: their blocks of code, the commands in their sentences and tables, their links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "editors/vscode/README.md",
    *sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "docs").glob("*.md")),
)
# What begins a command. A name alone, in a sentence, is no command but a name.
PROGRAMS = (
    "codex-lsp", ".venv/bin/codex-lsp", "python", "python3", ".venv-tests/bin/python", "tests/run", ".ci/",
    "docker", "npm", "npx", "node", "pip", "pipx", "uv", "uvx", "apt", "mkdir", "cp", "export", "install",
    "chmod", "pytest", "cd", "curl",
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A fenced block, or an indented one (language `indented`). `line` is that of its first line."""

    document: str
    line: int
    heading: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line} ({self.language}): {self.text.splitlines()[0]}"


@dataclass(frozen=True)
class Command:
    """A command line as it stands there, without its comment."""

    document: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}: {self.text}"


@cache
def read(document: str) -> str:
    """A document's text."""
    return (ROOT / document).read_text(encoding="utf-8")


def section(document: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", read(document), re.M | re.S)
    assert found, f"{document} has no heading {heading!r}"
    return found[1]


@cache
def blocks(document: str) -> tuple[Block, ...]:
    """All blocks of code of a document, in order."""
    text = read(document)
    found = [
        Block(document, _line(text, at.start(2)), _heading(text, at.start()), at[1].split(" ")[0], at[2])
        for at in re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.M | re.S)
    ]
    bare = _unfenced(text)
    found += [
        Block(document, _line(text, at.start()), _heading(text, at.start()), "indented", at[0])
        for at in re.finditer(r"(?<=\n\n)(?:    [^\n]*\n)+", bare)
    ]
    return tuple(sorted(found, key=lambda block: block.line))


def commands(document: str) -> Iterator[Command]:
    """All commands of a document: the lines of its shell blocks, and those within sentences and tables."""
    for block in blocks(document):
        if block.language == "sh" or (block.language == "indented" and _is_command(block.text.strip())):
            for number, line in enumerate(block.text.splitlines()):
                if stripped := re.sub(r"(^|\s+)# .*$", "", line).strip():
                    yield Command(document, block.line + number, stripped)
    text = _unfenced(read(document))
    for at in re.finditer(r"`([^`\n]+(?:\n[^`\n]+)?)`", text):
        words = re.sub(r"\s+", " ", at[1]).replace("\\|", "|").strip()
        if _is_command(words) and " " in words:
            yield Command(document, _line(text, at.start()), words)


def _is_command(text: str) -> bool:
    word = text.split(" ", maxsplit=1)[0]
    return any(
        word == program or (program.endswith("/") and word.startswith(program)) for program in PROGRAMS
    )


def _unfenced(text: str) -> str:
    """The text with blank lines in the place of its fenced blocks."""
    return re.sub(r"^```.*?^```$", lambda at: re.sub(r"[^\n]", "", at[0]), text, flags=re.M | re.S)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _heading(text: str, at: int) -> str:
    return next(iter(re.findall(r"^#+ (.*)$", _unfenced(text[:at]), re.M)[::-1]), "")
