from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.tools import Result, Toolbox
from codex_lsp.agent.tools.listing import MAX_SHOWN
from codex_lsp.edits import Focus
from codex_lsp.workspace.policy import Root

ASK = Ask("x", Focus("m.py", 0, 1))
MOVE = "*** Begin Patch\n*** Update File: a.txt\n*** Move to: new/b.txt\n-word\n+words\n*** End Patch"


@pytest.fixture(autouse=True)
def _without_ripgrep(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))


def box(root: Path | None, **live: str) -> Toolbox:
    snapshots = {path: Snapshot(path, text) for path, text in {"m.py": "word = 1\n", **live}.items()}
    return Toolbox(Overlay(snapshots, Root(root) if root else None), ASK)


async def call(tools: Toolbox, name: str, **arguments: Any) -> Result:
    return await tools.call(ToolCall("1", name, json.dumps(arguments)))


def planted(top: Path, *paths: str, text: str = "word\n") -> Path:
    for path in paths:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
    return top


async def test_search_sees_open_pending_moved_and_deleted_files(tmp_path: Path) -> None:
    tools = box(planted(tmp_path, "m.py", "a.txt", "gone.txt", "src/c.txt"))
    await call(tools, "edit", patch=MOVE)
    await call(tools, "edit", patch="*** Begin Patch\n*** Delete File: gone.txt\n*** End Patch")
    result = await call(tools, "search", pattern="word")
    assert result.text == ("3 lines in 3 files.\nm.py\n1\tword = 1\nnew/b.txt\n1\twords\nsrc/c.txt\n1\tword")
    assert result.step == "searched for 'word': 3 lines in 3 files"
    assert (await call(tools, "search", pattern="word", path="new")).text.endswith("new/b.txt\n1\twords")
    assert (await call(tools, "search", pattern="word", path="a.txt")).problem == "failed"
    assert (
        await call(tools, "search", pattern="word", path="m.py", glob="*.txt")
    ).text == "0 lines in 0 files."


async def test_search_without_a_folder_looks_at_open_files(tmp_path: Path) -> None:
    result = await call(
        box(None, **{"x/n.py": "no\nWORD\n"}), "search", pattern="w[a-z]+d$", regex=True, ignore_case=True
    )
    assert result.text == "1 lines in 1 files.\nx/n.py\n2\tWORD"


async def test_much_that_is_found_is_cut_and_counted(tmp_path: Path) -> None:
    tools = box(planted(tmp_path, *(f"f{number:03}" for number in range(130))))
    text = (await call(tools, "search", pattern="word")).text
    assert text.startswith("131 lines in 131 files.\n")
    assert text.endswith("[cut here: 31 lines more; narrow it by path, glob or pattern]")
    planted(tmp_path, "g1", "g2", *(f"h{number}" for number in range(30)), text="word\n" * 60)
    text = (await call(box(tmp_path), "search", pattern="word")).text
    assert "900 lines more" in text
    assert "there are 1000 lines or more" in text


@pytest.mark.parametrize("before", ["", "é", "é" * 200])
async def test_a_long_line_is_shown_around_its_match(before: str) -> None:
    line = before + "x" * 900 + "word" + "y" * 900
    text = (await call(box(None, n=line), "search", pattern="xword")).text
    (shown,) = [each for each in text.split("\n") if each.startswith("1\t")]
    assert "xword" in shown
    assert len(shown) < 320
    far = (await call(box(None, n="x" * 5_000 + "word"), "search", pattern="word", path="n")).text
    assert "the match is at byte 5001" in far


async def test_files_are_listed_as_the_run_sees_them(tmp_path: Path) -> None:
    tools = box(planted(tmp_path, "a.txt", "src/c.txt", "src/d.py", "out/x.txt"))
    (tmp_path / ".gitignore").write_text("/out\n")
    await call(tools, "edit", patch=MOVE)
    result = await call(tools, "list_files")
    assert result.text == ".gitignore\nm.py\nnew/b.txt\nsrc/c.txt\nsrc/d.py"
    assert result.step == "listed 5 files"
    assert (await call(tools, "list_files", path="./")).text == result.text
    assert (await call(tools, "list_files", path="src/")).text == "src/c.txt\nsrc/d.py"
    assert (await call(tools, "list_files", path="src", glob="*.py")).text == "src/d.py"
    assert (await call(tools, "list_files", glob="*.txt")).text == "new/b.txt\nsrc/c.txt"
    assert (await call(tools, "list_files", glob="*.rs")).text == "no files."
    assert (await call(tools, "list_files", path="out")).problem == "denied"


async def test_folders_that_hold_too_much_are_counted(tmp_path: Path) -> None:
    planted(tmp_path, "top.txt", "few/a.txt", *(f"many/{number % 3}/{number}" for number in range(900)))
    tools = box(tmp_path)
    text = (await call(tools, "list_files")).text
    assert text.startswith(
        "few/a.txt\nm.py\nmany/0/ (300 files)\nmany/1/ (300 files)\nmany/2/ (300 files)\ntop.txt\n"
    )
    assert "give one as path" in text
    assert len((await call(tools, "list_files", path="many/0")).text.split("\n")) == 300
    planted(tmp_path, *(f"flat/{number}" for number in range(MAX_SHOWN + 50)))
    flat = (await call(box(tmp_path), "list_files", path="flat")).text
    assert "[cut here: 50 more]" in flat


class Walked:
    """The folders that this process looks into, below one; the second look can be made to wait."""

    def __init__(self) -> None:
        self.below = ""
        self.folders: list[str] = []
        self.waiting = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "os.scandir" or not self.below:
            return
        place = arguments[0]
        folder = str(Path(f"/proc/self/fd/{place}").readlink()) if isinstance(place, int) else str(place)
        if folder.startswith(self.below):
            self.folders.append(folder)
            if len(self.folders) == 2:
                self.waiting.set()
                self.go_on.wait(20)


@pytest.fixture(scope="module")
def hook() -> Walked:
    return Walked()


@pytest.fixture
def walked(hook: Walked, tmp_path: Path) -> Iterator[Walked]:
    hook.below = str(tmp_path)
    hook.folders.clear()
    hook.waiting.clear()
    yield hook
    hook.below = ""
    hook.go_on.set()


@pytest.mark.parametrize("name", ["list_files", "search"])
async def test_a_cancelled_walk_ends(tmp_path: Path, walked: Walked, name: str) -> None:
    planted(tmp_path, *(f"d{number}/f" for number in range(50)))
    walked.go_on.clear()
    given = {"pattern": "word"} if name == "search" else {}
    task = asyncio.create_task(call(box(tmp_path), name, **given))
    assert await asyncio.to_thread(walked.waiting.wait, 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    walked.go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert len(walked.folders) == 2


async def test_nothing_is_walked_before_a_tool_asks(tmp_path: Path, walked: Walked) -> None:
    tools = box(planted(tmp_path, "m.py", "a/b.txt"))
    for name, given in {
        "read_file": {"path": "a/b.txt"},
        "outline": {"path": "m.py"},
        "diagnostics": {},
        "edit": {"path": "a/b.txt", "old": "word", "new": "x"},
    }.items():
        assert (await call(tools, name, **given)).problem == "", name
    assert walked.folders == []
    assert (await call(tools, "list_files")).problem == ""
    assert len(walked.folders) == 2
