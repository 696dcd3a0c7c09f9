"""Every path and every link in the documents leads to one thing that is there."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import PurePosixPath

import pytest

from tests.documents.reading import DOCUMENTS, ROOT, read

# Files of a person's own, by the names that they have there.
THEIRS = re.compile(r"(\.codex-lsp/)?asks/|~|/home/|run\.html$")
FILE = re.compile(
    r"`([\w.-]*(?:[/*][\w.*{},-]+)+\.(?:py|md|json|yml|toml|txt|lua|story)|[\w.-]+(?:/[\w{},.-]+)*/)`"
)
BARE = re.compile(r"`(\w+\.py)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@cache
def tracked() -> frozenset[str]:
    """Files of the tree and their folders, with a slash."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    files = [name for name in listed if name and (ROOT / name).is_file()]
    return frozenset((*files, *(f"{folder}/" for name in files for folder in PurePosixPath(name).parents)))


def found(path: str, folders: tuple[str, ...] = ("",)) -> set[str]:
    """What a path means: from the top, or in the package; with braces and asterisks, all of it."""
    tops = [f"{top}{folder}" for top in ("", "codex_lsp/") for folder in folders]
    wanted = [f"{top}{each}" for top in tops for each in _spread(path)]
    patterns = [re.compile(re.escape(each).replace(r"\*", "[^/]*")) for each in wanted]
    return {name for name in tracked() if any(pattern.fullmatch(name) for pattern in patterns)}


def _spread(path: str) -> list[str]:
    head, brace, rest = path.partition("{")
    inner, _, tail = rest.partition("}")
    return [head + each + tail for each in inner.split(",")] if brace else [path]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_is_there_and_means_one_thing(document: str) -> None:
    wrong = []
    for path in FILE.findall(read(document)):
        if THEIRS.match(path) or path.startswith((".", "build/", "dist/")):
            continue
        if path.endswith("/") and not found(f"{path.partition('/')[0]}/"):
            continue  # a person's folder, or a part of a name
        there = found(path)
        many = "*" in path or "{" in path
        if not there or (len(there) > 1 and not many):
            wrong.append((path, sorted(there)))
    assert wrong == []


def test_a_name_alone_in_the_map_is_beside_the_path_before_it() -> None:
    """In a row or a sentence of docs/ARCHITECTURE.md: `lsp/wiring.py`, `server.py`."""
    wrong = []
    for line in re.split(r"\n(?=[-|\d\n])", read("docs/ARCHITECTURE.md")):
        folders = {
            "",
            *(f"{PurePosixPath(path).parent}/" for path in FILE.findall(line) if path.endswith(".py")),
        }
        folders |= {path for path in FILE.findall(line) if path.endswith("/")}
        wrong += [name for name in BARE.findall(line) if len(found(name, tuple(folders))) != 1]
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    wrong = []
    for link in LINK.findall(re.sub(r"^```.*?^```$", "", read(document), flags=re.M | re.S)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        place = (ROOT / document).parent / path if path else ROOT / document
        if not place.exists() or (anchor and anchor not in anchors(place.read_text(encoding="utf-8"))):
            wrong.append(link)
    assert wrong == []


def anchors(text: str) -> list[str]:
    """The names under which headings are found."""
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_the_readme_is_read_in_two_minutes() -> None:
    """At 300 words a minute; tables and lines of code are looked at."""
    prose = re.sub(r"^```.*?^```$|^\|.*?$|\([^)\s]*\)", "", read("README.md"), flags=re.M | re.S)
    assert len(prose.split()) <= 600
