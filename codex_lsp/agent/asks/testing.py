"""Where the tests of a file belong, by the customs of its language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from posixpath import splitext

_JS = ("javascript", "javascriptreact", "typescript", "typescriptreact")
_SOURCES = ("src", "lib", "app", "source")

# Language → the names of a test of `x`, without the suffix; the first one is for a new file.
_NAMES = {
    "python": ("test_{}", "{}_test"),
    "go": ("{}_test",),
    "ruby": ("{}_spec", "{}_test"),
    "elixir": ("{}_test",),
    "dart": ("{}_test",),
    "lua": ("{}_spec",),
    "java": ("{}Test", "{}Tests"),
    "kotlin": ("{}Test",),
    "scala": ("{}Test", "{}Spec"),
    "groovy": ("{}Spec", "{}Test"),
    "php": ("{}Test",),
    "csharp": ("{}Tests", "{}Test"),
    "swift": ("{}Tests",),
    "c": ("test_{}", "{}_test"),
    "cpp": ("{}_test", "test_{}"),
    "perl": ("{}",),
    "r": ("test-{}",),
    **dict.fromkeys(_JS, ("{}.test", "{}.spec")),
}
_FOLDERS = {
    "python": ("tests", "test"),
    "ruby": ("spec", "test"),
    "lua": ("spec",),
    "perl": ("t",),
    "r": ("tests/testthat",),
    "php": ("tests",),
    "csharp": ("tests", "test"),
    "swift": ("Tests",),
    "elixir": ("test",),
    "dart": ("test",),
    **dict.fromkeys(("c", "cpp"), ("tests", "test")),
    **dict.fromkeys(_JS, ("tests", "test", "__tests__")),
}
_SUFFIXES = {"elixir": ".exs", "perl": ".t"}
_BESIDE = ("go", *_JS)
_IDS = {"c_sharp": "csharp", "objective-c": "c", "tsx": "typescript", "jsx": "javascript"}


def file_for_tests(path: str, language: str, exists: Callable[[str], bool]) -> str | None:
    """The workspace-relative path of the file for the tests of `path`; `path` itself if they belong there.

    That is the first customary place where there is one, else where a new one would be: beside other tests.
    None where the language's customs are not known. `exists` is asked about files and folders, a dozen times.
    """
    language = _IDS.get(language, language)
    if language == "rust":
        return path
    if language not in _NAMES:
        return None
    folder, _, name = path.rpartition("/")
    stem, suffix = splitext(name)
    if _is_test(stem, language):
        return path
    suffix = _SUFFIXES.get(language, suffix)
    names = [pattern.format(stem) + suffix for pattern in _NAMES[language]]
    places = list(dict.fromkeys(_places(folder, language, exists)))
    for place in places:
        for each in names:
            if exists(_joined(place, each)):
                return _joined(place, each)
    return _joined(places[0], names[0])


def _is_test(stem: str, language: str) -> bool:
    return any(
        pattern != "{}" and stem.startswith(head) and stem.endswith(tail) and stem != head + tail
        for pattern in _NAMES[language]
        for head, _, tail in [pattern.partition("{}")]
    )


def _places(folder: str, language: str, exists: Callable[[str], bool]) -> Iterator[str]:
    """The folders in which a test may be, the best for a new one first."""
    steps = folder.split("/") if folder else []
    if "main" in steps[1:] and steps[steps.index("main") - 1] == "src":
        at = steps.index("main")
        yield "/".join([*steps[:at], "test", *steps[at + 1 :]])
    if language in _BESIDE:
        yield folder
    inner = next((steps[number + 1 :] for number, step in enumerate(steps) if step in _SOURCES), steps)
    found: list[str] = []
    for tests in _FOLDERS.get(language, ()):
        # Without the package's own folder, too: pkg/a/b.py is tested in tests/a/test_b.py.
        mirrored = [_joined(tests, "/".join(each)) for each in (inner, inner[1:])]
        found += [*(each for each in mirrored if exists(each)), tests, *mirrored]
        found.append(_joined(folder, tests))
    yield from sorted(found, key=lambda each: not exists(each))
    yield folder


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}".strip("/") if folder else name
