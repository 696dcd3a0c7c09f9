"""Files of installed packages, read when a test runs: nothing of them is kept with the tests.

A text is lines and their ends apart, so that what a change makes of it can be told without any code of ours.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

BOM = "\ufeff"


@dataclass(frozen=True)
class Source:
    """A text: `lines` without their ends, and `ends`, of which the last may be empty."""

    lines: tuple[str, ...]
    ends: tuple[str, ...]
    bom: bool = False

    @classmethod
    def of(cls, text: str) -> Source:
        """Take a text apart; it has line feeds only."""
        lines = text.split("\n")
        if lines[-1]:
            return cls(tuple(lines), ("\n",) * (len(lines) - 1) + ("",))
        return cls(tuple(lines[:-1]), ("\n",) * (len(lines) - 1))

    @cached_property
    def text(self) -> str:
        """It as it stands in a file."""
        parts = (line + end for line, end in zip(self.lines, self.ends, strict=True))
        return (BOM if self.bom else "") + "".join(parts)

    def offset(self, line: int) -> int:
        """Where a zero-based line begins, in code points; that after the last one is the end."""
        before = zip(self.lines[:line], self.ends[:line], strict=True)
        return int(self.bom) + sum(len(text) + len(end) for text, end in before)

    def ended(self, *ends: str) -> Source:
        """The same lines with these ends in turns, but for a missing last one."""
        made = [ends[number % len(ends)] for number in range(len(self.lines))]
        return replace(self, ends=(*made[:-1], made[-1] if self.ends[-1] else ""))

    def with_bom(self) -> Source:
        """The same behind a byte order mark."""
        return replace(self, bom=True)

    def without_final_end(self) -> Source:
        """The same without empty lines at its end, and without an end of the last one."""
        size = max(number for number, line in enumerate(self.lines, 1) if line)
        return replace(self, lines=self.lines[:size], ends=(*self.ends[: size - 1], ""))

    def put(self, first: int, last: int, new: Sequence[str]) -> Source:
        """The same with `new` lines in the place of `[first, last)`; their ends are those of the place."""
        end = self.ends[min(first, len(self.ends) - 1)] or "\n"
        ends = [*self.ends[:first], *(end for _ in new), *self.ends[last:]]
        if last == len(self.lines) and not self.ends[-1] and ends:
            ends[-1] = ""
        return replace(self, lines=(*self.lines[:first], *new, *self.lines[last:]), ends=tuple(ends))

    def find(self, line: str) -> int:
        """The number of the first line that holds this."""
        return next(number for number, each in enumerate(self.lines) if line in each)


@dataclass(frozen=True)
class Block:
    """A function or class: its lines `[first, last)`, decorators included, and the first of its body."""

    name: str
    first: int
    last: int
    body: int
    indent: str


@cache
def package(name: str, suffix: str = ".py", most: int = 60) -> Mapping[str, Source]:
    """The first so many files of an installed package, by path: `httpx/_client.py`. Only UTF-8 with LF."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations, f"{name} is no package"
    folder = Path(spec.submodule_search_locations[0])
    found = {}
    for file in sorted(folder.rglob(f"*{suffix}"))[:most]:
        data = file.read_bytes()
        if b"\r" not in data and b"\0" not in data and data:
            path = Path(name.replace(".", "/"), file.relative_to(folder)).as_posix()
            found[path] = Source.of(data.decode())
    assert found, f"{name} has no files *{suffix}"
    return found


def blocks(source: Source, *, top: bool = False, longer_than: int = 3) -> list[Block]:
    """The functions of a Python text that are longer than so many lines; with `top` the module's alone."""
    tree = ast.parse(source.text.removeprefix(BOM))
    nodes = tree.body if top else list(ast.walk(tree))
    found = []
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
            line = source.lines[node.body[0].lineno - 1]
            own_line = node.body[0].lineno > node.lineno and line.strip()
            if own_line and node.end_lineno - first > longer_than:
                indent = line[: len(line) - len(line.lstrip())]
                found.append(Block(node.name, first, node.end_lineno, node.body[0].lineno - 1, indent))
    return sorted(found, key=lambda block: block.first)


def shared_name(files: Mapping[str, Source], least: int) -> tuple[str, list[str]]:
    """The class that the fewest lines name of those that at least so many files name, and these files."""
    words = {path: Counter(re.findall(r"\w+", source.text)) for path, source in files.items()}
    classes = {name for s in files.values() for name in re.findall(r"^class (\w{6,})", s.text, re.M)}
    lines = {
        name: sum(found[name] for found in words.values())
        for name in classes
        if sum(name in found for found in words.values()) >= least
    }
    name = min(lines, key=lambda each: (lines[each], each))
    return name, [path for path, found in words.items() if name in found]
