"""What it costs to ask through the mini-agent, beside its model's server asked directly: the same words back.

`chat`: a plain chat, streamed. `run`: a workspace and the loop of an agent, one reply of its model.
`first_step`: until such a run says its first word. `together_50`: fifty runs at once, until the last is over.
`sidecar`: a run by the real Codex CLI behind the sidecar, whose model is a script; beside it: `codex exec`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from codex_lsp.edits import apply_reply
from tests.bench import cli_run, cli_task, cli_tools, figures, peers, peers_install
from tests.bench.figures import Figure, Measured, Sample, Session, Wrong
from tests.bench.peers_install import NotHere
from tests.bench.router_lsp import Endpoint
from tests.e2e.codex.sidecar import answered, sidecar
from tests.support.processes import CODEX_LSP, Agent, clean_environ

WORDS = 20
TOGETHER = 50
CHAT = "/v1/chat/completions"
SAY = f"Please say {WORDS} words."
FILE = "".join(f"value_{number} = {number}\n" for number in range(200))
BESIDE = "the model's server"


def measure(folder: Path, quick: bool, rounds: int) -> Sequence[Measured]:
    """All figures; `quick` asks a few times only. Without a Codex CLI the sidecar's are left out."""
    times = 3 if quick else 20
    with ExitStack() as stack:
        endpoint = stack.enter_context(Endpoint.started())
        ours = stack.enter_context(stack.enter_context(agent(endpoint.base_url)))
        direct = stack.enter_context(httpx.Client(base_url=endpoint.base_url, timeout=60, trust_env=False))
        held = sessions(ours, direct, times)
        with suppress(NotHere):
            held.append(stack.enter_context(beside_codex(folder)))
        return figures.measure(held, rounds)


@contextmanager
def beside_codex(folder: Path) -> Iterator[Session]:
    """The sidecar and `codex exec` make the same edit; raises `NotHere`."""
    program = str(peers_install.program("codex"))
    with Endpoint.started("tests.bench.cli_endpoint") as endpoint:
        base = endpoint.base_url
        tool = cli_tools.other("codex", base, folder / "codex")
        cli_run.repository(tool.place)
        with sidecar("--codex", program, "--model", "bench", "--upstream-base", base) as running:
            yield Session(
                (Figure("sidecar", "ms", beside="codex exec", digits=0),),
                lambda: {"sidecar": by_sidecar(running)},
                lambda: {"sidecar": cli_run.edit(tool, base)["wall"]},
            )


def by_sidecar(running: Agent) -> float:
    """The ms of one run; raises `Wrong` for another edit."""
    began = time.perf_counter()
    answer = answered(running, cli_task.TASK, {cli_task.FILE: cli_task.BEFORE})
    spent = (time.perf_counter() - began) * 1000
    content = answer.raise_for_status().json()["choices"][0]["message"]["content"]
    if apply_reply({cli_task.FILE: cli_task.BEFORE}, content).files[cli_task.FILE] != cli_task.AFTER:
        raise Wrong(f"the edit is another: {content[:500]}")
    return spent


@contextmanager
def agent(base_url: str) -> Iterator[httpx.Client]:
    """A client of a mini-agent whose model is there; it ends at the end."""
    options = ("--port", "0", "--json", "--until-eof", "--model", "mini=openai/bench")
    command = [*CODEX_LSP, "agent", *options, "--upstream-base", f"{base_url}/v1"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=peers.ROOT,
        env=clean_environ(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
            headers = {"Authorization": f"Bearer {said['token']}"}
            yield httpx.Client(base_url=said["url"], headers=headers, timeout=60, trust_env=False)
        finally:
            process.stdin.close()
            process.wait(30)


def sessions(ours: httpx.Client, direct: httpx.Client, times: int) -> list[Session]:
    """What is measured of both."""

    def each(
        what: str, client: httpx.Client, body: Mapping[str, Any], *, first: bool = False
    ) -> Callable[[], Sample]:
        return lambda: {what: median(asked(client, body, first=first) for _ in range(times))}

    return [
        Session((figure("chat"),), each("chat", ours, chat()), each("chat", direct, chat())),
        Session((figure("run"),), each("run", ours, run()), each("run", direct, chat())),
        Session((figure("first_step"),), each("first_step", ours, run(), first=True)),
        Session(
            (figure(f"together_{TOGETHER}"),),
            lambda: {f"together_{TOGETHER}": together(ours, run())},
            lambda: {f"together_{TOGETHER}": together(direct, chat())},
        ),
    ]


def figure(what: str) -> Figure:
    return Figure(what, "ms", beside=BESIDE)


def chat() -> dict[str, Any]:
    """A plain question."""
    return {"model": "mini", "messages": [{"role": "user", "content": SAY}], "stream": True}


def run() -> dict[str, Any]:
    """The same with a file, for the loop of an agent."""
    message = {"role": "user", "content": f"Path: app.py\nLines: 1-1\nInstruction: {SAY}"}
    here = {"line": 0, "character": 0}
    focus = {"path": "app.py", "start": here, "end": here}
    files = [{"path": "app.py", "text": FILE}]
    return chat() | {"messages": [message], "codex_agent": {"workspace": {"files": files, "focus": focus}}}


def asked(client: httpx.Client, body: Mapping[str, Any], *, first: bool = False) -> float:
    """Milliseconds until the end, or until the first piece; raises `Wrong` for what is no whole answer."""
    began = time.perf_counter()
    at = 0.0
    content = ""
    with client.stream("POST", CHAT, json=body) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                at = at or time.perf_counter()
                content += spoken(line)
    ended = time.perf_counter()
    require_whole(content)
    return ((at if first else ended) - began) * 1000


def spoken(line: str) -> str:
    """What an event adds to the answer."""
    choices = json.loads(line.removeprefix("data: ")).get("choices") or [{"delta": {}}]
    return str(choices[0].get("delta", {}).get("content") or "")


def require_whole(content: str) -> None:
    if len(content.split()) != WORDS:
        raise Wrong(f"{len(content.split())} words came, not {WORDS}: {content[:80]!r}")


def together(client: httpx.Client, body: Mapping[str, Any]) -> float:
    """Milliseconds for many at once."""

    async def all_of_them() -> float:
        limits = httpx.Limits(max_connections=TOGETHER)
        async with httpx.AsyncClient(
            base_url=client.base_url, headers=client.headers, timeout=100, trust_env=False, limits=limits
        ) as many:
            began = time.perf_counter()
            answers = await asyncio.gather(*(many.post(CHAT, json=body) for _ in range(TOGETHER)))
            took = time.perf_counter() - began
        for answer in answers:
            lines = [line for line in answer.text.splitlines() if line.startswith("data: {")]
            require_whole("".join(map(spoken, lines)))
        return took * 1000

    return asyncio.run(all_of_them())
