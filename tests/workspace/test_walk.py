from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from codex_lsp.workspace.ignore import Ignore
from codex_lsp.workspace.policy import Root
from codex_lsp.workspace.walk import Bounds, Walk


def planted(top: Path, *paths: str) -> Root:
    for path in paths:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(path)
    return Root(top)


def walk(root: Root, below: str = "", bounds: Bounds | None = None) -> Walk:
    return Walk(root, Ignore(root.folder), below, bounds=bounds)


def test_the_nearest_files_come_first_and_hidden_ones_never(tmp_path: Path) -> None:
    root = planted(
        tmp_path, "b.py", "a.py", "z/deep/x.py", "z/y.py", "c/w.py", "c/out/x.py", ".git/config", ".hg/store",
        ".github/ci.yml", ".env", "c/id_rsa", "out/x.py",
    )  # fmt: skip
    (tmp_path / ".gitignore").write_text("/out\n")
    (tmp_path / "c" / ".aiignore").write_text("out/\n")
    assert list(walk(root)) == [
        ".gitignore", "a.py", "b.py", ".github/ci.yml", "c/.aiignore", "c/w.py", "z/y.py", "z/deep/x.py",
    ]  # fmt: skip
    assert list(walk(root, "z")) == ["z/y.py", "z/deep/x.py"]


def test_links_pipes_and_names_that_nobody_can_use_are_left_out(tmp_path: Path) -> None:
    root = planted(tmp_path, "in/a.py")
    (tmp_path / "in" / "loop").symlink_to(tmp_path)
    (tmp_path / "link.py").symlink_to("in/a.py")
    os.mkfifo(tmp_path / "pipe")
    for name in (b"latin-\xe9", b"line\nend", b"back\\slash"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    assert list(walk(root)) == ["in/a.py"]


@pytest.mark.parametrize(
    ("bounds", "found", "said"),
    [
        (Bounds(files=2), ["a", "b"], "more than 2 files"),
        (Bounds(depth=2), ["a", "b", "x/c"], "more than 2 deep"),
        (Bounds(seconds=-1), [], "longer than"),
        (Bounds(files=4), ["a", "b", "x/c", "x/y/d"], ""),
    ],
)
def test_a_walk_has_ends_and_says_so(tmp_path: Path, bounds: Bounds, found: list[str], said: str) -> None:
    walked = walk(planted(tmp_path, "a", "b", "x/c", "x/y/d"), bounds=bounds)
    assert list(walked) == found
    assert said in walked.cut
    assert bool(said) == bool(walked.cut)


def test_a_walk_stops_when_it_is_told(tmp_path: Path) -> None:
    root = planted(tmp_path, "a", "b/c", "d/e")
    stop = threading.Event()
    found = []
    for path in Walk(root, Ignore(tmp_path), stop=stop.is_set):
        found.append(path)
        stop.set()
    assert found == ["a"]


def test_a_folder_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    assert list(walk(planted(tmp_path, "a"), "gone")) == []


def test_of_a_huge_folder_only_so_many_are_looked_at(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.py").touch()
    walked = walk(Root(tmp_path), bounds=Bounds(files=10))
    assert len(list(walked)) == 10
    assert "more than 10 files" in walked.cut
