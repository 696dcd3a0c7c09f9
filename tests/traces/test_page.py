from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import ModelError, ModelInfo, Reply, ToolCall, Usage
from codex_lsp.edits import Focus
from codex_lsp.review.proposal import FileChange
from codex_lsp.traces.diffs import MAX_ROWS, counts, diff_table, rows
from codex_lsp.traces.markup import Markup, join, tag, text
from codex_lsp.traces.page import page
from codex_lsp.traces.record import Record
from codex_lsp.traces.story import tell
from tests.support.patches import patch
from tests.traces.recording import Scene, tool

EVIL = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'&<a href='https://evil.example'>\u202ex"
VOID = {"meta", "br", "col"}


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements, that they close in order, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


async def evil_run(place: Path) -> Record:
    """A run in which all that others say, is, and calls itself is an attack on the page."""
    scene = Scene(
        place,
        texts={"m.py": f"a = 1\n# {EVIL}\n"},
        ask=Ask(EVIL, Focus("m.py", 0, 6)),
        info=ModelInfo("model", EVIL, EVIL),
    )
    name = Reply(tool_calls=(ToolCall(EVIL, EVIL, f'{{"path": {EVIL!r}'),), reasoning=EVIL, model=EVIL)
    edit = tool("edit", patch=patch("m.py", "-a = 1", f"+a = {EVIL}"))
    return await scene.play(
        name,
        tool("read_file", path=EVIL),
        tool("read_file", path="m.py"),
        edit,
        Reply(EVIL, model=EVIL, usage=Usage(10, 5, 15)),
        ModelError(EVIL),
        run_id="aa11",
    )


async def test_what_others_say_is_text_and_nothing_but_text(tmp_path: Path) -> None:
    html = page(tell(await evil_run(tmp_path)))
    read = Reader(html)
    names = {name for name, _ in read.elements}
    assert names.isdisjoint({"script", "img", "iframe", "object", "link", "base", "form", "input", "style "})
    for _, attributes in read.elements:
        assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in attributes)
        href = attributes.get("href")
        assert href is None or re.fullmatch(r"#turn-\d+", href)
    assert "\u202e" not in html
    assert read.text.count("<script>alert(1)</script>") >= 8
    assert html.count("<style>") == 1


async def test_the_policy_allows_the_pages_own_style_alone(tmp_path: Path) -> None:
    import base64
    import hashlib

    html = page(tell(await evil_run(tmp_path)))
    (policy,) = [
        attributes["content"]
        for name, attributes in Reader(html).elements
        if name == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    expected = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy == expected
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style
    assert html.index("Content-Security-Policy") < html.index("<style>")


async def test_it_tells_what_happened(tmp_path: Path) -> None:
    record = await Scene(tmp_path).play(
        tool("read_file", path="m.py"),
        tool("edit", patch=patch("m.py", "-q", "+x")),
        tool("edit", patch=patch("m.py", "-a = 1", "+a = 3")),
        tool("finish", summary="All done."),
    )
    story = tell(record)
    assert [turn.number for turn in story.turns] == [1, 2, 3, 4]
    assert [call.problem for call in story.calls] == ["", "edit", "", ""]
    assert [bool(call.changes) for call in story.calls] == [False, False, True, False]
    assert [call.title for call in story.calls] == ["m.py", "m.py", "m.py", "All done."]
    read = Reader(page(story))
    classes = [attributes.get("class") for _, attributes in read.elements]
    assert classes.count("turn") == 4
    for bar, count in (("bar model", 4), ("bar read", 1), ("bar bad", 1), ("bar edit", 1), ("bar finish", 1)):
        assert classes.count(bar) == count + 1, "and one in the legend"
    assert classes.count("tokens prompt") == 4 + 1
    assert classes.count("check passed") == 1
    for said in ("All done.", "did not fit", "480", "$0.0040", "codex-lsp runs replay r1", "a = 3"):
        assert said in read.text, said


async def test_a_run_without_an_end_or_a_turn_has_a_page_too(tmp_path: Path) -> None:
    record = await Scene(tmp_path).play(Reply("No."))
    for length in range(1, len(record.events) + 1):
        Reader(page(tell(Record(record.run, record.events[:length], record.bases))))
    shown = Reader(page(tell(Record(record.run, record.events[:1])))).text
    assert "The end of this run is not on record." in shown


def test_rows_have_both_numbers_and_gaps() -> None:
    old = [f"line {number}\n" for number in range(1, 41)]
    new = [*old[:9], "LINE 10\n", "more\n", *old[10:29], "line thirty\n", *old[30:]]
    found = rows(FileChange("m", "".join(old), "".join(new)))
    kinds = "".join(row.kind[0] for row in found)
    assert kinds == "gsssonnsssgsssonsssg"
    assert [(row.old, row.new) for row in found if row.kind == "same"][:3] == [(7, 7), (8, 8), (9, 9)]
    assert [(row.old, row.new) for row in found if row.kind == "same"][-1] == (33, 34)
    (thirty,) = [row for row in found if row.text == "line thirty\n"]
    assert thirty.marked is not None
    assert thirty.text[slice(*thirty.marked)] == "thirty"
    assert counts(FileChange("m", "".join(old), "".join(new))) == (3, 2)
    assert [row.kind for row in rows(FileChange("m", None, "a\nb\n"))] == ["new", "new"]
    assert rows(FileChange("m", "a\n", "a\n", move_to="n")) == []
    assert [row.kind for row in rows(FileChange("m", "a\nb\nc\n", "a\nB\nc\n"))] == [
        "same",
        "old",
        "new",
        "same",
    ]


def test_a_large_diff_is_cut() -> None:
    table = diff_table(FileChange("m", None, "x\n" * (MAX_ROWS + 7)))
    assert table.count("<tr") == MAX_ROWS + 1
    assert "7 more rows" in table


def test_markup_escapes_whatever_is_not_markup() -> None:
    assert tag("a", "<b>", Markup("<i>"), href='"x" onload="y') == (
        '<a href="&quot;x&quot; onload=&quot;y">&lt;b&gt;<i></a>'
    )
    assert join(["<", Markup("<br>")], None, "&") == "&lt;<br>&amp;"
    assert text("a\x00\u202eb\tc\n") == "a\\x00\\u202eb\tc\n"
    assert tag("details", open=True, hidden=False, id=None, class_="x", aria_label="y") == (
        '<details open="" class="x" aria-label="y"></details>'
    )
