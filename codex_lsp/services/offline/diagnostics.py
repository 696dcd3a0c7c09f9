"""What ruff calls the things that other tools report."""

from __future__ import annotations

import re
from collections.abc import Mapping

from codex_lsp.services.offline.ruff import Rule
from codex_lsp.services.requests import Diagnostic

# pylint, pyright and mypy have names of their own; pycodestyle, pyflakes (by flake8) and the flake8 plug-ins
# share ruff's codes.
_FOREIGN = {
    "reportunusedimport": "F401", "w0611": "F401",
    "reportunusedvariable": "F841", "w0612": "F841", "unused-variable": "F841",
    "reportinvalidstringescapesequence": "W605", "w1401": "W605", "anomalous-backslash-in-string": "W605",
    "c0411": "I001", "wrong-import-order": "I001", "c0410": "E401", "multiple-imports": "E401",
    "c0303": "W291", "trailing-whitespace": "W291",
    "c0121": "E711", "singleton-comparison": "E711", "c0321": "E701", "w0301": "E703",
    "unnecessary-semicolon": "E703", "w1309": "F541", "f-string-without-interpolation": "F541",
    "r0205": "UP004", "useless-object-inheritance": "UP004",
    "w0107": "PIE790", "unnecessary-pass": "PIE790", "r0402": "PLR0402",
    "reportselfclsparametername": "N805",
}  # fmt: skip

# By its message: pyflakes has no codes, and editors hide some servers' codes.
_MESSAGES = (
    (re.compile(r"imported but unused|import .* is not accessed|unused import", re.IGNORECASE), "F401"),
    (re.compile(r"f-string is missing placeholders", re.IGNORECASE), "F541"),
    (re.compile(r"invalid escape sequence", re.IGNORECASE), "W605"),
    (re.compile(r"trailing whitespace", re.IGNORECASE), "W291"),
)

_DOCSTRING = re.compile(r"D10[0-7]|C011[456]|missing-(?:module|class|function)-docstring")


def ruff_codes(diagnostic: Diagnostic, rules: Mapping[str, Rule]) -> frozenset[str]:
    """The codes of ruff's rules that report the same; empty if none is known."""
    code = diagnostic.code.strip()
    if rule := rules.get(code) or rules.get(code.upper()) or rules.get(code.lower()):
        return frozenset({rule.code})
    if (known := _FOREIGN.get(code.lower())) and known in rules:
        return frozenset({known})
    return frozenset(code for pattern, code in _MESSAGES if pattern.search(diagnostic.message))


def wants_docstring(diagnostic: Diagnostic) -> bool:
    """Whether it says that a docstring is missing."""
    missing = "docstring" in diagnostic.message.lower() and "missing" in diagnostic.message.lower()
    return bool(_DOCSTRING.fullmatch(diagnostic.code)) or missing
