"""Which language a file is in, and its grammar."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language

# Grammar → its wheel's module and function there.
_WHEELS = {
    "bash": ("tree_sitter_bash", "language"),
    "c": ("tree_sitter_c", "language"),
    "c_sharp": ("tree_sitter_c_sharp", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "css": ("tree_sitter_css", "language"),
    "go": ("tree_sitter_go", "language"),
    "html": ("tree_sitter_html", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "lua": ("tree_sitter_lua", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "python": ("tree_sitter_python", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
}
GRAMMARS = tuple(_WHEELS)

_SUFFIXES = {
    "bash": "sh bash",
    "c": "c h",
    "c_sharp": "cs",
    "cpp": "cc cpp cxx hh hpp hxx h++ c++ ipp tpp",
    "css": "css",
    "go": "go",
    "html": "html htm xhtml",
    "java": "java",
    "javascript": "js mjs cjs jsx",
    "lua": "lua",
    "php": "php phtml",
    "python": "py pyi pyw",
    "ruby": "rb rake gemspec ru",
    "rust": "rs",
    "tsx": "tsx",
    "typescript": "ts mts cts",
}
_BY_SUFFIX = {suffix: name for name, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BY_NAME = {
    "Rakefile": "ruby",
    "Gemfile": "ruby",
    ".bashrc": "bash",
    ".bash_profile": "bash",
    ".profile": "bash",
}

# Identifiers of LSP 3.17 (Text Documents) that are not the grammar's own name.
_BY_ID = {
    "shellscript": "bash",
    "sh": "bash",
    "csharp": "c_sharp",
    "javascriptreact": "javascript",
    "typescriptreact": "tsx",
}


def language_of(path: str, language_id: str = "") -> str:
    """The grammar's name for a file: by what the editor calls its language, else by its name; "" if unknown.

    >>> language_of("src/app.tsx"), language_of("build", "shellscript"), language_of("notes.md")
    ('tsx', 'bash', '')
    """
    said = _BY_ID.get(language_id, language_id)
    if said in _WHEELS:
        return said
    name = path.replace("\\", "/").rpartition("/")[2]
    return _BY_NAME.get(name) or _BY_SUFFIX.get(name.rpartition(".")[2].lower() if "." in name else "", "")


@cache
def grammar(name: str) -> Language | None:
    """The grammar of that name; None if there is none, or its wheel is missing or does not fit."""
    if name not in _WHEELS:
        return None
    module, function = _WHEELS[name]
    try:
        from tree_sitter import Language

        return Language(getattr(import_module(module), function)())
    except (ImportError, AttributeError, ValueError, OSError):
        return None
