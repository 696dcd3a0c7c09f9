"""compose.agents.yml on a real Docker Engine: mini-agent and Codex, with an endpoint of one's own, a script.

The base images are a small Debian of the tests' own (no registry of images is asked); all else is the file as
it is: image, door, networks, secrets, the seccomp profile, the health checks and their order.
"""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import execute
from codex_lsp.agent.talk import Listener
from codex_lsp.edits import Focus
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import Unreachable
from codex_lsp.endpoint.remote import RemoteModel
from tests.e2e.stack.conftest import Stack, up
from tests.e2e.stack.engine import Engine
from tests.support.editor import FakeEditor
from tests.support.processes import CODEX_LSP, codex_lsp

# The first of them makes everything: programs, images, containers.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

MODELS = {"mini-agent": "mini", "codex-sidecar": "codex"}
SERVICES = tuple(MODELS)
TEXT = "def add( a,b ):\n    return a+b\n"
TIDY = "def add(a, b):\n    return a + b\n"
ASK = "Tidy up: put spaces where Python's style guide wants them."
LOAD, SECONDS = 24, 300
# With namespaces of its own, as the mini-agent's commands and Codex's run.
SANDBOXED = [
    *("bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"),
    *("--cap-drop", "ALL", "--clearenv", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib"),
    *("--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "/usr/bin/id", "-u"),
]
# A script of a model's, as `run_python` has it run.
TRIED = """
import asyncio, pathlib
from codex_lsp import sandbox
argv = ["/usr/bin/python3", "-c", "print(6 * 7)"]
ran = asyncio.run(sandbox.run(argv, folder=pathlib.Path("/tmp"), writable=False))
print(ran.ended, ran.code, ran.output)
"""
SECRETS = ("token", "upstream-key", "codex-auth")
# keyctl(2), on x86: what Docker's own profile forbids, too.
FORBIDDEN = "import ctypes as c; l = c.CDLL(None, use_errno=True); l.syscall(250, 0, 0); print(c.get_errno())"


@pytest.fixture(scope="module")
def stack(images: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    model = {"CODEX_STACK_MINI_MODEL": "mini=openai/scripted", "CODEX_STACK_CODEX_MODEL": "scripted"}
    place = {"CODEX_STACK_UPSTREAM": "http://model:8000/v1"}
    folder = tmp_path_factory.mktemp("stack")
    with up(images, folder, "own", "--scale", "mini-agent=3", **model, **place) as running:
        yield running


def test_doctor_finds_every_service_well_and_able_to_edit(stack: Stack, tmp_path: Path) -> None:
    done = codex_lsp(
        "doctor", "--stack", "--json", "--timeout", "60", env=stack.environ(), cwd=tmp_path, timeout=SECONDS
    )
    answer = json.loads(done.stdout)
    statuses = {check["name"]: check["status"] for check in answer["checks"]}
    wanted = [f"{service} {part}" for service in SERVICES for part in ("alive", "ready", "mode", "ask")]
    assert statuses == dict.fromkeys(["flag", "token", *wanted], "ok"), done.stdout
    assert (done.returncode, answer["ok"], answer["state"]) == (0, True, "stack")
    assert stack.token not in done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES)
async def test_an_edit_from_the_language_server(stack: Stack, service: str, tmp_path: Path) -> None:
    env = stack.environ(CODEX_AGENT_API_BASE=stack.base(service), CODEX_AGENT_API_KEY=stack.token)
    env["CODEX_AGENT_MODEL"] = f"codex-agent/{MODELS[service]}"
    async with FakeEditor.spawn(CODEX_LSP, env=env, root=tmp_path, timeout=SECONDS) as editor:
        buffer = await editor.open("m.py", TEXT)
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}
        asked = {"uri": buffer.uri, "range": whole, "instruction": ASK, "apply": "direct"}
        await editor.execute("codexLsp.ask", asked)
        await editor.wait_for_apply()
        assert buffer.text == TIDY


async def test_one_of_three_is_killed_under_load_and_nothing_is_lost(stack: Stack) -> None:
    names = stack.containers("mini-agent")
    assert len(names) == 3
    async with model(stack) as reached:
        asking = [asyncio.create_task(tidied(reached)) for _ in range(LOAD)]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED, timeout=SECONDS)
        killed = asyncio.create_task(asyncio.to_thread(stack.engine.docker, "kill", names[1]))
        asking += [asyncio.create_task(tidied(reached)) for _ in range(LOAD)]
        async with asyncio.timeout(SECONDS):
            assert await asyncio.gather(*asking) == [TIDY] * (2 * LOAD)
            await killed
            # And afterwards, with two of them.
            assert await asyncio.gather(*(tidied(reached) for _ in range(3))) == [TIDY] * 3


@asynccontextmanager
async def model(stack: Stack) -> AsyncIterator[RemoteModel]:
    config = EndpointConfig(
        True, stack.base("mini-agent"), stack.token, "codex-agent/mini", share_worker=False
    )
    reached = RemoteModel(config)
    try:
        await reached.ready()
        yield reached
    finally:
        await reached.close()


async def tidied(reached: RemoteModel) -> str | None:
    """What becomes of the text. Whose answer breaks off in its words is told so, and asks again."""
    said: list[str] = []
    try:
        return await asked(reached, Listener(on_text=said.append))
    except Unreachable:
        assert said
        return await asked(reached, Listener())


async def asked(reached: RemoteModel, listener: Listener) -> str | None:
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)}, None)
    ask = Ask(ASK, Focus("m.py", 0, len(TEXT)))
    outcome = await execute(ask, overlay, reached, run_id="r", listener=listener)
    return outcome.proposal.changes[0].proposed if outcome.proposal else None


@pytest.mark.parametrize("service", SERVICES)
def test_an_agent_can_do_no_more_than_it_must(stack: Stack, service: str) -> None:
    name = stack.containers(service)[0]
    status = stack.inside(name, "cat", "/proc/1/status", "/proc/self/status")
    assert status.count("CapEff:\t0000000000000000") == status.count("NoNewPrivs:\t1") == 2
    assert status.count("Seccomp:\t2") == 2
    assert stack.inside(name, "id", "-u") == "10001\n"
    # It is in no network that leads out.
    shown = json.loads(stack.engine.docker("inspect", name))[0]
    networks = json.loads(stack.engine.docker("network", "inspect", *shown["NetworkSettings"]["Networks"]))
    assert {each["Name"]: each["Internal"] for each in networks} == {
        "codex-lsp_agents": True,
        "codex-lsp_models": True,
    }
    # Read only, and no socket of Docker's.
    written = stack.inside(
        name, "sh", "-c", "touch /usr/x /opt/x /x 2>&1; ls /var/run/docker.sock 2>&1; true"
    )
    assert written.count("Read-only file system") == 3
    assert "No such file" in written
    assert stack.inside(name, "python", "-c", FORBIDDEN) == "1\n"
    # A sandbox can be built all the same.
    # By way of a shell: what `docker exec` starts loses its parent at once, and bubblewrap dies with its own.
    assert stack.inside(name, "sh", "-c", f"{shlex.join(SANDBOXED)}; exit $?").strip().isdigit()
    assert stack.inside(name, "codex", "--version").startswith("codex-cli ")


def test_what_the_engine_holds_every_service_to(stack: Stack) -> None:
    ports = {stack.settings["CODEX_STACK_MINI_PORT"], stack.settings["CODEX_STACK_SIDECAR_PORT"]}
    for service in (*SERVICES, "door"):
        (shown,) = json.loads(stack.engine.docker("inspect", stack.containers(service)[0]))
        held, options = shown["HostConfig"], shown["HostConfig"]["SecurityOpt"]
        assert shown["Config"]["User"] == "10001:10001"
        assert (held["ReadonlyRootfs"], held["CapDrop"], held["CapAdd"]) == (True, ["ALL"], None)
        assert (held["Privileged"], held["PidMode"], held["IpcMode"]) == (False, "", "private")
        assert "no-new-privileges:true" in options
        assert any(each.startswith("seccomp=") for each in options) == (service in SERVICES)
        assert 0 < held["PidsLimit"] <= 1024
        assert held["Memory"] > 0
        # Single files, read only; none of them Docker's socket or a folder of somebody's.
        targets = {mount["Destination"]: mount["RW"] for mount in shown["Mounts"]}
        assert set(targets) <= {f"/run/secrets/{name}" for name in SECRETS} | {"/etc/codex-lsp/haproxy.cfg"}
        assert not any(targets.values())
        assert not [each for each in shown["Config"]["Env"] or () if stack.token in each]
        published = [each for bound in held["PortBindings"].values() for each in bound or ()]
        assert {each["HostIp"] for each in published} <= {"127.0.0.1"}
        assert {each["HostPort"] for each in published} == (ports if service == "door" else set())


def test_commands_run_in_the_sandbox_of_each_mini_agent(stack: Stack) -> None:
    bearer = {"Authorization": f"Bearer {stack.token}"}
    with httpx.Client(trust_env=False, timeout=SECONDS, headers=bearer) as http:
        said = http.get(f"{stack.base('mini-agent')}/readyz").json()
    assert (said["status"], said["run_tools"]) == ("ready", ["run_python", "run_command"])
    ran = stack.inside(stack.containers("mini-agent")[0], "python", "-c", TRIED)
    assert ran.split() == ["done", "0", "42"]


@pytest.mark.parametrize("service", SERVICES)
def test_who_may_speak_to_it(stack: Stack, service: str) -> None:
    url, bearer = f"{stack.base(service)}/v1/models", {"Authorization": f"Bearer {stack.token}"}
    with httpx.Client(trust_env=False, timeout=30) as http:
        assert http.get(url, headers=bearer).status_code == 200
        assert http.get(url).status_code == 401
        assert http.get(url, headers=bearer | {"Host": "evil.example"}).status_code == 403
        assert http.get(url, headers=bearer | {"Origin": "http://evil.example"}).status_code == 403


def test_it_is_reached_on_loopback_alone(stack: Stack) -> None:
    listed = [json.loads(line) for line in stack.compose("ps", "--format", "json").splitlines()]
    published = [
        (each["Service"], port["URL"], str(port["PublishedPort"]))
        for each in listed
        for port in each["Publishers"] or ()
        if port["PublishedPort"]
    ]
    ports = (stack.settings["CODEX_STACK_MINI_PORT"], stack.settings["CODEX_STACK_SIDECAR_PORT"])
    assert sorted(published) == sorted(("door", "127.0.0.1", port) for port in ports)


def test_the_token_is_not_in_the_logs(stack: Stack) -> None:
    assert stack.token not in stack.compose("logs")


def test_all_profiles_are_well_formed(stack: Stack) -> None:
    services = {"mini-agent", "codex-sidecar", "door"}
    ollama = {"cpu": {"ollama", "ollama-pull"}, "gpu": {"ollama-gpu", "ollama-pull"}, "own": set[str]()}
    for profile, more in ollama.items():
        plain = ["compose", "-f", "compose.agents.yml", "--profile", profile, "config"]
        assert stack.engine.docker(*plain, "--quiet") == ""
        assert set(stack.engine.docker(*plain, "--services").split()) == services | more
