"""What of a project's manifest is run when somebody builds, checks or opens it, apart from what is not.

`pyproject.toml`, `Cargo.toml`, `go.mod` and `tsconfig.json` are changed every day; most of it runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

# Tables of which every change counts, by the file's name; a part of each stands for all below it.
_TOML: Mapping[str, Sequence[tuple[str, ...]]] = {
    "pyproject.toml": (
        ("build-system",),
        ("project", "entry-points"),
        *(
            ("tool", name)
            for name in (
                "pylint", "pytest", "hatch", "pdm", "poe", "taskipy", "tox", "nox", "pixi", "cibuildwheel",
                "commitizen", "bumpversion", "bumpver", "semantic_release", "jupyter", "flit", "scikit-build",
                "maturin", "meson-python", "invoke", "duty", "rye", "pyright", "basedpyright", "pyre",
                "esbonio", "pylsp", "django-stubs",
            )
        ),
        ("tool", "mypy", "plugins"), ("tool", "mypy", "mypy_path"), ("tool", "mypy", "python_executable"),
        ("tool", "setuptools", "cmdclass"), ("tool", "setuptools", "ext-modules"),
        ("tool", "poetry", "build"), ("tool", "poetry", "source"), ("tool", "poetry", "plugins"),
        ("tool", "poetry", "requires-plugins"), ("tool", "uv", "index"), ("tool", "uv", "sources"),
        ("tool", "uv", "index-url"), ("tool", "uv", "extra-index-url"), ("tool", "uv", "find-links"),
        ("tool", "coverage", "run", "plugins"), ("tool", "ruff", "extend"),
    ),
    "cargo.toml": (
        ("package", "build"), ("package", "links"), ("build-dependencies",), ("lib", "proc-macro"),
        ("patch",), ("replace",), ("package", "metadata"),
    ),
}  # fmt: skip
_GO = re.compile(r"^[ \t]*(?:toolchain|replace|tool)\b.*|^.*=>.*", re.MULTILINE)
_PLUGINS = re.compile(r"\"(?:plugins|extends)\"\s*:\s*(?:\[[^\]]*\]|\"[^\"]*\")")
_TSCONFIG = re.compile(r"(?:ts|js)config(?:\..*)?\.json")


def runs_more(path: str, before: str, after: str) -> bool:
    """Whether a change of a manifest reaches what is run; what cannot be read as one does."""
    name = PurePosixPath(path).name.casefold()
    if name in _TOML:
        return _tables(_TOML[name], before) != _tables(_TOML[name], after)
    if name in ("go.mod", "go.work"):
        return not set(_GO.findall(after)) <= set(_GO.findall(before))
    if _TSCONFIG.fullmatch(name):
        return not set(_PLUGINS.findall(after)) <= set(_PLUGINS.findall(before))
    return False


def _tables(places: Sequence[tuple[str, ...]], text: str) -> list[Any]:
    # With the first manifest, not at the server's start.
    import tomllib

    try:
        data: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        # Whatever else reads it may be less strict.
        return [text]
    return [_at(data, place) for place in places]


def _at(data: Any, place: tuple[str, ...]) -> Any:
    for part in place:
        data = data.get(part) if isinstance(data, dict) else None
    return data
