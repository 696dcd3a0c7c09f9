"""The server as a process, its worker as another, and an endpoint over HTTP that can break; in real time."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from codex_lsp.agent.model import Reply
from codex_lsp.endpoint.errors import StatusError
from codex_lsp.lsp.delivery.confirm import CONFIRM_SECONDS
from tests.bench import proc
from tests.faults.editors import PlayedEditor
from tests.faults.endpoints import number_of
from tests.faults.oracle import Errand, Oracle
from tests.faults.play import Play
from tests.support.endpoint import Answer, Raw, Recorded, ScriptedEndpoint, Step, call
from tests.support.processes import clean_environ, workers

ROOT = Path(__file__).parents[2]
GONE_SECONDS = 5.0
RUN_SECONDS = 60.0
LOOK_SECONDS = 0.02
HURT_SECONDS = 3.0


class Exchange(ScriptedEndpoint):
    """An endpoint that answers each errand by a script of its own."""

    def __init__(self, agent: bool) -> None:
        stated = {"codex_agent": {"workspace": True, "mode": "echo"}} if agent else {}
        super().__init__(models={"object": "list", "data": [{"id": "mini"} | stated]})
        self._scripts: dict[int, list[Step]] = {}

    def answer(self, number: int, steps: Sequence[Step]) -> None:
        """Answer this errand so."""
        self._scripts[number] = list(steps)

    def break_off(self) -> int:
        """Reset all connections; returns how many there were."""
        writers = list(self._connections.values())
        for writer in writers:
            writer.transport.abort()
        return len(writers)

    def _step(self, request: Recorded) -> Step:
        number = number_of(json.dumps(request.json)) if request.method == "POST" else None
        if number is None:
            return super()._step(request)
        script = self._scripts.get(number)
        return script.pop(0) if script else Raw(500)


class Processes:
    """See `play.Stage`. The environment names the endpoint; nothing else of the server is changed."""

    timeless = False
    editor: PlayedEditor

    def __init__(self, oracle: Oracle, agent: bool, options: dict[str, Any]) -> None:
        self._oracle = oracle
        self._options = options | {"timeout": RUN_SECONDS}
        self._half = False
        self._sent = 0
        self.hurt = -HURT_SECONDS
        self.endpoint = Exchange(agent)
        # Where its worker is met, by nobody else.
        self.runtime = tempfile.mkdtemp(prefix="cl-")

    async def start(self, prepare: Callable[[PlayedEditor], None]) -> None:
        """Start the endpoint, the server and the editor."""
        await self.endpoint.__aenter__()
        await self._spawn(prepare)

    async def _spawn(self, prepare: Callable[[PlayedEditor], None]) -> None:
        self._prepare = prepare
        env = clean_environ(
            LITELLM_ENABLE_CODEX_AGENT="1",
            CODEX_AGENT_API_BASE=self.endpoint.base_url,
            CODEX_AGENT_API_KEY="key",
            CODEX_AGENT_MODEL="codex-agent/mini",
            PYTHONPATH=str(ROOT),
            XDG_RUNTIME_DIR=self.runtime,
        )
        argv = [sys.executable, "-m", "codex_lsp"]
        self.editor = PlayedEditor.spawn(argv, env=env, cwd=ROOT, check_violations=False, **self._options)
        prepare(self.editor)
        await self.editor.__aenter__()

    @property
    def server_pid(self) -> int:
        """The server's process id."""
        assert self.editor.process is not None
        return self.editor.process.pid

    async def settle(self) -> None:
        """Wait until everything that was answered has come to its end."""
        await self.editor.execute("codexLsp.status", {})
        await self.editor.wait(lambda: not any(each.released for each in self._under_way()))
        await self.editor.execute("codexLsp.status", {})

    def _under_way(self) -> list[Errand]:
        return [each for each in self._oracle.errands if each.alive and each.state is None]

    async def pass_time(self, seconds: float) -> None:
        """Time goes by on its own here, but for what was accepted no event tells the end."""
        if any(errand.accepting and errand.alive for errand in self._oracle.errands):
            await asyncio.sleep(CONFIRM_SECONDS + 0.5)

    def now(self) -> float:
        """Real seconds."""
        return time.monotonic()

    def play(self, errand: Errand, replies: Sequence[Any]) -> None:
        """Prepare the replies; the first, or its second half, waits for `errand.release`."""
        gate = asyncio.Event()
        errand.release = gate.set
        # One that comes right behind a kill may meet the dying worker: it is told to ask again.
        errand.sure = time.monotonic() - self.hurt > HURT_SECONDS
        self._half = not self._half
        self.endpoint.answer(errand.number, [_step(each, gate, self._half) for each in replies])

    def server_text(self, uri: str) -> str | None:
        """It cannot be seen from here."""
        return None

    async def replace_server(self, how: str) -> None:
        """End this server, and start another with the same texts."""
        texts = {uri: (each.text, each.language_id) for uri, each in self.editor.documents.buffers.items()}
        await self.end(how)
        self._oracle.forget()
        await self._spawn(self._prepare)
        for uri, (text, language) in texts.items():
            await self.editor.open(uri, text, language)
        self._oracle.look(self.editor)

    async def end(self, how: str) -> None:
        """End the server; nothing that it ever started may stay, nor may it apply anything any more."""
        for errand in self._oracle.errands:
            errand.stopping = True
        family = {self.server_pid, *proc.descendants(self.server_pid), *workers(self.runtime)}
        editor = self.editor
        editor.leaving = how != "shutdown"
        begun = time.monotonic()
        code = await self._stop(how)
        expected = {"shutdown": 0, "terminate": 1, "kill": -signal.SIGKILL}[how]
        if code != expected:
            self._oracle.violate(f"after {how} the exit code is {code}\n{editor.stderr[-1000:]}")
        if how == "shutdown" and editor._calls:
            names = [method for method, _ in editor._calls.values()]
            self._oracle.violate(f"never answered: {names}")
        while left := [pid for pid in family if _is_alive(pid)]:
            if time.monotonic() - begun > GONE_SECONDS:
                self._oracle.violate(f"{GONE_SECONDS:g} s after {how} there still are {left}")
                break
            await asyncio.sleep(LOOK_SECONDS)
        await editor.__aexit__(None, None, None)
        if how == "shutdown" and len(editor.applied) > self._sent:
            self._oracle.violate("an edit after shutdown")
        for line in editor.stderr.splitlines():
            if "Traceback" in line or line.startswith(("ERROR", "CRITICAL")):
                self._oracle.violate(f"stderr: {editor.stderr[-2000:]}")
                break

    async def _stop(self, how: str) -> int | None:
        process = self.editor.process
        assert process is not None
        if how == "shutdown":
            await self.editor.shutdown()
            self._sent = len(self.editor.applied)
            return await self.editor.exit()
        if how == "terminate":
            process.terminate()
        else:
            process.kill()
        self.editor._polite = False
        async with asyncio.timeout(RUN_SECONDS):
            return await process.wait()

    async def close(self) -> None:
        """End the endpoint, and the server if it is still there."""
        if hasattr(self, "editor") and self.editor.process and self.editor.process.returncode is None:
            await self.editor.kill()
        await self.endpoint.kill()
        shutil.rmtree(self.runtime, ignore_errors=True)


def _step(reply: Any, gate: asyncio.Event, half: bool) -> Step:
    if isinstance(reply, Reply):
        return Answer(
            text=reply.content,
            reasoning=reply.reasoning,
            tool_calls=tuple(call(each.id, each.name, each.arguments) for each in reply.tool_calls),
            finish_reason=reply.finish_reason,
            piece=max(5, len(reply.content) // 40),
            begin=None if half else gate,
            rest=gate if half else None,
        )
    status = reply.status if isinstance(reply, StatusError) and reply.status else 0
    return Raw(status, {"Content-Type": "application/json"}, b"{}", begin=gate)


def _is_alive(pid: int) -> bool:
    try:
        # The name may hold anything but is in parentheses; the state follows.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def kills_the_worker(play: Play) -> str | None:
    """The process that talks to the endpoint is killed, at whatever it is."""
    assert isinstance(play.stage, Processes)
    found = workers(play.stage.runtime)
    if not found:
        return None
    _unsure(play)
    play.oracle.counts["kills"] += 1
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return "the worker is killed"


async def breaks_off(play: Play) -> str | None:
    """The endpoint resets its connections, in the midst of what it says."""
    assert isinstance(play.stage, Processes)
    _unsure(play)
    count = play.stage.endpoint.break_off()
    if not count:
        return None
    play.oracle.counts["kills"] += 1
    return f"the endpoint breaks off {count} connections"


def _unsure(play: Play) -> None:
    assert isinstance(play.stage, Processes)
    play.stage.hurt = time.monotonic()
    for errand in play.oracle.errands:
        if errand.alive and errand.state is None:
            errand.sure = False
