"""Doctor on a Router's configuration: every deployment, the shared state, and what an ask would find."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint.config import GATE, ROUTER_CONFIG
from codex_lsp.endpoint.probe import Check, examine
from tests.support.endpoint import Raw, ScriptedEndpoint

KEY = "sk-open-sesame"


def deployment(group: str, base: str, key: str = "") -> str:
    params = f'{{model: codex-agent/mini, api_base: "{base}", api_key: "{key}"}}'
    return f"- {{model_name: {group}, litellm_params: {params}}}\n"


async def probe(folder: Path, *deployments: str, rest: str = "", model: str = "team") -> dict[str, Check]:
    file = folder / "router.yaml"
    file.write_text("model_list:\n" + "".join(deployments) + rest, encoding="utf-8")
    environ = {GATE: "1", ROUTER_CONFIG: str(file), "CODEX_AGENT_MODEL": model}
    config = configuration.load(environ, Path("/no/such/config.toml"))
    return {check.name: check async for check in examine(config, environ, seconds=2.0)}


def nowhere() -> str:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"


async def test_each_deployment_is_asked_with_its_own_key(tmp_path: Path) -> None:
    async with ScriptedEndpoint() as first, ScriptedEndpoint() as second:
        base = first.base_url
        checks = await probe(tmp_path, deployment("team", base, KEY), deployment("reserve", second.base_url))
        assert first.requests[0].headers["authorization"] == f"Bearer {KEY}"
        assert "authorization" not in second.requests[0].headers
    assert [name for name in checks if name.startswith("router")] == ["router", "router 1", "router 2"]
    assert checks["router"].finding == "deployments: team (1), reserve (1); an ask goes to team"
    assert checks["router 1"].status == checks["router 2"].status == "ok"
    assert checks["router 1"].finding.startswith(f"team, model 'mini': {base} answered in ")
    assert checks["reachable"].finding.startswith(base)
    assert KEY not in "".join(check.finding for check in checks.values())


async def test_one_that_is_down_is_a_warning_while_another_answers(tmp_path: Path) -> None:
    async with ScriptedEndpoint() as well, ScriptedEndpoint(models=Raw(401)) as closed:
        checks = await probe(
            tmp_path,
            deployment("team", nowhere()),
            deployment("team", closed.base_url, KEY),
            deployment("team", well.base_url),
        )
        assert checks["reachable"].finding.startswith(well.base_url)
    assert [checks[f"router {n}"].status for n in (1, 2, 3)] == ["warn", "warn", "ok"]
    assert "down: " in checks["router 1"].finding
    assert "nobody listens there" in checks["router 1"].finding
    assert "refused the key (401)" in checks["router 2"].finding
    assert "its api_key in the file of" in checks["router 2"].next


async def test_it_is_a_failure_when_all_that_an_ask_goes_to_are_down(tmp_path: Path) -> None:
    async with ScriptedEndpoint() as other:
        checks = await probe(tmp_path, deployment("team", nowhere()), deployment("other", other.base_url))
    assert (checks["router 1"].status, checks["router 2"].status) == ("fail", "ok")
    assert checks["reachable"].status == "fail"
    assert checks["router 1"].next


async def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    checks = await probe(tmp_path, "- {model_name: team}\n")
    assert checks["router"].status == "fail"
    assert "needs a model_name and litellm_params" in checks["router"].finding
    assert checks["reachable"].finding == "not tried, because of router"


async def test_parts_of_a_proxys_file_are_told(tmp_path: Path) -> None:
    async with ScriptedEndpoint() as endpoint:
        rest = "general_settings: {master_key: sk-proxy}\n"
        checks = await probe(tmp_path, deployment("team", endpoint.base_url), rest=rest)
    assert checks["router"].status == "warn"
    assert "general_settings of the file are a proxy's" in checks["router"].finding


async def test_the_shared_state(tmp_path: Path) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    rest = f"router_settings: {{redis_url: 'redis://:{KEY}@{place}/0'}}\n"
    async with ScriptedEndpoint() as endpoint:
        well = await probe(tmp_path, deployment("team", endpoint.base_url), rest=rest)
        server.close()
        await server.wait_closed()
        gone = await probe(tmp_path, deployment("team", endpoint.base_url), rest=rest)
    assert (well["redis"].status, gone["redis"].status) == ("ok", "warn")
    assert well["redis"].finding.startswith(f"{place} takes connections")
    assert "each process cools down for itself" in gone["redis"].finding
    assert KEY not in well["redis"].finding + gone["redis"].finding
