"""An explanation that the syntax tree alone can give: what it is called, takes, calls, raises and returns."""

from __future__ import annotations

import ast

from codex_lsp.services.offline import describe
from codex_lsp.services.offline.body import Body, raised
from codex_lsp.services.offline.tree import Definition, Function, selected
from codex_lsp.services.offline.words import count, listing, span

MAX_DEFINITIONS = 12
_CAVEAT = "This is read off the syntax tree: the offline rule engine sees structure, not meaning."


def explain(tree: ast.Module, path: str, first: int, last: int) -> str:
    """Markdown on the definitions in lines `first` to `last` (zero-based), or on the statements there."""
    found = selected(tree, first, last)
    if not found:
        return f"{_statements(tree, path, first, last)}\n\n{_CAVEAT}"
    parts = [_definition(node, path) for node in found[:MAX_DEFINITIONS]]
    if len(found) > MAX_DEFINITIONS:
        parts.append(
            f"{count(len(found) - MAX_DEFINITIONS, 'more definition')} in the selection are left out."
        )
    return "\n\n".join([*parts, _CAVEAT])


def _definition(node: Definition, path: str) -> str:
    lines = span(node.lineno - 1, (node.end_lineno or node.lineno) - 1)
    head = f"`{describe.signature(node)}` ({path}, {lines})."
    facts = _function_facts(node) if isinstance(node, Function) else _class_facts(node)
    return " ".join([head, *(fact for fact in facts if fact)])


def _function_facts(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    body = Body(node)
    decorators = [f"`{ast.unparse(decorator)}`" for decorator in node.decorator_list]
    shape = [
        count(body.conditions, "condition") if body.conditions else "",
        count(body.loops, "loop") if body.loops else "",
        f"{body.tries} `try`" if body.tries else "",
        f"{body.matches} `match`" if body.matches else "",
        f"{body.awaits} `await`" if body.awaits else "",
    ]
    leaving = [
        f"`{name}` ({reason.rstrip('.').lower() if ' by ' in reason else reason.rstrip('.')})"
        for name, reason in raised(node).items()
    ]
    return [
        _docstring(node),
        f"Decorated with {listing(decorators)}." if decorators else "",
        f"It branches by {listing(filter(None, shape))}." if any(shape) else "It runs straight through.",
        f"It calls {listing(f'`{name}`' for name in body.calls)}." if body.calls else "It calls nothing.",
        f"It raises {listing(leaving)}." if leaving else "",
        _result(body),
    ]


def _result(body: Body) -> str:
    if body.yields:
        return f"It is a generator that yields in {count(body.yields, 'place')}."
    return (
        f"It returns a value in {count(body.returns, 'place')}." if body.returns else "It returns no value."
    )


def _class_facts(node: ast.ClassDef) -> list[str]:
    methods = [item.name for item in node.body if isinstance(item, Function)]
    targets = [
        target
        for item in node.body
        if isinstance(item, (ast.Assign, ast.AnnAssign))
        for target in (item.targets if isinstance(item, ast.Assign) else [item.target])
    ]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return [
        _docstring(node),
        f"Its methods are {listing(f'`{name}`' for name in methods)}." if methods else "It has no methods.",
        f"Its class attributes are {listing(f'`{name}`' for name in names)}." if names else "",
    ]


def _docstring(node: Definition) -> str:
    text = ast.get_docstring(node)
    return f'Its docstring begins: "{text.split(chr(10))[0].strip()}"' if text and text.strip() else ""


def _statements(tree: ast.Module, path: str, first: int, last: int) -> str:
    inside = [node for node in tree.body if node.lineno - 1 <= last and (node.end_lineno or 0) - 1 >= first]
    if not inside:
        return f"There is no statement in {span(first, last)} of {path}."
    kinds: dict[str, int] = {}
    for node in inside:
        kinds[type(node).__name__] = kinds.get(type(node).__name__, 0) + 1
    nodes = [found for node in inside for found in ast.walk(node)]
    names = dict.fromkeys(
        found.id for found in nodes if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)
    )
    held = listing(f"{number} × `{kind}`" for kind, number in kinds.items())
    parts = [f"{span(first, last).capitalize()} of {path}: {held}."]
    if names:
        parts.append(f"They assign {listing(f'`{name}`' for name in names)}.")
    return " ".join(parts)
