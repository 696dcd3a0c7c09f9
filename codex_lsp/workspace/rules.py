"""One ignore file: its lines as rules, of which the last that matches decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from codex_lsp.records import record
from codex_lsp.workspace.globs import Never, is_literal, name_regex, path_regex

# An ignore file beyond these hides everything in its folder: half of its rules would hide too little. What
# takes long is patterns with wildcards, some 5 µs a character.
MAX_BYTES = 256 * 1024
MAX_WILD = 50_000


class TooMany(Exception):
    """The ignore file is larger than what is read of one."""


@record(frozen=True, slots=True)
class Rule:
    """One line: a pattern without its `!` and slashes, and what those say."""

    pattern: str
    hides: bool
    folders_only: bool
    by_name: bool

    def regex(self) -> str:
        """See `globs`."""
        return name_regex(self.pattern) if self.by_name else path_regex(self.pattern)


def read_rules(data: bytes) -> list[Rule]:
    """The rules of an ignore file, in order; raises `TooMany`."""
    if len(data) > MAX_BYTES:
        raise TooMany
    rules = []
    for line in data.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n"):
        if rule := _rule(_trimmed(line.removesuffix("\r"))):
            rules.append(rule)
    return rules


def _trimmed(line: str) -> str:
    """Without the spaces at its end that no backslash escapes."""
    end = at = 0
    while at < len(line):
        if line[at] == "\\":
            at += 2
            end = min(at, len(line))
            continue
        at += 1
        if line[at - 1] != " ":
            end = at
    return line[:end]


def _rule(line: str) -> Rule | None:
    if not line or line.startswith("#"):
        return None
    pattern = line.removeprefix("!")
    clean = pattern.removesuffix("/")
    by_name = "/" not in clean
    return Rule(clean.removeprefix("/"), pattern is line, clean != pattern, by_name)


class Rules:
    """The rules of one file, ready to be asked. Paths are relative to its folder, as Latin-1 (`globs`)."""

    def __init__(self, rules: list[Rule]) -> None:
        """Raises `TooMany`."""
        if sum(len(rule.pattern) for rule in rules if not is_literal(rule.pattern)) > MAX_WILD:
            raise TooMany
        self._rules = rules

    @cached_property
    def _files(self) -> _Matcher:
        return _Matcher([rule for rule in self._rules if not rule.folders_only])

    @cached_property
    def _folders(self) -> _Matcher:
        return _Matcher(self._rules)

    def hide(self, path: str, name: str, *, folder: bool) -> bool | None:
        """Whether the last rule that matches hides the path; None if none matches."""
        return (self._folders if folder else self._files).decide(path, name)


class _Matcher:
    """Rules of one kind of thing. Whether any matches is one look; which one is asked where it matters."""

    def __init__(self, rules: list[Rule]) -> None:
        literal = [rule for rule in rules if is_literal(rule.pattern)]
        wild = [rule for rule in rules if not is_literal(rule.pattern)]
        self._names = {rule.pattern for rule in literal if rule.by_name}
        self._paths = {rule.pattern for rule in literal if not rule.by_name}
        self._wild_name = _any(rule for rule in wild if rule.by_name)
        self._wild_path = _any(rule for rule in wild if not rule.by_name)
        self._mixed = any(not rule.hides for rule in rules)
        self._rules = rules

    def decide(self, path: str, name: str) -> bool | None:
        if not (
            name in self._names
            or path in self._paths
            or (self._wild_name and self._wild_name.fullmatch(name))
            or (self._wild_path and self._wild_path.fullmatch(path))
        ):
            return None
        return self._last(path, name) if self._mixed else True

    def _last(self, path: str, name: str) -> bool | None:
        for rule, regex in reversed(self._each):
            against = name if rule.by_name else path
            if regex.fullmatch(against) if regex else rule.pattern == against:
                return rule.hides
        return None

    @cached_property
    def _each(self) -> list[tuple[Rule, re.Pattern[str] | None]]:
        return [(rule, _compiled(rule)) for rule in self._rules]


def _compiled(rule: Rule) -> re.Pattern[str] | None:
    return None if is_literal(rule.pattern) else _any([rule]) or re.compile("(?!)")


def _any(rules: Iterable[Rule]) -> re.Pattern[str] | None:
    parts = []
    for rule in rules:
        try:
            parts.append(rule.regex())
        except Never:
            continue
    return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None
