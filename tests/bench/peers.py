"""The servers that are measured: ours, with the gate closed or open, and `tests.bench.bare`."""

from __future__ import annotations

import compileall
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.bench import bare, proc
from tests.bench.figures import Wrong
from tests.bench.lsp_process import Server
from tests.bench.person import Person
from tests.support.processes import CODEX_LSP, clean_environ

ROOT = Path(__file__).parents[2]
OURS = CODEX_LSP
BARE = (sys.executable, "-m", bare.__name__)
PACKAGES = ("codex_lsp", "tests", "pygls", "lsprotocol", "attr", "attrs", "cattrs", "rapidfuzz")
SETTLED_SECONDS = 0.5
CHUNK = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "slow-mini",
    "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}],
}


@dataclass(frozen=True)
class Peer:
    """A server to start: `"bare"`, `"off"` or `"ready"`, with a worker of its own or not.

    `folder` is the workspace, `log` takes what it says on standard error.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    log: Path
    worker: bool = False

    @contextmanager
    def started(self) -> Iterator[Server]:
        """The server, just spawned; killed at the end if it is still there."""
        server = Server(self.command, self.env, ROOT, self.log)
        try:
            yield server
        finally:
            server.end()

    @contextmanager
    def session(self, options: Any = None) -> Iterator[Server]:
        """The server, initialized, at rest, its worker too if it has one."""
        with self.started() as server:
            check_initialized(self, server.initialize(self.folder, options))
            server.notify("initialized", {})
            if self.worker:
                settled(worker_of(server))
            yield server

    def uri(self, name: str) -> str:
        """The URI of a document in the workspace."""
        return (self.folder / name).as_uri()

    def act(self, server: Server, person: Person, range_: Mapping[str, Any]) -> list[Any]:
        """A code action request by hand; returns the actions."""
        params = {
            "textDocument": {"uri": person.uri},
            "range": range_,
            "context": {"diagnostics": [], "triggerKind": 1},
        }
        actions = server.request("textDocument/codeAction", params)
        self._check_actions(actions, person, range_)
        return list(actions)

    def check_text(self, server: Server, person: Person) -> None:
        """Raise `Wrong` unless the server holds the person's text.

        A bare server tells its digest. Ours names a definition in the titles of the actions for its line, so
        that all definitions that were typed have to be where the person has them.
        """
        if self.name == "bare":
            told = server.request(
                "workspace/executeCommand", {"command": bare.COMMAND, "arguments": [person.uri]}
            )
            if told != hashlib.sha256(person.text.encode()).hexdigest():
                raise Wrong("its text is another")
            return
        marks = person.marks()
        if not marks:
            raise Wrong("no definition was typed")
        for number, name in marks:
            at = {"line": number, "character": 0}
            titles = [each["title"] for each in self.act(server, person, {"start": at, "end": at})]
            if not any(f"`{name}`" in title for title in titles):
                raise Wrong(f"line {number} is not {name!r}: {titles}")

    def _check_actions(self, actions: Any, person: Person, range_: Mapping[str, Any]) -> None:
        if not isinstance(actions, list):
            raise Wrong(f"code actions are {actions!r}")
        if self.name == "bare":
            if len(actions) != 1:
                raise Wrong(f"{len(actions)} code actions")
            return
        if self.name == "off" and [each for each in actions if "disabled" not in each]:
            raise Wrong("a code action that can be done while the gate is closed")
        if self.name != "ready":
            return
        if range_["start"] != range_["end"] and len(actions) < 3:
            raise Wrong(f"{len(actions)} code actions for a selection")
        asked = [each["command"]["arguments"][0] for each in actions if "command" in each]
        versions = {each["version"] for each in asked if "version" in each}
        if versions - {person.version}:
            raise Wrong(f"actions for version {versions}, the text is at {person.version}")


def check_initialized(peer: Peer, result: Mapping[str, Any]) -> None:
    """Raise `Wrong` unless the server is the right one and has what is measured."""
    name, wanted = result.get("serverInfo", {}).get("name"), "bare" if peer.name == "bare" else "codex-lsp"
    if name != wanted or not result["capabilities"].get("codeActionProvider"):
        raise Wrong(f"{name!r} answers initialize with {sorted(result['capabilities'])}")


def worker_of(server: Server) -> int:
    """The worker's process id, once it is there; raises `TimeoutError`."""
    deadline = time.monotonic() + 10
    while not (found := proc.children(server.pid)):
        if time.monotonic() > deadline:
            raise TimeoutError("no worker was started")
        time.sleep(0.01)
    return found[0]


def settled(pid: int) -> None:
    """Wait until a process that is starting has nothing more to do for half a second."""
    deadline = time.monotonic() + 60
    spent, since = -1.0, time.monotonic()
    # A worker that did nothing yet is one that did not begin.
    while spent < 500 or time.monotonic() - since < SETTLED_SECONDS:
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not come to rest")
        time.sleep(0.05)
        if (now := proc.work(pid).cpu_ms) - max(spent, 0) > 1:
            spent, since = now, time.monotonic()


@contextmanager
def slow_endpoint(folder: Path, answers: int) -> Iterator[str]:
    """An endpoint on loopback that answers with a word every 20 ms, for ever; yields its base URL."""
    body = f"data: {json.dumps(CHUNK)}\n\n"
    step = {"status": 200, "headers": {"Content-Type": "text/event-stream"}, "body": body, "every": 0.02}
    with _endpoint(folder, [step] * answers) as base_url:
        yield base_url


@contextmanager
def scripted_endpoint(folder: Path, replies: Sequence[str]) -> Iterator[str]:
    """An endpoint on loopback that gives these replies, one by one; yields its base URL."""
    with _endpoint(folder, [{"text": reply, "piece": 1000} for reply in replies]) as base_url:
        yield base_url


@contextmanager
def _endpoint(folder: Path, steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    script = folder / "script.json"
    script.write_text(json.dumps({"script": steps}), "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.endpoint", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["base_url"]
        finally:
            process.kill()


def environ(base_url: str | None = None) -> dict[str, str]:
    """An environment in which Python runs as a person's does; with a URL, ours is `ready`."""
    more = {}
    if base_url:
        more = {
            "LITELLM_ENABLE_CODEX_AGENT": "1",
            "CODEX_AGENT_API_BASE": base_url,
            "CODEX_AGENT_API_KEY": "key",
            # The server's own child, so that it is found, and measured with nobody else's work in it.
            "CODEX_AGENT_SHARE_WORKER": "0",
        }
    return {name: value for name, value in clean_environ(**more).items() if not name.startswith("PYTHON")}


def compile_all() -> None:
    """Bytecode for all that the servers import, so that no start is measured that compiles."""
    for name in PACKAGES:
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            compileall.compile_dir(folder, quiet=2)


def workspace(folder: Path) -> Path:
    """An empty folder for the documents."""
    place = folder / "workspace"
    place.mkdir(parents=True)
    return place
