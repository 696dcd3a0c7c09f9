"""Check a proposal before it is offered: does what parsed before still parse?"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress

from codex_lsp.review.proposal import FileChange, Verification

# Python's parser lets nobody else run meanwhile: some 4 ms for this much.
MAX_HERE = 32 * 1024
APART_SECONDS = 20.0

_APART = """
import ast, sys, warnings
warnings.simplefilter("ignore")
text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
try:
    ast.parse(text)
except SyntaxError as error:
    sys.stdout.buffer.write(f"{error.msg} (line {error.lineno})".encode("utf-8", "backslashreplace"))
except (ValueError, RecursionError, MemoryError) as error:
    sys.stdout.buffer.write((str(error) or type(error).__name__).encode("utf-8", "backslashreplace"))
"""


# Windows starts no process without it.
_BARE = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


class _Unknown(Exception):
    """It could not be found out whether a text parses."""


def _python(text: str) -> None:
    import ast

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text)


def _toml(text: str) -> None:
    import tomllib

    tomllib.loads(text)


_PARSERS: dict[str, Callable[[str], object]] = {
    ".py": _python,
    ".pyi": _python,
    ".json": json.loads,
    ".toml": _toml,
}


async def verify(changes: Iterable[FileChange]) -> Verification:
    """Parse every changed file whose language is known here, and if it does not parse, what it was before.

    A file that did not parse before is not held against the proposal, and what cannot be found out neither.
    """
    checked = []
    for change in changes:
        path = change.move_to or change.path
        parser = next((parse for suffix, parse in _PARSERS.items() if path.endswith(suffix)), None)
        if parser is None or change.proposed is None:
            continue
        with suppress(_Unknown):
            if problem := await _problem(parser, change.proposed):
                if change.base is not None and await _problem(parser, change.base):
                    continue
                return Verification("failed", f"{path} would no longer parse: {problem}.")
            checked.append(path)
    return Verification("passed", f"{', '.join(checked)} parsed.") if checked else Verification()


async def _problem(parse: Callable[[str], object], text: str) -> str:
    text = text.removeprefix("\ufeff")
    if parse is _python and len(text) > MAX_HERE:
        return await _problem_apart(text)
    try:
        parse(text)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


async def _problem_apart(text: str) -> str:
    """The same in a process of its own, without environment or modules from elsewhere; raises `_Unknown`."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", _APART), stdin=pipe, stdout=pipe, stderr=nothing, env=_BARE
        )
    except OSError:
        raise _Unknown from None
    try:
        async with asyncio.timeout(APART_SECONDS):
            said, _ = await process.communicate(text.encode("utf-8", "surrogatepass"))
    except TimeoutError:
        raise _Unknown from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise _Unknown
    return said.decode("utf-8", "replace")
