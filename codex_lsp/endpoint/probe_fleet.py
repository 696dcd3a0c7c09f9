"""Each deployment of a Router's configuration, asked for its model list; and where their state is shared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.util import find_spec
from urllib.parse import urlsplit

from codex_lsp.endpoint.config import API_BASE, API_KEY, MODEL, PROVIDERS, ROUTER_CONFIG, EndpointConfig
from codex_lsp.endpoint.fleet import Deployment, Fleet
from codex_lsp.endpoint.probe_local import Check, Status
from codex_lsp.endpoint.probe_remote import remote_checks

_IN_THE_FILE = ((API_BASE, "its api_base"), (API_KEY, "its api_key"), (MODEL, "its model"))


async def fleet_checks(fleet: Fleet, config: EndpointConfig, seconds: float) -> AsyncIterator[Check]:
    """One check for each deployment and one for the shared state; then those of `probe_remote.NAMES`.

    The latter are those of the first deployment that is well among those that an ask would go to. One that is
    down is a warning while another of these can answer.
    """
    asked = [each.entry for each in fleet.of_group(config.model)]
    found = await asyncio.gather(*(_of(each, config, seconds) for each in fleet.deployments))
    pairs = list(zip(fleet.deployments, found, strict=True))
    well = [checks for each, checks in pairs if each.entry in asked and not _down(checks)]
    for number, (deployment, checks) in enumerate(pairs, 1):
        yield _summed(number, deployment, checks, fatal=deployment.entry in asked and not well)
    if fleet.shared:
        yield await _shared(fleet, seconds)
    first = next(checks for each, checks in pairs if each.entry in asked)
    for check in well[0] if well else first:
        yield replace(check, next=_in_the_file(check.next))


async def _of(deployment: Deployment, config: EndpointConfig, seconds: float) -> list[Check]:
    its_own = replace(
        config,
        api_base=deployment.api_base,
        api_key=deployment.api_key,
        model=f"{PROVIDERS[0]}/{deployment.model}",
    )
    return [check async for check in remote_checks(its_own, seconds)]


def _down(checks: list[Check]) -> bool:
    return any(check.status == "fail" for check in checks)


def _summed(number: int, deployment: Deployment, checks: list[Check], *, fatal: bool) -> Check:
    name = f"router {number}"
    what = f"{deployment.group}, model {deployment.model!r}"
    for check in sorted(checks, key=lambda check: check.status != "fail"):
        if check.status == "fail":
            shown: Status = "fail" if fatal else "warn"
            return Check(
                name, shown, f"{what}: down: {_in_the_file(check.finding)}", _in_the_file(check.next)
            )
        if check.status == "warn":
            return Check(name, "warn", f"{what}: {check.finding}", _in_the_file(check.next))
    findings = {check.name: check.finding for check in checks}
    return Check(name, "ok", f"{what}: {findings['reachable']}; {findings['mode']}")


def _in_the_file(step: str) -> str:
    for variable, words in _IN_THE_FILE:
        step = step.replace(variable, f"{words} in the file of {ROUTER_CONFIG}")
    return step


async def _shared(fleet: Fleet, seconds: float) -> Check:
    place = urlsplit(f"//{fleet.shared}")
    if find_spec("redis") is None:
        return Check(
            "redis", "fail", "Python's client for Redis is missing", "pip install 'codex-lsp[fleet]'"
        )
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.close()
        await writer.wait_closed()
    except (OSError, TimeoutError) as error:
        why = f"no connection within {seconds:g} s" if isinstance(error, TimeoutError) else str(error)
        finding = f"{fleet.shared} cannot be reached ({why}): each process cools down for itself"
        return Check("redis", "warn", finding, "start the Redis, or correct its address in router_settings")
    return Check("redis", "ok", f"{fleet.shared} takes connections: cooldowns and usage are shared there")
