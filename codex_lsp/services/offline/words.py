"""Small words that sentences and steps are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def count(number: int, one: str, many: str = "") -> str:
    """`1 fix`, `3 fixes`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def span(first: int, last: int) -> str:
    """Zero-based line numbers as people count them: `line 3`, `lines 3–9`."""
    return f"line {first + 1}" if first == last else f"lines {first + 1}–{last + 1}"


def listing(items: Iterable[str], limit: int = 8) -> str:
    """`a`, `a and b`, `a, b and c`; what goes beyond `limit` is counted."""
    words: Sequence[str] = list(items)
    if len(words) > limit:
        words = [*words[:limit], f"{len(words) - limit} more"]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def codes(fixed: dict[str, int]) -> str:
    """`F401 ×2, UP006`."""
    return ", ".join(code if times == 1 else f"{code} ×{times}" for code, times in sorted(fixed.items()))
