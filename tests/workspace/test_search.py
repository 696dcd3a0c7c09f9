from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codex_lsp.workspace.globs import only
from codex_lsp.workspace.policy import MAX_FILE_BYTES, Root
from codex_lsp.workspace.search import OWN, BadPattern, Found, Query, search
from codex_lsp.workspace.view import View
from tests.attacks.races import exchanged

SLOW = "(a+)+$"
BAIT = "a" * 40 + "b\n"


def planted(top: Path, **files: str | bytes) -> View:
    for name, content in files.items():
        file = top / name.replace("__", "/").replace("_dot_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return View(Root(top))


async def find(
    view: View, query: Query | str, live: Mapping[str, str] | None = None, **more: object
) -> Found:
    query = Query(query) if isinstance(query, str) else query
    return await search(view, live or {}, more.pop("gone", ()), query)  # type: ignore[arg-type]


def places(found: Found) -> list[tuple[str, int]]:
    return [(line.path, line.number) for line in found.lines]


@pytest.mark.usefixtures("engine")
class TestSearch:
    async def test_lines_of_files_in_order(self, tmp_path: Path) -> None:
        view = planted(
            tmp_path, b__x_dot_py="one\ntwo\r\nthree", a_dot_py="é two\n", **{"_dot_github__c": "two"}
        )
        found = await find(view, "two")
        assert places(found) == [(".github/c", 1), ("a.py", 1), ("b/x.py", 2)]
        assert [(line.text, line.column) for line in found.lines] == [("two", 1), ("é two", 4), ("two", 1)]
        assert found.cut == ""

    @pytest.mark.parametrize(
        ("query", "lines"),
        [
            (Query("a.b"), [1]),
            (Query("a.b", regex=True), [1, 2]),
            (Query("A.B"), []),
            (Query("A.B", ignore_case=True), [1]),
            (Query("É", ignore_case=True), [3]),
            (Query("^é$", regex=True), [3]),
            (Query(r"\w{3,}$", regex=True), [2, 4]),
            (Query("-x"), [5]),
            (Query("--help"), [5]),
            (Query("k", ignore_case=True), [6]),
        ],
    )
    async def test_texts_and_expressions(self, tmp_path: Path, query: Query, lines: list[int]) -> None:
        text = "a.b\r\naxb\r\né\r\nabc\r\n--help -x\r\n\u212a\r\n"
        assert [n for _, n in places(await find(planted(tmp_path, m=text), query))] == lines
        assert [n for _, n in places(await find(planted(tmp_path / "x", y=""), query, {"m": text}))] == lines
        assert [n for _, n in places(await find(View(None), query, {"m": text}))] == lines

    async def test_live_texts_stand_for_their_files_and_gone_ones_for_none(self, tmp_path: Path) -> None:
        view = planted(tmp_path, a="old\n", b="old\n", c="old\n")
        for regex in (False, True):
            query = Query("old|new" if regex else "old", regex=regex)
            found = await find(view, query, {"a": "x\nnew\n", "new/d": "old\n"}, gone={"b"})
            assert places(found) == ([("a", 2)] if regex else []) + [("c", 1), ("new/d", 1)]

    async def test_texts_without_a_last_line_end_or_any_line_do_not_shift_the_others(
        self, tmp_path: Path
    ) -> None:
        live = {"a": "", "b": "x", "c": "\r\rx\r", "d": "x\n\n", "e": "x"}
        found = await find(View(None), Query("^x$", regex=True), live)
        assert places(found) == [("b", 1), ("c", 3), ("d", 1), ("e", 1)]
        assert places(await find(View(None), Query("x"), live)) == places(found)

    async def test_nothing_hidden_secret_binary_or_linked_is_found(self, tmp_path: Path) -> None:
        view = planted(
            tmp_path, out__a="word", kept="word", binary=b"word\0", wide="word".encode("utf-16"),
            large="word\n" + "x" * MAX_FILE_BYTES,
            **{
                "_dot_env": "word", "_dot_git__config": "word", "_dot_gitignore": "/out\n",
                "sub__hide": "word",
                "sub___dot_aiignore": "hide\n",
            },
        )  # fmt: skip
        (tmp_path / "link").symlink_to("out/a")
        (tmp_path / "folder").symlink_to("out")
        assert places(await find(view, "word")) == [("kept", 1)]
        assert places(await find(view, "word", {"sub/live": "word"})) == [("kept", 1), ("sub/live", 1)]

    async def test_only_what_ignore_knows_is_left_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = {"_dot_ignore": "*\n", "a": "word", "sub__b": "word"}
        view = planted(tmp_path / "w", **names)
        (tmp_path / ".gitignore").write_text("a\n")
        (tmp_path / "config").write_text("--glob=!a\n--pre=false\n")
        monkeypatch.setenv("RIPGREP_CONFIG_PATH", str(tmp_path / "config"))
        assert places(await find(view, "word")) == [("a", 1), ("sub/b", 1)]

    async def test_ignore_files_that_never_end_hold_nobody_up(self, tmp_path: Path) -> None:
        view = planted(tmp_path, a="word", sub__b="word", _dot_git__x="", hidden__c="word")
        for place in ("", "sub/"):
            for name in (".gitignore", ".ignore", ".rgignore", ".aiignore", ".cursorignore"):
                os.mkfifo(tmp_path / f"{place}{name}")
        (tmp_path / ".git" / "info").mkdir()
        os.mkfifo(tmp_path / ".git" / "info" / "exclude")
        (tmp_path / "hidden" / ".gitignore").write_text("*\n")
        found = await find(view, Query("word", seconds=60))
        assert (places(found), found.cut) == ([("a", 1), ("sub/b", 1)], "")

    async def test_a_huge_ignore_file_hides_its_folder_and_fills_no_memory(self, tmp_path: Path) -> None:
        view = planted(tmp_path, a="word", sub__b="word")
        with (tmp_path / "sub" / ".gitignore").open("wb") as file:
            file.truncate(4_000_000_000)
        found = await find(view, Query("word", seconds=60))
        assert (places(found), found.cut) == ([("a", 1)], "")

    async def test_what_a_nested_file_shows_again_is_found(self, tmp_path: Path) -> None:
        names = {"_dot_gitignore": "*.log\nout/\n", "sub___dot_gitignore": "!b.log\n"}
        view = planted(
            tmp_path, a_dot_log="word", sub__b_dot_log="word", out__c="word", sub__out__d="word", **names
        )
        assert places(await find(view, "word")) == [("sub/b.log", 1)]

    async def test_folders_of_odd_names_are_searched_and_hidden_alike(self, tmp_path: Path) -> None:
        odd = ("[ab]", "a", "b", "x y", "x ", "*", "{a,b}", "!c", "ü", "y ", "z.", "~t", "con", "aux.d")
        view = planted(tmp_path, **{f"{name}__f": "word" for name in odd})
        (tmp_path / ".gitignore").write_text("\\[ab\\]/\nx\\ /\n\\*/\n\\!c/\n{a,b}/\n", encoding="utf-8")
        kept = ("a", "b", "x y", "ü")
        assert places(await find(view, "word")) == sorted((f"{name}/f", 1) for name in kept)

    @pytest.mark.parametrize(
        ("glob", "below", "found"),
        [
            ("*.py", "", ["a.py", "s/b.py", "s/t/c.py"]),
            ("s/*.py", "", ["s/b.py"]),
            ("s/**/*.py", "", ["s/b.py", "s/t/c.py"]),
            ("s/", "", ["s/b.py", "s/t/c.py", "s/t/d.ts"]),
            ("./a.{py,ts}", "", ["a.py"]),
            ("*.{ts,j{s,sx}}", "", ["e.js", "s/t/d.ts"]),
            ("*.py", "s/t", ["s/t/c.py"]),
            ("", "s/t", ["s/t/c.py", "s/t/d.ts"]),
            ("", "a.py", ["a.py"]),
            ("**/t/*", "s", ["s/t/c.py", "s/t/d.ts"]),
        ],
    )
    async def test_below_a_folder_and_by_glob(
        self, tmp_path: Path, glob: str, below: str, found: list[str]
    ) -> None:
        texts = dict.fromkeys(("a.py", "e.js", "s/b.py", "s/t/c.py", "s/t/d.ts"), "word")
        view = planted(tmp_path, **{name.replace("/", "__"): text for name, text in texts.items()})
        query = Query("word", below=below, globs=only(glob) if glob else ())
        assert [path for path, _ in places(await find(view, query))] == found
        assert [path for path, _ in places(await find(View(None), query, texts))] == found

    async def test_a_glob_shows_nothing_that_is_hidden(self, tmp_path: Path) -> None:
        view = planted(tmp_path, a_dot_log="word", b_dot_txt="word", **{"_dot_gitignore": "*.log\n"})
        assert places(await find(view, Query("word", globs=only("*.{log,txt}")))) == [("b.txt", 1)]

    async def test_each_file_and_all_together_have_a_most(self, tmp_path: Path) -> None:
        view = planted(tmp_path, a="w\n" * 9, b="w\n" * 9, c="w\n" * 9)
        for regex in (False, True):
            each = await find(view, Query("w", regex=regex, each=2), {"b": "w\n" * 9})
            assert places(each) == [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 1), ("c", 2)]
            most = await find(view, Query("w", regex=regex, most=4), {"b": "w\n" * 3})
            assert len(most.lines) == 4
            assert "4 lines or more" in most.cut

    @pytest.mark.parametrize("pattern", ["a(", "[", "*a", "a{2,1}"])
    async def test_what_is_no_expression_is_told(self, tmp_path: Path, pattern: str) -> None:
        with pytest.raises(BadPattern, match=r"\S"):
            await find(planted(tmp_path, a="x"), Query(pattern, regex=True))
        with pytest.raises(BadPattern, match=r"\S"):
            await find(View(None), Query(pattern, regex=True), {"a": "x"})

    async def test_a_long_line_comes_as_its_beginning(self, tmp_path: Path) -> None:
        text = "x" * 5_000 + "word" + "x" * 5_000
        for found in (
            await find(planted(tmp_path, a=text), "word"),
            await find(View(None), "word", {"a": text}),
        ):
            (line,) = found.lines
            assert line.column == 5_001
            assert line.text.startswith("x" * 1_000)
            assert len(line.text) < 2_100

    async def test_what_is_no_utf_8_is_searched_all_the_same(self, tmp_path: Path) -> None:
        (line,) = (await find(planted(tmp_path, latin=b"word \xe9\n"), "word")).lines
        assert line.text == "word \ufffd"

    async def test_many_searches_leave_no_process_behind(self, tmp_path: Path) -> None:
        view = planted(tmp_path, **{f"f{number}": "w\n" * 500 for number in range(40)})
        for most in (1, 2, 3, 4):
            await find(view, Query("w", regex=True, most=most), {"x": "w\n" * 20_000})
        assert children() == []


WORDS = st.sampled_from(["a", "ab", "b", "A", "é", "a.b", "-", " ", "ß", "x" * 50])
CONTENT = st.lists(
    st.builds(
        lambda words, end: "".join(words) + end, st.lists(WORDS, max_size=4), st.sampled_from(["\n", "\r\n"])
    ),
    max_size=6,
).map("".join)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    disk=st.dictionaries(st.sampled_from(["f", "g", "h"]), CONTENT, max_size=3),
    live=st.dictionaries(st.sampled_from(["g", "h", "i"]), CONTENT, max_size=3),
    pattern=st.sampled_from(["a", "A", "ab", "a.b", "é", "b$", "^a", "[ab]+é", "a|-", r"\bb", "x{50}"]),
    regex=st.booleans(),
    ignore_case=st.booleans(),
)
async def test_both_programs_find_what_a_plain_look_finds(
    tmp_path_factory: pytest.TempPathFactory, engine: str, disk: dict[str, str], live: dict[str, str],
    pattern: str, regex: bool, ignore_case: bool,
) -> None:  # fmt: skip
    view = planted(tmp_path_factory.mktemp(engine), **disk)
    flags = re.IGNORECASE if ignore_case else 0
    plain = re.compile(pattern if regex else re.escape(pattern), flags)
    expected = [
        (path, number)
        for path, text in sorted((disk | live).items())
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")[:-1], 1)
        if plain.search(line)
    ]
    query = Query(pattern, regex=regex, ignore_case=ignore_case)
    assert places(await find(view, query, live)) == expected


def children() -> list[str]:
    """The command lines of this process' children that search."""
    found = []
    for listed in Path("/proc/self/task").glob("*/children"):
        for pid in listed.read_text().split():
            command = Path("/proc", pid, "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ")
            if OWN[-1] in command or "rg --no-config" in command:
                found.append(command)
    return found


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("live", [True, False])
async def test_an_endless_expression_ends_in_time_and_holds_nobody_up(tmp_path: Path, live: bool) -> None:
    view = View(None) if live else planted(tmp_path, a=BAIT)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    counting = asyncio.create_task(count())
    began = time.monotonic()
    found = await find(view, Query(SLOW, regex=True, seconds=0.6), {"a": BAIT} if live else {})
    counting.cancel()
    assert found.cut == "the search took longer than 0.6 s"
    assert time.monotonic() - began < 5
    assert turns > 5
    assert children() == []


@pytest.mark.usefixtures("own")
async def test_a_cancelled_search_kills_its_program(tmp_path: Path) -> None:
    searching = asyncio.create_task(find(planted(tmp_path, a=BAIT), Query(SLOW, regex=True, seconds=60)))
    async with asyncio.timeout(20):
        while not children():
            await asyncio.sleep(0.01)
        searching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await searching
    assert children() == []


async def test_a_program_in_the_workspace_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = planted(tmp_path, a="word", bin__rg="#!/bin/sh\ntouch ran\n")
    (tmp_path / "bin" / "rg").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for path in (str(tmp_path / "bin"), "bin"):
        monkeypatch.setenv("PATH", path)
        assert places(await find(view, "word")) == [("a", 1)]
    assert not (tmp_path / "ran").exists()


@pytest.mark.usefixtures("engine")
async def test_folders_that_become_links_meanwhile_lead_to_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("word of others\n")
    view = planted(tmp_path / "w", kept="word")
    with exchanged(tmp_path / "w" / "race", outside):
        for _ in range(10):
            found = await find(view, Query("word|harmless", regex=True, seconds=60))
            assert not [line for line in found.lines if "others" in line.text]
            assert ("kept", 1) in places(found)
