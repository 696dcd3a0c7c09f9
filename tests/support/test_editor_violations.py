"""What the editor does not let a server get away with: one breach each, and nothing else is blamed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.editor_peer import TEXT, URI, session, span, versioned, workspace_edit


def progress(token: str, **value: Any) -> dict[str, Any]:
    return {"method": "$/progress", "params": {"token": token, "value": value}}


def published(version: int | None = 1, **more: Any) -> dict[str, Any]:
    diagnostic = {"range": span(0, 0, 3), "message": "m", **more}
    params = {"uri": URI, "version": version, "diagnostics": [diagnostic]}
    return {"method": "textDocument/publishDiagnostics", "params": params}


def apply_edit(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 1, "method": "workspace/applyEdit", "params": workspace_edit(*changes, **more)}


CREATE = {"id": 9, "method": "window/workDoneProgress/create", "params": {"token": "t"}}
BEGIN = progress("t", kind="begin", title="T")
END = progress("t", kind="end")
NO_EDITS: dict[str, Any] = {"workspace": {"workspaceEdit": None}}
FILE_OUTSIDE = {"kind": "create", "uri": "file:///etc/codex"}


@pytest.mark.parametrize(
    ("said", "violation"),
    [
        ([{"id": 99, "result": None}], "never sent"),
        ([{"id": None, "error": {"code": -32700, "message": "?"}}], "never sent"),
        ([{"id": 1, "result": {}}], "second answer to request 1"),
        ([BEGIN], "'t', which was never created"),
        ([CREATE, progress("t", kind="report")], "'report' for 't' out of order"),
        ([CREATE, BEGIN, BEGIN], "'begin' for 't' out of order"),
        ([CREATE, BEGIN, END, progress("t", kind="report")], "'report' for 't' after its end"),
        ([CREATE, CREATE], "created twice"),
        ([CREATE, progress("t", kind="begin")], "without a title"),
        ([CREATE, BEGIN, progress("t", kind="report", percentage=101)], "a percentage of 101"),
        ([apply_edit(versioned(1, (0, 0, 99, "x")))], "past the end"),
        ([apply_edit(versioned(1), versioned(1))], "edited twice"),
        ([apply_edit({**versioned(1), "annotationId": "a"})], "'a' has no entry in changeAnnotations"),
        ([apply_edit(FILE_OUTSIDE)], "outside of the workspace"),
        ([{"id": 1, "method": "workspace/applyEdit", "params": {}}], "malformed workspace/applyEdit"),
        ([{"id": 1, "method": "workspace/unheard"}], "a request that no client knows: workspace/unheard"),
        ([{"method": "window/showMessage", "jsonrpc": "1.0"}], "no JSON-RPC 2.0 message"),
        ([published(version=2)], "version 2 of a document that is at 1"),
        ([published(range=span(0, 0, 99))], "out of place"),
        ([published(None, range=span(0, 0, 99))], "out of place"),
        ([published(tags=[3])], "tags [3]"),
        ([{"method": "textDocument/publishDiagnostics", "params": {}}], "malformed textDocument/publish"),
        (
            [
                {
                    "id": 2,
                    "method": "client/registerCapability",
                    "params": {"registrations": [{"id": "x", "method": "textDocument/codeAction"}]},
                }
            ],
            "without textDocument.codeAction.dynamicRegistration",
        ),
    ],
)
async def test_a_breach_of_the_protocol_fails_the_session(said: list[dict[str, Any]], violation: str) -> None:
    async def breached() -> None:
        async with session(root=Path("/code")) as (editor, peer):
            await editor.open(URI, TEXT)
            for message in said:
                peer.send(message)
            await peer.ask("workspace/workspaceFolders", None, "last")
            if editor.buffer(URI).text != TEXT or len(editor.violations) != 1:
                raise RuntimeError(editor.story())

    with pytest.raises(AssertionError, match=re.escape(violation)):
        await breached()


@pytest.mark.parametrize(
    ("taken_away", "said", "violation"),
    [
        ({"workspace": {"applyEdit": None}}, apply_edit(), "workspace.applyEdit"),
        (NO_EDITS, apply_edit(), "workspaceEdit.documentChanges"),
        (
            {"workspace": {"workspaceEdit": {"resourceOperations": ["rename"]}}},
            apply_edit({"kind": "delete", "uri": "file:///code/x", "options": {"ignoreIfNotExists": True}}),
            "a delete operation without",
        ),
        (
            {"workspace": {"workspaceEdit": {"changeAnnotationSupport": None}}},
            apply_edit(changeAnnotations={"a": {"label": "A"}}),
            "changeAnnotationSupport",
        ),
        ({"window": {"workDoneProgress": False}}, CREATE, "window.workDoneProgress"),
        (
            {"window": {"showDocument": None}},
            {"id": 3, "method": "window/showDocument", "params": {"uri": URI}},
            "showDocument",
        ),
        (
            {"workspace": {"configuration": None}},
            {"id": 3, "method": "workspace/configuration", "params": {"items": []}},
            "workspace.configuration",
        ),
        (
            {"textDocument": {"publishDiagnostics": {"dataSupport": None}}},
            published(data={}),
            "without the client's dataSupport",
        ),
        (
            {"textDocument": {"publishDiagnostics": {"versionSupport": False}}},
            published(),
            "without the client's versionSupport",
        ),
    ],
)
async def test_what_the_client_cannot_do_must_not_be_used(
    taken_away: dict[str, Any], said: dict[str, Any], violation: str
) -> None:
    async with session(capabilities=taken_away, root=Path("/code"), check_violations=False) as (editor, peer):
        await editor.open(URI, TEXT)
        peer.send(said)
        await peer.ask("workspace/workspaceFolders", None, "last")
        assert len(editor.violations) == 1
        assert violation in editor.violations[0]


@pytest.mark.parametrize(
    ("action", "violation"),
    [
        ({"title": " ", "kind": "quickfix", "edit": {}}, "without a title"),
        ({"title": "A", "kind": "source", "edit": {}}, "not asked for"),
        ({"title": "A", "kind": "quickfixes", "edit": {}}, "not asked for"),
        ({"title": "A", "kind": "quickfix", "tags": [1]}, "without the client's tagSupport"),
        ({"title": "A", "kind": "quickfix", "command": {"command": "no"}}, "does not execute"),
        ({"title": "A", "kind": "quickfix", **workspace_edit(versioned(1, (0, 0, 99, "")))}, "does not fit"),
        (
            {"title": "A", "kind": "quickfix", **workspace_edit(versioned(1) | {"annotationId": "a"})},
            "'A' has the annotation 'a' has no entry",
        ),
    ],
)
async def test_code_actions_are_checked(action: dict[str, Any], violation: str) -> None:
    answers = {"textDocument/codeAction": [action]}
    async with session(answers=answers, check_violations=False) as (editor, _):
        await editor.open(URI, TEXT)
        await editor.code_actions(URI, 0, 0, only=["quickfix"])
        assert len(editor.violations) == 1
        assert violation in editor.violations[0]


async def test_who_takes_file_operations_takes_document_changes() -> None:
    """Neovim says only the first; there is no other place for them."""
    edits = {"workspaceEdit": {"documentChanges": None}}
    async with session(capabilities={"workspace": edits}) as (editor, peer):
        await editor.open(URI, TEXT)
        peer.send(apply_edit(versioned(1, (0, 0, 3, "ONE"))))
        await editor.wait_for_apply()


async def test_a_diagnostic_without_a_version_may_be_for_a_former_text() -> None:
    async with session() as (editor, peer):
        await editor.open(URI, TEXT)
        await editor.delete(URI, 0, len(TEXT))
        peer.send(published(None))
        await editor.wait(lambda: URI in editor.diagnostics)


async def test_a_request_before_initialize_is_answered_is_a_breach() -> None:
    async with session(auto_initialize=False, check_violations=False) as (editor, peer):
        peer.before_answer = lambda: peer.send({"id": 7, "method": "workspace/workspaceFolders"})
        call = editor.send_request("initialize", editor.options.initialize_params())
        await editor.result(call)
        assert editor.violations == ["workspace/workspaceFolders before initialize was answered"]


async def test_refused_progress_must_stay_away() -> None:
    async with session(accept_progress=False, check_violations=False) as (editor, peer):
        answer = await peer.ask("window/workDoneProgress/create", {"token": "t"})
        assert answer["error"]["code"] == -32803
        peer.send(BEGIN)
        await peer.ask("workspace/workspaceFolders", None, "last")
        assert editor.violations == ["progress 'begin' for 't', which was never created"]


@pytest.mark.parametrize(
    ("raw", "violation"),
    [
        (b"Loading model...\n", "no LSP header"),
        (b"x" * 100_000, "without a line break"),
        (b"Content-Length: 2\r\n\r\n{]", "no JSON"),
        (b"\r\n", "without Content-Length"),
        (b"content-length: 2\r\n\r\n{}", "no LSP header"),
    ],
)
async def test_what_is_no_frame_is_a_breach(raw: bytes, violation: str) -> None:
    async with session(check_violations=False) as (editor, peer):
        peer.writer.write(raw)
        with pytest.raises(ConnectionError):
            await editor.wait_for_message("never")
        assert violation in editor.violations[0]


async def test_a_request_that_is_never_answered_is_a_breach() -> None:
    with pytest.raises(AssertionError, match=r"test/forgotten \(2\) was never answered"):
        async with session(timeout=0.3) as (editor, _):
            editor.send_request("test/forgotten")
