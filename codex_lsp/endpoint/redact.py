"""Takes keys out of what a server said, before any of it is shown or logged.

Three nets, one below the other: the configured keys in every form in which they come back; what stands where
a key stands (`Bearer …`, `api_key=…`, `user:password@`); and what looks like anybody's key, or has the form
of any secret that is known here.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from codex_lsp.workspace import secrets

MARK = "[key]"

# A key this short is also a word; it is only taken out where it stands alone.
_WORD_LENGTH = 6

_PLACES = (
    (re.compile(r"(?i)\b(bearer|basic)(\s+)[\w.~+/=*-]{6,}"), r"\1\2" + MARK),
    (re.compile(r"(://)[^\s/@:]*:[^\s/@]+@"), r"\1" + MARK + "@"),
    (
        re.compile(
            r"(?i)\b((?:x-)?api[-_]?key|authorization|(?:access|refresh|auth)[-_]?token|(?:client[-_]?)?secret|password)"
            r"([\"']?\s*[:=]\s*[\"']?)(?!(?:bearer|basic)\b)[^\s\"',;&<>{}\[\]]{6,}"
        ),
        r"\1\2" + MARK,
    ),
)
_LOOKS = re.compile(
    r"""(?x)
    \b(?: (?:sk|pk|rk|gsk|hf|glpat|xox[a-z]|npm|pypi)[-_][\w*.-]{8,}
        | gh[oprsu]_\w{16,} | github_pat_\w{20,}
        | (?:AKIA|ASIA)[0-9A-Z]{16} | AIza[\w-]{30,}
        | eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?
        | (?=[\w+/-]*[0-9])(?=[\w+/-]*[A-Za-z])[\w+/-]{40,}={0,2}
    )"""
)


def redact(text: str, keys: Iterable[str] = ()) -> str:
    """`text` without the `keys`, and without anything that stands like or looks like a key.

    >>> redact("the key sk-abcdefgh123 of Bearer abc.def.ghi is odd")
    'the key [key] of Bearer [key] is odd'
    """
    for key in keys:
        for form in sorted(set(_forms(key)), key=len, reverse=True):
            text = _without(text, form)
    for pattern, put in _PLACES:
        text = pattern.sub(put, text)
    return _without_secrets(_LOOKS.sub(MARK, text))


def _without_secrets(text: str) -> str:
    for each in reversed(secrets.find(text)):
        if each.kind != "placeholder":
            text = text[: each.start] + MARK + text[each.end :]
    return text


def _forms(key: str) -> Iterator[str]:
    if not key:
        return
    yield from (key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1])
    if len(key) >= _WORD_LENGTH:
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(key.encode()).decode().rstrip("=")
        yield key.encode().hex()


def _without(text: str, form: str) -> str:
    if len(form) >= _WORD_LENGTH:
        return text.replace(form, MARK)
    return re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", MARK, text)
