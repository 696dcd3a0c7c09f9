"""Doctor's look at the stack: a real agent of ours on both ports, and servers that are not what they say."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.probe_local import Check
from codex_lsp.endpoint.probe_stack import NAMES, TOKEN_FILE, stack_checks
from tests.support.processes import CODEX_LSP, clean_environ, codex_lsp

TOKEN = "sk-open-sesame"
AGENT: dict[str, Any] = {"workspace": True, "mode": "llm"}
HEALTHY: dict[str, Any] = {"status": "ok", "mode": "llm"}
READY: dict[str, Any] = {"status": "ready", "mode": "llm"}
MODELS: dict[str, Any] = {"data": [{"id": "mini"}], "codex_agent": AGENT}
WELL: dict[str, tuple[int, Any]] = {
    "/healthz": (200, HEALTHY),
    "/readyz": (200, READY),
    "/v1/models": (200, MODELS),
}


@contextmanager
def serving(answers: Mapping[str, tuple[int, Any]]) -> Iterator[tuple[int, list[str]]]:
    """A server that gives these answers: its port, and the paths that it is asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            paths.append(self.path)
            status, value = answers[self.path]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_address[1], paths
        finally:
            server.shutdown()


async def checked(
    folder: Path, port: int, *, enabled: bool = True, token: str = TOKEN, ask: bool = False
) -> dict[str, Check]:
    (folder / "token").write_text(token, encoding="utf-8")
    environ = {TOKEN_FILE: str(folder / "token")}
    environ |= {name: str(port) for name in ("CODEX_STACK_MINI_PORT", "CODEX_STACK_SIDECAR_PORT")}
    config = EndpointConfig(enabled)
    return {check.name: check async for check in stack_checks(config, environ, seconds=20, ask=ask)}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_only_who_makes_an_edit_is_well(tmp_path: Path) -> None:
    """The command itself, with an agent of ours and an echo: exit code, JSON and words."""
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    slow = ("--timeout", "60")
    environ = {"LITELLM_ENABLE_CODEX_AGENT": "1", TOKEN_FILE: str(tmp_path / "token")}
    with agent("agent", "--model", "offline") as rules, agent("sidecar", "--echo") as echo:
        both = {"CODEX_STACK_MINI_PORT": rules, "CODEX_STACK_SIDECAR_PORT": rules}
        env = clean_environ(**environ, **both)
        well = codex_lsp("doctor", "--stack", "--json", *slow, env=env, cwd=tmp_path, timeout=300)
        env |= {"CODEX_STACK_SIDECAR_PORT": echo}
        ill = codex_lsp("doctor", "--stack", *slow, env=env, cwd=tmp_path, timeout=300)
    told = json.loads(well.stdout)
    checks = {check["name"]: check for check in told["checks"]}
    assert (well.returncode, told["ok"], told["state"]) == (0, True, "stack")
    assert list(checks) == ["flag", "token", *NAMES]
    assert {check["status"] for check in checks.values()} == {"ok"}
    assert "offline: rules and no model" in checks["codex-sidecar mode"]["finding"]
    assert "applied in memory to 2 lines" in checks["mini-agent ask"]["finding"]
    assert ill.returncode == 1
    assert re.search(r"^ok +mini-agent ask", ill.stdout, re.M)
    assert re.search(r"^warn +codex-sidecar mode +echo: an echo, and no model", ill.stdout, re.M)
    assert re.search(r"^fail +codex-sidecar ask +it answered, but changed nothing", ill.stdout, re.M)
    assert "the stack is not well; begin with: codex-sidecar ask." in ill.stdout


@contextmanager
def agent(command: str, *options: str) -> Iterator[str]:
    """The port of an agent of ours that knows `TOKEN`."""
    started = [*CODEX_LSP, command, *options, "--port", "0", "--json", "--until-eof"]
    env = clean_environ(CODEX_AGENT_API_KEY=TOKEN)
    with subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield str(urlsplit(json.loads(process.stdout.readline())["url"]).port)
        finally:
            process.stdin.close()
            process.wait(60)


async def test_a_closed_gate_opens_no_connection(tmp_path: Path) -> None:
    with serving(WELL) as (port, paths):
        checks = await checked(tmp_path, port, enabled=False, ask=True)
    assert paths == []
    assert checks.pop("flag").status == "fail"
    assert {check.status for check in checks.values()} == {"skipped"}


@pytest.mark.parametrize("token", ["", "two words", "näh"])
async def test_without_a_token_nobody_is_asked(tmp_path: Path, token: str) -> None:
    with serving(WELL) as (port, paths):
        checks = await checked(tmp_path, port, token=token)
    assert paths == []
    assert checks["token"].status == "fail"
    assert "docs/OPERATIONS.md" in checks["token"].next
    assert {checks[name].status for name in NAMES} == {"skipped"}


async def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        checks = await checked(tmp_path, nobody.getsockname()[1])
    assert [checks[name].status for name in NAMES] == ["fail", *["skipped"] * 3] * 2
    assert "nobody listens there" in checks["mini-agent alive"].finding
    assert "logs mini-agent" in checks["mini-agent alive"].next


@pytest.mark.parametrize(
    ("path", "answer", "part", "said"),
    [
        ("/healthz", (200, {"status": "ok"}), "alive", "not as an agent of ours"),
        ("/healthz", (500, HEALTHY), "alive", "answers with 500"),
        ("/readyz", (401, {}), "ready", "does not know this token"),
        ("/readyz", (503, {"message": f"{TOKEN}: the model\nis away"}), "ready", "[key]: the model is away"),
        ("/readyz", (200, {"status": "unready"}), "ready", "not ready (200)"),
        ("/readyz", (200, {**READY, "mode": "echo"}), "mode", "readyz: echo"),
        ("/v1/models", (200, {"data": []}), "mode", "names none"),
        ("/v1/models", (200, {**MODELS, "codex_agent": {"workspace": False}}), "mode", "models: no agent"),
        (
            "/v1/models",
            (200, {**MODELS, "codex_agent": {**AGENT, "mode": "offline"}}),
            "mode",
            "models: offline",
        ),
    ],
)
async def test_what_is_not_well_is_named(
    tmp_path: Path, path: str, answer: tuple[int, Any], part: str, said: str
) -> None:
    with serving({**WELL, path: answer}) as (port, _):
        checks = await checked(tmp_path, port, ask=True)
    failed = checks[f"mini-agent {part}"]
    assert failed.status == "fail"
    assert said in failed.finding
    assert failed.next
    # Whoever is not well is not asked for an edit.
    assert checks["mini-agent ask"].status == "skipped"
    assert TOKEN not in str(checks)


async def test_an_echo_is_told_as_what_it_is(tmp_path: Path) -> None:
    echo: dict[str, tuple[int, Any]] = {
        "/healthz": (200, {"mode": "echo"}),
        "/readyz": (200, {"status": "ready", "mode": "echo"}),
        "/v1/models": (200, {**MODELS, "codex_agent": {**AGENT, "mode": "echo"}}),
    }
    with serving(echo) as (port, _):
        checks = await checked(tmp_path, port)
    assert checks["mini-agent mode"].status == "warn"
    assert "an echo, and no model" in checks["mini-agent mode"].finding


@pytest.mark.parametrize("port", ["abc", "0", "70000", "80/x", "-1"])
async def test_what_is_no_port_is_told(tmp_path: Path, port: str) -> None:
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    environ = {TOKEN_FILE: str(tmp_path / "token"), "CODEX_STACK_MINI_PORT": port}
    with serving(WELL) as (well, _):
        environ["CODEX_STACK_SIDECAR_PORT"] = str(well)
        found = stack_checks(EndpointConfig(True), environ, seconds=20, ask=False)
        checks = {check.name: check async for check in found}
    assert list(checks) == ["flag", "token", *NAMES]
    assert checks["mini-agent alive"].finding == f"CODEX_STACK_MINI_PORT is {port!r}, which is no port"
    assert checks["codex-sidecar mode"].status == "ok"
