"""Secrets in a text: found by their form (`secret_kinds`), taken out, put back. Pure.

A placeholder is one word, `SECRET_github_token_1_`, so that most code around it still parses. A secret has
the same one wherever it stands, and what only looks like a placeholder is replaced like a secret, so that
`restore` gives back exactly what was there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from codex_lsp.records import record

if TYPE_CHECKING:
    from codex_lsp.workspace.secret_kinds import Token

# A secret this long is taken out wherever it stands; a shorter one may be a word: only where it was found.
MIN_ALONE = 12
# Texts from this many characters on are worth being known again, so many of them.
LARGE, KNOWN = 2_000, 8


@record(frozen=True, slots=True)
class Found:
    """A secret at `[start, end)`, in code points, and its kind's name."""

    start: int
    end: int
    kind: str


# A key's lines are taken one by one: in a patch and in a numbered listing each has something before it.
_PEM = re.compile(
    r"-----BEGIN (?P<label>[A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----(?P<body>.{1,20000}?)"
    r"-----END (?P=label)PRIVATE KEY",
    re.DOTALL,
)
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{16,}")
# No token is shorter; each has digits, or letters of both cases.
_SHORTEST = 15
_RUN = re.compile(rf"[\w.~+/$-]{{{_SHORTEST},}}", re.ASCII)
_DIGITS = frozenset("0123456789")
_WORD = re.compile(r"SECRET_[a-z_]+_[0-9]+_")


def find(text: str) -> list[Found]:
    """The secrets in `text`, in order, none within another."""
    found = sorted(_all(text), key=lambda each: (each.start, -each.end))
    kept: list[Found] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _all(text: str) -> Iterator[Found]:
    # With the first text, not at the server's start.
    from codex_lsp.workspace.secret_kinds import SEARCHED, TOKENS, compiled

    long = "\n".join(word for word in text.split() if len(word) >= _SHORTEST)
    if candidates := _candidates(long):
        for token in TOKENS:
            for prefix in token.prefixes:
                if prefix in candidates:
                    yield from _tokens(text, token, prefix)
    for kind in SEARCHED:
        place = text if kind.loose else long
        if any(hint in place for hint in kind.hints):
            pattern = compiled(kind.pattern)
            group = "secret" if "secret" in pattern.groupindex else 0
            for match in pattern.finditer(text):
                yield Found(*match.span(group), kind.name)
    if "PRIVATE KEY" in text:
        for block in _PEM.finditer(text):
            for line in _PEM_LINE.finditer(text, *block.span("body")):
                yield Found(*line.span(), "private_key")
    if "SECRET_" in text:
        for word in _WORD.finditer(text):
            yield Found(*word.span(), "placeholder")


def _candidates(text: str) -> str:
    """What of a text may be a token: little of it, so that looking for all prefixes is little work."""
    return "\n".join(
        run
        for run in _RUN.findall(text)
        if not (run.islower() or run.isupper()) or not _DIGITS.isdisjoint(run)
    )


def _tokens(text: str, token: Token, prefix: str) -> Iterator[Found]:
    from codex_lsp.workspace.secret_kinds import compiled

    rest = compiled(token.rest)
    at = text.find(prefix)
    while at >= 0:
        behind = at + len(prefix)
        if _begins(text, at) and (match := rest.match(text, behind)):
            yield Found(at, match.end(), token.name)
        at = text.find(prefix, behind)


def _begins(text: str, at: int) -> bool:
    """Whether a word begins there: nothing of one stands before, but for the letter of a `\\n`."""
    before = text[at - 1 : at]
    if not before.isalnum() and before != "_":
        return True
    return before in "nrt" and text[at - 2 : at - 1] == "\\"


class Redactor:
    """Takes secrets out of the texts of one run, and puts them back.

    `keys` are secrets that are known without being found. The same texts in the same order get the same
    placeholders. Not for several threads at once.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._words: dict[str, str] = {}
        self._secrets: dict[str, str] = {}
        self._known: dict[str, tuple[int, str]] = {}
        for key in keys:
            if len(key) >= MIN_ALONE:
                self._word(key, "key")

    @property
    def count(self) -> int:
        """How many secrets were taken out so far, or were known."""
        return len(self._words)

    def redact(self, text: str) -> str:
        """`text` with a placeholder for each secret. The last few large texts are known again."""
        count, known = self._known.get(text, (-1, ""))
        if count == self.count:
            return known
        redacted = self.redact_at(text)[0]
        if len(text) >= LARGE:
            self._known[text] = self.count, redacted
            if len(self._known) > KNOWN:
                del self._known[next(iter(self._known))]
        return redacted

    def redact_at(self, text: str, *offsets: int) -> tuple[str, tuple[int, ...]]:
        """The same, and where the offsets, ascending, went; one in a secret goes before its placeholder."""
        pieces: list[str] = []
        moved: list[int] = []
        at = length = 0
        for start, end, word in self._spans(text):
            while len(moved) < len(offsets) and offsets[len(moved)] < end:
                moved.append(length + min(offsets[len(moved)], start) - at)
            pieces += (text[at:start], word)
            length += start - at + len(word)
            at = end
        moved += (length + offset - at for offset in offsets[len(moved) :])
        return "".join((*pieces, text[at:])), tuple(moved)

    def cuts(self, text: str, *offsets: int) -> bool:
        """Whether one of the offsets lies within a secret."""
        spans = self._spans(text)
        return any(start < offset < end for start, end, _ in spans for offset in offsets)

    def restore(self, text: str, written: Callable[[str], str] = str) -> str:
        """`text` with the secrets, `written` so, in their placeholders' places; others' placeholders stay."""
        if not self._secrets or "SECRET_" not in text:
            return text
        return _WORD.sub(
            lambda match: written(self._secrets[match[0]]) if match[0] in self._secrets else match[0], text
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those that were taken out so far, or were known."""
        return tuple(self._words)

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        found = find(text)
        for each in found:
            self._word(text[each.start : each.end], each.kind)
        spans = [(each.start, each.end) for each in found]
        for secret in self._words:
            if len(secret) >= MIN_ALONE:
                at = text.find(secret)
                while at >= 0:
                    spans.append((at, at + len(secret)))
                    at = text.find(secret, at + len(secret))
        merged: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return [(start, end, self._word(text[start:end], "key")) for start, end in merged]

    def _word(self, secret: str, kind: str) -> str:
        if secret not in self._words:
            word = f"SECRET_{kind}_{len(self._words) + 1}_"
            self._words[secret] = word
            self._secrets[word] = secret
        return self._words[secret]
