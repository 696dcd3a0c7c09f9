from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import apply_reply
from codex_lsp.edits.formats.patch_render import render_files
from codex_lsp.services.errors import ApiError
from codex_lsp.services.sidecar.folder import LARGEST, Change, compare, lay_out

NAMES = ("a.py", "b.txt", "d/c.py", "d/e/f.md", "g")
LINES = st.lists(st.sampled_from(["one", "two", "", "  three", "*** End Patch", "@@", "+x"]), max_size=6)
TEXTS = LINES.map(lambda lines: "".join(line + "\n" for line in lines))
TREES = st.dictionaries(st.sampled_from(NAMES), TEXTS)


def changed(folder: Path, before: dict[str, str], after: dict[str, str]) -> None:
    """What Codex might do: the folder holds `after`."""
    for path in before.keys() - after.keys():
        (folder / path).unlink()
    for path, text in after.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


@given(TREES, TREES)
def test_the_patch_makes_of_what_was_sent_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("workspace")
    changed(folder, lay_out(before, folder), after)
    difference = compare(before, folder)
    assert difference.left_out == ()
    patch = render_files(difference.changes)
    result = {**before, **(apply_reply(before, patch).files if patch else {})}
    assert {path: text for path, text in result.items() if text is not None} == after


def test_what_would_steer_codex_stays_out(tmp_path: Path) -> None:
    files = {"a.py": "1\n", ".git/config": "x", "sub/.codex/config.toml": "x", ".AGENTS/skills/s": "x"}
    assert lay_out(files, tmp_path) == {"a.py": "1\n"}
    assert [each.name for each in tmp_path.rglob("*")] == ["a.py"]
    assert compare({"a.py": "1\n"}, tmp_path).changes == ()


@pytest.mark.parametrize(
    "path", ["../a", "/etc/passwd", "a/../../b", "C:\\a", "a\0b", "~/x", "x" * 300, "con", "a/b/../c"]
)
def test_paths_that_cannot_be(tmp_path: Path, path: str) -> None:
    with pytest.raises(ApiError) as refused:
        lay_out({path: "x"}, tmp_path / "workspace")
    assert refused.value.status == 422
    assert not list(tmp_path.rglob("*x*"))


@pytest.mark.parametrize("files", [{"a": "1", "a/b": "2"}, {"a": "1", "./a": "2"}, {"a": "\ud800"}])
def test_files_that_cannot_be_together(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(ApiError) as refused:
        lay_out(files, tmp_path)
    assert refused.value.status == 422


def test_what_is_no_text_is_left_out(tmp_path: Path) -> None:
    before = {"sent.py": "1\n", "swapped.py": "2\n"}
    lay_out(before, tmp_path)
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "secret").write_text("secret", encoding="utf-8")
    (tmp_path / "swapped.py").unlink()
    (tmp_path / "swapped.py").symlink_to(outside / "secret")
    (tmp_path / "folder").symlink_to(outside)
    os.link(outside / "secret", tmp_path / "hard")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "binary").write_bytes(b"a\0b")
    (tmp_path / "latin").write_bytes(b"\xe9\n")
    (tmp_path / "large").write_bytes(b"x" * (LARGEST + 1))
    (tmp_path / "odd\nname").write_text("x", encoding="utf-8")
    difference = compare(before, tmp_path)
    assert difference.changes == ()
    told = " ".join(difference.left_out)
    for name in ("swapped.py", "folder", "hard", "pipe", "binary", "latin", "large", r"odd\nname"):
        assert f"'{name}' (" in told
    assert "secret" not in render_files(difference.changes)


def test_what_tools_leave_is_passed_over_unless_it_was_sent(tmp_path: Path) -> None:
    before = {"node_modules/kept.js": "1\n"}
    lay_out(before, tmp_path)
    for path in ("__pycache__/a.pyc", "pkg/__pycache__/b.pyc", "c.pyc", ".venv/x.py", "node_modules/kept.js"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("2\n", encoding="utf-8")
    assert compare(before, tmp_path).changes == (Change("node_modules/kept.js", "1\n", "2\n"),)


def test_a_moved_file_is_told_as_moved(tmp_path: Path) -> None:
    lay_out({"a.py": "1\n", "b.py": "2\n"}, tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "c.py")
    assert compare({"a.py": "1\n", "b.py": "2\n"}, tmp_path).changes == (
        Change("a.py", "1\n", "1\n", "c.py"),
    )
