"""One ask by the real run, through the real Router, of a server that misbehaves; and its judge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litellm import Router

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import Delta, Model, ModelError, ModelInfo, Reply, Request, ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import execute
from codex_lsp.agent.talk import Listener
from codex_lsp.edits import EditError, Focus
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.llm.assemble import Assembler
from codex_lsp.llm.chat import Patience
from codex_lsp.llm.failures import from_litellm
from codex_lsp.llm.router import AgentRouter, retire
from codex_lsp.llm.tries import Stamina
from tests.faults.endpoint_server import Conduct, Misbehaving
from tests.faults.endpoint_speech import TEXT, WANTED

KEY = "sk-fault-0123456789abcdef"
PATIENCE = Patience(total=1.5, idle=0.35, headers=0.5, connect=1.0)
STAMINA = Stamina(retries=2, backoff=0.02, longest=1.5, patience=Patience(total=20.0))
# What a run may take beyond what the endpoint takes; the machine is shared.
SLACK = 2.0


@dataclass(frozen=True)
class Mode:
    """One way to misbehave, and what has to come of it.

    `ends`: `"edited"`, `"answered"` (words, no edit) or an error's code. `calls`: requests upstream.
    `seconds`: at most so long, `SLACK` comes on top; `least`: at least so long. `steps`: pieces of what the
    person was told on the way. `says`: a piece of the error's sentence. `base`: another address than the
    server's. `streamed`: else the reply is asked for in one piece, through a Router as anyone would write
    it. `worker`: is also played through the real worker, with its own deadlines.
    """

    name: str
    conduct: Conduct
    ends: str
    calls: int = 1
    seconds: float = 0.3
    least: float = 0.0
    steps: tuple[str, ...] = ()
    says: str = ""
    base: str = ""
    tls: bool = False
    streamed: bool = True
    stamina: Stamina = STAMINA
    worker: bool = False


@dataclass
class Result:
    """What came of one mode."""

    name: str
    ends: str
    calls: int
    seconds: float
    message: str = ""
    steps: list[str] = field(default_factory=list)
    false_success: bool = False
    lost: int = 0
    violations: list[str] = field(default_factory=list)


class InProcess:
    """A `Model` on an `AgentRouter` in this process, without the pipe to a worker."""

    def __init__(self, config: EndpointConfig, stamina: Stamina = STAMINA) -> None:
        self.router = AgentRouter(config, stamina)

    async def start(self) -> None:
        """The Router is there already."""

    async def close(self) -> None:
        """LiteLLM keeps the callbacks of each Router that is not let go."""
        self.router.close()

    async def describe(self) -> ModelInfo:
        """A plain model: what the endpoint says of itself is another request, with its own tests."""
        return ModelInfo(name=self.router.model)

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """As the worker's service does it."""
        assembler = Assembler(on_delta)
        try:
            async with aclosing(await self.router.stream(request, on_delta)) as chunks:
                async for chunk in chunks:
                    assembler.add(chunk)
            return assembler.reply()
        except Exception as error:
            raise from_litellm(error, self.router.keys) from None


class Unstreamed(InProcess):
    """Asks for the reply in one piece, with a Router as anyone would write it."""

    def __init__(self, config: EndpointConfig, stamina: Stamina = STAMINA) -> None:
        super().__init__(config, stamina)
        params = {"model": "codex-agent/mini", "api_base": config.api_base, "api_key": config.api_key}
        listed = [{"model_name": "one", "litellm_params": params}]
        self._plain: Any = Router(model_list=listed, num_retries=0, disable_cooldowns=True)
        self._patience = stamina.patience.as_option()

    async def close(self) -> None:
        """Let both Routers go."""
        retire(self._plain)
        await super().close()

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """One `acompletion` without streaming; nothing comes in pieces."""
        try:
            got = await self._plain.acompletion("one", list(request.messages), **self._patience)
        except Exception as error:
            raise from_litellm(error, self.router.keys) from None
        choice = got.choices[0]
        calls = tuple(
            ToolCall(each.id, each.function.name, each.function.arguments)
            for each in choice.message.tool_calls or ()
        )
        return Reply(choice.message.content or "", calls, choice.finish_reason)


def config_for(base: str, router_file: Path | None = None) -> EndpointConfig:
    """Ready, with the key that must never be seen."""
    given = "" if router_file is None else str(router_file)
    return EndpointConfig(enabled=True, api_base=base, api_key=KEY, router_config=given)


@asynccontextmanager
async def closing(model: Model) -> AsyncIterator[Model]:
    """Close the model in the end."""
    try:
        yield model
    finally:
        await model.close()


async def play(mode: Mode, model: Model | None = None, server: Misbehaving | None = None) -> Result:
    """Play one mode; with a `model` that asks `server`, on those."""
    if server is None:
        async with Misbehaving(mode.conduct, mode.tls) as server:
            return await play(mode, model, server)
    if model is None:
        kind = InProcess if mode.streamed else Unstreamed
        async with closing(kind(config_for(mode.base or server.base_url), mode.stamina)) as model:
            return judged(mode, await ask(mode.name, model, server))
    return judged(mode, await ask(mode.name, model, server))


async def ask(name: str, model: Model, server: Misbehaving) -> Result:
    """One whole run, to its end."""
    steps: list[str] = []
    listener = Listener(on_step=steps.append)
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)})
    result = Result(name, "", 0, 0.0, steps=steps)
    begun = time.monotonic()
    try:
        outcome = await execute(
            Ask("Make it two.", Focus("m.py", 0, 6)),
            overlay,
            model,
            run_id="fault",
            road="model",
            limits=Limits(steps=4, seconds=30.0, repairs=0),
            listener=listener,
        )
    except ModelError as error:
        result.ends, result.message = error.code, str(error)
    except EditError as error:
        result.ends, result.message = "edit", str(error)
    else:
        result.ends = "answered" if outcome.proposal is None else "edited"
        result.message = outcome.text
        if outcome.proposal is not None:
            proposed = {change.path: change.proposed for change in outcome.proposal.changes}
            _look_at_edits(result, proposed)
    result.seconds = time.monotonic() - begun
    result.calls = len(server.calls)
    result.violations += [f"the mode itself failed: {each}" for each in server.broken]
    return result


def _look_at_edits(result: Result, proposed: Mapping[str, str | None]) -> None:
    if proposed != {"m.py": WANTED}:
        result.false_success = True
        kept = TEXT.splitlines(keepends=True)[1]
        result.lost += 0 if kept in (proposed.get("m.py") or "") else len(kept)


def judged(mode: Mode, result: Result) -> Result:
    """The result with what is wrong about it."""
    said = result.violations
    if result.ends == "edited" and mode.ends != "edited":
        result.false_success = True
    if result.false_success:
        said.append("a false success")
    if result.ends != mode.ends:
        said.append(f"ended as {result.ends!r}, not {mode.ends!r}: {result.message}")
    if result.calls != mode.calls:
        said.append(f"{result.calls} calls upstream, not {mode.calls}")
    if not mode.least <= result.seconds <= mode.seconds + SLACK:
        said.append(f"took {result.seconds:.2f} s, not {mode.least:g} to {mode.seconds:g}")
    if mode.says not in result.message:
        said.append(f"does not say {mode.says!r}: {result.message}")
    said += [f"no step says {step!r}: {result.steps}" for step in mode.steps if step not in str(result.steps)]
    shown = " ".join([result.message, *result.steps])
    if KEY in shown or KEY[3:] in shown:
        said.append(f"the key is shown: {shown}")
    return result


Ready = Callable[[Misbehaving, asyncio.Event], Coroutine[Any, Any, object]]


async def cancel(name: str, model: Model, server: Misbehaving, ready: Ready, *, connected: bool) -> Result:
    """Cancel an ask once it is `ready`; the time is from there to its end, upstream if it is `connected`.

    `ready` gets the server and an event that is set when the person is told anything.
    """
    told = asyncio.Event()
    request = Request([{"role": "user", "content": "x"}])
    asking = asyncio.ensure_future(model.complete(request, lambda delta: told.set()))
    async with asyncio.timeout(10):
        await ready(server, told)
    begun = time.monotonic()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    taken = time.monotonic() - begun
    if connected:
        async with asyncio.timeout(5):
            await server.left.wait()
        taken = max(taken, server.left_at - begun)
    ends = "cancelled" if asking.cancelled() else "not cancelled"
    return Result(name, ends, len(server.calls), taken)
