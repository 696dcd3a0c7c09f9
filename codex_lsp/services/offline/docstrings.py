"""Docstring skeletons in Google's style, made from names, annotations and the syntax tree alone.

An existing docstring is never touched. Overloads, and the setters and deleters of properties, get none:
readers look for it at the first definition.
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Iterator, Sequence

from codex_lsp.records import record
from codex_lsp.services.offline import describe
from codex_lsp.services.offline.source import Edit, Lines, apply, parse
from codex_lsp.services.offline.tree import Definition, Function, first_line

WIDTH = 88
_HANGING = "        "


@record(frozen=True, slots=True)
class Skeleton:
    """A docstring to be put in: for what, in which line (zero-based), by which edit."""

    name: str
    line: int
    edit: Edit


@record(frozen=True, slots=True)
class _Header:
    """Where a definition's header ends: the colon, and the line (one-based) of the logical line's end."""

    after_colon: tuple[int, int]
    last_line: int


def skeletons(text: str, wanted: Sequence[Definition], tree: ast.Module) -> list[Skeleton]:
    """The docstrings that `wanted`, nodes of `tree`, lack; each is known to change nothing else."""
    headers = _headers(text)
    lines = Lines(text)
    owners = {
        id(child): node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for child in node.body
    }
    made = [
        _skeleton(node, owners.get(id(node)), headers[node.lineno, node.name], lines)
        for node in wanted
        if ast.get_docstring(node, clean=False) is None
        and not _is_secondary(node)
        and (node.lineno, node.name) in headers
    ]
    if _changes_nothing_else(tree, apply(text, [skeleton.edit for skeleton in made])):
        return made
    return [skeleton for skeleton in made if _changes_nothing_else(tree, apply(text, [skeleton.edit]))]


def _is_secondary(node: Definition) -> bool:
    names = [describe.last_name(decorator) for decorator in node.decorator_list]
    return any(name in {"overload", "setter", "deleter"} for name in names)


def _skeleton(node: Definition, owner: ast.ClassDef | None, header: _Header, lines: Lines) -> Skeleton:
    body_line = first_line(node.body[0])
    if body_line > header.last_line:
        indent = _margin(lines.line(body_line - 1))
        at = header.last_line
        while lines.line(at).lstrip().startswith("# type:"):
            at += 1
        block = _block(node, owner, indent) + "\n"
        if isinstance(node, ast.ClassDef) and lines.line(at).strip():
            block += "\n"
        return Skeleton(node.name, node.lineno - 1, Edit(lines.start(at), lines.start(at), block))
    margin = _margin(lines.line(node.lineno - 1))
    indent = margin + ("\t" if "\t" in margin else "    ")
    start = lines.start(header.after_colon[0] - 1) + header.after_colon[1]
    end = lines.offset(body_line, node.body[0].col_offset)
    block = "\n" + _block(node, owner, indent) + "\n" + indent
    return Skeleton(node.name, node.lineno - 1, Edit(start, end, block))


def _margin(line: str) -> str:
    """The line's indentation; a form feed in it counts for nothing."""
    return line[: len(line) - len(line.lstrip(" \t\f"))].replace("\f", "")


def _block(node: Definition, owner: ast.ClassDef | None, indent: str) -> str:
    """The docstring's lines, indented, without the last line's end."""
    if isinstance(node, ast.ClassDef):
        summary, sections = describe.class_summary(node), describe.class_sections(node)
    else:
        summary, sections = describe.summary(node, owner), describe.sections(node, owner)
    width = max(40, WIDTH - len(indent.expandtabs(4)))
    content = [summary]
    for title, entries in sections:
        content += ["", f"{title}:"]
        for entry in entries:
            content += textwrap.wrap(
                entry, width, initial_indent="    ", subsequent_indent=_HANGING,
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
    text = "\n".join(content)
    quotes = ('r"""' if "\\" in text else '"""', '"""')
    content = [quotes[0] + content[0], *content[1:]]
    if sections:
        content.append(quotes[1])
    else:
        content[-1] += quotes[1]
    return "\n".join(indent + line if line else "" for line in content)


def _headers(text: str) -> dict[tuple[int, str], _Header]:
    """The headers of all definitions, by the line of their `def` or `class` (one-based) and their name."""
    found: dict[tuple[int, str], _Header] = {}
    tokens = list(_tokens(text))
    for number, token in enumerate(tokens):
        if token.type == tokenize.NAME and token.string in {"def", "class"}:
            name = tokens[number + 1]
            start = tokens[number - 1] if number and tokens[number - 1].string == "async" else token
            if name.type == tokenize.NAME and (header := _header(tokens, number)):
                found[start.start[0], name.string] = header
    return found


def _header(tokens: Sequence[tokenize.TokenInfo], start: int) -> _Header | None:
    depth = 0
    colon: tuple[int, int] | None = None
    for token in map(tokens.__getitem__, range(start, len(tokens))):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0 and colon is None:
                colon = token.end
        elif token.type == tokenize.NEWLINE:
            return None if colon is None else _Header(colon, token.start[0])
    return None


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline="\n").readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _changes_nothing_else(before: ast.Module, text: str) -> bool:
    after = parse(text)
    if not isinstance(after, ast.Module):
        return False
    kinds = (*Function, ast.ClassDef)
    old = [node for node in ast.walk(before) if isinstance(node, kinds)]
    new = [node for node in ast.walk(after) if isinstance(node, kinds)]
    for was, node in zip(old, new, strict=False):
        if ast.get_docstring(was, clean=False) is None and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(before) == ast.dump(after)
