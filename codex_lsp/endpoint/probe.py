"""What stands between the person and an answer: one check after another, each with its next step.

While the gate is closed nothing here opens a socket or looks up a name. What the endpoint says is shown
clipped, on one line, and without the key.
"""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import metadata

import codex_lsp
from codex_lsp.endpoint import fleet, probe_fleet, probe_remote
from codex_lsp.endpoint.config import EndpointConfig, State
from codex_lsp.endpoint.errors import EndpointError, Off
from codex_lsp.endpoint.probe_local import ASK_NAMES, Check, Status, local_checks, one_line, skipped

__all__ = ["SECONDS", "Check", "Status", "examine", "litellm_trouble", "state"]

SECONDS = 5.0
_OLDEST = [1, 102, 4]
_LITELLM = "litellm>=1.102.4,!=1.106.*,<2"


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
    answer. With `ask`, an edit is really asked for, through the worker; it may cost tokens.
    """
    blocked, keys = "", _keys(config)
    async for check in _all(config, environ, seconds):
        blocked = blocked or _blocks(check)
        yield _clean(check, keys)
    yield _clean(await _own_checks(config), keys)
    if ask and blocked:
        for name in ASK_NAMES:
            yield skipped(name, blocked)
    elif ask:
        from codex_lsp.endpoint.probe_ask import ask_checks

        async for check in ask_checks(config):
            yield _clean(check, keys)
    yield _versions()


async def _all(config: EndpointConfig, environ: Mapping[str, str], seconds: float) -> AsyncIterator[Check]:
    blocked = ""
    for check in local_checks(config, environ):
        blocked = blocked or _blocks(check)
        yield check
    if blocked:
        for name in probe_remote.NAMES:
            yield skipped(name, blocked)
    elif config.router_config:
        async for check in probe_fleet.fleet_checks(fleet.read(config), config, seconds):
            yield check
    else:
        async for check in probe_remote.remote_checks(config, seconds):
            yield check


async def _own_checks(config: EndpointConfig) -> Check:
    from codex_lsp.endpoint.probe_checks import own_checks

    return await own_checks(enabled=config.enabled)


def _blocks(check: Check) -> str:
    # A broken configuration file is a failure, but the environment may say all that is needed.
    return check.name if check.status == "fail" and check.name != "config" else ""


def _keys(config: EndpointConfig) -> set[str]:
    keys = {config.api_key}
    if config.router_config:
        with suppress(EndpointError):
            keys |= {each.api_key for each in fleet.read(config).deployments}
    return keys


def _clean(check: Check, keys: set[str]) -> Check:
    for key in keys:
        check = replace(check, finding=one_line(check.finding, key), next=one_line(check.next, key))
    return check


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
    if not _OLDEST <= numbers < [2]:
        return "this release of litellm is outside of the range that was tried"
    return ""
