"""The person's own asks: Markdown files with front matter. Pure; who reads the files is elsewhere.

    ---
    title: make {} async
    kind: edit
    languages: python, typescript
    context: symbol
    ---
    Make this code asynchronous. Keep its name, and tell in the summary who has to await it now.

`title` must be there; `{}` in it becomes the name of what is selected. `kind` is `edit` (the default) or
`answer`. `languages` are editors' names for them; without any it is offered everywhere. `context` is what
goes with it: `selection` (offered only where something is selected), `symbol` (the default: the selection, or
else the definition around the cursor) or `file`.
"""

from __future__ import annotations

import re
from typing import get_args

from codex_lsp.agent.asks.ask import AskKind
from codex_lsp.agent.asks.ready import TAKEN, Reach, ReadyAsk

MAX_CHARS = 20_000
MAX_TITLE = 80

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_KINDS: dict[str, AskKind] = {"edit": "edit", "answer": "explain"}
_MEMBERS = ("title", "kind", "languages", "context")
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*(?:\r?\n|$)", re.DOTALL | re.MULTILINE)


class BadAsk(ValueError):
    """A file that is no ask; says what to do."""


def parse(name: str, text: str) -> ReadyAsk:
    """The ask in a file's text; `name` is the file's, without `.md`. Raises `BadAsk`."""
    if not _NAME.fullmatch(name):
        raise BadAsk("name it with letters, digits, - and _ only, at most 40 of them")
    if name in TAKEN:
        raise BadAsk(f"rename it: {name!r} is one of the ready-made asks")
    if len(text) > MAX_CHARS:
        raise BadAsk(f"make it shorter than {MAX_CHARS:,} characters")
    found = _FRONT.match(text)
    if not found:
        raise BadAsk("begin it with a line `---`, `title: …` and a line `---`")
    members, instruction = _members(found["front"]), text[found.end() :].strip()
    if not instruction:
        raise BadAsk("write the instruction below the second `---`")
    return ReadyAsk(
        name,
        _title(members),
        instruction,
        _KINDS[_choice(members, "kind", tuple(_KINDS), "edit")],
        _reach(members),
        frozenset(_words(members.get("languages", ""))),
    )


def _members(front: str) -> dict[str, str]:
    members: dict[str, str] = {}
    for line in front.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in _MEMBERS:
            raise BadAsk(f"write `{', '.join(_MEMBERS)}` as `name: value` and nothing else at its top")
        members[key.strip()] = _unquoted(value.strip())
    return members


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _title(members: dict[str, str]) -> str:
    title = " ".join(members.get("title", "").split())
    if not title or len(title) > MAX_TITLE or not title.isprintable():
        raise BadAsk(f"give it a `title:` of at most {MAX_TITLE} characters")
    # Braces elsewhere mean themselves.
    before, placed, behind = (each.replace("{", "{{").replace("}", "}}") for each in _split(title))
    return f"{before}{'{}' if placed else ''}{behind}"


def _split(title: str) -> tuple[str, str, str]:
    before, placed, behind = title.partition("{}")
    return before, "placed" if placed else "", behind


def _reach(members: dict[str, str]) -> Reach:
    chosen = _choice(members, "context", get_args(Reach), "symbol")
    return next(each for each in get_args(Reach) if each == chosen)


def _choice(members: dict[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    value = members.get(name, "") or default
    if value not in choices:
        raise BadAsk(f"`{name}:` must be one of {', '.join(choices)}")
    return value


def _words(value: str) -> list[str]:
    return re.findall(r"[^\s,\"'\[\]]+", value)
