"""The fuzzer's own parts: what it writes, and what it holds for right."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from tests.fuzz import framing, grow, oracle
from tests.fuzz.client import leaked
from tests.fuzz.ledger import STEPS, Ledger
from tests.fuzz.messages import Author
from tests.fuzz.oracle import Due, Phase, dues
from tests.fuzz.run import plans
from tests.fuzz.values import MARKER

NULL = frozenset({"null"})


def test_a_seed_writes_the_same_messages_again() -> None:
    first, second, other = ([Author(seed).write(n) for n in range(300)] for seed in (1, 1, 2))
    assert first == second
    assert first != other


@pytest.mark.slow
def test_messages_are_of_all_kinds() -> None:
    author = Author(3)
    messages = [author.write(index) for index in range(2000)]
    origins = Counter(each.origin for each in messages)
    assert set(origins) == {"plain", "member", "batch", "value", "bytes", "nested"}
    plain = [json.loads(each.body) for each in messages if each.origin == "plain"]
    methods = Counter(each["method"] for each in plain)
    assert len(methods) > 70
    assert methods[types.TEXT_DOCUMENT_DID_CHANGE] > 100
    assert not grow.ENDING - {types.INITIALIZE} & set(methods)
    owed = [len(dues(each.body)) for each in messages]
    assert min(owed) == 0
    assert max(owed) > 1


@pytest.mark.parametrize("method", grow.METHODS)
def test_grown_parameters_are_mostly_in_order(method: str) -> None:
    kind: Any = types.METHOD_TO_TYPES[method][2]
    if kind is None:
        assert grow.params(Random(1), method) is None
        return
    converter, good = get_converter(), 0
    for seed in range(40):
        try:
            converter.structure(grow.params(Random(seed), method), kind)
            good += 1
        except Exception:  # whatever the converter stumbles over
            continue
    assert good >= 10


def test_sessions_hold_each_message_once() -> None:
    for n in (0, 10, 700, 2000, 100_000):
        found = plans(n)
        ends = [each.start + each.count for each in found]
        assert [each.start for each in found] == [0, *ends][:-1] if found else n == 0
        assert not found or ends[-1] == max(n, 72)


REQUEST = {"jsonrpc": "2.0", "id": 5, "method": "fuzz/x", "params": {}}
OWED: list[tuple[bytes, list[Due]]] = [
    (json.dumps(REQUEST).encode(), [Due(frozenset({"5"}))]),
    (json.dumps(REQUEST | {"id": "\ud800"}).encode(), [Due(frozenset({'"\\ud800"'}))]),
    (json.dumps(REQUEST | {"jsonrpc": "1.0"}).encode(), [Due(frozenset({"5"}), frozenset({-32600}))]),
    (b'{"jsonrpc": "2.0", "method": "initialized"}', []),
    (b'{"jsonrpc": "2.0", "id": 1, "result": null}', []),
    (b'{"jsonrpc": "2.0", "id": 1, "error": 7}', []),
    (b'{"jsonrpc": "2.0", "id": null, "method": "x"}', [Due(NULL)]),
    (b'{"jsonrpc": "2.0", "id": 1.5, "method": "x"}', [Due(frozenset({"1.5", "null"}))]),
    (b"{}", [Due(NULL, frozenset({-32600}))]),
    (b"", [Due(NULL, oracle.UNREADABLE)]),
    (b"7", [Due(NULL, oracle.UNREADABLE)]),
    (b"[]", [Due(NULL, oracle.UNREADABLE)]),
    (b"\xff\xff", [Due(NULL, oracle.UNREADABLE)]),
    (b'{"id": 7, "method"', [Due(frozenset({"7", "null"}), oracle.UNREADABLE)]),
    (b'[{"jsonrpc": "2.0", "method": "exit"}]', [Due(NULL, must=False)]),
    (json.dumps([REQUEST]).encode(), [Due(frozenset({"5"}))]),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": NaN}', [Due(frozenset({"1", "null"}))]),
    (b'{"id": 1, "jsonrpc": "2.0", "id": 2, "method": "x"}', [Due(frozenset({"1", "2", "null"}))]),
    (
        b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": ' + b"[" * 9999,
        [Due(frozenset({"1", "null"}), oracle.UNREADABLE)],
    ),
    (
        b'{"jsonrpc":"2.0","id":1,"method":"x","params":' + b"[" * 9999 + b"]" * 9999 + b"}",
        [Due(frozenset({"1", "null"}))],
    ),
]


@pytest.mark.parametrize(("body", "owed"), OWED, ids=[repr(each[0][:50]) for each in OWED])
def test_what_is_owed(body: bytes, owed: list[Due]) -> None:
    assert dues(body) == owed


PHASES: list[tuple[Phase, int]] = [("new", -32002), ("running", -32601), ("shut", -32600)]


@pytest.mark.parametrize(("phase", "code"), PHASES)
def test_the_code_follows_from_the_phase(phase: Phase, code: int) -> None:
    assert dues(json.dumps(REQUEST).encode(), phase) == [Due(frozenset({"5"}), frozenset({code}))]


def error(id_: Any, code: int, message: str = "no") -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "error": {"code": code, "message": message}}


def judged(bodies: list[bytes], answers: list[dict[str, Any]], phase: Phase = "running") -> list[str]:
    ledger = Ledger()
    for index, body in enumerate(bodies):
        ledger.owe(body, index, phase)
    for answer in answers:
        ledger.answered(answer)
    ledger.close()
    return [each.kind for each in ledger.failures]


ASK = json.dumps(REQUEST).encode()


def test_breaches_are_told_apart() -> None:
    assert judged([ASK], [error(5, -32601)]) == []
    assert judged([ASK], []) == ["unanswered"]
    assert judged([ASK], [error(5, -32601), error(5, -32601)]) == ["duplicates"]
    assert judged([ASK], [error("5", -32601)]) == ["duplicates", "unanswered"]
    assert judged([ASK], [error(5, -32602)]) == ["wrong_codes"]
    assert judged([ASK], [{"jsonrpc": "2.0", "id": 5, "result": 1}]) == ["wrong_codes"]
    assert judged([ASK], [error(5, -32603)], "unclear") == ["internal_errors"]
    assert judged([ASK], [error(5, -32601) | {"result": 1}]) == ["malformed"]
    assert judged([ASK], [error(5, -32601, f"about {MARKER}")]) == ["leaks"]
    assert judged([b'{"jsonrpc": "2.0", "method": "x"}'], [error(None, -32600)]) == ["duplicates"]


def test_answers_are_given_to_whom_they_can_belong() -> None:
    odd = b'{"jsonrpc": "2.0", "id": 1.5, "method": "x"}'
    assert judged([odd, b"{"], [error(None, -32700), error(1.5, -32600)]) == []
    assert judged([b"{}", b"{"], [error(None, -32700), error(None, -32600)]) == []
    assert judged([odd, b"{}"], [error(None, -32600)]) == ["unanswered"]


def test_an_answer_may_be_late_but_not_for_ever() -> None:
    ledger = Ledger()
    ledger.owe(ASK, 0, "running")
    for _ in range(STEPS):
        ledger.next_step()
    assert not ledger.failures
    ledger.next_step()
    assert [each.kind for each in ledger.failures] == ["unanswered"]


def test_leaks_are_document_text_and_tracebacks() -> None:
    assert leaked(f"x {MARKER}") == "document text"
    assert leaked('Traceback (most recent call last):\n  File "x.py", line 3')
    assert leaked("There is no method 'x'.") == ""


def test_frames_are_the_same_again_and_of_all_kinds() -> None:
    first, second = (
        {each.name: each for each in framing.cases(1, 400) if "65 MiB" not in each.name} for _ in "ab"
    )
    assert first == second
    assert len({name.partition(":")[0] for name in first}) > 16
    split = next(each for name, each in first.items() if name.startswith("split"))
    assert b"".join(split.pieces) == framing.frame(framing.body(split.ids[0]))
