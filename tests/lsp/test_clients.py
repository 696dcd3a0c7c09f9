"""Every captured editor against the real server: what is proposed ends up in its buffers, its own way."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from codex_lsp.lsp.server import CodexServer
from tests.support.buffers import Buffer
from tests.support.editor import FakeEditor
from tests.support.editor_clients import NAMES, client, load
from tests.support.editor_options import lookup
from tests.support.serving import serving

URI = "file:///code/m.py"
TEXT = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
NEW = TEXT.replace("1", "10").replace("2", "20")
BODY = (
    "*** Update File: m.py",
    "-    return 1",
    "+    return 10",
    "@@ def g():",
    "-    return 2",
    "+    return 20",
)
ACCEPT, ACCEPT_ALL = "Codex: accept this change", "Codex: accept all"


def can(name: str, *path: str) -> Any:
    return lookup(load(name).capabilities, *path)


APPLYING = [name for name in NAMES if can(name, "workspace", "applyEdit")]
MOVING = [name for name in NAMES if can(name, "workspace", "workspaceEdit", "resourceOperations")]


def agent(*body: str, wait: asyncio.Event | None = None) -> ScriptedModel:
    patch = "\n".join(("Done.", "*** Begin Patch", *(body or BODY), "*** End Patch"))
    return ScriptedModel([*([wait] if wait else []), Reply(patch)], ModelInfo("agent", "echo"))


@asynccontextmanager
async def session(
    name: str, model: ScriptedModel, root: Path | None = None, **more: Any
) -> AsyncIterator[tuple[FakeEditor, CodexServer]]:
    async with serving(model, root, **client(name, **more)) as (editor, server):
        yield editor, server


async def ask(editor: FakeEditor, uri: str, **more: Any) -> str:
    buffer = editor.buffer(uri)
    whole = buffer.range(0, len(buffer.text), editor.documents.encoding)
    answer = await editor.execute("codexLsp.ask", {"uri": uri, "range": whole, "instruction": "x", **more})
    return str(answer["run"])


async def actions_at(editor: FakeEditor, uri: str, start: int, end: int | None = None) -> dict[str, Any]:
    actions = await editor.code_actions(uri, start, start if end is None else end)
    return {action["title"]: action for action in actions}


async def accept(editor: FakeEditor, uri: str, title: str, which: int = 0) -> None:
    """Run the action at one of the marks, and wait until the marks are shown anew."""
    mark = editor.diagnostics[uri][which]
    start, end = editor.buffer(uri).offsets(mark["range"], editor.documents.encoding)
    action = (await actions_at(editor, uri, start, end))[title]
    shown = marks_shown(editor)
    await editor.run_action(action)
    await editor.wait(lambda: marks_shown(editor) > shown)


def marks_shown(editor: FakeEditor) -> int:
    return sum(method == "textDocument/publishDiagnostics" for method, _ in editor.notifications)


async def proposals(editor: FakeEditor) -> list[str]:
    return list((await editor.execute("codexLsp.status", {}))["proposals"])


# Positions

_LINE = st.text("ab é\u0301😀𝒳\t\f\v\x85\u2028\u2029\x1c", max_size=6)
_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
_PIECE = st.text("xéo\u0301😀𝒳\t", min_size=1, max_size=3)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Texts of which each line is another, with any line end, and with or without one at the end."""
    lines = draw(st.lists(st.tuples(_LINE, _ENDS), min_size=1, max_size=8))
    text = "".join(f"{number}{line}.{end}" for number, (line, end) in enumerate(lines))
    return text if draw(st.booleans()) else text[: -len(lines[-1][1])]


def changed(text: str, changes: dict[int, tuple[int, int, str]]) -> tuple[str, list[dict[str, str]]]:
    """The text with a `(start, length, piece)` put into some of its lines, and the edits that say so."""
    pieces, edits = [], []
    for number, (line, end) in enumerate(re.findall(r"([^\r\n]*)(\r\n|\n|\r|$)", text)):
        new = line
        if line and number in changes:
            start, length, piece = changes[number]
            start = 1 + start % len(line)
            new = line[:start] + piece + line[start + length :]
            edits += [{"path": "m.py", "old": line, "new": new}] if new != line else []
        pieces += [new, end]
    return "".join(pieces), edits


_CHANGES = st.dictionaries(
    st.integers(0, 7), st.tuples(st.integers(0, 9), st.integers(0, 3), _PIECE), min_size=1, max_size=4
)


@pytest.mark.parametrize("apply", ["direct", "review"])
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None)
@given(text=documents(), changes=_CHANGES, order=st.randoms(use_true_random=False))
async def test_edits_land_on_the_right_characters(
    name: str, apply: str, text: str, changes: dict[int, tuple[int, int, str]], order: Any
) -> None:
    held = Buffer(URI, text, one_line_end=load(name).quirks.one_line_end).text
    expected, edits = changed(held, changes)
    assume(expected != held)
    reply = Reply(json.dumps({"edits": edits}))
    async with session(name, ScriptedModel([reply])) as (editor, server):
        buffer = await editor.open(URI, text)
        await ask(editor, URI, apply=apply)
        await editor.wait_for_progress_end()
        while editor.diagnostics.get(URI):
            await accept(editor, URI, ACCEPT, order.randrange(len(editor.diagnostics[URI])))
        assert buffer.text == expected
        assert await proposals(editor) == []
        document = server.documents.find(URI)
        assert document
        assert document.source == buffer.text


# The whole way of one ask


@pytest.mark.parametrize("name", NAMES)
async def test_from_the_selection_to_the_buffer(name: str, tmp_path: Path) -> None:
    async with session(name, agent(), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        actions = await actions_at(editor, buffer.uri, 0, len(TEXT))
        chosen = next(action for title, action in actions.items() if "simplify" in title)
        await editor.run_action(chosen)
        await editor.wait_for_progress_end()
        if name not in APPLYING:
            await accept(editor, buffer.uri, ACCEPT_ALL)
        assert buffer.text == NEW
        assert not editor.diagnostics.get(buffer.uri)
        assert await proposals(editor) == []


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_is_one_step_to_undo(name: str, tmp_path: Path) -> None:
    other = "a = 1\nb = 2\nc = 3\n"
    (tmp_path / "other.py").write_text(other)
    model = agent(*BODY, "*** Update File: other.py", "-a = 1", "+a = 10", " b = 2", "-c = 3", "+c = 30")
    async with session(name, model, tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.wait_for_progress_end()
        if name not in APPLYING:
            await accept(editor, buffer.uri, ACCEPT_ALL)
        second = editor.buffer("other.py")
        assert (buffer.text, second.text) == (NEW, "a = 10\nb = 2\nc = 30\n")
        for each, before in ((buffer, TEXT), (second, other)):
            await editor.undo(each.uri)
            assert (each.text, each.undo_steps) == (before, 0)


# Quirks


@pytest.mark.parametrize("name", APPLYING)
async def test_what_was_typed_and_not_told_yet_is_safe(name: str, tmp_path: Path) -> None:
    wait = asyncio.Event()
    async with session(name, agent(wait=wait), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        run = await ask(editor, buffer.uri)
        # Neovim waits 150 ms before it tells a change, Sublime and Eglot half a second.
        typed = buffer.splice(0, 0, "#\n", editor.documents.encoding)
        wait.set()
        assert not (await editor.wait_for_apply()).changed
        identifier = {"uri": buffer.uri, "version": buffer.version}
        await editor.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": [typed]})
        await editor.wait_for_message("did not apply the change|the text is another")
        assert buffer.text == "#\n" + TEXT
        assert await proposals(editor) == [run]
        await accept(editor, buffer.uri, ACCEPT_ALL)
        assert buffer.text == "#\n" + NEW


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_typed_in_mid_run_is_kept(name: str, tmp_path: Path) -> None:
    wait = asyncio.Event()
    async with session(name, agent(wait=wait), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.type(buffer.uri, 0, "# 😀\n")
        await proposals(editor)  # The change was read when this is answered.
        wait.set()
        await editor.wait_for_progress_end()
        if name not in APPLYING:
            await accept(editor, buffer.uri, ACCEPT_ALL)
        assert buffer.text == "# 😀\n" + NEW


@pytest.mark.parametrize("says", [True, False])
async def test_an_edit_that_is_applied_by_hand_is_recognised(says: bool, tmp_path: Path) -> None:
    options = {"apply_behaviour": "by_hand", "by_hand_answer": says}
    async with session("eglot", agent(), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        run = await ask(editor, buffer.uri)
        await editor.wait_for_message("did not apply the change|the text is another")
        assert await proposals(editor) == [run]
        await editor.apply_by_hand()
        await editor.wait(lambda: editor.diagnostics[buffer.uri] == [])
        assert buffer.text == NEW
        assert await proposals(editor) == []
        assert ACCEPT_ALL not in await actions_at(editor, buffer.uri, 0, len(NEW))


async def test_by_hand_before_anyone_looks_is_an_apply(tmp_path: Path) -> None:
    options = {"apply_behaviour": "by_hand", "by_hand_answer": True}
    async with session("eglot", agent(), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.wait_for_apply()
        await editor.apply_by_hand()
        await editor.wait_for_progress_end()
        assert buffer.text == NEW
        assert not editor.messages
        assert await proposals(editor) == []


async def test_an_editor_that_takes_edits_only_after_a_command(tmp_path: Path) -> None:
    """Kate, were it to say that it applies edits: the run takes longer than the two seconds."""
    now, wait = 0.0, asyncio.Event()
    options: dict[str, Any] = {"clock": lambda: now, "capabilities": {"workspace": {"applyEdit": True}}}
    async with session("kate", agent(wait=wait), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        now += 2.5
        wait.set()
        await editor.wait_for_message("did not apply the change")
        assert buffer.text == TEXT
        await accept(editor, buffer.uri, ACCEPT)
        await accept(editor, buffer.uri, ACCEPT)
        assert buffer.text == NEW


async def test_accepting_by_a_command_is_in_time(tmp_path: Path) -> None:
    now, wait = 0.0, asyncio.Event()
    options: dict[str, Any] = {"clock": lambda: now, "capabilities": {"workspace": {"applyEdit": True}}}
    async with session("kate", agent(wait=wait), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        run = await ask(editor, buffer.uri)
        now += 2.5
        wait.set()
        await editor.wait_for_message("did not apply the change")
        assert await editor.execute("codexLsp.accept", {"proposal": run}) == {"accepted": True}
        await editor.wait_for_apply(2)
        assert buffer.text == NEW


@pytest.mark.parametrize("name", NAMES)
async def test_commands_without_arguments(name: str, tmp_path: Path) -> None:
    """Eglot makes null of an empty object."""
    async with session(name, agent(), tmp_path) as (editor, _):
        assert (await editor.execute("codexLsp.status", {}))["state"] == "ready"
        assert await editor.execute("codexLsp.cancel", {}) == {"cancelled": []}
        assert await editor.execute("codexLsp.cancel") == {"cancelled": []}


LACKING: dict[str, dict[str, Any]] = {
    "applyEdit": {"workspace": {"applyEdit": None}},
    "documentChanges": {"workspace": {"workspaceEdit": None}},
    "progress": {"window": {"workDoneProgress": None}},
}


@pytest.mark.parametrize("lacking", LACKING)
@pytest.mark.parametrize("name", APPLYING)
async def test_a_client_that_can_less_is_served_too(name: str, lacking: str, tmp_path: Path) -> None:
    options = {"capabilities": LACKING[lacking], "initialization_options": {"events": True}}
    async with session(name, agent(), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        end = await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        assert end["state"] == ("review" if lacking == "applyEdit" else "applied")
        if lacking == "applyEdit":
            assert not editor.applied
            await accept(editor, buffer.uri, ACCEPT)
            await accept(editor, buffer.uri, ACCEPT)
        assert buffer.text == NEW
        assert bool(editor.progress) == (lacking != "progress")


# Files

OPERATIONS: dict[str, tuple[tuple[str, ...], Callable[[Path], bool]]] = {
    "create": (("*** Add File: pkg/new.py", "+x = 1"), lambda root: (root / "pkg/new.py").exists()),
    "delete": (("*** Delete File: old.py",), lambda root: not (root / "old.py").exists()),
    "rename": (
        ("*** Update File: old.py", "*** Move to: renamed.py", "-y = 1", "+y = 2"),
        lambda root: (root / "renamed.py").exists() and not (root / "old.py").exists(),
    ),
}


@pytest.mark.parametrize("opened", [True, False], ids=["open", "on disk"])
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", MOVING)
async def test_file_operations(name: str, operation: str, opened: bool, tmp_path: Path) -> None:
    body, done = OPERATIONS[operation]
    (tmp_path / "old.py").write_text("y = 1\n")
    async with session(name, agent(*body, *BODY), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        if opened:
            await editor.open("old.py")
        await ask(editor, buffer.uri)
        await editor.wait_for_progress_end()
        if operation == "delete":
            assert (buffer.text, done(tmp_path)) == (TEXT, False)
            await accept(editor, buffer.uri, ACCEPT_ALL)
        assert (buffer.text, done(tmp_path)) == (NEW, True)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", sorted({*NAMES} - {*MOVING}))
async def test_without_file_operations_the_rest_is_offered(name: str, operation: str, tmp_path: Path) -> None:
    body, done = OPERATIONS[operation]
    (tmp_path / "old.py").write_text("y = 1\n")
    async with session(name, agent(*body, *BODY), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        run = await ask(editor, buffer.uri)
        if name in APPLYING:
            await editor.wait_for_message(f"cannot {operation} files|look first")
        await editor.wait_for_progress_end()
        assert (buffer.text, done(tmp_path), editor.applied) == (TEXT, False, [])
        for _ in range(2):
            await accept(editor, buffer.uri, ACCEPT, -1)
        assert (buffer.text, done(tmp_path)) == (NEW, False)
        assert await proposals(editor) == [run]


@pytest.mark.parametrize("name", sorted({*NAMES} - {*MOVING}))
async def test_a_new_file_that_the_person_makes_is_filled(name: str, tmp_path: Path) -> None:
    async with session(name, agent("*** Add File: new.py", "+x = 1"), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.wait_for_progress_end()
        (tmp_path / "new.py").touch()
        new = await editor.open("new.py")
        await editor.wait(lambda: editor.diagnostics.get(new.uri))
        await accept(editor, new.uri, ACCEPT)
        assert new.text == "x = 1\n"
        assert await proposals(editor) == []
