"""`codex-lsp doctor` as a process: what it prints where, and its exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from codex_lsp.endpoint.config import API_BASE, API_KEY, GATE, VARIABLES
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint
from tests.support.processes import offline_agent

KEY = "sk-open-sesame"
MAIN = """
import sys
from codex_lsp.__main__ import main
sys.exit(main())
"""
# Tells on stderr of every connection and every look-up.
WATCHED = """
import sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print("NETWORK", event, file=sys.stderr)
sys.addaudithook(watch)
"""


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Doctor:
    """Runs the command in an environment of its own."""

    def __init__(self, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        self.environ = kept | {"XDG_CONFIG_HOME": str(home), "HOME": str(home), "PYTHONUTF8": "1"}

    async def __call__(self, *arguments: str, program: str = MAIN, **environ: str) -> Ran:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, "doctor", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environ | environ,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode is not None
        return Ran(process.returncode, out.decode("utf-8"), err.decode("utf-8"))


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    return Doctor(tmp_path)


def by_name(answer: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in answer["checks"]}


async def test_json_is_one_object_on_stdout_and_stderr_is_silent(doctor: Doctor) -> None:
    async with ScriptedEndpoint() as endpoint:
        ran = await doctor("--json", "--no-ask", **{GATE: "1", API_BASE: endpoint.base_url, API_KEY: KEY})
    answer = json.loads(ran.out)
    assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)
    assert (answer["ok"], answer["state"]) == (True, "ready")
    assert set(answer) == {"ok", "state", "checks"}
    assert all(set(check) == {"name", "status", "finding", "next"} for check in answer["checks"])
    assert KEY not in ran.out


async def test_people_get_aligned_lines_and_no_colours_in_a_pipe(doctor: Doctor) -> None:
    async with ScriptedEndpoint(models=Raw(401)) as endpoint:
        base = endpoint.base_url
        ran = await doctor("--no-ask", **{GATE: "1", API_BASE: base, API_KEY: KEY})
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (1, "")
    assert lines[0] == f"ok       flag       {GATE} is 1"
    assert f"ok       base       {base}/v1/chat/completions" in lines
    (failed,) = [n for n, line in enumerate(lines) if line.startswith("fail")]
    assert lines[failed].startswith("fail     auth       The endpoint")
    assert lines[failed + 1].startswith(" " * 20 + "next: set CODEX_AGENT_API_KEY")
    assert lines[-1] == "codex-agent is ready; begin with: auth."
    assert "\x1b" not in ran.out
    assert KEY not in ran.out


async def test_warnings_are_no_failure(doctor: Doctor) -> None:
    async with ScriptedEndpoint(models={"data": [{"id": "other"}]}) as endpoint:
        ran = await doctor("--json", "--no-ask", **{GATE: "1", API_BASE: endpoint.base_url})
    checks = by_name(json.loads(ran.out))
    assert ran.code == 0
    assert (checks["models"]["status"], checks["key"]["status"]) == ("warn", "warn")


async def test_a_closed_gate_opens_no_socket_and_looks_up_no_name(doctor: Doctor) -> None:
    async with ScriptedEndpoint() as endpoint:
        base = endpoint.base_url
        closed = await doctor("--json", program=WATCHED + MAIN, **{API_BASE: base, API_KEY: KEY})
        assert endpoint.requests == []
        opened = await doctor("--json", "--no-ask", program=WATCHED + MAIN, **{API_BASE: base, GATE: "1"})
    answer = json.loads(closed.out)
    assert (closed.code, closed.err, answer["state"]) == (1, "", "off")
    assert "no connection was opened" in by_name(answer)["reachable"]["finding"]
    # The same watch does see the connection that an open gate allows.
    assert "NETWORK socket.connect" in opened.err


async def test_nothing_set_says_what_to_do(doctor: Doctor) -> None:
    ran = await doctor()
    assert ran.code == 1
    assert f"next: set {GATE}=1" in ran.out
    assert "codex-lsp agent --model offline" in ran.out
    assert ran.out.endswith("codex-agent is off; begin with: flag.\n")


async def test_the_configuration_file_of_the_person_is_read(doctor: Doctor, tmp_path: Path) -> None:
    folder = tmp_path / "codex-lsp"
    folder.mkdir()
    async with ScriptedEndpoint() as endpoint:
        content = f'{GATE} = "1"\n{API_BASE} = "{endpoint.base_url}"\n{API_KEY} = "{KEY}"\n'
        (folder / "config.toml").write_text(content, encoding="utf-8")
        ran = await doctor("--json", "--no-ask")
        assert endpoint.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert ran.code == 0
    assert by_name(json.loads(ran.out))["config"]["finding"].endswith("config.toml was read")


async def test_proxies_of_the_environment_are_not_used(doctor: Doctor) -> None:
    async with ScriptedEndpoint() as endpoint, ScriptedEndpoint() as proxy:
        proxies = {"HTTP_PROXY": proxy.base_url, "ALL_PROXY": proxy.base_url, "http_proxy": proxy.base_url}
        ran = await doctor("--no-ask", **{GATE: "1", API_BASE: endpoint.base_url} | proxies)
        assert (ran.code, len(endpoint.requests), proxy.requests) == (0, 1, [])


async def test_neither_litellm_nor_the_server_is_imported(doctor: Doctor) -> None:
    tell = MAIN.replace("sys.exit(main())", "main(); print(*sys.modules, file=sys.stderr)")
    async with ScriptedEndpoint() as endpoint:
        ran = await doctor("--no-ask", program=tell, **{GATE: "1", API_BASE: endpoint.base_url})
    modules = ran.err.split()
    assert "httpx" in modules
    assert not {"litellm", "pygls", "lsprotocol", "codex_lsp.llm"} & set(modules)


@pytest.mark.parametrize("arguments", [["--timeout", "0"], ["--timeout", "soon"], ["--no-such"]])
async def test_wrong_arguments(doctor: Doctor, arguments: list[str]) -> None:
    ran = await doctor(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "usage:" in ran.err


async def test_help_tells_the_exit_codes(doctor: Doctor) -> None:
    ran = await doctor("--help")
    assert ran.code == 0
    assert "Exit codes: 0 an ask works, or with --no-ask nothing speaks against it" in ran.out
    assert "costs some hundred tokens" in ran.out


async def test_an_encoding_that_lacks_a_letter_is_no_failure(doctor: Doctor) -> None:
    async with ScriptedEndpoint(models={"data": [{"id": "模型"}, {"id": "mini"}]}) as endpoint:
        environ = {GATE: "1", API_BASE: endpoint.base_url, "PYTHONIOENCODING": "ascii"}
        ran = await doctor("--no-ask", **environ)
    assert (ran.code, ran.err) == (0, "")
    assert r"\u6a21\u578b, mini" in ran.out


@pytest.mark.slow
async def test_the_whole_way_with_the_offline_agent(doctor: Doctor) -> None:
    with offline_agent() as agent:
        ran = await doctor("--json", **agent.environ())
    answer = json.loads(ran.out)
    checks = by_name(answer)
    assert (ran.code, answer["ok"], ran.err) == (0, True, "")
    assert {check["status"] for check in checks.values()} == {"ok"}
    assert "applied in memory to 2 lines" in checks["ask"]["finding"]
    assert re.search(r"1 call, \d+ tokens", checks["ask"]["finding"])
    assert agent.token not in ran.out


@pytest.mark.slow
async def test_an_ask_that_does_not_work_is_a_failure(doctor: Doctor) -> None:
    async with ScriptedEndpoint([Answer("I would rather not.")] * 3) as endpoint:
        ran = await doctor(**{GATE: "1", API_BASE: endpoint.base_url})
    assert ran.code == 1
    assert "begin with: ask" in ran.out
