"""Too much of everything: replies, calls, patterns, files. It ends, and the server goes on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

from tests.attacks.case import MARK, OWN, Ask, Case, add, calls, patch, tool, words
from tests.support.endpoint import JSON, SSE, Answer, Raw, Step, call

_BOMB = gzip.compress(b'data: {"x": "' + b"A" * 40_000_000 + b'"}\n\n', 9)
_CHUNK = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def _event(delta: object) -> bytes:
    return b"data: " + json.dumps(_CHUNK | {"choices": [{"index": 0, "delta": delta}]}).encode() + b"\n\n"


# What the endpoint sends that is no reply, or never ends.
SENT: dict[str, Step] = {
    "nine million characters": Answer("x" * 9_000_000, piece=500_000),
    "nine million characters of thought": Answer("x", reasoning="y" * 9_000_000, piece=500_000),
    "a bomb, packed": Raw(200, {"Content-Type": SSE, "Content-Encoding": "gzip"}, _BOMB),
    "a bomb in one body": Raw(200, {"Content-Type": JSON, "Content-Encoding": "gzip"}, _BOMB),
    "deep JSON": Raw(200, {"Content-Type": SSE}, b"data: " + b"[" * 200_000 + b"\n\n"),
    "a header without end": Raw(200, {"Content-Type": SSE, "X": "y" * 2_000_000}, b""),
    "a line without end": Raw(200, {"Content-Type": SSE}, b"data: " + b"x" * 12_000_000),
    "empty events": Raw(200, {"Content-Type": SSE}, b"data:\n\n" * 300_000),
    "comments for ever": Raw(200, {"Content-Type": SSE}, b": ping\n\n", every=0.01),
    "empty pieces for ever": Raw(200, {"Content-Type": SSE}, _event({"content": ""}), every=0.01),
    "letters for ever": Raw(200, {"Content-Type": SSE}, _event({"content": "x"}), every=0.01),
    "thoughts for ever": Raw(200, {"Content-Type": SSE}, _event({"reasoning_content": "x\n"}), every=0.01),
    "calls for ever": Raw(
        200, {"Content-Type": SSE}, every=0.01,
        body=_event({"tool_calls": [{"index": 0, "function": {"arguments": "x"}}]}),
    ),
    "nothing for ever": Raw(200, {"Content-Type": SSE}, b"", every=1),
    "a call at place 1,000,000,000": Raw(
        200, {"Content-Type": SSE},
        _event({"tool_calls": [{"index": 10**9, "id": "x", "function": {"name": "edit"}}]}),
    ),
    "try again in a year": Raw(429, {"Retry-After": "31536000"}, b""),
    "try again, always": Raw(503, {"Retry-After": "0"}, b""),
}  # fmt: skip
# What the model asks for.
ASKED: dict[str, Step] = {
    "5,000 calls at once": calls(*(call(f"c{n}", "read_file", '{"path": "x"}') for n in range(5_000))),
    "a call of 5 MB": tool("edit", path=OWN, old="x" * 5_000_000, new="y"),
    "arguments of deep JSON": calls(call("c", "edit", '{"patch": ' + "[" * 100_000)),
    "a path of 100,000 letters": tool("read_file", path="a" * 100_000),
    "a path of 20,000 parts": tool("read_file", path="a/" * 20_000),
    "a regular expression that explodes": tool("search", pattern="(a+)+$", regex=True),
    "a regular expression that repeats": tool("search", pattern="((a{1,500}){1,500}){1,500}", regex=True),
    "a regular expression of 50,000 ors": tool("search", pattern="|".join(["ab"] * 50_000), regex=True),
    "a regular expression that looks back": tool("search", pattern="(a|b|ab)*c\\1", regex=True),
    "a pattern of 1 MB": tool("search", pattern="a" * 1_000_000),
    "a glob that explodes": tool("list_files", glob="{a,b}" * 30),
    "a glob of stars": tool("list_files", glob="**/" * 40 + "*"),
    "a glob that backtracks": tool("list_files", glob="*a" * 40 + "b"),
    "a glob of brackets": tool("search", pattern="x", glob="[" * 5_000),
    "a search of each letter": tool("search", pattern=".", regex=True),
    "an edit that is nearly everywhere": words(
        patch(f"*** Update File: {OWN}", "@@", *(f"-line {n}x" for n in range(2_000)), "+y")
    ),
    "3,000 places in a patch": words(
        patch(f"*** Update File: {OWN}", *(f"@@ x{n}\n-line {n}\n+y" for n in range(3_000)))
    ),
    "an edit that explodes when it is normalised": tool("edit", path=OWN, old="\ufdfa" * 50_000, new="x"),
    "a diff of many hunks": words(
        "--- a/x\n+++ b/x\n" + "".join(f"@@ -{n},1 +{n},1 @@\n-a\n+b\n" for n in range(1, 10_000))
    ),
    "fences without end": words("```\n" * 100_000),
    "marks without end": words("<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n" * 20_000),
    "a summary of 2 MB": tool("finish", summary="x" * 2_000_000),
    "a device": tool("read_file", path="links/zero"),
    "a loop of links": tool("list_files", path="links"),
    "a pipe": tool("read_file", path="pipes/pipe"),
    "a pipe to search": tool("search", pattern="x", path="pipes"),
    "a pipe to outline": tool("outline", path="pipes/pipe"),
    "a pipe to edit": tool("edit", path="pipes/pipe", old="a", new="b"),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """All of this family."""
    for name, step in SENT.items():
        yield Ask(f"sends {name}", "resources", "hasty", says=(step,) * 4)
    text = "".join(f"line {n} {'a' * 30}!\n" for n in range(2_000))
    for name, step in ASKED.items():
        yield Ask(f"asks for {name}", "resources", "hasty", says=(step,) * 3, text=text)
    same = tool("read_file", path="src/app.py")
    yield Ask("asks for the same for ever", "resources", "hasty", says=(same,) * 200)
    lines = [tool("read_file", path="src/app.py", start_line=1, end_line=2 + n) for n in range(200)]
    yield Ask("asks for something else for ever", "resources", "hasty", says=tuple(lines))
    yield Ask("mends for ever", "resources", "hasty", says=(tool("edit", path=OWN, old="no", new="x"),) * 200)
    yield Ask("finishes nothing for ever", "resources", "hasty", says=(words("```\n"),) * 200)
    yield from _harmless()


def _harmless() -> Iterator[Case]:
    text = "".join(f"line {n} is here\n" for n in range(5_000))
    yield Ask(
        "edits one of 5,000 lines", "resources", "direct", True, text=text,
        says=(tool("edit", path=OWN, old="line 2500 is here", new=MARK),), changes={OWN: MARK},
    )  # fmt: skip
    yield Ask(
        "makes 50 files", "resources", "direct", True,
        says=(words(patch(*(f"*** Add File: fifty/f{n}.py\n+{MARK}" for n in range(50)))),),
        changes={f"fifty/f{n}.py": MARK for n in range(50)},
    )  # fmt: skip
    ten = calls(*(tool("read_file", path="src/app.py", end_line=n + 1).tool_calls[0] for n in range(10)))
    yield Ask("makes ten calls at once", "resources", "direct", True, says=(ten,), told=("return 1",))
    turns = [tool("search", pattern=f"word{n}") for n in range(15)]
    yield Ask("takes 15 turns", "resources", "direct", True, says=tuple(turns), told=("0 lines",))
    yield Ask(
        "answers at length", "resources", "direct", True, kind="explain",
        says=(words("It is long. " * 2_000),), said="It is long.",
    )  # fmt: skip
    long = "x" * 20_000
    yield Ask(
        "edits beside a long line", "resources", "direct", True, text=f"a = 1\nb = '{long}'\n",
        says=(tool("edit", path=OWN, old="a = 1", new="a = 2"),), changes={OWN: "a = 2"},
    )  # fmt: skip
    hundred = add("long/new.py", *(f"line {n} {MARK}" for n in range(5_000)))
    yield Ask(
        "makes 5,000 lines",
        "resources",
        "direct",
        True,
        says=(words(hundred),),
        changes={"long/new.py": f"line 4999 {MARK}"},
    )
    slow = (Raw(503, {"Retry-After": "0"}, b""), tool("edit", path=OWN, old="first = 1", new="first = 2"))
    yield Ask("tries again", "resources", "direct", True, says=slow, changes={OWN: "first = 2"})
