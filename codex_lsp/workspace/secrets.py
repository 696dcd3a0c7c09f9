"""Secrets in a text: found by their form, taken out, put back. Pure.

A kind is a line of `KINDS`: a name, the words without which a text need not be looked at (which makes it
fast), and a pattern whose group `secret`, or all of it, is the secret. Only forms that nothing else has are
listed: a text without secrets stays as it is.

A placeholder is one word, `SECRET_github_token_1_`, so that most code around it still parses. A secret has
the same one wherever it stands, and what only looks like a placeholder is replaced like a secret, so that
`restore` gives back exactly what was there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

# A secret this long is taken out wherever it stands; a shorter one may be a word: only where it was found.
MIN_ALONE = 12
# Texts from this many characters on are worth being known again, so many of them.
LARGE, KNOWN = 2_000, 8


@dataclass(frozen=True, slots=True)
class Kind:
    """A form of secrets. `hints`: a text that has none of these words has no such secret.

    A pattern is compiled when a hint is met, and most never are.
    """

    name: str
    hints: tuple[str, ...]
    pattern: str


@dataclass(frozen=True, slots=True)
class Found:
    """A secret at `[start, end)`, in code points, and its kind's name."""

    start: int
    end: int
    kind: str


def _kind(name: str, hints: str, pattern: str) -> Kind:
    return Kind(name, tuple(hints.split()), pattern)


# A word of a token's alphabet begins and ends where no more of it stands.
_B, _E = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"

KINDS: tuple[Kind, ...] = (
    _kind("anthropic_key", "sk-ant-", _B + r"sk-ant-[\w-]{20,}"),
    _kind("openai_key", "sk-", _B + r"sk-(?!ant-)(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{20,}"),
    _kind("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", _B + r"gh[opsur]_[A-Za-z0-9]{36,}"),
    _kind("github_token", "github_pat_", _B + r"github_pat_\w{22,}"),
    _kind("gitlab_token", "glpat-", _B + r"glpat-[\w-]{20,}"),
    _kind("aws_key", "AKIA ASIA", _B + r"A[KS]IA[A-Z2-7]{16}" + _E),
    _kind(
        "aws_secret",
        "secret SECRET Secret",
        r"(?i)aws_?secret_?(?:access_?)?key\W{1,8}(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    _kind("google_key", "AIza", _B + r"AIza[\w-]{35}(?![\w-])"),
    _kind("google_secret", "GOCSPX-", _B + r"GOCSPX-[\w-]{20,}"),
    _kind("google_token", "ya29.", _B + r"ya29\.[\w-]{20,}"),
    _kind("azure_key", "AccountKey= SharedAccessKey=", r"Key=(?P<secret>[A-Za-z0-9+/]{40,}={0,2})"),
    _kind("slack_token", "xox xapp-", _B + r"(?:xox[abeoprs]|xapp)-[0-9A-Za-z-]{10,}"),
    _kind("slack_hook", "hooks.slack.com", r"hooks\.slack\.com/services/(?P<secret>T\w+/B\w+/\w{16,})"),
    _kind("stripe_key", "_live_ _test_", _B + r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _kind("stripe_secret", "whsec_", _B + r"whsec_[A-Za-z0-9+/=]{24,}"),
    _kind("huggingface_token", "hf_", _B + r"hf_[A-Za-z0-9]{30,}" + _E),
    _kind("groq_key", "gsk_", _B + r"gsk_[A-Za-z0-9]{40,}"),
    _kind("npm_token", "npm_", _B + r"npm_[A-Za-z0-9]{36}" + _E),
    _kind("pypi_token", "pypi-", _B + r"pypi-AgE[\w-]{50,}"),
    _kind("sendgrid_key", "SG.", _B + r"SG\.[\w-]{16,}\.[\w-]{32,}"),
    _kind("digitalocean_token", "_v1_", _B + r"do[opr]_v1_[0-9a-f]{64}"),
    _kind("databricks_token", "dapi", _B + r"dapi[0-9a-f]{32}" + _E),
    _kind("telegram_token", ":AA", _B + r"[0-9]{8,10}:AA[\w-]{33}(?![\w-])"),
    _kind("jwt", "eyJ", _B + r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    _kind(
        "bearer",
        "earer",
        r"(?i)authorization\W{1,8}bearer\s+(?P<secret>[A-Za-z0-9._~+/-]{16,}={0,2})",
    ),
    _kind(
        "url_password",
        "://",
        r"[a-z][a-z0-9+.-]{1,20}://[^\s/@:\"'`<>{}$]*:(?P<secret>[^\s/@:\"'`<>{}$]{4,})@",
    ),
)

# A key's lines are taken one by one: in a patch and in a numbered listing each has something before it.
_PEM = re.compile(
    r"-----BEGIN (?P<label>[A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----(?P<body>.{1,20000}?)"
    r"-----END (?P=label)PRIVATE KEY",
    re.DOTALL,
)
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{16,}")
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
    for kind in KINDS:
        if any(hint in text for hint in kind.hints):
            pattern = re.compile(kind.pattern)
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
