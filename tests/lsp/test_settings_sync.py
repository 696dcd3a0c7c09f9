"""What holds for a document, after what an editor says of its settings, and when, and how often."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.lsp import settings_sync
from codex_lsp.lsp.server import CodexServer
from codex_lsp.lsp.wiring import create_server
from codex_lsp.settings import Settings
from tests.support.editor import FakeEditor, Options, ResponseError, in_process_streams
from tests.support.editor_rpc import NoReply
from tests.support.serving import READY

PULL = "workspace/configuration"
NO_PULL = {"workspace": {"configuration": None}}
TEXT = "def f():\n    return 1\n"
PATCH = "*** Begin Patch\n*** Update File: m.py\n-    return 1\n+    return 10\n*** End Patch"


class Pulled(FakeEditor):
    """An editor with settings of its own for each scope, which answers at once or when it is told to.

    `scopes` holds what is set for each scopeUri, and for None what is set everywhere else.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.scopes: dict[str | None, Any] = {}
        self.holds = False
        self.pulls: list[tuple[Any, list[dict[str, Any]]]] = []

    def _result(self, request_id: Any, method: str, params: Any) -> Any:
        usual = super()._result(request_id, method, params)
        if method != PULL:
            return usual
        self.pulls.append((request_id, params["items"]))
        if self.holds:
            raise NoReply
        return self._settings(params["items"])

    def _settings(self, items: list[dict[str, Any]]) -> list[Any]:
        return [self.scopes.get(item.get("scopeUri"), self.scopes.get(None)) for item in items]

    def answer(self, pull: int, **reply: Any) -> None:
        """Answer a pull that was held, with what is set now, or with `result` or `error`."""
        id_, items = self.pulls[pull]
        self._reply(id_, reply or {"result": self._settings(items)})

    async def wait_for_pulls(self, count: int) -> list[dict[str, Any]]:
        """Wait until `count` pulls came in all; returns the items of the last."""
        await self.wait(lambda: len(self.pulls) >= count)
        return self.pulls[count - 1][1]

    async def changes(self, settings: Any = None) -> None:
        """Say that the configuration has changed."""
        await self.notify("workspace/didChangeConfiguration", {"settings": settings})

    async def change_folders(self, added: tuple[str, ...] = (), removed: tuple[str, ...] = ()) -> None:
        """Open and close workspace folders, by their URIs."""
        event = {
            kind: [{"uri": uri, "name": uri} for uri in uris]
            for kind, uris in (("added", added), ("removed", removed))
        }
        await self.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    async def round_trip(self) -> None:
        """All that the server sent before has come in afterwards."""
        await self.execute("codexLsp.status")

    def told(self) -> list[str]:
        """The messages to the person so far."""
        return [message["message"] for message in self.messages]


@asynccontextmanager
async def pulled(
    root: Path,
    scopes: dict[str | None, Any] | None = None,
    *,
    holds: bool = False,
    model: ScriptedModel | None = None,
    config: EndpointConfig = READY,
    **options: Any,
) -> AsyncIterator[tuple[Pulled, CodexServer]]:
    ours, theirs = await in_process_streams()
    server = create_server(config, model or ScriptedModel([]))
    task = asyncio.create_task(server.serve(*ours))
    try:
        editor = Pulled.connect(*theirs, root=root, **options)
        editor.scopes, editor.holds = scopes or {}, holds
        async with editor:
            yield editor, server
    finally:
        async with asyncio.timeout(10):
            await task


async def until(predicate: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not predicate():
            await asyncio.sleep(0)


async def until_holds(server: CodexServer, uri: str, **expected: Any) -> None:
    wanted = Settings(**expected)
    await until(lambda: server.settings_for(uri) == wanted)


async def ask(editor: FakeEditor) -> None:
    buffer = await editor.open("m.py", TEXT)
    range_ = buffer.range(0, len(TEXT), editor.documents.encoding)
    await editor.execute("codexLsp.ask", {"uri": buffer.uri, "range": range_, "instruction": "ten"})


def agent(*replies: Reply | asyncio.Event) -> ScriptedModel:
    return ScriptedModel([*replies], ModelInfo(kind="agent", mode="echo", name="echo"))


# Pulling


async def test_each_folder_has_its_own_and_the_innermost_counts(tmp_path: Path) -> None:
    inner = (tmp_path / "a" / "inner").as_uri()
    scopes: dict[str | None, Any] = {
        None: {"maxSteps": 2},
        tmp_path.as_uri(): {"maxSteps": 3, "apply": "review"},
        inner: {"maxSteps": 4},
    }
    async with pulled(tmp_path, scopes) as (editor, server):
        items = await editor.wait_for_pulls(1)
        assert items == [
            {"section": "codexLsp"},
            {"section": "codexLsp", "scopeUri": tmp_path.as_uri()},
        ]
        here = editor.uri("m.py")
        await until_holds(server, here, max_steps=3, apply="review")
        await editor.change_folders(added=(inner,))
        await until_holds(server, f"{inner}/m.py", max_steps=4)
        assert server.settings_for(here).max_steps == 3
        assert server.settings_for(f"{inner}ner/m.py").max_steps == 3
        assert server.settings_for(tmp_path.as_uri() + "ly/m.py") == Settings(max_steps=2)
        assert server.settings_for("untitled:Untitled-1") == Settings(max_steps=2)
        await editor.change_folders(removed=(inner,))
        await until_holds(server, f"{inner}/m.py", max_steps=3, apply="review")
        assert [item.get("scopeUri") for item in await editor.wait_for_pulls(3)] == [None, tmp_path.as_uri()]


async def test_folders_are_found_by_any_spelling_and_by_notebooks_cells(tmp_path: Path) -> None:
    odd = "file:///c%3A/my%20code/"
    scopes: dict[str | None, Any] = {None: {}, odd: {"maxSteps": 3}}
    async with pulled(tmp_path, scopes) as (editor, server):
        await editor.change_folders(added=(odd,))
        for uri in (
            "file:///C:/my%20code/m.py",
            "file:///c:/my code/deep/m.py",
            "vscode-notebook-cell:/c%3A/my%20code/x.ipynb#W0sZm",
        ):
            await until_holds(server, uri, max_steps=3)
        for uri in ("file:///c:/my", "file:///", "untitled:c:/my code/m.py", "", "file:"):
            assert server.settings_for(uri) == Settings()


async def test_what_the_editor_says_now_counts_more_than_its_options(tmp_path: Path) -> None:
    options = {"apply": "review", "maxSteps": 9}
    async with pulled(tmp_path, {None: {"maxSteps": 3}}, initialization_options=options) as (editor, server):
        await until_holds(server, editor.uri("m.py"), apply="review", max_steps=3)


async def test_a_change_is_pulled_whatever_came_with_it(tmp_path: Path) -> None:
    async with pulled(tmp_path, {None: {"maxSteps": 3}}) as (editor, server):
        uri = editor.uri("m.py")
        await until_holds(server, uri, max_steps=3)
        for steps, payload in ((4, None), (5, {}), (6, {"codexLsp": {"maxSteps": 99}}), (7, "x"), (8, [1])):
            editor.scopes = {None: {"maxSteps": steps}}
            await editor.changes(payload)
            await until_holds(server, uri, max_steps=steps)
        nothings: tuple[object, ...] = ({}, [], None)
        for nothing in nothings:
            editor.scopes = {None: {"maxSteps": 3}}
            await editor.changes()
            await until_holds(server, uri, max_steps=3)
            editor.scopes = {None: nothing}
            await editor.changes()
            await until_holds(server, uri)
        assert editor.told() == []


async def test_changes_are_registered_for_where_the_editor_can(tmp_path: Path) -> None:
    async with pulled(tmp_path) as (editor, _):
        await editor.wait(lambda: editor.registrations)
        (registration,) = editor.registrations.values()
        assert registration["method"] == "workspace/didChangeConfiguration"
        assert registration["registerOptions"] == {"section": "codexLsp"}
    cannot = {"workspace": {"didChangeConfiguration": None}}
    async with pulled(tmp_path, capabilities=cannot) as (editor, _):
        await editor.wait_for_pulls(1)
        await editor.round_trip()
        assert not editor.registrations


# Effects


async def test_the_next_ask_uses_what_was_changed(tmp_path: Path) -> None:
    async with pulled(tmp_path, {None: {"apply": "direct"}}, model=agent(Reply(PATCH))) as (editor, server):
        editor.scopes = {None: {"apply": "review", "events": True}}
        await editor.changes()
        await until_holds(server, editor.uri("m.py"), apply="review", events=True)
        await ask(editor)
        ended = await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        assert ended["state"] == "review"
        assert not editor.applied


async def test_a_run_keeps_the_settings_it_began_with(tmp_path: Path) -> None:
    speak = asyncio.Event()
    scopes: dict[str | None, Any] = {None: {"apply": "direct", "events": True}}
    async with pulled(tmp_path, scopes, model=agent(speak, Reply(PATCH))) as (editor, server):
        uri = editor.uri("m.py")
        await until_holds(server, uri, apply="direct", events=True)
        await ask(editor)
        editor.scopes = {None: {"apply": "review", "events": False, "maxSteps": 1}}
        await editor.changes()
        await until_holds(server, uri, apply="review", max_steps=1)
        speak.set()
        ended = await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        assert ended["state"] == "applied"
        assert editor.buffer(uri).text == TEXT.replace("1", "10")


async def test_what_is_set_holds_for_an_ask_right_after_the_start(tmp_path: Path) -> None:
    model = agent(Reply(PATCH))
    scopes: dict[str | None, Any] = {None: {"apply": "review", "events": True}}
    async with pulled(tmp_path, scopes, holds=True, model=model) as (editor, _):
        await ask(editor)
        await editor.round_trip()
        assert model.requests == []
        editor.answer(0)
        ended = await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        assert ended["state"] == "review"
        assert not editor.applied
        states = [params["state"] for method, params in editor.notifications if method == "codexLsp/run"]
        assert states.count("started") == 1


async def test_an_ask_does_not_wait_long_for_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_sync, "FIRST_SECONDS", 0.1)
    options = {"apply": "direct"}
    async with pulled(tmp_path, holds=True, model=agent(Reply(PATCH)), initialization_options=options) as (
        editor,
        _,
    ):
        await ask(editor)
        await editor.wait_for_apply()
        await editor.wait_for_progress_end()
        assert len(editor.pulls) == 1


# Answers that are late, wrong or missing


async def test_an_answer_that_was_overtaken_is_dropped(tmp_path: Path) -> None:
    async with pulled(tmp_path, holds=True) as (editor, server):
        await editor.wait_for_pulls(1)
        await editor.changes()
        await editor.wait_for_pulls(2)
        uri, old = editor.uri("m.py"), {"maxSteps": 99, "odd": 1}
        editor.scopes = {None: {"maxSteps": 2}}
        editor.answer(1)
        await until_holds(server, uri, max_steps=2)
        editor.answer(0, result=[old, old])
        await editor.round_trip()
        editor.holds = False
        editor.scopes = {None: {"maxSeconds": 7}}
        await editor.changes()
        await until_holds(server, uri, max_seconds=7.0)
        await editor.round_trip()
        assert editor.told() == []


async def test_an_answer_for_a_folder_that_is_gone_is_dropped(tmp_path: Path) -> None:
    async with pulled(tmp_path, holds=True) as (editor, server):
        gone = tmp_path.as_uri()
        await editor.wait_for_pulls(1)
        await editor.change_folders(removed=(gone,))
        assert len(await editor.wait_for_pulls(2)) == 1
        editor.answer(0, result=[{"maxSteps": 2}, "odd"])
        await until_holds(server, editor.uri("m.py"), max_steps=2)
        await editor.round_trip()
        assert editor.told() == []


@pytest.mark.parametrize(
    "reply",
    [
        {"result": None},
        {"result": 5},
        {"result": []},
        {"result": [{"maxSteps": 9}]},
        {"result": [{"maxSteps": 9}] * 3},
        {"result": {"maxSteps": 9}},
        {"result": "not settings"},
        {"error": {"code": -32601, "message": "no such method"}},
        {"error": None},
    ],
)
async def test_an_answer_that_fails_or_does_not_fit_changes_nothing(
    tmp_path: Path, reply: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "codex_lsp.lsp.settings_sync")
    async with pulled(tmp_path, {None: {"maxSteps": 2}}) as (editor, server):
        uri = editor.uri("m.py")
        await until_holds(server, uri, max_steps=2)
        editor.holds = True
        await editor.changes()
        await editor.wait_for_pulls(2)
        editor.answer(1, **reply)
        await until(lambda: "settings" in caplog.text or PULL in caplog.text)
        assert server.settings_for(uri) == Settings(max_steps=2)
        editor.holds = False
        editor.scopes = {None: {"maxSteps": 3}}
        await editor.changes()
        await until_holds(server, uri, max_steps=3)
        assert editor.told() == []


async def test_a_scope_that_is_no_object_keeps_what_it_had_and_is_told(tmp_path: Path) -> None:
    async with pulled(tmp_path, {None: {"maxSteps": 2}}) as (editor, server):
        uri = editor.uri("m.py")
        await until_holds(server, uri, max_steps=2)
        editor.scopes = {None: "review"}
        await editor.changes()
        await editor.wait_for_message('must be an object, but are "review"')
        assert server.settings_for(uri) == Settings(max_steps=2)


async def test_an_editor_that_never_answers_is_not_asked_for_ever(tmp_path: Path) -> None:
    async with pulled(tmp_path, holds=True) as (editor, server):
        for _ in range(100):
            await editor.changes()
        await editor.round_trip()
        await editor.round_trip()
        asked = len(editor.pulls)
        assert 1 < asked < 10
        editor.holds = False
        editor.scopes = {None: {"maxSteps": 3}}
        editor.answer(asked - 1, result=[{"maxSteps": 2}, None])
        await until_holds(server, editor.uri("m.py"), max_steps=3)
        assert len(editor.pulls) == asked + 1


# Clients that cannot be asked


async def test_an_editor_that_cannot_be_asked_sends_its_settings_along(tmp_path: Path) -> None:
    options = {"maxSteps": 9}
    async with pulled(tmp_path, capabilities=NO_PULL, initialization_options=options) as (editor, server):
        uri = editor.uri("m.py")
        sent: tuple[tuple[Any, dict[str, Any]], ...] = (
            ({"codexLsp": {"apply": "review"}}, {"apply": "review", "max_steps": 9}),
            ({"codexLsp.maxSteps": 3, "other": {"x": 1}}, {"max_steps": 3}),
            ({"apply": "direct"}, {"apply": "direct", "max_steps": 9}),
            ({"other": {"apply": 1}}, {"max_steps": 9}),
            ({"codexLsp": {"road": "model"}}, {"road": "model", "max_steps": 9}),
        )
        for payload, expected in sent:
            await editor.changes(payload)
            await until_holds(server, uri, **expected)
        for nothing in (None, 5, "x", ["x"]):
            await editor.changes(nothing)
        await editor.round_trip()
        assert server.settings_for(uri) == Settings(road="model", max_steps=9)
        assert server.settings_for("untitled:Untitled-1") == Settings(road="model", max_steps=9)
        assert editor.pulls == []
        assert editor.told() == []


# Messages


async def test_all_that_is_wrong_at_the_start_is_one_message(tmp_path: Path) -> None:
    config = EndpointConfig(enabled=True, api_base="http://127.0.0.1:9", problems=("The file is odd.",))
    options = {"apply": "yolo", "maxSteps": 0}
    async with pulled(tmp_path, config=config, initialization_options=options) as (editor, server):
        await editor.wait_for_pulls(1)
        await editor.round_trip()
        (text,) = editor.told()
        for part in ("codexLsp.apply must be", "codexLsp.maxSteps must be", "The file is odd."):
            assert part in text
        status = await editor.execute("codexLsp.status")
        assert len(status["problems"]) == 3
        assert " ".join(status["problems"]) == text
        assert server.settings_for(editor.uri("m.py")) == Settings()


async def test_what_is_wrong_is_told_once_as_long_as_it_lasts(tmp_path: Path) -> None:
    wrong = {"apply": "yolo", "maxSteps": 3}
    async with pulled(
        tmp_path, {None: wrong, tmp_path.as_uri(): wrong}, initialization_options={"apply": "yolo"}
    ) as (editor, server):
        uri = editor.uri("m.py")
        await until_holds(server, uri, max_steps=3)
        for steps in (4, 5):
            editor.scopes = {None: wrong | {"maxSteps": steps}}
            await editor.changes()
            await until_holds(server, uri, max_steps=steps)
        await editor.round_trip()
        assert len(editor.told()) == 1
        editor.scopes = {None: {"apply": "review", "maxSteps": -1, "aply": 1}}
        await editor.changes()
        await editor.wait_for_message(r"codexLsp\.maxSteps must be .* did you mean codexLsp\.apply")
        assert len(editor.told()) == 2
        editor.scopes = {None: {"road": "agent"}}
        await editor.changes()
        await until_holds(server, uri, road="agent")
        editor.scopes = {None: {"maxSteps": -1}}
        await editor.changes()
        await editor.wait_for_message(r"codexLsp\.maxSteps must be .* is used\.$")
        assert len(editor.told()) == 3


async def test_a_refused_registration_does_no_harm(tmp_path: Path) -> None:
    class Refusing(Pulled):
        def _result(self, request_id: Any, method: str, params: Any) -> Any:
            if method == "client/registerCapability":
                raise ResponseError(-32601, "no")
            return super()._result(request_id, method, params)

    ours, theirs = await in_process_streams()
    server = create_server(READY, ScriptedModel([]))
    task = asyncio.create_task(server.serve(*ours))
    editor = Refusing.connect(*theirs, root=tmp_path)
    editor.scopes = {None: {"maxSteps": 3}}
    async with editor:
        await until_holds(server, editor.uri("m.py"), max_steps=3)
        assert editor.told() == []
    async with asyncio.timeout(10):
        await task
