"""The editor against a tiny peer that is written by hand, and as the parent of real processes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.buffers import StrictError
from tests.support.editor import FakeEditor, ResponseError
from tests.support.editor_edits import Refusal
from tests.support.editor_peer import SERVER, TEXT, URI, session, span, versioned, workspace_edit


async def test_it_shakes_hands_and_leaves_politely() -> None:
    async with session(root=Path("/code"), initialization_options={"events": True}) as (editor, peer):
        assert editor.server == {"capabilities": SERVER}
        await peer.hears(lambda m: m.get("method") == "initialized")
    assert peer.methods() == ["initialize", "initialized", "shutdown", "exit"]
    params = peer.heard[0]["params"]
    assert params["rootUri"] == "file:///code"
    assert params["initializationOptions"] == {"events": True}
    assert params["capabilities"]["general"] == {"positionEncodings": ["utf-16", "utf-8", "utf-32"]}


async def test_capabilities_are_merged_and_taken_away() -> None:
    capabilities = {
        "workspace": {"applyEdit": None, "workspaceEdit": {"documentChanges": False}},
        "general": {"positionEncodings": ["utf-8"]},
    }
    async with session(capabilities=capabilities, check_violations=False) as (editor, _):
        assert "applyEdit" not in editor.capabilities["workspace"]
        assert editor.capabilities["workspace"]["workspaceEdit"]["documentChanges"] is False
        assert editor.capabilities["workspace"]["workspaceEdit"]["resourceOperations"]
        assert editor.violations == ["the server chose utf-16, offered were ['utf-8']"]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 5), ("utf-16", 3), ("utf-32", 2)])
async def test_what_a_person_types_is_told_in_the_servers_encoding(encoding: str, column: int) -> None:
    server = {"capabilities": {**SERVER, "positionEncoding": encoding}}
    async with session(answers={"initialize": server}) as (editor, peer):
        await editor.open(URI, "a\n😀b\n")
        await editor.type(URI, 4, "x")
        await editor.undo(URI)
        await editor.delete(URI, 0, 2)
        await editor.close(URI)
    changes = [m["params"] for m in peer.heard if m.get("method") == "textDocument/didChange"]
    assert [c["textDocument"]["version"] for c in changes] == [2, 3, 4]
    assert changes[0]["contentChanges"] == [{"range": span(1, column, column), "text": "x"}]
    assert changes[1]["contentChanges"] == [{"range": span(1, column, column + 1), "text": ""}]
    opened = next(m["params"]["textDocument"] for m in peer.heard if "didOpen" in m.get("method", ""))
    assert opened == {"uri": URI, "languageId": "python", "version": 1, "text": "a\n😀b\n"}


@pytest.mark.parametrize("change", [1, 0])
async def test_full_sync_sends_the_text_and_none_sends_nothing(change: int) -> None:
    server = {"capabilities": {"textDocumentSync": change}}
    async with session(answers={"initialize": server}) as (editor, peer):
        await editor.open(URI, TEXT)
        await editor.type(URI, 0, "# ")
    said = [m["params"]["contentChanges"] for m in peer.heard if m.get("method") == "textDocument/didChange"]
    assert said == ([[{"text": "# " + TEXT}]] if change else [])
    assert ("textDocument/didOpen" in peer.methods()) == bool(change)


@pytest.mark.parametrize("change_first", [True, False])
async def test_an_edit_is_applied_told_and_undone_as_one_step(change_first: bool) -> None:
    async with session(change_before_reply=change_first) as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        edit = workspace_edit(versioned(1, (0, 0, 3, "uno"), (1, 0, 3, "due")))
        answer = await peer.ask("workspace/applyEdit", edit)
        assert answer["result"] == {"applied": True}
        change = await peer.hears(lambda m: m.get("method") == "textDocument/didChange")
        assert (peer.heard.index(change) < peer.heard.index(answer)) == change_first
        assert buffer.text == "uno = 1\ndue = 2\n"
        assert [c["text"] for c in change["params"]["contentChanges"]] == ["due", "uno"]
        await editor.undo(URI)
        assert (buffer.text, buffer.version) == (TEXT, 3)
        applied = await editor.wait_for_apply()
        assert (applied.params, applied.applied, applied.changed) == (edit, True, True)


@pytest.mark.parametrize(
    ("behaviour", "applied", "text"),
    [
        ("apply", False, TEXT),
        ("reject", False, TEXT),
        ("silent_skip", True, TEXT),
        ("ignore_versions", True, "ONE = 1\ntwo = 2\n"),
    ],
)
async def test_a_stale_edit_is_taken_as_each_editor_does(behaviour: str, applied: bool, text: str) -> None:
    async with session(apply_behaviour=behaviour) as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        edit = workspace_edit(versioned(9, (0, 0, 3, "ONE")))
        answer = await peer.ask("workspace/applyEdit", edit)
        assert answer["result"]["applied"] is applied
        assert ("failureReason" in answer["result"]) is not applied
        assert buffer.text == text
        assert [a.changed for a in editor.applied] == [text != TEXT]


async def test_silent_skip_skips_only_what_is_stale() -> None:
    other = "file:///code/b.py"
    async with session(apply_behaviour="silent_skip") as (editor, peer):
        await editor.open(URI, TEXT)
        await editor.open(other, TEXT)
        stale, fresh = versioned(0, (0, 0, 3, "x")), versioned(1, (0, 0, 3, "x"), uri=other)
        await peer.ask("workspace/applyEdit", workspace_edit(stale, fresh))
        assert editor.buffer(URI).text == TEXT
        assert editor.buffer(other).text == "x = 1\ntwo = 2\n"


async def test_no_reply_is_silence() -> None:
    async with session(apply_behaviour="no_reply") as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        edit = workspace_edit(versioned(1, (0, 0, 3, "x")))
        peer.send({"id": 5, "method": "workspace/applyEdit", "params": edit})
        assert (await editor.wait_for_apply()).answer is None
        editor.options.apply_behaviour = "apply"
        await peer.ask("workspace/applyEdit", workspace_edit(versioned(1, (1, 0, 3, "y"))), 6)
        assert buffer.text == "one = 1\ny = 2\n"
        assert not [m for m in peer.heard if m.get("id") == 5 and "method" not in m]


async def test_all_or_nothing_over_files(tmp_path: Path) -> None:
    unopened = tmp_path / "b.py"
    unopened.write_bytes(b"three = 3\r\n")
    uri = unopened.as_uri()
    async with session(root=tmp_path) as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        good, there = versioned(1, (0, 0, 3, "ONE")), versioned(None, (0, 0, 5, "THREE"), uri=uri)
        stale = workspace_edit(there, {"kind": "create", "uri": (tmp_path / "c.py").as_uri()}, versioned(2))
        assert (await peer.ask("workspace/applyEdit", stale))["result"]["applied"] is False
        assert not (tmp_path / "c.py").exists()
        assert list(editor.documents.buffers) == [URI]

        assert (await peer.ask("workspace/applyEdit", workspace_edit(there, good)))["result"]["applied"]
        assert buffer.text == "ONE = 1\ntwo = 2\n"
        assert editor.buffer("b.py").text == "THREE = 3\r\n"
        assert unopened.read_bytes() == b"three = 3\r\n"
        opened = await peer.hears(lambda m: m.get("method") == "textDocument/didOpen" and uri in str(m))
        assert opened["params"]["textDocument"]["text"] == "three = 3\r\n"
        await editor.save(uri)
        assert unopened.read_bytes() == b"THREE = 3\r\n"


async def test_files_are_created_renamed_and_deleted_below_the_root(tmp_path: Path) -> None:
    def uri(name: str) -> str:
        return (tmp_path / name).as_uri()

    (tmp_path / "old.py").write_text("old")
    (tmp_path / "gone.py").write_text("gone")
    async with session(root=tmp_path) as (editor, peer):
        edit = workspace_edit(
            {"kind": "create", "uri": uri("new/new.py")},
            versioned(None, (0, 0, 0, "new"), uri=uri("new/new.py")),
            {"kind": "rename", "oldUri": uri("old.py"), "newUri": uri("renamed.py")},
            {"kind": "delete", "uri": uri("gone.py")},
            {"kind": "delete", "uri": uri("never.py"), "options": {"ignoreIfNotExists": True}},
        )
        assert (await peer.ask("workspace/applyEdit", edit))["result"] == {"applied": True}
        assert editor.buffer("new/new.py").text == "new"
        names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.py"))
        assert names == ["new/new.py", "renamed.py"]
        for refused in (
            {"kind": "create", "uri": uri("renamed.py")},
            {"kind": "delete", "uri": uri("gone.py")},
            {"kind": "rename", "oldUri": uri("gone.py"), "newUri": uri("x.py")},
            {"kind": "rename", "oldUri": uri("new/new.py"), "newUri": uri("x.py")},
        ):
            answer = await peer.ask("workspace/applyEdit", workspace_edit(refused))
            assert answer["result"]["applied"] is False
        assert editor.violations == []


async def test_annotations_are_confirmed_one_by_one() -> None:
    asked: list[str] = []

    def confirm(annotation: Any) -> bool:
        asked.append(annotation["label"])
        return bool(annotation["id"] == "yes")

    edits = [
        {"range": span(0, 0, 3), "newText": "ONE", "annotationId": "yes"},
        {"range": span(1, 0, 3), "newText": "TWO", "annotationId": "no"},
    ]
    annotations = {
        "yes": {"label": "first", "needsConfirmation": True},
        "no": {"label": "second", "needsConfirmation": True},
    }
    async with session(confirm=confirm) as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        change = {"textDocument": {"uri": URI, "version": 1}, "edits": edits}
        await peer.ask("workspace/applyEdit", workspace_edit(change, changeAnnotations=annotations))
        assert (buffer.text, asked) == ("ONE = 1\ntwo = 2\n", ["first", "second"])
        declined = {"textDocument": {"uri": URI, "version": 2}, "edits": edits[1:]}
        edit = workspace_edit(declined, changeAnnotations=annotations)
        answer = await peer.ask("workspace/applyEdit", edit)
        assert answer["result"] == {"applied": False, "failureReason": "every change was declined"}


async def test_actions_are_applied_and_commands_run() -> None:
    action = {
        "title": "Do",
        "kind": "refactor.rewrite.codex",
        "edit": {"changes": {URI: [{"range": span(0, 0, 3), "newText": "ONE"}]}},
        "command": {"title": "Do", "command": "do.it", "arguments": [{"x": 1}]},
    }
    answers = {"textDocument/codeAction": [action], "workspace/executeCommand": {"run": "r1"}}
    async with session(answers=answers) as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        (found,) = await editor.code_actions(URI, 0, 3, only=["refactor"], trigger_kind=1)
        assert await editor.run_action(found) == {"run": "r1"}
        assert buffer.text == "ONE = 1\ntwo = 2\n"
        assert await editor.run_action({"title": "Do", "command": "do.it"}) == {"run": "r1"}
    asked = next(m for m in peer.heard if m.get("method") == "textDocument/codeAction")["params"]
    assert asked["range"] == span(0, 0, 3)
    assert asked["context"] == {"diagnostics": [], "only": ["refactor"], "triggerKind": 1}
    ran = [m["params"] for m in peer.heard if m.get("method") == "workspace/executeCommand"]
    assert ran == [{"command": "do.it", "arguments": [{"x": 1}]}, {"command": "do.it"}]


async def test_a_literal_edit_that_cannot_be_applied_raises() -> None:
    async with session() as (editor, _):
        buffer = await editor.open(URI, TEXT)
        with pytest.raises(Refusal, match="version 1, the edit is for 7"):
            await editor.run_action({"title": "stale", **workspace_edit(versioned(7, (0, 0, 1, "")))})
        with pytest.raises(StrictError, match="past the end"):
            await editor.run_action({"title": "wrong", **workspace_edit(versioned(1, (0, 0, 99, "")))})
        with pytest.raises(AssertionError, match="not today"):
            await editor.run_action({"title": "no", "disabled": {"reason": "not today"}})
        with pytest.raises(AssertionError, match="neither"):
            await editor.run_action({"title": "nothing"})
        assert buffer.text == TEXT


async def test_it_answers_what_a_server_may_ask() -> None:
    options: dict[str, Any] = {
        "settings": {"codexLsp": {"apply": "review"}},
        "answer_message": lambda params: params["actions"][0],
        "root": Path("/code"),
    }
    registration = {"id": "r", "method": "workspace/didChangeConfiguration"}
    async with session(**options) as (editor, peer):
        questions: list[tuple[str, Any, Any]] = [
            (
                "workspace/configuration",
                {"items": [{"section": "codexLsp.apply"}, {"section": "no"}]},
                ["review", None],
            ),
            ("workspace/workspaceFolders", None, [{"uri": "file:///code", "name": "code"}]),
            ("client/registerCapability", {"registrations": [registration]}, None),
            ("client/unregisterCapability", {"unregisterations": [registration]}, None),
            (
                "window/showMessageRequest",
                {"type": 3, "message": "?", "actions": [{"title": "A"}]},
                {"title": "A"},
            ),
            ("window/showDocument", {"uri": URI}, {"success": True}),
            ("window/workDoneProgress/create", {"token": "t"}, None),
            ("workspace/codeLens/refresh", None, None),
            ("workspace/diagnostic/refresh", None, None),
        ]
        for method, params, expected in questions:
            answer = await peer.ask(method, params)
            assert answer == {"jsonrpc": "2.0", "id": 1, "result": expected}
        assert (editor.registrations, editor.refreshes) == (
            {},
            ["workspace/codeLens/refresh", "workspace/diagnostic/refresh"],
        )
        assert editor.shown_documents == [{"uri": URI}]


async def test_it_records_and_waits_without_sleeping() -> None:
    async with session() as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        waiting = asyncio.gather(
            editor.wait_for_message("^done"),
            editor.wait_for_notification("codexLsp/run", lambda params: params["state"] == "ended"),
            editor.wait_for_progress_end(),
            editor.wait(lambda: editor.diagnostics.get(buffer.uri)),
            editor.wait(lambda: len(editor.progress.get("t", ())) == 2),
        )
        await peer.ask("window/workDoneProgress/create", {"token": "t"})
        values = [
            {"kind": "begin", "title": "Asking", "cancellable": True},
            {"kind": "report", "message": "step", "percentage": 50},
            {"kind": "end", "message": "done"},
        ]
        for value in values:
            peer.send({"method": "$/progress", "params": {"token": "t", "value": value}})
        for text in ("thinking", "done: 1 change"):
            peer.send({"method": "window/showMessage", "params": {"type": 3, "message": text}})
        peer.send({"method": "window/logMessage", "params": {"type": 4, "message": "a log line"}})
        for state in ("started", "ended"):
            peer.send({"method": "codexLsp/run", "params": {"state": state}})
        diagnostic = {"range": span(0, 0, 3), "message": "pending", "severity": 4}
        params = {"uri": URI, "version": 1, "diagnostics": [diagnostic]}
        peer.send({"method": "textDocument/publishDiagnostics", "params": params})

        message, event, ended, diagnostics, two = await waiting
        assert message == {"type": 3, "message": "done: 1 change"}
        assert event == {"state": "ended"}
        assert ended == values == editor.progress["t"]
        assert diagnostics == [diagnostic]
        assert two is True  # seen between two messages that came in one piece
        assert [m["message"] for m in editor.logs] == ["a log line"]
        assert await editor.wait_for_progress_begin() == "t"
        await editor.cancel_progress("t")
        cancel = await peer.hears(lambda m: m.get("method") == "window/workDoneProgress/cancel")
        assert cancel["params"] == {"token": "t"}


async def test_requests_give_results_errors_and_deadlines() -> None:
    async with session(timeout=5) as (editor, peer):
        call = editor.send_request("test/slow", {"x": 1})
        await editor.cancel_request(call.id)
        await peer.hears(lambda m: m.get("method") == "$/cancelRequest" and m["params"] == {"id": call.id})
        with pytest.raises(TimeoutError, match=r"unanswered: test/slow"):
            await editor.result(call, timeout=0.01)
        peer.send({"id": call.id, "error": {"code": -32800, "message": "cancelled", "data": [1]}})
        with pytest.raises(ResponseError) as caught:
            await editor.result(call)
        assert (caught.value.code, caught.value.message, caught.value.data) == (-32800, "cancelled", [1])
        directions = [f.direction for f in editor.wire if f.message.get("id") == call.id]
        assert directions == ["out", "in"]


async def test_when_the_server_goes_away_nobody_waits() -> None:
    async with session(check_violations=False) as (editor, peer):
        call = editor.send_request("test/slow")
        waiting = asyncio.create_task(editor.wait_for_message("never"))
        await peer.hears(lambda m: m.get("method") == "test/slow")
        peer.writer.close()
        with pytest.raises(ConnectionError):
            await editor.result(call)
        with pytest.raises(ConnectionError):
            await waiting
        with pytest.raises(ConnectionError):
            await editor.open(URI, TEXT)
    assert editor.violations == ["the server went away on its own"]


async def test_a_failing_test_shows_the_last_messages() -> None:
    async def failing() -> None:
        async with session() as (editor, _):
            await editor.open(URI, TEXT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        await failing()
    assert "textDocument/didOpen" in "".join(caught.value.__notes__)


PROCESS = """
import json, sys
def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.buffer.flush()
print("a log line", file=sys.stderr)
while line := sys.stdin.buffer.readline():
    sys.stdin.buffer.readline()
    message = json.loads(sys.stdin.buffer.read(int(line.split()[1])))
    if message["method"] == "exit":
        sys.exit(int(sys.argv[1]))
    if "id" in message:
        send({"id": message["id"], "result": {"capabilities": {}} if message["id"] == 1 else None})
"""


async def test_a_process_is_started_and_ended() -> None:
    async with FakeEditor.spawn([sys.executable, "-c", PROCESS, "0"]) as editor:
        assert editor.process is not None
        assert editor.server == {"capabilities": {}}
    assert editor.process.returncode == 0
    assert editor.stderr == "a log line\n"


async def test_a_process_can_be_ended_by_hand() -> None:
    async with FakeEditor.spawn([sys.executable, "-c", PROCESS, "0"]) as editor:
        await editor.shutdown()
        assert await editor.exit() == 0


async def test_a_process_that_exits_with_an_error_is_a_breach() -> None:
    with pytest.raises(AssertionError, match="exited with 3"):
        async with FakeEditor.spawn([sys.executable, "-c", PROCESS, "3"]):
            pass


async def test_a_killed_process_is_gone() -> None:
    async with FakeEditor.spawn([sys.executable, "-c", PROCESS, "0"]) as editor:
        await editor.kill()
        await editor.wait(lambda: editor.closed)
    assert editor.process is not None
    assert editor.process.returncode == -9


async def test_a_process_that_dies_at_once_says_why() -> None:
    argv = [sys.executable, "-c", "import sys; sys.exit('no such option')"]
    with pytest.raises(ConnectionError):
        async with FakeEditor.spawn(argv):
            pass
