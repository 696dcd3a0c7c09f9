"""What an instruction asks of the rule engine, by its English key words; case doesn't matter.

explain
    "explain", "describe", "summarise", "what does", "how does": told from the syntax tree.
fix
    "fix", "repair", "correct", "resolve", "solve", "lint", or diagnostics came with it and no key word did:
    what ruff can fix safely, for the diagnostics first.
imports
    "import(s)" near "sort", "order", "organise", "arrange", "group": isort's order. Near "clean", "tidy",
    "fix", "remove", "unused": that, and unused ones go.
modernise
    "modernise", "upgrade", "update … syntax", "simplify", "pyupgrade": ruff's UP, SIM, C4, RUF, FLY, PIE
    and FURB.
docstring
    "docstring(s)", "document", "docs", "documentation": skeletons where there are none.
format
    "format", "reformat", "formatting", "PEP 8", "black": ruff's formatter.
improve
    "improve", "clean up", "tidy", "rewrite", "refactor", "polish": fix, imports in the selection, format.

Several may be asked for at once. A clause that begins with "don't", "do not", "never" or "without" asks for
nothing. An "explain" that comes before every other key word is all that is done.
"""

from __future__ import annotations

import re
from typing import Literal

Intent = Literal["explain", "fix", "imports", "unused", "modernise", "docstring", "format", "improve"]

_NEGATED = re.compile(r"\b(?:don['’]?t|do not|never|without)\b[^.,;:!?\n]*", re.IGNORECASE)

# At most three words between, so that each verb governs its own object.
_NEAR = r"(?:\W+\w+){0,3}?\W+"
_SORTING = r"\b(?:sort|order|organi[sz]|arrang|group)\w*"
_CLEANING = r"\b(?:clean\w*|tidy|fix|remove|unused)\b"
_UNUSED = rf"{_CLEANING}{_NEAR}imports?\b|\bimports?{_NEAR}unused\b"
_WORDS: tuple[tuple[Intent, str], ...] = (
    ("explain", r"\b(?:explain|describe|summari[sz]e|what (?:does|is|do)|how (?:does|do|is))\b"),
    ("fix", r"\b(?:fix|repair|correct|resolve|solve|lint)(?:es|s|ed|ing)?\b"),
    ("imports", rf"{_SORTING}{_NEAR}imports?\b|\bimports?{_NEAR}{_SORTING}|\bisort\b|{_UNUSED}"),
    ("unused", _UNUSED),
    ("modernise", r"\bmoderni[sz]e|\bupgrad|\bsimplif|\bpyupgrade\b|\bupdate\b.*\bsyntax\b"),
    ("docstring", r"\bdoc-?\s?strings?\b|\bdocument\b|\bdocs\b|\bdocumentation\b"),
    ("format", r"\b(?:re)?format(?:s|ted|ting)?\b|\bpep\s?-?8\b|\bblack\b"),
    ("improve", r"\bimprove|\bclean(?:s|ed|ing)?[ -]?up\b|\btidy|\brewrite|\brefactor|\bpolish"),
)


def intents(instruction: str) -> frozenset[Intent]:
    """Everything that the instruction asks for; nothing, if no key word is in it."""
    text = _NEGATED.sub(" ", instruction)
    places: dict[Intent, int] = {}
    for intent, pattern in _WORDS:
        if match := re.search(pattern, text, re.IGNORECASE):
            places[intent] = min(places.get(intent, len(text)), match.start())
    if "explain" in places and places["explain"] == min(places.values()):
        return frozenset({"explain"})
    places.pop("explain", None)
    for general in ("fix", "improve"):
        # "clean up the imports" and "fix imports" are about the imports and nothing else.
        if "unused" in places and places.get(general) == places["unused"]:
            del places[general]
    return frozenset(places)
