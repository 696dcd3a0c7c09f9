"""What stands between the person and an answer: one check after another, each with its next step.

While the gate is closed nothing here opens a socket or looks up a name. What the endpoint says is shown
clipped, on one line, and without the key.
"""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from importlib import metadata

import codex_lsp
from codex_lsp.agent.model import Request
from codex_lsp.endpoint import probe_remote
from codex_lsp.endpoint.config import ROUTER_CONFIG, EndpointConfig, State
from codex_lsp.endpoint.errors import EndpointError, Off, clip
from codex_lsp.endpoint.probe_local import Check, Status, local_checks, one_line, skipped

__all__ = ["SECONDS", "Check", "Status", "examine", "litellm_trouble", "state"]

SECONDS = 5.0
_ASK_SECONDS = 120.0
_LITELLM = "litellm>=1.95.1,!=1.106.*,<2"


def state(config: EndpointConfig) -> State:
    """`"off"`, `"unconfigured"` (which an address or a model that cannot be used is too) or `"ready"`."""
    try:
        config.require_ready()
    except Off:
        return "off"
    except EndpointError:
        return "unconfigured"
    return "ready"


async def examine(
    config: EndpointConfig, environ: Mapping[str, str], *, seconds: float = SECONDS, ask: bool = False
) -> AsyncIterator[Check]:
    """Check everything between here and an answer, in order, each as soon as it is known.

    `environ` is where `config` was read from; `seconds` is the deadline for a connection and again for its
    answer. With `ask`, one small question is really asked, through the worker; it may cost tokens.
    """
    blocked = ""
    async for check in _all(config, environ, seconds):
        blocked = blocked or _blocks(check)
        yield _clean(check, config.api_key)
    if ask:
        check = skipped("ask", blocked) if blocked else await _ask(config)
        yield _clean(check, config.api_key)
    yield _versions()


async def _all(config: EndpointConfig, environ: Mapping[str, str], seconds: float) -> AsyncIterator[Check]:
    blocked = ""
    for check in local_checks(config, environ):
        blocked = blocked or _blocks(check)
        yield check
    if blocked:
        for name in probe_remote.NAMES:
            yield skipped(name, blocked)
    elif not config.api_base:
        for name in probe_remote.NAMES:
            yield Check(name, "skipped", f"the addresses are in {ROUTER_CONFIG}; --ask goes through it")
    else:
        async for check in probe_remote.remote_checks(config, seconds):
            yield check


def _blocks(check: Check) -> str:
    # A broken configuration file is a failure, but the environment may say all that is needed.
    return check.name if check.status == "fail" and check.name != "config" else ""


def _clean(check: Check, key: str) -> Check:
    return replace(check, finding=one_line(check.finding, key), next=one_line(check.next, key))


async def _ask(config: EndpointConfig) -> Check:
    from codex_lsp.endpoint.remote import RemoteModel

    model = RemoteModel(config)
    request = Request(({"role": "user", "content": "Answer with the single word: ready"},))
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            await model.ready()
            begun = time.monotonic()
            reply = await model.complete(request, lambda delta: None)
            taken = time.monotonic() - begun
    except TimeoutError:
        return Check("ask", "fail", f"no answer within {_ASK_SECONDS:g} s", "look at the endpoint's own log")
    except EndpointError as error:
        return Check("ask", "fail", str(error), "see the checks above")
    finally:
        await model.close()
    said = clip(one_line(reply.content, config.api_key)[:80])
    finding = f"answered in {taken:.2f} s, finish_reason {clip(reply.finish_reason)!r}: {said!r}"
    if reply.finish_reason != "stop":
        return Check("ask", "warn", finding, "a finish_reason of 'stop' was to be expected")
    return Check("ask", "ok", finding)


def _versions() -> Check:
    """The versions at work. Nothing is imported for it: LiteLLM takes seconds."""
    found = {"codex-lsp": codex_lsp.__version__, "Python": platform.python_version()}
    missing = []
    for name in ("pygls", "lsprotocol", "litellm"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    finding = ", ".join(f"{name} {version}" for name, version in found.items())
    if missing:
        return Check("versions", "fail", f"{finding}; {', '.join(missing)} missing", "install codex-lsp anew")
    if trouble := litellm_trouble(found["litellm"]):
        return Check("versions", "warn", f"{finding}: {trouble}", f"pip install '{_LITELLM}'")
    return Check("versions", "ok", finding)


def litellm_trouble(version: str) -> str:
    """What is known to be wrong with this version of LiteLLM, in a few words; empty if nothing is."""
    numbers = [int(part) for part in version.split(".")[:3] if part.isdecimal()]
    if numbers in ([1, 82, 7], [1, 82, 8]):
        return "this release of litellm was compromised; take it off this machine at once"
    if numbers[:2] == [1, 106]:
        return "this release of litellm fails on every call with tools"
    if not [1, 95, 1] <= numbers < [2]:
        return "this release of litellm is outside of the range that was tried"
    return ""
