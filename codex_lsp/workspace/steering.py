"""What a text holds that editors obey when somebody merely opens it: schemas on the network, modelines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codex_lsp.workspace import manifests, schemas

SCHEMA = "points editors at a schema on the network"
RUNS = "changes what is run when somebody builds, checks or opens it"
MODELINE = "holds a line that editors obey when they open it"

# Vim and its kin look at the first and the last lines, Emacs at the first two and the last page.
_VIM_LINES = 8
_EMACS_CHARS = 4_000
_VIM = re.compile(r"(?:^|\s)(?:vim?(?:[<=>]?\d+)?|ex):\s*(?:set?\s[^:]*:|[^:]*\w[+^-]?=)", re.IGNORECASE)
_EMACS = re.compile(r"-\*-.*\beval\b.*-\*-|\bLocal Variables:", re.IGNORECASE)


def why_steering(path: str, before: str, after: str) -> str:
    """What a change of a file from `before` to `after` adds of the kind, in words; "" if nothing."""
    if schemas.added(path, before, after):
        return SCHEMA
    if manifests.runs_more(path, before, after):
        return RUNS
    if ":" in after and not set(_modelines(after)) <= set(_modelines(before)):
        return MODELINE
    return ""


def _modelines(text: str) -> Iterator[str]:
    lines = text[:_EMACS_CHARS].split("\n", _VIM_LINES)[:_VIM_LINES]
    lines += text[-_EMACS_CHARS:].rsplit("\n", _VIM_LINES)[-_VIM_LINES:]
    for line in lines:
        if _VIM.search(line):
            yield line.strip()
    for found in _EMACS.finditer(text[:_EMACS_CHARS] + "\n" + text[-_EMACS_CHARS:]):
        yield found[0]
