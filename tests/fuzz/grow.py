"""Messages grown from the types of LSP: every method there is, with parameters that mostly fit."""

from __future__ import annotations

import enum
import types as python_types
import typing
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Literal

import attrs
from lsprotocol import types
from lsprotocol.converters import get_converter

from tests.fuzz import values

get_converter()  # makes the types' forward references into types

ENDING = frozenset({types.EXIT, types.SHUTDOWN, types.INITIALIZE})
METHODS = tuple(sorted(set(types.METHOD_TO_TYPES) - ENDING))
REQUESTS = frozenset(name for name, found in types.METHOD_TO_TYPES.items() if found[1] is not None)
DEEPEST = 6

BY_NAME: Mapping[str, Callable[[Random], Any]] = {
    "uri": values.uri,
    "document": values.uri,
    "text": values.piece,
    "command": lambda random: random.choice(values.COMMANDS),
    "process_id": lambda random: None,
}


def params(random: Random, method: str) -> Any:
    """Parameters for the method, or None where it has none."""
    kind = types.METHOD_TO_TYPES[method][2]
    return None if kind is None else value(random, kind)


def value(random: Random, kind: Any, depth: int = 0) -> Any:
    """A value of the type, as JSON."""
    if kind is types.Position:
        return values.position(random)
    if isinstance(kind, type) and attrs.has(kind):
        return _members(random, kind, depth)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return random.choice(list(kind)).value
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return random.choice(arguments)
    if origin in (typing.Union, python_types.UnionType):
        return _one_of(random, arguments, depth)
    if origin is tuple:
        return [value(random, each, depth + 1) for each in arguments if each is not ...]
    if origin is not None and issubclass(origin, Mapping):
        pairs = range(random.randrange(3) if depth < DEEPEST else 0)
        return {
            str(value(random, arguments[0], depth + 1)): value(random, arguments[1], depth + 1) for _ in pairs
        }
    if origin is not None and issubclass(origin, Sequence):
        return [
            value(random, arguments[0], depth + 1)
            for _ in range(random.randrange(4) if depth < DEEPEST else 0)
        ]
    return _plain(random, kind)


def _members(random: Random, kind: type, depth: int) -> dict[str, Any]:
    found = {}
    for member in attrs.fields(kind):
        optional = member.default is not attrs.NOTHING
        if optional and (depth >= DEEPEST or random.randrange(5) > 1):
            continue
        made = BY_NAME.get(member.name)
        found[_wire_name(member.name)] = made(random) if made else value(random, member.type, depth + 1)
    return found


def _one_of(random: Random, kinds: Sequence[Any], depth: int) -> Any:
    some = [each for each in kinds if each is not type(None)]
    if len(some) < len(kinds) and (depth >= DEEPEST or random.randrange(4) == 0):
        return None
    return value(random, random.choice(some), depth) if some else None


def _plain(random: Random, kind: Any) -> Any:
    if kind is bool:
        return random.random() < 0.5
    if kind is int:
        return random.choice((0, 1, 2, 3, 100, 2**31 - 1))
    if kind is float:
        return random.choice((0.0, 0.5, 1.0))
    if kind is str:
        return values.string(random)
    return values.anything(random, 2)


def _wire_name(name: str) -> str:
    first, *rest = name.removesuffix("_").split("_")
    return first + "".join(part.title() for part in rest)
