"""What is a definition, a comment, an import, grammar by grammar, in tree-sitter's query language.

A definition's capture is its kind; `@name` is its name. A call is an import if what
it calls, `@by`, is one of `IMPORTERS`. Every pattern stands for itself: one that a newer
grammar no longer knows is left out, and the others hold.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from codex_lsp.syntax.languages import grammar

if TYPE_CHECKING:
    from tree_sitter import Query

_C = (
    "(function_definition declarator: (_) @name) @function",
    "(struct_specifier name: (_) @name body: (_)) @struct",
    "(union_specifier name: (_) @name body: (_)) @union",
    "(enum_specifier name: (_) @name body: (_)) @enum",
    "(type_definition declarator: (type_identifier) @name) @type",
    "(preproc_function_def name: (_) @name) @macro",
)
_JAVASCRIPT = (
    "(function_declaration name: (_) @name) @function",
    "(generator_function_declaration name: (_) @name) @function",
    "(class_declaration name: (_) @name) @class",
    "(method_definition name: (_) @name) @method",
    "(variable_declarator name: (_) @name value: [(arrow_function) (function_expression)]) @function",
    "(field_definition property: (_) @name value: [(arrow_function) (function_expression)]) @method",
)
_TYPESCRIPT = (
    *_JAVASCRIPT[:-1],
    "(public_field_definition name: (_) @name value: [(arrow_function) (function_expression)]) @method",
    "(abstract_class_declaration name: (_) @name) @class",
    "(abstract_method_signature name: (_) @name) @method",
    "(method_signature name: (_) @name) @method",
    "(interface_declaration name: (_) @name) @interface",
    "(type_alias_declaration name: (_) @name) @type",
    "(enum_declaration name: (_) @name) @enum",
    "(internal_module name: (_) @name) @namespace",
    "(module name: (_) @name) @module",
)

_DEFINITIONS = {
    "bash": ("(function_definition name: (_) @name) @function",),
    "c": _C,
    "c_sharp": (
        "(namespace_declaration name: (_) @name) @namespace",
        "(class_declaration name: (_) @name) @class",
        "(interface_declaration name: (_) @name) @interface",
        "(struct_declaration name: (_) @name) @struct",
        "(enum_declaration name: (_) @name) @enum",
        "(record_declaration name: (_) @name) @class",
        "(delegate_declaration name: (_) @name) @type",
        "(property_declaration name: (_) @name) @property",
        "(constructor_declaration name: (_) @name) @method",
        "(method_declaration name: (_) @name) @method",
        "(local_function_statement name: (_) @name) @function",
    ),
    "cpp": (
        *_C,
        "(class_specifier name: (_) @name body: (_)) @class",
        "(namespace_definition name: (_) @name) @namespace",
        "(alias_declaration name: (_) @name) @type",
    ),
    "css": (
        "(rule_set (selectors) @name) @rule",
        "(media_statement (_) @name . (block)) @rule",
        "(keyframes_statement (keyframes_name) @name) @rule",
    ),
    "go": (
        "(function_declaration name: (_) @name) @function",
        "(method_declaration name: (_) @name) @method",
        "(type_spec name: (_) @name type: (struct_type)) @struct",
        "(type_spec name: (_) @name type: (interface_type)) @interface",
        "(type_spec name: (_) @name type: [(type_identifier) (function_type) (map_type) (slice_type)]) @type",
    ),
    "html": (),
    "java": (
        "(class_declaration name: (_) @name) @class",
        "(interface_declaration name: (_) @name) @interface",
        "(annotation_type_declaration name: (_) @name) @interface",
        "(enum_declaration name: (_) @name) @enum",
        "(record_declaration name: (_) @name) @class",
        "(constructor_declaration name: (_) @name) @method",
        "(method_declaration name: (_) @name) @method",
    ),
    "javascript": _JAVASCRIPT,
    "lua": (
        "(function_declaration name: (_) @name) @function",
        "(assignment_statement (variable_list name: (_) @name) "
        "(expression_list value: (function_definition))) @function",
    ),
    "php": (
        "(namespace_definition name: (_) @name body: (_)) @namespace",
        "(function_definition name: (_) @name) @function",
        "(class_declaration name: (_) @name) @class",
        "(interface_declaration name: (_) @name) @interface",
        "(trait_declaration name: (_) @name) @trait",
        "(enum_declaration name: (_) @name) @enum",
        "(method_declaration name: (_) @name) @method",
    ),
    "python": (
        "(function_definition name: (_) @name) @function",
        "(class_definition name: (_) @name) @class",
    ),
    "ruby": (
        "(module name: (_) @name) @module",
        "(class name: (_) @name) @class",
        "(method name: (_) @name) @method",
        "(singleton_method name: (_) @name) @method",
    ),
    "rust": (
        "(mod_item name: (_) @name body: (_)) @module",
        "(function_item name: (_) @name) @function",
        "(function_signature_item name: (_) @name) @function",
        "(struct_item name: (_) @name) @struct",
        "(union_item name: (_) @name) @union",
        "(enum_item name: (_) @name) @enum",
        "(trait_item name: (_) @name) @trait",
        "(impl_item type: (_) @name) @impl",
        "(type_item name: (_) @name) @type",
        "(macro_definition name: (_) @name) @macro",
    ),
    "tsx": _TYPESCRIPT,
    "typescript": _TYPESCRIPT,
}

_LINE_AND_BLOCK = ("(line_comment) @comment", "(block_comment) @comment")
_COMMENTS = {
    **dict.fromkeys(_DEFINITIONS, ("(comment) @comment",)),
    "java": _LINE_AND_BLOCK,
    "rust": _LINE_AND_BLOCK,
}

IMPORTERS = frozenset(("require", "require_relative", "load", "source", "."))
_REQUIRE = "(call_expression function: (identifier) @by)"
_ES_IMPORTS = (
    "(import_statement) @import",
    f"(lexical_declaration (variable_declarator value: {_REQUIRE})) @import",
    f"(variable_declaration (variable_declarator value: {_REQUIRE})) @import",
    "(export_statement source: (_)) @import",
)
_IMPORTS = {
    "bash": ("(command name: (command_name) @by) @import",),
    "c": ("(preproc_include) @import",),
    "c_sharp": ("(using_directive) @import",),
    "cpp": ("(preproc_include) @import", "(using_declaration) @import"),
    "css": ("(import_statement) @import",),
    "go": ("(import_declaration) @import",),
    "html": (),
    "java": ("(package_declaration) @import", "(import_declaration) @import"),
    "javascript": _ES_IMPORTS,
    "lua": (
        "(variable_declaration (assignment_statement (expression_list value: "
        "(function_call name: (identifier) @by)))) @import",
        "(function_call name: (identifier) @by) @import",
    ),
    "php": (
        "(namespace_use_declaration) @import",
        "(expression_statement [(require_expression) (require_once_expression) "
        "(include_expression) (include_once_expression)]) @import",
    ),
    "python": (
        "(import_statement) @import",
        "(import_from_statement) @import",
        "(future_import_statement) @import",
    ),
    "ruby": ("(call method: (identifier) @by) @import",),
    "rust": ("(use_declaration) @import", "(extern_crate_declaration) @import", "(mod_item !body) @import"),
    "tsx": _ES_IMPORTS,
    "typescript": _ES_IMPORTS,
}


@cache
def definitions(language: str) -> Query | None:
    """The query for a grammar's definitions; None if it has none, as with `comments` and `imports`."""
    return _compiled(language, _DEFINITIONS[language])


@cache
def comments(language: str) -> Query | None:
    """The query for a grammar's comments, captured as `comment`."""
    return _compiled(language, _COMMENTS[language])


@cache
def imports(language: str) -> Query | None:
    """The query for a grammar's imports, captured as `import`."""
    return _compiled(language, _IMPORTS[language])


def _compiled(language: str, patterns: tuple[str, ...]) -> Query | None:
    from tree_sitter import Query, QueryError

    found = grammar(language)
    if found is None:
        return None
    known = []
    for pattern in patterns:
        try:
            Query(found, pattern)
        except QueryError:
            continue
        known.append(pattern)
    return Query(found, "\n".join(known)) if known else None
