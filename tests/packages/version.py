"""The one version, where it is written down.

usage: python -m tests.packages.version [NEW]

Tells the version, or sets it everywhere: in codex_lsp, in VS Code's extension and its lock, and as a heading
of the changelog over what was unreleased.
"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# The one that is read; hatchling takes it from there, too.
SOURCE = "codex_lsp/__init__.py"
_NUMBER = r"[0-9]+\.[0-9]+\.[0-9]+"
# Each with what stands before the version, and how often.
PLACES = {
    SOURCE: (r'^__version__ = "', 1),
    "editors/vscode/package.json": (r'^  "version": "', 1),
    "editors/vscode/package-lock.json": (r'"name": "codex-lsp",\n +"version": "', 2),
}
CHANGELOG = "CHANGELOG.md"
_UNRELEASED = "## Unreleased\n"


def found(root: Path = ROOT) -> dict[str, list[str]]:
    """The versions that each place has."""
    return {name: _pattern(name).findall(_read(root, name)) for name in PLACES}


def current(root: Path = ROOT) -> str:
    """The version that the source says."""
    (version,) = found(root)[SOURCE]
    return version


def problems(root: Path = ROOT) -> list[str]:
    """What does not have the source's version."""
    version = current(root)
    wanted = {name: [version] * often for name, (_, often) in PLACES.items()}
    return [f"{name}: {told}" for name, told in found(root).items() if told != wanted[name]]


def change(new: str, root: Path = ROOT, today: datetime.date | None = None) -> None:
    """Set the version everywhere; `ValueError`, and nothing is written, if it is none or is there already."""
    if re.fullmatch(_NUMBER, new) is None:
        raise ValueError(f"{new} is not of the form 1.2.3, which VS Code asks for, too")
    log = _read(root, CHANGELOG)
    if f"\n## {new} - " in log or log.count(_UNRELEASED) != 1:
        raise ValueError(f"{CHANGELOG} needs one heading `{_UNRELEASED.strip()}`, and none for {new}")
    today = today or datetime.datetime.now(datetime.UTC).date()
    for name in PLACES:
        text = _pattern(name).sub(lambda match: match[0].removesuffix(match[1]) + new, _read(root, name))
        _write(root, name, text)
    _write(root, CHANGELOG, log.replace(_UNRELEASED, f"{_UNRELEASED}\n## {new} - {today}\n"))


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(f"{PLACES[name][0]}({_NUMBER})", re.MULTILINE)


def _read(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def _write(root: Path, name: str, text: str) -> None:
    (root / name).write_text(text, encoding="utf-8")


def main(argv: Sequence[str], root: Path = ROOT) -> int:
    """Tell, or set; exits 0 if all places have one version then."""
    if len(argv) > 1 or {"-h", "--help"} & set(argv):
        print(__doc__)
        return 0 if len(argv) == 1 else 2
    try:
        if argv:
            change(argv[0], root)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(current(root))
    wrong = problems(root)
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
