from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codex_lsp.workspace.ignore import MAX_ALL, NAMES, Ignore
from codex_lsp.workspace.rules import MAX_BYTES, MAX_WILD

# Names that patterns below can meet, and pieces of patterns that are special somewhere.
PARTS = st.sampled_from(["a", "b", "ab", "ba", "a.b", "é", "-", "]", "!x", "#y", "a b", "x "])
PIECES = st.sampled_from(
    [
        "a", "b", "ab", "*", "**", "***", "?", "/", "//", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[a-]",
        "[!]]", "[[:alpha:]]", "[[:foo:]]", "[c-a]", "[", "[]", "[/]", "\\", "\\*", "\\/", "**/", "/**",
        "/**/", "é", "!", "#", ".", "a*", "*b", "-", "\\]", " ", "\\ ", "\t",
    ]
)  # fmt: skip
LINES = st.builds(
    lambda no, pieces, end: no + "".join(pieces) + end,
    st.sampled_from(["", "", "", "!"]),
    st.lists(PIECES, min_size=1, max_size=6),
    st.sampled_from(["", "", "/", " ", "\r"]),
)
TEXTS = st.lists(LINES, min_size=1, max_size=4).map("\n".join)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def emptied(top: Path) -> None:
    for path in top.iterdir():
        if path.is_dir() and path.name != ".git":
            shutil.rmtree(path)
        elif path.name != ".git":
            path.unlink()


def planted(top: Path, paths: list[str]) -> list[str]:
    """The files and their folders; what is in the way of another is left out."""
    for path in paths:
        file = top / path
        if not any((top / parent).is_file() for parent in Path(path).parents) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("x")
    return [each for each in below(top) if not each.startswith(".git")]


def below(top: Path) -> Iterator[str]:
    return (path.relative_to(top).as_posix() for path in top.rglob("*"))


def by_git(top: Path, paths: list[str]) -> set[str]:
    """What git ignores of them, by git itself, without the person's own settings."""
    environment = {**os.environ, "HOME": str(top), "XDG_CONFIG_HOME": str(top), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=top,
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
        env=environment,
    )
    assert done.returncode in (0, 1), done.stderr
    return {path.decode() for path in done.stdout.split(b"\0") if path}


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PATHS, min_size=1, max_size=12), TEXTS, TEXTS, st.one_of(st.none(), TEXTS), st.data())
def test_what_git_ignores_is_hidden_and_nothing_else(
    repository: Path, paths: list[str], text: str, nested: str, exclude: str | None, data: st.DataObject
) -> None:
    emptied(repository)
    found = planted(repository, paths)
    (repository / ".gitignore").write_text(text)
    folders = [path for path in found if (repository / path).is_dir()]
    if folders:
        (repository / data.draw(st.sampled_from(folders)) / ".gitignore").write_text(nested)
    (repository / ".git" / "info" / "exclude").write_text(exclude or "")
    ignore = Ignore(repository)
    mine = {path for path in found if ignore.why(path, folder=(repository / path).is_dir())}
    assert mine == by_git(repository, found)


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_ignore_file_hides_in_any_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / name).write_text("*.log\n!keep.log\n")
    (tmp_path / "sub" / name).write_text("/here\n")
    ignore = Ignore(tmp_path)
    assert ignore.why("x/y.log") == name
    assert ignore.why("sub/here") == f"sub/{name}"
    assert ignore.why("sub/here/deep/file") == f"sub/{name}"
    assert [ignore.why(path) for path in ("keep.log", "here", "sub/x/here", "y.txt")] == [""] * 4


def test_one_kind_cannot_show_what_another_hides(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("!secret\n")
    (tmp_path / ".aiignore").write_text("secret\n")
    (tmp_path / ".cursorignore").write_text("!secret\n")
    assert Ignore(tmp_path).why("a/secret") == ".aiignore"


def test_the_repository_around_a_workspace_counts_unless_it_hides_all_of_it(repository: Path) -> None:
    (repository / "in" / "deep").mkdir(parents=True)
    (repository / ".gitignore").write_text("*.log\n/out/\n")
    assert Ignore(repository / "in" / "deep").why("x.log") == ".gitignore"
    (repository / "out").mkdir()
    assert Ignore(repository / "out").why("x.py") == ""


def test_a_worktree_has_the_excludes_of_its_repository(repository: Path) -> None:
    (repository / ".git" / "info" / "exclude").write_text("hidden\n")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=repository, check=True)
    subprocess.run(["git", "worktree", "add", "-q", "--detach", "other"], cwd=repository, check=True)
    assert Ignore(repository / "other").why("a/hidden") == ".git/info/exclude"


def test_what_is_no_plain_file_is_no_ignore_file(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    os.mkfifo(tmp_path / ".aiignore")
    assert Ignore(tmp_path).why("x") == ""


@pytest.mark.parametrize("text", ["x" * (MAX_BYTES + 1), "a*\n" * (MAX_WILD // 2 + 1)])
def test_an_ignore_file_too_large_to_read_hides_its_whole_folder(tmp_path: Path, text: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / ".aiignore").write_text(text)
    ignore = Ignore(tmp_path)
    assert ignore.why("sub/x.py") == "sub/.aiignore"
    assert ignore.why("x.py") == ""


def test_ignore_files_too_many_to_read_hide_their_folders(tmp_path: Path) -> None:
    for number in range(MAX_ALL // MAX_BYTES + 2):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / ".gitignore").write_text("#" * MAX_BYTES)
    ignore = Ignore(tmp_path)
    hidden = [bool(ignore.why(f"{number}/x")) for number in range(MAX_ALL // MAX_BYTES + 2)]
    assert hidden == [False] * (MAX_ALL // MAX_BYTES) + [True] * 2


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 40 + "b", "**/a/" * 40 + "b", "a/**/" * 30 + "*c", "*?" * 60 + "b", "[a-z]*" * 50 + "1/x"],
)
def test_no_pattern_takes_long(tmp_path: Path, pattern: str) -> None:
    (tmp_path / ".gitignore").write_text(pattern)
    ignore = Ignore(tmp_path)
    began = time.process_time()
    ignore.why("a" * 250)
    ignore.why("/".join("a" * 60))
    assert time.process_time() - began < 0.5
