"""Does what parsed before still parse? By the language's own parser if there is one, else by its grammar."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from typing import Literal

from codex_lsp.review.proposal import FileChange
from codex_lsp.syntax import blocks
from codex_lsp.syntax.blocks import Block, Change
from codex_lsp.syntax.languages import grammar, language_of
from codex_lsp.syntax.parse import Parsed, faults, is_known, parse, parse_again

APART_SECONDS = 20.0

_APART = """
import json, runpy, sys
text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
print(json.dumps(runpy.run_path(sys.argv[1])["outcome"](text)))
"""

# Windows starts no process without it.
_BARE = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}

# A text's statements, the latest text last: what a change of one of them is checked by.
_KEPT = 8
_KEPT_CHARS = 1_000_000
_known: dict[str, Sequence[Block]] = {}

Kind = Literal["python", "json", "toml", "grammar", ""]


class Unknown(Exception):
    """It could not be found out whether a text parses."""


async def prepare(path: str, text: str) -> None:
    """Get ready to check changes of a file: best while a model is waited for. Never raises for a text."""
    kind = _kind(path)
    if kind == "python" and text not in _known:
        try:
            await _python(text)
        except Unknown:
            return
    elif kind == "grammar":
        # A grammar is a library of some megabytes.
        await asyncio.to_thread(grammar, language_of(path))
        parse(path, text)


async def problem(change: FileChange) -> str | None:
    """Why the changed file would no longer parse, "" if it does; None if nobody can tell.

    A file that did not parse before is not held against the change: nobody can tell.
    """
    path = change.move_to or change.path
    kind = _kind(path)
    if not kind or change.proposed is None:
        return None
    try:
        if kind == "grammar":
            return _by_grammar(path, change.base, change.proposed)
        if kind == "python" and change.base is not None and _still_parses(change, change.base):
            return ""
        found = await _by_parser(kind, change.proposed)
        if found and change.base is not None and await _by_parser(kind, change.base):
            return None
    except Unknown:
        return None
    return found


def _kind(path: str) -> Kind:
    if path.endswith(".json"):
        return "json"
    if path.endswith(".toml"):
        return "toml"
    language = language_of(path)
    return "python" if language == "python" else "grammar" if language else ""


def _still_parses(change: FileChange, base: str) -> bool:
    statements = _known.get(base)
    if statements is None or change.proposed is None:
        return False
    changes = [Change(hunk.start, hunk.end, hunk.text) for hunk in change.line_hunks]
    return blocks.still_parses(statements, change.proposed, changes)


async def _by_parser(kind: Kind, text: str) -> str:
    bare = text.removeprefix("\ufeff")
    if kind == "python":
        return await _python(text)
    try:
        if kind == "json":
            json.loads(bare)
        elif len(bare) > blocks.MOST:
            await asyncio.to_thread(_toml, bare)
        else:
            _toml(bare)
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def _toml(text: str) -> None:
    import tomllib

    tomllib.loads(text)


async def _python(text: str) -> str:
    """What is wrong with a Python text, whose statements are remembered if nothing is; raises `Unknown`."""
    bare = text.removeprefix("\ufeff")
    try:
        found, statements = blocks.outcome(bare) if len(bare) <= blocks.MOST else await _apart(bare)
    except SystemError:
        raise Unknown from None
    # A byte order mark shifts all places by one, and is rare.
    if not found and bare is text and len(text) <= _KEPT_CHARS:
        _known.pop(text, None)
        _known[text] = statements
        if len(_known) > _KEPT:
            del _known[next(iter(_known))]
    return found


async def _apart(text: str) -> tuple[str, list[Block]]:
    """The same in a process of its own, without environment or modules from elsewhere; raises `Unknown`."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    command = (sys.executable, "-I", "-S", "-c", _APART, blocks.__file__)
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nothing, env=_BARE
        )
    except OSError:
        raise Unknown from None
    try:
        async with asyncio.timeout(APART_SECONDS):
            said, _ = await process.communicate(text.encode("utf-8", "surrogatepass"))
        found, statements = json.loads(said)
    except (TimeoutError, ValueError):
        raise Unknown from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return found, statements


def _by_grammar(path: str, base: str | None, new: str) -> str | None:
    """By tree-sitter, which is kinder than compilers: what it refuses, they refuse, but for its own gaps."""
    before = parse(path, base) if base is not None and is_known(path, base) else None
    if before is not None and not before.is_whole:
        return None
    now = parse_again(before, new) if before is not None else parse(path, new)
    if now is not None and not now.is_whole and before is not None:
        # Only a tree made anew is believed when it speaks against a change.
        now = parse(path, new)
    if now is None:
        return None
    if now.is_whole:
        return ""
    if before is None and base is not None and not _is_whole(parse(path, base)):
        return None
    first = faults(now, 1)
    return f"{first[0].what} (line {first[0].line + 1})" if first else "it has errors"


def _is_whole(parsed: Parsed | None) -> bool:
    return parsed is not None and parsed.is_whole
