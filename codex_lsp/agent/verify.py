"""Check a proposal before it is offered: does what parsed before still parse?"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable

from codex_lsp.review.proposal import FileChange, Verification


def _python(text: str) -> None:
    import ast

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text.removeprefix("\ufeff"))


def _toml(text: str) -> None:
    import tomllib

    tomllib.loads(text)


_PARSERS: dict[str, Callable[[str], object]] = {
    ".py": _python,
    ".pyi": _python,
    ".json": json.loads,
    ".toml": _toml,
}


def verify(changes: Iterable[FileChange]) -> Verification:
    """Parse every changed file whose language is known here, before and after.

    A file that did not parse before is not held against the proposal.
    """
    checked = []
    for change in changes:
        path = change.move_to or change.path
        parser = next((parse for suffix, parse in _PARSERS.items() if path.endswith(suffix)), None)
        if parser is None or change.proposed is None:
            continue
        if problem := _problem(parser, change.proposed):
            if change.base is not None and _problem(parser, change.base):
                continue
            return Verification("failed", f"{path} would no longer parse: {problem}.")
        checked.append(path)
    return Verification("passed", f"{', '.join(checked)} parsed.") if checked else Verification()


def _problem(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""
