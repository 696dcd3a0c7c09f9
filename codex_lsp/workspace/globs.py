"""Patterns as git matches them (`wildmatch.c`, `dir.c`), as regular expressions that take linear time.

Texts here are bytes read as Latin-1, since git compares bytes: `?` is one byte of a name. Every wildcard but
the last is matched as early as possible and never again (atomic groups), which for patterns of this kind
finds a match if there is one; so a hostile pattern costs no more than any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

MAX_GLOB, MAX_EXPANDED = 500, 64

_SPECIAL = frozenset("*?[\\")
_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": " \\t", "cntrl": "\\x00-\\x1f\\x7f", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": " \\t-\\r",
    "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class Never(Exception):
    """The pattern is not well-formed; it matches nothing."""


def as_bytes(path: str) -> str:
    """The path's bytes as Latin-1 text."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("latin-1")


def is_literal(pattern: str) -> bool:
    """Whether the pattern matches itself and nothing else."""
    return _SPECIAL.isdisjoint(pattern)


def name_regex(pattern: str) -> str:
    """For a pattern without a slash, matched against a name; raises `Never`."""
    return _Reader(pattern, deep=False).read()


def path_regex(pattern: str) -> str:
    """For a pattern with slashes, the leading one removed, matched against a path; raises `Never`."""
    return _Reader(pattern, deep=True).read()


def only(glob: str) -> tuple[str, ...]:
    """A glob that a model wrote, as patterns of git's kind: braces expanded, a folder is all that is in it.

    Raises `Never` for what is no glob.
    """
    glob = glob.strip().removeprefix("./")
    if not glob or len(glob) > MAX_GLOB or glob.startswith("!"):
        raise Never
    patterns = tuple(each + "**" if each.endswith("/") else each for each in _expanded(glob))
    matcher(patterns)
    return patterns


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether one of the patterns is that of a file's path; raises `Never`."""
    regexes = []
    for pattern in map(as_bytes, patterns):
        if "/" in pattern:
            regexes.append(path_regex(pattern.removeprefix("/")))
        else:
            regexes.append("(?s:(?:.*/)?)" + name_regex(pattern))
    compiled = re.compile("|".join(f"(?:{regex})" for regex in regexes))
    return lambda path: compiled.fullmatch(as_bytes(path)) is not None


def _expanded(glob: str) -> list[str]:
    found = re.search(r"\{([^{}]*)\}", glob)
    if found is None:
        return [glob]
    head, tail = glob[: found.start()], glob[found.end() :]
    each = [head + part + tail for part in found[1].split(",")]
    # Within each other, or many side by side: as many as anybody writes.
    if len(each) > MAX_EXPANDED:
        raise Never
    expanded = [pattern for one in each for pattern in _expanded(one)][: MAX_EXPANDED + 1]
    if len(expanded) > MAX_EXPANDED:
        raise Never
    return expanded


class _Reader:
    """`parts` are what the last wildcard is followed by; `done` is what stands before it."""

    def __init__(self, pattern: str, *, deep: bool) -> None:
        self._pattern = pattern
        self._deep = deep
        self._at = 0
        self._fixed = ""  # behind the last `*`
        self._chunk = ""  # since the last `**/`, up to the last `*`
        self._star = ""
        self._done = ""  # up to the last `**/`
        self._jump = ""

    def read(self) -> str:
        """The whole pattern as a regular expression, for `fullmatch`."""
        while self._at < len(self._pattern):
            char = self._pattern[self._at]
            if char == "*":
                self._stars()
            elif char == "[":
                self._fixed += self._bracket()
            else:
                self._at += 1
                self._fixed += "[^/]" if char == "?" else re.escape(self._escaped(char))
        return self._done + self._jump + self._chunk + self._star + self._fixed

    def _escaped(self, char: str) -> str:
        if char != "\\":
            return char
        if self._at == len(self._pattern):
            raise Never
        self._at += 1
        return self._pattern[self._at - 1]

    def _stars(self) -> None:
        start = self._at
        while self._at < len(self._pattern) and self._pattern[self._at] == "*":
            self._at += 1
        before, after = self._pattern[:start], self._pattern[self._at :]
        # Git leaves out what comes before the first special character, and then sees the stars at the start.
        first = _SPECIAL.isdisjoint(before)
        if not self._deep or self._at - start < 2 or not (first or before.endswith("/")):
            self._open("[^/]*")
        elif not after:
            self._open("(?s:.*)")
        elif after[0] == "/":
            self._at += 1
            self._leap("(?:[^/]+/)*?" if not before or before.endswith("/") else "(?s:(?:.*?/)?)")
        elif after.startswith("\\/"):
            self._at += 2
            self._leap("(?:[^/]+/)+?" if not before or before.endswith("/") else "(?s:.*?/)")
        else:
            self._open("[^/]*")

    def _open(self, star: str) -> None:
        if self._star:
            self._chunk += f"(?>{self._star}?{self._fixed})"
        else:
            self._chunk += self._fixed
        self._star, self._fixed = star, ""

    def _leap(self, jump: str) -> None:
        self._open("")
        if self._jump:
            self._done += f"(?>{self._jump}{self._chunk})"
        else:
            self._done += self._chunk
        self._jump, self._chunk, self._star, self._fixed = jump, "", "", ""

    def _bracket(self) -> str:
        pattern, at = self._pattern, self._at + 1
        negated = pattern[at : at + 1] in ("!", "^")
        at += negated
        found, before, first = "", "", True
        while first or pattern[at : at + 1] != "]":
            first = False
            char = pattern[at : at + 1]
            if not char:
                raise Never
            if char == "\\":
                at, char = at + 1, pattern[at + 1 : at + 2]
                if not char:
                    raise Never
                found, before = found + _member(char), char
            elif char == "-" and before and pattern[at + 1 : at + 2] not in ("", "]"):
                at += 1 + (pattern[at + 1] == "\\")
                if at >= len(pattern):
                    raise Never
                found += _range(before, pattern[at])
                before = ""
            elif char == "[" and pattern[at + 1 : at + 2] == ":":
                end = pattern.find("]", at + 2)
                if end < 0:
                    raise Never
                if end - at >= 3 and pattern[end - 1] == ":":
                    found, before, at = found + _class(pattern[at + 2 : end - 1]), "", end
                else:
                    found, before = found + _member("["), "["
            else:
                found, before = found + _member(char), char
            at += 1
        self._at = at + 1
        if negated:
            return f"[^/{found}]"
        return f"(?!/)[{found}]" if found else "(?!)"


def _member(char: str) -> str:
    return f"\\x{ord(char):02x}"


def _range(low: str, high: str) -> str:
    return f"{_member(low)}-{_member(high)}" if low <= high else ""


def _class(name: str) -> str:
    if name not in _CLASSES:
        raise Never
    return _CLASSES[name]
