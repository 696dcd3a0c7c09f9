"""What must be answered to a body, by the specifications alone: JSON-RPC 2.0 and LSP 3.17.

Every request, an object with a `method` that is a string and an id that is a string or an integer, is owed
exactly one answer with that id. What cannot be read, or is no message at all, is owed one error with the id
null or with its own. Notifications and answers are owed none. Where the specifications leave it open (a
batch's odd members, a notification that is no proper JSON-RPC, an id that is a fraction) both are allowed,
but never two answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Phase = Literal["new", "running", "shut", "unclear"]

NULL = "null"
INT32 = 2**31
PARSE, INVALID, NO_METHOD, BAD_PARAMS, NOT_INITIALIZED = -32700, -32600, -32601, -32602, -32002
UNREADABLE = frozenset({PARSE, INVALID})
LEVELS = 40

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^"\[\]{}]+', re.DOTALL)


@dataclass(frozen=True)
class Due:
    """One answer: the ids that it may carry (as JSON), the codes allowed (None: any, or a result).

    `must` is false where no answer is right too.
    """

    ids: frozenset[str]
    codes: frozenset[int] | None = None
    must: bool = True


@dataclass(frozen=True)
class Odd:
    """A value that only some parsers take: NaN, an endless number."""

    written: str


class Members(dict[str, Any]):
    """An object that remembers all values of a name that stands twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    @property
    def doubled(self) -> bool:
        """Whether a name stands twice."""
        return len(self.pairs) != len(self)

    def all(self, name: str) -> list[Any]:
        """Every value of the name."""
        return [value for each, value in self.pairs if each == name]


def key(id_: Any) -> str:
    """An id as it is compared: its JSON."""
    return id_.written if isinstance(id_, Odd) else json.dumps(id_, sort_keys=True)


def dues(body: bytes, phase: Phase = "unclear") -> list[Due]:
    """The answers that the body is owed by a server in that phase."""
    try:
        text, clean = body.decode("utf-8"), True
    except UnicodeDecodeError:
        text, clean = _forgiven(body), False
    if text.startswith("\ufeff"):
        text, clean = text[1:], False
    try:
        value, odd = _parsed(text)
    except ValueError:
        return [Due(frozenset(_readable_ids(text)), UNREADABLE)]
    found = list(_of_value(value, phase))
    if clean and not odd:
        return found
    # Some parsers take it and some do not: one error for the whole, or what its parts are owed.
    if isinstance(value, list):
        return [Due(each.ids | {NULL}, None, must=False) for each in found] or [Due(frozenset({NULL}))]
    return [Due(each.ids | {NULL}, None, each.must) for each in found] or [
        Due(frozenset({NULL}), None, must=False)
    ]


def _forgiven(body: bytes) -> str:
    """What Python's parser makes of bytes that are not UTF-8: it guesses UTF-16, and lets surrogates pass."""
    try:
        return body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _parsed(text: str) -> tuple[Any, bool]:
    """The value, and whether only some parsers read it, as when it is nested too deep; raises ValueError."""
    try:
        value = _loads(text)
        return value, _is_odd(value)
    except RecursionError:
        return _loads(_flattened(text)), True


def _loads(text: str) -> Any:
    return json.loads(text, object_pairs_hook=Members, parse_constant=Odd, parse_int=_int, parse_float=_float)


def _int(digits: str) -> int | Odd:
    return int(digits) if len(digits) < 40 else Odd(digits)


def _float(digits: str) -> float | Odd:
    value = float(digits)
    return value if abs(value) < 1e308 else Odd(digits)


def _flattened(text: str) -> str:
    """The text with all that lies deeper than some levels replaced by null, without recursion."""
    kept: list[str] = []
    depth = 0
    for found in _TOKENS.finditer(text):
        token = found.group()
        if token in "[{":
            depth += 1
            if depth == LEVELS:
                kept.append("null")
        if depth < LEVELS:
            kept.append(token)
        if token in "]}":
            depth -= 1
    return "".join(kept)


def _is_odd(value: Any) -> bool:
    if isinstance(value, Members):
        return value.doubled or any(map(_is_odd, value.values()))
    return any(map(_is_odd, value)) if isinstance(value, list) else isinstance(value, Odd)


def _readable_ids(text: str) -> Iterator[str]:
    """Null, and whatever one might take for the id of what is no JSON."""
    yield NULL
    for found in re.finditer(r'"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)', text):
        try:
            yield key(json.loads(found.group(1)))
        except ValueError:
            continue


def _of_value(value: Any, phase: Phase) -> Iterator[Due]:
    if isinstance(value, Members):
        yield from _of_object(value, phase)
    elif isinstance(value, list) and value:
        # LSP has no batches: refused member by member, so that no request is left without an answer.
        for member in value:
            owed = list(_of_value(member, "unclear")) or [Due(frozenset({NULL}), must=False)]
            must = isinstance(member, Members) and NULL not in owed[0].ids and owed[0].must
            yield Due(owed[0].ids | (set() if must else {NULL}), None, must)
    else:
        yield Due(frozenset({NULL}), UNREADABLE)


def _of_object(message: Members, phase: Phase) -> Iterator[Due]:
    ids = message.all("id")
    keys = frozenset(key(each) for each in ids if not isinstance(each, (list, dict))) | _whole_floats(ids)
    is_answer = "result" in message or "error" in message
    if "method" not in message:
        if not is_answer:
            yield Due(keys | {NULL}, frozenset({INVALID}), must="id" not in message)
        elif message.get("jsonrpc") != "2.0" or not ids or not _usable(ids[-1]):
            yield Due(keys | {NULL}, frozenset({INVALID}), must=False)
    elif not isinstance(message["method"], str):
        yield Due(keys | {NULL}, frozenset({INVALID}), must=not is_answer)
    elif not ids:
        if message.get("jsonrpc") != "2.0" or is_answer or not _params_fit(message):
            yield Due(frozenset({NULL}), frozenset({INVALID}), must=False)
    elif not all(map(_usable, ids)) or is_answer:
        yield Due(keys | {NULL})
    else:
        yield Due(keys, _codes(message, phase))


def _usable(id_: Any) -> bool:
    return isinstance(id_, str) or (
        isinstance(id_, int) and not isinstance(id_, bool) and -INT32 <= id_ < INT32
    )


def _whole_floats(ids: list[Any]) -> frozenset[str]:
    return frozenset(key(int(each)) for each in ids if isinstance(each, float) and each.is_integer())


def _params_fit(message: Members) -> bool:
    return "params" not in message or message["params"] is None or isinstance(message["params"], (list, dict))


def _codes(message: Members, phase: Phase) -> frozenset[int] | None:
    """The codes that are right for a request, where only some are."""
    if message.get("jsonrpc") != "2.0" or phase == "shut":
        return frozenset({INVALID})
    if not _params_fit(message):
        return frozenset({INVALID, BAD_PARAMS, NO_METHOD, NOT_INITIALIZED})
    if message["method"] == "initialize":
        return frozenset({INVALID, BAD_PARAMS}) if phase == "running" else None
    if phase == "new":
        return frozenset({NOT_INITIALIZED})
    if phase == "running" and str(message["method"]).startswith("fuzz/"):
        return frozenset({NO_METHOD})
    return None
