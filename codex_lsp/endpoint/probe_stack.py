"""The services of compose.agents.yml: alive, ready, honest about what they are, and able to make an edit.

For each of them four checks, named after it: `alive` (`GET /healthz`), `ready` (`GET /readyz`), `mode`
(whether all that it says of itself agrees), `ask` (an edit in memory, as an editor would ask for it).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint.config import GATE, PROVIDERS, EndpointConfig
from codex_lsp.endpoint.errors import EndpointError, clip
from codex_lsp.endpoint.probe_local import Check, one_line, skipped
from codex_lsp.endpoint.probe_remote import Answer, Unreached, get, parsed, said
from codex_lsp.records import record

# The same variables that compose.agents.yml reads.
TOKEN_FILE = "CODEX_STACK_TOKEN_FILE"  # noqa: S105
_PORTS = {"mini-agent": ("CODEX_STACK_MINI_PORT", 8788), "codex-sidecar": ("CODEX_STACK_SIDECAR_PORT", 8077)}
_PARTS = ("alive", "ready", "mode", "ask")
NAMES = tuple(f"{service} {part}" for service in _PORTS for part in _PARTS)
_MODES = {"llm": "a language model", "offline": "rules and no model", "echo": "an echo, and no model"}
_LOOK = "docker compose -f compose.agents.yml"
_SET = "set it to the number that the stack was started with, or not at all"
_MAKE = "make one: see `The stack` in docs/OPERATIONS.md"


@record(frozen=True, slots=True)
class _Service:
    name: str
    base: str
    token: str
    seconds: float

    def check(self, part: str, status: Any, finding: str, next_step: str = "") -> Check:
        finding, next_step = one_line(finding, self.token), one_line(next_step, self.token)
        return Check(f"{self.name} {part}", status, finding, next_step)

    async def get(self, path: str) -> Answer:
        url = configuration.health_url(self.base).removesuffix("/healthz") + path
        return await get(url, self.token, self.seconds)

    @property
    def logs(self) -> str:
        return f"{_LOOK} ps; {_LOOK} logs {self.name}"


def token_file(environ: Mapping[str, str]) -> Path:
    """Where the services' token is read from, as compose.agents.yml has it."""
    return Path(environ.get(TOKEN_FILE) or Path.home() / ".config" / "codex-lsp" / "stack-token")


async def stack_checks(
    config: EndpointConfig, environ: Mapping[str, str], *, seconds: float, ask: bool
) -> AsyncIterator[Check]:
    """The flag, the token, then four checks for each service, each as soon as it is known.

    While the gate is closed, no connection is opened. Of `config` only the gate counts.
    """
    if not config.enabled:
        yield Check("flag", "fail", f"{GATE} is not 1: codex-agent is off", f"set {GATE}=1")
        for name in ("token", *NAMES):
            yield skipped(name, "flag")
        return
    yield Check("flag", "ok", f"{GATE} is 1")
    token = _token(token_file(environ))
    if isinstance(token, Check):
        yield token
        for name in NAMES:
            yield skipped(name, "token")
        return
    yield Check("token", "ok", f"read from {token_file(environ)}")
    for name, (variable, port) in _PORTS.items():
        given = environ.get(variable) or str(port)
        service = _Service(name, f"http://127.0.0.1:{given}", token, seconds)
        if not given.isdecimal() or not 0 < int(given) < 65536:
            yield service.check("alive", "fail", f"{variable} is {clip(given)!r}, which is no port", _SET)
            for part in _PARTS[1:]:
                yield skipped(f"{name} {part}", f"{name} alive")
            continue
        async for check in _service(service, ask=ask):
            yield check


def _token(file: Path) -> str | Check:
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no text"
        return Check("token", "fail", f"{file}: {reason}", _MAKE)
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        return Check("token", "fail", f"{file} holds no token", _MAKE)
    return token


async def _service(service: _Service, *, ask: bool) -> AsyncIterator[Check]:
    modes: dict[str, str] = {}
    for done, check in enumerate((_alive, _ready)):
        found = await check(service, modes)
        yield found
        if found.status == "fail":
            part = _PARTS[done]
            for later in _PARTS[done + 1 :]:
                yield skipped(f"{service.name} {later}", f"{service.name} {part}")
            return
    model, mode = await _mode(service, modes)
    yield mode
    if not ask or mode.status == "fail":
        why = mode.name if ask else "--no-ask"
        yield skipped(f"{service.name} ask", why)
        return
    yield await _asked(service, model, modes["readyz"])


async def _alive(service: _Service, modes: dict[str, str]) -> Check:
    try:
        answer = await service.get("/healthz")
    except Unreached as error:
        return service.check("alive", "fail", f"{service.base}: {error.finding}", service.logs)
    told = parsed(answer.body)
    if answer.status != 200 or not isinstance(told, dict) or "mode" not in told:
        finding = f"{service.base} answers with {answer.status}, not as an agent of ours"
        return service.check("alive", "fail", finding, service.logs)
    modes["healthz"] = str(told["mode"])
    return service.check("alive", "ok", f"{service.base} answered in {answer.seconds * 1000:.0f} ms")


async def _ready(service: _Service, modes: dict[str, str]) -> Check:
    try:
        answer = await service.get("/readyz")
    except Unreached as error:
        return service.check("ready", "fail", error.finding, service.logs)
    told = parsed(answer.body)
    if answer.status == 401:
        finding = "it does not know this token"
        return service.check("ready", "fail", finding, f"start the stack with the same {TOKEN_FILE}")
    if answer.status != 200 or not isinstance(told, dict) or told.get("status") != "ready":
        finding = f"not ready ({answer.status}): {clip(said(answer.body, service.token))}"
        return service.check("ready", "fail", finding, service.logs)
    modes["readyz"] = str(told.get("mode"))
    return service.check("ready", "ok", "what stands behind it answers")


async def _mode(service: _Service, modes: dict[str, str]) -> tuple[str, Check]:
    """The first of its models, and whether it says the same of itself everywhere."""
    try:
        answer = await service.get("/v1/models")
    except Unreached as error:
        return "", service.check("mode", "fail", error.finding, service.logs)
    told, model = parsed(answer.body), ""
    with suppress(KeyError, IndexError, TypeError, AttributeError):
        agent = told["codex_agent"]
        modes["models"] = str(agent["mode"]) if agent["workspace"] is True else "no agent"
        model = str(told["data"][0]["id"])
    if not model or "models" not in modes:
        finding = f"its list of models ({answer.status}) names none, or does not say what it is"
        return "", service.check("mode", "fail", finding, service.logs)
    stated = set(modes.values())
    if len(stated) > 1 or not stated <= _MODES.keys():
        listed = ", ".join(f"{where}: {clip(mode)}" for where, mode in modes.items())
        return model, service.check("mode", "fail", f"it does not agree with itself: {listed}", service.logs)
    mode = modes["models"]
    status = "warn" if mode == "echo" else "ok"
    return model, service.check("mode", status, f"{mode}: {_MODES[mode]}; asked for as {clip(model)!r}")


async def _asked(service: _Service, model: str, mode: str) -> Check:
    from codex_lsp.endpoint.probe_ask import ask_once

    config = EndpointConfig(True, service.base, service.token, f"{PROVIDERS[0]}/{model}", share_worker=False)
    try:
        config.require_ready()
    except EndpointError as error:
        return service.check("ask", "fail", str(error), service.logs)
    check, stated = await ask_once(config)
    if stated and stated != mode:
        finding = f"it answers as {clip(stated)!r}, and says that it is {mode!r}"
        return service.check("ask", "fail", finding, service.logs)
    # An edit is what a stack is for: nothing less than one that was applied is well.
    status = "ok" if check.status == "ok" else "fail"
    return service.check("ask", status, check.finding, check.next and f"{check.next}; {service.logs}")
