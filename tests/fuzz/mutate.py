"""Messages made wrong: in one member, in the envelope, as JSON, as text, as bytes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.fuzz import values

Json = dict[str, Any]
IDS: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**31 - 1,
        -(2**31),
        2**31,
        2**53 + 1,
        10**30,
        1.0,
        1.5,
        -0.0,
        1e300,
        "",
        "0",
        "x" * 5000,
    ),
    *("\ud800", "\x00", "ü", [], [1], {}, {"a": 1}),
)


def encode(random: Random, value: Any) -> bytes:
    """JSON, as UTF-8 or with escapes; now and then with all the space that JSON permits."""
    indent = random.choice((0, 2)) if random.randrange(10) == 0 else None
    if random.random() < 0.5:
        try:
            return json.dumps(value, ensure_ascii=False, indent=indent).encode()
        except UnicodeEncodeError:
            pass  # half a character can only be written as an escape
    return json.dumps(value, indent=indent).encode()


def member(random: Random, message: Json) -> Json:
    """The message with something wrong in its envelope or in its parameters."""
    wrong = copy.deepcopy(message)
    if random.random() < 0.45:
        random.choice(_ENVELOPE)(random, wrong)
    else:
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            _change_somewhere(random, wrong)
        if random.randrange(40) == 0:
            _enlarge(random, wrong)
    return wrong


def _change_somewhere(random: Random, message: Json) -> None:
    places = list(_places(message.get("params")))
    if not places:
        message["params"] = values.anything(random)
        return
    holder, key = random.choice(places)
    kind = random.randrange(8)
    if kind < 4:
        holder[key] = values.anything(random)
    elif kind == 4:
        del holder[key]
    elif kind == 5:
        holder[key] = random.choice(([holder[key]], {"value": holder[key]}, str(holder[key])[:1000]))
    elif kind == 6 and isinstance(holder, dict):
        holder[values.string(random)] = values.anything(random)
    else:
        holder[key] = random.choice((None, 10**30, -1, 0.5, "\ud800", "x" * 10_000, float("nan")))


def _enlarge(random: Random, message: Json) -> None:
    """Put very many of one thing somewhere, in less than a MiB: what is larger stays with the allocator."""
    many: Any = random.choice(
        ("x" * 200_000, [random.choice((7, "x", None, {"a": 1}))] * 20_000, [[[]]] * 20_000)
    )
    places = list(_places(message.get("params")))
    if not places:
        message["params"] = many
        return
    holder, key = random.choice(places)
    holder[key] = many


def _places(value: Any) -> Any:
    """Every `(holder, key)` below a value."""
    keys = range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _id(random: Random, message: Json) -> None:
    message["id"] = random.choice(IDS)


def _turned(random: Random, message: Json) -> None:
    if "id" in message:
        del message["id"]
    else:
        message["id"] = random.choice(("turned", 5))


def _method(random: Random, message: Json) -> None:
    message["method"] = random.choice(
        (None, 1, [], {}, True, "", "fuzz/none", "\ud800", "initialized", "$/x", "x" * 5000)
    )


def _without(random: Random, message: Json) -> None:
    del message[random.choice(list(message))]


def _version(random: Random, message: Json) -> None:
    message["jsonrpc"] = random.choice(("1.0", "2", "2.00", "", None, 2.0, 2, [], {}))


def _params(random: Random, message: Json) -> None:
    message["params"] = random.choice(
        ([], {}, None, "x", 1, True, [[]], [None], [{}], values.anything(random))
    )


def _extra(random: Random, message: Json) -> None:
    message[random.choice(("result", "error", "extra", "params2", "Method", "ID", ""))] = values.anything(
        random
    )


def _as_answer(random: Random, message: Json) -> None:
    found = answer(random, [message.get("id", 1)])
    message.clear()
    message |= found


_ENVELOPE: tuple[Callable[[Random, Json], None], ...] = (
    _id,
    _id,
    _turned,
    _turned,
    _method,
    _without,
    _version,
    _params,
    _extra,
    _as_answer,
)


def answer(random: Random, ids: Sequence[Any]) -> Json:
    """An answer that nobody asked for, mostly malformed."""
    found: Json = {"jsonrpc": "2.0", "id": random.choice((*ids, *IDS))}
    error = {"code": random.choice((-32603, "x", None, 1.5, 10**30)), "message": values.string(random)}
    parts = random.choice(
        (
            {"result": None},
            {"result": values.anything(random)},
            {"error": error},
            {"error": values.anything(random)},
        )
    )
    found |= parts
    if random.randrange(5) == 0:
        found |= {"error": error, "result": 1}
    if random.randrange(8) == 0:
        del found[random.choice(list(found))]
    return found


def no_message(random: Random) -> Any:
    """JSON that is no message, or a batch of odd members."""
    many = [values.anything(random) for _ in range(random.randrange(4))]
    return random.choice(
        (values.anything(random), values.anything(random, 0), [], {}, many, [[]], [{}], [1, "x"])
    )


def spoil(random: Random, message: Json) -> bytes:
    """Bytes that are mostly no JSON."""
    return random.choice(_SPOILERS)(random, encode(random, message))


def _cut(random: Random, body: bytes) -> bytes:
    return body[: random.randrange(len(body))]


def _flip(random: Random, body: bytes) -> bytes:
    spoilt = bytearray(body)
    for _ in range(random.choice((1, 1, 3))):
        spoilt[random.randrange(len(spoilt))] = random.randrange(256)
    return bytes(spoilt)


def _insert(random: Random, body: bytes) -> bytes:
    place = random.randrange(len(body) + 1)
    odd = (
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\x00",
        b"\xf4\x90\x80\x80",
        b",",
        b"}",
        b"[",
        b"\\",
        b'"',
        b"\r\n\r\n",
        b"\n",
    )
    return body[:place] + random.choice(odd) + body[place:]


def _around(random: Random, body: bytes) -> bytes:
    return (
        random.choice((b"\xef\xbb\xbf", b"  \r\n\t", b"//x\n", b"[", b"\x00", b""))
        + body
        + random.choice((b"", b" \n", b"\x00", b"]", body, b"x"))
    )


def _recoded(random: Random, body: bytes) -> bytes:
    return body.decode("utf-8").encode(random.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig")))


def _doubled_key(random: Random, body: bytes) -> bytes:
    name = random.choice(("id", "method", "jsonrpc", "params"))
    value = json.dumps(random.choice((1, "twice", None, {}, "2.0")))
    return body.rstrip()[:-1] + f', "{name}": {value}}}'.encode()


def _long_number(random: Random, body: bytes) -> bytes:
    digits = random.choice(
        (b"1" * 5000, b"-" + b"9" * 400, b"1e999", b"1E400", b"0.1" + b"0" * 5000, b"01", b"+1", b".5")
    )
    return body.rstrip()[:-1] + b', "number": ' + digits + b"}"


def _noise(random: Random, body: bytes) -> bytes:
    return random.randbytes(random.choice((0, 1, 2, 10, 100, 5000)))


_SPOILERS: tuple[Callable[[Random, bytes], bytes], ...] = (
    _cut,
    _cut,
    _flip,
    _flip,
    _insert,
    _insert,
    _around,
    _recoded,
    _doubled_key,
    _long_number,
    _noise,
    _noise,
)


def nested(random: Random, message: Json) -> bytes:
    """The message with parameters nested deeper than any parser likes; sometimes not closed again."""
    depth = random.choice((100, 500, 900, 1100, 5000, 100_000))
    start, end = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")))
    inner = b"" if start == b"[" else b"1"
    deep = start * depth + inner + end * (depth if random.randrange(4) else depth // 2)
    whole = json.dumps(message | {"params": "HERE"}).encode()
    return whole.replace(b'"HERE"', random.choice((deep, b'{"x":' + deep + b"}", b"[" + deep + b"]")))
