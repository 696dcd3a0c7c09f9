"""One run: a private folder, Codex in it, its turn from start to end, and what it changed as a patch."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

from codex_lsp import __version__
from codex_lsp.edits.formats.patch_render import render_files
from codex_lsp.services import scratch
from codex_lsp.services.chat import QUIET_SECONDS, Ended, Piece, Step, Text
from codex_lsp.services.errors import ApiError, unavailable
from codex_lsp.services.requests import ChatRequest
from codex_lsp.services.sidecar import asking
from codex_lsp.services.sidecar.folder import Difference, compare, lay_out
from codex_lsp.services.sidecar.home import Home, home
from codex_lsp.services.sidecar.options import Options, Unready
from codex_lsp.services.sidecar.peer import CodexFailed, Peer
from codex_lsp.services.sidecar.turn import Turn

_INTERRUPT_SECONDS = 2.0
_PROBE_MILLISECONDS = 30_000

# What a command must be able to do, and must not. That it "wrote" outside proves nothing, for it has a world
# of its own: the file is looked for from here.
_PROBE = 'echo in > "$2" && cat "$2" && rm "$2"; cat "$0" > /dev/null && echo read; echo out > "$1"; true'


async def answer(options: Options, program: Path, request: ChatRequest) -> AsyncGenerator[Piece, None]:
    """The pieces of the answer. Closing it ends the work, at once and whole. Raises `ApiError`."""
    asking.question(request)
    try:
        with home(options, program) as made:
            try:
                async with contextlib.aclosing(_all(options, program, made, request)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                await scratch.clear(made.root)
    except (CodexFailed, Unready, OSError) as error:
        raise unavailable(f"Codex cannot be asked: {error}", "codex_failed") from error


async def _all(
    options: Options, program: Path, made: Home, request: ChatRequest
) -> AsyncGenerator[Piece, None]:
    files = request.workspace.files if request.workspace else {}
    laid = await asyncio.to_thread(lay_out, files, made.workspace)
    turn = Turn(made.workspace)
    async with contextlib.aclosing(_work(options, program, made, turn, request)) as pieces:
        async for piece in pieces:
            yield piece
    # Codex is gone by now, so nothing changes while it is read.
    difference = await asyncio.to_thread(compare, laid, made.workspace)
    for piece in _end(options, turn, difference):
        yield piece


async def _work(
    options: Options, program: Path, made: Home, turn: Turn, request: ChatRequest
) -> AsyncGenerator[Piece, None]:
    async with Peer([str(program), "app-server"], made.environ(options), made.workspace) as codex:
        await greet(codex)
        # Neither waits for the other: each takes Codex a while.
        problem, thread = await asyncio.gather(
            sandbox_problem(codex, made), _start_thread(codex, made, request)
        )
        if problem:
            raise unavailable(f"The sandbox of Codex does not work here: {problem}", "sandbox")
        number = await _start_turn(options, codex, thread, request)
        try:
            async with contextlib.aclosing(_heard(options, codex, turn)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            if turn.over is None:
                # So that the model's server is told, too; whatever comes of it, the process is killed.
                with contextlib.suppress(CodexFailed, TimeoutError):
                    async with asyncio.timeout(_INTERRUPT_SECONDS):
                        await codex.call("turn/interrupt", {"threadId": thread, "turnId": number})
    turn.check()


async def greet(codex: Peer) -> None:
    """Say who asks; to be done first."""
    client = {"name": "codex_lsp", "title": "codex-lsp", "version": __version__}
    await codex.call("initialize", {"clientInfo": client, "capabilities": {"experimentalApi": True}})
    await codex.notify("initialized")


async def sandbox_problem(codex: Peer, made: Home) -> str:
    """Why commands could do more, or less, than they should; empty if all is well. Asked of Codex itself."""
    outside, inside = made.root / "outside", f"probe-{secrets.token_hex(8)}"
    command = ["sh", "-c", _PROBE, str(made.codex / "config.toml"), str(outside), inside]
    where = {"cwd": str(made.workspace), "timeoutMs": _PROBE_MILLISECONDS}
    try:
        result = await codex.call("command/exec", {"command": command, **where})
    except CodexFailed as error:
        return str(error)
    said = str(result.get("stdout", "")).split()
    if "read" in said or outside.exists():
        outside.unlink(missing_ok=True)
        return "commands get at files outside of their folder"
    if said == ["in"]:
        return ""
    errors = str(result.get("stderr", "")).strip().splitlines()
    return f"no command can be run ({errors[-1] if errors else result.get('exitCode')})"


async def _start_thread(codex: Peer, made: Home, request: ChatRequest) -> str:
    started = await codex.call(
        "thread/start",
        {
            "cwd": str(made.workspace),
            "approvalPolicy": "on-request",
            "ephemeral": True,
            "developerInstructions": asking.instructions(request),
            "experimentalRawEvents": True,
        },
    )
    _require_sandbox(started)
    return str(started["thread"]["id"])


async def _start_turn(options: Options, codex: Peer, thread: str, request: ChatRequest) -> str:
    asked: dict[str, object] = {
        "threadId": thread,
        "input": [{"type": "text", "text": asking.question(request)}],
    }
    asked |= {"summary": "auto"} | ({"effort": options.effort} if options.effort else {})
    begun = await codex.call("turn/start", asked)
    return str(begun["turn"]["id"])


def _require_sandbox(started: Mapping[str, object]) -> None:
    """What Codex says it will hold its commands to."""
    sandbox = started.get("sandbox")
    if (
        not isinstance(sandbox, dict)
        or sandbox.get("type") != "workspaceWrite"
        or sandbox.get("networkAccess")
        or sandbox.get("writableRoots")
    ):
        raise unavailable(f"Codex would work in another sandbox than told: {json.dumps(sandbox)}", "sandbox")


async def _heard(options: Options, codex: Peer, turn: Turn) -> AsyncGenerator[Piece, None]:
    began = time.monotonic()
    while turn.over is None:
        spent = time.monotonic() - began
        try:
            async with asyncio.timeout(min(QUIET_SECONDS, options.seconds - spent)):
                message = await codex.heard.get()
        except TimeoutError:
            spent = time.monotonic() - began
            if spent < options.seconds:
                yield Step(f"Codex is at work: {spent:.0f} s")
                continue
            stopped = {"stop_reason": "time", "limits": {"seconds": options.seconds}}
            raise ApiError(504, f"Stopped after {options.seconds:g} s.", "time", agent=stopped) from None
        if message is None:
            raise CodexFailed("it ended in the middle of its work")
        for piece in turn.pieces(message):
            yield piece


def _end(options: Options, turn: Turn, difference: Difference) -> list[Piece]:
    """What is said at the end; raises `ApiError` where there is nothing to be had."""
    patch = render_files(difference.changes)
    agent = {"stop_reason": "failed", "limits": {}}
    if turn.failed and not patch:
        raise ApiError(502, f"Nothing was changed: {turn.failed}.", "edit_failed", agent=agent)
    if not patch and not turn.said:
        raise ApiError(502, "Codex said nothing and changed nothing.", "empty_answer", agent=agent)
    notes = [f"Not all of it worked: {turn.failed}."] if turn.failed else []
    if difference.left_out:
        notes.append(f"Left out, because a patch cannot tell it: {', '.join(difference.left_out[:20])}.")
    parts = [part for part in ("\n\n".join(notes), patch) if part]
    pieces: list[Piece] = [Text(("\n\n" if turn.said else "") + "\n\n".join(parts))] if parts else []
    reason = "partial" if turn.failed or difference.left_out else "done"
    return [*pieces, Ended(reason, {"seconds": options.seconds})]
