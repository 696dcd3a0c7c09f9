"""The values that messages are made of: finite pools, so that what a server keeps by name is finite too."""

from __future__ import annotations

from random import Random
from typing import Any

# Stands in every document's text; it may come back in results and edits, but in no error and no log.
MARKER = "zq7MARKERqz"

PROBE = "probe-"

DOCUMENTS = tuple(f"file:///codex-lsp-fuzz/{name}" for name in ("a.py", "b.py", "c%20d.py", "ü/e.md", "f"))
ODD_URIS = (
    *(
        "",
        "file:",
        "file://",
        "file:///",
        "a.py",
        "untitled:Untitled-1",
        "http://[::1",
        "file://host/share/a.py",
    ),
    *("file:///codex-lsp-fuzz/%00.py", "file:///codex-lsp-fuzz/%ff%fe.py", "file:///codex-lsp-fuzz/../x.py"),
    *(
        "file:///codex-lsp-fuzz/a%2Fb.py",
        "vscode-notebook-cell:/codex-lsp-fuzz/n.ipynb#c1",
        "\ud800",
        "C:\\a.py",
    ),
    *("file:///codex-lsp-fuzz/" + "x" * 300, "file:///codex-lsp-fuzz/\x00", "urn:a:b", "file:///c%3A/a.py"),
)
STRINGS = (
    *(
        "",
        " ",
        "a",
        "x" * 1000,
        "\x00",
        "\n",
        "\r\n",
        "\r",
        "\u2028",
        "\x85",
        "\ufeff",
        "%s",
        "%",
        "{}",
        "{0}",
        "{x}",
    ),
    *(
        "\U0001f600",
        "e\u0301",
        "\ud83d",
        "\ude00",
        "\udfff\ud800",
        "ü",
        "日本語",
        "\u202e",
        "null",
        "0",
        "-1",
        "../..",
    ),
    *(
        "utf-8",
        "plaintext",
        "python",
        "__class__",
        "__proto__",
        "a\tb",
        '"',
        "\\",
        "codexLsp.ask",
        "file:///",
    ),
)
INTEGERS = (
    0,
    1,
    2,
    3,
    7,
    100,
    -1,
    -2,
    255,
    65535,
    2**31 - 1,
    -(2**31),
    2**31,
    2**32,
    2**53,
    2**63,
    2**64,
    10**30,
)
FLOATS = (0.0, 1.0, -0.0, 0.5, 1.5, -1.5, 1e300, -1e300, 1e-300, 2147483647.0, float("nan"), float("inf"))
COMMANDS = tuple(
    f"codexLsp.{name}"
    for name in (
        *("ask", "fix", "explain", "askReady", "askComments", "accept", "reject", "cancel", "status"),
        *("refine", "undo", "runs"),
    )
)
LINES = (
    *(
        f"alpha = 1  # {MARKER}\n",
        "def f(x):\n",
        "    return (x)\n",
        "import os, sys\n",
        "\n",
        "\r\n",
        "tail\r",
    ),
    *(
        "\U0001f600 = '\U00010348'\n",
        "e\u0301\x0b\x0c\x1c\x85\u2028\u2029\n",
        "\tif x == None:\n",
        "    # tidy this up\n",
    ),
    *("x" * 300 + "\n", "\x00\n", "ü = 'ß'\n"),
)


def text(random: Random, lines: int = 12) -> str:
    """A document's text, always with the marker in it."""
    body = "".join(random.choice(LINES) for _ in range(random.randrange(lines)))
    return LINES[0] + body + random.choice(("", MARKER, "\n", "last"))


def piece(random: Random) -> str:
    """What one change puts in: mostly short, sometimes long, sometimes half a character."""
    kind = random.randrange(40)
    if kind == 0:
        return f"{MARKER} line\n" * random.choice((1000, 4000))
    if kind < 4:
        return random.choice(("\ud83d", "\ude00", "\r", "\n", "\ufeff"))
    return (
        "".join(random.choice(LINES) for _ in range(random.randrange(3)))
        if kind < 15
        else MARKER[: kind - 15]
    )


def uri(random: Random) -> str:
    """Mostly one of the documents."""
    return random.choice(ODD_URIS) if random.randrange(12) == 0 else random.choice(DOCUMENTS)


def string(random: Random) -> str:
    """Any string of the pool."""
    return random.choice(random.choice((STRINGS, ODD_URIS, COMMANDS, LINES[1:])))


def number(random: Random) -> int | float:
    """Any number, NaN and infinity among them."""
    return random.choice(FLOATS) if random.randrange(4) == 0 else random.choice(INTEGERS)


def anything(random: Random, depth: int = 3) -> Any:
    """Any JSON value."""
    kind = random.randrange(8 if depth else 6)
    if kind < 2:
        return random.choice((None, True, False))
    if kind < 4:
        return number(random)
    if kind < 6:
        return string(random)
    if kind == 6:
        return [anything(random, depth - 1) for _ in range(random.randrange(4))]
    return {string(random): anything(random, depth - 1) for _ in range(random.randrange(4))}


def position(random: Random) -> dict[str, Any]:
    """Mostly in or near a small document; sometimes far outside, rarely negative or above 2³¹."""
    if random.randrange(12) == 0:
        return {"line": random.choice(INTEGERS), "character": random.choice(INTEGERS)}
    return {"line": random.randrange(14), "character": random.randrange(40)}


def range_(random: Random) -> dict[str, Any]:
    """A range, quite often reversed."""
    return {"start": position(random), "end": position(random)}
