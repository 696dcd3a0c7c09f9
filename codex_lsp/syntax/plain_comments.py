"""Where the comments of a text are that no grammar is at hand for: by how its language writes them.

What stands in a string may be taken for a comment. So a mark in the middle of a line only counts behind a
blank and where the quotes before it are paired, and of a language that nobody knows only whole lines do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from codex_lsp.edits.text import LineIndex, strip_end
from codex_lsp.records import record
from codex_lsp.syntax.languages import language_of
from codex_lsp.syntax.spans import Span

_C = ("//", "/* */")
_XML = ("<!-- -->",)

# Marks of lines, and pairs around blocks, by the identifiers of LSP, Vim and our grammars, and by suffixes.
_STYLES: dict[tuple[str, ...], str] = {
    _C: "c cpp c_sharp csharp go java javascript javascriptreact typescript typescriptreact tsx jsx rust "
    "kotlin kt swift scala dart groovy zig jsonc less scss sass objective-c objc objective-cpp proto "
    "solidity sol v wgsl glsl hlsl verilog systemverilog",
    ("//", "#", "/* */"): "php",
    ("#", "//", "/* */"): "terraform tf hcl nix thrift",
    ("#",): "python bash shellscript sh zsh fish yaml yml toml dockerfile makefile make cmake r perl pl "
    "elixir ex exs nim crystal graphql properties conf dotenv gitcommit awk tcl just robot gdscript gd",
    ("#", ";"): "ini dosini cfg editorconfig gitconfig systemd desktop",
    ("#", "=begin =end"): "ruby",
    ("#", "#= =#"): "julia jl",
    ("#", "<# #>"): "powershell ps1",
    ("#", "/* */"): "puppet pp",
    ("--", "--[[ ]]"): "lua",
    ("--", "/* */"): "sql plsql mysql pgsql",
    ("--", "{- -}"): "haskell hs elm purescript purs",
    ("--",): "ada adb ads vhdl vhd",
    ("//", "(* *)"): "fsharp fs",
    ("(* *)",): "ocaml ml mli coq",
    (";",): "lisp commonlisp scheme racket clojure clj cljs elisp el emacs-lisp asm nasm autohotkey",
    ("%",): "latex tex plaintex bibtex matlab erlang erl prolog",
    ('"',): "vim viml",
    ("'",): "vb vbscript visual-basic",
    ("!",): "fortran f90",
    ("REM ", "rem ", "::"): "bat cmd dosbatch",
    ("/* */",): "css",
    (*_XML, "/* */"): "html svelte vue vue-html",
    (*_XML, "//", "/* */"): "astro",
    _XML: "xml xsl xsd svg markdown md mdx xhtml",
    ("{# #}", *_XML): "jinja jinja2 j2 jinja-html twig django-html",
}
_BY_NAME = {name: style for style, names in _STYLES.items() for name in names.split()}
_ANY = ("#", "//", "--", ";", "%", "/* */", "<!-- -->")
_NAMES = {"dockerfile": "dockerfile", "makefile": "makefile", "cmakelists.txt": "cmake", "justfile": "just"}

# A block without an end would be one of all that follows.
MAX_BLOCK_CHARS = 20_000
NEAR = 100
# Of one line; a hostile text has a hundred thousand marks in one.
MAX_LINE_CHARS = 5_000
MAX_TRIES = 20


@record(frozen=True, slots=True)
class _Style:
    """How comments begin and end; `known` says that this is the language's own way."""

    known: bool
    line: re.Pattern[str] | None
    opening: re.Pattern[str] | None
    closing: dict[str, str]


def plain_comments(
    path: str, index: LineIndex, language: str = "", near: Iterable[int] | None = None
) -> list[Span]:
    """The text's comments in order, with their marks; those of one line are each their own.

    `language` is what the editor calls it. With `near` only those within `NEAR` lines of one of these lines,
    in order, and blocks.
    """
    style = _style(_marks(path, language))
    blocks = list(_blocks(style, index))
    found = [*blocks]
    for first, last in [(0, index.line_count)] if near is None else _windows(near):
        for number in range(first, min(last, index.line_count)):
            found += _line(style, index, number, blocks)
    return sorted(found, key=lambda each: each.start)


def _windows(near: Iterable[int]) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for line in near:
        first, last = max(0, line - NEAR), line + NEAR + 1
        if windows and first <= windows[-1][1]:
            first, _ = windows.pop()
        windows.append((first, last))
    return windows


def _marks(path: str, language: str) -> tuple[str, ...] | None:
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    suffix = name.rpartition(".")[2] if "." in name else ""
    for each in (language.lower(), language_of(path, language), _NAMES.get(name, ""), suffix):
        if each in _BY_NAME:
            return _BY_NAME[each]
    return None


@cache
def _style(marks: tuple[str, ...] | None) -> _Style:
    pairs = dict(mark.split() for mark in marks or _ANY if " " in mark.strip())
    lines = [re.escape(mark) for mark in marks or _ANY if " " not in mark.strip()]
    return _Style(
        known=marks is not None,
        line=re.compile(rf"(?:^|(?<=[ \t]))(?:{'|'.join(lines)})") if lines else None,
        opening=re.compile("|".join(map(re.escape, pairs))) if pairs else None,
        closing=pairs,
    )


def _blocks(style: _Style, index: LineIndex) -> Iterator[Span]:
    """The blocks that have an end and do not begin in a line's comment; the text is gone through once."""
    text, at, ends = index.text, 0, dict.fromkeys(style.closing.values(), 0)
    while style.opening and (match := style.opening.search(text, at)):
        closing, start = style.closing[match[0]], match.end()
        if 0 <= ends[closing] < start:
            ends[closing] = text.find(closing, start)
        end, at = ends[closing] + len(closing), start
        if (
            ends[closing] >= 0
            and end - start <= MAX_BLOCK_CHARS
            and not _is_behind(style, index, match.start())
        ):
            yield _span(index, match.start(), end)
            at = end


def _is_behind(style: _Style, index: LineIndex, at: int) -> bool:
    """Whether a line's comment begins before a place in the same line."""
    number = index.line_at(at)
    return any(each.start < at for each in _line(style, index, number, ()))


def _line(style: _Style, index: LineIndex, number: int, blocks: Sequence[Span]) -> Iterator[Span]:
    """The comment at the end of a line, if there is one outside of the blocks."""
    line, start = strip_end(index.line(number)), index.start(number)
    if style.line is None or len(line) > MAX_LINE_CHARS:
        return
    at = 0
    for _ in range(MAX_TRIES):
        match = style.line.search(line, at)
        if match is None:
            return
        before = line[: match.start()]
        after = bisect_right(blocks, start + match.start(), key=lambda each: each.start)
        block = blocks[after - 1] if after else None
        if block and start + match.start() < block.end:
            at = block.end - start
        elif not before.strip() or (style.known and _is_paired(before)):
            yield _span(index, start + match.start(), start + len(line.rstrip()))
            return
        else:
            at = match.end()


def _is_paired(before: str) -> bool:
    return all(before.count(quote) % 2 == 0 for quote in "\"'`")


def _span(index: LineIndex, start: int, end: int) -> Span:
    return Span(start, end, index.line_at(start), index.line_at(max(start, end - 1)) + 1)
