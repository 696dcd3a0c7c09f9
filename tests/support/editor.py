"""An editor for tests: a strict LSP client with real buffers, which knows nothing of pygls or of our code.

    async with FakeEditor.spawn([sys.executable, "-m", "codex_lsp"], root=tmp_path) as editor:
        buffer = await editor.open("module.py")
        actions = await editor.code_actions(buffer.uri, 0, 10)
        await editor.run_action(actions[0])
        await editor.wait_for_apply()

It applies what the server sends exactly as the specification says, and notes every breach of the protocol in
`violations`; leaving `async with` raises `AssertionError` if there are any. `editor_options.Options` are its
options; those that may change in mid-session are set on `editor.options`.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.buffers import Buffer, StrictError
from tests.support.editor_checks import check_code_actions, check_workspace_edit
from tests.support.editor_edits import Refusal, path_of, read_text
from tests.support.editor_options import Options, lookup
from tests.support.editor_rpc import Frame
from tests.support.editor_session import Applied, Session
from tests.support.editor_wire import ResponseError, Streams, in_process_streams

__all__ = ["Applied", "FakeEditor", "Frame", "Options", "ResponseError", "Streams", "in_process_streams"]

_STDERR_CHUNKS = 200
_LAST_ANSWERS = 5.0
_LAST_BYTES = 1.0


class FakeEditor(Session):
    """One editor with one server. Every offset counts code points of a buffer's text.

    Waiting methods raise `TimeoutError` after `options.timeout` seconds, and `ConnectionError` when the
    server is gone; requests raise `ResponseError`.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.server: dict[str, Any] = {}
        self.process: asyncio.subprocess.Process | None = None
        self._connect: Callable[[], Any] = self._start_nothing
        self._stderr: deque[bytes] = deque(maxlen=_STDERR_CHUNKS)
        self._stderr_task: asyncio.Task[None] | None = None
        self._polite = True
        self._shut_down = False

    @classmethod
    def connect(cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, **options: Any) -> Self:
        """An editor on streams that somebody else opened; it closes the writer at its end."""
        editor = cls(Options(**options))

        async def start() -> None:
            editor._start(reader, writer)

        editor._connect = start
        return editor

    @classmethod
    def spawn(
        cls,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> Self:
        """An editor that starts its server as a process, and ends it. `env` is the whole environment."""
        editor = cls(Options(**options))

        async def start() -> None:
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(
                *argv, stdin=pipe, stdout=pipe, stderr=pipe, env=env, cwd=cwd
            )
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            editor.process = process
            editor._stderr_task = asyncio.create_task(editor._read_stderr(process.stderr))
            editor._start(process.stdout, process.stdin)

        editor._connect = start
        return editor

    async def _start_nothing(self) -> None:
        raise AssertionError("make an editor with FakeEditor.connect or FakeEditor.spawn")

    # Life

    async def __aenter__(self) -> Self:
        await self._connect()
        if self.options.auto_initialize:
            try:
                await self.initialize()
            except BaseException:
                await self._leave_rudely()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            await self._leave_rudely()
            error.add_note(self.story())
            return
        try:
            if self._polite and self.server:
                await self._leave_politely()
        finally:
            await self._leave_rudely()
        if self.violations and self.options.check_violations:
            raise AssertionError(f"the server broke the protocol\n{self.story()}")

    async def _leave_politely(self) -> None:
        if self.closed:
            return self.violate("the server went away on its own")
        if not self._shut_down:
            await self.shutdown()
        with suppress(TimeoutError):
            await self.wait(lambda: not self._calls, min(self._timeout, _LAST_ANSWERS))
        self._violate_all(f"{method} ({id_}) was never answered" for id_, (method, _) in self._calls.items())
        if code := await self.exit():
            self.violate(f"the server exited with {code} after shutdown")

    async def _leave_rudely(self) -> None:
        if self.process is not None and self.process.returncode is None:
            await self.kill()
        await self._hang_up()
        if self._stderr_task is not None:
            await asyncio.wait([self._stderr_task], timeout=_LAST_BYTES)
            self._stderr_task.cancel()
            await asyncio.wait([self._stderr_task])

    async def initialize(self) -> dict[str, Any]:
        """Do the handshake; returns the InitializeResult, which stays in `server` too."""
        result = await self.request("initialize", self.options.initialize_params())
        if not isinstance(result, dict) or not isinstance(result.get("capabilities"), dict):
            raise AssertionError(f"no InitializeResult: {result!r}")
        self.server = result
        self.documents.settle(result["capabilities"])
        offered = lookup(self.capabilities, "general", "positionEncodings") or ["utf-16"]
        if self.documents.encoding not in offered:
            self.violate(f"the server chose {self.documents.encoding}, offered were {offered}")
        await self.notify("initialized", {})
        return result

    async def shutdown(self) -> None:
        """Send shutdown and wait for its answer."""
        if await self.request("shutdown") is not None:
            self.violate("shutdown must be answered with null")
        self._shut_down = True

    async def exit(self) -> int | None:
        """Send exit; for a process, wait for its end and return its code."""
        await self.notify("exit")
        self._polite = False
        return await self.wait_for_process() if self.process else None

    async def wait_for_process(self) -> int:
        """Wait until the server's process has ended; returns its code."""
        assert self.process is not None, "the server is no process"
        self._polite = False
        try:
            async with asyncio.timeout(self.options.timeout):
                return await self.process.wait()
        except TimeoutError as error:
            raise TimeoutError(f"the server's process did not end in time\n{self.story()}") from error

    async def kill(self) -> None:
        """Kill the server's process, or cut the connection, without a word."""
        self._polite = False
        if self.process is not None:
            if self.process.returncode is None:
                self.process.kill()
            await self.process.wait()
        elif self._writer is not None:
            self._writer.transport.abort()

    async def _read_stderr(self, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(4096):
            self._stderr.append(chunk)

    @property
    def stderr(self) -> str:
        """The end of what the server's process wrote to stderr."""
        return b"".join(self._stderr).decode("utf-8", "replace")

    def story(self) -> str:
        """The last frames, the violations, and the end of stderr."""
        return super().story() + (f"\n  stderr: {self.stderr[-2000:]}" if self._stderr else "")

    # Documents

    def uri(self, path_or_uri: str | os.PathLike[str]) -> str:
        """The URI of a path, which may be relative to the root."""
        text = os.fspath(path_or_uri)
        if "://" in text or text.startswith("untitled:"):
            return text
        return ((self.options.root or Path.cwd()) / text).as_uri()

    def buffer(self, path_or_uri: str | os.PathLike[str]) -> Buffer:
        """An open document."""
        return self.documents.buffers[self.uri(path_or_uri)]

    async def open(
        self, path_or_uri: str | os.PathLike[str], text: str | None = None, language_id: str | None = None
    ) -> Buffer:
        """Open a document, with `text` or with what is on disk."""
        uri = self.uri(path_or_uri)
        assert uri not in self.documents.buffers, f"{uri} is open already"
        text = read_text(path_of(uri)) if text is None else text
        buffer = self.documents.new(uri, text, language_id)
        self._tell(self.documents.opened(buffer))
        await self._drain()
        return buffer

    async def replace(self, uri: str, start: int, end: int, text: str) -> None:
        """Replace `[start, end)` as a person does."""
        buffer = self.documents.buffers[uri]
        change = buffer.splice(start, end, text, self.documents.encoding)
        self._tell(self.documents.changed(buffer, [change]))
        await self._drain()

    async def type(self, uri: str, offset: int, text: str) -> None:
        """Type at a place."""
        await self.replace(uri, offset, offset, text)

    async def delete(self, uri: str, start: int, end: int) -> None:
        """Delete `[start, end)`."""
        await self.replace(uri, start, end, "")

    async def undo(self, uri: str) -> None:
        """Take the last change of a document back: what was typed, or one WorkspaceEdit's whole part."""
        buffer = self.documents.buffers[uri]
        change = buffer.undo(self.documents.encoding)
        self._tell(self.documents.changed(buffer, [change]))
        await self._drain()

    async def save(self, uri: str) -> None:
        """Write a document to disk and say so."""
        path_of(uri).write_bytes(self.documents.buffers[uri].text.encode("utf-8"))
        if lookup(self.documents.sync, "save"):
            await self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    async def close(self, uri: str) -> None:
        """Close a document; unsaved text is gone."""
        self._tell(self.documents.closed(uri))
        await self._drain()

    async def apply_by_hand(self, n: int = 0) -> None:
        """Apply the n-th edit that `"by_hand"` has only shown, as a person does who looked at it."""
        edit = self.by_hand[n]
        self._tell(self.documents.commit(self._plan(edit).steps))
        await self._drain()

    # Actions and commands

    async def code_actions(
        self,
        uri: str,
        start_offset: int,
        end_offset: int,
        *,
        only: Sequence[str] | None = None,
        diagnostics: Sequence[Mapping[str, Any]] = (),
        trigger_kind: int | None = None,
    ) -> list[dict[str, Any]]:
        """The code actions of a selection. `trigger_kind`: 1 is invoked, 2 automatic.

        `diagnostics` are those that other servers have there; the client says which ones go along.
        """
        context = self._context(uri, start_offset, end_offset, diagnostics, trigger_kind)
        if only is not None:
            context["only"] = list(only)
        params = {
            "textDocument": {"uri": uri},
            "range": self.documents.buffers[uri].range(start_offset, end_offset, self.documents.encoding),
            "context": context,
        }
        actions = await self.request("textDocument/codeAction", params) or []
        commands = lookup(self.server, "capabilities", "executeCommandProvider", "commands") or ()
        self._violate_all(check_code_actions(actions, only, self.capabilities, commands))
        self._violate_all(breach for action in actions for breach in self._misfits(action))
        return list(actions)

    def _context(
        self, uri: str, start: int, end: int, others: Sequence[Mapping[str, Any]], trigger_kind: int | None
    ) -> dict[str, Any]:
        quirks = self.options.quirks
        if self.options.client is None:
            context: dict[str, Any] = {"diagnostics": list(others)}
        else:
            buffer, encoding = self.documents.buffers[uri], self.documents.encoding
            own = [
                each for each in self.diagnostics.get(uri, ()) if buffer.touches(each, start, end, encoding)
            ]
            shown = {"all": [*own, *others], "own": own, "none": []}
            context = {"diagnostics": shown[quirks.context_diagnostics]}
            trigger_kind = trigger_kind or 1
        if trigger_kind is not None and quirks.trigger_kind:
            context["triggerKind"] = trigger_kind
        return context

    def _misfits(self, action: Mapping[str, Any]) -> Iterator[str]:
        """What does not fit of an action's edit; that it cannot be applied just now is no breach."""
        try:
            if action.get("edit"):
                self._plan(action["edit"])
        except StrictError as error:
            yield f"{action['title']!r} does not fit: {error}"
        except Refusal:
            pass

    async def run_action(self, action: Mapping[str, Any]) -> Any:
        """Apply an action's edit, then run its command; returns the command's result.

        Raises `StrictError` or `Refusal` for an edit that cannot be applied.
        """
        if "disabled" in action:
            raise AssertionError(f"{action['title']!r} is disabled: {action['disabled']['reason']}")
        if isinstance(action.get("command"), str):
            return await self.execute(action["command"], *action.get("arguments", ()))
        edit, command = action.get("edit"), action.get("command")
        if edit is None and command is None:
            raise AssertionError(f"{action['title']!r} has neither an edit nor a command")
        if edit is not None:
            self._violate_all(check_workspace_edit(edit, self.capabilities))
            self._tell(self.documents.commit(self._plan(edit).steps))
            await self._drain()
        if command is None:
            return None
        return await self.execute(command["command"], *command.get("arguments", ()))

    async def execute(self, command: str, *arguments: Any) -> Any:
        """Execute a command of the server's; returns its result.

        No editor of the field sends a token for progress with it. Taking longer than the client waits is a
        breach.
        """
        quirks, clock = self.options.quirks, self.options.clock
        params: dict[str, Any] = {"command": command}
        if arguments:
            params["arguments"] = [
                _without_empty(each) if quirks.null_for_empty else each for each in arguments
            ]
        self._last_command = start = clock()
        result = await self.request("workspace/executeCommand", params)
        if quirks.command_seconds is not None and clock() - start > quirks.command_seconds:
            self.violate(f"{command} took longer than the {quirks.command_seconds} s that this client waits")
        return result

    async def cancel_progress(self, token: int | str) -> None:
        """Press a progress's cancel button."""
        await self.notify("window/workDoneProgress/cancel", {"token": token})

    def offer_progress(self, token: int | str) -> int | str:
        """Make a token of the client's own valid; the caller sends it as `workDoneToken`."""
        self._progress.offer(token)
        return token


def _without_empty(value: Any) -> Any:
    """A value as an editor sends it that has one word for an empty object and null."""
    if isinstance(value, Mapping):
        return {name: _without_empty(each) for name, each in value.items()} or None
    return [_without_empty(each) for each in value] if isinstance(value, list) else value
