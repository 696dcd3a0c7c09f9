"""From a body to JSON-RPC messages, and what is wrong with those that are none (JSON-RPC 2.0; LSP 3.17)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from codex_lsp.records import record

Id = int | str

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002


class Refused(Exception):
    """A message that is answered with an error: its code, its words, and the id if one could be told."""

    def __init__(self, code: int, message: str, id_: Id | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.id = id_


@record(frozen=True, slots=True)
class Request:
    """A message that wants an answer."""

    id: Id
    method: str
    params: Any


@record(frozen=True, slots=True)
class Notification:
    """A message that wants none."""

    method: str
    params: Any


@record(frozen=True, slots=True)
class Response:
    """An answer to a request of ours; `error` is None unless it is one."""

    id: Any
    result: Any
    error: Any


Message = Request | Notification | Response


def read(body: bytes) -> Iterator[Message | Refused]:
    """The one message of a body. Each member of a batch, which LSP has not, is refused."""
    try:
        value = _json(body)
    except Refused as refused:
        yield refused
        return
    if isinstance(value, list) and value:
        for each in value:
            yield Refused(INVALID_REQUEST, "LSP has no batches: send one message at a time.", _id_of(each))
        return
    try:
        yield _message(value)
    except Refused as refused:
        yield refused


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_json)
    except UnicodeDecodeError:
        raise Refused(PARSE_ERROR, "The body is not UTF-8.", _id_in(body)) from None
    except (ValueError, RecursionError):
        raise Refused(PARSE_ERROR, "The body is not JSON.") from None


def _no_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _id_in(body: bytes) -> Id | None:
    """The id of a message with some bytes that are not UTF-8, so that whoever waits for it gets to know."""
    try:
        value = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    found = _id_of(value)
    # The bytes that are no text may be the id's own.
    return None if isinstance(found, str) and "\ufffd" in found else found


def _id_of(value: object) -> Id | None:
    found = value.get("id") if isinstance(value, dict) and isinstance(value.get("method"), str) else None
    return found if _is_id(found) else None


def _is_id(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _message(value: Any) -> Message:
    if not isinstance(value, dict):
        raise Refused(INVALID_REQUEST, "A message must be an object.")
    method = value.get("method")
    if "method" not in value and ("result" in value or "error" in value):
        # Whatever else is wrong with an answer: to answer it would only confuse.
        return Response(value.get("id"), value.get("result"), value.get("error"))
    if value.get("jsonrpc") != "2.0":
        raise Refused(INVALID_REQUEST, 'A message must say "jsonrpc": "2.0".', _id_of(value))
    if isinstance(method, str):
        if "id" not in value:
            return Notification(method, value.get("params"))
        if not _is_id(value["id"]):
            raise Refused(INVALID_REQUEST, "An id must be a string or a whole number.")
        return Request(value["id"], method, value.get("params"))
    raise Refused(INVALID_REQUEST, "A message must have a method, a result or an error.")
