"""What happens inside one function, nested definitions left aside."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_CATCH_ALL = frozenset({"Exception", "BaseException"})
MAX_CONDITION = 60


class Body:
    """Counts and names, read off once."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        nodes = [inner for statement in node.body for inner in own_nodes(statement)]
        self.yields = sum(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in nodes)
        self.returns = sum(isinstance(inner, ast.Return) and inner.value is not None for inner in nodes)
        self.conditions = sum(isinstance(inner, (ast.If, ast.IfExp)) for inner in nodes)
        self.loops = sum(isinstance(inner, (ast.For, ast.AsyncFor, ast.While)) for inner in nodes)
        self.tries = sum(type(inner).__name__ in {"Try", "TryStar"} for inner in nodes)
        self.matches = sum(isinstance(inner, ast.Match) for inner in nodes)
        self.awaits = sum(isinstance(inner, ast.Await) for inner in nodes)
        called = (dotted(inner.func) for inner in nodes if isinstance(inner, ast.Call))
        self.calls = list(dict.fromkeys(name for name in called if name))


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is in it, down to but not into nested functions and classes, in source order."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def dotted(node: ast.expr) -> str:
    """`a.b.c` of such an expression; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{base}.{node.attr}" if (base := dotted(node.value)) else ""
    return node.id if isinstance(node, ast.Name) else ""


def raised(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """The exceptions that the function raises itself and lets out, each with the first occasion, in words."""
    found: dict[str, str] = {}
    for statement in node.body:
        _collect(statement, "", frozenset(), found)
    return found


def _collect(node: ast.AST, occasion: str, caught: frozenset[str], found: dict[str, str]) -> None:
    if isinstance(node, _SCOPES):
        return
    if isinstance(node, ast.Raise):
        name = _exception(node)
        if name and not caught & {name, *_CATCH_ALL}:
            found.setdefault(name, occasion or "Raised by this function.")
    elif isinstance(node, ast.If):
        condition = _condition(node.test)
        _each(node.body, condition and f"If `{condition}`.", caught, found)
        _each(node.orelse, condition and f"Unless `{condition}`.", caught, found)
    elif isinstance(node, ast.ExceptHandler):
        kind = _condition(node.type) if node.type else ""
        _each(node.body, f"On `{kind}`." if kind else "On any other exception.", caught, found)
    elif isinstance(node, ast.Try):
        _each(node.body, occasion, caught | _handled(node), found)
        _each([*node.handlers, *node.orelse, *node.finalbody], occasion, caught, found)
    else:
        _each(ast.iter_child_nodes(node), occasion, caught, found)


def _each(nodes: Iterable[ast.AST], occasion: str, caught: frozenset[str], found: dict[str, str]) -> None:
    for node in nodes:
        _collect(node, occasion, caught, found)


def _exception(node: ast.Raise) -> str:
    expression = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = dotted(expression) if expression is not None else ""
    # A lower-case name is a variable: what it holds can't be told from here.
    return name if name.rpartition(".")[2][:1].isupper() else ""


def _handled(node: ast.Try) -> frozenset[str]:
    names: set[str] = set()
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names |= {"BaseException" if kind is None else dotted(kind) for kind in kinds}
    return frozenset(names)


def _condition(node: ast.expr) -> str:
    text = ast.unparse(node)
    fits = len(text) <= MAX_CONDITION and text.isprintable()
    return text if fits and '"""' not in text and "`" not in text else ""
