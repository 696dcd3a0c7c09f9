"""HTML and SVG that cannot be anything else: whatever is not `Markup` is text, and is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

_VOID = frozenset(("meta", "br", "col"))


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Markup:
    """A value as text. What steers or reorders a line is shown as its escape."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in str(value))
    return Markup(html.escape(shown, quote=True))


def tag(name: str, /, *children: str | Iterable[str] | None, **attributes: object) -> Markup:
    """An element. An attribute that is None or false is left out, `class_` is `class`, `_` becomes `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{"" if value is True else text(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: str | Iterable[str] | None) -> Markup:
    """Children one after the other: markup as it is, strings as text, None as nothing."""
    parts: list[str] = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Markup):
            parts.append(child)
        elif isinstance(child, str):
            parts.append(text(child))
        else:
            parts += (each if isinstance(each, Markup) else text(each) for each in child)
    return Markup("".join(parts))
