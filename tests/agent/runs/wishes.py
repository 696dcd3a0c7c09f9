"""What shall become of files, said without any format, and what the texts must be in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.agent.runs.material import Source


@dataclass(frozen=True)
class Change:
    """The zero-based lines `[first, last)` of a file become `new`."""

    path: str
    first: int
    last: int
    new: tuple[str, ...]


@dataclass(frozen=True)
class Create:
    """A new file; its text ends with a line feed."""

    path: str
    text: str


@dataclass(frozen=True)
class Delete:
    """A file goes."""

    path: str


@dataclass(frozen=True)
class Move:
    """A file goes elsewhere, changed on the way."""

    path: str
    to: str
    changes: tuple[Change, ...] = ()


Wish = Change | Create | Delete | Move


def fulfilled(files: Mapping[str, Source], wishes: Iterable[Wish]) -> dict[str, str | None]:
    """The texts of all files that the wishes touch, afterwards; None for one that is gone."""
    after: dict[str, str | None] = {}
    changes: dict[str, list[Change]] = {}
    for wish in wishes:
        match wish:
            case Create(path, text):
                after[path] = text
            case Delete(path):
                after[path] = None
            case Move(path, to, moved):
                after |= {path: None, to: _changed(files[path], moved)}
            case Change(path):
                changes.setdefault(path, []).append(wish)
    return after | {path: _changed(files[path], own) for path, own in changes.items()}


def _changed(source: Source, changes: Iterable[Change]) -> str:
    for each in sorted(changes, key=lambda each: -each.first):
        source = source.put(each.first, each.last, each.new)
    return source.text
