"""What can be known of the configuration without a connection, and what a finding is."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import urlsplit

from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint import fleet
from codex_lsp.endpoint.config import API_BASE, API_KEY, GATE, MODEL, ROUTER_CONFIG, EndpointConfig
from codex_lsp.endpoint.errors import EndpointError, clip
from codex_lsp.records import record

Status = Literal["ok", "warn", "fail", "skipped"]

ASK_NAMES = ("worker", "ask", "tools", "streaming")
START_ONE = "start one of your own with `codex-lsp agent --model offline`"


@record(frozen=True, slots=True)
class Check:
    """One finding, on one line; `next` says what to do about it and is empty where there is nothing to do."""

    name: str
    status: Status
    finding: str
    next: str = ""


def one_line(text: str, key: str) -> str:
    """`text` without the key and without line ends or anything else that could steer a terminal."""
    text = text.replace(key, "[key]") if key else text
    return "".join(c if c.isprintable() else " " for c in text)


def skipped(name: str, because: str) -> Check:
    """The check `name` was not tried, because the check `because` failed."""
    if because == "flag":
        return Check(name, "skipped", f"{GATE} is not 1: no connection was opened, no name looked up")
    return Check(name, "skipped", f"not tried, because of {because}")


def local_checks(config: EndpointConfig, environ: Mapping[str, str]) -> Iterator[Check]:
    """Flag, configuration file, address, router configuration if there is one, key, model."""
    yield _flag(config, environ)
    yield _file(config)
    yield _base(config)
    if config.router_config:
        yield _router(config)
    yield _key(config, environ)
    yield _model(config)


def _flag(config: EndpointConfig, environ: Mapping[str, str]) -> Check:
    if config.enabled:
        return Check("flag", "ok", f"{GATE} is 1")
    given = environ.get(GATE, "")
    finding = f"{GATE} is {clip(given)!r}, which is not 1" if given else f"{GATE} is not set"
    return Check("flag", "fail", f"{finding}: codex-agent is off", f"set {GATE}=1")


def _file(config: EndpointConfig) -> Check:
    path = configuration.config_file()
    if config.problems:
        return Check("config", "fail", " ".join(config.problems), f"correct {path}")
    return Check(
        "config", "ok", f"{path} was read" if path.exists() else f"{path} does not exist; no need to"
    )


def _base(config: EndpointConfig) -> Check:
    if not config.api_base:
        if config.router_config:
            return Check("base", "skipped", f"{API_BASE} is not set; the addresses are in {ROUTER_CONFIG}")
        return Check("base", "fail", f"{API_BASE} is not set", f"set it to your endpoint, or {START_ONE}")
    try:
        url = configuration.chat_url(config.api_base)
    except EndpointError as error:
        return Check("base", "fail", str(error), f"set {API_BASE} to your endpoint, or {START_ONE}")
    if urlsplit(url).scheme == "http" and not _is_loopback(urlsplit(url).hostname or ""):
        finding = f"{url} is another machine without TLS: your code and the key travel in the clear"
        return Check("base", "warn", finding, "use https, unless you trust the network in between")
    return Check("base", "ok", url)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _router(config: EndpointConfig) -> Check:
    try:
        found = fleet.read(config)
    except EndpointError as error:
        return Check("router", "fail", str(error), f"correct {ROUTER_CONFIG}, or the file that it names")
    groups = Counter(each.group for each in found.deployments)
    listed = ", ".join(f"{name} ({count})" for name, count in groups.items())
    finding = f"deployments: {listed}; an ask goes to {found.of_group(config.model)[0].group}"
    if found.passed_over:
        finding += f"; {', '.join(found.passed_over)} of the file are a proxy's, and not used"
        return Check("router", "warn", finding, "put what is meant for the Router into router_settings")
    return Check("router", "ok", finding)


def _key(config: EndpointConfig, environ: Mapping[str, str]) -> Check:
    key, raw = config.api_key, environ.get(API_KEY, "")
    if not key and config.router_config:
        return Check("key", "ok", f"{API_KEY} is not set; each deployment has its own, or none")
    if not key:
        return Check("key", "warn", f"{API_KEY} is not set", "set it, if your endpoint wants a key")
    if not key.isascii() or not key.isprintable() or " " in key:
        finding = f"{API_KEY} holds a blank or a character that HTTP cannot carry"
        return Check("key", "fail", finding, "copy it anew")
    if raw != raw.strip():
        finding = f"{API_KEY} is set, with white space around it, which is taken off here"
        return Check("key", "warn", finding, "set it without; other programs may send it as it is")
    return Check("key", "ok", f"{API_KEY} is set")


def _model(config: EndpointConfig) -> Check:
    try:
        model_id = configuration.upstream_id(config.model)
    except EndpointError as error:
        return Check("model", "fail", str(error), f"correct {MODEL}")
    if config.router_config:
        return Check("model", "ok", f"{config.model}: the deployments of that name, else the first ones")
    return Check("model", "ok", f"{config.model}: the endpoint is asked for {model_id!r}")
