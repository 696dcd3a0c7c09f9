"""Where the comments of a text are that no grammar is at hand for: by how its language writes them.

What stands in a string may be taken for a comment. So a mark in the middle of a line only counts behind a
blank and where the quotes before it are paired, and of a language that nobody knows only whole lines do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from codex_lsp.edits.text import LineIndex
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
    "elixir ex exs nim crystal graphql properties conf ini dotenv gitcommit awk tcl just robot gdscript gd",
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


@dataclass(frozen=True, slots=True)
class _Style:
    """How comments begin; `known` says that this is the language's own way."""

    known: bool
    line: re.Pattern[str] | None
    block: re.Pattern[str] | None


def plain_comments(path: str, text: str, language: str = "") -> list[Span]:
    """The text's comments in order, with their marks; those of one line are each their own.

    `language` is what the editor calls it.
    """
    style, index = _style(_marks(path, language)), LineIndex(text)
    matches = style.block.finditer(text) if style.block else ()
    found = [_span(index, match.start(), match.end()) for match in matches]
    found += _lines(style, index, [(each.start, each.end) for each in found])
    return sorted(found, key=lambda each: each.start)


def _marks(path: str, language: str) -> tuple[str, ...] | None:
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    suffix = name.rpartition(".")[2] if "." in name else ""
    for each in (language.lower(), language_of(path, language), _NAMES.get(name, ""), suffix):
        if each in _BY_NAME:
            return _BY_NAME[each]
    return None


@cache
def _style(marks: tuple[str, ...] | None) -> _Style:
    pairs = [mark.split() for mark in marks or _ANY if " " in mark.strip()]
    lines = [re.escape(mark) for mark in marks or _ANY if " " not in mark.strip()]
    inside = rf"[\s\S]{{0,{MAX_BLOCK_CHARS}}}?"
    block = "|".join(f"{re.escape(first)}{inside}{re.escape(last)}" for first, last in pairs)
    line = rf"(?:^|(?<=[ \t]))(?:{'|'.join(lines)})[^\r\n]*"
    return _Style(
        known=marks is not None,
        line=re.compile(line, re.MULTILINE) if lines else None,
        block=re.compile(block) if block else None,
    )


def _lines(style: _Style, index: LineIndex, blocks: list[tuple[int, int]]) -> Iterator[Span]:
    at = 0
    while style.line and (match := style.line.search(index.text, at)):
        start = match.start()
        before = index.text[index.start(index.line_at(start)) : start]
        inside = next((last for first, last in blocks if first <= start < last), None)
        if inside is None and (not before.strip() or (style.known and _is_paired(before))):
            yield _span(index, start, start + len(match[0].rstrip()))
            at = match.end()
        else:
            at = inside or start + 1


def _is_paired(before: str) -> bool:
    return all(before.count(quote) % 2 == 0 for quote in "\"'`")


def _span(index: LineIndex, start: int, end: int) -> Span:
    return Span(start, end, index.line_at(start), index.line_at(max(start, end - 1)) + 1)
