"""What the arguments of commands hold, decoded; what does not fit is a `ValueError` in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from codex_lsp.lsp.session import Origin, Session
from codex_lsp.settings import Apply

Arguments = Mapping[str, Any]
Handler = Callable[[Session, Arguments, Origin], dict[str, Any]]

T = TypeVar("T")


def string(arguments: Arguments, name: str, default: str | None = None) -> str:
    """A string that must be there unless there is a default."""
    value = arguments.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"{name!r} must be a string")
    return value


def optional(arguments: Arguments, name: str) -> str | None:
    """A string that may be missing."""
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name!r} must be a string")
    return value


def wished(arguments: Arguments) -> Apply | None:
    """How this proposal is to reach the document; None is as the settings say."""
    value = arguments.get("apply")
    found = next((each for each in get_args(Apply) if each == value), None)
    if value is not None and found is None:
        raise ValueError(f"'apply' must be one of {', '.join(get_args(Apply))}")
    return found


def decoded(arguments: Arguments, name: str, decode: Callable[[object], T]) -> T:
    """A value that `decode` reads; its `ValueError` says what the value must be."""
    try:
        return decode(arguments.get(name))
    except ValueError as error:
        raise ValueError(f"{name!r} {error}") from error
