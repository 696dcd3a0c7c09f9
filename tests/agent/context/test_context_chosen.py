"""What goes with an ask: the right lines, the right files, within the budget, and told."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_lsp.agent.asks.ask import Ask, whole_focus
from codex_lsp.agent.context.chosen import Context, tokens
from codex_lsp.agent.context.excerpt import Part
from codex_lsp.agent.context.gather import gather
from codex_lsp.agent.context.prompting import opening, workspace
from codex_lsp.agent.overlay import Diagnostic, Overlay, Related, Snapshot
from codex_lsp.edits import Focus
from codex_lsp.edits.text import split_lines
from codex_lsp.workspace.policy import Root

APP = """\
import os
from shop.prices import total


class Basket:
    def __init__(self):
        self.items = []

    @property
    def sum(self):
        return total(self.items, VAT)


def unrelated():
    return os.sep
"""
PRICES = "VAT = 1.2\n\n\ndef total(items, vat):\n    return sum(items) * vat\n"


def overlay_of(files: dict[str, str], root: Path | None = None) -> Overlay:
    snapshots = {path: Snapshot(path, text) for path, text in files.items()}
    return Overlay(snapshots, Root(root) if root else None)


def ask_at(path: str, text: str, words: str, **more: object) -> Ask:
    start = text.index(words)
    return Ask("Do it.", Focus(path, start, start + len(words)), **more)  # type: ignore[arg-type]


def sent_tokens(context: Context) -> int:
    files = (workspace(context) or {"files": []})["files"]
    return sum(tokens(each["content"]) for each in opening(context)) + sum(
        tokens(each["text"]) for each in files
    )


def long_file(definitions: int = 3000) -> str:
    """With an import at its head and a class in its middle whose method `wanted` is deep in it."""
    parts = ["import os\nfrom shop.prices import (\n    total,\n)\n\n\n"]
    parts += [f"def f{n}():\n    return {n}  # of many\n\n\n" for n in range(definitions // 2)]
    parts += ["class Middle:\n", "    def wanted(self):\n        return total(1)\n\n\n"]
    parts += [f"def g{n}():\n    return {n}  # of many\n\n\n" for n in range(definitions // 2)]
    return "".join(parts)


@pytest.mark.parametrize("name", ["m.py", "m.unknown"])
def test_of_a_long_file_go_its_imports_and_what_is_around(name: str) -> None:
    text = long_file()
    ask = ask_at(name, text, "return total(1)")
    context = gather(ask, overlay_of({name: text}), budget=4000)
    head, middle = context.around
    assert head.text.startswith("import os\nfrom shop.prices import (\n    total,\n)\n")
    assert "class Middle:\n    def wanted(self):\n        return total(1)\n" in middle.text
    assert not middle.whole
    assert 3000 < context.used <= 4000
    prompt = opening(context)[1]["content"]
    assert f"Of the same file, lines {middle.first + 1}-{middle.last} of {middle.total} (read_file" in prompt
    assert "read_file" not in opening(context, with_tools=False)[1]["content"]


def test_the_definition_goes_before_other_lines() -> None:
    body = "".join(f"        self.x{n} = {n}\n" for n in range(300))
    text = "x = 0\n" * 3000 + f"class C:\n    def f(self):\n{body}\n" + "y = 0\n" * 3000
    context = gather(ask_at("m.py", text, "self.x150 = 150"), overlay_of({"m.py": text}), budget=5000)
    (part,) = context.around
    assert f"class C:\n    def f(self):\n{body}" in part.text


def test_a_whole_file_goes_once_and_not_beside_a_selection_of_it_all() -> None:
    context = gather(ask_at("app.py", APP, "self.items = []"), overlay_of({"app.py": APP}))
    assert [(part.text, part.whole) for part in context.around] == [(APP, True)]
    assert opening(context)[1]["content"].count("def unrelated") == 1
    context = gather(ask_at("app.py", APP, APP), overlay_of({"app.py": APP}))
    assert context.around == ()
    assert opening(context)[1]["content"].count("def unrelated") == 1


def test_an_empty_selection_is_the_symbol_with_its_decorators() -> None:
    at = APP.index("return total")
    focus = whole_focus(APP, Focus("app.py", at, at))
    assert APP[focus.start : focus.end].startswith("    @property\n    def sum")


def test_open_documents_that_have_to_do_with_it() -> None:
    files = {
        "shop/app.py": APP,
        "notes.txt": "total and VAT are words of mine\n",
        "other/far.py": "def far():\n    return 1\n",
        "shop/prices.py": PRICES,
        "deep/down/taxes.py": "VAT = 1.19\n",
        ".env": "VAT = 3\ntotal = 2\n",
    }
    context = gather(ask_at("shop/app.py", APP, "return total(self.items, VAT)"), overlay_of(files))
    assert context.paths == ("shop/app.py", "shop/prices.py", "deep/down/taxes.py")
    assert [part.text for part in context.others] == [PRICES, "VAT = 1.19\n"]
    assert context.step == f"context: {context.used:,} of 16,000 tokens: {', '.join(context.paths)}"
    assert context.used == sent_tokens(context)


def test_of_a_large_open_document_only_what_is_named() -> None:
    prices = PRICES + "".join(f"\n\ndef more{n}():\n    return {n}\n" for n in range(5000))
    ask = ask_at("app.py", APP, "return total(self.items, VAT)")
    context = gather(ask, overlay_of({"app.py": APP, "shop/prices.py": prices}), budget=3000)
    assert [part.text for part in context.others] == [
        "VAT = 1.2\n",
        "def total(items, vat):\n    return sum(items) * vat\n",
    ]
    agent = gather(ask, overlay_of({"app.py": APP, "shop/prices.py": prices}), budget=3000, agent=True)
    assert agent.others == ()


def test_what_a_problem_refers_to_goes_along() -> None:
    files = {"app.py": APP, "zoo/spec.txt": "the rates\n"}
    related = Diagnostic(10, 10, "wrong rate", "E1", "tax", (Related("zoo/spec.txt", 0, "see the rates"),))
    context = gather(ask_at("app.py", APP, "self.items = []", diagnostics=(related,)), overlay_of(files))
    assert context.paths == ("app.py", "zoo/spec.txt")
    said = opening(context)[1]["content"]
    assert "- 11: E1 (tax): wrong rate\n  see zoo/spec.txt:1: see the rates\n" in said


def test_what_was_touched_last_comes_first_among_equals() -> None:
    files = {"app.py": APP} | {f"n{n}.py": f"def total(): {n}\n" for n in range(20)}
    ask = ask_at("app.py", APP, "return total(self.items, VAT)")
    assert gather(ask, overlay_of(files)).paths[:4] == ("app.py", "n19.py", "n18.py", "n17.py")


def test_ignored_and_secret_files_never_travel(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("generated/\n*.secret.py\n")
    files = {
        "app.py": APP,
        "generated/prices.py": PRICES,
        "prices.secret.py": PRICES,
        "id_rsa": "total VAT = 1\n",
        "prices.py": PRICES,
    }
    for agent in (False, True):
        context = gather(
            ask_at("app.py", APP, "return total(self.items, VAT)"), overlay_of(files, tmp_path), agent=agent
        )
        assert context.paths == ("app.py", "prices.py")


def test_an_agent_gets_whole_files_the_one_asked_about_first() -> None:
    ask = ask_at("shop/app.py", APP, "return total(self.items, VAT)")
    context = gather(ask, overlay_of({"shop/prices.py": PRICES, "shop/app.py": APP}), agent=True)
    body = workspace(context)
    assert body is not None
    assert body["files"] == [
        {"path": "shop/app.py", "text": APP},
        {"path": "shop/prices.py", "text": PRICES},
    ]
    assert opening(context)[0]["content"] == "Path: shop/app.py\nLines: 11-11\nInstruction: Do it."
    assert workspace(gather(ask, overlay_of({"shop/app.py": APP}))) is None


def test_what_the_person_asked_about_always_goes() -> None:
    text = long_file()
    overlay = overlay_of({"m.py": text, "shop/prices.py": PRICES})
    context = gather(ask_at("m.py", text, text), overlay, budget=1000)
    assert (context.around, context.others) == ((), ())
    assert context.used > 1000
    context = gather(ask_at("m.py", text, "return total(1)"), overlay, budget=1000, agent=True)
    assert [file["path"] for file in (workspace(context) or {})["files"]] == ["m.py"]


def check(part: Part, text: str) -> None:
    lines = split_lines(text)
    assert part.text == "".join(lines[part.first : part.last])
    assert 0 <= part.first < part.last <= part.total


LINE = st.sampled_from(
    [
        "def alpha():\n",
        "    return beta\n",
        "class Gamma:\r\n",
        "beta = 1\n",
        "\n",
        "é" * 40 + "\n",
        "}\r",
        "import delta\n",
    ]
)
TEXT = st.lists(LINE, max_size=400).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXT, TEXT, st.data(), st.integers(600, 4000), st.booleans())
def test_the_budget_holds_and_parts_are_what_they_say(
    text: str, other: str, data: st.DataObject, budget: int, agent: bool
) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2), label="selection"))
    ask = Ask("alpha?", whole_focus(text, Focus("delta.py", start, end)))
    context = gather(ask, overlay_of({"delta.py": text, "beta.py": other}), budget=budget, agent=agent)
    assert context.used == sent_tokens(context)
    alone = Context(ask, text, agent, budget=budget)
    assert context.used <= max(budget, sent_tokens(alone))
    for part in context.around:
        check(part, text)
    for part in context.others:
        check(part, other)
    for parts in (context.around, context.others):
        assert all(one.last < two.first for one, two in pairwise(parts))


def test_a_file_of_ten_thousand_lines_among_a_hundred_documents_takes_50_ms_at_most() -> None:
    text = long_file(2500)
    assert text.count("\n") > 10_000
    files = {f"p{n}/m{n}.py": f"def other{n}():\n    return {n}\n" * 100 for n in range(100)} | {"m.py": text}
    overlay, best = overlay_of(files), 9.0
    for number in range(5):
        words = f"return {1000 + number}  # of many"
        started = time.process_time()
        context = gather(ask_at("m.py", text, words), overlay)
        best = min(best, time.process_time() - started)
        assert context.used > 15_000
    assert best < 0.05
