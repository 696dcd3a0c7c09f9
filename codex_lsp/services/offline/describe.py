"""What can be said of a definition from its name, its annotations and its body's shape."""

from __future__ import annotations

import ast
from itertools import pairwise

from codex_lsp.services.offline.body import Body, raised
from codex_lsp.services.offline.tree import Definition, Function
from codex_lsp.services.offline.vocabulary import DUNDERS, NO_ARTICLE, OPENINGS, PREDICATES, VERBS

Section = tuple[str, list[str]]


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name or of what is called; empty for anything else."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def words(name: str) -> list[str]:
    """`parseHTTPHeader_v2` → parse, HTTP, header, v, 2."""
    found: list[str] = []
    for part in filter(None, name.split("_")):
        starts = [n for n in range(1, len(part)) if _begins_word(part[n - 1], part[n], part[n + 1 : n + 2])]
        found += [part[start:end] for start, end in pairwise([0, *starts, len(part)])]
    return [
        word if word.isupper() and len(word) > 1 and not name.isupper() else word.lower() for word in found
    ]


def _begins_word(before: str, here: str, after: str) -> bool:
    if before.isdigit() != here.isdigit():
        return True
    return here.isupper() and (not before.isupper() or after.islower())


def summary(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None) -> str:
    """A function's first line."""
    if node.name in DUNDERS:
        return DUNDERS[node.name].format(owner=" ".join(words(owner.name)) if owner else "object")
    if node.name.startswith("__") and node.name.endswith("__"):
        return f"Implement `{node.name}`."
    if any(last_name(decorator) in {"property", "cached_property"} for decorator in node.decorator_list):
        return _sentence(f"the {' '.join(words(node.name))}")
    return _sentence(_action(words(node.name) or [node.name], Body(node)))


def _action(parts: list[str], body: Body) -> str:
    head, rest = parts[0], parts[1:]
    if head in PREDICATES and rest:
        return f"tell whether {PREDICATES[head]} {' '.join(rest)}"
    if head in OPENINGS and rest:
        return f"{OPENINGS[head]} {_with_article(rest)}"
    if head in VERBS:
        return f"{head} {_with_article(rest)}".strip()
    if body.yields or body.returns:
        return f"{'yield' if body.yields else 'return'} {_with_article(parts)}"
    return " ".join(parts)


def class_summary(node: ast.ClassDef) -> str:
    """A class's first line."""
    parts = words(node.name) or [node.name]
    if parts[-1] in {"error", "exception", "warning"} and parts[:-1]:
        return _sentence(f"signal {_with_article(parts)}")
    return _sentence(" ".join(parts))


def class_sections(node: ast.ClassDef) -> list[Section]:
    """The annotated public attributes."""
    entries = [
        f"{item.target.id} ({ast.unparse(item.annotation)}): {_noun(item.target.id)}"
        for item in node.body
        if isinstance(item, ast.AnnAssign)
        and isinstance(item.target, ast.Name)
        and not item.target.id.startswith("_")
    ]
    return [("Attributes", entries)] if entries else []


def sections(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None) -> list[Section]:
    """Args, Returns or Yields, and Raises, as far as there is something to say."""
    body = Body(node)
    found: list[Section] = []
    if entries := _arguments(node, owner):
        found.append(("Args", entries))
    if body.yields:
        found.append(("Yields", [_typed(_yielded(node.returns), "The next item.")]))
    elif entry := _returned(node, body):
        found.append(("Returns", [entry]))
    if entries := [f"{name}: {reason}" for name, reason in raised(node).items()]:
        found.append(("Raises", entries))
    return found


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None) -> list[str]:
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    pairs = list(zip(plain, [*defaults, *arguments.defaults], strict=True))
    static = any(last_name(decorator) == "staticmethod" for decorator in node.decorator_list)
    if owner is not None and not static:
        pairs = pairs[1:]
    entries = [_argument(argument, default) for argument, default in pairs]
    if arguments.vararg:
        entries.append(_argument(arguments.vararg, None, "*", "Further positional arguments."))
    entries += [
        _argument(argument, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        entries.append(_argument(arguments.kwarg, None, "**", "Further keyword arguments."))
    return entries


def _argument(argument: ast.arg, default: ast.expr | None, stars: str = "", meaning: str = "") -> str:
    annotation = f" ({ast.unparse(argument.annotation)})" if argument.annotation else ""
    flag = isinstance(default, ast.Constant) and isinstance(default.value, bool)
    entry = f"{stars}{argument.arg}{annotation}: {meaning or _noun(argument.arg, flag=flag)}"
    value = ast.unparse(default) if default is not None else ""
    if value and len(value) <= 30 and '"""' not in value and value.isprintable():
        entry += f" Defaults to {value}."
    return entry


def _noun(name: str, *, flag: bool = False) -> str:
    parts = words(name)
    if len("".join(parts)) < 2:
        return f"The value of `{name}`."
    return f"The {' '.join(parts)}{' flag' if flag else ''}."


def _returned(node: ast.FunctionDef | ast.AsyncFunctionDef, body: Body) -> str:
    annotation = node.returns
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return ""
    if annotation is not None and last_name(annotation) in {"NoReturn", "Never"}:
        return ""
    if annotation is None and not body.returns:
        return ""
    truth = (annotation is not None and last_name(annotation) == "bool") or (words(node.name) or [""])[
        0
    ] in PREDICATES
    return _typed(annotation, "True if so, False if not." if truth else "The result.")


def _yielded(annotation: ast.expr | None) -> ast.expr | None:
    if not isinstance(annotation, ast.Subscript):
        return None
    item = annotation.slice
    return item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item


def _typed(annotation: ast.expr | None, meaning: str) -> str:
    return f"{ast.unparse(annotation)}: {meaning}" if annotation is not None else meaning


def _with_article(parts: list[str]) -> str:
    if not parts or parts[0] in NO_ARTICLE or parts[0].isdigit():
        return " ".join(parts)
    return "the " + " ".join(parts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def signature(node: Definition) -> str:
    """The header as one line of code, without decorators and colon."""
    if isinstance(node, Function):
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        prefix = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        return f"{prefix} {node.name}({ast.unparse(node.args)}){returns}"
    bases = ", ".join(ast.unparse(base) for base in [*node.bases])
    return f"class {node.name}({bases})" if bases else f"class {node.name}"
